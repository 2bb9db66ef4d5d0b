/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laws: quantiles against known values and GSL, means and lengths met against the integral of the
 * quantile, which is how they are defined. */
#include "sim/engine/law.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#define STEPS 20000
#define DAY 86400.0

static const double values[] = {1, 2, 3, 14};

typedef struct {
    const char *description;
    SimLaw law;
    double mean;
    double most;
} Case;

static const Case cases[] = {
    {"fixed", {SIM_LAW_FIXED, 1800}, 1800, 1800},
    {"fixed at nothing", {SIM_LAW_FIXED, 0}, 0, 0},
    {"exponential", {SIM_LAW_EXP, 7 * DAY}, 7 * DAY, INFINITY},
    {"uniform", {SIM_LAW_UNIFORM, 10, 70}, 40, 70},
    {"uniform from 0", {SIM_LAW_UNIFORM, 0, 60}, 30, 60},
    {"Weibull, many short ones", {SIM_LAW_WEIBULL, 100, 0.5}, 200, INFINITY},
    {"Weibull, narrow", {SIM_LAW_WEIBULL, 100, 3}, 89.297951156924921, INFINITY},
    {"lognormal", {SIM_LAW_LOGNORMAL, 8 * 3600, 0.3}, 28800 * 1.0460278599087169, INFINITY},
    {"lognormal without spread", {SIM_LAW_LOGNORMAL, 60, 0}, 60, INFINITY},
    {"Pareto", {SIM_LAW_PARETO, 60, 3}, 90, INFINITY},
    {"gamma, many short ones", {SIM_LAW_GAMMA, 50, 0.5}, 50, INFINITY},
    {"gamma, narrow", {SIM_LAW_GAMMA, 50, 20}, 50, INFINITY},
    {"empirical", {SIM_LAW_EMPIRICAL, 0, 0, values, G_N_ELEMENTS(values)}, 5, 14},
    {"BiPareto", {SIM_LAW_BIPARETO, 60, 0.5, .c = 3.5, .d = 100}, 60 * 11.09770735472109, INFINITY},
    {"BiPareto, flat at first", {SIM_LAW_BIPARETO, 10, 0, .c = 4, .d = 1}, 50.0 / 3, INFINITY},
    {"BiPareto of one tail", {SIM_LAW_BIPARETO, 60, 7, .c = 3.5, .d = 0}, 84, INFINITY},
    {"BiPareto from 0", {SIM_LAW_BIPARETO, 0, 0.5, .c = 3.5, .d = 100}, 0, 0},
    {"beta", {SIM_LAW_BETA, 600, 1.2, .c = 1.6}, 600 * 1.2 / 2.8, 600},
    {"beta, at both ends", {SIM_LAW_BETA, 600, 0.5, .c = 0.3}, 375, 600},
    {"beta at nothing", {SIM_LAW_BETA, 0, 2, .c = 3}, 0, 0},
};

static void
assert_near(double actual, double expected, double share)
{
    if (fabs(actual - expected) <= share * MAX(fabs(expected), 1e-9))
        return;
    g_test_message("%.12g is not near %.12g", actual, expected);
    g_test_fail();
}

static void
test_known_quantiles(void)
{
    static const struct {
        SimLaw law;
        double u;
        double expected;
    } known[] = {
        {{SIM_LAW_FIXED, 30}, 0.9, 30},
        {{SIM_LAW_EXP, 1}, 0.5, M_LN2},
        {{SIM_LAW_EXP, 1}, 1e-12, 1e-12},
        {{SIM_LAW_UNIFORM, 10, 70}, 0.25, 25},
        {{SIM_LAW_WEIBULL, 2, 0.5}, 0.5, 2 * M_LN2 * M_LN2},
        {{SIM_LAW_LOGNORMAL, 120, 2}, 0.5, 120},
        {{SIM_LAW_LOGNORMAL, 1, 1}, 0.97724986805182079, 7.38905609893065},
        {{SIM_LAW_PARETO, 60, 2}, 0.75, 120},
        {{SIM_LAW_GAMMA, 2, 2}, 0.5, 1.67834699001666},
        {{SIM_LAW_BIPARETO, 2, 0.06, .c = 1.35, .d = 500}, 0.1, 2 * 4.90022776497372},
        {{SIM_LAW_BIPARETO, 2, 0.06, .c = 1.35, .d = 500}, 0.999999, 2 * 10574741.5305492},
        {{SIM_LAW_BIPARETO, 1, 2, .c = 1.2, .d = 10}, 0.5, 1.43639394781998},
        {{SIM_LAW_BIPARETO, 1, 1, .c = 1.5, .d = 0}, 0.99, 21.5443469003188},
        {{SIM_LAW_BETA, 1, 1.2, .c = 1.6}, 0.5, 0.409559025813026},
        {{SIM_LAW_BETA, 60, 0.5, .c = 0.5}, 0.01, 60 * 0.000246719817134221},
        {{SIM_LAW_BETA, 60, 1, .c = 1}, 0.25, 15},
        {{SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.24, 1},
        {{SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.26, 2},
        {{SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.9999999, 14},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        assert_near(sim_law_quantile(&known[i].law, known[i].u), known[i].expected, 1e-9);
}

static void
test_gsl(void)
{
    for (double u = 0.001; u < 1; u += 0.0371) {
        SimLaw weibull = {SIM_LAW_WEIBULL, 100, 0.7};
        SimLaw lognormal = {SIM_LAW_LOGNORMAL, 100, 0.7};
        SimLaw pareto = {SIM_LAW_PARETO, 100, 1.2};
        SimLaw gamma = {SIM_LAW_GAMMA, 100, 1.7};
        SimLaw exponential = {SIM_LAW_EXP, 100};
        assert_near(sim_law_quantile(&weibull, u), gsl_cdf_weibull_Pinv(u, 100, 0.7), 1e-9);
        assert_near(sim_law_quantile(&lognormal, u), gsl_cdf_lognormal_Pinv(u, log(100), 0.7),
                    1e-9);
        assert_near(sim_law_quantile(&pareto, u), gsl_cdf_pareto_Pinv(u, 1.2, 100), 1e-9);
        assert_near(sim_law_quantile(&gamma, u), gsl_cdf_gamma_Pinv(u, 1.7, 100 / 1.7), 1e-9);
        assert_near(sim_law_quantile(&exponential, u), gsl_cdf_exponential_Pinv(u, 100), 1e-9);
    }
}

/* -ln of the share of BiPareto beyond @x, as its authors write it. */
static double
bipareto_decay(const SimLaw *law, double x)
{
    double y = x / law->a;
    return law->b * log(y) - (law->b - law->c) * log((y + law->d) / (1 + law->d));
}

/* What the quantile gives has the chance that was asked for, over all that a scenario can say. */
static void
test_bipareto(void)
{
    static const double firsts[] = {0, 0.05, 0.7, 1, 3, 100};
    static const double seconds[] = {0.1, 0.9, 1, 1.35, 6, 100};
    static const double breaks[] = {0, 0.3, 20, 5000, 1e9};
    static const double chances[] = {1e-9, 0.01, 0.3, 0.5, 0.97, 1 - 1e-9};
    for (size_t i = 0; i < 6 * 6 * 5 * 6; i++) {
        SimLaw law = {SIM_LAW_BIPARETO, 3, firsts[i % 6], .c = seconds[i / 6 % 6],
                      .d = breaks[i / 36 % 5]};
        double u = chances[i / 180];
        double x = sim_law_quantile(&law, u);
        g_assert_cmpfloat(x, >=, 3);
        if (!isfinite(x))
            continue; /* beyond 1e308 seconds; a draw is cut long before */
        double decay = bipareto_decay(&law, x);
        if (fabs(decay + log1p(-u)) > 1e-6 * -log1p(-u) + 1e-12) {
            g_test_message("%g %g %g at %g: %g, %.17g", law.b, law.c, law.d, u, x, decay);
            g_test_fail();
        }
    }
}

/* The integral of quantile^power up to @limit. The steps get fine towards 1, where it grows. */
static double
integrate(const SimLaw *law, double limit, int power)
{
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
        double left = 1 - (i + 0.5) / STEPS;
        double weight = 4 * left * left * left / STEPS;
        double u = limit * (1 - left * left * left * left);
        sum += pow(sim_law_quantile(law, CLAMP(u, 1e-300, 1 - 1e-16)), power) * weight;
    }
    return sum * limit;
}

static void
test_means(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].description);
        assert_near(sim_law_mean(&cases[i].law), cases[i].mean, 1e-9);
        assert_near(integrate(&cases[i].law, 1, 1), cases[i].mean, 2e-3);
    }
    SimLaw wild = {SIM_LAW_PARETO, 60, 1};
    SimLaw wilder = {SIM_LAW_BIPARETO, 60, 3, .c = 1, .d = 10};
    g_assert_true(isinf(sim_law_mean(&wild)));
    g_assert_true(isinf(sim_law_mean(&wilder)));
}

static void
test_most(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpfloat(sim_law_most(&cases[i].law), ==, cases[i].most);
}

static void
test_quantiles_rise(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double before = 0;
        for (double u = 0.0005; u < 1; u += 0.001) {
            double x = sim_law_quantile(&cases[i].law, u);
            g_assert_cmpfloat(x, >=, before);
            g_assert_cmpfloat(x, <=, cases[i].most);
            before = x;
        }
    }
}

static void
test_draw(void)
{
    SimLaw fixed = sim_law_fixed(1500 * ROLL_MILLISECOND);
    SimLaw third = {SIM_LAW_FIXED, 1.0 / 3};
    SimLaw wild = {SIM_LAW_PARETO, 60, 0.1};
    SimLaw endless = {SIM_LAW_BIPARETO, 60, 0, .c = 0.1, .d = 1e9};
    SimLaw flat = {SIM_LAW_GAMMA, 60, 0.05};
    g_assert_cmpint(sim_law_draw(&fixed, 0.3), ==, 1500000);
    g_assert_cmpint(sim_law_draw(&third, 0.3), ==, 333333);
    g_assert_cmpint(sim_law_draw(&wild, 1 - 1e-16), ==, 36525 * ROLL_DAY * 100);
    g_assert_cmpint(sim_law_draw(&endless, 1 - 1e-16), ==, 36525 * ROLL_DAY * 100);
    g_assert_cmpint(sim_law_draw(&flat, 1e-300), ==, 0);
    g_assert_cmpint(sim_law_draw(&flat, 1 - 1e-16), >, ROLL_SECOND);
}

/* What the law says of @x: the share of intervals up to it. */
static double
invert(const SimLaw *law, double x)
{
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (sim_law_quantile(law, CLAMP(middle, 1e-300, 1 - 1e-16)) < x)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Intervals up to the u-quantile of the length met cover the share u of all time. */
static void
test_ageing_covers_time(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SimLaw *law = &cases[i].law;
        bool jumps = law->kind == SIM_LAW_FIXED || law->kind == SIM_LAW_EMPIRICAL ||
                     (law->kind == SIM_LAW_LOGNORMAL && law->b == 0.0) || law->a == 0.0;
        if (jumps)
            continue; /* it has tests of its own */
        g_test_message("%s", cases[i].description);
        SimAgeing *ageing = sim_ageing_new(law);
        for (double u = 0.05; u < 1; u += 0.15) {
            double length = (double)sim_ageing_length(ageing, u) / ROLL_SECOND;
            assert_near(integrate(law, invert(law, length), 1) / cases[i].mean, u, 3e-3);
        }
        sim_ageing_free(ageing);
    }
}

static void
test_ageing_mean(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SimLaw *law = &cases[i].law;
        if (law->kind == SIM_LAW_PARETO || cases[i].mean == 0)
            continue; /* its second moment converges too slowly to be integrated */
        g_test_message("%s", cases[i].description);
        SimAgeing *ageing = sim_ageing_new(law);
        double sum = 0;
        for (int j = 0; j < STEPS; j++) {
            double left = 1 - (j + 0.5) / STEPS;
            double u = 1 - left * left * left * left;
            sum += (double)sim_ageing_length(ageing, CLAMP(u, 1e-300, 1 - 1e-16)) / ROLL_SECOND *
                   4 * left * left * left / STEPS;
        }
        assert_near(sum, integrate(law, 1, 2) / cases[i].mean, 5e-3);
        sim_ageing_free(ageing);
    }
}

static void
test_ageing_known(void)
{
    static const struct {
        const char *description;
        SimLaw law;
        double u;
        double expected;
    } known[] = {
        {"fixed", {SIM_LAW_FIXED, 30}, 0.1, 30},
        {"fixed at nothing", {SIM_LAW_FIXED, 0}, 0.1, 0},
        {"exponential: gamma of shape 2", {SIM_LAW_EXP, 1000}, 0.5, 1678.34699},
        {"uniform from 0: root", {SIM_LAW_UNIFORM, 0, 60}, 0.25, 30},
        {"uniform: root between squares", {SIM_LAW_UNIFORM, 30, 50}, 0.4375, 40},
        {"uniform of one point", {SIM_LAW_UNIFORM, 30, 30}, 0.4375, 30},
        {"Pareto 3 becomes 2", {SIM_LAW_PARETO, 60, 3}, 0.75, 120},
        {"lognormal median grows", {SIM_LAW_LOGNORMAL, 60, 1}, 0.5, 163.096910},
        {"BiPareto: its integral",
         {SIM_LAW_BIPARETO, 10, 0.5, .c = 3.5, .d = 100},
         0.5,
         336.920308130297},
        {"BiPareto: a late break",
         {SIM_LAW_BIPARETO, 10, 1.5, .c = 2.5, .d = 1e6},
         0.99,
         82549.1244118362},
        {"BiPareto: a long tail",
         {SIM_LAW_BIPARETO, 1, 0.06, .c = 1.35, .d = 500},
         0.99,
         562205369.507843},
        {"beta 1, 1 becomes 2, 1", {SIM_LAW_BETA, 60, 1, .c = 1}, 0.25, 30},
        {"empirical: 1 of 20 s", {SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.049, 1},
        {"empirical: 2 of 20 s", {SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.051, 2},
        {"empirical: 3 of 20 s", {SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.299, 3},
        {"empirical: 14 of 20 s", {SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.301, 14},
        {"empirical: the end", {SIM_LAW_EMPIRICAL, 0, 0, values, 4}, 0.9999999, 14},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_test_message("%s", known[i].description);
        SimAgeing *ageing = sim_ageing_new(&known[i].law);
        double length = (double)sim_ageing_length(ageing, known[i].u) / ROLL_SECOND;
        assert_near(length, known[i].expected, 1e-6);
        sim_ageing_free(ageing);
    }
    sim_ageing_free(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/law/quantile/known-values", test_known_quantiles);
    g_test_add_func("/law/quantile/as-gsl-has-it", test_gsl);
    g_test_add_func("/law/quantile/bipareto-has-the-chance-asked-for", test_bipareto);
    g_test_add_func("/law/quantile/rises-and-stays-below-the-most", test_quantiles_rise);
    g_test_add_func("/law/draw/rounds-and-is-bounded", test_draw);
    g_test_add_func("/law/mean/is-the-integral-of-the-quantile", test_means);
    g_test_add_func("/law/most", test_most);
    g_test_add_func("/ageing/covers-its-share-of-time", test_ageing_covers_time);
    g_test_add_func("/ageing/mean-is-second-moment-over-mean", test_ageing_mean);
    g_test_add_func("/ageing/known-values", test_ageing_known);
    return g_test_run();
}
