/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Honest intervals for what several runs say together. docs/method.md has the formulas and their
 * sources.
 *
 * Everything rests on one idea: a figure f comes with what each independent unit contributed to
 * its error, its influence z, so that the standard error of f is sqrt(n/(n-1) sum z^2). For a ratio
 * f = sum S / sum C the unit u has z = scale (S_u - f C_u) / sum C. The influences of a sum or
 * difference of figures over the same units are the sums and differences of theirs (delta method),
 * which is how common random numbers, costs made of several metrics, and tuned values get their
 * intervals. */
#pragma once

#include "sim/measure/sample.h"

/** SimMethod: what counts as an independent unit. */
typedef enum {
    SIM_METHOD_PHONES, /* a batch of phones in one run: where phones are uncoupled */
    SIM_METHOD_RUNS,   /* a whole run: where they are coupled */
} SimMethod;

/**
 * SimSpread: a figure with the influence of each of @n units on it; NaN, and no units, where nothing
 * was observed. With fewer than two units there is no interval.
 * @influences: owned
 */
typedef struct {
    double value;
    double *influences;
    size_t n;
} SimSpread;

void sim_spread_free(SimSpread *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSpread, sim_spread_free)

/**
 * sim_spread_metric: of a metric of slice @slice in @n runs of the same scenario together, ratio of
 * sums. @samples in the order of their replications. (transfer full)
 */
SimSpread *sim_spread_metric(const SimSample *const *samples, size_t n, size_t slice,
                             SimMetric metric, SimMethod method);

/** sim_spread_combine: value @value, influences sum @weights[k] @parts[k]->influences: the delta
 * method. Parts with other numbers of units make it one without an interval. (transfer full) */
SimSpread *sim_spread_combine(double value, const SimSpread *const *parts, const double *weights,
                              size_t n_parts);

/** sim_spread_difference: b - a over the same units (paired). (transfer full) */
SimSpread *sim_spread_difference(const SimSpread *a, const SimSpread *b);

/** sim_spread_error: standard error; NaN with fewer than two units. */
double sim_spread_error(const SimSpread *self);

/** sim_spread_estimate: Student's t at @level (0.95), n - 1 degrees of freedom; not cut. */
SimEstimate sim_spread_estimate(const SimSpread *self, double level);

/** sim_estimate_unpaired: b - a of independent figures, Welch's degrees of freedom. */
SimEstimate sim_estimate_unpaired(const SimSpread *a, const SimSpread *b, double level);

/** sim_variance_reduction: Var(independent) / Var(paired) of b - a; NaN if not known. */
double sim_variance_reduction(const SimSpread *a, const SimSpread *b);

/** sim_spread_p: two-sided p of "the figure is 0"; NaN if not known. */
double sim_spread_p(const SimSpread *self);

/** sim_holm: p values to Holm's adjusted ones, in place; NaN stays. */
void sim_holm(double *p, size_t n);

/**
 * sim_replications_needed: sequential stopping. The fewest replications >= @least for which the
 * first of @values have a half-width of at most precision/(1 + precision) of their mean (Law,
 * Simulation Modeling and Analysis), at @level.
 * Returns: that number, or 0 if the @n there are do not suffice; then *@guess (out) is how many are
 * likely to, more than @n and at most 2 @n, or @least if there are fewer. Values with a NaN among
 * them never suffice.
 */
size_t sim_replications_needed(const double *values, size_t n, size_t least, double precision,
                               double level, size_t *guess);

/**
 * SimWarmup: MSER-5 of a series (White 1997; Spratt 1998); bins that are NaN are passed over.
 * @cut: bins that would be cut off, those passed over included
 * @over: whether the warm-up was over: nothing to cut, or the cut part differs from the rest by no
 *   more than chance
 * @enough: false if the cut is beyond the half: the run is too short to tell
 * @z: (mean of the cut part - mean of the rest) / standard error; 0 if nothing is cut
 */
typedef struct {
    size_t cut;
    bool over;
    bool enough;
    double z;
} SimWarmup;
SimWarmup sim_warmup_check(const double *values, size_t n);

/**
 * SimQuantile: @value is the quantile; [@low, @high] its interval from order statistics, with
 * ranks from the binomial law; NaN where there are too few observations for that.
 */
typedef struct {
    double value;
    double low;
    double high;
} SimQuantile;

/** sim_quantile: of @n values, which are sorted. @p, @level in (0, 1). */
SimQuantile sim_quantile(const double *sorted, size_t n, double p, double level);

/** sim_quantile_histogram: of all causes together; edges of bins, so conservative. In seconds. */
SimQuantile sim_quantile_histogram(const SimHistogram *histogram, double p, double level);
