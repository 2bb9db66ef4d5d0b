/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall metrics`, `rollcall profiles`, `rollcall presets`: the lists the program works from. */
#include "sim/command/command.h"
#include "sim/measure/metrics.h"
#include "sim/scenario/presets.h"
#include "sim/scenario/profiles.h"

#include <stdio.h>
#include <string.h>

int
sim_command_metrics(int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!sim_command_parse(&argc, &argv, entries, "",
                           "The names are those of summary.json, series.csv and [expect].\n\n"
                           "Example:\n  rollcall metrics | grep share\n\nExit: 0 printed.\n"))
        return SIM_EXIT_BAD;
    for (unsigned m = 0; m < SIM_N_METRICS; m++) {
        const SimMetricInfo *info = sim_metric_info(m);
        printf("%-24s  %-8s  %s\n", info->name, info->unit, info->meaning);
    }
    return SIM_EXIT_MET;
}

int
sim_command_profiles(int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!sim_command_parse(&argc, &argv, entries, "",
                           "A profile sets keys of [phones NAME]; the group's own keys come after "
                           "it.\n\nExample:\n  rollcall profiles | less\n\nExit: 0 printed.\n"))
        return SIM_EXIT_BAD;
    size_t n;
    const SimProfile *profiles = sim_profiles(&n);
    for (size_t i = 0; i < n; i++) {
        printf("%s%s\n    %s\n    Source: %s\n", i > 0 ? "\n" : "", profiles[i].name,
               profiles[i].description, profiles[i].source);
        for (const SimProfileSetting *s = profiles[i].settings; s->key != NULL; s++)
            printf("    %s = %s\n", s->key, s->value);
    }
    return SIM_EXIT_MET;
}

int
sim_command_presets(int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!sim_command_parse(&argc, &argv, entries, "",
                           "A preset sets keys of [registrar]; the group's own keys come after "
                           "it.\n\nExample:\n  rollcall presets | less\n\nExit: 0 printed.\n"))
        return SIM_EXIT_BAD;
    size_t n;
    const RollPreset *presets = roll_presets(&n);
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n; i++) {
        SimProfile profile = sim_preset_profile(&presets[i], owned);
        printf("%s%s\n    %s\n", i > 0 ? "\n" : "", profile.name, profile.description);
        if (presets[i].unlike)
            printf("    Not imitated: %s\n", presets[i].unlike);
        printf("    Source: %s\n", profile.source);
        for (const SimProfileSetting *s = profile.settings; s->key != NULL; s++)
            printf("    %s = %s\n", s->key, s->value);
    }
    return SIM_EXIT_MET;
}
