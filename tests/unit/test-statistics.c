/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intervals worked by hand, differences, order statistics and warm-ups. That the intervals hold
 * what they promise is tried in tests/slow. */
#include "sim/measure/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* A sample of one slice: stale and correct phone-time of each batch. */
static SimSample *
make_sample(const int64_t (*batches)[2], size_t n)
{
    SimSample *sample = g_new0(SimSample, 1);
    sample->n_slices = 1;
    sample->slices = g_new0(SimSlice, 1);
    SimSlice *slice = &sample->slices[0];
    slice->name = g_strdup("all");
    slice->phones = 10;
    slice->n_batches = n;
    slice->batches = g_malloc0_n(n, sizeof *slice->batches);
    slice->stale_life = g_new0(SimHistogram, 1);
    slice->delay = g_new0(SimHistogram, 1);
    for (size_t i = 0; i < n; i++) {
        slice->batches[i][SIM_TALLY_STALE] = batches[i][0];
        slice->batches[i][SIM_TALLY_CORRECT] = batches[i][1];
        slice->batches[i][SIM_TALLY_REFRESH] = batches[i][0];
        slice->totals[SIM_TALLY_STALE] += batches[i][0];
        slice->totals[SIM_TALLY_CORRECT] += batches[i][1];
        slice->totals[SIM_TALLY_REFRESH] += batches[i][0];
    }
    slice->totals[SIM_TALLY_SPAN] = 1000000;
    return sample;
}

static const int64_t FOUR[][2] = {{10, 90}, {20, 80}, {30, 70}, {40, 60}};
static const int64_t OTHER[][2] = {{11, 89}, {22, 78}, {31, 69}, {42, 58}};
static const int64_t THREE[][2] = {{10, 90}, {20, 80}, {60, 40}};
static const int64_t UNEVEN[][2] = {{10, 90}, {20, 180}, {30, 270}};

/* S = 10 20 30 40, C = 100 each: f = 1/4, S - fC = -15 -5 5 15, over sum C = 400. */
static void
test_ratio(void)
{
    g_autoptr(SimSample) sample = make_sample(FOUR, 4);
    const SimSample *const samples[] = {sample};
    g_autoptr(SimSpread) spread =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_assert_cmpuint(spread->n, ==, 4);
    g_assert_cmpfloat_with_epsilon(spread->value, 0.25, 1e-12);
    g_assert_cmpfloat_with_epsilon(spread->influences[0], -15 / 400.0, 1e-12);
    double error = sqrt(4 / 3.0 * 500) / 400;
    g_assert_cmpfloat_with_epsilon(sim_spread_error(spread), error, 1e-12);
    SimEstimate estimate = sim_spread_estimate(spread, 0.95);
    double half = error * gsl_cdf_tdist_Pinv(0.975, 3);
    g_assert_cmpfloat_with_epsilon(estimate.high, 0.25 + half, 1e-12);
    g_assert_cmpfloat_with_epsilon(estimate.low, 0.25 - half, 1e-12);
}

/* With runs as units the mean of equal runs, and Student's t. */
static void
test_runs(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    g_autoptr(SimSample) b = make_sample(OTHER, 4);
    const SimSample *const samples[] = {a, b};
    g_autoptr(SimSpread) spread =
        sim_spread_metric(samples, 2, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_RUNS);
    g_autoptr(SimSpread) one =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_RUNS);
    g_assert_cmpuint(spread->n, ==, 2);
    g_assert_cmpfloat_with_epsilon(spread->value, (0.25 + 0.265) / 2, 1e-12);
    g_assert_cmpfloat_with_epsilon(sim_spread_error(spread), 0.0075, 1e-12);
    g_assert_true(isnan(sim_spread_error(one)));
    g_assert_true(isnan(sim_spread_estimate(one, 0.95).low));
}

/* A rate of batches that are exactly in proportion to their phones has no error. */
static void
test_rate_of_uneven_batches(void)
{
    g_autoptr(SimSample) sample = make_sample(UNEVEN, 3);
    const SimSample *const samples[] = {sample};
    g_autoptr(SimSpread) spread =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_REFRESH_RATE, SIM_METHOD_PHONES);
    g_assert_cmpfloat_with_epsilon(spread->value, 60, 1e-9);
    g_assert_cmpfloat_with_epsilon(sim_spread_error(spread), 0, 1e-9);
}

static void
test_difference(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    g_autoptr(SimSample) b = make_sample(OTHER, 4);
    const SimSample *const first[] = {a};
    const SimSample *const second[] = {b};
    g_autoptr(SimSpread) x =
        sim_spread_metric(first, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) y =
        sim_spread_metric(second, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) difference = sim_spread_difference(x, y);
    /* 1 2 1 2 of 100, less their mean 1.5, over 400 */
    g_assert_cmpfloat_with_epsilon(difference->value, 0.015, 1e-12);
    g_assert_cmpfloat_with_epsilon(sim_spread_error(difference), sqrt(4 / 3.0) / 400, 1e-12);
    SimEstimate apart = sim_estimate_unpaired(x, y, 0.95);
    /* S - fC of OTHER: -15.5 -4.5 4.5 15.5. So 500 and 521 against 1 */
    g_assert_cmpfloat_with_epsilon(sim_variance_reduction(x, y), 1021, 1e-6);
    g_assert_true(isnan(sim_variance_reduction(x, x)));
    g_assert_cmpfloat_with_epsilon(apart.error, sqrt(4 / 3.0 * 1021) / 400, 1e-12);
    g_assert_cmpfloat(apart.low, <, 0);
}

/* t = 0.015 * 400 / sqrt(4/3) = 3 sqrt(3); of three degrees of freedom Student's law is elementary:
 * P(|T| > t) = 1 - 2/pi (x/(1 + x^2) + atan x), x = t/sqrt(3). */
static void
test_p(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    g_autoptr(SimSample) b = make_sample(OTHER, 4);
    g_autoptr(SimSample) even = make_sample(UNEVEN, 3);
    const SimSample *const samples[] = {a, b, even};
    g_autoptr(SimSpread) x =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) y =
        sim_spread_metric(samples + 1, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) sure =
        sim_spread_metric(samples + 2, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) one =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_RUNS);
    g_autoptr(SimSpread) difference = sim_spread_difference(x, y);
    g_autoptr(SimSpread) nothing = sim_spread_difference(x, x);
    g_assert_cmpfloat_with_epsilon(sim_spread_p(difference), 1 - 2 / G_PI * (0.3 + atan(3)), 1e-9);
    g_assert_cmpfloat(sim_spread_p(nothing), ==, 1);
    g_assert_cmpfloat(sim_spread_error(sure), ==, 0);
    g_assert_cmpfloat(sim_spread_p(sure), ==, 0);
    g_assert_true(isnan(sim_spread_p(one)));
}

/* Variances 4/3 500/400^2 and 3/2 1400/300^2; their degrees of freedom are 3 and 2. */
static void
test_welch(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    g_autoptr(SimSample) b = make_sample(THREE, 3);
    const SimSample *const samples[] = {a, b};
    g_autoptr(SimSpread) x =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) y =
        sim_spread_metric(samples + 1, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    SimEstimate apart = sim_estimate_unpaired(x, y, 0.9);
    double va = 1 / 240.0;
    double vb = 7 / 300.0;
    /* 0.0275^2 / (va^2 / 3 + vb^2 / 2) = 2.7202 */
    double freedom = 0.0275 * 0.0275 / (va * va / 3 + vb * vb / 2);
    g_assert_cmpfloat_with_epsilon(freedom, 2.7202, 1e-4);
    g_assert_cmpfloat_with_epsilon(apart.value, 0.05, 1e-12);
    g_assert_cmpfloat_with_epsilon(apart.error, sqrt(0.0275), 1e-12);
    double half = sqrt(0.0275) * gsl_cdf_tdist_Pinv(0.95, freedom);
    g_assert_cmpfloat_with_epsilon(apart.high, 0.05 + half, 1e-9);
    g_assert_cmpfloat_with_epsilon(apart.low, 0.05 - half, 1e-9);
    g_autoptr(SimSpread) one =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_RUNS);
    g_assert_true(isnan(sim_estimate_unpaired(one, y, 0.9).low));
}

/* A figure that is no sum, from tallies of which one unit has more by a little. */
static double
product_with(double more, size_t unit)
{
    int64_t batches[4][2];
    memcpy(batches, FOUR, sizeof batches);
    double sums[2] = {0, 0};
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 2; k++)
            sums[k] += (double)batches[i][k] * (i == unit ? 1 + more : 1);
    double all = sums[0] + sums[1];
    return sums[0] / all * (sums[1] / all);
}

/* The influence of a unit is what the figure does as the unit gets more weight. */
static void
test_influence(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    const SimSample *const samples[] = {a};
    g_autoptr(SimSpread) x =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) y =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_CORRECT_SHARE, SIM_METHOD_PHONES);
    const SimSpread *const parts[] = {x, y};
    const double weights[] = {y->value, x->value};
    g_autoptr(SimSpread) both = sim_spread_combine(x->value * y->value, parts, weights, 2);
    for (size_t i = 0; i < 4; i++) {
        double slope = (product_with(1e-5, i) - product_with(-1e-5, i)) / 2e-5;
        g_assert_cmpfloat_with_epsilon(both->influences[i], slope, 1e-8);
    }
}

/* The delta method of a product against a change of one unit by hand. */
static void
test_combination(void)
{
    g_autoptr(SimSample) a = make_sample(FOUR, 4);
    const SimSample *const samples[] = {a};
    g_autoptr(SimSpread) x =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_STALE_SHARE, SIM_METHOD_PHONES);
    g_autoptr(SimSpread) y =
        sim_spread_metric(samples, 1, 0, SIM_METRIC_CORRECT_SHARE, SIM_METHOD_PHONES);
    const SimSpread *const parts[] = {x, y};
    const double sum[] = {1, 1};
    const double product[] = {y->value, x->value};
    g_autoptr(SimSpread) whole = sim_spread_combine(x->value + y->value, parts, sum, 2);
    g_autoptr(SimSpread) both = sim_spread_combine(x->value * y->value, parts, product, 2);
    g_assert_cmpfloat_with_epsilon(sim_spread_error(whole), 0, 1e-12);
    g_assert_cmpfloat_with_epsilon(both->influences[0], (0.75 - 0.25) * -15 / 400.0, 1e-12);
    const SimSpread other = {1, NULL, 0};
    const SimSpread *const unlike[] = {x, &other};
    g_autoptr(SimSpread) none = sim_spread_combine(1, unlike, sum, 2);
    g_assert_cmpuint(none->n, ==, 0);
}

static void
test_holm(void)
{
    double p[] = {0.01, NAN, 0.04, 0.03};
    sim_holm(p, 4);
    g_assert_cmpfloat_with_epsilon(p[0], 0.03, 1e-12);
    g_assert_true(isnan(p[1]));
    g_assert_cmpfloat_with_epsilon(p[2], 0.06, 1e-12);
    g_assert_cmpfloat_with_epsilon(p[3], 0.06, 1e-12);
    double large[] = {0.7, 0.6};
    sim_holm(large, 2);
    g_assert_cmpfloat(large[0], ==, 1);
    g_assert_cmpfloat(large[1], ==, 1);
}

static void
fill(double *values, size_t n, double mean, double off)
{
    for (size_t i = 0; i < n; i++)
        values[i] = mean + (i % 2 == 0 ? off : -off);
}

/* Ten values 100 +- c have the half-width 2.2622 c/3 = 0.7541 c; 5 % is had at 4.7619. */
static void
test_replications(void)
{
    double values[40];
    size_t guess;
    fill(values, 40, 100, 6.3);
    g_assert_cmpuint(sim_replications_needed(values, 40, 10, 0.05, 0.95, &guess), ==, 10);
    fill(values, 40, 100, 6.4);
    /* 20 of them: 2.0930 c sqrt(20/19/20) = 0.4802 c */
    g_assert_cmpuint(sim_replications_needed(values, 40, 20, 0.05, 0.95, &guess), ==, 20);
    g_assert_cmpuint(sim_replications_needed(values, 10, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 11);
    fill(values, 40, 100, 8);
    g_assert_cmpuint(sim_replications_needed(values, 10, 10, 0.05, 0.95, &guess), ==, 0);
    /* 10 (6.0324/4.7619)^2 = 16.05 */
    g_assert_cmpuint(guess, ==, 17);
    fill(values, 40, 100, 20);
    g_assert_cmpuint(sim_replications_needed(values, 10, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 20);
    g_assert_cmpuint(sim_replications_needed(values, 5, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 10);
}

/* About 0 no part of the mean is reached; what is not known is never precise. */
static void
test_replications_without_end(void)
{
    double values[12];
    size_t guess;
    fill(values, 12, 0, 1);
    g_assert_cmpuint(sim_replications_needed(values, 12, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 24);
    fill(values, 12, 100, 1);
    values[3] = NAN;
    g_assert_cmpuint(sim_replications_needed(values, 12, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 24);
}

/* Noise of a fixed pattern, so that nothing is left to chance. */
static double
noise(size_t i)
{
    return (double)((i * 7919 + 104729) % 1009) / 1009 - 0.5;
}

static void
test_warmup(void)
{
    double values[200];
    for (size_t i = 0; i < 200; i++)
        values[i] = 10 + noise(i);
    g_assert_true(sim_warmup_check(values, 200).over);
    for (size_t i = 0; i < 200; i++)
        values[i] = 10 + noise(i) + 20 * exp(-(double)i / 10);
    SimWarmup warmup = sim_warmup_check(values, 200);
    g_assert_false(warmup.over);
    g_assert_true(warmup.enough);
    g_assert_cmpuint(warmup.cut, >=, 20);
    g_assert_cmpuint(warmup.cut, <=, 60);
    g_assert_cmpfloat(warmup.z, >, 4);
    for (size_t i = 0; i < 200; i++)
        values[i] = 10 + noise(i) / 100 + (double)i;
    g_assert_false(sim_warmup_check(values, 200).enough);
    g_assert_true(sim_warmup_check(values, 12).over);
    for (size_t i = 0; i < 200; i++)
        values[i] = 5;
    g_assert_true(sim_warmup_check(values, 200).over);
}

/* Twelve batches of five bins: @first, then 1 and -1 in turn. */
static void
fill_batches(double *values, double first)
{
    for (size_t i = 0; i < 60; i++)
        values[i] = i < 5 ? first : i / 5 % 2 == 1 ? 1 : -1;
}

/* sum (Z - mean)^2 / (12 - d)^2: without the first batch (11 - 1/11)/121 = 0.0902, with it, if it
 * is 1.9, (14.61 - 2.9^2/12)/144 = 0.0966, and if it is 1.5, 0.0884. The mean of the rest is 1/11,
 * its variance (11 - 1/11)/10 = 12/11, so z = (first - 1/11)/sqrt(12/11 (1 + 1/11)). */
static void
test_warmup_by_hand(void)
{
    static const struct {
        double first;
        size_t cut;
        bool over;
    } rows[] = {{1.5, 0, true}, {1.9, 5, true}, {5, 5, true}, {6, 5, false}, {-6, 5, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        double values[60];
        fill_batches(values, rows[i].first);
        SimWarmup warmup = sim_warmup_check(values, 60);
        g_assert_cmpuint(warmup.cut, ==, rows[i].cut);
        g_assert_true(warmup.over == rows[i].over);
        g_assert_true(warmup.enough);
        if (warmup.cut > 0)
            g_assert_cmpfloat_with_epsilon(warmup.z, (11 * rows[i].first - 1) / 12, 1e-9);
    }
}

/* Bins in which nothing was observed are passed over, and count for where the cut is. */
static void
test_warmup_with_gaps(void)
{
    double dense[60];
    double values[80];
    size_t n = 0;
    fill_batches(dense, 6);
    for (size_t i = 0; i < 7; i++)
        values[n++] = NAN;
    for (size_t i = 0; i < 60; i++) {
        if (i % 6 == 1)
            values[n++] = NAN;
        values[n++] = dense[i];
    }
    SimWarmup whole = sim_warmup_check(dense, 60);
    SimWarmup warmup = sim_warmup_check(values, n);
    g_assert_cmpuint(whole.cut, ==, 5);
    /* 7 before, 5 that are cut, and the one among these */
    g_assert_cmpuint(warmup.cut, ==, 7 + 5 + 1);
    g_assert_cmpfloat(warmup.z, ==, whole.z);
    g_assert_false(warmup.over);
}

static void
test_quantile(void)
{
    double sorted[100];
    for (size_t i = 0; i < 100; i++)
        sorted[i] = (double)i + 1;
    SimQuantile median = sim_quantile(sorted, 100, 0.5, 0.95);
    g_assert_cmpfloat(median.value, ==, 50);
    /* Of tables of order statistics: the 40th and the 61st of 100 enclose the median at 95 %. */
    g_assert_cmpfloat(median.low, ==, 40);
    g_assert_cmpfloat(median.high, ==, 61);
    for (unsigned k = 1; k < 100; k++) {
        SimQuantile q = sim_quantile(sorted, 100, k / 100.0, 0.9);
        if (isnan(q.low))
            continue;
        double below = gsl_cdf_binomial_P((unsigned)q.low - 1, k / 100.0, 100);
        double above = gsl_cdf_binomial_Q((unsigned)q.high - 1, k / 100.0, 100);
        g_assert_cmpfloat(below, <=, 0.05);
        g_assert_cmpfloat(above, <=, 0.05);
        /* and nearer to each other they would not */
        g_assert_cmpfloat(gsl_cdf_binomial_P((unsigned)q.low, k / 100.0, 100), >, 0.05);
        g_assert_cmpfloat(gsl_cdf_binomial_Q((unsigned)q.high - 2, k / 100.0, 100), >, 0.05);
    }
    g_assert_true(isnan(sim_quantile(sorted, 5, 0.99, 0.95).high));
    g_assert_true(isnan(sim_quantile(sorted, 0, 0.5, 0.95).value));
}

/* So many that the ranks are those of a normal law: they still hold, and spare three at most. */
static void
test_quantile_of_many(void)
{
    const unsigned n = 1200000;
    static const double probabilities[] = {0.01, 0.5, 0.9, 0.999};
    g_autofree double *sorted = g_new0(double, n);
    for (unsigned i = 0; i < n; i++)
        sorted[i] = (double)i + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(probabilities); i++) {
        double p = probabilities[i];
        SimQuantile q = sim_quantile(sorted, n, p, 0.95);
        g_assert_cmpfloat(gsl_cdf_binomial_P((unsigned)q.low - 1, p, n), <=, 0.025);
        g_assert_cmpfloat(gsl_cdf_binomial_Q((unsigned)q.high - 1, p, n), <=, 0.025);
        g_assert_cmpfloat(gsl_cdf_binomial_P((unsigned)q.low + 2, p, n), >, 0.025);
        g_assert_cmpfloat(gsl_cdf_binomial_Q((unsigned)q.high - 4, p, n), >, 0.025);
    }
}

static double
edge_at(double seconds, size_t more)
{
    return (double)sim_histogram_edge(sim_histogram_bin((RollTime)(seconds * (double)ROLL_SECOND)) +
                                      more) /
           (double)ROLL_SECOND;
}

/* The bins that hold the order statistics, outwards; of all causes. */
static void
test_quantile_of_histogram(void)
{
    g_autofree SimHistogram *histogram = g_new0(SimHistogram, 1);
    double sorted[1000];
    g_assert_true(isnan(sim_quantile_histogram(histogram, 0.5, 0.95).value));
    for (unsigned i = 0; i < 1000; i++) {
        sorted[i] = (double)i + 1;
        sim_histogram_add(histogram, ((RollTime)i + 1) * ROLL_SECOND, i % SIM_HISTOGRAM_CAUSES);
    }
    for (unsigned k = 5; k <= 95; k += 5) {
        SimQuantile exact = sim_quantile(sorted, 1000, k / 100.0, 0.95);
        SimQuantile q = sim_quantile_histogram(histogram, k / 100.0, 0.95);
        g_assert_cmpfloat(q.low, ==, edge_at(exact.low, 0));
        g_assert_cmpfloat(q.high, ==, edge_at(exact.high, 1));
        g_assert_cmpfloat(q.value, >=, edge_at(exact.value, 0));
        g_assert_cmpfloat(q.value, <=, edge_at(exact.value, 1));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/statistics/ratio-of-batches", test_ratio);
    g_test_add_func("/statistics/runs", test_runs);
    g_test_add_func("/statistics/rate-of-uneven-batches", test_rate_of_uneven_batches);
    g_test_add_func("/statistics/paired-difference", test_difference);
    g_test_add_func("/statistics/p", test_p);
    g_test_add_func("/statistics/welch", test_welch);
    g_test_add_func("/statistics/influence", test_influence);
    g_test_add_func("/statistics/combination", test_combination);
    g_test_add_func("/statistics/holm", test_holm);
    g_test_add_func("/statistics/replications", test_replications);
    g_test_add_func("/statistics/replications-without-end", test_replications_without_end);
    g_test_add_func("/statistics/warm-up", test_warmup);
    g_test_add_func("/statistics/warm-up-by-hand", test_warmup_by_hand);
    g_test_add_func("/statistics/warm-up-with-gaps", test_warmup_with_gaps);
    g_test_add_func("/statistics/quantile", test_quantile);
    g_test_add_func("/statistics/quantile-of-many", test_quantile_of_many);
    g_test_add_func("/statistics/quantile-of-histogram", test_quantile_of_histogram);
    return g_test_run();
}
