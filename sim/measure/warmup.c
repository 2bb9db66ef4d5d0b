/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MSER-5: of all ways to cut off the beginning of a series, the one that leaves the mean of the
 * rest best known (K. P. White, Simulation 69, 1997; S. C. Spratt, 1998). By itself it cuts
 * something off noise, too; so the cut part must also differ from the rest by more than chance. */
#include "sim/measure/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define BATCH 5
/* Below this many batches nothing is said. */
#define LEAST 6
/* Pieces of the rest at least. */
#define LEAST_PIECES 4
/* So often it is called not over though it is. */
#define CHANCE 0.0005

/* Means of five bins each, of those in which something was observed, and where each begins. */
static size_t
batch_means(const double *values, size_t n, double *means, size_t *starts)
{
    size_t count = 0;
    size_t seen = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        if (seen == 0)
            starts[count] = i;
        sum += values[i];
        if (++seen < BATCH)
            continue;
        means[count++] = sum / BATCH;
        seen = 0;
        sum = 0;
    }
    return count;
}

static double
mean_of(const double *values, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += values[i];
    return sum / (double)(to - from);
}

static double
squares_of(const double *values, size_t from, size_t to)
{
    double mean = mean_of(values, from, to);
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sum;
}

static size_t
find_cut(const double *means, size_t n)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t d = 0; d + LEAST <= n; d++) {
        double left = (double)(n - d);
        double score = squares_of(means, d, n) / (left * left);
        if (score >= least)
            continue;
        least = score;
        best = d;
    }
    return best;
}

/* How far the cut part is from the rest, in standard errors. Bins near each other are alike, so the
 * rest is looked at in pieces as long as the cut part, or in four if there are fewer. */
static double
distance(const double *means, size_t cut, size_t n, double *freedom)
{
    size_t rest = n - cut;
    size_t pieces = MAX(rest / cut, LEAST_PIECES);
    size_t length = rest / pieces;
    g_autofree double *parts = g_new0(double, pieces);
    for (size_t i = 0; i < pieces; i++)
        parts[i] = mean_of(means, n - (i + 1) * length, n - i * length);
    double variance = squares_of(parts, 0, pieces) / (double)(pieces - 1);
    double off = mean_of(means, 0, cut) - mean_of(means, cut, n);
    double error = sqrt(variance * ((double)length / (double)cut + 1.0 / (double)pieces));
    *freedom = (double)pieces - 1;
    if (error == 0)
        return off == 0 ? 0 : copysign(INFINITY, off);
    return off / error;
}

SimWarmup
sim_warmup_check(const double *values, size_t n)
{
    SimWarmup self = {.over = true, .enough = true};
    g_autofree double *means = g_new0(double, n / BATCH + 1);
    g_autofree size_t *starts = g_new0(size_t, n / BATCH + 1);
    size_t count = batch_means(values, n, means, starts);
    if (count < LEAST + LEAST_PIECES)
        return self;
    size_t cut = find_cut(means, count);
    self.enough = cut <= count / 2;
    if (cut == 0)
        return self;
    self.cut = starts[cut];
    double freedom;
    self.z = distance(means, cut, count, &freedom);
    self.over = fabs(self.z) <= gsl_cdf_tdist_Qinv(CHANCE / 2, freedom);
    return self;
}
