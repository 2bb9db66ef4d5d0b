/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An oracle is a formula, a list of cases, the scenario that plays a case, and what of its outcome
 * has to come to what. To add one: a SimOracle in a file of this folder, its name in
 * SIM_ORACLES below, its formula in closed-forms.h with a test of its definition in tests/oracles,
 * and its row in docs/method.md. */
#pragma once

#include "sim/experiment/oracles/closed-forms.h"
#include "sim/experiment/run.h"

/** SIM_ORACLES: X(id): all of them, in the order of the table; each is a sim_oracle_<id>. */
#define SIM_ORACLES(X)                                                                             \
    X(power)                                                                                       \
    X(fixed_off)                                                                                   \
    X(boot)                                                                                        \
    X(blackout)                                                                                    \
    X(unregister)                                                                                  \
    X(crash)                                                                                       \
    X(address)                                                                                     \
    X(address_noticed)                                                                             \
    X(address_periodic)                                                                            \
    X(pool_random)                                                                                 \
    X(pool_oldest)                                                                                 \
    X(contacts)                                                                                    \
    X(transaction)                                                                                 \
    X(digest)                                                                                      \
    X(refresh_loss)                                                                                \
    X(soft_state)                                                                                  \
    X(asymmetric)                                                                                  \
    X(burst)                                                                                       \
    X(nat)                                                                                         \
    X(keepalive)                                                                                   \
    X(restart)                                                                                     \
    X(replica)                                                                                     \
    X(expiry)                                                                                      \
    X(explicit)                                                                                    \
    X(timeout)                                                                                     \
    X(implicit)                                                                                    \
    X(timer)                                                                                       \
    X(qualify)                                                                                     \
    X(people)                                                                                      \
    X(overload)                                                                                    \
    X(underload)                                                                                   \
    X(decay)

/**
 * SimOracleValue: one comparison.
 * @metric: what was measured
 * @error: standard error of @seen; not used where there are several replications
 */
typedef struct {
    char metric[48];
    double seen;
    double error;
    double exact;
} SimOracleValue;

/**
 * SimOracleRun: what one observation of a case has to go by, each with an entry for each point.
 * @watches: zeroed memory of the oracle's @watch_size
 */
typedef struct {
    SimResult **results;
    void **watches;
} SimOracleRun;

/**
 * SimOracle:
 * @name: of its rows; what `--only` looks at
 * @cases: @n_cases values of @case_size bytes; each function is given one of them
 * @n_points: runs that one observation takes, with the same draws; 0 for one
 * @replications: how many observations tell the standard error by their spread, for phones that
 * are coupled and for figures that have no batches; 0: one, whose values carry their error
 * @parameters: as the table shows them, without commas (transfer full)
 * @scenario: of run @point; its seed and replication are set by the caller (transfer full)
 * @watch: adds callbacks to @options; %NULL for none
 * @observe: adds a value for each comparison, always the same in the same order
 */
typedef struct {
    const char *name;
    const void *cases;
    size_t case_size;
    size_t n_cases;
    unsigned n_points;
    unsigned replications;
    char *(*parameters)(const void *which);
    char *(*scenario)(const void *which, unsigned point);
    size_t watch_size;
    void (*watch)(void *watch, const void *which, SimRunOptions *options);
    void (*observe)(const void *which, const SimOracleRun *run, GArray *values);
} SimOracle;

#define X(id) extern const SimOracle sim_oracle_##id;
SIM_ORACLES(X)
#undef X

/** SIM_ORACLE_CASES: the three fields that name a list of cases. */
#define SIM_ORACLE_CASES(list)                                                                     \
    .cases = (list), .case_size = sizeof(list)[0], .n_cases = G_N_ELEMENTS(list)

/** sim_oracle_add: a value of @values, a GArray of SimOracleValue. */
void sim_oracle_add(GArray *values, const char *metric, double seen, double error, double exact);

/** sim_oracle_add_metric: of all phones of @result, with the error that its batches tell. */
void sim_oracle_add_metric(GArray *values, const SimResult *result, SimMetric metric, double exact);

/** SIM_ORACLE_BATCHES: that SimOracleRatio deals phones into. */
#define SIM_ORACLE_BATCHES 32

/** SimOracleRatio: counts over and under a line in batches of phones that have nothing to do with
 * each other, for what no metric tells. */
typedef struct {
    double over[SIM_ORACLE_BATCHES];
    double under[SIM_ORACLE_BATCHES];
} SimOracleRatio;

/** sim_oracle_add_ratio: with its error by the ratio estimator, as in sim_estimate(). */
void sim_oracle_add_ratio(GArray *values, const char *metric, const SimOracleRatio *ratio,
                          double exact);

/**
 * SimOracleWorld: what the scenarios of oracles have in common: one network without delay, one
 * group of phones p that register at once.
 * @hours: that are measured, after @warmup
 * @bin: of the series in seconds; 0 for one bin
 * @pool: of addresses; 10.0.0.0/8 if %NULL
 * @auth: "none" if %NULL
 * @start: "stationary" if %NULL
 * @network, @registrar: more lines of [network net] and [registrar]; may be %NULL
 */
typedef struct {
    unsigned phones;
    double hours;
    double warmup;
    double bin;
    const char *auth;
    const char *network;
    const char *pool;
    const char *registrar;
    const char *start;
} SimOracleWorld;

/** sim_oracle_text: the scenario with the lines of [phones p] and what follows. (transfer full) */
char *sim_oracle_text(const SimOracleWorld *world, const char *format, ...) G_GNUC_PRINTF(2, 3);
