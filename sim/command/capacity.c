/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall capacity`: how many registrations a second a registrar stands: that of a scenario, in
 * virtual time, or a real one. */
#include "sim/command/capacity.h"
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
    SimFarEnd end;
    SimLiveCapacityOptions live;
} Options;

/* Who is asked: tries one rate, as sim_capacity_try() does. @least: agents that it takes to find
 * a rate out; or %NULL */
typedef struct {
    const char *name;
    bool (*try)(void *data, uint64_t rate, bool again, SimTrial *out, GError **error);
    uint64_t (*least)(void *data, uint64_t rate);
    void *data;
} Device;

/* A registrar of a scenario. */
typedef struct {
    const SimScenario *scenario;
    unsigned agents;
} Simulated;

static bool
try_simulated(void *data, uint64_t rate, bool again, SimTrial *out, GError **error)
{
    const Simulated *self = data;
    return sim_capacity_try(self->scenario, self->agents, rate, again, out, error);
}

static bool
try_live(void *data, uint64_t rate, bool again, SimTrial *out, GError **error)
{
    return sim_live_capacity_try(data, rate, again, out, error);
}

static uint64_t
least_live(void *data, uint64_t rate)
{
    return sim_live_capacity_least(data, rate);
}

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
search(const Device *device, const Options *options, GString *csv, SimSearch *state, unsigned *step,
       GError **error)
{
    *state = sim_search_start((uint64_t)options->start);
    while (!state->done && state->rate <= (uint64_t)options->limit) {
        SimTrial trial;
        uint64_t rate = state->rate;
        if (!device->try(device->data, rate, false, &trial, error))
            return false;
        report(csv, "register", ++*step, rate, &trial);
        sim_search_step(state, trial.good);
    }
    return true;
}

/* Section 6.8 has them register again at the rate that was found; if that is too much, a tenth less
 * until it is not. */
static bool
search_again(const Device *device, GString *csv, uint64_t *rate, unsigned *step, GError **error)
{
    SimTrial trial = {.good = false};
    while (*rate > 0) {
        if (!device->try(device->data, *rate, true, &trial, error))
            return false;
        report(csv, "re-register", ++*step, *rate, &trial);
        if (trial.good)
            return true;
        *rate -= (*rate + 9) / 10;
    }
    return true;
}

static int
measure(const Device *device, const Options *options, GString *csv, GError **error)
{
    SimSearch state;
    unsigned step = 0;
    printf("step  kind          rate/s    granted    failed  mean delay s\n");
    if (!search(device, options, csv, &state, &step, error)) {
        if (state.best > 0)
            printf("\nregistration-rate not found; %" PRIu64 " /s were good\n", state.best);
        return sim_command_fail(*error);
    }
    if (!state.done) {
        fprintf(stderr, "rollcall: %s: %d registrations/s are good still; see --limit\n",
                device->name, options->limit);
        return SIM_EXIT_BAD;
    }
    uint64_t again = state.best;
    if (!search_again(device, csv, &again, &step, error))
        return sim_command_fail(*error);
    printf("\nregistration-rate %" PRIu64 " /s (RFC 7502 section 6.7)\n"
           "re-registration-rate %" PRIu64 " /s (RFC 7502 section 6.8)\n",
           state.best, again);
    uint64_t least = device->least ? device->least(device->data, state.best) : 0;
    if (least > (uint64_t)options->agents)
        printf(
            "too few agents: a line of requests that grows by a tenth does not reach --threshold "
            "in a step; --agents %" PRIu64 " would do\n",
            least);
    return SIM_EXIT_MET;
}

static int
run(const Device *device, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) csv = g_string_new("step,kind,rate,granted,failed,delay_s,good\n");
    int code = measure(device, options, csv, &error);
    if (options->csv != NULL && code == SIM_EXIT_MET &&
        !sim_output_write(options->csv, csv->str, (gssize)csv->len, &error))
        return sim_command_fail(error);
    return code;
}

static int
run_simulated(const char *path, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_load(path, (const char *const *)options->changes, &error);
    if (scenario == NULL || !sim_capacity_check(scenario, (unsigned)options->agents, &error))
        return sim_command_fail(error);
    Simulated simulated = {scenario, (unsigned)options->agents};
    return run(&(Device){path, try_simulated, NULL, &simulated}, options);
}

static int
run_live(Options *options)
{
    g_autoptr(GError) error = NULL;
    options->end.users = options->agents;
    g_autoptr(SimLiveCapacity) live = sim_live_capacity_new(&options->end, &options->live, &error);
    if (!live)
        return sim_command_fail(error);
    return run(&(Device){options->end.to, try_live, least_live, live}, options);
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
    "were not above the best. Then the same ones register again, five minutes later (section\n"
    "6.8).\n\n"
    "Of a FILE the phones are those of the first [phones] group, each with an address of record\n"
    "of its own and an expiry of an hour or more; they register evenly, in virtual time, at the\n"
    "scenario's [registrar] behind its [station].\n\n"
    "With --to they are users of a real registrar, in real time; between two steps they\n"
    "unregister. A registration that takes longer than --threshold has failed, which ends its\n"
    "step. A step that the generator was late in is repeated; if it is late three times, the\n"
    "search ends and says so.\n\n"
    "Examples:\n"
    "  rollcall capacity scenarios/blackout-storm.ini --set station.queue=50 \\\n"
    "      --set station.when-full=503\n"
    "  rollcall capacity --to udp:127.0.0.1:5060 --domain example.org --agents 20000 \\\n"
    "      --start 5000 --pause 10s\n\n"
    "Exit: 0 found; 2 bad input or environment, stopped, or a rate without bound.\n";

static int
dispatch(int argc, char **argv, Options *options)
{
    bool live = options->end.to != NULL;
    if (live ? argc != 1 : argc != 2)
        fprintf(stderr, "rollcall: capacity needs either one scenario file or --to\n");
    else if (live && options->changes)
        fprintf(stderr, "rollcall: --set changes a scenario, and --to has none; leave one out\n");
    else if (is_in_range("--agents", options->agents, 1, 10000000) &&
             is_in_range("--start", options->start, 10, 1000000) &&
             is_in_range("--limit", options->limit, 10, 1000000))
        return live ? run_live(options) : run_simulated(argv[1], options);
    return SIM_EXIT_BAD;
}

int
sim_command_capacity(int argc, char **argv)
{
    Options options = {.agents = 50000, .start = 100, .limit = 100000, .end = SIM_FAR_END_DEFAULT};
    const GOptionEntry entries[] = {
        {"agents", 'n', 0, G_OPTION_ARG_INT, &options.agents,
         "Registrations of each step (default: 50000)", "N"},
        {"start", 0, 0, G_OPTION_ARG_INT, &options.start,
         "The first rate, per second (default: 100)", "R"},
        {"limit", 0, 0, G_OPTION_ARG_INT, &options.limit,
         "Give up beyond this rate (default: 100000)", "R"},
        {"threshold", 0, 0, G_OPTION_ARG_STRING, &options.live.threshold,
         "With --to: a registration that takes longer has failed (default: 500ms)", "TIME"},
        {"pause", 0, 0, G_OPTION_ARG_STRING, &options.live.pause,
         "With --to: before they register again (default: 5min)", "TIME"},
        {"max-lag", 0, 0, G_OPTION_ARG_STRING, &options.live.max_lag,
         "With --to: a step in which 1 % leave later is no step (default: 10ms)", "TIME"},
        {"csv", 0, 0, G_OPTION_ARG_FILENAME, &options.csv, "Write each step to a file", "FILE"},
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options.changes,
         "Change a value of the scenario, e.g. station.service=2ms; may be repeated", "KEY=VALUE"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *all = sim_far_end_entries(&options.end, entries);
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, all, "[FILE]", HELP))
        code = dispatch(argc, argv, &options);
    sim_far_end_clear(&options.end);
    g_free(options.live.threshold);
    g_free(options.live.pause);
    g_free(options.live.max_lag);
    g_strfreev(options.changes);
    g_free(options.csv);
    return code;
}
