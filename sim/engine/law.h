/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laws of chance for durations. A law is a value; a variate is its quantile at one uniform number
 * (inversion), so that the k-th draw of a phone depends on nothing but its own uniform. */
#pragma once

#include <rollcall/time.h>
#include <stddef.h>

typedef enum {
    SIM_LAW_FIXED,     /* a: value */
    SIM_LAW_EXP,       /* a: mean */
    SIM_LAW_UNIFORM,   /* a: least, b: most */
    SIM_LAW_WEIBULL,   /* a: scale, b: shape */
    SIM_LAW_LOGNORMAL, /* a: median, b: sigma of the logarithm */
    SIM_LAW_PARETO,    /* a: least, b: shape */
    SIM_LAW_GAMMA,     /* a: mean, b: shape */
    SIM_LAW_EMPIRICAL, /* values, sorted; each as likely as the others */
    SIM_LAW_BIPARETO,  /* a: least, b: first exponent, c: second exponent, d: where they meet */
    SIM_LAW_BETA,      /* a: most, b and c: the two shapes */
} SimLawKind;

/**
 * SimLaw: @a, @b and @values in seconds (shapes, and all of @c and @d, have no unit). @values is
 * owned by the scenario.
 */
typedef struct {
    SimLawKind kind;
    double a;
    double b;
    const double *values;
    size_t n_values;
    double c;
    double d;
} SimLaw;

/** sim_law_fixed: the law that always gives @time. */
SimLaw sim_law_fixed(RollTime time);

/** sim_law_quantile: seconds; @u strictly between 0 and 1. Never negative. */
double sim_law_quantile(const SimLaw *law, double u);

/** sim_law_draw: sim_law_quantile() in microseconds, rounded; at most 10,000 years. */
RollTime sim_law_draw(const SimLaw *law, double u);

/** sim_law_mean: seconds; infinity where there is none. */
double sim_law_mean(const SimLaw *law);

/** sim_law_most: seconds; the largest value the law gives, infinity if unbounded. */
double sim_law_most(const SimLaw *law);

/**
 * SimAgeing: a law as an observer at a random instant meets it: the length of the interval that
 * covers the instant (drawn in proportion to its length), and the age within it, which is uniform.
 * Built once for a law of finite mean.
 */
typedef struct SimAgeing SimAgeing;
SimAgeing *sim_ageing_new(const SimLaw *law);
void sim_ageing_free(SimAgeing *self);
/** sim_ageing_length: microseconds; @u strictly between 0 and 1. */
RollTime sim_ageing_length(const SimAgeing *self, double u);
