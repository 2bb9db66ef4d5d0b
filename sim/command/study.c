/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/command/study.h"

#include "sim/report/output.h"
#include "sim/report/progress.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

/* Shown if nothing else is asked for. */
static const SimMetric DEFAULTS[] = {
    SIM_METRIC_LOCATION_ACCURACY, SIM_METRIC_STALE_SHARE,   SIM_METRIC_WRONG_ADDRESS_SHARE,
    SIM_METRIC_REACHABILITY,      SIM_METRIC_REGISTER_RATE,
};

static void
on_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void
sim_study_clear(SimStudy *self)
{
    g_strfreev(self->changes);
    g_free(self->link);
    g_free(self->output);
    g_free(self->variant);
    g_free(self->precision);
    g_strfreev(self->metrics);
    g_strfreev(self->series);
    g_free(self->folder);
    g_free(self->database);
}

GOptionEntry *
sim_study_entries(SimStudy *self, const GOptionEntry *own)
{
    const GOptionEntry shared[] = {
        {"set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &self->changes,
         "Change a value of the scenario, e.g. phones.desk.expires=2h; may be repeated",
         "KEY=VALUE"},
        {"variant", 0, 0, G_OPTION_ARG_STRING, &self->variant, "Take this [variant] of the file",
         "NAME"},
        {"replications", 'n', 0, G_OPTION_ARG_INT, &self->replications,
         "Runs of each point, each with other draws", "N"},
        {"precision", 0, 0, G_OPTION_ARG_STRING, &self->precision,
         "As many as it takes for intervals of this half-width, e.g. 5%; at least 10", "SHARE"},
        {"metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &self->metrics,
         "Show this metric, and look at it for --precision; may be repeated", "NAME"},
        {"series", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->series,
         "Keep this metric over time, too; may be repeated", "NAME"},
        {"independent", 0, 0, G_OPTION_ARG_NONE, &self->independent,
         "Other draws at each point, in place of common random numbers", NULL},
        {"link", 'l', 0, G_OPTION_ARG_STRING, &self->link,
         "How requests travel: direct (default) or wire; comes to the same", "LINK"},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &self->jobs,
         "Runs at a time (default: one for each processor)", "N"},
        {"patience", 0, 0, G_OPTION_ARG_INT, &self->patience,
         "Under mpirun: seconds after which a silent rank is given up (default: 60)", "S"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
         "Folder for the results (default: results)", "DIR"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, "Print errors only", NULL},
        G_OPTION_ENTRY_NULL,
    };
    return sim_command_join(own, shared);
}

static bool
read_metrics(const char *option, char **names, SimMetric *out, GError **error)
{
    const char *known[SIM_N_METRICS + 1] = {NULL};
    size_t n = 0;
    for (unsigned i = 0; i < SIM_N_METRICS; i++)
        known[i] = sim_metric_info(i)->name;
    for (size_t i = 0; names != NULL && names[i] != NULL && n < SIM_N_METRICS; i++) {
        out[n] = sim_metric_find(names[i]);
        if (out[n++] == SIM_N_METRICS) {
            g_autofree char *what = g_strdup_printf("%s: unknown metric", option);
            return sim_words_unknown(error, what, names[i], known);
        }
    }
    out[n] = SIM_N_METRICS;
    return true;
}

bool
sim_study_metrics(const SimStudy *self, SimMetric out[SIM_N_METRICS + 1], GError **error)
{
    for (size_t i = 0; self->metrics == NULL && i <= G_N_ELEMENTS(DEFAULTS); i++)
        out[i] = i < G_N_ELEMENTS(DEFAULTS) ? DEFAULTS[i] : SIM_N_METRICS;
    return self->metrics == NULL || read_metrics("--metric", self->metrics, out, error);
}

static bool
read_link(const SimStudy *self, SimLinkKind *out, GError **error)
{
    *out = SIM_LINK_DIRECT;
    if (self->link == NULL || strcmp(self->link, "direct") == 0)
        return true;
    *out = SIM_LINK_WIRE;
    if (strcmp(self->link, "wire") == 0)
        return true;
    return sim_words_fail(error, "--link %.40s: unknown link; known: wire, direct", self->link);
}

static bool
is_in_range(const char *option, int value, int most, GError **error)
{
    if (value >= 1 && value <= most)
        return true;
    return sim_words_fail(error, "%s %d: from 1 to %d", option, value, most);
}

/* Zero is what was not given. */
static bool
check_numbers(SimStudy *self, unsigned least, GError **error)
{
    if (self->replications == 0)
        self->replications = (int)least;
    if (self->jobs == 0)
        self->jobs = (int)g_get_num_processors();
    if (self->patience == 0)
        self->patience = 60;
    return is_in_range("--replications", self->replications, SIM_CAMPAIGN_MOST_RUNS, error) &&
           is_in_range("--jobs", self->jobs, 1024, error) &&
           is_in_range("--patience", self->patience, 86400, error);
}

static bool
read_precision(SimStudy *self, double *out, GError **error)
{
    *out = 0;
    if (self->precision == NULL)
        return true;
    if (!sim_value_share(self->precision, out, error)) {
        g_prefix_error(error, "--precision: ");
        return false;
    }
    if (*out < 0.0001)
        return sim_words_fail(error, "--precision %s: from 0.01%% to 100%%", self->precision);
    self->replications = MAX(self->replications, SIM_CAMPAIGN_LEAST_RUNS);
    return true;
}

static char *
scenario_name(const char *path)
{
    char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, ".ini") && strlen(name) > strlen(".ini"))
        name[strlen(name) - strlen(".ini")] = '\0';
    return name;
}

static bool
make_folder(SimStudy *self, const char *kind, const char *path, GError **error)
{
    g_autofree char *name = scenario_name(path);
    self->folder =
        g_build_filename(self->output != NULL ? self->output : "results", name, kind, NULL);
    self->database = g_build_filename(self->folder, "campaign.db", NULL);
    return sim_output_directory(self->folder, error);
}

SimCampaign *
sim_study_open(SimStudy *self, const char *kind, const char *path, const char *study,
               unsigned least, GError **error)
{
    SimCampaignOptions options = {
        .kind = kind,
        .path = path,
        .variant = self->variant,
        .changes = (const char *const *)self->changes,
        .study = study,
        .precise = self->shown,
        .tracks = self->tracks,
        .independent = self->independent,
    };
    if (!sim_study_metrics(self, self->shown, error) ||
        !read_metrics("--series", self->series, self->tracks, error) ||
        !read_link(self, &options.link, error) || !check_numbers(self, least, error) ||
        !read_precision(self, &options.precision, error) || !make_folder(self, kind, path, error))
        return NULL;
    options.replications = (unsigned)self->replications;
    options.threads = (unsigned)self->jobs;
    options.patience = (unsigned)self->patience;
    options.database = self->database;
    return sim_campaign_open(&options, error);
}

static bool
on_progress(void *data, unsigned done, unsigned all, unsigned under_way)
{
    SimProgress *progress = data;
    if (progress != NULL)
        sim_progress_runs(progress, done, all, under_way);
    return !interrupted;
}

static void
on_lost(void *data, unsigned point, unsigned replication, int rank)
{
    (void)data;
    fprintf(stderr,
            "rollcall: rank %d has said nothing for too long and is given up; another does its "
            "run (point %u, replication %u)\n",
            rank, point, replication);
}

struct SimStudyBar {
    SimProgress *progress;
    SimCampaignWatch watch;
};

SimStudyBar *
sim_study_bar_new(const SimStudy *study)
{
    SimStudyBar *self = g_new0(SimStudyBar, 1);
    self->progress = study->quiet ? NULL : sim_progress_new(0, 1);
    self->watch = (SimCampaignWatch){on_progress, on_lost, self->progress};
    interrupted = 0;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    return self;
}

const SimCampaignWatch *
sim_study_bar_watch(const SimStudyBar *self)
{
    return &self->watch;
}

void
sim_study_bar_free(SimStudyBar *self)
{
    g_clear_pointer(&self->progress, sim_progress_free);
    g_free(self);
}

int
sim_study_interrupted(const SimStudy *self)
{
    fprintf(stderr,
            "rollcall: stopped; the runs that were done are in %s, and the same command goes on "
            "from there\n",
            self->database);
    return SIM_EXIT_INTERRUPTED;
}

int
sim_study_run(SimStudy *self, SimCampaign *campaign)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimStudyBar) bar = sim_study_bar_new(self);
    if (sim_campaign_run(campaign, &bar->watch, &error))
        return SIM_EXIT_MET;
    g_clear_pointer(&bar, sim_study_bar_free);
    return error != NULL ? sim_command_fail(error) : sim_study_interrupted(self);
}

int
sim_study_simulate(SimStudy *self, const char *path, const char *variant, SimCampaign **campaign)
{
    static const char *const nothing[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *kind =
        variant != NULL ? g_build_filename(variant, "runs", NULL) : g_strdup("runs");
    unsigned point;
    char *own = self->variant;
    self->variant = (char *)variant;
    *campaign = sim_study_open(self, kind, path, "", 10, &error);
    self->variant = own;
    if (*campaign == NULL || !sim_campaign_add(*campaign, nothing, &point, &error))
        return sim_command_fail(error);
    return sim_study_run(self, *campaign);
}

char *
sim_study_method(const SimStudy *self, const SimCampaign *campaign)
{
    const char *reason;
    if (sim_campaign_method(campaign, &reason) == SIM_METHOD_PHONES)
        return g_strdup("Intervals: 95 %, by batches of phones within the runs (ratio estimator): "
                        "phones have nothing to do with each other here.");
    return g_strdup_printf("Intervals: 95 %%, Student's t over runs, as phones are coupled: %s.%s",
                           reason,
                           self->replications < 2 ? " With one run there are none: see "
                                                    "--replications."
                                                  : "");
}
