/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall tune FILE --vary KEY=LOW..HIGH --minimise COST --subject-to CONDITION`. */
#include "sim/campaign/regret.h"
#include "sim/campaign/sweep.h"
#include "sim/command/study.h"
#include "sim/report/output.h"
#include "sim/report/regret-report.h"
#include "sim/report/tune-charts.h"
#include "sim/report/tune-text.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    SimStudy study;
    char *vary;
    char *minimise;
    char **required;
    char *assume;
} Options;

/* What the texts of the options mean. */
typedef struct {
    SimRange *range;
    SimQuantity *minimise;
    GPtrArray *required; /* SimQuantity */
    SimGrid *worlds;     /* or NULL */
} Meaning;

static void
meaning_clear(Meaning *self)
{
    sim_range_free(self->range);
    sim_quantity_free(self->minimise);
    g_ptr_array_unref(self->required);
    sim_grid_free(self->worlds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Meaning, meaning_clear)

/* LEFT <= RIGHT as LEFT - RIGHT, which must not be above 0; LEFT >= RIGHT the other way round. */
static SimQuantity *
read_required(const SimScenario *scenario, const char *text, GError **error)
{
    g_autoptr(SimComparison) comparison = sim_comparison_parse(text, error);
    if (comparison == NULL)
        return NULL;
    bool less = comparison->relation == SIM_LESS || comparison->relation == SIM_AT_MOST;
    bool more = comparison->relation == SIM_MORE || comparison->relation == SIM_AT_LEAST;
    if (!less && !more) {
        sim_words_fail(
            error,
            "%s: a requirement compares with <= or >=; write for example: stale-share <= 2%%",
            text);
        return NULL;
    }
    size_t n = strcspn(text, "<>");
    g_autofree char *left = g_strndup(text, n);
    const char *right = text + n + 1 + (text[n + 1] == '=');
    g_autofree char *difference = less ? g_strdup_printf("(%s) - (%s)", left, right)
                                       : g_strdup_printf("(%s) - (%s)", right, left);
    return sim_quantity_new(scenario, difference, error);
}

static bool
read_meaning(Meaning *self, const Options *options, const SimScenario *scenario, GError **error)
{
    self->minimise = sim_quantity_new(scenario, options->minimise, error);
    if (self->minimise == NULL) {
        g_prefix_error(error, "--minimise: ");
        return false;
    }
    for (size_t i = 0; options->required != NULL && options->required[i] != NULL; i++) {
        SimQuantity *quantity = read_required(scenario, options->required[i], error);
        if (quantity == NULL) {
            g_prefix_error(error, "--subject-to: ");
            return false;
        }
        g_ptr_array_add(self->required, quantity);
    }
    if (options->assume == NULL)
        return true;
    g_autofree char *line = g_strdup_printf("vary %s", options->assume);
    self->worlds = sim_sweep_grid(line, error);
    if (self->worlds == NULL)
        g_prefix_error(error, "--assume: ");
    return self->worlds != NULL;
}

/* What the answer is known from, beside the points: the scenario at the best value of the range. */
static void
ask_exactly(SimTuning *tuning, SimCampaign *campaign, const Meaning *meaning)
{
    double low;
    double high;
    sim_range_bounds(meaning->range, &low, &high);
    tuning->exact =
        sim_exact_answer(campaign, sim_campaign_scenario(campaign), sim_range_key(meaning->range),
                         meaning->minimise, sim_tuned(tuning, 0).point, low, high);
}

static bool
draw(const SimStudy *study, SimCampaign *campaign, const SimTuning *tuning,
     const SimTuneWords *words, const SimQuantity *minimise, GError **error)
{
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    g_ptr_array_add(charts, sim_chart_tuning(campaign, tuning, words, minimise));
    g_ptr_array_add(charts, sim_chart_pareto(campaign, tuning, words));
    return sim_charts_write(charts, study->folder, error);
}

static int
report(const Options *options, SimCampaign *campaign, const SimTuning *tuning,
       const Meaning *meaning)
{
    g_autoptr(GError) error = NULL;
    const SimStudy *study = &options->study;
    SimTuneWords words = {meaning->range, options->minimise,
                          (const char *const *)options->required};
    g_autofree char *answer =
        sim_tune_text(campaign, tuning, &words, meaning->minimise, study->shown);
    g_autofree char *method = sim_study_method(study, campaign);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", answer, method);
    g_autofree char *path = g_build_filename(study->folder, "summary.txt", NULL);
    if (!study->quiet)
        fputs(text, stdout);
    if (!sim_output_write(path, text, -1, &error) ||
        !draw(study, campaign, tuning, &words, meaning->minimise, &error) ||
        !sim_campaign_finish(campaign, true, &error))
        return sim_command_fail(error);
    if (!study->quiet)
        printf("Results: %s\n", study->folder);
    return tuning->kind == SIM_TUNE_UNMET ? SIM_EXIT_NOT_MET : SIM_EXIT_MET;
}

static int
report_regret(const SimStudy *study, SimCampaign *campaign, const SimRegret *regret,
              const Meaning *meaning)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *table = sim_regret_text(regret, meaning->worlds, meaning->range);
    g_autofree char *method = sim_study_method(study, campaign);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", table, method);
    g_autofree char *csv = sim_regret_csv(regret, meaning->worlds, meaning->range);
    g_autofree char *text_path = g_build_filename(study->folder, "regret.txt", NULL);
    g_autofree char *csv_path = g_build_filename(study->folder, "regret.csv", NULL);
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    SimChart *chart = sim_chart_regret(regret, meaning->worlds, meaning->range);
    if (chart != NULL)
        g_ptr_array_add(charts, chart);
    if (!study->quiet)
        fputs(text, stdout);
    if (!sim_output_write(text_path, text, -1, &error) ||
        !sim_output_write(csv_path, csv, -1, &error) ||
        !sim_charts_write(charts, study->folder, &error) ||
        !sim_campaign_finish(campaign, true, &error))
        return sim_command_fail(error);
    if (!study->quiet)
        printf("Results: %s\n", study->folder);
    return SIM_EXIT_MET;
}

static int
search_worlds(Options *options, SimCampaign *campaign, const Meaning *meaning,
              const SimTuneOptions *tune)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimStudyBar) bar = sim_study_bar_new(&options->study);
    g_autoptr(SimRegret) regret =
        sim_regret_new(campaign, meaning->worlds, tune, sim_study_bar_watch(bar), &error);
    g_clear_pointer(&bar, sim_study_bar_free);
    if (regret == NULL)
        return error != NULL ? sim_command_fail(error) : sim_study_interrupted(&options->study);
    return report_regret(&options->study, campaign, regret, meaning);
}

static int
search(Options *options, SimCampaign *campaign, const Meaning *meaning)
{
    g_autoptr(GError) error = NULL;
    SimTuneOptions tune = {
        .range = meaning->range,
        .minimise = meaning->minimise,
        .required = (SimQuantity *const *)meaning->required->pdata,
        .n_required = meaning->required->len,
    };
    if (meaning->worlds != NULL)
        return search_worlds(options, campaign, meaning, &tune);
    g_autoptr(SimStudyBar) bar = sim_study_bar_new(&options->study);
    g_autoptr(SimTuning) tuning = sim_tune(campaign, &tune, sim_study_bar_watch(bar), &error);
    g_clear_pointer(&bar, sim_study_bar_free);
    if (tuning == NULL)
        return error != NULL ? sim_command_fail(error) : sim_study_interrupted(&options->study);
    ask_exactly(tuning, campaign, meaning);
    return report(options, campaign, tuning, meaning);
}

static int
tune(Options *options, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (options->vary == NULL) {
        fprintf(stderr, "rollcall: say what to tune, e.g. --vary phones.desk.expires=60s..24h\n");
        return SIM_EXIT_BAD;
    }
    if (options->minimise == NULL)
        options->minimise = g_strdup("register-rate");
    g_auto(Meaning)
        meaning = {sim_range_new(options->vary, &error), NULL,
                   g_ptr_array_new_with_free_func((GDestroyNotify)sim_quantity_free), NULL};
    if (meaning.range == NULL)
        return sim_command_fail(error);
    bool worlds = options->assume != NULL;
    g_autofree char *study =
        g_strdup_printf("%s%s%s", options->vary, worlds ? "\n" : "", worlds ? options->assume : "");
    g_autoptr(SimCampaign) campaign =
        sim_study_open(&options->study, worlds ? "regret" : "tune", path, study, 10, &error);
    if (campaign == NULL ||
        !read_meaning(&meaning, options, sim_campaign_scenario(campaign), &error))
        return sim_command_fail(error);
    return search(options, campaign, &meaning);
}

static const char HELP[] =
    "Searches the value of a key between LOW and HIGH at which COST is least: 13 values over the\n"
    "range, then nine around the best, all with the same draws, and a curve through these. COST\n"
    "is a formula of metrics (docs/experiments.md), in seconds, shares and rates per second; if\n"
    "there is none, register-rate. Conditions must hold at the answer. It comes with its 95 %\n"
    "interval, the values that cost at most 5 % more, the Pareto front of load against accuracy,\n"
    "and, where the scenario is simple enough, what is known exactly.\n\n"
    "With --assume it tunes in each of several worlds, and tells what the value tuned for one\n"
    "costs in the others.\n\n"
    "Examples:\n"
    "  rollcall tune scenarios/town-day.ini --vary phones.desk.expires=60s..2h \\\n"
    "      --minimise 'register-rate*0.001 + stale-share*2'\n"
    "  rollcall tune scenarios/town-day.ini --vary 'phones.*.expires=60s..2h' \\\n"
    "      --subject-to 'wrong-address-share <= 1%'\n"
    "  rollcall tune scenarios/study/one-group.ini --vary phones.p.expires=2min..24h \\\n"
    "      --minimise 'register-rate/phones + stale-share' \\\n"
    "      --assume 'phones.p.power=fails exp({2.4h,12h,1d,2d,10d}), back after exp(2h)'\n\n"
    "Exit: 0 found, 1 no value meets the conditions, 2 bad input, 130 interrupted.\n";

static void
options_clear(Options *self)
{
    sim_study_clear(&self->study);
    g_free(self->vary);
    g_free(self->minimise);
    g_strfreev(self->required);
    g_free(self->assume);
}

int
sim_command_tune(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Options options = {0};
    int code = SIM_EXIT_BAD;
    if (!sim_cluster_begin(&error))
        return sim_command_fail(error);
    const GOptionEntry own[] = {
        {"vary", 0, 0, G_OPTION_ARG_STRING, &options.vary,
         "The key, and between which values, e.g. phones.desk.expires=60s..24h", "KEY=LOW..HIGH"},
        {"minimise", 0, 0, G_OPTION_ARG_STRING, &options.minimise,
         "What it costs, e.g. 'register-rate*0.001 + stale-share*2'", "COST"},
        {"subject-to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.required,
         "What must hold, e.g. 'stale-share <= 1%'; may be repeated", "CONDITION"},
        {"assume", 0, 0, G_OPTION_ARG_STRING, &options.assume,
         "Tune in each of these worlds, and try the answers in all", "KEY=SPEC"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = sim_study_entries(&options.study, own);
    if (sim_command_parse(&argc, &argv, entries, "FILE", HELP)) {
        if (argc == 2)
            code = tune(&options, argv[1]);
        else
            fprintf(stderr, "rollcall: tune needs one scenario file\n");
    }
    options_clear(&options);
    sim_cluster_end(code);
    return code;
}
