/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How every subcommand reads its options, and how the makers of manual pages come by them: the
 * tables of options point into the stack of the commands, so a command is begun and stopped here,
 * where its table passes by. */
#include "sim/command/command.h"

#include <stdio.h>

/* Whom the table is shown to instead of being used; set while sim_command_describe() runs. */
static SimCommandReader reader;
static void *reader_data;

bool
sim_command_parse(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
                  const char *help)
{
    return sim_command_parse_into(argc, argv, entries, usage, help, NULL);
}

bool
sim_command_parse_into(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
                       const char *help, void *data)
{
    if (reader) {
        reader(entries, usage ? usage : "", help, reader_data);
        return false;
    }
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    GOptionGroup *group = g_option_group_new("main", "", "", data, NULL);
    g_option_context_set_description(context, help);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    if (g_option_context_parse(context, argc, argv, &error))
        return true;
    sim_command_fail(error);
    return false;
}

GOptionEntry *
sim_command_join(const GOptionEntry *first, const GOptionEntry *second)
{
    GArray *all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));
    for (; first->long_name; first++)
        g_array_append_val(all, *first);
    for (; second->long_name; second++)
        g_array_append_val(all, *second);
    return (GOptionEntry *)g_array_free(all, FALSE);
}

void
sim_command_describe(const SimCommand *command, SimCommandReader show, void *data)
{
    char *arguments[] = {(char *)command->name, NULL};
    reader = show;
    reader_data = data;
    command->run(1, arguments);
    reader = NULL;
}

int
sim_command_fail(const GError *error)
{
    fprintf(stderr, "rollcall: %s\n", error->message);
    return SIM_EXIT_BAD;
}
