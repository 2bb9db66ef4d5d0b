/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall plot DIR`: the plots of a results folder once more, after their scripts were edited;
 * with --kind, another picture of a campaign. */
#include "sim/command/command.h"
#include "sim/report/report.h"
#include "sim/report/sweep-charts.h"
#include "sim/scenario/formula.h"
#include "sim/scenario/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *kind;
    char *metric;
    char *x;
    char *population;
    char *contour;
    int point;
} Options;

/* What a picture is made from. */
typedef struct {
    SimCampaign *campaign;
    SimGrid *grid;
    SimSweepView view;
    unsigned metric;
    double contour;
} Subject;

static void
subject_clear(Subject *self)
{
    sim_grid_free(self->grid);
    sim_campaign_free(self->campaign);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static const char *const KINDS[] = {"lines",       "split", "trade-off", "heat-map",
                                    "convergence", "welch", NULL};

static bool
find_metric(const char *name, unsigned *out, GError **error)
{
    const char *names[SIM_N_METRICS + 2] = {NULL};
    *out = name == NULL ? SIM_METRIC_STALE_SHARE : sim_metric_find(name);
    if (*out != SIM_N_METRICS || strcmp(name, "longest-wait") == 0)
        return true;
    for (unsigned i = 0; i < SIM_N_METRICS; i++)
        names[i] = sim_metric_info(i)->name;
    names[SIM_N_METRICS] = "longest-wait";
    return sim_words_unknown(error, "--metric: unknown metric", name, names);
}

static bool
find_slice(const SimScenario *scenario, const char *name, size_t *out, GError **error)
{
    g_autofree const char **names = g_new0(const char *, scenario->n_groups + 1);
    *out = 0;
    if (name == NULL || strcmp(name, "all") == 0)
        return true;
    for (size_t i = 0; i < scenario->n_groups; i++) {
        names[i] = scenario->groups[i].name;
        if (strcmp(names[i], name) == 0) {
            *out = i + 1;
            return true;
        }
    }
    return sim_words_unknown(error, "--of: no group is called", name, names);
}

/* A number with its unit, as in a formula. */
static bool
read_contour(const char *text, double *out, GError **error)
{
    *out = NAN;
    if (text == NULL)
        return true;
    g_autoptr(SimFormula) formula = sim_formula_parse(text, error);
    if (formula == NULL || sim_formula_names(formula)[0] != NULL) {
        g_clear_error(error);
        return sim_words_fail(error, "--contour %.40s: a value such as 500ms or 1%%", text);
    }
    *out = sim_formula_value(formula, NULL);
    return true;
}

/* A campaign that varied nothing has a grid without axes. */
static bool
open_subject(Subject *self, const char *dir, const Options *options, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "campaign.db", NULL);
    self->campaign = sim_campaign_load(path, error);
    if (self->campaign == NULL)
        return false;
    g_autofree char *kind = sim_database_get(sim_campaign_database(self->campaign), "kind");
    g_autofree char *study = sim_database_get(sim_campaign_database(self->campaign), "study");
    bool sweep = g_strcmp0(kind, "sweep") == 0;
    bool needs_axis =
        strcmp(options->kind, "convergence") != 0 && strcmp(options->kind, "welch") != 0;
    if (needs_axis && !sweep)
        return sim_words_fail(
            error, "%s is no sweep: it has no axis to draw along; name a folder of rollcall sweep",
            dir);
    self->grid = sim_sweep_grid(sweep ? study : "", error);
    if (self->grid == NULL)
        return false;
    self->view = (SimSweepView){.campaign = self->campaign, .grid = self->grid};
    return (!needs_axis || sim_sweep_view_axis(&self->view, options->x, error)) &&
           find_slice(sim_campaign_scenario(self->campaign), options->population, &self->view.slice,
                      error) &&
           find_metric(options->metric, &self->metric, error) &&
           read_contour(options->contour, &self->contour, error);
}

static SimChart *
make_chart(const Subject *subject, const Options *options, GError **error)
{
    const SimSweepView *view = &subject->view;
    const char *kind = options->kind;
    unsigned point = (unsigned)options->point;
    bool pseudo = subject->metric == SIM_SWEEP_LONGEST_WAIT;
    SimChart *chart = NULL;
    if (options->point < 0 || point >= sim_campaign_n_points(subject->campaign)) {
        sim_words_fail(error, "--point %d: there are points 0 to %u; choose one of them",
                       options->point, sim_campaign_n_points(subject->campaign) - 1);
        return NULL;
    }
    if (strcmp(kind, "split") == 0)
        return sim_chart_split(view);
    if (strcmp(kind, "lines") == 0)
        return sim_chart_lines(view, subject->metric);
    if (strcmp(kind, "heat-map") == 0) {
        chart = sim_chart_heat_map(view, subject->metric, subject->contour);
        if (chart == NULL)
            sim_words_fail(error, "a heat map needs two axes with numbers");
        return chart;
    }
    if (pseudo) {
        sim_words_fail(error, "longest-wait is for lines and heat-map; choose one with --kind");
        return NULL;
    }
    if (strcmp(kind, "trade-off") == 0)
        return sim_chart_trade_off(view, subject->metric);
    if (strcmp(kind, "convergence") == 0)
        return sim_chart_convergence(view, point, subject->metric);
    chart = sim_chart_welch(view, point, subject->metric);
    if (chart == NULL)
        sim_words_fail(error, "its series was not kept: run with --series %s",
                       sim_metric_info(subject->metric)->name);
    return chart;
}

static bool
draw(const char *dir, const Options *options, GError **error)
{
    g_auto(Subject) subject = {0};
    if (!g_strv_contains(KINDS, options->kind))
        return sim_words_unknown(error, "--kind: unknown kind", options->kind, KINDS);
    if (!open_subject(&subject, dir, options, error))
        return false;
    SimChart *chart = make_chart(&subject, options, error);
    if (chart == NULL)
        return false;
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    g_ptr_array_add(charts, chart);
    if (!sim_charts_write(charts, dir, error))
        return false;
    printf("%s/plots/%s.svg, .pdf, .png\n", dir, chart->name);
    return true;
}

static const char HELP[] =
    "Edit DIR/plots/NAME.gp, then draw again: the pictures and the page are renewed.\n\n"
    "With --kind it draws another picture of the campaign in DIR. Of a sweep: lines (a metric\n"
    "along an axis, a curve for each value of the others), split (states of phones along an\n"
    "axis), trade-off (a metric against REGISTERs), heat-map (over two axes). Of any campaign:\n"
    "convergence (half-width of an interval against runs) and welch (a metric over time).\n\n"
    "Examples:\n  rollcall plot results/town-day\n"
    "  rollcall plot results/town-day/sweep --kind lines --metric misdirected-share --of mobiles\n"
    "  rollcall plot results/storm/sweep --kind heat-map --metric longest-wait --contour 500ms\n\n"
    "Exit: 0 drawn, 2 bad input, or no gnuplot.\n";

static int
plot(int argc, char **argv, const Options *options)
{
    if (argc < 2) {
        fprintf(stderr, "rollcall: plot needs a results folder, e.g. results/town-day\n");
        return SIM_EXIT_BAD;
    }
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        if (options->kind != NULL ? !draw(argv[i], options, &error)
                                  : !sim_plots_redraw(argv[i], &error))
            return sim_command_fail(error);
    }
    return SIM_EXIT_MET;
}

int
sim_command_plot(int argc, char **argv)
{
    Options options = {0};
    const GOptionEntry entries[] = {
        {"kind", 'k', 0, G_OPTION_ARG_STRING, &options.kind,
         "Draw this: lines, split, trade-off, heat-map, convergence or welch", "KIND"},
        {"metric", 'm', 0, G_OPTION_ARG_STRING, &options.metric,
         "Of what (default: stale-share); longest-wait too, for lines and heat-map", "NAME"},
        {"x", 'x', 0, G_OPTION_ARG_STRING, &options.x,
         "The axis along the page (default: the first with numbers)", "KEY"},
        {"of", 0, 0, G_OPTION_ARG_STRING, &options.population,
         "Of the phones of one group (default: all)", "GROUP"},
        {"contour", 0, 0, G_OPTION_ARG_STRING, &options.contour,
         "A line in a heat map where the metric passes this value", "VALUE"},
        {"point", 'p', 0, G_OPTION_ARG_INT, &options.point,
         "For convergence and welch: which point (default: 0)", "N"},
        G_OPTION_ENTRY_NULL,
    };
    int code = SIM_EXIT_BAD;
    if (sim_command_parse(&argc, &argv, entries, "DIR...", HELP))
        code = plot(argc, argv, &options);
    g_free(options.kind);
    g_free(options.metric);
    g_free(options.x);
    g_free(options.population);
    g_free(options.contour);
    return code;
}
