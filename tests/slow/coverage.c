/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Do 95 % intervals hold what they are about 95 times in 100? A thousand small experiments whose
 * truth is a closed form, each with draws of its own; the truth has to lie within 93 to 97 of 100
 * intervals. Phones that fail (docs/method.md, `power-fail`), once with batches of phones in one
 * run as units, once with ten runs, and for the difference of two expiries: under the same draws
 * unit by unit, and under draws of their own by Welch's interval. */
#include "sim/experiment/oracles/oracle.h"
#include "sim/measure/statistics.h"

#include <string.h>

enum { EXPERIMENTS = 1000, RUNS = 10, LEAST = 930, MOST = 970, PHONES = 128, FEW = 32 };

static const double ON = 4000;
static const double OFF = 3000;
static const double SHORT = 1800;
static const double LONG = 3600;

/* What is looked at, and how often it was within its interval. */
enum {
    STALE_PHONES,
    RATE_PHONES,
    DIFFERENCE_PHONES,
    APART_PHONES,
    STALE_RUNS,
    RATE_RUNS,
    DIFFERENCE_RUNS,
    APART_RUNS,
    N_FIGURES
};

static const char *const NAMES[] = {
    [STALE_PHONES] = "stale-share, one run, batches of phones",
    [RATE_PHONES] = "register-rate, one run, batches of phones",
    [DIFFERENCE_PHONES] = "difference of stale-share, one run each, batches of phones",
    [APART_PHONES] = "the same, draws of their own",
    [STALE_RUNS] = "stale-share, ten runs",
    [RATE_RUNS] = "register-rate, ten runs",
    [DIFFERENCE_RUNS] = "difference of stale-share, ten runs each",
    [APART_RUNS] = "the same, five runs each, draws of their own",
};

static int within[N_FIGURES];

static SimSample *
simulate(unsigned phones, double hours, double expiry, uint64_t seed, uint32_t replication)
{
    g_autoptr(GError) error = NULL;
    SimOracleWorld world = {.phones = phones, .hours = hours};
    g_autofree char *text = sim_oracle_text(&world,
                                            "boot = 0s\n"
                                            "expires = %.0fs\n"
                                            "refresh = 50%%\n"
                                            "power = fails exp(%.0fs), back after exp(%.0fs)\n",
                                            expiry, ON, OFF);
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("coverage.ini", text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    scenario->seed = seed;
    scenario->replication = replication;
    SimRunOptions options = {.link = SIM_LINK_DIRECT};
    g_autoptr(SimResult) result = sim_run(scenario, &options, &error);
    g_assert_no_error(error);
    return sim_sample_new(result, NULL);
}

static double
exact_stale(double expiry)
{
    SimExactPower power = {1 / ON, expiry / 2, expiry / 2, expiry};
    return sim_exact_stale(&power, 1 / OFF) / (ON + OFF);
}

static double
exact_rate(double expiry, unsigned phones)
{
    SimExactPower power = {1 / ON, expiry / 2, expiry / 2, expiry};
    return phones * sim_exact_register_rate(&power, ON + OFF);
}

static void
judge_estimate(int figure, SimEstimate estimate, double exact)
{
    if (estimate.low <= exact && exact <= estimate.high)
        g_atomic_int_inc(&within[figure]);
}

static void
judge(int figure, const SimSpread *spread, double exact)
{
    judge_estimate(figure, sim_spread_estimate(spread, 0.95), exact);
}

/* @first: which of the figures comes first: those of one method follow each other. */
static void
judge_all(int first, const SimSample *const *a, const SimSample *const *b, size_t n,
          SimMethod method, unsigned phones)
{
    g_autoptr(SimSpread) stale = sim_spread_metric(a, n, 0, SIM_METRIC_STALE_SHARE, method);
    g_autoptr(SimSpread) other = sim_spread_metric(b, n, 0, SIM_METRIC_STALE_SHARE, method);
    g_autoptr(SimSpread) rate = sim_spread_metric(a, n, 0, SIM_METRIC_REGISTER_RATE, method);
    g_autoptr(SimSpread) difference = sim_spread_difference(stale, other);
    judge(first, stale, exact_stale(LONG));
    judge(first + 1, rate, exact_rate(LONG, phones));
    judge(first + 2, difference, exact_stale(SHORT) - exact_stale(LONG));
}

/* @a and @b: @n runs each that have no draw in common. */
static void
judge_apart(int figure, const SimSample *const *a, const SimSample *const *b, size_t n,
            SimMethod method)
{
    g_autoptr(SimSpread) x = sim_spread_metric(a, n, 0, SIM_METRIC_STALE_SHARE, method);
    g_autoptr(SimSpread) y = sim_spread_metric(b, n, 0, SIM_METRIC_STALE_SHARE, method);
    judge_estimate(figure, sim_estimate_unpaired(x, y, 0.95),
                   exact_stale(SHORT) - exact_stale(LONG));
}

static void
experiment(gpointer data, gpointer user_data)
{
    uint64_t seed = GPOINTER_TO_UINT(data);
    SimSample *a[RUNS];
    SimSample *b[RUNS];
    (void)user_data;
    a[0] = simulate(PHONES, 24, LONG, seed, 0);
    b[0] = simulate(PHONES, 24, SHORT, seed, 0);
    judge_all(STALE_PHONES, (const SimSample *const *)a, (const SimSample *const *)b, 1,
              SIM_METHOD_PHONES, PHONES);
    g_autoptr(SimSample) other = simulate(PHONES, 24, SHORT, seed, RUNS + 1);
    judge_apart(APART_PHONES, (const SimSample *const *)a, (const SimSample *const[]){other}, 1,
                SIM_METHOD_PHONES);
    sim_sample_free(a[0]);
    sim_sample_free(b[0]);
    for (uint32_t r = 0; r < RUNS; r++) {
        a[r] = simulate(FEW, 12, LONG, seed, r + 1);
        b[r] = simulate(FEW, 12, SHORT, seed, r + 1);
    }
    judge_all(STALE_RUNS, (const SimSample *const *)a, (const SimSample *const *)b, RUNS,
              SIM_METHOD_RUNS, FEW);
    judge_apart(APART_RUNS, (const SimSample *const *)a, (const SimSample *const *)b + RUNS / 2,
                RUNS / 2, SIM_METHOD_RUNS);
    for (uint32_t r = 0; r < RUNS; r++) {
        sim_sample_free(a[r]);
        sim_sample_free(b[r]);
    }
}

static void
test_coverage(void)
{
    GThreadPool *pool =
        g_thread_pool_new(experiment, NULL, (int)g_get_num_processors(), TRUE, NULL);
    for (unsigned i = 1; i <= EXPERIMENTS; i++)
        g_thread_pool_push(pool, GUINT_TO_POINTER(i), NULL);
    g_thread_pool_free(pool, FALSE, TRUE);
    for (int i = 0; i < N_FIGURES; i++)
        g_test_message("%s: %.1f of 100 intervals contain the truth", NAMES[i],
                       100.0 * within[i] / EXPERIMENTS);
    for (int i = 0; i < N_FIGURES; i++) {
        g_assert_cmpint(within[i], >=, LEAST);
        g_assert_cmpint(within[i], <=, MOST);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/statistics/intervals-contain-the-truth", test_coverage);
    return g_test_run();
}
