/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall load`: registrations at a real registrar at a rate that its answers do not hold up. */
#include "sim/report/load.h"
#include "sim/command/command.h"
#include "sim/command/far-end.h"
#include "sim/report/output.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
    SimFarEnd end;
    char *rate;
    char *duration;
    char *kind;
    char *arrivals;
    char *max_lag;
    char *csv;
    char *json;
    char *write_users;
    gint64 attempts;
    int window;
    gboolean fill;
    gboolean quiet;
} Options;

static void
clear_options(Options *self)
{
    sim_far_end_clear(&self->end);
    g_free(self->rate);
    g_free(self->duration);
    g_free(self->kind);
    g_free(self->arrivals);
    g_free(self->max_lag);
    g_free(self->csv);
    g_free(self->json);
    g_free(self->write_users);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static volatile int stopped;

static void
on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

/* What phones of a town do between them: most goes on, some start, some are called. */
static const unsigned MIX[SIM_LOAD_KINDS] = {
    [SIM_LOAD_REGISTER] = 5, [SIM_LOAD_REFRESH] = 80, [SIM_LOAD_LOOKUP] = 10, [SIM_LOAD_FETCH] = 5};

static bool
read_share(const char *part, unsigned shares[SIM_LOAD_KINDS], GError **error)
{
    const char *names[SIM_LOAD_KINDS + 2] = {NULL};
    g_auto(GStrv) halves = g_strsplit(part, "=", 2);
    g_strstrip(halves[0]);
    uint64_t share = 1;
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++)
        names[kind] = sim_load_kind_name(kind);
    names[SIM_LOAD_KINDS] = "mix";
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++) {
        if (!g_str_equal(halves[0], names[kind]))
            continue;
        if (halves[1] && (!sim_value_count(g_strstrip(halves[1]), &share, error)))
            return false;
        shares[kind] = (unsigned)MIN(share, 1000000);
        return true;
    }
    return sim_words_unknown(error, "--kind: unknown kind", halves[0], names);
}

/* `refresh`, `mix`, or `refresh=80,lookup=20`. */
static bool
read_kinds(const char *text, unsigned shares[SIM_LOAD_KINDS], GError **error)
{
    if (g_str_equal(text, "mix")) {
        memcpy(shares, MIX, sizeof MIX);
        return true;
    }
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    unsigned sum = 0;
    for (char **part = parts; *part; part++)
        if (!read_share(*part, shares, error))
            return false;
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++)
        sum += shares[kind];
    return sum > 0 ||
           sim_words_fail(
               error,
               "--kind: \"%s\" has no share above 0; write for example: refresh=9,register=1",
               text);
}

static bool
read_phase(const Options *options, SimLoadPhase *out, GError **error)
{
    static const char *const arrivals[] = {"fixed", "poisson", NULL};
    int arrival = 0;
    SimLoadPhase phase = {
        .window = (uint32_t)options->window, .attempts = UINT64_MAX, .duration = 10 * ROLL_SECOND};
    if (!read_kinds(options->kind ? options->kind : "register", phase.shares, error))
        return false;
    if (options->window < 0 || options->window > 100000)
        return sim_words_fail(error, "--window has to be from 1 to 100000");
    if (options->window > 0 ? options->rate != NULL : options->rate == NULL)
        return sim_words_fail(error, "load needs either --rate, e.g. --rate 500/s, or --window");
    if (options->rate && (!sim_value_rate(options->rate, &phase.rate, error) || phase.rate <= 0 ||
                          phase.rate > 1e6)) {
        g_clear_error(error);
        return sim_words_fail(error,
                              "--rate: \"%s\" is no rate up to 1000000/s; it looks like "
                              "500/s",
                              options->rate);
    }
    if (options->attempts < 0)
        return sim_words_fail(error, "--attempts has to be 1 or more");
    if (options->attempts > 0) {
        phase.attempts = (uint64_t)options->attempts;
        phase.duration = 0;
    }
    if (options->window > 0 && options->attempts == 0)
        return sim_words_fail(error, "--window needs --attempts");
    if (options->duration && !sim_value_time(options->duration, &phase.duration, error)) {
        g_prefix_error(error, "--duration: ");
        return false;
    }
    if (options->arrivals && !sim_value_word(options->arrivals, arrivals, &arrival, error)) {
        g_prefix_error(error, "--arrivals: ");
        return false;
    }
    phase.poisson = arrival == 1;
    *out = phase;
    return true;
}

static void
on_tick(void *user_data, RollTime now, const SimLoadTally *tally)
{
    (void)user_data;
    const SimLoadSecond *last =
        &g_array_index(tally->seconds, SimLoadSecond, MAX(tally->seconds->len, 1) - 1);
    if (tally->seconds->len == 0)
        return;
    fprintf(stderr,
            "\r%5.0f s  %8" G_GUINT64_FORMAT " /s  %" G_GUINT64_FORMAT
            " failed  99 %% within %.1f ms   ",
            (double)now / 1e6, last->effective, tally->total.failed, (double)last->most / 1000);
    fflush(stderr);
}

static bool
write_files(const Options *options, const SimLoadReport *report, GError **error)
{
    g_autoptr(GString) csv = g_string_new(NULL);
    g_autoptr(GString) json = g_string_new(NULL);
    sim_load_report_csv(report, csv);
    sim_load_report_json(report, json);
    return (!options->csv || sim_output_write(options->csv, csv->str, (gssize)csv->len, error)) &&
           (!options->json || sim_output_write(options->json, json->str, (gssize)json->len, error));
}

/* Every user registers once, as fast as the answers come, so that there is something to refresh. */
static bool
fill(SimDrive *drive, uint32_t users, GError **error)
{
    const SimLoadPhase phase = {
        .window = 64, .attempts = users, .shares = {[SIM_LOAD_REGISTER] = 1}};
    SimDriveResult result = sim_drive_phase(drive, &phase, &stopped, NULL, NULL);
    if (result.tally->total.failed == 0)
        return true;
    return sim_words_fail(
        error,
        "--fill: %" G_GUINT64_FORMAT
        " of %u users could not register; compare the users and passwords of both sides",
        result.tally->total.failed, users);
}

static int
measure(const Options *options, const SimLoadPhase *phase, RollTime max_lag, GError **error)
{
    SimLoadPlan plan;
    g_autoptr(SimDrive) drive = sim_far_end_open(&options->end, &plan, error);
    bool bar = !options->quiet && isatty(STDERR_FILENO);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (!drive || (options->fill && !fill(drive, plan.users, error)))
        return sim_command_fail(*error);
    SimDriveResult result = sim_drive_phase(drive, phase, &stopped, bar ? on_tick : NULL, NULL);
    SimLoadReport report = {options->end.to, &plan, phase, &result, max_lag, stopped != 0};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *doubt = sim_load_report_doubt(&report);
    sim_load_report_text(&report, text);
    if (bar)
        fprintf(stderr, "\r%79s\r", "");
    printf("%s", text->str);
    if (!write_files(options, &report, error))
        return sim_command_fail(*error);
    return stopped ? SIM_EXIT_INTERRUPTED : doubt ? SIM_EXIT_NOT_MET : SIM_EXIT_MET;
}

static int
run(const Options *options)
{
    g_autoptr(GError) error = NULL;
    SimLoadPhase phase;
    RollTime max_lag = 10 * ROLL_MILLISECOND;
    if (options->write_users &&
        !sim_far_end_write_users(&options->end, options->write_users, &error))
        return sim_command_fail(error);
    if (!options->end.to && options->write_users)
        return SIM_EXIT_MET;
    if (!options->end.to)
        sim_words_fail(&error, "load needs the registrar, e.g. --to udp:127.0.0.1:5060");
    else if (options->max_lag && !sim_value_time(options->max_lag, &max_lag, &error))
        g_prefix_error(&error, "--max-lag: ");
    else if (read_phase(options, &phase, &error))
        return measure(options, &phase, max_lag, &error);
    return sim_command_fail(error);
}

static const char HELP[] =
    "Attempts leave by a schedule, whatever comes back (an open loop). Delays are counted twice:\n"
    "from when an attempt was due, and from when its first request left, which is the\n"
    "registration request delay of RFC 6076. Where the registrar stalls, the first tells what its\n"
    "users see. If the generator itself was late, the figures are marked untrustworthy.\n\n"
    "Kinds: register (401 and once more with credentials), refresh (credentials with the nonce of\n"
    "last time), unauthenticated (up to the 401), lookup (INVITE, 302, ACK), fetch (no Contact),\n"
    "unregister, mix; or shares of them: refresh=80,lookup=20.\n\n"
    "Examples:\n"
    "  rollcall load --write-users users.htdigest --users 100000 --domain example.org\n"
    "  rollcall load --to udp:127.0.0.1:5060 --domain example.org --users 100000 --rate 5000/s\n"
    "  rollcall load --to udp:127.0.0.1:5060 --domain example.org --fill --kind refresh \\\n"
    "      --rate 2000/s --duration 1min --csv load.csv\n\n"
    "Exit: 0 done; 1 done, but untrustworthy; 2 bad input or environment; 130 stopped, with what\n"
    "there was.\n";

int
sim_command_load(int argc, char **argv)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"users", 'u', 0, G_OPTION_ARG_INT, &options.end.users, "How many (default: 1000)", "N"},
        {"rate", 'r', 0, G_OPTION_ARG_STRING, &options.rate, "Attempts by time, e.g. 5000/s", "R"},
        {"duration", 'd', 0, G_OPTION_ARG_STRING, &options.duration,
         "How long attempts start (default: 10s)", "TIME"},
        {"attempts", 'n', 0, G_OPTION_ARG_INT64, &options.attempts,
         "So many attempts instead of a duration", "N"},
        {"window", 'w', 0, G_OPTION_ARG_INT, &options.window,
         "Instead of a rate: as fast as answers come, N at a time (a closed loop)", "N"},
        {"kind", 'k', 0, G_OPTION_ARG_STRING, &options.kind,
         "What is asked (default: register); see below", "KIND"},
        {"arrivals", 0, 0, G_OPTION_ARG_STRING, &options.arrivals,
         "fixed intervals or poisson (default: fixed)", "LAW"},
        {"fill", 0, 0, G_OPTION_ARG_NONE, &options.fill,
         "Register every user once before it is measured", NULL},
        {"max-lag", 0, 0, G_OPTION_ARG_STRING, &options.max_lag,
         "Untrustworthy if 1 % of the attempts leave later (default: 10ms)", "TIME"},
        {"csv", 0, 0, G_OPTION_ARG_FILENAME, &options.csv, "Write each second to a file", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "Write the report to a file", "FILE"},
        {"write-users", 0, 0, G_OPTION_ARG_FILENAME, &options.write_users,
         "Write the users' credentials as htdigest does, for the registrar", "FILE"},
        {"realm", 0, 0, G_OPTION_ARG_STRING, &options.end.realm,
         "Of --write-users (default: the domain)", "REALM"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options.end.seed,
         "Of Poisson arrivals and of kinds (default: 0)", "N"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "No progress line", NULL},
        G_OPTION_ENTRY_NULL,
    };
    options.end = SIM_FAR_END_DEFAULT;
    g_autofree GOptionEntry *all = sim_far_end_entries(&options.end, entries);
    if (!sim_command_parse(&argc, &argv, all, NULL, HELP))
        return SIM_EXIT_BAD;
    if (argc != 1) {
        fprintf(stderr, "rollcall: load takes options only; the registrar goes after --to\n");
        return SIM_EXIT_BAD;
    }
    return run(&options);
}
