/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The points of a parameter study: axes, each a key of the scenario and its values, their product,
 * less what a condition leaves out (after OMNeT++'s parameter studies).
 *
 *   KEY=60s,10min,1h             a list; `|` separates where values have commas themselves
 *   KEY=60s..24h:log12           12 values, equally far apart on a logarithmic scale
 *   KEY=0%..20%:lin5             5 values, equally far apart;  60s..24h:x2 each twice the one
 * before KEY=1h..6h:1h                by steps KEY=fails exp({1d..10d:log4}), back after exp(2h)
 * part of a value varies KEY=60s..24h                 a range to search in (tune)
 *
 * KEY is what --set takes; `phones.*.expires` is that key of every group. */
#pragma once

#include "sim/scenario/formula.h"

/**
 * SimAxis: @values are whole values of the key, as --set takes them; @shown what varies in them;
 * @numbers what is shown as a number: seconds, share, rate per second or plain; NaN for a word.
 * @step: goes in step with the axis before it: the k-th value with its k-th
 */
typedef struct {
    char *key;
    char **values;
    char **shown;
    double *numbers;
    size_t n;
    bool step;
} SimAxis;

typedef struct SimGrid SimGrid;
SimGrid *sim_grid_new(void);
void sim_grid_free(SimGrid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimGrid, sim_grid_free)

/** sim_grid_vary: adds an axis `KEY=SPEC`; with @step one in step with the last. */
bool sim_grid_vary(SimGrid *self, const char *text, bool step, GError **error);

/** sim_grid_where: adds a condition on the numbers of axes, each named by its key. */
bool sim_grid_where(SimGrid *self, const char *text, GError **error);

/** sim_grid_finish: after the last of these: checks that conditions name axes, and that axes in
 * step are equally long; makes the points. At least one must be left. */
bool sim_grid_finish(SimGrid *self, GError **error);

/** sim_grid_axes: in the order they were added; the first one changes slowest. */
const SimAxis *sim_grid_axes(const SimGrid *self, size_t *n);

/** sim_grid_size: how many points. */
size_t sim_grid_size(const SimGrid *self);

/** sim_grid_index: of the value of axis @axis at @point. */
size_t sim_grid_index(const SimGrid *self, size_t point, size_t axis);

/** sim_grid_changes: `KEY=VALUE` for each axis, %NULL-terminated. (transfer full) */
char **sim_grid_changes(const SimGrid *self, size_t point);

/** SimRange: `KEY=LOW..HIGH` or `KEY=before {LOW..HIGH} behind`: what tune searches in. */
typedef struct SimRange SimRange;
SimRange *sim_range_new(const char *text, GError **error);
void sim_range_free(SimRange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimRange, sim_range_free)
const char *sim_range_key(const SimRange *self);
void sim_range_bounds(const SimRange *self, double *low, double *high);

/** sim_range_change: `KEY=VALUE` at @number, which is rounded to what the unit can express (a time
 * to whole seconds above 10 s, else ms; others to 4 figures); *@rounded (out) is what it became.
 * (transfer full) */
char *sim_range_change(const SimRange *self, double number, double *rounded);

/** sim_range_show: @number with its unit, e.g. `22min`. (transfer full) */
char *sim_range_show(const SimRange *self, double number);
