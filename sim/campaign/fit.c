/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With the matrix F of terms at the points, the coefficients are M y, M = (F^T F)^-1 F^T. A value
 * read off at x has the weights f(x) M of the figures. A minimum m is where h' = 0, so that
 * dm/dy = -f'(m) M / h''(m); a root r has dr/dy = -f(r) M / h'(r). x counts in units of the middle
 * of the points, which keeps F^T F well conditioned. */
#include "sim/campaign/fit.h"

#include <gsl/gsl_linalg.h>
#include <math.h>

#define SCAN 2000

struct SimFit {
    double scale;
    double low;
    double high;
    size_t n;
    const SimSpread *const *y;
    double *weights; /* M: SIM_FIT_TERMS rows of @n */
    double terms[SIM_FIT_TERMS];
};

/* The terms at @x, and their first and second derivatives. */
static void
terms_at(double x, int derivative, double out[SIM_FIT_TERMS])
{
    const double values[3][SIM_FIT_TERMS] = {
        {1 / x, 1, x, x * x},
        {-1 / (x * x), 0, 1, 2 * x},
        {2 / (x * x * x), 0, 0, 2},
    };
    for (int k = 0; k < SIM_FIT_TERMS; k++)
        out[k] = values[derivative][k];
}

static void
fill_weights(SimFit *self, const double *x)
{
    gsl_matrix *of = gsl_matrix_alloc(self->n, SIM_FIT_TERMS);
    gsl_matrix *square = gsl_matrix_alloc(SIM_FIT_TERMS, SIM_FIT_TERMS);
    for (size_t i = 0; i < self->n; i++) {
        double row[SIM_FIT_TERMS];
        terms_at(x[i] / self->scale, 0, row);
        for (int k = 0; k < SIM_FIT_TERMS; k++)
            gsl_matrix_set(of, i, (size_t)k, row[k]);
    }
    for (size_t a = 0; a < SIM_FIT_TERMS; a++)
        for (size_t b = 0; b < SIM_FIT_TERMS; b++) {
            double sum = 0;
            for (size_t i = 0; i < self->n; i++)
                sum += gsl_matrix_get(of, i, a) * gsl_matrix_get(of, i, b);
            gsl_matrix_set(square, a, b, sum);
        }
    gsl_linalg_cholesky_decomp1(square);
    gsl_linalg_cholesky_invert(square);
    for (size_t k = 0; k < SIM_FIT_TERMS; k++)
        for (size_t i = 0; i < self->n; i++)
            for (size_t b = 0; b < SIM_FIT_TERMS; b++)
                self->weights[k * self->n + i] +=
                    gsl_matrix_get(square, k, b) * gsl_matrix_get(of, i, b);
    gsl_matrix_free(of);
    gsl_matrix_free(square);
}

static bool
are_apart(const double *x, size_t n)
{
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen = seen || x[k] == x[i];
        distinct += !seen;
    }
    return distinct >= SIM_FIT_TERMS;
}

SimFit *
sim_fit_new(const double *x, const SimSpread *const *y, size_t n)
{
    if (!are_apart(x, n))
        return NULL;
    SimFit *self = g_new0(SimFit, 1);
    self->n = n;
    self->y = y;
    self->low = self->high = x[0];
    for (size_t i = 0; i < n; i++) {
        self->low = fmin(self->low, x[i]);
        self->high = fmax(self->high, x[i]);
    }
    self->scale = sqrt(self->low * self->high);
    self->weights = g_new0(double, SIM_FIT_TERMS *n);
    fill_weights(self, x);
    for (size_t k = 0; k < SIM_FIT_TERMS; k++)
        for (size_t i = 0; i < n; i++)
            self->terms[k] += self->weights[k * n + i] * y[i]->value;
    if (isfinite(self->terms[0] + self->terms[1] + self->terms[2] + self->terms[3]))
        return self;
    sim_fit_free(self);
    return NULL;
}

void
sim_fit_free(SimFit *self)
{
    if (self == NULL)
        return;
    g_free(self->weights);
    g_free(self);
}

/* Of the curve or a derivative of it, by the unit of @scale. */
static double
curve(const SimFit *self, double x, int derivative)
{
    double row[SIM_FIT_TERMS];
    double sum = 0;
    terms_at(x / self->scale, derivative, row);
    for (int k = 0; k < SIM_FIT_TERMS; k++)
        sum += row[k] * self->terms[k];
    return sum;
}

double
sim_fit_at(const SimFit *self, double x)
{
    return curve(self, x, 0);
}

/* @value, with factor times what each figure weighs in the curve or its derivative at @x. */
static SimSpread *
read_off(const SimFit *self, double value, double x, int derivative, double factor)
{
    g_autofree double *weights = g_new0(double, self->n);
    double row[SIM_FIT_TERMS];
    terms_at(x / self->scale, derivative, row);
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < SIM_FIT_TERMS; k++)
            weights[i] += factor * row[k] * self->weights[k * self->n + i];
    return sim_spread_combine(value, self->y, weights, self->n);
}

SimSpread *
sim_fit_value(const SimFit *self, double x)
{
    return read_off(self, curve(self, x, 0), x, 0, 1);
}

static double
step_at(const SimFit *self, int i)
{
    return self->low * pow(self->high / self->low, (double)i / SCAN);
}

/* Where the curve or its derivative changes its sign between two places, by bisection. */
static double
bisect(const SimFit *self, double low, double high, int derivative)
{
    bool rises = curve(self, high, derivative) > 0;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if ((curve(self, middle, derivative) > 0) == rises)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

SimSpread *
sim_fit_least(const SimFit *self)
{
    int best = 0;
    for (int i = 1; i <= SCAN; i++)
        if (curve(self, step_at(self, i), 0) < curve(self, step_at(self, best), 0))
            best = i;
    if (best == 0 || best == SCAN)
        return NULL;
    double x = bisect(self, step_at(self, best - 1), step_at(self, best + 1), 1);
    return read_off(self, x, x, 1, -self->scale / curve(self, x, 2));
}

SimSpread *
sim_fit_root(const SimFit *self)
{
    for (int i = 1; i <= SCAN; i++) {
        double a = curve(self, step_at(self, i - 1), 0);
        double b = curve(self, step_at(self, i), 0);
        if ((a > 0) == (b > 0))
            continue;
        double x = bisect(self, step_at(self, i - 1), step_at(self, i), 0);
        return read_off(self, x, x, 0, -self->scale / curve(self, x, 1));
    }
    return NULL;
}
