/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/compare-text.h"

#include "sim/report/table.h"
#include "sim/report/text.h"
#include <math.h>

static const char *
verdict(const SimCompared *row)
{
    if (row->differs)
        return row->difference.value < 0 ? "B is lower" : "B is higher";
    if (row->difference.value == 0 && row->difference.error == 0)
        return "equal";
    return isnan(row->p) ? "not known" : "no difference shown";
}

static char *
value_text(SimMetric metric, const SimEstimate *estimate)
{
    GString *out = g_string_new(NULL);
    sim_text_value(out, metric, estimate->value, sim_text_decimals(metric, estimate));
    return g_string_free(out, FALSE);
}

/* `-0.12 (-0.15 to -0.09)`, the interval's figures deciding the decimals. */
static char *
difference_text(SimMetric metric, const SimEstimate *estimate)
{
    GString *out = g_string_new(NULL);
    int decimals = sim_text_decimals(metric, estimate);
    if (estimate->value > 0)
        g_string_append_c(out, '+');
    sim_text_value(out, metric, estimate->value, decimals);
    if (!isnan(estimate->low)) {
        g_string_append(out, " (");
        sim_text_interval(out, metric, estimate, decimals);
        g_string_append_c(out, ')');
    }
    return g_string_free(out, FALSE);
}

static char *
percent_text(double share)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    if (isnan(share))
        return g_strdup("-");
    return g_strconcat(g_ascii_formatd(room, sizeof room, "%+.1f", 100 * share), " %", NULL);
}

static char *
p_text(double p)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    if (isnan(p))
        return g_strdup("-");
    return p < 0.0001 ? g_strdup("<0.0001")
                      : g_strdup(g_ascii_formatd(room, sizeof room, "%.4f", p));
}

static void
append_basis(GString *out, const SimVersus *versus)
{
    double largest = NAN;
    double least = NAN;
    for (guint i = 0; i < versus->rows->len; i++) {
        double reduction = g_array_index(versus->rows, SimCompared, i).reduction;
        largest = fmax(largest, reduction);
        least = fmin(least, reduction);
    }
    const char *units = versus->method == SIM_METHOD_PHONES ? "batches of phones" : "runs";
    if (versus->why_unpaired != NULL) {
        g_string_append_printf(
            out,
            "Differences B - A with 95 %% intervals, not paired (Welch), over %s: "
            "%s.\n",
            units, versus->why_unpaired);
        return;
    }
    g_string_append_printf(out,
                           "Differences B - A with 95 %% intervals, paired by %s of %u run%s: both "
                           "saw the same draws.\n",
                           units, versus->runs, versus->runs == 1 ? "" : "s");
    if (isnan(largest))
        return;
    g_string_append_printf(out,
                           "That divides the variance of the differences by %.3g to %.3g, against "
                           "draws of their own.\n",
                           least, largest);
}

char *
sim_versus_text(const SimVersus *versus, const SimSide *a, const SimSide *b, const char *population)
{
    GString *out = g_string_new(NULL);
    g_autoptr(SimTable) table = sim_table_new();
    const char *const headings[] = {"metric", "A", "B", "B - A", "relative", "p", "verdict"};
    g_string_append_printf(out, "A: %s\nB: %s\n\n", a->label, b->label);
    for (size_t i = 0; i < G_N_ELEMENTS(headings); i++)
        sim_table_cell(table, headings[i]);
    for (guint i = 0; i < versus->rows->len; i++) {
        const SimCompared *row = &g_array_index(versus->rows, SimCompared, i);
        sim_table_row(table);
        sim_table_take(table, g_strdup_printf("%s [%s]", sim_metric_info(row->metric)->name,
                                              sim_text_unit(row->metric)));
        sim_table_take(table, value_text(row->metric, &row->a));
        sim_table_take(table, value_text(row->metric, &row->b));
        sim_table_take(table, difference_text(row->metric, &row->difference));
        sim_table_take(table, percent_text(row->relative.value));
        sim_table_take(table, p_text(row->p));
        sim_table_cell(table, verdict(row));
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append(out, text);
    g_string_append_printf(out, "\nOf %s phones. ", population);
    append_basis(out, versus);
    g_string_append(out, "p is Holm's, for all of these metrics together; a verdict needs 0.05.\n");
    return g_string_free(out, FALSE);
}

static void
append_cells(GString *out, const SimEstimate *estimate)
{
    const double numbers[] = {estimate->value, estimate->low, estimate->high};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(out, ',');
        sim_text_number(out, numbers[i]);
    }
}

char *
sim_versus_csv(const SimVersus *versus)
{
    GString *out = g_string_new("metric,unit,a,a_low,a_high,b,b_low,b_high,difference,"
                                "difference_low,difference_high,p,verdict\n");
    for (guint i = 0; i < versus->rows->len; i++) {
        const SimCompared *row = &g_array_index(versus->rows, SimCompared, i);
        g_string_append_printf(out, "%s,%s", sim_metric_info(row->metric)->name,
                               sim_metric_info(row->metric)->unit);
        append_cells(out, &row->a);
        append_cells(out, &row->b);
        append_cells(out, &row->difference);
        g_string_append_c(out, ',');
        sim_text_number(out, row->p);
        g_string_append_printf(out, ",%s\n", verdict(row));
    }
    return g_string_free(out, FALSE);
}
