/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall run FILE...`: simulate, report, judge. */
#include "sim/experiment/run.h"
#include "sim/command/command.h"
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
    gboolean trace;
    gboolean transactions;
    gboolean quiet;
} Options;

/* What one run needs while it goes on. */
typedef struct {
    SimProgress *progress;
    GString *attempts;
    SimCapture *capture;
    SimLadder *ladder;
    bool lines; /* of the trace, printed */
} Watch;

static void
watch_clear(Watch *self)
{
    g_clear_pointer(&self->progress, sim_progress_free);
    sim_ladder_free(self->ladder);
    if (self->attempts != NULL)
        g_string_free(self->attempts, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Watch, watch_clear)

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
    g_autofree char *line = sim_trace_line(trace, name);
    puts(line);
}

/* The trace, of one phone or of all. */
static bool
watch_trace(Watch *self, const SimScenario *scenario, const Options *options, SimRunOptions *run,
            GError **error)
{
    self->lines = options->trace;
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
    self->ladder = sim_ladder_new(name, scenario->title);
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

static char *
results_folder(const SimScenario *scenario, const Options *options)
{
    return g_build_filename(options->output != NULL ? options->output : "results", scenario->name,
                            NULL);
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

static SimResult *
simulate(const SimScenario *scenario, const Options *options, Watch *watch, GError **error)
{
    SimRunOptions run = {.progress = on_progress, .progress_data = watch};
    if (!parse_link(options->link, &run.link, error) ||
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
    for (size_t i = 0; i < result->n_verdicts; i++)
        if (!result->verdicts[i].met)
            return SIM_EXIT_NOT_MET;
    return SIM_EXIT_MET;
}

static int
run_file(const char *path, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_load(path, (const char *const *)options->changes, &error);
    if (scenario == NULL)
        return sim_command_fail(error);
    g_auto(Watch) watch = {0};
    g_autoptr(SimResult) result = simulate(scenario, options, &watch, &error);
    g_clear_pointer(&watch.progress, sim_progress_free);
    if (watch.capture != NULL && !sim_capture_close(watch.capture, error == NULL ? &error : NULL))
        return sim_command_fail(error);
    if (result == NULL)
        return sim_command_fail(error);
    if (!options->quiet) {
        g_autofree char *text = sim_summary_text(result);
        fputs(text, stdout);
        fflush(stdout);
    }
    if (!write_results(result, options, &watch, &error))
        return sim_command_fail(error);
    return verdict(result);
}

static const char HELP[] =
    "Each FILE describes one experiment (docs/scenario.md). Its results go to results/NAME/:\n"
    "summary.txt, summary.json, series.csv, stale-life.csv, plots/ and report.html.\n\n"
    "Examples:\n"
    "  rollcall run scenarios/town-day.ini\n"
    "  rollcall run scenarios/hello.ini --trace\n"
    "  rollcall run scenarios/hello.ini --phone desk.3\n"
    "  rollcall run scenarios/hello.ini --pcap hello.pcap && tshark -r hello.pcap\n"
    "  rollcall run scenarios/town-day.ini --link direct --set phones.desk.expires=2h \\\n"
    "      --output /tmp/two-hours\n\n"
    "Exit: 0 expectations met, 1 one not met, 2 bad input, 130 interrupted.\n";

int
sim_command_run(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
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
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Print errors only", NULL},
        G_OPTION_ENTRY_NULL,
    };
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "FILE...", HELP)) {
        if (argc < 2)
            fprintf(stderr, "rollcall: run needs a scenario file, e.g. scenarios/hello.ini\n");
        else
            code = SIM_EXIT_MET;
        signal(SIGINT, on_interrupt);
        for (int i = 1; i < argc && !interrupted; i++) {
            int one = run_file(argv[i], &options);
            code = MAX(code, one);
        }
    }
    g_strfreev(options.changes);
    g_free(options.link);
    g_free(options.output);
    g_free(options.pcap);
    g_free(options.phone);
    return code;
}
