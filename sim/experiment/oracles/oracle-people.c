/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several devices on one address of record, each on or off by itself: a call that is forked to all
 * of them reaches one unless all are off. */
#include "sim/experiment/oracles/oracle.h"

/* @devices of each of @people, on for Exp of mean @on, off for Exp of mean @off. */
typedef struct {
    unsigned people;
    unsigned devices;
    double on;
    double off;
    double hours;
} People;

static const People PEOPLE[] = {{400, 2, 1800, 4200, 200}, {400, 3, 3600, 3600, 200}};

static char *
people_parameters(const void *which)
{
    const People *c = which;
    return g_strdup_printf("%u devices on exp(%g s) off exp(%g s)", c->devices, c->on, c->off);
}

static char *
people_scenario(const void *which, unsigned point)
{
    const People *c = which;
    SimOracleWorld world = {.phones = c->people, .hours = c->hours};
    (void)point;
    g_autofree char *habits = g_strdup_printf("boot = 0s\n"
                                              "expires = 2h\n"
                                              "power = on exp(%gs), off exp(%gs)\n"
                                              "leaves = unregisters\n",
                                              c->on, c->off);
    g_autoptr(GString) others = g_string_new(NULL);
    for (unsigned i = 1; i < c->devices; i++)
        g_string_append_printf(others,
                               "[phones p%u]\n"
                               "count = %u\n"
                               "network = net\n"
                               "aor-of = p\n"
                               "%s",
                               i, c->people, habits);
    return sim_oracle_text(&world, "%s%s[calls]\nrate = 6/h per phone\n", habits, others->str);
}

static void
people_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const People *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_CALL_REACHED_SHARE,
                          sim_exact_reached(c->on / (c->on + c->off), c->devices));
}

const SimOracle sim_oracle_people = {
    .name = "devices-of-people",
    SIM_ORACLE_CASES(PEOPLE),
    .parameters = people_parameters,
    .scenario = people_scenario,
    .observe = people_observe,
};
