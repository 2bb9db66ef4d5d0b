/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/sweep-text.h"

#include "sim/report/table.h"
#include "sim/report/text.h"
#include <math.h>

static char *
metric_heading(SimMetric metric)
{
    return g_strdup_printf("%s [%s]", sim_metric_info(metric)->name, sim_text_unit(metric));
}

/* `12.3 (11.9 to 12.7)` */
static char *
figure_text(SimMetric metric, const SimEstimate *estimate)
{
    GString *out = g_string_new(NULL);
    int decimals = sim_text_decimals(metric, estimate);
    sim_text_value(out, metric, estimate->value, decimals);
    if (!isnan(estimate->low)) {
        g_string_append(out, " (");
        sim_text_interval(out, metric, estimate, decimals);
        g_string_append_c(out, ')');
    }
    return g_string_free(out, FALSE);
}

char *
sim_sweep_table(SimCampaign *campaign, const SimGrid *grid, const SimMetric *metrics)
{
    size_t n_axes;
    const SimAxis *axes = sim_grid_axes(grid, &n_axes);
    g_autoptr(SimTable) table = sim_table_new();
    for (size_t i = 0; i < n_axes; i++)
        sim_table_cell(table, axes[i].key);
    sim_table_cell(table, "runs");
    for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++)
        sim_table_take(table, metric_heading(metrics[i]));
    for (unsigned p = 0; p < sim_grid_size(grid); p++) {
        sim_table_row(table);
        for (size_t i = 0; i < n_axes; i++)
            sim_table_cell(table, axes[i].shown[sim_grid_index(grid, p, i)]);
        sim_table_take(table, g_strdup_printf("%u", sim_campaign_runs(campaign, p)));
        for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++) {
            SimEstimate estimate = sim_campaign_estimate(campaign, p, 0, metrics[i]);
            sim_table_take(table, figure_text(metrics[i], &estimate));
        }
    }
    return sim_table_text(table);
}

static void
note_pairs(GString *out, SimCampaign *campaign, const SimGrid *grid, const SimMetric *metrics)
{
    bool any = false;
    for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++) {
        SimSweepPairs pairs = sim_sweep_pairs(campaign, grid, metrics[i]);
        if (pairs.pairs == 0)
            continue;
        char factor[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(factor, sizeof factor, pairs.factor < 10 ? "%.2g" : "%.0f", pairs.factor);
        g_string_append_printf(out, "%s%s %s (%u pairs)",
                               any ? ", "
                                   : "Variance reduction of differences between neighbours, by "
                                     "common random numbers (median): ",
                               sim_metric_info(metrics[i])->name, factor, pairs.pairs);
        any = true;
    }
    if (any)
        g_string_append(out, ".\n");
}

static void
append_points(GString *out, const GArray *points)
{
    for (guint i = 0; i < points->len; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? ", " : "", g_array_index(points, unsigned, i));
}

static void
note_alike(GString *out, SimCampaign *campaign, const SimGrid *grid)
{
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned p = 1; p < sim_grid_size(grid); p++)
        if (sim_sweep_alike(campaign, p) != p)
            g_array_append_val(points, p);
    if (points->len == 0)
        return;
    g_string_append(out, "Points ");
    append_points(out, points);
    g_string_append(out,
                    " (from 0) went to the event as an earlier one: what varies there makes no "
                    "difference; does a limit such as registrar.max-expires hold it?\n");
}

static void
note_warmups(GString *out, SimCampaign *campaign, const SimGrid *grid)
{
    static const SimMetric watched[] = {SIM_METRIC_LOCATION_ACCURACY, SIM_METRIC_REGISTER_RATE};
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++) {
        g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(unsigned));
        for (unsigned p = 0; p < sim_grid_size(grid); p++) {
            SimWarmup warmup;
            if (sim_campaign_warmup(campaign, p, watched[i], &warmup) && !warmup.over)
                g_array_append_val(points, p);
        }
        if (points->len == 0)
            continue;
        g_string_append_printf(out,
                               "Warning: by MSER-5 the warm-up is not over: %s at the beginning is "
                               "another than later at points ",
                               sim_metric_info(watched[i])->name);
        append_points(out, points);
        bool stationary = sim_campaign_scenario(campaign)->start == SIM_START_STATIONARY;
        g_string_append_printf(out, " (from 0); set scenario.warmup%s.\n",
                               stationary ? ", or run longer" : ", or start = stationary");
    }
}

char *
sim_sweep_notes(SimCampaign *campaign, const SimGrid *grid, const SimMetric *metrics)
{
    GString *out = g_string_new(NULL);
    note_pairs(out, campaign, grid, metrics);
    note_alike(out, campaign, grid);
    note_warmups(out, campaign, grid);
    return g_string_free(out, FALSE);
}

static void
append_row(GString *out, SimCampaign *campaign, const SimGrid *grid, unsigned point, size_t slice,
           const char *population, SimMetric metric)
{
    size_t n_axes;
    const SimAxis *axes = sim_grid_axes(grid, &n_axes);
    SimEstimate estimate = sim_campaign_estimate(campaign, point, slice, metric);
    if (isnan(estimate.value))
        return;
    g_string_append_printf(out, "%u,", point);
    for (size_t i = 0; i < n_axes; i++) {
        sim_text_csv(out, axes[i].shown[sim_grid_index(grid, point, i)]);
        g_string_append_c(out, ',');
    }
    sim_text_csv(out, population);
    g_string_append_printf(out, ",%s,%s,", sim_metric_info(metric)->name,
                           sim_metric_info(metric)->unit);
    const double numbers[] = {estimate.value, estimate.low, estimate.high, estimate.error};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        sim_text_number(out, numbers[i]);
        g_string_append_c(out, ',');
    }
    g_string_append_printf(out, "%u\n", sim_campaign_runs(campaign, point));
}

char *
sim_sweep_csv(SimCampaign *campaign, const SimGrid *grid)
{
    size_t n_axes;
    const SimAxis *axes = sim_grid_axes(grid, &n_axes);
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    GString *out = g_string_new("point,");
    for (size_t i = 0; i < n_axes; i++) {
        sim_text_csv(out, axes[i].key);
        g_string_append_c(out, ',');
    }
    g_string_append(out, "population,metric,unit,value,low,high,error,runs\n");
    for (unsigned p = 0; p < sim_grid_size(grid); p++)
        for (size_t s = 0; s <= scenario->n_groups; s++)
            for (unsigned m = 0; m < SIM_N_METRICS; m++)
                append_row(out, campaign, grid, p, s, s == 0 ? "all" : scenario->groups[s - 1].name,
                           m);
    return g_string_free(out, FALSE);
}
