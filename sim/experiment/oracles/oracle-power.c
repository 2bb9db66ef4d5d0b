/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Power that fails, of one phone or of all: the record outlives the phone. */
#include "sim/experiment/oracles/oracle.h"

/* Off-times Exp of mean @off; refresh uniform in [@from, @to]. */
typedef struct {
    unsigned phones;
    double hours;
    double on;
    double off;
    double expiry;
    double from;
    double to;
} Power;

static const Power POWER[] = {
    {2000, 50, 4000, 3000, 3600, 1800, 1800},
    {2000, 100, 20000, 7200, 600, 300, 300},
    {2000, 50, 4000, 3000, 3600, 1800, 3240},
    {2000, 100, 20000, 7200, 1200, 600, 1080},
};

static SimExactPower
form_of(const Power *c)
{
    return (SimExactPower){1 / c->on, c->from, c->to, c->expiry};
}

static char *
power_parameters(const void *which)
{
    const Power *c = which;
    if (c->from == c->to)
        return g_strdup_printf("on exp(%g s) off exp(%g s) E %g s R %g s", c->on, c->off, c->expiry,
                               c->from);
    return g_strdup_printf("on exp(%g s) off exp(%g s) E %g s R U(%g s..%g s)", c->on, c->off,
                           c->expiry, c->from, c->to);
}

static char *
power_scenario(const void *which, unsigned point)
{
    const Power *c = which;
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = uniform(%.0fs, %.0fs)\n"
                           "power = fails exp(%.0fs), back after exp(%.0fs)\n",
                           c->expiry, c->from, c->to, c->on, c->off);
}

static void
power_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Power *c = which;
    SimExactPower form = form_of(c);
    double cycle = c->on + c->off;
    double stale = sim_exact_stale(&form, 1 / c->off);
    const SimResult *result = run->results[0];
    sim_oracle_add_metric(values, result, SIM_METRIC_STALE_SHARE, stale / cycle);
    sim_oracle_add_metric(values, result, SIM_METRIC_ABSENT_SHARE, (c->off - stale) / cycle);
    sim_oracle_add_metric(values, result, SIM_METRIC_CORRECT_SHARE, c->on / cycle);
    sim_oracle_add_metric(values, result, SIM_METRIC_STALE_RECORD_RATE, stale / (stale + c->on));
    sim_oracle_add_metric(values, result, SIM_METRIC_REGISTER_RATE,
                          c->phones * sim_exact_register_rate(&form, cycle));
}

const SimOracle sim_oracle_power = {
    .name = "power-fail",
    SIM_ORACLE_CASES(POWER),
    .parameters = power_parameters,
    .scenario = power_scenario,
    .observe = power_observe,
};

/* Off-times that are always the same: shorter than what is left of the youngest record, between
 * that and the oldest, and longer. */
static const Power FIXED_OFF[] = {
    {2000, 40, 4000, 600, 3600, 1800, 1800},  {2000, 40, 8000, 1200, 4000, 2000, 2000},
    {2000, 40, 4000, 2700, 3600, 1800, 1800}, {2000, 60, 8000, 1500, 1800, 1400, 1400},
    {2000, 60, 4000, 9000, 3600, 1800, 1800}, {2000, 90, 8000, 6000, 1800, 1400, 1400},
};

static char *
fixed_off_parameters(const void *which)
{
    const Power *c = which;
    return g_strdup_printf("on exp(%g s) off %g s E %g s R %g s", c->on, c->off, c->expiry,
                           c->from);
}

static char *
fixed_off_scenario(const void *which, unsigned point)
{
    const Power *c = which;
    SimOracleWorld world = {.phones = c->phones, .hours = c->hours};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "power = fails exp(%.0fs), back after %.0fs\n",
                           c->expiry, c->from, c->on, c->off);
}

static void
fixed_off_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Power *c = which;
    SimExactPower form = form_of(c);
    double stale = sim_exact_stale_fixed_off(&form, c->off);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_STALE_SHARE,
                          stale / (c->on + c->off));
}

const SimOracle sim_oracle_fixed_off = {
    .name = "power-fail-fixed-off",
    SIM_ORACLE_CASES(FIXED_OFF),
    .parameters = fixed_off_parameters,
    .scenario = fixed_off_scenario,
    .observe = fixed_off_observe,
};

/* Boots for @boot, fails only after that, within @intervals refresh intervals. */
typedef struct {
    double boot;
    unsigned intervals;
    double off;
    double expiry;
    double refresh;
} Boot;

static const Boot BOOT[] = {{60, 4, 3000, 3600, 1800}, {300, 3, 1500, 1800, 1200}};

#define BOOT_PHONES 4000

static char *
boot_parameters(const void *which)
{
    const Boot *c = which;
    return g_strdup_printf("boot %g s then on U(0..%g s) off exp(%g s) E %g s R %g s", c->boot,
                           c->intervals * c->refresh, c->off, c->expiry, c->refresh);
}

static char *
boot_scenario(const void *which, unsigned point)
{
    const Boot *c = which;
    SimOracleWorld world = {.phones = BOOT_PHONES, .hours = 40};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = %.0fs\n"
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "power = fails uniform(%.0fs, %.0fs), back after exp(%.0fs)\n",
                           c->boot, c->expiry, c->refresh, c->boot,
                           c->boot + c->intervals * c->refresh, c->off);
}

static void
boot_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Boot *c = which;
    double cycle = c->boot + c->intervals * c->refresh / 2 + c->off;
    double missing = sim_exact_boot_missing(1 / c->off, c->boot, c->refresh, c->expiry);
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_MISSING_SHARE, missing / cycle);
}

const SimOracle sim_oracle_boot = {
    .name = "boot-delay",
    SIM_ORACLE_CASES(BOOT),
    .parameters = boot_parameters,
    .scenario = boot_scenario,
    .observe = boot_observe,
};

/* All phones fail and stay off; a row is a window of a sixth of the refresh interval. */
typedef struct {
    double expiry;
    double refresh;
} Blackout;

static const Blackout BLACKOUT[] = {{3600, 1800}, {1800, 1620}};

enum { BLACKOUT_PHONES = 3000, BLACKOUT_PARTS = 6 };

static char *
blackout_parameters(const void *which)
{
    const Blackout *c = which;
    return g_strdup_printf("E %g s R %g s", c->expiry, c->refresh);
}

static char *
blackout_scenario(const void *which, unsigned point)
{
    const Blackout *c = which;
    double bin = c->refresh / BLACKOUT_PARTS;
    SimOracleWorld world = {
        .phones = BLACKOUT_PHONES, .hours = (c->expiry + 2 * bin) / 3600, .bin = bin};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = %.0fs\n"
                           "refresh = %.0fs\n"
                           "[event blackout]\n"
                           "at = %.0fs\n"
                           "cut = power of net\n"
                           "back = 1000h\n",
                           c->expiry, c->refresh, bin);
}

/* Bin 0 is before the blackout; the records of bin k are those of k - 1 to k windows after it. */
static void
blackout_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Blackout *c = which;
    const SimResult *result = run->results[0];
    double width = c->refresh / BLACKOUT_PARTS;
    unsigned last = (unsigned)(c->expiry / width);
    for (unsigned back = BLACKOUT_PARTS; back >= 2; back--) {
        const SimBin *bin = &result->bins[1 + last - back];
        double since = (last - back) * width;
        double records = (double)bin->tallies[0][SIM_TALLY_BINDINGS] / BLACKOUT_PHONES /
                         (double)(bin->end - bin->start);
        g_autofree char *name = g_strdup_printf("records-left-%g-%g-s", since, since + width);
        sim_oracle_add(values, name, records, 0,
                       sim_exact_left(c->refresh, c->expiry, since, since + width));
    }
}

const SimOracle sim_oracle_blackout = {
    .name = "blackout",
    SIM_ORACLE_CASES(BLACKOUT),
    .replications = 32,
    .parameters = blackout_parameters,
    .scenario = blackout_scenario,
    .observe = blackout_observe,
};
