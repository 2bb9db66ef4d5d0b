/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run hands to the reports: plain data, no link to the model that made it. */
#pragma once

#include "sim/measure/histogram.h"
#include "sim/measure/metrics.h"
#include "sim/scenario/scenario.h"

/**
 * SimEstimate: a value with its 95 % confidence interval; all NaN when nothing was observed,
 * @low and @high NaN when there is nothing to judge the spread by.
 * @error: standard error
 */
typedef struct {
    double value;
    double low;
    double high;
    double error;
} SimEstimate;

/** SIM_BATCHES: at most so many batches of phones in a population. */
#define SIM_BATCHES 32

/**
 * SimColumns: one population: a group, or all phones. @name is "all" for the total, and borrowed
 * from the scenario otherwise; the other pointers are owned (g_free()).
 * @batches: @n_batches of phones that share nothing but what strikes all; their tallies add up to
 *   @tallies, but for SPAN, which is of the population and 0 in each batch
 */
typedef struct {
    const char *name;
    unsigned phones;
    SimEstimate metrics[SIM_N_METRICS];
    int64_t tallies[SIM_N_TALLIES];
    int64_t (*batches)[SIM_N_TALLIES];
    size_t n_batches;
    SimHistogram *stale_life; /* s; ended by expiry, removal or return */
    SimHistogram *delay;      /* s; registration request delay */
    int64_t *contacts; /* SIM_MAX_CONTACTS: phone-time (us) with 0, 1, .. records; last: or more */
} SimColumns;

#define SIM_MAX_CONTACTS 32

/**
 * SimBin: [start, end) of the series; tallies of each population, index 0 the total. @tallies is
 * owned by its bin (g_free()).
 */
typedef struct {
    RollTime start;
    RollTime end;
    int64_t (*tallies)[SIM_N_TALLIES];
} SimBin;

/**
 * SimVerdict: of one expectation. @measured as the metric is.
 */
typedef struct {
    const SimExpectation *expectation;
    double measured;
    bool met;
} SimVerdict;

/**
 * SimLiveResult: what is to be known of a run in real time.
 * @to: the registrar, as it was named; owned
 * @compress: seconds of the scenario in one of the wall's
 * @lag_p50, @lag_p99, @lag_most: how much later than due events were handled, wall time, us
 * @answer_p50, @answer_p99, @answer_most: how long requests were without an answer, wall time, us;
 *   in virtual time a registrar needs none
 * @max_lag: up to which @lag_p99 and @answer_p99 the run can be trusted
 * @spread: each address of the scenario was one on the network
 * @sent, @received: packets; @dropped: that the system did not take
 * @unanswered: requests to which no reply came; @strays: replies to nothing that waited for one
 * @fetches: questions for what the table holds that were answered; @overtaken: of them, those that
 *   tell nothing since the phone had registered meanwhile; @refused: those without an answer that
 *   tells
 * @disagreed: of the others, answers that were not as the phones had been told; the mirror of the
 *   table was then corrected; @foreign: records in those answers that no phone of this run has bound
 */
typedef struct {
    char *to;
    uint32_t compress;
    RollTime lag_p50;
    RollTime lag_p99;
    RollTime lag_most;
    RollTime answer_p50;
    RollTime answer_p99;
    RollTime answer_most;
    RollTime max_lag;
    bool spread;
    uint64_t sent;
    uint64_t received;
    uint64_t dropped;
    uint64_t unanswered;
    uint64_t strays;
    uint64_t fetches;
    uint64_t overtaken;
    uint64_t refused;
    uint64_t disagreed;
    uint64_t foreign;
} SimLiveResult;

/**
 * SimResult:
 * @live: of a run in real time; owned; %NULL for one in virtual time
 * @scenario: borrowed; must outlive the result
 * @link: "wire", "direct" or "live"; borrowed, a literal
 * @columns: @n_columns populations: the total first, then the groups in file order
 * @longest_queue: the most requests that waited for the station at one time
 * @longest_wait: the longest that a request waited before its service began
 * @variants: @n_variants results of the variants of the scenario, for plots that show them beside
 *   this one; borrowed, and set by whom it has them
 * @partial: interrupted; @observed tells how far it came
 */
typedef struct SimResult SimResult;
struct SimResult {
    const SimScenario *scenario;
    const char *link;
    SimLiveResult *live;
    uint64_t fingerprint;
    uint64_t events;
    uint64_t registrations;
    uint64_t longest_queue;
    RollTime longest_wait;
    RollTime observed;
    bool partial;
    double wall_s;
    double cpu_s;
    SimColumns *columns;
    size_t n_columns;
    SimBin *bins;
    size_t n_bins;
    SimVerdict *verdicts;
    size_t n_verdicts;
    SimResult *const *variants;
    size_t n_variants;
};

void sim_result_free(SimResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimResult, sim_result_free)

/** SIM_N_STATES: a phone is in one of so many at any time; the first tallies. */
#define SIM_N_STATES (SIM_TALLY_ABSENT + 1)

/**
 * sim_result_shares: the state shares of a population in units of 1e-12, rounded so that they
 * add up to 1e12 exactly (largest remainder). Order: correct, wrong-address,
 * unreachable, missing, stale, absent.
 */
void sim_result_shares(const SimColumns *columns, int64_t shares[SIM_N_STATES]);

/** sim_result_has: false for what a run without a station has nothing to say of. */
bool sim_result_has(const SimResult *self, SimMetric metric);

/** sim_result_sees: false for what a registrar elsewhere does not show. */
bool sim_result_sees(const SimResult *self, SimMetric metric);

/** sim_result_is_trusted: false if a run in real time, or its registrar, was too late too often. */
bool sim_result_is_trusted(const SimResult *self);

/**
 * sim_result_judge: sets @verdicts from the expectations of the scenario, in their order. What was
 * not observed is not met.
 */
void sim_result_judge(SimResult *self);

/** sim_result_met: whether every expectation was met; true if there are none. */
bool sim_result_met(const SimResult *self);
