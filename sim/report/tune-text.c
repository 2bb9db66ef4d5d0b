/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/tune-text.h"

#include "sim/report/table.h"
#include "sim/report/text.h"
#include <math.h>
#include <string.h>

static void
append_figure(GString *out, double value)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(room, sizeof room, "%.4g", value));
}

static void
append_estimate(GString *out, const SimEstimate *estimate)
{
    append_figure(out, estimate->value);
    if (isnan(estimate->low))
        return;
    g_string_append(out, " (");
    append_figure(out, estimate->low);
    g_string_append(out, " to ");
    append_figure(out, estimate->high);
    g_string_append_c(out, ')');
}

static char *
estimate_text(const SimEstimate *estimate)
{
    GString *out = g_string_new(NULL);
    append_estimate(out, estimate);
    return g_string_free(out, FALSE);
}

static void
append_number(GString *out, const SimRange *range, double number)
{
    g_autofree char *shown = sim_range_show(range, number);
    g_string_append(out, shown);
}

/* Load against accuracy: what nobody would choose has a better one in both. */
static bool *
find_front(SimCampaign *campaign, const SimTuning *tuning)
{
    const SimScenario *scenario = sim_campaign_scenario(campaign);
    g_autoptr(SimQuantity) load = sim_quantity_new(scenario, "register-rate", NULL);
    g_autoptr(SimQuantity) wrong = sim_quantity_new(scenario, "1 - location-accuracy", NULL);
    return sim_tune_front(campaign, tuning, load, wrong);
}

static void
append_table(GString *out, SimCampaign *campaign, const SimTuning *tuning,
             const SimTuneWords *words, const SimQuantity *minimise, const SimMetric *metrics)
{
    g_autoptr(SimTable) table = sim_table_new();
    g_autofree bool *front = find_front(campaign, tuning);
    sim_table_cell(table, sim_range_key(words->range));
    sim_table_cell(table, "runs");
    sim_table_cell(table, "cost");
    for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++)
        sim_table_take(table, g_strdup_printf("%s [%s]", sim_metric_info(metrics[i])->name,
                                              sim_text_unit(metrics[i])));
    sim_table_cell(table, "Pareto");
    for (guint p = 0; p < tuning->tried->len; p++) {
        SimTuned tuned = sim_tuned(tuning, p);
        g_autoptr(SimSpread) spread = sim_quantity_spread(minimise, campaign, tuned.point);
        SimEstimate cost = sim_spread_estimate(spread, 0.95);
        sim_table_row(table);
        sim_table_take(table, sim_range_show(words->range, tuned.number));
        sim_table_take(table, g_strdup_printf("%u", sim_campaign_runs(campaign, tuned.point)));
        sim_table_take(table, estimate_text(&cost));
        for (size_t i = 0; metrics[i] != SIM_N_METRICS; i++) {
            SimEstimate estimate = sim_campaign_estimate(campaign, tuned.point, 0, metrics[i]);
            GString *cell = g_string_new(NULL);
            sim_text_value(cell, metrics[i], estimate.value,
                           sim_text_decimals(metrics[i], &estimate));
            sim_table_take(table, g_string_free(cell, FALSE));
        }
        sim_table_cell(table, front[p] ? "*" : "");
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append(out, text);
    g_string_append(out, "* no other value has both fewer REGISTERs and a more accurate table.\n");
}

static void
append_best(GString *out, const SimTuning *tuning, const SimTuneWords *words)
{
    g_string_append_printf(out, "\nBest %s: ", sim_range_key(words->range));
    append_number(out, words->range, tuning->best.value);
    if (!isnan(tuning->best.low)) {
        g_string_append(out, " (95 %: ");
        append_number(out, words->range, fmax(tuning->best.low, 0));
        g_string_append(out, " to ");
        append_number(out, words->range, tuning->best.high);
        g_string_append_c(out, ')');
    }
    g_string_append(out, ", at a cost of ");
    append_estimate(out, &tuning->cost);
    g_string_append(out, ".\n");
}

/* At the upper end of a range of expiries, what it means is said outright. */
static void
append_kind(GString *out, const SimTuning *tuning, const SimTuneWords *words)
{
    bool expires = g_str_has_suffix(sim_range_key(words->range), ".expires");
    switch (tuning->kind) {
    case SIM_TUNE_INTERIOR:
        g_string_append(out, "The cost has its minimum there, within the range.\n");
        break;
    case SIM_TUNE_LOW_END:
        g_string_append(out, "The cost rises from the lower end of the range on: a boundary, not a "
                             "minimum; less may be better still.\n");
        break;
    case SIM_TUNE_HIGH_END:
        g_string_append(out, "The cost falls up to the upper end of the range: a boundary, not a "
                             "minimum.\n");
        if (expires)
            g_string_append(out, "As far as this range goes, it pays never to expire.\n");
        break;
    case SIM_TUNE_BOUND:
        g_string_append_printf(out, "There %s is just met; beyond, it would be cheaper.\n",
                               words->required[tuning->bound]);
        break;
    case SIM_TUNE_UNCERTAIN:
        g_string_append(out, "It is the best of the values that were tried; their costs do not "
                             "follow a curve with one minimum.\n");
        break;
    case SIM_TUNE_UNMET:
        break;
    }
}

static void
append_flat(GString *out, const SimTuning *tuning, const SimTuneWords *words)
{
    double low;
    double high;
    if (isnan(tuning->flat_low))
        return;
    sim_range_bounds(words->range, &low, &high);
    g_string_append(out, "Within 5 % of that cost: ");
    append_number(out, words->range, tuning->flat_low);
    g_string_append(out, tuning->flat_low <= low * 1.001 ? " (the end of the range) to " : " to ");
    append_number(out, words->range, tuning->flat_high);
    g_string_append(out, tuning->flat_high >= high * 0.999 ? " (the end of the range).\n" : ".\n");
}

static void
append_end(GString *out, const SimTuning *tuning, const SimTuneWords *words)
{
    double low;
    double high;
    sim_range_bounds(words->range, &low, &high);
    if (tuning->kind == SIM_TUNE_HIGH_END || isnan(tuning->at_end.value))
        return;
    append_number(out, words->range, high);
    g_string_append(out, ", the end of the range, costs more by ");
    append_estimate(out, &tuning->at_end);
    g_string_append(out, tuning->at_end.low > 0 || isnan(tuning->at_end.low)
                             ? ".\n"
                             : ": not clearly more; it may pay never to expire.\n");
}

static void
append_exact(GString *out, const SimTuning *tuning, const SimTuneWords *words)
{
    const SimExactAnswer *exact = &tuning->exact;
    if (exact->why_not != NULL) {
        g_string_append_printf(out, "Closed form: none here, as %s.\n", exact->why_not);
        return;
    }
    g_string_append(out, exact->never ? "Closed form: the cost falls up to " : "Closed form: ");
    append_number(out, words->range, exact->best);
    g_string_append(out, exact->never ? ": it pays never to expire. Cost there " : ", cost ");
    append_figure(out, exact->unit * sim_exact_cost(&exact->cost, exact->best));
    g_string_append(out, ".\n");
}

char *
sim_tune_text(SimCampaign *campaign, const SimTuning *tuning, const SimTuneWords *words,
              const SimQuantity *minimise, const SimMetric *metrics)
{
    GString *out = g_string_new(NULL);
    append_table(out, campaign, tuning, words, minimise, metrics);
    if (tuning->kind == SIM_TUNE_UNMET) {
        g_string_append(out, "\nNo value of the range meets what is required.\n");
        return g_string_free(out, FALSE);
    }
    append_best(out, tuning, words);
    append_kind(out, tuning, words);
    append_flat(out, tuning, words);
    append_end(out, tuning, words);
    append_exact(out, tuning, words);
    return g_string_free(out, FALSE);
}
