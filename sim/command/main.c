/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program `rollcall`: finds the subcommand and leaves the rest to it. */
#include "sim/command/command.h"
#include "sim/scenario/words.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *does;
} COMMANDS[] = {
    {"run", sim_command_run, "simulate a scenario; summary, series, plots and a page come out"},
    {"plot", sim_command_plot, "draw the plots of a results folder again, after editing them"},
    {"check", sim_command_check, "judge what scenarios expect, or their scripts, as TAP"},
    {"fuzz", sim_command_fuzz, "hold the registrar core against a model of RFC 3261 section 10.3"},
    {"metrics", sim_command_metrics, "list what is measured, with units and meanings"},
    {"profiles", sim_command_profiles, "list the device profiles and what they set"},
    {"conform", sim_command_conform, "try the rules of the RFCs on a registrar"},
    {"presets", sim_command_presets, "list the registrar presets and what they set"},
    {"validate", sim_command_validate, "hold the simulator against what is known exactly"},
    {"capacity", sim_command_capacity, "search the registration rate that a registrar stands"},
    {"load", sim_command_load, "register at a real registrar at a given rate, and time it"},
    {"sweep", sim_command_sweep, "simulate a scenario at many values of its keys"},
    {"tune", sim_command_tune, "search the value of a key that costs least"},
    {"compare", sim_command_compare, "tell whether two scenarios or results differ"},
    {"export", sim_command_export, "write the results of a campaign for other tools"},
    {"users", sim_command_users, "list the users of a scenario for the server they register with"},
    {"serve", sim_command_serve, "be a registrar: the core behind UDP, TCP and TLS"},
    {"bench", sim_command_bench, "measure what an event and a registration cost here"},
};

static void
print_help(FILE *out)
{
    fprintf(out,
            "Usage: rollcall COMMAND [OPTION...] [ARGUMENT...]\n\n"
            "Simulates SIP phones that register with a real registrar core, and shows what its\n"
            "location table got wrong.\n\nCommands:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        fprintf(out, "  %-10s%s\n", COMMANDS[i].name, COMMANDS[i].does);
    fprintf(out, "\nExample:\n"
                 "  rollcall run scenarios/town-day.ini --set phones.desk.expires=2h\n\n"
                 "`rollcall COMMAND --help` tells more. Exit: 0 done and expectations met, 1 an\n"
                 "expectation not met, 2 bad input or environment, 130 interrupted.\n");
}

static int
unknown(const char *name)
{
    const char *names[G_N_ELEMENTS(COMMANDS) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        names[i] = COMMANDS[i].name;
    g_autofree char *hint = sim_words_hint(name, names);
    g_autofree char *quoted = sim_words_quote(name);
    fprintf(stderr, "rollcall: unknown command %s%s\n", quoted, hint);
    return SIM_EXIT_BAD;
}

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

int
sim_command_fail(const GError *error)
{
    fprintf(stderr, "rollcall: %s\n", error->message);
    return SIM_EXIT_BAD;
}

/* What could not be printed, on a full disk say, must not pass for a success. */
static int
flush_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "rollcall: standard output could not be written; is the disk full?\n");
    return SIM_EXIT_BAD;
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    if (argc < 2) {
        print_help(stderr);
        return SIM_EXIT_BAD;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return SIM_EXIT_MET;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rollcall %s\n", SIM_VERSION);
        return SIM_EXIT_MET;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i].name) == 0) {
            g_autofree char *name = g_strdup_printf("rollcall %s", argv[1]);
            g_set_prgname(name);
            return flush_output(COMMANDS[i].run(argc - 1, argv + 1));
        }
    return unknown(argv[1]);
}
