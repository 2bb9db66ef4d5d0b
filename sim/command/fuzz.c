/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall fuzz`: the registrar core, or a server, against a model of RFC 3261 section 10.3, until
 * they differ.
 */
#include "sim/command/command.h"
#include "sim/fuzz/differ.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BETWEEN_SIGNS = 10000, COUNT_CORE = 100000, COUNT_SERVER = 200 };

typedef struct {
    gint64 seed;
    gint64 count;
    gint64 first;
    char *link;
    gboolean quiet;
    char *to;
    char *domain;
    gint64 default_expires;
    gint64 min_expires;
    gint64 max_expires;
    gint64 max_bindings;
} Options;

static void
clear_options(Options *self)
{
    g_free(self->link);
    g_free(self->to);
    g_free(self->domain);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static void
show_progress(const Options *options, gint64 done)
{
    if (options->quiet || (!options->to && done % BETWEEN_SIGNS) || !isatty(STDERR_FILENO))
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
    const char *what = options->to ? "Server" : "Core";
    bool again = sim_differ_shrink(differ, sequence);
    g_autofree char *title = g_strdup_printf(
        "Fuzz: seed %" G_GINT64_FORMAT ", sequence %" G_GINT64_FORMAT, options->seed, which);
    g_autofree char *script = sim_differ_write(differ, sequence, title);
    printf("# %s and model differ in sequence %" G_GINT64_FORMAT " of seed %" G_GINT64_FORMAT
           ", %s %u messages.\n"
           "# What is expected below is what the model says; rollcall check replays it%s.\n%s",
           what, which, options->seed,
           again ? "shrunk to" : "not shrunk, for it did not show again or the server is gone:",
           count_messages(sequence), options->to ? " on the core" : "", script);
    return SIM_EXIT_NOT_MET;
}

static int
fuzz(const Options *options, SimDiffer *differ)
{
    SimRandom random = sim_random_new((uint64_t)options->seed, 0);
    gint64 start = g_get_monotonic_time();
    for (gint64 i = 0; i < options->count; i++) {
        SimFuzzSequence sequence;
        sim_differ_draw(differ, &random, (uint32_t)(options->first + i), &sequence);
        if (sim_differ_find(differ, &sequence) >= 0)
            return report(differ, options, options->first + i, &sequence);
        show_progress(options, i + 1);
    }
    double seconds = (double)(g_get_monotonic_time() - start) * 1e-6;
    if (!options->quiet)
        printf("%s%" G_GINT64_FORMAT " sequences, %" G_GUINT64_FORMAT
               " messages: no difference between %s and model (%.1f s)\n",
               isatty(STDERR_FILENO) ? "\r" : "", options->count, sim_differ_messages(differ),
               options->to ? "server" : "core", seconds);
    return SIM_EXIT_MET;
}

static int
fuzz_core(const Options *options)
{
    g_autoptr(SimDiffer) differ = sim_differ_new(g_strcmp0(options->link, "direct") == 0);
    return fuzz(options, differ);
}

static int
fuzz_server(const Options *options, GError **error)
{
    ModelConfig config = {
        .default_expires = options->default_expires,
        .min_expires = options->min_expires,
        .max_expires = options->max_expires,
        .max_bindings = (size_t)options->max_bindings,
    };
    g_autoptr(SimTarget) target =
        sim_target_new_network(options->to, options->domain, NULL, NULL, false, error);
    if (!target)
        return SIM_EXIT_BAD;
    g_autoptr(SimRemote) remote = sim_remote_new(target);
    const char *why = sim_remote_probe(remote);
    if (why) {
        sim_words_fail(error, "%s %s", options->to, why);
        return SIM_EXIT_BAD;
    }
    g_autoptr(SimDiffer) differ = sim_differ_new_remote(remote, &config);
    return fuzz(options, differ);
}

static bool
check_server(const Options *options, GError **error)
{
    if (options->to && options->link)
        return sim_words_fail(
            error, "--link is of the core: either --to or --link; leave one of the two out");
    if (!options->to && options->domain)
        return sim_words_fail(error, "--domain is of a server: it needs --to");
    if (options->min_expires < 0 || options->min_expires > 3600 || options->default_expires < 60 ||
        options->default_expires > UINT32_MAX || options->max_expires < 0 ||
        options->max_expires > UINT32_MAX)
        return sim_words_fail(error, "--min-expires must lie within 0 and 3600, --default-expires "
                                     "within 60 and 2^32, --max-expires below 2^32");
    if (options->max_bindings < 1 || options->max_bindings > MODEL_MOST_BINDINGS)
        return sim_words_fail(error, "--max-bindings must lie within 1 and %d",
                              MODEL_MOST_BINDINGS);
    return true;
}

static bool
check_options(const Options *options, GError **error)
{
    if (options->link && strcmp(options->link, "direct") != 0 && strcmp(options->link, "wire") != 0)
        return sim_words_fail(error, "--link %.40s: unknown link; known: wire, direct",
                              options->link);
    if (options->count < 1 || options->first < 0 || options->first > UINT32_MAX ||
        options->count > UINT32_MAX - options->first)
        return sim_words_fail(error, "--count and --first must lie within 0 and 2^32");
    if (options->seed < 0)
        return sim_words_fail(error, "--seed must not be negative");
    return check_server(options, error);
}

static const char HELP[] =
    "Draws sequences of 3 to 12 REGISTER requests, copies, lookups and clock steps, and gives "
    "them\n"
    "to the registrar core and to a model of RFC 3261 section 10.3 that was written independently\n"
    "of it (tests/model). Status, Min-Expires, listed contacts and lookups must be the same. The\n"
    "first difference is shrunk and printed as a scenario with a [script].\n\n"
    "With --to a server takes the place of the core, in real time: clock steps are left out, "
    "lookups\n"
    "are fetches, and seconds may be 2 off. Each sequence has users of its own. The server must "
    "let\n"
    "anybody register without credentials, and the options from --default-expires on say how it "
    "is\n"
    "set up.\n\n"
    "Examples:\n"
    "  rollcall fuzz --count 1000000\n"
    "  rollcall fuzz --to udp:127.0.0.1:5060 --domain example.org\n"
    "  rollcall fuzz --seed 7 > difference.ini || rollcall check difference.ini\n\n"
    "Exit: 0 no difference, 1 a difference, 2 bad input, or a server that cannot be tried.\n";

int
sim_command_fuzz(int argc, char **argv)
{
    g_auto(Options) o = {.seed = 1, .default_expires = 3600, .min_expires = 60, .max_bindings = 16};
    gint64 count = -1;
    const GOptionEntry entries[] = {
        {"seed", 's', 0, G_OPTION_ARG_INT64, &o.seed, "Where chance starts (default: 1)", "N"},
        {"count", 'c', 0, G_OPTION_ARG_INT64, &count,
         "How many sequences (default: 100000; with --to 200)", "N"},
        {"first", 'f', 0, G_OPTION_ARG_INT64, &o.first,
         "The number of the first sequence (default: 0)", "N"},
        {"link", 'l', 0, G_OPTION_ARG_STRING, &o.link,
         "The door of the core: wire (SIP text; default) or direct (decoded)", "LINK"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &o.quiet, "Print a difference only", NULL},
        {"to", 0, 0, G_OPTION_ARG_STRING, &o.to,
         "The server at udp:, tcp: or tls:HOST:PORT instead of the core", "ADDRESS"},
        {"domain", 0, 0, G_OPTION_ARG_STRING, &o.domain, "Of the server (default: HOST)", "DOMAIN"},
        {"default-expires", 0, 0, G_OPTION_ARG_INT64, &o.default_expires,
         "What the server grants if nothing is asked for (default: 3600)", "SECONDS"},
        {"min-expires", 0, 0, G_OPTION_ARG_INT64, &o.min_expires,
         "The least it grants (default: 60)", "SECONDS"},
        {"max-expires", 0, 0, G_OPTION_ARG_INT64, &o.max_expires,
         "The most it grants; 0 for no bound (default)", "SECONDS"},
        {"max-bindings", 0, 0, G_OPTION_ARG_INT64, &o.max_bindings,
         "Most contacts of a user (default: 16)", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    o.count = count == -1 ? (o.to ? COUNT_SERVER : COUNT_CORE) : count;
    if (argc > 1)
        sim_words_fail(&error, "fuzz takes no file: %.40s; leave it out, see rollcall fuzz --help",
                       argv[1]);
    if (error || !check_options(&o, &error))
        return sim_command_fail(error);
    int code = o.to ? fuzz_server(&o, &error) : fuzz_core(&o);
    return error ? sim_command_fail(error) : code;
}
