/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the subcommands share: their entry points and exit codes. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/** Exit codes of every command. */
enum {
    SIM_EXIT_MET = 0,           /* done, and every expectation met */
    SIM_EXIT_NOT_MET = 1,       /* done, and an expectation failed */
    SIM_EXIT_BAD = 2,           /* bad input or environment */
    SIM_EXIT_INTERRUPTED = 130, /* stopped by Ctrl-C; what there was is written, marked partial */
};

/** SimCommand: @does is what follows its name in --help, and the title of its manual page. */
typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *does;
} SimCommand;

/** sim_commands: all of them. */
const SimCommand *sim_commands(size_t *n);

int sim_command_new(int argc, char **argv);
int sim_command_run(int argc, char **argv);
int sim_command_plot(int argc, char **argv);
int sim_command_check(int argc, char **argv);
int sim_command_fuzz(int argc, char **argv);
int sim_command_metrics(int argc, char **argv);
int sim_command_profiles(int argc, char **argv);
int sim_command_presets(int argc, char **argv);
int sim_command_capacity(int argc, char **argv);
int sim_command_load(int argc, char **argv);
int sim_command_bench(int argc, char **argv);
int sim_command_conform(int argc, char **argv);
int sim_command_validate(int argc, char **argv);
int sim_command_sweep(int argc, char **argv);
int sim_command_tune(int argc, char **argv);
int sim_command_compare(int argc, char **argv);
int sim_command_export(int argc, char **argv);
int sim_command_users(int argc, char **argv);
int sim_command_serve(int argc, char **argv);

/**
 * sim_command_parse: reads the options of a subcommand.
 * @usage: what follows the options, e.g. "FILE..."
 * @help: what the command does, with an example, for --help
 * Returns: false after it has said what is wrong
 */
bool sim_command_parse(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
                       const char *help);

/** sim_command_parse_into: the same; callbacks among @entries get @data. */
bool sim_command_parse_into(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
                            const char *help, void *data);

/**
 * sim_command_join: two tables of options, each with %G_OPTION_ENTRY_NULL at its end, as one.
 * Returns: (transfer container): it too has that end; texts and targets stay the tables'
 */
GOptionEntry *sim_command_join(const GOptionEntry *first, const GOptionEntry *second);

/** SimCommandReader: is shown what a command gives sim_command_parse(); valid for the call. */
typedef void (*SimCommandReader)(const GOptionEntry *entries, const char *usage, const char *help,
                                 void *data);

/** sim_command_describe: shows the options of @command to @show; the command does nothing. */
void sim_command_describe(const SimCommand *command, SimCommandReader show, void *data);

/** sim_command_fail: prints `rollcall: @error` as one line. Returns: %SIM_EXIT_BAD */
int sim_command_fail(const GError *error);
