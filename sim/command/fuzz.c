/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall fuzz`: the registrar core against a model of RFC 3261 section 10.3, until they differ.
 */
#include "sim/command/command.h"
#include "sim/fuzz/differ.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BETWEEN_SIGNS = 10000 };

typedef struct {
    gint64 seed;
    gint64 count;
    gint64 first;
    char *link;
    gboolean quiet;
} Options;

static void
show_progress(const Options *options, gint64 done)
{
    if (options->quiet || done % BETWEEN_SIGNS || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " sequences", done,
            options->count);
}

static unsigned
count_messages(const SimFuzzSequence *sequence)
{
    unsigned n = 0;
    for (size_t i = 0; i < sequence->n_steps; i++)
        n += sequence->steps[i].kind != SIM_STEP_LOOKUP;
    return n;
}

static int
report(SimDiffer *differ, const Options *options, gint64 which, SimFuzzSequence *sequence)
{
    sim_differ_shrink(differ, sequence);
    g_autofree char *title = g_strdup_printf(
        "Fuzz: seed %" G_GINT64_FORMAT ", sequence %" G_GINT64_FORMAT, options->seed, which);
    g_autofree char *script = sim_differ_write(differ, sequence, title);
    printf("# Core and model differ in sequence %" G_GINT64_FORMAT " of seed %" G_GINT64_FORMAT
           ", shrunk to %u messages.\n"
           "# What is expected below is what the model says; rollcall check replays it.\n%s",
           which, options->seed, count_messages(sequence), script);
    return SIM_EXIT_NOT_MET;
}

static int
fuzz(const Options *options, bool decoded)
{
    g_autoptr(SimDiffer) differ = sim_differ_new(decoded);
    SimRandom random = sim_random_new((uint64_t)options->seed, 0);
    gint64 start = g_get_monotonic_time();
    for (gint64 i = 0; i < options->count; i++) {
        SimFuzzSequence sequence;
        sim_fuzz_draw(&random, (uint32_t)(options->first + i), &sequence);
        if (sim_differ_find(differ, &sequence) >= 0)
            return report(differ, options, options->first + i, &sequence);
        show_progress(options, i + 1);
    }
    double seconds = (double)(g_get_monotonic_time() - start) * 1e-6;
    if (!options->quiet)
        printf("%s%" G_GINT64_FORMAT " sequences, %" G_GUINT64_FORMAT
               " messages: no difference between core and model (%.1f s)\n",
               isatty(STDERR_FILENO) ? "\r" : "", options->count, sim_differ_messages(differ),
               seconds);
    return SIM_EXIT_MET;
}

static bool
check_options(const Options *options, bool *decoded, GError **error)
{
    *decoded = g_strcmp0(options->link, "direct") == 0;
    if (options->link && !*decoded && strcmp(options->link, "wire") != 0)
        return sim_words_fail(error, "--link %.40s: unknown link; known: wire, direct",
                              options->link);
    if (options->count < 1 || options->first < 0 || options->first > UINT32_MAX ||
        options->count > UINT32_MAX - options->first)
        return sim_words_fail(error, "--count and --first must lie within 0 and 2^32");
    if (options->seed < 0)
        return sim_words_fail(error, "--seed must not be negative");
    return true;
}

static const char HELP[] =
    "Draws sequences of 3 to 12 REGISTER requests, copies, lookups and clock steps, and gives "
    "them\n"
    "to the registrar core and to a model of RFC 3261 section 10.3 that was written independently\n"
    "of it (tests/model). Status, Min-Expires, listed contacts and lookups must be the same. The\n"
    "first difference is shrunk and printed as a scenario with a [script].\n\n"
    "Examples:\n"
    "  rollcall fuzz --count 1000000\n"
    "  rollcall fuzz --seed 7 > difference.ini || rollcall check difference.ini\n\n"
    "Exit: 0 no difference, 1 a difference, 2 bad input.\n";

int
sim_command_fuzz(int argc, char **argv)
{
    Options options = {.seed = 1, .count = 100000};
    const GOptionEntry entries[] = {
        {"seed", 's', 0, G_OPTION_ARG_INT64, &options.seed, "Where chance starts (default: 1)",
         "N"},
        {"count", 'c', 0, G_OPTION_ARG_INT64, &options.count,
         "How many sequences (default: 100000)", "N"},
        {"first", 'f', 0, G_OPTION_ARG_INT64, &options.first,
         "The number of the first sequence (default: 0)", "N"},
        {"link", 'l', 0, G_OPTION_ARG_STRING, &options.link,
         "The door of the core: wire (SIP text; default) or direct (decoded)", "LINK"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Print a difference only", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    int code = SIM_EXIT_BAD;
    bool decoded;
    if (sim_command_parse(&argc, &argv, entries, "", HELP)) {
        if (argc > 1)
            sim_words_fail(&error, "fuzz takes no file: %.40s", argv[1]);
        if (error || !check_options(&options, &decoded, &error))
            sim_command_fail(error);
        else
            code = fuzz(&options, decoded);
    }
    g_free(options.link);
    return code;
}
