/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A smooth curve through figures at several values x > 0 of a key: least squares on {1/x, 1, x,
 * x^2}. The first and the third term are what a cost is made of for small x (a REGISTER each a*x, a
 * record that outlives its phone by about x); the others let it bend. Since the curve is linear in
 * the figures, what is read off it gets its interval from theirs (delta method). */
#pragma once

#include "sim/measure/statistics.h"

typedef struct SimFit SimFit;

/** SIM_FIT_TERMS: a fit needs at least so many points, and one more for its quality to show. */
#define SIM_FIT_TERMS 4

/** sim_fit_new: @y of @n points at @x; both borrowed for the life of the fit. %NULL if there are
 * too few, or if one has no value. (transfer full) */
SimFit *sim_fit_new(const double *x, const SimSpread *const *y, size_t n);
void sim_fit_free(SimFit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimFit, sim_fit_free)

/** sim_fit_value: of the curve at @x. (transfer full) */
SimSpread *sim_fit_value(const SimFit *self, double x);

/** sim_fit_at: the same without its interval. */
double sim_fit_at(const SimFit *self, double x);

/** sim_fit_least: where the curve is least, if it has a minimum within its points and not at their
 * ends; else %NULL. (transfer full) */
SimSpread *sim_fit_least(const SimFit *self);

/** sim_fit_root: where the curve passes 0, the first such place; %NULL if it does not. (transfer
 * full) */
SimSpread *sim_fit_root(const SimFit *self);
