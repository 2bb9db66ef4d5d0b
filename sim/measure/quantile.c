/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Quantiles with intervals that assume no law: of n observations the number below the p-quantile is
 * Binomial(n, p), so that two order statistics enclose it with a known chance (H. A. David and
 * H. N. Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1). */
#include "sim/measure/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Ranks from 1 on; 0 and @n + 1 where no order statistic is far enough out. For large n the
 * binomial law is that of a normal one, with a rank to spare. */
static void
find_ranks(double n, double p, double level, double *low, double *high)
{
    double tail = (1 - level) / 2;
    double spread = sqrt(n * p * (1 - p));
    double reach = gsl_cdf_ugaussian_Pinv(1 - tail);
    *low = floor(n * p - reach * spread);
    *high = ceil(n * p + reach * spread) + 1;
    if (n > 1e6)
        return;
    unsigned count = (unsigned)n;
    unsigned rank = (unsigned)CLAMP(*low - 3, 0, n);
    while (rank <= count && gsl_cdf_binomial_P(rank, p, count) <= tail)
        rank++;
    /* P(Binomial <= rank - 1) is within the tail: the rank-th is below the quantile often enough.
     */
    *low = rank;
    unsigned above = (unsigned)CLAMP(*high + 3, 0, n);
    while (above > 0 && gsl_cdf_binomial_Q(above - 1, p, count) <= tail)
        above--;
    *high = (double)above + 1;
}

SimQuantile
sim_quantile(const double *sorted, size_t n, double p, double level)
{
    SimQuantile self = {NAN, NAN, NAN};
    double low;
    double high;
    if (n == 0)
        return self;
    size_t rank = (size_t)CLAMP(ceil((double)n * p), 1, (double)n);
    self.value = sorted[rank - 1];
    find_ranks((double)n, p, level, &low, &high);
    if (low >= 1 && high <= (double)n) {
        self.low = sorted[(size_t)low - 1];
        self.high = sorted[(size_t)high - 1];
    }
    return self;
}

/* The bin that holds the observation of that rank. */
static size_t
bin_of_rank(const SimHistogram *histogram, double rank)
{
    double seen = 0;
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++) {
        for (size_t c = 0; c < SIM_HISTOGRAM_CAUSES; c++)
            seen += (double)histogram->counts[i][c];
        if (seen >= rank)
            return i;
    }
    return SIM_HISTOGRAM_BINS - 1;
}

static double
edge(size_t bin)
{
    return (double)sim_histogram_edge(bin) / ROLL_SECOND;
}

SimQuantile
sim_quantile_histogram(const SimHistogram *histogram, double p, double level)
{
    SimQuantile self = {NAN, NAN, NAN};
    double n = (double)histogram->total;
    double low;
    double high;
    if (n == 0)
        return self;
    size_t bin = bin_of_rank(histogram, CLAMP(ceil(n * p), 1, n));
    self.value = (edge(bin) + edge(bin + 1)) / 2;
    find_ranks(n, p, level, &low, &high);
    if (low >= 1 && high <= n) {
        self.low = edge(bin_of_rank(histogram, low));
        self.high = edge(bin_of_rank(histogram, high) + 1);
    }
    return self;
}
