/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses that change while the phone is on: it stands under the old one until it notices, or
 * until its next refresh, and a registrar that keeps old contacts has many of one phone. */
#include "sim/experiment/oracles/oracle.h"

/* Changes Exp of mean @change, of which a share @noticed is noticed at once; refresh uniform in
 * [@from, @to]. */
typedef struct {
    unsigned phones;
    double hours;
    double change;
    double expiry;
    double from;
    double to;
    double noticed;
} Address;

static const Address ADDRESS[] = {
    {1000, 100, 10000, 10800, 1800, 1800, 0},
    {1000, 100, 5000, 1200, 600, 600, 0},
    {1000, 100, 10000, 3600, 1800, 3240, 0},
    {1000, 100, 3000, 2000, 600, 1200, 0},
};

static const Address NOTICED[] = {
    {2000, 150, 10000, 10800, 1800, 1800, 0.7},
    {1500, 100, 4000, 3600, 1800, 1800, 0.4},
    {1000, 100, 10000, 10800, 1800, 1800, 1},
    {1000, 100, 2000, 2400, 1200, 1200, 1},
};

static SimExactMove
form_of(const Address *c)
{
    return (SimExactMove){1 / c->change, c->from, c->to, c->expiry};
}

static char *
address_parameters(const void *which)
{
    const Address *c = which;
    g_autofree char *refresh = c->from == c->to ? g_strdup_printf("%g s", c->from)
                                                : g_strdup_printf("U(%g s..%g s)", c->from, c->to);
    g_autofree char *noticed =
        c->noticed > 0 ? g_strdup_printf(" notices %g%%", 100 * c->noticed) : g_strdup("");
    return g_strdup_printf("changes exp(%g s) E %g s R %s%s", c->change, c->expiry, refresh,
                           noticed);
}

static char *
address_scenario(const void *which, unsigned point)
{
    const Address *c = which;
    g_autofree char *address = g_strdup_printf("address = changes exp(%.0fs)", c->change);
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours, .network = address};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = uniform(%.0fs, %.0fs)\n"
                           "notices = %g%% at once\n",
                           c->expiry, c->from, c->to, 100 * c->noticed);
}

/* A record whose phone has moved, unnoticed, is dead too, and is counted as such. */
static void
address_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Address *c = which;
    SimExactMove form = form_of(c);
    const SimResult *result = run->results[0];
    sim_oracle_add_metric(values, result, SIM_METRIC_WRONG_ADDRESS_SHARE, sim_exact_wrong(&form));
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTER_RATE,
                          c->phones * sim_exact_move_rate(&form, 0));
    if (c->from < c->to)
        return;
    sim_oracle_add_metric(values, result, SIM_METRIC_CONTACTS_PER_AOR, sim_exact_contacts(&form));
    sim_oracle_add_metric(values, result, SIM_METRIC_STALE_CONTACTS_PER_AOR,
                          sim_exact_stale_contacts(&form));
}

const SimOracle sim_oracle_address = {
    .name = "address-unnoticed",
    SIM_ORACLE_CASES(ADDRESS),
    .parameters = address_parameters,
    .scenario = address_scenario,
    .observe = address_observe,
};

static void
noticed_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Address *c = which;
    SimExactMove form = form_of(c);
    const SimResult *result = run->results[0];
    if (c->noticed < 1)
        sim_oracle_add_metric(values, result, SIM_METRIC_WRONG_ADDRESS_SHARE,
                              sim_exact_wrong_noticed(&form, c->noticed));
    else
        sim_oracle_add_metric(values, result, SIM_METRIC_STALE_CONTACTS_PER_AOR,
                              sim_exact_stale_contacts_noticed(&form));
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTER_RATE,
                          c->phones * sim_exact_move_rate(&form, c->noticed));
}

const SimOracle sim_oracle_address_noticed = {
    .name = "address-noticed",
    SIM_ORACLE_CASES(NOTICED),
    .parameters = address_parameters,
    .scenario = address_scenario,
    .observe = noticed_observe,
};

/* Changes every @period, refreshes every @refresh; neither knows of the other. */
typedef struct {
    unsigned phones;
    double hours;
    double period;
    double refresh;
} Periodic;

static const Periodic PERIODIC[] = {{8000, 72, 86400, 1800}, {8000, 24, 14400, 3000}};

static char *
periodic_parameters(const void *which)
{
    const Periodic *c = which;
    return g_strdup_printf("changes every %g s R %g s", c->period, c->refresh);
}

static char *
periodic_scenario(const void *which, unsigned point)
{
    const Periodic *c = which;
    g_autofree char *address = g_strdup_printf("address = changes every %.0fs", c->period);
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours, .network = address};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = 50%%\n",
                           2 * c->refresh);
}

static void
periodic_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Periodic *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_WRONG_ADDRESS_SHARE,
                          sim_exact_wrong_periodic(c->period, c->refresh));
}

const SimOracle sim_oracle_address_periodic = {
    .name = "address-periodic",
    SIM_ORACLE_CASES(PERIODIC),
    .parameters = periodic_parameters,
    .scenario = periodic_scenario,
    .observe = periodic_observe,
};

/* The distribution of the number of records, of which the result keeps no batches: replications. */
static const Address CONTACTS[] = {
    {100, 150, 4000, 3600, 600, 600, 0},
    {100, 150, 3000, 4800, 1200, 1200, 0},
};

enum { MOST_CONTACTS = 4 };

static void
contacts_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const SimColumns *columns = &run->results[0]->columns[0];
    SimExactMove form = form_of(which);
    double all = 0;
    for (unsigned n = 0; n < SIM_MAX_CONTACTS; n++)
        all += (double)columns->contacts[n];
    for (unsigned n = 1; n <= MOST_CONTACTS; n++) {
        g_autofree char *name = g_strdup_printf("phones-with-%u-contacts", n);
        sim_oracle_add(values, name, (double)columns->contacts[n] / all, 0,
                       sim_exact_contacts_are(&form, n));
    }
}

const SimOracle sim_oracle_contacts = {
    .name = "contacts-binomial",
    SIM_ORACLE_CASES(CONTACTS),
    .replications = 24,
    .parameters = address_parameters,
    .scenario = address_scenario,
    .observe = contacts_observe,
};
