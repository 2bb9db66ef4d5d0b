/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/regret-report.h"

#include "sim/report/table.h"
#include "sim/report/text.h"
#include <math.h>

static const SimAxis *
axis_of(const SimGrid *worlds)
{
    size_t n;
    return sim_grid_axes(worlds, &n);
}

static const char *
world_name(const SimGrid *worlds, size_t k)
{
    return axis_of(worlds)->shown[sim_grid_index(worlds, k, 0)];
}

static char *
tuned_text(const SimRegret *regret, const SimRange *range, size_t k)
{
    const SimTuning *tuning = regret->tunings->pdata[k];
    g_autofree char *value = sim_range_show(range, tuning->best.value);
    if (isnan(tuning->best.low))
        return g_steal_pointer(&value);
    g_autofree char *low = sim_range_show(range, fmax(tuning->best.low, 0));
    g_autofree char *high = sim_range_show(range, tuning->best.high);
    return g_strdup_printf("%s (%s to %s)", value, low, high);
}

/* `12.3 % (11 to 14)` */
static char *
percent_text(const SimEstimate *estimate)
{
    char value[G_ASCII_DTOSTR_BUF_SIZE];
    char low[G_ASCII_DTOSTR_BUF_SIZE];
    char high[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(value, sizeof value, "%.1f", 100 * estimate->value);
    if (!(estimate->low < estimate->high))
        return g_strdup_printf("%s %%", value);
    g_ascii_formatd(low, sizeof low, "%.1f", 100 * estimate->low);
    g_ascii_formatd(high, sizeof high, "%.1f", 100 * estimate->high);
    return g_strdup_printf("%s %% (%s to %s)", value, low, high);
}

char *
sim_regret_text(const SimRegret *regret, const SimGrid *worlds, const SimRange *range)
{
    GString *out = g_string_new(NULL);
    g_autoptr(SimTable) table = sim_table_new();
    g_string_append_printf(out,
                           "What the value tuned for an assumed world (rows) costs in the true one "
                           "(columns), above the best there.\nWorlds: %s\n\n",
                           axis_of(worlds)->key);
    sim_table_cell(table, "assumed");
    sim_table_take(table, g_strdup_printf("best %s", sim_range_key(range)));
    for (size_t k = 0; k < regret->worlds; k++)
        sim_table_take(table, g_strdup_printf("true: %s", world_name(worlds, k)));
    for (size_t j = 0; j < regret->worlds; j++) {
        sim_table_row(table);
        sim_table_cell(table, world_name(worlds, j));
        sim_table_take(table, tuned_text(regret, range, j));
        for (size_t k = 0; k < regret->worlds; k++)
            sim_table_take(table, percent_text(&regret->cells[j * regret->worlds + k]));
    }
    g_autofree char *text = sim_table_text(table);
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}

char *
sim_regret_csv(const SimRegret *regret, const SimGrid *worlds, const SimRange *range)
{
    GString *out = g_string_new("assumed,true,tuned,regret,low,high\n");
    for (size_t j = 0; j < regret->worlds; j++)
        for (size_t k = 0; k < regret->worlds; k++) {
            const SimEstimate *cell = &regret->cells[j * regret->worlds + k];
            const SimTuning *tuning = regret->tunings->pdata[j];
            g_autofree char *tuned = sim_range_show(range, tuning->best.value);
            const double numbers[] = {cell->value, cell->low, cell->high};
            sim_text_csv(out, world_name(worlds, j));
            g_string_append_c(out, ',');
            sim_text_csv(out, world_name(worlds, k));
            g_string_append_c(out, ',');
            sim_text_csv(out, tuned);
            for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
                g_string_append_c(out, ',');
                sim_text_number(out, numbers[i]);
            }
            g_string_append_c(out, '\n');
        }
    return g_string_free(out, FALSE);
}

SimChart *
sim_chart_regret(const SimRegret *regret, const SimGrid *worlds, const SimRange *range)
{
    const SimAxis *axis = axis_of(worlds);
    if (isnan(axis->numbers[0]))
        return NULL;
    SimChart *chart = sim_chart_new(
        "regret", "What it costs to have assumed another world",
        "Each curve is the value tuned for one assumed world, in the worlds along the axis; 0 is "
        "the best that could be had there.");
    g_autofree char *label = g_strdup_printf("true world: %s", axis->key);
    sim_chart_x(chart, label, SIM_SCALE_TIME, true);
    sim_chart_y(chart, "cost above the best", SIM_SCALE_SHARE, false);
    for (size_t j = 0; j < regret->worlds; j++) {
        const SimTuning *tuning = regret->tunings->pdata[j];
        g_autofree char *tuned = sim_range_show(range, tuning->best.value);
        g_autofree char *title = g_strdup_printf("assumed %s: %s", world_name(worlds, j), tuned);
        SimCurve *curve = sim_chart_curve(chart, title, SIM_CURVE_POINTS, NULL);
        for (size_t k = 0; k < regret->worlds; k++) {
            const SimEstimate *cell = &regret->cells[j * regret->worlds + k];
            sim_curve_add(curve, axis->numbers[sim_grid_index(worlds, k, 0)], cell->value,
                          cell->low, cell->high);
        }
    }
    return chart;
}
