/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of a pool that is used again: a record that stands under an address its phone has left
 * leads to whoever has it now. A phone has one record, right at its refresh and not corrected
 * before the next, so its age is uniform in a refresh interval. All phones share the pool:
 * replications. */
#include "sim/experiment/oracles/oracle.h"

/* Changes Exp of mean @change, refresh each @refresh. The pool is a /24. */
typedef struct {
    unsigned phones;
    double hours;
    double change;
    double refresh;
} Pool;

enum { ADDRESSES = 254 };

static const Pool RANDOM[] = {{200, 100, 3600, 3600}, {127, 200, 7200, 3600}};
static const Pool OLDEST[] = {{200, 100, 3600, 3600}, {230, 100, 7200, 3600}};

static SimExactPool
form_of(const Pool *c)
{
    return (SimExactPool){ADDRESSES, c->phones, 1 / c->change};
}

static char *
pool_parameters(const void *which)
{
    const Pool *c = which;
    return g_strdup_printf("%u of %d addresses change exp(%g s) R %g s", c->phones, ADDRESSES,
                           c->change, c->refresh);
}

static char *
pool_text(const Pool *c, const char *assign)
{
    g_autofree char *address =
        g_strdup_printf("address = changes exp(%.0fs)\nassign = %s", c->change, assign);
    SimOracleWorld world = {
        .phones = c->phones, .hours = c->hours, .network = address, .pool = "10.0.0.0/24"};
    return sim_oracle_text(&world,
                           "expires = %.0fs\n"
                           "refresh = 50%%\n"
                           "old-contact = removed\n"
                           "[calls]\n"
                           "rate = 2/h per phone\n",
                           2 * c->refresh);
}

static void
add_values(GArray *values, const SimOracleRun *run, double exact)
{
    const SimResult *result = run->results[0];
    sim_oracle_add_metric(values, result, SIM_METRIC_MISDIRECTED_SHARE, exact);
    sim_oracle_add_metric(values, result, SIM_METRIC_CALL_MISDIRECTED_SHARE, exact);
}

static char *
random_scenario(const void *which, unsigned point)
{
    (void)point;
    return pool_text(which, "random");
}

static void
random_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Pool *c = which;
    SimExactPool form = form_of(c);
    add_values(values, run, sim_exact_misdirected(&form, c->refresh));
}

const SimOracle sim_oracle_pool_random = {
    .name = "pool-random",
    SIM_ORACLE_CASES(RANDOM),
    .replications = 24,
    .parameters = pool_parameters,
    .scenario = random_scenario,
    .observe = random_observe,
};

static char *
oldest_scenario(const void *which, unsigned point)
{
    (void)point;
    return pool_text(which, "oldest");
}

static void
oldest_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Pool *c = which;
    SimExactPool form = form_of(c);
    add_values(values, run, sim_exact_misdirected_oldest(&form, c->refresh));
}

const SimOracle sim_oracle_pool_oldest = {
    .name = "pool-oldest",
    SIM_ORACLE_CASES(OLDEST),
    .replications = 24,
    .parameters = pool_parameters,
    .scenario = oldest_scenario,
    .observe = oldest_observe,
};
