/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/sweep.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <stdlib.h>

static bool
add_line(SimGrid *grid, const char *line, GError **error)
{
    const char *rest;
    if ((rest = sim_value_after(line, "vary")) != NULL)
        return sim_grid_vary(grid, rest, false, error);
    if ((rest = sim_value_after(line, "step")) != NULL)
        return sim_grid_vary(grid, rest, true, error);
    if ((rest = sim_value_after(line, "where")) != NULL)
        return sim_grid_where(grid, rest, error);
    g_autofree char *quoted = sim_words_quote(line);
    return sim_words_fail(
        error, "%s is neither vary, step nor where; start the line with one of them", quoted);
}

SimGrid *
sim_sweep_grid(const char *lines, GError **error)
{
    g_autoptr(SimGrid) grid = sim_grid_new();
    g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
    for (size_t i = 0; all[i] != NULL; i++)
        if (*all[i] != '\0' && !add_line(grid, all[i], error))
            return NULL;
    return sim_grid_finish(grid, error) ? g_steal_pointer(&grid) : NULL;
}

bool
sim_sweep_add(SimCampaign *campaign, const SimGrid *grid, GError **error)
{
    for (size_t i = 0; i < sim_grid_size(grid); i++) {
        g_auto(GStrv) changes = sim_grid_changes(grid, i);
        unsigned point;
        if (!sim_campaign_add(campaign, (const char *const *)changes, &point, error))
            return false;
        if (point != i)
            return sim_words_fail(
                error, "two points of the grid are the same: %s; take one of the values out",
                changes[0] != NULL ? changes[0] : "nothing varies; give at least two values");
    }
    return true;
}

/* Whether @b is one further than @a on one axis, and the same on the others that go by themselves.
 */
static bool
are_neighbours(const SimGrid *grid, size_t a, size_t b)
{
    size_t n;
    unsigned apart = 0;
    const SimAxis *axes = sim_grid_axes(grid, &n);
    for (size_t i = 0; i < n; i++) {
        size_t from = sim_grid_index(grid, a, i);
        size_t to = sim_grid_index(grid, b, i);
        if (axes[i].step || from == to)
            continue;
        if (to != from + 1)
            return false;
        apart++;
    }
    return apart == 1;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

SimSweepPairs
sim_sweep_pairs(SimCampaign *campaign, const SimGrid *grid, SimMetric metric)
{
    g_autoptr(GArray) factors = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GPtrArray) spreads = g_ptr_array_new_with_free_func((GDestroyNotify)sim_spread_free);
    size_t n = sim_grid_size(grid);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(spreads, sim_campaign_metric(campaign, (unsigned)i, 0, metric));
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            if (!are_neighbours(grid, a, b))
                continue;
            double factor = sim_variance_reduction(spreads->pdata[a], spreads->pdata[b]);
            if (isfinite(factor))
                g_array_append_val(factors, factor);
        }
    if (factors->len == 0)
        return (SimSweepPairs){NAN, 0};
    qsort(factors->data, factors->len, sizeof(double), by_size);
    return (SimSweepPairs){g_array_index(factors, double, factors->len / 2), factors->len};
}

static bool
went_alike(SimCampaign *campaign, unsigned a, unsigned b)
{
    g_autoptr(GPtrArray) first = sim_campaign_samples(campaign, a);
    g_autoptr(GPtrArray) second = sim_campaign_samples(campaign, b);
    if (first->len == 0 || first->len != second->len)
        return false;
    for (guint i = 0; i < first->len; i++)
        if (((SimSample *)first->pdata[i])->fingerprint !=
            ((SimSample *)second->pdata[i])->fingerprint)
            return false;
    return true;
}

unsigned
sim_sweep_alike(SimCampaign *campaign, unsigned point)
{
    for (unsigned i = 0; i < point; i++)
        if (went_alike(campaign, i, point))
            return i;
    return point;
}
