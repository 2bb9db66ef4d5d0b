/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures and the influences of independent units on them. */
#include "sim/measure/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

void
sim_spread_free(SimSpread *self)
{
    if (self == NULL)
        return;
    g_free(self->influences);
    g_free(self);
}

static SimSpread *
new_spread(double value, size_t n)
{
    SimSpread *self = g_new0(SimSpread, 1);
    self->value = value;
    self->influences = g_new0(double, MAX(n, 1));
    self->n = n;
    return self;
}

static size_t
count_units(const SimSample *const *samples, size_t n, size_t slice, SimMethod method)
{
    size_t units = 0;
    if (method == SIM_METHOD_RUNS)
        return n;
    for (size_t i = 0; i < n; i++)
        units += samples[i]->slices[slice].n_batches;
    return units;
}

/* S - f C of each batch of a run. The time that was observed is one and the same for all batches;
 * each has as much of it as it has of the phones. */
static void
add_batches(SimSpread *self, size_t *at, const SimMetricInfo *info, double ratio,
            const SimSlice *slice)
{
    bool per_span = info->under == SIM_BIT(SPAN);
    double span = (double)slice->totals[SIM_TALLY_SPAN] / sim_tally_sum(SIM_ALL, slice->totals);
    for (size_t b = 0; b < slice->n_batches; b++) {
        double under = per_span ? span * sim_tally_sum(SIM_ALL, slice->batches[b])
                                : sim_tally_sum(info->under, slice->batches[b]);
        self->influences[(*at)++] = sim_tally_sum(info->over, slice->batches[b]) - ratio * under;
    }
}

SimSpread *
sim_spread_metric(const SimSample *const *samples, size_t n, size_t slice, SimMetric metric,
                  SimMethod method)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    double over = 0;
    double under = 0;
    for (size_t i = 0; i < n; i++) {
        over += sim_tally_sum(info->over, samples[i]->slices[slice].totals);
        under += sim_tally_sum(info->under, samples[i]->slices[slice].totals);
    }
    if (under <= 0)
        return new_spread(NAN, 0);
    SimSpread *self =
        new_spread(info->scale * over / under, count_units(samples, n, slice, method));
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const SimSlice *it = &samples[i]->slices[slice];
        if (method == SIM_METHOD_PHONES)
            add_batches(self, &at, info, over / under, it);
        else
            self->influences[at++] = sim_tally_sum(info->over, it->totals) -
                                     over / under * sim_tally_sum(info->under, it->totals);
    }
    for (size_t i = 0; i < self->n; i++)
        self->influences[i] *= info->scale / under;
    return self;
}

SimSpread *
sim_spread_combine(double value, const SimSpread *const *parts, const double *weights,
                   size_t n_parts)
{
    size_t n = n_parts > 0 ? parts[0]->n : 0;
    for (size_t k = 1; k < n_parts; k++)
        if (parts[k]->n != n)
            n = 0;
    SimSpread *self = new_spread(value, n);
    for (size_t k = 0; k < n_parts; k++)
        for (size_t i = 0; i < n; i++)
            self->influences[i] += weights[k] * parts[k]->influences[i];
    return self;
}

SimSpread *
sim_spread_difference(const SimSpread *a, const SimSpread *b)
{
    const SimSpread *const parts[] = {b, a};
    const double weights[] = {1, -1};
    return sim_spread_combine(b->value - a->value, parts, weights, 2);
}

double
sim_spread_error(const SimSpread *self)
{
    double squares = 0;
    double n = (double)self->n;
    if (self->n < 2 || isnan(self->value))
        return NAN;
    for (size_t i = 0; i < self->n; i++)
        squares += self->influences[i] * self->influences[i];
    return sqrt(squares * n / (n - 1));
}

static SimEstimate
estimate(double value, double error, double freedom, double level)
{
    SimEstimate self = {value, NAN, NAN, error};
    if (isnan(error))
        return self;
    double half = error * gsl_cdf_tdist_Pinv((1 + level) / 2, freedom);
    self.low = value - half;
    self.high = value + half;
    return self;
}

SimEstimate
sim_spread_estimate(const SimSpread *self, double level)
{
    return estimate(self->value, sim_spread_error(self), (double)self->n - 1, level);
}

/* Welch (Biometrika 34, 1947) and Satterthwaite. */
SimEstimate
sim_estimate_unpaired(const SimSpread *a, const SimSpread *b, double level)
{
    double va = pow(sim_spread_error(a), 2);
    double vb = pow(sim_spread_error(b), 2);
    double difference = b->value - a->value;
    double freedom =
        (va + vb) * (va + vb) / (va * va / ((double)a->n - 1) + vb * vb / ((double)b->n - 1));
    if (va + vb == 0)
        return (SimEstimate){difference, difference, difference, 0};
    return estimate(difference, sqrt(va + vb), freedom, level);
}

double
sim_variance_reduction(const SimSpread *a, const SimSpread *b)
{
    g_autoptr(SimSpread) difference = sim_spread_difference(a, b);
    double paired = sim_spread_error(difference);
    double ea = sim_spread_error(a);
    double eb = sim_spread_error(b);
    return paired > 0 ? (ea * ea + eb * eb) / (paired * paired) : NAN;
}

double
sim_spread_p(const SimSpread *self)
{
    double error = sim_spread_error(self);
    if (isnan(error))
        return NAN;
    if (error == 0)
        return self->value == 0 ? 1 : 0;
    return 2 * gsl_cdf_tdist_Q(fabs(self->value / error), (double)self->n - 1);
}

static int
by_p(const void *a, const void *b, void *p)
{
    double x = ((const double *)p)[*(const size_t *)a];
    double y = ((const double *)p)[*(const size_t *)b];
    return (x > y) - (x < y);
}

/* S. Holm, Scandinavian Journal of Statistics 6, 1979. */
void
sim_holm(double *p, size_t n)
{
    g_autofree size_t *order = g_new0(size_t, MAX(n, 1));
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            order[known++] = i;
    g_qsort_with_data(order, (gint)known, sizeof *order, by_p, p);
    double most = 0;
    for (size_t k = 0; k < known; k++) {
        most = fmax(most, fmin(1, p[order[k]] * (double)(known - k)));
        p[order[k]] = most;
    }
}

static double
relative_half_width(const double *values, size_t n, double level)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    double freedom = (double)n - 1;
    double error = sqrt(squares / freedom / (double)n);
    if (error == 0)
        return 0;
    return error * gsl_cdf_tdist_Pinv((1 + level) / 2, freedom) / fabs(mean);
}

size_t
sim_replications_needed(const double *values, size_t n, size_t least, double precision,
                        double level, size_t *guess)
{
    double target = precision / (1 + precision);
    double width = INFINITY;
    *guess = 0;
    for (size_t i = MAX(least, 2); i <= n; i++) {
        width = relative_half_width(values, i, level);
        if (width <= target)
            return i;
    }
    if (n < MAX(least, 2)) {
        *guess = MAX(least, 2);
        return 0;
    }
    double wish = ceil((double)n * (width / target) * (width / target));
    /* NaN, too, is not less */
    *guess = wish < 2 * (double)n ? MAX((size_t)wish, n + 1) : 2 * n;
    return 0;
}
