/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table of limited size, and how places in it come free (Lin, Deregistration strategies for PCS
 * networks, IEEE TVT 47, 1998): explicitly, by the phone that goes; by timeout; or implicitly, as a
 * newcomer takes the place of the oldest record. So many phones come so seldom that their arrivals
 * are a Poisson process; one that is refused does not try again. */
#include "sim/experiment/oracles/oracle.h"

#include <string.h>

enum { SOURCES = 20000, REPLICATIONS = 16 };

/* @present phones are there on average, each for Exp of mean @stay, at a table of @places. */
typedef struct {
    unsigned places;
    double present;
    double stay;
    double refresh;
    double expiry;
    double hours;
} Table;

static const Table EXPLICIT[] = {{15, 13, 60, 0, 0, 60}, {30, 30, 60, 0, 0, 30}};
static const Table TIMEOUT[] = {{15, 6, 60, 50, 100, 100}, {40, 13, 60, 100, 150, 90}};
static const Table IMPLICIT[] = {{20, 10, 60, 0, 0, 50}, {60, 30, 60, 0, 0, 20}};

static char *
table_parameters(const void *which)
{
    const Table *c = which;
    if (c->expiry > 0)
        return g_strdup_printf("%u places %g present stay exp(%g s) E %g s R %g s", c->places,
                               c->present, c->stay, c->expiry, c->refresh);
    return g_strdup_printf("%u places %g present stay exp(%g s)", c->places, c->present, c->stay);
}

static char *
table_text(const Table *c, const char *full, const char *leaves)
{
    g_autofree char *registrar =
        g_strdup_printf("max-records = %u\ntable-full = %s\n", c->places, full);
    SimOracleWorld world = {.phones = SOURCES,
                            .hours = c->hours,
                            .warmup = 3600,
                            .registrar = registrar,
                            .start = "all-off"};
    double expiry = c->expiry > 0 ? c->expiry : 1e8;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "retry = none\n"
                           "power = on exp(%gs), off exp(%gs)\n"
                           "leaves = %s\n",
                           expiry, c->refresh > 0 ? c->refresh : 0.5 * expiry, c->stay,
                           c->stay * (SOURCES / c->present - 1), leaves);
}

static void
blocked_observe(const Table *c, const SimOracleRun *run, GArray *values, double load)
{
    const int64_t *tallies = run->results[0]->columns[0].tallies;
    sim_oracle_add(values, "blocked",
                   (double)tallies[SIM_TALLY_FAILED] / (double)tallies[SIM_TALLY_INITIAL], 0,
                   sim_exact_erlang_b(c->places, load));
}

static char *
explicit_scenario(const void *which, unsigned point)
{
    (void)point;
    return table_text(which, "refuse", "unregisters");
}

static void
explicit_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Table *c = which;
    blocked_observe(c, run, values, c->present);
}

const SimOracle sim_oracle_explicit = {
    .name = "full-table-explicit",
    SIM_ORACLE_CASES(EXPLICIT),
    .replications = REPLICATIONS,
    .parameters = table_parameters,
    .scenario = explicit_scenario,
    .observe = explicit_observe,
};

static char *
timeout_scenario(const void *which, unsigned point)
{
    (void)point;
    return table_text(which, "refuse", "silently");
}

static void
timeout_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Table *c = which;
    SimExactPower form = {1 / c->stay, c->refresh, c->refresh, c->expiry};
    blocked_observe(c, run, values, c->present * (1 + sim_exact_outlives(&form) / c->stay));
}

const SimOracle sim_oracle_timeout = {
    .name = "full-table-timeout",
    SIM_ORACLE_CASES(TIMEOUT),
    .replications = REPLICATIONS,
    .parameters = table_parameters,
    .scenario = timeout_scenario,
    .observe = timeout_observe,
};

static char *
implicit_scenario(const void *which, unsigned point)
{
    (void)point;
    return table_text(which, "replace", "silently");
}

/* Which phones are there, and how many came and lost their record while they were. */
typedef struct {
    bool on[SOURCES];
    double came;
    double evicted;
} Watch;

static void
note(void *data, const SimTrace *trace, const char *name)
{
    Watch *self = data;
    (void)name;
    if (trace->kind == SIM_TRACE_ON || trace->kind == SIM_TRACE_OFF)
        self->on[trace->phone] = trace->kind == SIM_TRACE_ON;
    if (trace->at < ROLL_HOUR)
        return;
    self->came += trace->kind == SIM_TRACE_ON;
    self->evicted += trace->kind == SIM_TRACE_DEACTIVATED && self->on[trace->phone];
}

static void
implicit_watch(void *watch, const void *which, SimRunOptions *options)
{
    (void)which;
    options->trace = note;
    options->trace_data = watch;
}

static void
implicit_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Table *c = which;
    const Watch *watch = run->watches[0];
    sim_oracle_add(values, "evicted-while-there", watch->evicted / watch->came, 0,
                   sim_exact_evicted(c->places, c->present));
}

const SimOracle sim_oracle_implicit = {
    .name = "full-table-implicit",
    SIM_ORACLE_CASES(IMPLICIT),
    .replications = REPLICATIONS,
    .parameters = table_parameters,
    .scenario = implicit_scenario,
    .watch_size = sizeof(Watch),
    .watch = implicit_watch,
    .observe = implicit_observe,
};
