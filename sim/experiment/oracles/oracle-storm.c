/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All phones come at once: the line before the station, and the rounds in which they come again.
 * All waits stay below T1, so that nothing is sent twice. */
#include "sim/experiment/oracles/oracle.h"

#include <math.h>

/* @ms: service time; @spread in seconds */
typedef struct {
    unsigned phones;
    double spread;
    double ms;
    unsigned seconds;
} Storm;

static SimExactStorm
form_of(const Storm *c)
{
    return (SimExactStorm){c->phones, c->spread, 1000 / c->ms};
}

static char *
storm_parameters(const void *which)
{
    const Storm *c = which;
    return g_strdup_printf("N %u J %g s mu %g/s", c->phones, c->spread, 1000 / c->ms);
}

static char *
storm_scenario(const void *which, unsigned point)
{
    const Storm *c = which;
    SimOracleWorld world = {.phones = c->phones, .hours = c->seconds / 3600.0, .start = "all-on"};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = uniform(0s, %.0fms)\n"
                           "expires = 2h\n"
                           "[station]\n"
                           "service = %gms\n",
                           1000 * c->spread, c->ms);
}

static double
wait_of(const SimOracleRun *run)
{
    return run->results[0]->columns[0].metrics[SIM_METRIC_QUEUE_WAIT].value;
}

/* N/J > mu. The form counts the one in service too. */
static const Storm OVERLOAD[] = {{6000, 0.2, 0.1, 5}, {20000, 0.3, 0.03, 5}};

static void
overload_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    SimExactStorm form = form_of(which);
    const int64_t *tallies = run->results[0]->columns[0].tallies;
    double longest = (double)run->results[0]->longest_queue + 1;
    sim_oracle_add(values, "longest-queue", longest, 0, sim_exact_storm_line(&form));
    sim_oracle_add(values, "queue-wait", wait_of(run), 0, sim_exact_storm_wait(&form));
    g_return_if_fail(tallies[SIM_TALLY_RETRANSMISSION] == 0);
}

const SimOracle sim_oracle_overload = {
    .name = "restore-overload",
    SIM_ORACLE_CASES(OVERLOAD),
    .replications = 16,
    .parameters = storm_parameters,
    .scenario = storm_scenario,
    .observe = overload_observe,
};

/* N/J < mu. */
static const Storm UNDERLOAD[] = {{50000, 100, 1, 105}, {64000, 40, 0.5, 45}};

static void
underload_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    SimExactStorm form = form_of(which);
    sim_oracle_add(values, "queue-wait", wait_of(run), 0, sim_exact_storm_wait(&form));
}

const SimOracle sim_oracle_underload = {
    .name = "restore-underload",
    SIM_ORACLE_CASES(UNDERLOAD),
    .replications = 16,
    .parameters = storm_parameters,
    .scenario = storm_scenario,
    .observe = underload_observe,
};

#define MOST_PHONES 50000

/* @width: of the refresh intervals, as a share of their mean */
typedef struct {
    unsigned refreshes;
    double width;
} Decay;

static const Decay DECAY[] = {{5, 0.2}, {2, 0.5}, {3, 0.4}};

static const double ROUND = 1000;

typedef struct {
    unsigned refreshes;
    SimOracleRatio harmonic;
    uint8_t seen[MOST_PHONES];
} Watch;

static char *
decay_parameters(const void *which)
{
    const Decay *c = which;
    return g_strdup_printf("w/r %g k %u", c->width, c->refreshes);
}

static char *
decay_scenario(const void *which, unsigned point)
{
    const Decay *c = which;
    double half = ROUND * c->width / 2;
    double most = (c->refreshes + 0.5) * (ROUND + half);
    SimOracleWorld world = {.phones = MOST_PHONES, .hours = most / 3600, .start = "all-on"};
    (void)point;
    return sim_oracle_text(&world,
                           "boot = 0s\n"
                           "expires = 1h\n"
                           "refresh = uniform(%gs, %gs)\n",
                           ROUND - half, ROUND + half);
}

/* The mean is at phase 0, where all began, so the amplitude is that of the cosine. */
static void
on_attempt(void *data, const SimAttempt *attempt, const char *name)
{
    Watch *watch = data;
    (void)name;
    if (watch->seen[attempt->phone]++ != watch->refreshes)
        return;
    double phase = 2 * M_PI * (double)attempt->began / ((double)ROLL_SECOND * ROUND);
    unsigned batch = attempt->phone % SIM_ORACLE_BATCHES;
    watch->harmonic.over[batch] += cos(phase);
    watch->harmonic.under[batch]++;
}

static void
watch_decay(void *watch, const void *which, SimRunOptions *options)
{
    ((Watch *)watch)->refreshes = ((const Decay *)which)->refreshes;
    options->attempt = on_attempt;
    options->attempt_data = watch;
}

static void
decay_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Decay *c = which;
    const Watch *watch = run->watches[0];
    sim_oracle_add_ratio(values, "harmonic", &watch->harmonic,
                         sim_exact_harmonic(c->width, c->refreshes));
}

const SimOracle sim_oracle_decay = {
    .name = "storm-decay",
    SIM_ORACLE_CASES(DECAY),
    .parameters = decay_parameters,
    .scenario = decay_scenario,
    .watch_size = sizeof(Watch),
    .watch = watch_decay,
    .observe = decay_observe,
};
