/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/replicate-text.h"

#include "sim/report/table.h"
#include "sim/report/text.h"
#include <math.h>

static const double PROBABILITIES[] = {0.5, 0.9, 0.95, 0.99};

static void
add_figure(SimTable *table, SimMetric metric, const SimEstimate *estimate)
{
    GString *value = g_string_new(NULL);
    GString *interval = g_string_new(NULL);
    int decimals = sim_text_decimals(metric, estimate);
    sim_text_value(value, metric, estimate->value, decimals);
    sim_text_interval(interval, metric, estimate, decimals);
    sim_table_take(table, g_string_free(value, FALSE));
    sim_table_take(table, g_string_free(interval, FALSE));
}

static void
append_metrics(GString *out, SimCampaign *campaign, unsigned point)
{
    g_autoptr(SimTable) table = sim_table_new();
    const char *const headings[] = {"metric", "unit", "value", "95 % interval"};
    for (size_t i = 0; i < G_N_ELEMENTS(headings); i++)
        sim_table_cell(table, headings[i]);
    for (unsigned m = 0; m < SIM_N_METRICS; m++) {
        SimEstimate estimate = sim_campaign_estimate(campaign, point, 0, m);
        if (isnan(estimate.value) || (estimate.value == 0 && estimate.error == 0))
            continue;
        sim_table_row(table);
        sim_table_cell(table, sim_metric_info(m)->name);
        sim_table_cell(table, sim_text_unit(m));
        add_figure(table, m, &estimate);
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append(out, text);
}

static void
append_groups(GString *out, SimCampaign *campaign, unsigned point, const SimMetric *metrics)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    g_autoptr(SimTable) table = sim_table_new();
    sim_table_cell(table, "group");
    for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++) {
        sim_table_take(table, g_strdup_printf("%s [%s]", sim_metric_info(metrics[i])->name,
                                              sim_text_unit(metrics[i])));
        sim_table_cell(table, "");
    }
    for (size_t g = 0; g < scenario->n_groups; g++) {
        sim_table_row(table);
        sim_table_cell(table, scenario->groups[g].name);
        for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++) {
            SimEstimate estimate = sim_campaign_estimate(campaign, point, g + 1, metrics[i]);
            add_figure(table, metrics[i], &estimate);
        }
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append_printf(out, "\n%s", text);
}

/* `12.5 (11 to 14)`, in seconds. */
static char *
quantile_text(const SimQuantile *quantile)
{
    char value[G_ASCII_DTOSTR_BUF_SIZE];
    char low[G_ASCII_DTOSTR_BUF_SIZE];
    char high[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(value, sizeof value, "%.3g", quantile->value);
    if (isnan(quantile->low))
        return g_strdup(value);
    g_ascii_formatd(low, sizeof low, "%.3g", quantile->low);
    g_ascii_formatd(high, sizeof high, "%.3g", quantile->high);
    return g_strdup_printf("%s (%s to %s)", value, low, high);
}

static void
append_quantiles(GString *out, SimCampaign *campaign, unsigned point)
{
    static const char *const names[] = {"stale-life", "registration-delay"};
    g_autoptr(SimTable) table = sim_table_new();
    sim_table_cell(table, "quantiles [s]");
    for (size_t i = 0; i < G_N_ELEMENTS(PROBABILITIES); i++)
        sim_table_take(table, g_strdup_printf("%.0f %%", 100 * PROBABILITIES[i]));
    for (size_t h = 0; h < G_N_ELEMENTS(names); h++) {
        g_autofree SimHistogram *sum = sim_campaign_histogram(campaign, point, 0, h == 1);
        if (sum->total == 0)
            continue;
        sim_table_row(table);
        sim_table_cell(table, names[h]);
        for (size_t i = 0; i < G_N_ELEMENTS(PROBABILITIES); i++) {
            SimQuantile quantile = sim_quantile_histogram(sum, PROBABILITIES[i], 0.95);
            sim_table_take(table, quantile_text(&quantile));
        }
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append_printf(out, "\n%s", text);
}

static void
append_warmup(GString *out, SimCampaign *campaign, unsigned point)
{
    static const SimMetric watched[] = {SIM_METRIC_LOCATION_ACCURACY, SIM_METRIC_REGISTER_RATE};
    bool over = true;
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++) {
        SimWarmup warmup;
        if (!sim_campaign_warmup(campaign, point, watched[i], &warmup) || warmup.over)
            continue;
        over = false;
        g_string_append_printf(
            out,
            "Warning: the warm-up is not over by MSER-5: the first %zu bins of %s "
            "differ from the rest by %.1f standard errors%s.\n",
            warmup.cut, sim_metric_info(watched[i])->name, warmup.z,
            warmup.enough ? "" : ", and the run is too short to tell when it is");
    }
    if (over)
        g_string_append(out, "Warm-up: over by MSER-5.\n");
}

static double
measured(SimCampaign *campaign, unsigned point, const SimExpectation *expectation)
{
    return sim_campaign_estimate(campaign, point, (size_t)(expectation->group + 1),
                                 expectation->metric)
        .value;
}

static bool
is_met(SimCampaign *campaign, unsigned point, const SimExpectation *expectation)
{
    double value = measured(campaign, point, expectation);
    return expectation->op == '<' ? value <= expectation->value : value >= expectation->value;
}

static void
append_expectations(GString *out, SimCampaign *campaign, unsigned point)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    for (size_t i = 0; i < scenario->n_expectations; i++) {
        const SimExpectation *expectation = &scenario->expectations[i];
        SimVerdict verdict = {expectation, measured(campaign, point, expectation),
                              is_met(campaign, point, expectation)};
        g_string_append_printf(out, "%-8s %s: ", verdict.met ? "met" : "NOT MET",
                               expectation->text);
        sim_text_measured(out, &verdict);
        g_string_append_c(out, '\n');
    }
}

bool
sim_replicate_met(SimCampaign *campaign, unsigned point)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    for (size_t i = 0; i < scenario->n_expectations; i++)
        if (!is_met(campaign, point, &scenario->expectations[i]))
            return false;
    return true;
}

char *
sim_replicate_text(SimCampaign *campaign, unsigned point, const SimMetric *metrics)
{
    GString *out = g_string_new(NULL);
    append_metrics(out, campaign, point);
    append_groups(out, campaign, point, metrics);
    append_quantiles(out, campaign, point);
    g_string_append_c(out, '\n');
    append_warmup(out, campaign, point);
    append_expectations(out, campaign, point);
    return g_string_free(out, FALSE);
}
