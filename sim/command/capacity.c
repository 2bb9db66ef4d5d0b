/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall capacity FILE`: how many registrations a second the registrar of a scenario stands. */
#include "sim/experiment/capacity.h"
#include "sim/command/command.h"
#include "sim/report/output.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

typedef struct {
    int agents;
    int start;
    int limit;
    char *csv;
    char **changes;
} Options;

/* The lines of --csv, too. */
static void
report(GString *csv, const char *kind, unsigned step, uint64_t rate, const SimTrial *trial)
{
    char delay[G_ASCII_DTOSTR_BUF_SIZE] = "";
    if (!isnan(trial->delay))
        g_ascii_formatd(delay, sizeof delay, "%.6f", trial->delay);
    printf("%4u  %-11s  %8" PRIu64 "  %9" PRIu64 "  %8" PRIu64 "  %12s  %s\n", step, kind, rate,
           trial->granted, trial->failed, delay[0] ? delay : "-",
           trial->good ? "good" : "too fast");
    fflush(stdout);
    g_string_append_printf(csv, "%u,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%s\n", step, kind,
                           rate, trial->granted, trial->failed, delay, trial->good ? "yes" : "no");
}

/* Returns: false with @error set if it could not be run. */
static bool
search(const SimScenario *scenario, const Options *options, GString *csv, SimSearch *state,
       unsigned *step, GError **error)
{
    *state = sim_search_start((uint64_t)options->start);
    while (!state->done && state->rate <= (uint64_t)options->limit) {
        SimTrial trial;
        uint64_t rate = state->rate;
        if (!sim_capacity_try(scenario, (unsigned)options->agents, rate, false, &trial, error))
            return false;
        report(csv, "register", ++*step, rate, &trial);
        sim_search_step(state, trial.good);
    }
    return true;
}

/* Section 6.8 has them register again at the rate that was found; if that is too much, a tenth less
 * until it is not. */
static bool
search_again(const SimScenario *scenario, const Options *options, GString *csv, uint64_t *rate,
             unsigned *step, GError **error)
{
    SimTrial trial = {.good = false};
    while (*rate > 0) {
        if (!sim_capacity_try(scenario, (unsigned)options->agents, *rate, true, &trial, error))
            return false;
        report(csv, "re-register", ++*step, *rate, &trial);
        if (trial.good)
            return true;
        *rate -= (*rate + 9) / 10;
    }
    return true;
}

static int
measure(const SimScenario *scenario, const Options *options, GString *csv, GError **error)
{
    SimSearch state;
    unsigned step = 0;
    printf("step  kind          rate/s    granted    failed  mean delay s\n");
    if (!search(scenario, options, csv, &state, &step, error))
        return sim_command_fail(*error);
    if (!state.done) {
        fprintf(stderr, "rollcall: %s: %d registrations/s are good still; see --limit\n",
                scenario->path, options->limit);
        return SIM_EXIT_BAD;
    }
    uint64_t again = state.best;
    if (!search_again(scenario, options, csv, &again, &step, error))
        return sim_command_fail(*error);
    printf("\nregistration-rate %" PRIu64 " /s (RFC 7502 section 6.7)\n"
           "re-registration-rate %" PRIu64 " /s (RFC 7502 section 6.8)\n",
           state.best, again);
    return SIM_EXIT_MET;
}

static int
run(const char *path, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_load(path, (const char *const *)options->changes, &error);
    if (scenario == NULL || !sim_capacity_check(scenario, (unsigned)options->agents, &error))
        return sim_command_fail(error);
    g_autoptr(GString) csv = g_string_new("step,kind,rate,granted,failed,delay_s,good\n");
    int code = measure(scenario, options, csv, &error);
    if (options->csv != NULL && code == SIM_EXIT_MET &&
        !sim_output_write(options->csv, csv->str, (gssize)csv->len, &error))
        return sim_command_fail(error);
    return code;
}

static bool
is_in_range(const char *name, int value, int least, int most)
{
    if (value >= least && value <= most)
        return true;
    fprintf(stderr, "rollcall: %s %d: from %d to %d\n", name, value, least, most);
    return false;
}

static const char HELP[] =
    "Looks for the highest rate at which every registration succeeds, as RFC 7502 section 4.10\n"
    "does: a tenth faster after a success, a tenth slower after a failure, until ten successes\n"
    "were not above the best. The phones are those of the first [phones] group, each with an\n"
    "address of record of its own and an expiry of an hour or more; they register evenly, in\n"
    "virtual time, at the scenario's [registrar] behind its [station]. Then the same ones\n"
    "register again, five minutes later (section 6.8).\n\n"
    "Example:\n"
    "  rollcall capacity scenarios/blackout-storm.ini --set station.queue=50 \\\n"
    "      --set station.when-full=503\n\n"
    "Exit: 0 found, 2 bad input, or a rate without bound.\n";

int
sim_command_capacity(int argc, char **argv)
{
    Options options = {.agents = 50000, .start = 100, .limit = 100000};
    const GOptionEntry entries[] = {
        {"agents", 'n', 0, G_OPTION_ARG_INT, &options.agents,
         "Registrations of each step (default: 50000)", "N"},
        {"start", 0, 0, G_OPTION_ARG_INT, &options.start,
         "The first rate, per second (default: 100)", "R"},
        {"limit", 0, 0, G_OPTION_ARG_INT, &options.limit,
         "Give up beyond this rate (default: 100000)", "R"},
        {"csv", 0, 0, G_OPTION_ARG_FILENAME, &options.csv, "Write each step to a file", "FILE"},
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options.changes,
         "Change a value of the scenario, e.g. station.service=2ms; may be repeated", "KEY=VALUE"},
        G_OPTION_ENTRY_NULL,
    };
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "FILE", HELP)) {
        if (argc != 2)
            fprintf(stderr, "rollcall: capacity needs one scenario file\n");
        else if (is_in_range("--agents", options.agents, 1, 10000000) &&
                 is_in_range("--start", options.start, 10, 1000000) &&
                 is_in_range("--limit", options.limit, 10, 1000000))
            code = run(argv[1], &options);
    }
    g_strfreev(options.changes);
    g_free(options.csv);
    return code;
}
