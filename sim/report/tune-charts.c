/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/tune-charts.h"

#include "sim/campaign/unit.h"
#include "sim/report/palette.h"
#include "sim/report/sweep-charts.h"
#include <math.h>

/* Steps of a curve that is known everywhere. */
#define STEPS 200

static SimChartScale
scale_of(const SimRange *range)
{
    g_autofree char *shown = sim_range_show(range, 1);
    SimUnit unit;
    if (!sim_unit_read(shown, &unit, NULL))
        return SIM_SCALE_PLAIN;
    if (unit.kind == SIM_UNIT_TIME)
        return SIM_SCALE_TIME;
    return unit.kind == SIM_UNIT_SHARE ? SIM_SCALE_SHARE : SIM_SCALE_PLAIN;
}

static void
add_exact(SimChart *chart, const SimExactAnswer *exact, double low, double high)
{
    if (exact->why_not != NULL)
        return;
    SimCurve *curve = sim_chart_curve(chart, "closed form", SIM_CURVE_ORACLE, NULL);
    for (int i = 0; i <= STEPS; i++) {
        double x = low * pow(high / low, (double)i / STEPS);
        sim_curve_add(curve, x, exact->unit * sim_exact_cost(&exact->cost, x), NAN, NAN);
    }
}

SimChart *
sim_chart_tuning(SimCampaign *campaign, const SimTuning *tuning, const SimTuneWords *words,
                 const SimQuantity *minimise)
{
    double low;
    double high;
    g_autofree char *label = g_strdup_printf("cost: %s", words->minimise);
    SimChart *chart = sim_chart_new(
        "tuning", "What each value costs",
        "Points are simulated with their 95 % intervals, all with the same draws. The light band "
        "is what costs at most 5 % more than the best value, the line.");
    sim_range_bounds(words->range, &low, &high);
    sim_chart_x(chart, sim_range_key(words->range), scale_of(words->range), true);
    sim_chart_y(chart, label, SIM_SCALE_PLAIN, true);
    SimCurve *curve = sim_chart_curve(chart, "simulated", SIM_CURVE_POINTS, SIM_COLOUR_BLUE);
    for (guint i = 0; i < tuning->tried->len; i++) {
        SimTuned tuned = sim_tuned(tuning, i);
        g_autoptr(SimSpread) spread = sim_quantity_spread(minimise, campaign, tuned.point);
        SimEstimate cost = sim_spread_estimate(spread, 0.95);
        sim_curve_add(curve, tuned.number, cost.value, cost.low, cost.high);
    }
    add_exact(chart, &tuning->exact, low, high);
    if (!isnan(tuning->flat_low))
        sim_chart_band(chart, tuning->flat_low, tuning->flat_high, "within 5 %");
    g_autofree char *best = sim_range_show(words->range, tuning->best.value);
    if (!isnan(tuning->best.value))
        sim_chart_band(chart, tuning->best.value, tuning->best.value, best);
    sim_chart_note(chart, campaign);
    return chart;
}

SimChart *
sim_chart_pareto(SimCampaign *campaign, const SimTuning *tuning, const SimTuneWords *words)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    g_autoptr(SimQuantity) load = sim_quantity_new(scenario, "register-rate / phones * 1000", NULL);
    g_autoptr(SimQuantity) wrong = sim_quantity_new(scenario, "1 - location-accuracy", NULL);
    g_autofree bool *front = sim_tune_front(campaign, tuning, load, wrong);
    g_autofree char *title =
        g_strdup_printf("Load against accuracy, by %s", sim_range_key(words->range));
    SimChart *chart = sim_chart_new("pareto", title,
                                    "Values on the front have no other with both fewer requests "
                                    "and a more accurate table.");
    SimCurve *curves[2];
    sim_chart_x(chart, "REGISTERs per second and 1,000 phones", SIM_SCALE_PLAIN, true);
    sim_chart_y(chart, "time share in which the table is wrong", SIM_SCALE_SHARE, true);
    curves[1] = sim_chart_curve(chart, "Pareto front", SIM_CURVE_POINTS, SIM_COLOUR_BLUE);
    curves[0] = sim_chart_curve(chart, "others", SIM_CURVE_DOTS, SIM_COLOUR_VERMILION);
    for (guint i = 0; i < tuning->tried->len; i++) {
        SimTuned tuned = sim_tuned(tuning, i);
        g_autoptr(SimSpread) x = sim_quantity_spread(load, campaign, tuned.point);
        g_autoptr(SimSpread) y = sim_quantity_spread(wrong, campaign, tuned.point);
        SimEstimate estimate = sim_spread_estimate(y, 0.95);
        sim_curve_add(curves[front[i]], x->value, estimate.value, estimate.low, estimate.high);
    }
    sim_chart_note(chart, campaign);
    return chart;
}

SimChart *
sim_chart_differences(const SimVersus *versus, const SimSide *a, const SimSide *b)
{
    g_autofree char *caption = g_strdup_printf(
        "A is %s, B is %s. A bar that does not touch 0 differs, metric by metric, at 95 %%.",
        a->label, b->label);
    SimChart *chart = sim_chart_new("differences", "B against A", caption);
    sim_chart_x(chart, "", SIM_SCALE_NONE, false);
    sim_chart_y(chart, "difference, as a share of A", SIM_SCALE_SHARE, false);
    for (guint i = 0; i < versus->rows->len; i++) {
        const SimCompared *row = &g_array_index(versus->rows, SimCompared, i);
        if (isnan(row->relative.value))
            continue;
        SimCurve *curve =
            sim_chart_curve(chart, sim_metric_info(row->metric)->name, SIM_CURVE_DOTS, NULL);
        sim_curve_add(curve, i + 1, row->relative.value, row->relative.low, row->relative.high);
    }
    SimCurve *none = sim_chart_curve(chart, "no difference", SIM_CURVE_ORACLE, NULL);
    sim_curve_add(none, 0.5, 0, NAN, NAN);
    sim_curve_add(none, versus->rows->len + 0.5, 0, NAN, NAN);
    chart->x.from = 0.5;
    chart->x.to = versus->rows->len + 0.5;
    g_free(chart->note);
    chart->note = g_strdup_printf("%u runs, %s", versus->runs,
                                  versus->why_unpaired == NULL ? "paired" : "not paired");
    return chart;
}
