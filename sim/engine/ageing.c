/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interval that covers a random instant. An interval of length x is met in proportion to x, so
 * its density is x f(x) / mean. For nearly every law of law.h that is again a known law, and no
 * table has to be made:
 *
 *   fixed             the same
 *   exp(m)            gamma of shape 2 and scale m
 *   uniform(a, b)     density 2x / (b^2 - a^2)
 *   weibull(c, k)     c G^(1/k), G gamma of shape 1 + 1/k: (x/c)^k is Exp(1), and weighting with
 *                     x weights it with its (1/k)-th power
 *   lognormal(m, s)   lognormal(m exp(s^2), s)
 *   pareto(l, k)      pareto(l, k - 1)
 *   gamma(m, k)       gamma of shape k + 1 and the same scale m/k
 *   beta(t, a, b)     beta(t, a + 1, b)
 *   bipareto          bipareto.h turns its distribution
 *   empirical         each value with the weight of itself */
#include "sim/engine/law.h"

#include "sim/engine/bipareto.h"

#include <glib.h>
#include <math.h>

/*
 * SimAgeing:
 * @law, @factor, @power: the length is @factor times the @power-th power of a quantile of @law:
 *   the square of the length is uniform if the length has density 2x
 * @sums: for an empirical law: @sums[i] is the share of all time that values 0..i cover; else %NULL
 */
struct SimAgeing {
    SimLaw law;
    double factor;
    double power;
    double *sums;
};

static void
weigh_values(SimAgeing *self)
{
    const SimLaw *law = &self->law;
    double sum = 0;
    self->sums = g_new(double, law->n_values + 1);
    for (size_t i = 0; i < law->n_values; i++)
        self->sums[i] = sum += law->values[i];
    for (size_t i = 0; i < law->n_values; i++)
        self->sums[i] = sum > 0 ? self->sums[i] / sum : (double)(i + 1) / (double)law->n_values;
}

SimAgeing *
sim_ageing_new(const SimLaw *law)
{
    g_return_val_if_fail(isfinite(sim_law_mean(law)), NULL);
    SimAgeing *self = g_new0(SimAgeing, 1);
    SimLaw *own = &self->law;
    *own = *law;
    self->factor = 1;
    self->power = 1;
    switch (law->kind) {
    case SIM_LAW_FIXED:
    case SIM_LAW_BIPARETO:
        break;
    case SIM_LAW_EXP:
        *own = (SimLaw){.kind = SIM_LAW_GAMMA, .a = 2 * law->a, .b = 2};
        break;
    case SIM_LAW_UNIFORM:
        own->a *= law->a;
        own->b *= law->b;
        self->power = 0.5;
        break;
    case SIM_LAW_WEIBULL:
        *own = (SimLaw){.kind = SIM_LAW_GAMMA, .a = 1 + 1 / law->b, .b = 1 + 1 / law->b};
        self->factor = law->a;
        self->power = 1 / law->b;
        break;
    case SIM_LAW_LOGNORMAL:
        own->a *= exp(law->b * law->b);
        break;
    case SIM_LAW_PARETO:
        own->b -= 1;
        break;
    case SIM_LAW_GAMMA:
        own->b += 1;
        own->a *= own->b / law->b;
        break;
    case SIM_LAW_BETA:
        own->b += 1;
        break;
    case SIM_LAW_EMPIRICAL:
        weigh_values(self);
        break;
    }
    return self;
}

void
sim_ageing_free(SimAgeing *self)
{
    if (!self)
        return;
    g_free(self->sums);
    g_free(self);
}

/* The first value up to which at least the share @u of all time is covered. */
static double
find_value(const SimAgeing *self, double u)
{
    size_t low = 0;
    size_t high = self->law.n_values;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->sums[middle] < u)
            low = middle + 1;
        else
            high = middle;
    }
    return self->law.n_values ? self->law.values[MIN(low, self->law.n_values - 1)] : 0;
}

static double
length_quantile(const SimAgeing *self, double u)
{
    const SimLaw *law = &self->law;
    if (self->sums)
        return find_value(self, u);
    if (law->kind == SIM_LAW_BIPARETO)
        return law->a * sim_bipareto_aged(law->b, law->c, law->d, u);
    return sim_law_quantile(law, u);
}

RollTime
sim_ageing_length(const SimAgeing *self, double u)
{
    double x = length_quantile(self, u);
    if (self->power != 1)
        x = pow(x, self->power);
    SimLaw length = {.kind = SIM_LAW_FIXED, .a = self->factor * x};
    return sim_law_draw(&length, 0.5); /* rounds and cuts as every draw does */
}
