/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/sweep-charts.h"

#include "sim/campaign/exact-metric.h"
#include "sim/campaign/unit.h"
#include "sim/report/palette.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

/* A span wider than this is drawn on a logarithmic axis. */
#define WIDE 8.0

static const SimAxis *
axis_of(const SimSweepView *view, size_t i)
{
    size_t n;
    return &sim_grid_axes(view->grid, &n)[i];
}

static size_t
count_axes(const SimSweepView *view)
{
    size_t n;
    sim_grid_axes(view->grid, &n);
    return n;
}

static bool
has_numbers(const SimAxis *axis)
{
    for (size_t i = 0; i < axis->n; i++)
        if (isnan(axis->numbers[i]))
            return false;
    return axis->n > 1;
}

bool
sim_sweep_view_axis(SimSweepView *self, const char *key, GError **error)
{
    size_t n = count_axes(self);
    g_autofree const char **keys = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        keys[i] = axis_of(self, i)->key;
        bool named = key != NULL && strcmp(keys[i], key) == 0;
        if ((key == NULL || named) && has_numbers(axis_of(self, i))) {
            self->x = i;
            return true;
        }
        if (named)
            return sim_words_fail(error, "the values of %s are words; name an axis with numbers",
                                  key);
    }
    return key != NULL
               ? sim_words_unknown(error, "no axis is called", key, keys)
               : sim_words_fail(
                     error, "no axis has numbers; lines need one; vary a time, share or number");
}

static bool
is_wide(const double *values, size_t n)
{
    double least = INFINITY;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] > 0))
            continue;
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    return most > WIDE * least;
}

static bool
all_positive(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(values[i] > 0))
            return false;
    return true;
}

static SimChartScale
scale_of_axis(const SimAxis *axis)
{
    SimUnit unit;
    if (!sim_unit_read(axis->shown[0], &unit, NULL))
        return SIM_SCALE_PLAIN;
    if (unit.kind == SIM_UNIT_TIME)
        return SIM_SCALE_TIME;
    return unit.kind == SIM_UNIT_SHARE ? SIM_SCALE_SHARE : SIM_SCALE_PLAIN;
}

static SimChartScale
scale_of_metric(unsigned metric)
{
    if (metric == SIM_SWEEP_LONGEST_WAIT)
        return SIM_SCALE_TIME;
    const char *unit = sim_metric_info(metric)->unit;
    if (strcmp(unit, "1") == 0)
        return SIM_SCALE_SHARE;
    return strcmp(unit, "s") == 0 ? SIM_SCALE_TIME : SIM_SCALE_PLAIN;
}

static const char *
name_of(unsigned metric)
{
    return metric == SIM_SWEEP_LONGEST_WAIT ? "longest-wait" : sim_metric_info(metric)->name;
}

static char *
label_of(unsigned metric)
{
    const char *name = name_of(metric);
    if (scale_of_metric(metric) != SIM_SCALE_PLAIN)
        return g_strdup(name);
    return g_strdup_printf("%s [%s]", name, sim_metric_info(metric)->unit);
}

static void
set_x(SimChart *chart, const SimSweepView *view)
{
    const SimAxis *axis = axis_of(view, view->x);
    bool log = all_positive(axis->numbers, axis->n) && is_wide(axis->numbers, axis->n);
    sim_chart_x(chart, axis->key, scale_of_axis(axis), log);
}

void
sim_chart_note(SimChart *chart, SimCampaign *campaign)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    bool phones = sim_campaign_method(campaign, NULL) == SIM_METHOD_PHONES;
    unsigned runs = sim_campaign_runs(campaign, 0);
    g_free(chart->note);
    chart->note = g_strdup_printf("scenario %s, seed %" G_GUINT64_FORMAT
                                  ", %u run%s a point, 95 %% intervals by %s",
                                  scenario->name, scenario->seed, runs, runs == 1 ? "" : "s",
                                  phones ? "batches of phones" : "runs");
}

static SimEstimate
mean_longest_wait(SimCampaign *campaign, unsigned point)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(campaign, point);
    double sum = 0;
    for (guint i = 0; i < samples->len; i++)
        sum += (double)((SimSample *)samples->pdata[i])->longest_wait / ROLL_SECOND;
    return (SimEstimate){samples->len > 0 ? sum / samples->len : NAN, NAN, NAN, NAN};
}

static SimEstimate
figure(const SimSweepView *view, unsigned point, unsigned metric)
{
    return metric == SIM_SWEEP_LONGEST_WAIT
               ? mean_longest_wait(view->campaign, point)
               : sim_campaign_estimate(view->campaign, point, view->slice, metric);
}

/* Of two points: all axes but that along the page, and those in step with it, are at the same. */
static bool
on_one_curve(const SimSweepView *view, size_t a, size_t b)
{
    for (size_t i = 0; i < count_axes(view); i++) {
        bool along = i == view->x || (axis_of(view, i)->step && i > view->x);
        if (!along && sim_grid_index(view->grid, a, i) != sim_grid_index(view->grid, b, i))
            return false;
    }
    return true;
}

static char *
curve_title(const SimSweepView *view, size_t point, const char *otherwise)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < count_axes(view); i++) {
        const SimAxis *axis = axis_of(view, i);
        if (i == view->x || (axis->step && i > view->x) || axis->n < 2)
            continue;
        const char *dot = strrchr(axis->key, '.');
        g_string_append_printf(out, "%s%s %s", out->len > 0 ? ", " : "",
                               dot != NULL ? dot + 1 : axis->key,
                               axis->shown[sim_grid_index(view->grid, point, i)]);
    }
    if (out->len == 0)
        g_string_append(out, otherwise);
    return g_string_free(out, FALSE);
}

static double
x_at(const SimSweepView *view, size_t point)
{
    return axis_of(view, view->x)->numbers[sim_grid_index(view->grid, point, view->x)];
}

/* The first point of its curve. */
static bool
begins_curve(const SimSweepView *view, size_t point)
{
    for (size_t i = 0; i < point; i++)
        if (on_one_curve(view, i, point))
            return false;
    return true;
}

static double
exact_at(const SimSweepView *view, size_t point, unsigned metric)
{
    g_autoptr(SimScenario) scenario =
        metric == SIM_SWEEP_LONGEST_WAIT
            ? NULL
            : sim_campaign_parse(view->campaign, (unsigned)point, NULL);
    return scenario == NULL ? NAN : sim_exact_metric(scenario, view->slice, metric);
}

/* What maps a point to its place on the page. */
typedef void (*Place)(const SimSweepView *view, size_t point, unsigned metric, bool exact,
                      SimChartPoint *out);

static void
place_on_axis(const SimSweepView *view, size_t point, unsigned metric, bool exact,
              SimChartPoint *out)
{
    SimEstimate estimate = {exact_at(view, point, metric), NAN, NAN, NAN};
    if (!exact)
        estimate = figure(view, (unsigned)point, metric);
    *out = (SimChartPoint){x_at(view, point), estimate.value, estimate.low, estimate.high};
}

static double
per_thousand(const SimSweepView *view, size_t point)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(view->campaign, (unsigned)point);
    if (samples->len == 0)
        return NAN;
    const SimSample *first = samples->pdata[0];
    return 1000.0 / first->slices[view->slice].phones;
}

static void
place_by_load(const SimSweepView *view, size_t point, unsigned metric, bool exact,
              SimChartPoint *out)
{
    double load;
    place_on_axis(view, point, metric, exact, out);
    load = exact ? exact_at(view, point, SIM_METRIC_REGISTER_RATE)
                 : figure(view, (unsigned)point, SIM_METRIC_REGISTER_RATE).value;
    out->x = load * per_thousand(view, point);
}

static void
add_points(SimCurve *curve, const SimSweepView *view, size_t first, unsigned metric, bool exact,
           Place place)
{
    for (size_t p = first; p < sim_grid_size(view->grid); p++) {
        SimChartPoint at;
        if (!on_one_curve(view, first, p))
            continue;
        place(view, p, metric, exact, &at);
        sim_curve_add(curve, at.x, at.y, at.low, at.high);
    }
}

static void
add_curves(SimChart *chart, const SimSweepView *view, unsigned metric, Place place)
{
    bool known = false;
    for (size_t p = 0; p < sim_grid_size(view->grid); p++) {
        if (!begins_curve(view, p))
            continue;
        g_autofree char *title = curve_title(view, p, "simulated");
        SimCurve *curve = sim_chart_curve(chart, title, SIM_CURVE_POINTS, NULL);
        add_points(curve, view, p, metric, false, place);
    }
    for (size_t p = 0; p < sim_grid_size(view->grid); p++) {
        if (!begins_curve(view, p) || isnan(exact_at(view, p, metric)))
            continue;
        SimCurve *curve =
            sim_chart_curve(chart, known ? "" : "closed form", SIM_CURVE_ORACLE, NULL);
        add_points(curve, view, p, metric, true, place);
        known = true;
    }
}

/* Values that are far apart are told apart on a logarithmic axis. */
static bool
wants_log(const SimSweepView *view, unsigned metric)
{
    size_t n = sim_grid_size(view->grid);
    g_autofree double *values = g_new0(double, n);
    for (size_t p = 0; p < n; p++)
        values[p] = figure(view, (unsigned)p, metric).value;
    return is_wide(values, n);
}

SimChart *
sim_chart_lines(const SimSweepView *view, unsigned metric)
{
    g_autofree char *name = g_strconcat("lines-", name_of(metric), NULL);
    g_autofree char *title =
        g_strdup_printf("%s against %s", name_of(metric), axis_of(view, view->x)->key);
    g_autofree char *label = label_of(metric);
    SimChart *chart = sim_chart_new(
        name, title,
        "Each point is a simulation, its bar the 95 % interval; dashed is what is known exactly.");
    set_x(chart, view);
    sim_chart_y(chart, label, scale_of_metric(metric), wants_log(view, metric));
    add_curves(chart, view, metric, place_on_axis);
    sim_chart_note(chart, view->campaign);
    return chart;
}

SimChart *
sim_chart_trade_off(const SimSweepView *view, SimMetric metric)
{
    g_autofree char *label = label_of(metric);
    g_autofree char *name = g_strconcat("trade-off-", name_of(metric), NULL);
    SimChart *chart = sim_chart_new(
        name, "What fewer errors cost in requests",
        "Each point is a value of the axis; further down and to the left is better. A law whose "
        "curve lies below another is better at every load.");
    sim_chart_x(chart, "REGISTERs per second and 1,000 phones", SIM_SCALE_PLAIN, true);
    sim_chart_y(chart, label, scale_of_metric(metric), wants_log(view, metric));
    add_curves(chart, view, metric, place_by_load);
    sim_chart_note(chart, view->campaign);
    return chart;
}

SimChart *
sim_chart_split(const SimSweepView *view)
{
    static const struct {
        SimMetric metric;
        const char *colour;
        const char *title;
    } layers[] = {
        {SIM_METRIC_STALE_SHARE, SIM_COLOUR_STALE, "stale (off, listed)"},
        {SIM_METRIC_WRONG_ADDRESS_SHARE, SIM_COLOUR_WRONG, "wrong address (on)"},
        {SIM_METRIC_UNREACHABLE_SHARE, SIM_COLOUR_UNREACHABLE, "unreachable (on, cut off)"},
        {SIM_METRIC_MISSING_SHARE, SIM_COLOUR_MISSING, "missing (on, not listed)"},
        {SIM_METRIC_ABSENT_SHARE, SIM_COLOUR_ABSENT, "absent (off, not listed)"},
    };
    SimChart *chart = sim_chart_new("split", "What the table is wrong about",
                                    "Shares of phone time by state, stacked. The light layer is "
                                    "right, as is what is left to 100 %: phones that are on and "
                                    "listed where they are.");
    set_x(chart, view);
    sim_chart_y(chart, "share of phone time", SIM_SCALE_SHARE, false);
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
        SimCurve *curve =
            sim_chart_curve(chart, layers[i].title, SIM_CURVE_LAYER, layers[i].colour);
        for (size_t p = 0; p < sim_grid_size(view->grid); p++)
            if (on_one_curve(view, 0, p))
                sim_curve_add(curve, x_at(view, p),
                              figure(view, (unsigned)p, layers[i].metric).value, NAN, NAN);
    }
    sim_chart_note(chart, view->campaign);
    return chart;
}

/* The second axis with numbers that goes by itself. */
static bool
find_second(const SimSweepView *view, size_t *second)
{
    for (size_t i = 0; i < count_axes(view); i++)
        if (i != view->x && !axis_of(view, i)->step && has_numbers(axis_of(view, i))) {
            *second = i;
            return true;
        }
    return false;
}

SimChart *
sim_chart_heat_map(const SimSweepView *view, unsigned metric, double contour)
{
    size_t second;
    if (!find_second(view, &second))
        return NULL;
    const SimAxis *x = axis_of(view, view->x);
    const SimAxis *y = axis_of(view, second);
    g_autofree double *cells = g_new0(double, x->n * y->n);
    for (size_t i = 0; i < x->n * y->n; i++)
        cells[i] = NAN;
    for (size_t p = 0; p < sim_grid_size(view->grid); p++)
        cells[sim_grid_index(view->grid, p, second) * x->n +
              sim_grid_index(view->grid, p, view->x)] = figure(view, (unsigned)p, metric).value;
    g_autofree char *name = g_strconcat("heat-", name_of(metric), NULL);
    g_autofree char *label = label_of(metric);
    g_autofree char *title = g_strdup_printf("%s over two keys", name_of(metric));
    SimChart *chart = sim_chart_new(name, title, "Each cell is one point of the sweep.");
    set_x(chart, view);
    sim_chart_y(chart, y->key, scale_of_axis(y),
                all_positive(y->numbers, y->n) && is_wide(y->numbers, y->n));
    sim_chart_heat(chart, x->numbers, x->n, y->numbers, y->n, cells, label, scale_of_metric(metric),
                   is_wide(cells, x->n * y->n));
    chart->contour = contour;
    if (!isnan(contour) && scale_of_metric(metric) == SIM_SCALE_TIME)
        chart->contour_label = g_strdup_printf("%g s", contour);
    else if (!isnan(contour) && scale_of_metric(metric) == SIM_SCALE_SHARE)
        chart->contour_label = g_strdup_printf("%g %%", 100 * contour);
    else if (!isnan(contour))
        chart->contour_label = g_strdup_printf("%g", contour);
    sim_chart_note(chart, view->campaign);
    return chart;
}

SimChart *
sim_chart_convergence(const SimSweepView *view, unsigned point, SimMetric metric)
{
    g_autofree char *name = g_strconcat("convergence-", name_of(metric), NULL);
    SimChart *chart = sim_chart_new(
        name, "How the interval narrows with more runs",
        "Half-width of the 95 % interval as a share of the value after so many runs; the dashed "
        "line falls as one over the square root of their number.");
    g_autoptr(GPtrArray) samples = sim_campaign_samples(view->campaign, point);
    SimMethod method = sim_campaign_method(view->campaign, NULL);
    SimCurve *curve = sim_chart_curve(chart, name_of(metric), SIM_CURVE_POINTS, NULL);
    double last = NAN;
    for (guint n = method == SIM_METHOD_RUNS ? 2 : 1; n <= samples->len; n++) {
        g_autoptr(SimSpread) spread = sim_spread_metric((const SimSample *const *)samples->pdata, n,
                                                        view->slice, metric, method);
        SimEstimate estimate = sim_spread_estimate(spread, 0.95);
        last = (estimate.high - estimate.low) / 2 / estimate.value;
        sim_curve_add(curve, n, last, NAN, NAN);
    }
    SimCurve *law = sim_chart_curve(chart, "1/√n", SIM_CURVE_ORACLE, NULL);
    for (guint n = 1; n <= samples->len; n++)
        sim_curve_add(law, n, last * sqrt((double)samples->len / n), NAN, NAN);
    sim_chart_x(chart, "runs", SIM_SCALE_PLAIN, samples->len > WIDE);
    sim_chart_y(chart, "relative half-width", SIM_SCALE_SHARE, true);
    sim_chart_note(chart, view->campaign);
    return chart;
}

static void
add_moving_average(SimChart *chart, const SimTrack *track, size_t window, const char *colour)
{
    g_autofree char *title = window == 0
                                 ? g_strdup("each bin")
                                 : g_strdup_printf("moving average, %zu bins", 2 * window + 1);
    SimCurve *curve = sim_chart_curve(chart, title, SIM_CURVE_LINE, colour);
    for (size_t i = 0; i < track->n; i++) {
        size_t reach = MIN(window, MIN(i, track->n - 1 - i));
        double sum = 0;
        for (size_t k = i - reach; k <= i + reach; k++)
            sum += track->values[k];
        sim_curve_add(
            curve, ((double)track->start + ((double)i + 0.5) * (double)track->width) / ROLL_SECOND,
            sum / (double)(2 * reach + 1), NAN, NAN);
    }
}

SimChart *
sim_chart_welch(const SimSweepView *view, unsigned point, SimMetric metric)
{
    SimTrack *track = sim_campaign_mean_track(view->campaign, point, metric);
    if (track == NULL)
        return NULL;
    SimWarmup warmup = sim_warmup_check(track->values, track->n);
    g_autofree char *name = g_strconcat("welch-", name_of(metric), NULL);
    g_autofree char *label = label_of(metric);
    SimChart *chart = sim_chart_new(name, "When the warm-up is over (Welch)",
                                    "Mean over the runs at each time, and moving averages of it; "
                                    "the line is where MSER-5 would cut the beginning off.");
    sim_chart_x(chart, "simulated time", SIM_SCALE_TIME, false);
    sim_chart_y(chart, label, scale_of_metric(metric), false);
    add_moving_average(chart, track, 0, SIM_COLOUR_GREY);
    add_moving_average(chart, track, 5, SIM_COLOUR_BLUE);
    add_moving_average(chart, track, 15, SIM_COLOUR_VERMILION);
    double cut = ((double)track->start + (double)warmup.cut * (double)track->width) / ROLL_SECOND;
    if (warmup.cut > 0)
        sim_chart_band(chart, cut, cut, "MSER-5");
    sim_chart_note(chart, view->campaign);
    sim_track_free(track);
    return chart;
}

/* A metric that is 0 throughout makes no picture. */
static bool
is_seen(const SimSweepView *view, SimMetric metric)
{
    for (size_t p = 0; p < sim_grid_size(view->grid); p++)
        if (figure(view, (unsigned)p, metric).value > 0)
            return true;
    return false;
}

GPtrArray *
sim_sweep_charts(const SimSweepView *view, const SimMetric *metrics)
{
    static const SimMetric errors[] = {SIM_METRIC_STALE_SHARE, SIM_METRIC_WRONG_ADDRESS_SHARE};
    GPtrArray *charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    bool expires = g_str_has_suffix(axis_of(view, view->x)->key, ".expires");
    size_t second;
    bool two = find_second(view, &second);
    for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++)
        if (is_seen(view, metrics[i]))
            g_ptr_array_add(charts, two ? sim_chart_heat_map(view, metrics[i], NAN)
                                        : sim_chart_lines(view, metrics[i]));
    if (!two)
        g_ptr_array_add(charts, sim_chart_split(view));
    if (expires && !two)
        for (size_t i = 0; i < G_N_ELEMENTS(errors); i++)
            if (is_seen(view, errors[i]))
                g_ptr_array_add(charts, sim_chart_trade_off(view, errors[i]));
    return charts;
}
