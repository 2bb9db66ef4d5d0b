/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench`: what things cost on this machine, as `name value unit` lines. */
#include "sim/command/bench.h"
#include "sim/command/command.h"
#include "sim/command/memory.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>

typedef bool (*Suite)(SimFigures *out, const SimBenchOptions *options);

static const struct {
    const char *name;
    Suite run;
} SUITES[] = {
    {"core", sim_bench_core},   {"scale", sim_bench_scale}, {"wire", sim_bench_wire},
    {"queue", sim_bench_queue}, {"hold", sim_bench_hold},
};

static const char HELP[] =
    "Prints `name value unit` lines: processor time of one core, medians of 5.\n\n"
    "Suites:\n"
    "  core   event-hold                   pop an event and push another\n"
    "         message-read                 read a REGISTER with credentials\n"
    "         direct-registration, wire-registration\n"
    "                                      a registration granted, nonce used again\n"
    "         direct-registration-challenged, wire-registration-challenged\n"
    "                                      the same with a 401 round each time\n"
    "         service                      for the [station] of a scenario: a registrar such as\n"
    "                                      ours on one core of this machine\n"
    "  scale  from 10,000 to 10,000,000 phones on the direct link: an event, a registration,\n"
    "         memory; the same phones in a loop without a registrar, and the ratio to it\n"
    "  wire   a registration on the wire link; what libosip2 alone needs to parse the same two\n"
    "         messages, and the ratio to it\n"
    "  queue  an event popped and pushed again, 1,000 to 10,000,000 of them, by increments\n"
    "         recorded from a town: buckets are the queue of the simulator, lanes the same with\n"
    "         a lane for each constant delay, as a run has it; beside a binary and a 4-ary heap,\n"
    "         a pairing heap and, up to 1,000,000, GTree and GSequence of GLib, with their\n"
    "         ratios to buckets; memory for an event, from 1,000,000 on\n"
    "  hold   one of 10,000 events popped and pushed again, --most times: for\n"
    "         tests/bench/instructions.t, which counts instructions\n\n"
    "With --memory it prints and draws instead how many bytes a phone takes, from 1,000 to\n"
    "300,000 phones.\n\n"
    "Examples:\n  rollcall bench\n  rollcall bench --suite scale --most 1000000 --json\n"
    "  rollcall bench --memory results/bench\n\n"
    "Exit: 0 measured, 2 bad input or environment.\n";

char *
sim_bench_program(const SimBenchOptions *options, const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = self != NULL ? g_path_get_dirname(self) : g_strdup(".");
    char *path = options->bare != NULL ? g_build_filename(options->bare, name, NULL)
                                       : g_build_filename(dir, "..", "tests", name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        return path;
    fprintf(stderr, "rollcall: %s is not there: no ratios (--bare)\n", path);
    g_free(path);
    return NULL;
}

static Suite
find_suite(const char *name)
{
    const char *names[G_N_ELEMENTS(SUITES) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(SUITES); i++) {
        names[i] = SUITES[i].name;
        if (strcmp(name, names[i]) == 0)
            return SUITES[i].run;
    }
    g_autofree char *hint = sim_words_hint(name, names);
    fprintf(stderr, "rollcall: --suite: no such suite: %s%s\n", name,
            hint != NULL ? hint : "; see rollcall bench --help");
    return NULL;
}

int
sim_command_bench(int argc, char **argv)
{
    int most = SIM_BENCH_MOST;
    gboolean json = FALSE;
    g_autofree char *memory = NULL;
    g_autofree char *suite = NULL;
    g_autofree char *bare = NULL;
    const GOptionEntry entries[] = {
        {"suite", 0, 0, G_OPTION_ARG_STRING, &suite, "What to measure (default: core)", "NAME"},
        {"most", 0, 0, G_OPTION_ARG_INT, &most, "Only up to N phones (default: 10000000)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object at the end", NULL},
        {"bare", 0, 0, G_OPTION_ARG_FILENAME, &bare,
         "Folder of bare-loop and osip-alone (default: tests/ of the build)", "DIR"},
        {"memory", 0, 0, G_OPTION_ARG_FILENAME, &memory,
         "Measure memory; a table and a plot go to this folder", "DIR"},
        G_OPTION_ENTRY_NULL,
    };
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    if (most < 1 || most > SIM_BENCH_MOST) {
        fprintf(stderr, "rollcall: --most %d: from 1 to %d\n", most, SIM_BENCH_MOST);
        return SIM_EXIT_BAD;
    }
    if (memory != NULL)
        return sim_bench_memory(memory);
    Suite run = find_suite(suite != NULL ? suite : "core");
    if (run == NULL)
        return SIM_EXIT_BAD;
    g_autoptr(SimFigures) figures = sim_figures_new(json);
    SimBenchOptions options = {.most = (unsigned)most, .bare = bare};
    if (!run(figures, &options))
        return SIM_EXIT_BAD;
    sim_figures_end(figures);
    return SIM_EXIT_MET;
}
