/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall run FILE...`: simulate, report, judge. */
#include "sim/experiment/run.h"
#include "sim/command/run-live.h"
#include "sim/command/study.h"
#include "sim/report/capture.h"
#include "sim/report/ladder.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/trace.h"
#include "sim/scenario/names.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

typedef struct {
    char **changes;
    char *link;
    char *output;
    char *pcap;
    char *phone;
    char *variant;
    gboolean trace;
    gboolean transactions;
    gboolean quiet;
    int replications;
    char *precision;
    char **metrics;
    char **series;
    int jobs;
    int patience;
    int threads;
    SimLiveChoice live;
} Options;

/* What one run needs while it goes on. */
typedef struct {
    SimPeer peer;
    SimLiveOptions live;
    SimProgress *progress;
    GString *attempts;
    SimCapture *capture;
    const SimScenario *scenario;
    SimLadder *ladder;
    bool lines; /* of the trace, printed */
} Watch;

/* One simulation from its scenario to its folder: the file itself, or a variant of it. */
typedef struct {
    SimScenario *scenario;
    SimResult *result;
    Watch watch;
} Session;

static void
watch_clear(Watch *self)
{
    g_clear_pointer(&self->progress, sim_progress_free);
    sim_ladder_free(self->ladder);
    sim_peer_clear(&self->peer);
    if (self->attempts != NULL)
        g_string_free(self->attempts, TRUE);
}

static void
session_free(gpointer data)
{
    Session *self = data;
    watch_clear(&self->watch);
    if (self->result != NULL)
        sim_result_free(self->result);
    sim_scenario_free(self->scenario);
    g_free(self);
}

static void
on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static bool
on_progress(void *data, RollTime now, uint64_t events)
{
    const Watch *watch = data;
    if (watch->progress != NULL)
        sim_progress_update(watch->progress, now, events);
    return !interrupted;
}

static void
on_trace(void *data, const SimTrace *trace, const char *name)
{
    const Watch *watch = data;
    if (watch->ladder != NULL)
        sim_ladder_add(watch->ladder, trace);
    if (!watch->lines)
        return;
    g_autofree char *line = sim_trace_line(watch->scenario, trace, name);
    puts(line);
}

/* The trace, of one phone or of all. */
static bool
watch_trace(Watch *self, const SimScenario *scenario, const Options *options, SimRunOptions *run,
            GError **error)
{
    self->lines = options->trace;
    self->scenario = scenario;
    if (options->trace || options->phone != NULL)
        run->trace = on_trace;
    run->trace_data = self;
    if (options->phone == NULL)
        return true;
    if (!sim_phone_find(scenario, options->phone, &run->phone, error)) {
        g_prefix_error(error, "--phone: ");
        return false;
    }
    run->one_phone = true;
    g_autofree char *name = sim_phone_name(scenario, run->phone);
    self->ladder = sim_ladder_new(name, scenario);
    return true;
}

static void
on_attempt(void *data, const SimAttempt *attempt, const char *name)
{
    Watch *watch = data;
    g_autofree char *line = sim_attempt_line(attempt, name);
    g_string_append(watch->attempts, line);
    g_string_append_c(watch->attempts, '\n');
}

static bool
parse_link(const char *name, SimLinkKind *out, GError **error)
{
    if (name == NULL || strcmp(name, "wire") == 0) {
        *out = SIM_LINK_WIRE;
        return true;
    }
    if (strcmp(name, "direct") == 0) {
        *out = SIM_LINK_DIRECT;
        return true;
    }
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                "--link %.40s: unknown link; known: wire, direct", name);
    return false;
}

static bool
parse_threads(int given, unsigned *out, GError **error)
{
    *out = MIN(given > 0 ? (unsigned)given : g_get_num_processors(), SIM_THREADS_MOST);
    if (given >= 0 && given <= SIM_THREADS_MOST)
        return true;
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                "--threads %d: from 1 to %d, or 0 for one on each processor", given,
                SIM_THREADS_MOST);
    return false;
}

static char *
results_folder(const SimScenario *scenario, const Options *options)
{
    return g_build_filename(options->output != NULL ? options->output : "results", scenario->name,
                            scenario->variant, NULL);
}

static bool
can_capture(SimLinkKind link, GError **error)
{
    if (link == SIM_LINK_WIRE)
        return true;
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                "--pcap: the direct link has no packets; use --link wire");
    return false;
}

/* A run in real time has a link and a thread of its own. */
static bool
choose_live(Watch *watch, const Options *options, SimRunOptions *run, GError **error)
{
    const char *other = options->link != NULL   ? "--link"
                        : options->threads != 1 ? "--threads"
                                                : NULL;
    if (!sim_live_choice_read(&options->live, &watch->peer, &watch->live, error))
        return false;
    if (watch->live.to == NULL)
        return true;
    if (other != NULL) {
        g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                    "%s is of runs in virtual time; leave it or --to out", other);
        return false;
    }
    run->live = &watch->live;
    return true;
}

/* Who asks for threads and gets one is told why. */
static void
tell_whole(const SimScenario *scenario, const SimRunOptions *run, bool quiet)
{
    const char *reason = run->threads > 1 ? sim_run_why_whole(scenario, run) : NULL;
    if (reason != NULL && !quiet)
        fprintf(stderr, "rollcall: %s: runs on one thread: %s\n", scenario->path, reason);
}

static SimResult *
simulate(const SimScenario *scenario, const Options *options, Watch *watch, GError **error)
{
    SimRunOptions run = {.progress = on_progress, .progress_data = watch};
    if (!choose_live(watch, options, &run, error) || !parse_link(options->link, &run.link, error) ||
        !parse_threads(options->threads, &run.threads, error) ||
        (options->pcap != NULL && !can_capture(run.link, error)) ||
        !watch_trace(watch, scenario, options, &run, error))
        return NULL;
    /* A folder that cannot be made is to be told before the hours of a long run, not after. */
    g_autofree char *dir = results_folder(scenario, options);
    if (!sim_output_directory(dir, error))
        return NULL;
    if (options->pcap != NULL) {
        watch->capture = sim_capture_new(options->pcap, error);
        if (watch->capture == NULL)
            return NULL;
        run.packet = sim_capture_packet;
        run.packet_data = watch->capture;
    }
    if (options->transactions) {
        run.attempt = on_attempt;
        run.attempt_data = watch;
        watch->attempts = g_string_new(sim_attempts_header());
        g_string_append_c(watch->attempts, '\n');
    }
    /* A bar between the lines of a trace would spoil both. */
    if (!options->trace && !options->quiet)
        watch->progress = sim_progress_new(-sim_world_history(scenario), scenario->duration);
    tell_whole(scenario, &run, options->quiet);
    return sim_run(scenario, &run, error);
}

static bool
write_results(const SimResult *result, const Options *options, const Watch *watch, GError **error)
{
    g_autofree char *ladder = NULL;
    g_autofree char *dir = results_folder(result->scenario, options);
    if (!sim_report_write(result, dir, error))
        return false;
    g_autofree char *path = g_build_filename(dir, "transactions.csv", NULL);
    if (watch->attempts == NULL)
        g_unlink(path); /* of an earlier run */
    else if (!sim_output_write(path, watch->attempts->str, (gssize)watch->attempts->len, error))
        return false;
    sim_ladder_remove(dir);
    if (watch->ladder != NULL) {
        sim_ladder_close(watch->ladder, result->scenario->warmup + result->observed);
        ladder = sim_ladder_write(watch->ladder, dir, error);
        if (ladder == NULL)
            return false;
    }
    g_autofree char *timing = sim_summary_timing(result);
    if (!options->quiet)
        printf("%s\nReport: %s/report.html\n", timing, dir);
    if (!options->quiet && ladder != NULL)
        printf("Phone: %s.txt and %s.svg\n", ladder, ladder);
    return true;
}

static int
verdict(const SimResult *result)
{
    if (result->partial)
        return SIM_EXIT_INTERRUPTED;
    if (!sim_result_is_trusted(result))
        return SIM_EXIT_NOT_MET;
    for (size_t i = 0; i < result->n_verdicts; i++)
        if (!result->verdicts[i].met)
            return SIM_EXIT_NOT_MET;
    return SIM_EXIT_MET;
}

/* Simulates, and says what came out; nothing is written yet. */
static bool
play(Session *self, const Options *options, GError **error)
{
    self->result = simulate(self->scenario, options, &self->watch, error);
    g_clear_pointer(&self->watch.progress, sim_progress_free);
    SimCapture *capture = g_steal_pointer(&self->watch.capture);
    if (capture != NULL && !sim_capture_close(capture, *error == NULL ? error : NULL))
        return false;
    if (self->result == NULL)
        return false;
    if (!options->quiet) {
        g_autofree char *text = sim_summary_text(self->result);
        fputs(text, stdout);
        fflush(stdout);
    }
    return true;
}

/* Takes @scenario. */
static void
add_session(GPtrArray *sessions, SimScenario *scenario)
{
    Session *session = g_new0(Session, 1);
    session->scenario = scenario;
    g_ptr_array_add(sessions, session);
}

/* What is to be run: the file and its variants, or the one that was chosen. */
static GPtrArray *
load(const char *path, const Options *options, GError **error)
{
    g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func(session_free);
    g_autoptr(SimScenario) file =
        sim_scenario_load(path, (const char *const *)options->changes, error);
    if (file == NULL)
        return NULL;
    bool none = g_strcmp0(options->variant, "none") == 0;
    for (size_t i = 0; !none && i < file->n_variants; i++) {
        if (options->variant != NULL && strcmp(options->variant, file->variants[i].name) != 0)
            continue;
        SimScenario *variant = sim_scenario_vary(file, i, error);
        if (variant == NULL)
            return NULL;
        add_session(sessions, variant);
    }
    if (options->variant != NULL && !none && sessions->len == 0) {
        g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                    "--variant %.40s: %s has no [variant] of that name; --variant none is the file "
                    "without its variants",
                    options->variant, path);
        return NULL;
    }
    if (options->variant == NULL || none)
        add_session(sessions, g_steal_pointer(&file));
    return g_steal_pointer(&sessions);
}

/* A trace and a capture are of one run. */
static bool
is_one(const GPtrArray *sessions, const Options *options, GError **error)
{
    if (sessions->len == 1 || (options->pcap == NULL && !options->trace))
        return true;
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                "%s is of one run: choose it with --variant NAME, or --variant none for the file "
                "without its variants",
                options->pcap != NULL ? "--pcap" : "--trace");
    return false;
}

/* The file itself stands last, and its plots show the variants too. */
static int
run_sessions(GPtrArray *sessions, const Options *options, GError **error)
{
    int code = SIM_EXIT_MET;
    g_autofree SimResult **results = g_new0(SimResult *, sessions->len);
    for (guint i = 0; i < sessions->len && code != SIM_EXIT_INTERRUPTED; i++) {
        Session *session = sessions->pdata[i];
        if (!play(session, options, error))
            return sim_command_fail(*error);
        results[i] = session->result;
        if (session->scenario->variant == NULL) {
            session->result->variants = results;
            session->result->n_variants = i;
        }
        if (!write_results(session->result, options, &session->watch, error))
            return sim_command_fail(*error);
        code = MAX(code, verdict(session->result));
    }
    return code;
}

static int
run_file(const char *path, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sessions = load(path, options, &error);
    if (sessions == NULL || !is_one(sessions, options, &error))
        return sim_command_fail(error);
    return run_sessions(sessions, options, &error);
}

/* Several runs are a campaign, which keeps less of each than one run writes. */
static int
replicate_file(const char *path, const Options *options)
{
    SimStudy study = {
        .changes = options->changes,
        .link = options->link,
        .output = options->output,
        .variant = options->variant,
        .replications = options->replications,
        .precision = options->precision,
        .metrics = options->metrics,
        .series = options->series,
        .jobs = options->jobs,
        .patience = options->patience,
        .quiet = options->quiet,
    };
    const char *single = options->trace          ? "--trace"
                         : options->transactions ? "--transactions"
                         : options->phone        ? "--phone"
                         : options->pcap         ? "--pcap"
                         : options->threads != 1 ? "--threads"
                         : options->live.to      ? "--to"
                                                 : NULL;
    if (single != NULL) {
        fprintf(stderr, "rollcall: %s is of one run; leave --replications and --precision out\n",
                single);
        return SIM_EXIT_BAD;
    }
    int code = sim_study_replicate(&study, path);
    g_free(study.folder);
    g_free(study.database);
    return code;
}

static const char HELP[] =
    "Each FILE describes one experiment (docs/scenario.md). Its results go to results/NAME/:\n"
    "summary.txt, summary.json, series.csv, stale-life.csv, plots/ and report.html; those of a\n"
    "[variant NAME] of the file to results/FILE/NAME/.\n\n"
    "With --replications or --precision it is simulated many times, on all processors, and what\n"
    "the runs say together goes to results/NAME/runs/: a database that later commands go on\n"
    "with, summary.txt, estimates.csv and plots/.\n\n"
    "With --to the phones run in real time and register over the network with the registrar that "
    "it\n"
    "names (docs/live.md); --compress 60 lets an hour of the scenario go by in a minute, and asks\n"
    "for a minute where the scenario says an hour. A run whose events were late too often is "
    "marked\n"
    "untrustworthy and exits with 1. Ground truth comes from what the registrar grants and "
    "lists.\n\n"
    "With --threads one run is split among threads, if no phone has to do with another; else it\n"
    "says why not. The results are the same to the byte.\n\n"
    "Examples:\n"
    "  rollcall run scenarios/town-day.ini\n"
    "  rollcall run scenarios/town-day.ini --replications 10\n"
    "  rollcall run scenarios/million-day.ini --link direct --threads 2\n"
    "  rollcall run scenarios/hello.ini --trace\n"
    "  rollcall run scenarios/blackout-storm.ini --variant jitter\n"
    "  rollcall run scenarios/town-day.ini --set 'phones.*.expires=2h'\n"
    "  rollcall run scenarios/hello.ini --phone desk.3\n"
    "  rollcall run scenarios/twin.ini --to udp:127.0.0.1:5060 --compress 60\n"
    "  rollcall run scenarios/hello.ini --pcap hello.pcap && tshark -r hello.pcap\n"
    "  rollcall run scenarios/town-day.ini --link direct --set phones.desk.expires=2h \\\n"
    "      --output /tmp/two-hours\n\n"
    "Exit: 0 expectations met, 1 one not met or untrustworthy, 2 bad input, 130 interrupted.\n";

static void
options_clear(Options *self)
{
    g_strfreev(self->changes);
    g_free(self->link);
    g_free(self->output);
    g_free(self->pcap);
    g_free(self->phone);
    g_free(self->variant);
    g_free(self->precision);
    g_strfreev(self->metrics);
    g_strfreev(self->series);
    sim_live_choice_clear(&self->live);
}

static int
run_files(int argc, char **argv, const Options *options)
{
    bool several = options->replications != 0 || options->precision != NULL;
    int code = SIM_EXIT_MET;
    if (argc < 2) {
        fprintf(stderr, "rollcall: run needs a scenario file, e.g. scenarios/hello.ini\n");
        return SIM_EXIT_BAD;
    }
    signal(SIGINT, on_interrupt);
    for (int i = 1; i < argc && !interrupted && code != SIM_EXIT_INTERRUPTED; i++) {
        int one = several ? replicate_file(argv[i], options) : run_file(argv[i], options);
        code = MAX(code, one);
    }
    return code;
}

int
sim_command_run(int argc, char **argv)
{
    Options options = {.threads = 1, .live = SIM_LIVE_CHOICE};
    g_autoptr(GError) error = NULL;
    if (!sim_cluster_begin(&error))
        return sim_command_fail(error);
    const GOptionEntry own[] = {
        {"link", 'l', 0, G_OPTION_ARG_STRING, &options.link,
         "How requests travel: wire (SIP text, parsed both ways; default) or direct (decoded)",
         "LINK"},
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options.changes,
         "Change a value of the scenario, e.g. phones.desk.expires=2h; may be repeated",
         "KEY=VALUE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "Folder for the results (default: results)", "DIR"},
        {"trace", 't', 0, G_OPTION_ARG_NONE, &options.trace,
         "Print a line for each thing that happens", NULL},
        {"phone", 0, 0, G_OPTION_ARG_STRING, &options.phone,
         "Draw the life of one phone, e.g. desk.3, as a ladder; --trace is about it alone", "NAME"},
        {"transactions", 0, 0, G_OPTION_ARG_NONE, &options.transactions,
         "Write each registration attempt to transactions.csv", NULL},
        {"pcap", 0, 0, G_OPTION_ARG_FILENAME, &options.pcap,
         "Write the packets, with simulated addresses and times, for Wireshark", "FILE"},
        {"variant", 0, 0, G_OPTION_ARG_STRING, &options.variant,
         "Run one [variant] of the file only; none: the file without its variants", "NAME"},
        {"replications", 'n', 0, G_OPTION_ARG_INT, &options.replications,
         "Run it so often, each time with other draws", "N"},
        {"precision", 0, 0, G_OPTION_ARG_STRING, &options.precision,
         "As often as it takes for intervals of this half-width, e.g. 5%; at least 10", "SHARE"},
        {"metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &options.metrics,
         "Of several runs: show this metric by group, and look at it for --precision", "NAME"},
        {"series", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.series,
         "Of several runs: keep this metric over time, too; may be repeated", "NAME"},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs,
         "Runs at a time (default: one for each processor)", "N"},
        {"threads", 'T', 0, G_OPTION_ARG_INT, &options.threads,
         "Split one run among so many threads, with the same result; 0: one for each processor "
         "(default: 1)",
         "N"},
        {"patience", 0, 0, G_OPTION_ARG_INT, &options.patience,
         "Under mpirun: seconds after which a silent rank is given up (default: 60)", "S"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Print errors only", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = sim_live_choice_entries(&options.live, own);
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "FILE...", HELP))
        code = run_files(argc, argv, &options);
    options_clear(&options);
    sim_cluster_end(code);
    return code;
}
