/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The expiry that costs least. The same failures at each expiry (common random numbers) leave a
 * smooth curve of costs, and its minimum is found as a user would find it: by regression. */
#include "sim/experiment/oracles/oracle.h"

#include <gsl/gsl_multifit.h>
#include <math.h>

static const SimExactCost EXPIRY[] = {
    {40000, 20000, 0.5, 50},
    {20000, 7200, 0.9, 20},
};

/* Multiples of the best expiry. */
static const double GRID[] = {0.5, 0.7, 1, 1.4, 2};

enum { N_GRID = G_N_ELEMENTS(GRID), N_TERMS = 4, BEST = 2, TWICE = 4, PHONES = 125 };

static double
grid_expiry(const SimExactCost *c, unsigned point)
{
    return round(GRID[point] * sim_exact_best_expiry(c));
}

static char *
expiry_parameters(const void *which)
{
    const SimExactCost *c = which;
    return g_strdup_printf("on exp(%g s) off exp(%g s) R %g E cost %g of REGISTER", c->on, c->off,
                           c->share, c->per_register);
}

static char *
expiry_scenario(const void *which, unsigned point)
{
    const SimExactCost *c = which;
    SimOracleWorld world = {.phones = PHONES, .hours = c->on / 200};
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = %g%%\n"
                           "power = fails exp(%.0fs), back after exp(%.0fs)\n",
                           grid_expiry(c, point), 100 * c->share, c->on, c->off);
}

static double
cost_seen(const SimExactCost *c, const SimResult *result)
{
    const SimEstimate *metrics = result->columns[0].metrics;
    return c->per_register * metrics[SIM_METRIC_REGISTER_RATE].value / PHONES +
           metrics[SIM_METRIC_STALE_SHARE].value;
}

/* Where a/x + b + cx + dx^2 is least, by Newton's method from 1, which is near. */
static double
least_of(const gsl_vector *terms)
{
    double a = gsl_vector_get(terms, 0);
    double c = gsl_vector_get(terms, 2);
    double d = gsl_vector_get(terms, 3);
    double x = 1;
    for (int i = 0; i < 20; i++)
        x -= (c + 2 * d * x - a / (x * x)) / (2 * d + 2 * a / (x * x * x));
    return x;
}

/* The costs at the grid on {1/x, 1, x, x^2}, x a multiple of the exact best one. */
static double
best_by_regression(const SimExactCost *c, const double costs[N_GRID])
{
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(N_GRID, N_TERMS);
    gsl_matrix *of = gsl_matrix_alloc(N_GRID, N_TERMS);
    gsl_matrix *covariance = gsl_matrix_alloc(N_TERMS, N_TERMS);
    gsl_vector *terms = gsl_vector_alloc(N_TERMS);
    gsl_vector *seen = gsl_vector_alloc(N_GRID);
    double scale = sim_exact_best_expiry(c);
    double residue;
    for (unsigned i = 0; i < N_GRID; i++) {
        double x = grid_expiry(c, i) / scale;
        for (unsigned k = 0; k < N_TERMS; k++)
            gsl_matrix_set(of, i, k, pow(x, (int)k - 1));
        gsl_vector_set(seen, i, costs[i]);
    }
    gsl_multifit_linear(of, seen, terms, covariance, &residue, work);
    double best = scale * least_of(terms);
    gsl_vector_free(seen);
    gsl_vector_free(terms);
    gsl_matrix_free(covariance);
    gsl_matrix_free(of);
    gsl_multifit_linear_free(work);
    return best;
}

static void
expiry_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const SimExactCost *c = which;
    double costs[N_GRID];
    for (unsigned i = 0; i < N_GRID; i++) {
        double expiry = grid_expiry(c, i);
        g_autofree char *name = g_strdup_printf("cost-at-%.0f-s", expiry);
        costs[i] = cost_seen(c, run->results[i]);
        sim_oracle_add(values, name, costs[i], 0, sim_exact_cost(c, expiry));
    }
    double best = grid_expiry(c, BEST);
    double twice = grid_expiry(c, TWICE);
    sim_oracle_add(values, "best-expiry", best_by_regression(c, costs), 0,
                   sim_exact_best_expiry(c));
    sim_oracle_add(values, "cost-at-twice-the-best", costs[TWICE] / costs[BEST], 0,
                   sim_exact_cost(c, twice) / sim_exact_cost(c, best));
}

const SimOracle sim_oracle_expiry = {
    .name = "best-expiry",
    SIM_ORACLE_CASES(EXPIRY),
    .n_points = N_GRID,
    .replications = 20,
    .parameters = expiry_parameters,
    .scenario = expiry_scenario,
    .observe = expiry_observe,
};
