/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a benchmark has measured: figures with a name and a unit, as lines or as JSON, and the tools
 * to measure with. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct SimFigures SimFigures;

/** sim_figures_new: @json: all at the end as one object; else each at once, `name value unit`. */
SimFigures *sim_figures_new(bool json);
void sim_figures_free(SimFigures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimFigures, sim_figures_free)

/** sim_figures_add: @format makes its name. @unit: "ns", "us", "/s", "B/phone", "x" for a ratio */
void sim_figures_add(SimFigures *self, double value, const char *unit, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** sim_figures_end: prints the JSON, if that is wanted. */
void sim_figures_end(SimFigures *self);

/** SIM_FIGURES_RUNS: a figure is the median of so many measurements. */
#define SIM_FIGURES_RUNS 5

/** sim_figures_median: of @n values, which it sorts; NaN without any. */
double sim_figures_median(double *values, size_t n);
