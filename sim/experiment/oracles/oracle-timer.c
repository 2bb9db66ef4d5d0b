/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who tells where a phone is beside its expiry: its own timer that each call sets back (Rose,
 * Minimizing the average cost of paging and registration, Wireless Networks 2, 1996), and a
 * registrar that asks. */
#include "sim/experiment/oracles/oracle.h"

enum { PHONES = 400, REPLICATIONS = 16 };

/* @share: the timer as a share of the best one. */
typedef struct {
    SimExactTimer timer;
    double share;
} Timer;

/* A registration costs as much as knowing a phone's place for so long less at a call: U / f s. */
static const Timer TIMER[] = {
    {{1 / 3600.0, 0, 3000, 1}, 0.5}, {{1 / 3600.0, 0, 3000, 1}, 1}, {{1 / 3600.0, 0, 3000, 1}, 2},
    {{1 / 600.0, 0, 200, 1}, 0.5},   {{1 / 600.0, 0, 200, 1}, 1},   {{1 / 600.0, 0, 200, 1}, 2},
};

/* With the timer in whole seconds, as scenarios have it. */
static SimExactTimer
form_of(const Timer *c)
{
    SimExactTimer form = c->timer;
    form.timer = (double)(long)(c->share * sim_exact_best_timer(&c->timer) + 0.5);
    return form;
}

static char *
timer_parameters(const void *which)
{
    SimExactTimer form = form_of(which);
    return g_strdup_printf("called every exp(%g s) U/f %g s T %g s", 1 / form.calls,
                           form.per_register / form.per_age, form.timer);
}

static char *
timer_scenario(const void *which, unsigned point)
{
    SimExactTimer form = form_of(which);
    double hours = 200 / form.calls / 3600;
    SimOracleWorld world = {
        .phones = PHONES, .hours = hours, .warmup = 20 * form.timer, .start = "all-on"};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = uniform(0s, %.0fs)\n"
                           "expires = 10000000s\n"
                           "refresh = %.0fs\n"
                           "refresh-after-call = yes\n"
                           "[calls]\n"
                           "rate = %.17g/s per phone\n",
                           form.timer, form.timer, form.calls);
}

static void
timer_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Timer *c = which;
    SimExactTimer form = form_of(c);
    const SimEstimate *metrics = run->results[0]->columns[0].metrics;
    double rate = metrics[SIM_METRIC_REGISTER_RATE].value / PHONES;
    double age = metrics[SIM_METRIC_KNOWN_AGE].value;
    double cost = form.per_register * rate + form.per_age * form.calls * age;
    sim_oracle_add(values, "registers-per-phone", rate, 0, sim_exact_timer_rate(&form));
    sim_oracle_add(values, "known-age", age, 0, sim_exact_timer_age(&form));
    sim_oracle_add(values, "cost", cost, 0, sim_exact_timer_cost(&form));
    /* F(T*) = U + C(T*) / k, in which the whole second of T* is below what can be seen. */
    if (c->share == 1)
        sim_oracle_add(values, "page-cost-at-best", form.per_register + cost / form.calls, 0,
                       form.per_age * sim_exact_best_timer(&c->timer));
}

const SimOracle sim_oracle_timer = {
    .name = "timer-registration",
    SIM_ORACLE_CASES(TIMER),
    .replications = REPLICATIONS,
    .parameters = timer_parameters,
    .scenario = timer_scenario,
    .observe = timer_observe,
};

/* Phones on for Exp of mean @on and off for Exp of mean @off, asked every @period. */
typedef struct {
    unsigned phones;
    double hours;
    double on;
    double off;
    double period;
    unsigned misses;
} Asked;

static const Asked ASKED[] = {{2000, 120, 7200, 3600, 600, 2}, {2000, 80, 3600, 1200, 120, 1}};

/* The registrar waits so long for the answer to its last question. */
static const double WAIT = 3;

static char *
asked_parameters(const void *which)
{
    const Asked *c = which;
    return g_strdup_printf("on exp(%g s) off exp(%g s) asked every %g s %u misses", c->on, c->off,
                           c->period, c->misses);
}

static char *
asked_scenario(const void *which, unsigned point)
{
    const Asked *c = which;
    g_autofree char *registrar =
        g_strdup_printf("qualify = %.0fs, %u misses\n", c->period, c->misses);
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours, .registrar = registrar};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = 2h\n"
                           "refresh = 1h\n"
                           "power = on exp(%gs), off exp(%gs)\n",
                           c->on, c->off);
}

static void
asked_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Asked *c = which;
    double stale = sim_exact_qualified(1 / c->off, c->period, c->misses, WAIT);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_STALE_SHARE,
                          stale / (c->on + c->off));
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_STALE_RECORD_RATE,
                          stale / (c->on + stale));
}

const SimOracle sim_oracle_qualify = {
    .name = "qualify",
    SIM_ORACLE_CASES(ASKED),
    .parameters = asked_parameters,
    .scenario = asked_scenario,
    .observe = asked_observe,
};
