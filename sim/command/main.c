/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program `rollcall`: finds the subcommand and leaves the rest to it. */
#include "sim/command/command.h"
#include "sim/command/version.h"
#include "sim/scenario/words.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static void
print_help(FILE *out)
{
    fprintf(out,
            "Usage: rollcall COMMAND [OPTION...] [ARGUMENT...]\n\n"
            "Simulates SIP phones that register with a real registrar core, and shows what its\n"
            "location table got wrong.\n\nCommands:\n");
    size_t n;
    const SimCommand *commands = sim_commands(&n);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].does);
    fprintf(out,
            "\nExample:\n"
            "  rollcall run scenarios/town-day.ini --set phones.desk.expires=2h\n\n"
            "`rollcall COMMAND --help` tells more, `man rollcall-COMMAND` all. Exit: 0 done and\n"
            "expectations met, 1 an expectation not met, 2 bad input or environment, 130\n"
            "interrupted.\n");
}

static int
unknown(const char *name)
{
    size_t n;
    const SimCommand *commands = sim_commands(&n);
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = commands[i].name;
    g_autofree char *hint = sim_words_hint(name, names);
    g_autofree char *quoted = sim_words_quote(name);
    fprintf(stderr, "rollcall: unknown command %s%s\n", quoted, hint);
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
        sim_version_print(stdout);
        return flush_output(SIM_EXIT_MET);
    }
    size_t n;
    const SimCommand *commands = sim_commands(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            g_autofree char *name = g_strdup_printf("rollcall %s", argv[1]);
            g_set_prgname(name);
            return flush_output(commands[i].run(argc - 1, argv + 1));
        }
    return unknown(argv[1]);
}
