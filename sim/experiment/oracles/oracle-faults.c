/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar that restarts, and a replica that lags behind. */
#include "sim/experiment/oracles/oracle.h"

#include <math.h>

/* The expiry is @multiple refresh intervals; the table that is there after the crash is @saved
 * refresh intervals old, or lost if that is 0; measured for @part of an interval. */
typedef struct {
    unsigned phones;
    double refresh;
    unsigned multiple;
    double saved;
    double part;
} Restart;

static const Restart RESTART[] = {
    {20000, 1800, 2, 0, 1},     {20000, 600, 3, 0, 0.5}, {30000, 1200, 2, 1.5, 1},
    {30000, 900, 2, 1.75, 0.4}, {30000, 600, 3, 2.5, 1},
};

/* Longer than any table is old. */
#define SAVE_INTERVALS 4

static char *
restart_parameters(const void *which)
{
    const Restart *c = which;
    g_autofree char *table =
        c->saved > 0 ? g_strdup_printf("saved %g R before", c->saved) : g_strdup("lost");
    return g_strdup_printf("R %g s E %u R table %s for %g R", c->refresh, c->multiple, table,
                           c->part);
}

static char *
restart_scenario(const void *which, unsigned point)
{
    const Restart *c = which;
    double every = SAVE_INTERVALS * c->refresh;
    double at = every + c->saved * c->refresh;
    g_autofree char *table =
        c->saved > 0 ? g_strdup_printf("saved every %.0fs", every) : g_strdup("lost");
    SimOracleWorld world = {
        .phones = c->phones, .hours = c->part * c->refresh / 3600, .warmup = at};
    (void)point;
    return sim_oracle_text(&world,
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "[event restart]\n"
                           "at = %.0fs\n"
                           "crash = registrar\n"
                           "back = 0s\n"
                           "table = %s\n"
                           "[calls]\n"
                           "rate = %g/s per phone\n",
                           c->multiple * c->refresh, c->refresh, at, table,
                           4 / (c->part * c->refresh));
}

static void
restart_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Restart *c = which;
    double exact = sim_exact_restart(c->multiple, c->saved > 0 ? c->saved : INFINITY, c->part);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_MISSING_SHARE, exact);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_CALL_MISSED_SHARE, exact);
}

const SimOracle sim_oracle_restart = {
    .name = "registrar-restart",
    SIM_ORACLE_CASES(RESTART),
    .parameters = restart_parameters,
    .scenario = restart_scenario,
    .observe = restart_observe,
};

/* Changes Exp of mean @change, all noticed at once. */
typedef struct {
    unsigned phones;
    double hours;
    double change;
    double lag;
} Replica;

static const Replica REPLICA[] = {
    {2000, 30, 3600, 120}, {1000, 30, 2000, 1000}, {1000, 30, 1800, 600}};

static char *
replica_parameters(const void *which)
{
    const Replica *c = which;
    return g_strdup_printf("changes exp(%g s) lag %g s", c->change, c->lag);
}

static char *
replica_scenario(const void *which, unsigned point)
{
    const Replica *c = which;
    g_autofree char *network = g_strdup_printf("address = changes exp(%.0fs)", c->change);
    g_autofree char *lines = g_strdup_printf("none\nreplica-lag = %.0fs", c->lag);
    SimOracleWorld world = {
        .phones = c->phones, .hours = c->hours, .auth = lines, .network = network};
    (void)point;
    return sim_oracle_text(&world, "expires = 2400s\nrefresh = 1200s\nnotices = at once\n");
}

static void
replica_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Replica *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_WRONG_ADDRESS_SHARE,
                          sim_exact_replica_wrong(1 / c->change, c->lag));
}

const SimOracle sim_oracle_replica = {
    .name = "replica-lag",
    SIM_ORACLE_CASES(REPLICA),
    .parameters = replica_parameters,
    .scenario = replica_scenario,
    .observe = replica_observe,
};
