/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The laws of law.h by inversion: one uniform number in, one duration out. The common laws are
 * written out; the gamma and beta laws need an iterative inverse, which GSL has, and so does
 * BiPareto, which has a file of its own. */
#include "sim/engine/law.h"

#include "sim/engine/bipareto.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

/* Durations beyond this are cut: sums of two of them still fit RollTime many times over. */
#define MOST_S (10000.0 * 365.25 * 86400.0)
#define US 1e6

SimLaw
sim_law_fixed(RollTime time)
{
    return (SimLaw){.kind = SIM_LAW_FIXED, .a = (double)time / US};
}

/* GSL's own error handler ends the program when an inverse does not converge in the far tail; the
 * value it has reached by then is good enough for a draw. The handler is one for all threads. */
static void
quiet_gsl(void)
{
    static gsize quiet;
    if (g_once_init_enter(&quiet)) {
        gsl_set_error_handler_off();
        g_once_init_leave(&quiet, 1);
    }
}

static double
gamma_quantile(double shape, double scale, double u)
{
    quiet_gsl();
    return gsl_cdf_gamma_Pinv(u, shape, scale);
}

static double
beta_quantile(double a, double b, double u)
{
    quiet_gsl();
    double x = gsl_cdf_beta_Pinv(u, a, b);
    return x < 1 ? x : 1;
}

static double
empirical_quantile(const SimLaw *law, double u)
{
    if (law->n_values == 0)
        return 0;
    size_t i = (size_t)(u * (double)law->n_values);
    return law->values[i < law->n_values ? i : law->n_values - 1];
}

static double
quantile(const SimLaw *law, double u)
{
    switch (law->kind) {
    case SIM_LAW_FIXED:
        return law->a;
    case SIM_LAW_EXP:
        return -law->a * log1p(-u);
    case SIM_LAW_UNIFORM:
        return law->a + u * (law->b - law->a);
    case SIM_LAW_WEIBULL:
        return law->a * pow(-log1p(-u), 1 / law->b);
    case SIM_LAW_LOGNORMAL:
        return law->a * exp(law->b * gsl_cdf_ugaussian_Pinv(u));
    case SIM_LAW_PARETO:
        return law->a * pow(1 - u, -1 / law->b);
    case SIM_LAW_GAMMA:
        return gamma_quantile(law->b, law->a / law->b, u);
    case SIM_LAW_EMPIRICAL:
        return empirical_quantile(law, u);
    case SIM_LAW_BIPARETO:
        return law->a * sim_bipareto_quantile(law->b, law->c, law->d, u);
    case SIM_LAW_BETA:
        return law->a * beta_quantile(law->b, law->c, u);
    }
    return 0;
}

double
sim_law_quantile(const SimLaw *law, double u)
{
    double x = quantile(law, u);
    return x > 0 ? x : 0; /* also where GSL gave no number */
}

RollTime
sim_law_draw(const SimLaw *law, double u)
{
    double x = sim_law_quantile(law, u);
    return (RollTime)llround((x < MOST_S ? x : MOST_S) * US);
}

double
sim_law_mean(const SimLaw *law)
{
    double sum = 0;
    switch (law->kind) {
    case SIM_LAW_FIXED:
    case SIM_LAW_EXP:
    case SIM_LAW_GAMMA:
        return law->a;
    case SIM_LAW_UNIFORM:
        return (law->a + law->b) / 2;
    case SIM_LAW_WEIBULL:
        return law->a * tgamma(1 + 1 / law->b);
    case SIM_LAW_LOGNORMAL:
        return law->a * exp(law->b * law->b / 2);
    case SIM_LAW_PARETO:
        return law->b > 1 ? law->a * law->b / (law->b - 1) : INFINITY;
    case SIM_LAW_EMPIRICAL:
        for (size_t i = 0; i < law->n_values; i++)
            sum += law->values[i];
        return law->n_values ? sum / (double)law->n_values : 0;
    case SIM_LAW_BIPARETO:
        return law->c > 1 ? law->a * sim_bipareto_mean(law->b, law->c, law->d) : INFINITY;
    case SIM_LAW_BETA:
        return law->a * law->b / (law->b + law->c);
    }
    return 0;
}

double
sim_law_most(const SimLaw *law)
{
    switch (law->kind) {
    case SIM_LAW_FIXED:
    case SIM_LAW_BETA:
        return law->a;
    case SIM_LAW_UNIFORM:
        return law->b;
    case SIM_LAW_EMPIRICAL:
        return law->n_values ? law->values[law->n_values - 1] : 0;
    case SIM_LAW_EXP:
    case SIM_LAW_WEIBULL:
    case SIM_LAW_LOGNORMAL:
    case SIM_LAW_PARETO:
    case SIM_LAW_GAMMA:
    case SIM_LAW_BIPARETO:
        return law->a > 0 ? INFINITY : 0;
    }
    return 0;
}
