/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phones that leave: the unregistration takes the record along, unless the phone crashed or the
 * message never came. */
#include "sim/experiment/oracles/oracle.h"

/* A share @crash of the phones never unregisters; the others do with probability @leaves. */
typedef struct {
    unsigned phones;
    double hours;
    double on;
    double off;
    double expiry;
    double refresh;
    double leaves;
    double crash;
} Leave;

static const Leave UNREGISTER[] = {
    {4000, 200, 4000, 3000, 3600, 1800, 0.9, 0},
    {2000, 160, 8000, 6000, 1800, 1000, 0.5, 0},
};

static const Leave CRASH[] = {
    {4000, 60, 4000, 3000, 3600, 1800, 0.95, 0.2},
    {4000, 60, 8000, 6000, 1800, 1000, 0.6, 0.4},
};

static char *
leave_parameters(const void *which)
{
    const Leave *c = which;
    g_autofree char *crash =
        c->crash > 0 ? g_strdup_printf(" %g%% never", 100 * c->crash) : g_strdup("");
    return g_strdup_printf("on exp(%g s) off exp(%g s) E %g s R %g s leaves %g%%%s", c->on, c->off,
                           c->expiry, c->refresh, 100 * c->leaves, crash);
}

static char *
phone_lines(const Leave *c)
{
    return g_strdup_printf("boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "power = on exp(%.0fs), off exp(%.0fs)\n",
                           c->expiry, c->refresh, c->on, c->off);
}

static char *
leave_scenario(const void *which, unsigned point)
{
    const Leave *c = which;
    unsigned crashing = (unsigned)(c->crash * c->phones + 0.5);
    SimOracleWorld world = {.phones = c->phones - crashing, .hours = c->hours};
    g_autofree char *lines = phone_lines(c);
    (void)point;
    if (crashing == 0)
        return sim_oracle_text(&world, "%sleaves = unregisters %g%%\n", lines, 100 * c->leaves);
    return sim_oracle_text(&world,
                           "%sleaves = unregisters %g%%\n"
                           "[phones crashing]\n"
                           "count = %u\n"
                           "network = net\n"
                           "%s",
                           lines, 100 * c->leaves, crashing, lines);
}

static void
leave_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Leave *c = which;
    SimExactPower form = {1 / c->on, c->refresh, c->refresh, c->expiry};
    double cycle = c->on + c->off;
    double unregisters = (1 - c->crash) * c->leaves;
    double stale = (1 - unregisters) * sim_exact_stale(&form, 1 / c->off);
    double rate = sim_exact_register_rate(&form, cycle) + unregisters / cycle;
    const SimResult *result = run->results[0];
    sim_oracle_add_metric(values, result, SIM_METRIC_STALE_SHARE, stale / cycle);
    sim_oracle_add_metric(values, result, SIM_METRIC_UNREGISTER_RATE,
                          c->phones * unregisters / cycle);
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTER_RATE, c->phones * rate);
}

const SimOracle sim_oracle_unregister = {
    .name = "unregister",
    SIM_ORACLE_CASES(UNREGISTER),
    .parameters = leave_parameters,
    .scenario = leave_scenario,
    .observe = leave_observe,
};

const SimOracle sim_oracle_crash = {
    .name = "crash",
    SIM_ORACLE_CASES(CRASH),
    .parameters = leave_parameters,
    .scenario = leave_scenario,
    .observe = leave_observe,
};
