/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that lose more in one direction, lines that are down for a while, and NATs. */
#include "sim/experiment/oracles/oracle.h"

#define POOL "198.18.0.0/18"

typedef struct {
    unsigned phones;
    double hours;
    double up;
    double down;
} Asymmetric;

static const Asymmetric ASYMMETRIC[] = {{4000, 1.5, 0.2, 0.7}, {4000, 4, 0.7, 0.2}};

static char *
asymmetric_parameters(const void *which)
{
    const Asymmetric *c = which;
    return g_strdup_printf("loss %g%% up %g%% down", 100 * c->up, 100 * c->down);
}

static char *
asymmetric_scenario(const void *which, unsigned point)
{
    const Asymmetric *c = which;
    g_autofree char *loss =
        g_strdup_printf("loss = %g%% up, %g%% down", 100 * c->up, 100 * c->down);
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours, .warmup = 600, .network = loss};
    (void)point;
    return sim_oracle_text(&world, "boot = 0s\nexpires = 2min\nrefresh = 1min\nretry = 30s\n");
}

static void
asymmetric_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Asymmetric *c = which;
    const SimResult *result = run->results[0];
    sim_oracle_add_metric(values, result, SIM_METRIC_INEFFECTIVE_ATTEMPTS,
                          sim_exact_fails_directed(c->up, c->down));
    sim_oracle_add_metric(values, result, SIM_METRIC_FAILED_BUT_FRESH,
                          sim_exact_fresh_directed(c->up, c->down));
}

const SimOracle sim_oracle_asymmetric = {
    .name = "loss-asymmetric",
    SIM_ORACLE_CASES(ASYMMETRIC),
    .parameters = asymmetric_parameters,
    .scenario = asymmetric_scenario,
    .observe = asymmetric_observe,
};

typedef struct {
    unsigned phones;
    double hours;
    double works;
    double down;
    double refresh;
    double expiry;
} Burst;

/* No copy is sent at the very instant of a lapse. */
static const Burst BURST[] = {{4000, 6, 120, 20, 60, 66}, {4000, 8, 300, 30, 100, 117}};

static char *
burst_parameters(const void *which)
{
    const Burst *c = which;
    return g_strdup_printf("works %g s down %g s E %g s R %g s", c->works, c->down, c->expiry,
                           c->refresh);
}

static char *
burst_scenario(const void *which, unsigned point)
{
    const Burst *c = which;
    g_autofree char *outages =
        g_strdup_printf("outages = every exp(%gs), for exp(%gs)", c->works, c->down);
    SimOracleWorld world = {
        .phones = c->phones, .hours = c->hours, .warmup = 3600, .network = outages};
    (void)point;
    return sim_oracle_text(&world, "boot = 0s\nexpires = %gs\nrefresh = %gs\nretry = 30s\n",
                           c->expiry, c->refresh);
}

/* By batch: refreshes of records (sent first), and records that ran out. Every grant is followed by
 * one refresh. */
typedef struct {
    RollTime begin;
    SimOracleRatio lapses;
} Watch;

static void
watch_trace(void *data, const SimTrace *trace, const char *name)
{
    Watch *watch = data;
    unsigned batch = trace->phone % SIM_ORACLE_BATCHES;
    (void)name;
    if (trace->at < watch->begin)
        return;
    watch->lapses.over[batch] += trace->kind == SIM_TRACE_EXPIRED;
    watch->lapses.under[batch] +=
        trace->kind == SIM_TRACE_SENT && trace->number == 0 && trace->code == SIM_SEND_REFRESH;
}

static void
burst_watch(void *watch, const void *which, SimRunOptions *options)
{
    (void)which;
    ((Watch *)watch)->begin = ROLL_HOUR;
    options->trace = watch_trace;
    options->trace_data = watch;
}

static void
burst_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Burst *c = which;
    const Watch *watch = run->watches[0];
    sim_oracle_add_ratio(values, "lapses-per-refresh", &watch->lapses,
                         sim_exact_burst_lapse(c->works, c->down, c->refresh, c->expiry));
}

const SimOracle sim_oracle_burst = {
    .name = "burst-outage",
    SIM_ORACLE_CASES(BURST),
    .parameters = burst_parameters,
    .scenario = burst_scenario,
    .watch_size = sizeof(Watch),
    .watch = burst_watch,
    .observe = burst_observe,
};

/* Refreshes are uniform between @from and @to. */
typedef struct {
    unsigned phones;
    double hours;
    double idle;
    double from;
    double to;
} Nat;

static const Nat NAT[] = {{1000, 24, 120, 60, 300}, {1000, 24, 30, 100, 500}};

static char *
nat_parameters(const void *which)
{
    const Nat *c = which;
    return g_strdup_printf("T %g s R %g..%g s", c->idle, c->from, c->to);
}

static char *
nat_scenario(const void *which, unsigned point)
{
    const Nat *c = which;
    g_autofree char *nat = g_strdup_printf("nat = %gs", c->idle);
    SimOracleWorld world = {
        .phones = c->phones, .hours = c->hours, .warmup = 3600, .network = nat, .pool = POOL};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\nexpires = %gs\nrefresh = uniform(%gs, %gs)\n"
                           "old-contact = removed\n",
                           c->to, c->from, c->to);
}

static void
nat_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Nat *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_UNREACHABLE_SHARE,
                          sim_exact_idle(c->idle, c->from, c->to));
}

const SimOracle sim_oracle_nat = {
    .name = "nat-idle",
    SIM_ORACLE_CASES(NAT),
    .parameters = nat_parameters,
    .scenario = nat_scenario,
    .observe = nat_observe,
};

typedef struct {
    unsigned phones;
    const char *kind;
    double from;
    double to;
    unsigned packets;
} Keepalive;

static const Keepalive KEEPALIVE[] = {{2000, "crlf", 20, 30, 1}, {2000, "stun", 24, 29, 2}};

static char *
keepalive_parameters(const void *which)
{
    const Keepalive *c = which;
    return g_strdup_printf("%s %g..%g s N %u", c->kind, c->from, c->to, c->phones);
}

static char *
keepalive_scenario(const void *which, unsigned point)
{
    const Keepalive *c = which;
    SimOracleWorld world = {
        .phones = c->phones, .hours = 4, .warmup = 3600, .network = "nat = 30s", .pool = POOL};
    (void)point;
    return sim_oracle_text(&world, "boot = 0s\nexpires = 1h\nkeepalive = %s uniform(%gs, %gs)\n",
                           c->kind, c->from, c->to);
}

static void
keepalive_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Keepalive *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_KEEPALIVE_RATE,
                          c->packets * c->phones / ((c->from + c->to) / 2));
}

const SimOracle sim_oracle_keepalive = {
    .name = "keepalive-rate",
    SIM_ORACLE_CASES(KEEPALIVE),
    .parameters = keepalive_parameters,
    .scenario = keepalive_scenario,
    .observe = keepalive_observe,
};
