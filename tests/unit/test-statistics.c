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
    g_assert_cmpfloat(apart.error, >, 10 * sim_spread_error(difference));
    g_assert_cmpfloat(sim_variance_reduction(x, y), >, 100);
    g_assert_cmpfloat(sim_spread_p(difference), <, 0.02);
    g_assert_cmpfloat(apart.low, <, 0);
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
}

static void
test_replications(void)
{
    double values[40];
    size_t guess;
    for (size_t i = 0; i < 40; i++)
        values[i] = 100 + (i % 2 == 0 ? 1 : -1);
    g_assert_cmpuint(sim_replications_needed(values, 40, 10, 0.05, 0.95, &guess), ==, 10);
    for (size_t i = 0; i < 40; i++)
        values[i] = 100 + (i % 2 == 0 ? 20 : -20);
    g_assert_cmpuint(sim_replications_needed(values, 10, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, >, 10);
    g_assert_cmpuint(guess, <=, 20);
    g_assert_cmpuint(sim_replications_needed(values, 5, 10, 0.05, 0.95, &guess), ==, 0);
    g_assert_cmpuint(guess, ==, 10);
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
    }
    g_assert_true(isnan(sim_quantile(sorted, 5, 0.99, 0.95).high));
    g_assert_true(isnan(sim_quantile(sorted, 0, 0.5, 0.95).value));
}

static void
test_quantile_of_histogram(void)
{
    g_autofree SimHistogram *histogram = g_new0(SimHistogram, 1);
    g_assert_true(isnan(sim_quantile_histogram(histogram, 0.5, 0.95).value));
    for (int i = 1; i <= 1000; i++)
        sim_histogram_add(histogram, i * ROLL_SECOND, 0);
    SimQuantile q = sim_quantile_histogram(histogram, 0.5, 0.95);
    g_assert_cmpfloat(fabs(q.value - 500), <, 500 / 8.0);
    g_assert_cmpfloat(q.low, <=, 470);
    g_assert_cmpfloat(q.high, >=, 530);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/statistics/ratio-of-batches", test_ratio);
    g_test_add_func("/statistics/runs", test_runs);
    g_test_add_func("/statistics/rate-of-uneven-batches", test_rate_of_uneven_batches);
    g_test_add_func("/statistics/paired-difference", test_difference);
    g_test_add_func("/statistics/combination", test_combination);
    g_test_add_func("/statistics/holm", test_holm);
    g_test_add_func("/statistics/replications", test_replications);
    g_test_add_func("/statistics/warm-up", test_warmup);
    g_test_add_func("/statistics/quantile", test_quantile);
    g_test_add_func("/statistics/quantile-of-histogram", test_quantile_of_histogram);
    return g_test_run();
}
