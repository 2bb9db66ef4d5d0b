/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a phase of load, in all and second by second. Delays are counted twice: from when
 * the attempt was due, which is what a user waits when the registrar holds up the attempts before
 * (leaving that out is "coordinated omission"), and from when its first request left, which is the
 * registration request delay of RFC 6076 section 4.1. */
#pragma once

#include "sim/load/delays.h"
#include "sim/load/plan.h"

/**
 * SimLoadSecond: one second of a phase.
 * @started: attempts whose first request left; @effective, @failed: that ended
 * @mean, @half, @most, @max: of the delays, from when they were due, of the effective ones that
 *   ended in it, us: mean, median, 99 %, greatest
 * @lag: greatest, us
 */
typedef struct {
    uint64_t started;
    uint64_t effective;
    uint64_t failed;
    uint64_t retransmissions;
    uint64_t late;
    double mean;
    RollTime half;
    RollTime most;
    RollTime max;
    RollTime lag;
} SimLoadSecond;

/** SimLoadCounts: of one kind. @delay is from when it was due, @reply from when it left. */
typedef struct {
    uint64_t started;
    uint64_t effective;
    uint64_t failed;
    uint64_t timed_out;
    SimDelays delay;
    SimDelays reply;
} SimLoadCounts;

/**
 * SimLoadTally:
 * @kinds: by kind; @total: of all
 * @requests: sent, with @retransmissions and @acks
 * @replies: final and provisional ones that were waited for; @late: those to what had ended or had
 *   its answer already; @foreign: what was no answer to us
 * @statuses: replies by status
 * @waited: attempts that were due while every user had one; their delay tells, their lag does not
 * @lag: how much later than due attempts left for reasons of our own
 * @last_start, @end: when the last attempt left, and when the last one ended, us from the start
 * @seconds: #SimLoadSecond
 */
typedef struct {
    SimLoadCounts kinds[SIM_LOAD_KINDS];
    SimLoadCounts total;
    uint64_t requests;
    uint64_t retransmissions;
    uint64_t acks;
    uint64_t replies;
    uint64_t late;
    uint64_t foreign;
    uint64_t statuses[700];
    uint64_t waited;
    SimDelays lag;
    RollTime last_start;
    RollTime end;
    GArray *seconds;
    SimLoadSecond now;
    SimDelays now_delay;
} SimLoadTally;

SimLoadTally *sim_load_tally_new(void);
void sim_load_tally_free(SimLoadTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLoadTally, sim_load_tally_free)

/** sim_load_tally_advance: @now, us from the start of the phase: seconds that are over are kept. */
void sim_load_tally_advance(SimLoadTally *self, RollTime now);

/** sim_load_tally_start: an attempt of @kind leaves at @now. @lag: ours; negative: not counted */
void sim_load_tally_start(SimLoadTally *self, RollTime now, SimLoadKind kind, RollTime lag);

/** sim_load_tally_end: an attempt ended at @now, due at @intended, left at @sent. */
void sim_load_tally_end(SimLoadTally *self, RollTime now, SimLoadKind kind, bool effective,
                        RollTime intended, RollTime sent);

/** sim_load_tally_close: keeps the second that has begun, too. */
void sim_load_tally_close(SimLoadTally *self, RollTime now);

/** sim_load_tally_ineffective: IRA of RFC 6076 section 4.2, in per cent: of the attempts to
 * register that ended, those that failed; NaN where there were none. */
double sim_load_tally_ineffective(const SimLoadTally *self);
