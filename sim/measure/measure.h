/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ground truth against the location table, at every event. A mirror of the table, kept from the
 * registrar's own events, is held against where each device is; what a phone's state is and how
 * many records are dead is integrated over time in whole microseconds, so shares are exact.
 *
 * Phones of a group fall into at most 32 batches. Batches share nothing but the events that strike
 * all, so their spread gives the confidence interval of every metric (ratio estimator). */
#pragma once

#include "sim/measure/result.h"
#include "sim/model/world.h"
#include <rollcall/registrar.h>

typedef struct SimMeasure SimMeasure;

/** sim_measure_new: @world is borrowed. Nothing counts before sim_measure_begin(). */
SimMeasure *sim_measure_new(const SimWorld *world);
void sim_measure_free(SimMeasure *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimMeasure, sim_measure_free)

/** sim_measure_begin: forgets what was counted; the state of the world stays known. */
void sim_measure_begin(SimMeasure *self, RollTime now);

/** sim_measure_changed: device @id went on or off, or had address @was until now. */
void sim_measure_changed(SimMeasure *self, RollTime now, uint32_t id, uint32_t was);

/** sim_measure_bound: the table holds a new record of phone @id that leads to @address. */
void sim_measure_bound(SimMeasure *self, RollTime now, uint32_t id, uint32_t address);

/** sim_measure_unbound: the record is gone. @expired: by expiry, not by a request. */
void sim_measure_unbound(SimMeasure *self, RollTime now, uint32_t id, uint32_t address,
                         bool expired);

/** sim_measure_prefetch: the records of @id will be changed or looked at soon. */
void sim_measure_prefetch(const SimMeasure *self, uint32_t id);

/** sim_measure_count: @tally is a count, not a level. */
void sim_measure_count(SimMeasure *self, uint32_t id, SimTally tally);

/** sim_measure_add: @amount to a count that is a sum. */
void sim_measure_add(SimMeasure *self, uint32_t id, SimTally tally, int64_t amount);

/** sim_measure_shift: level @tally changes by @step. */
void sim_measure_shift(SimMeasure *self, RollTime now, uint32_t id, SimTally tally, int step);

/** sim_measure_attempt: an attempt of phone @id that began at @began ended. */
void sim_measure_attempt(SimMeasure *self, RollTime now, uint32_t id, RollTime began, bool failed);

/** sim_measure_close_bin: ends a bin of the series at @now. */
void sim_measure_close_bin(SimMeasure *self, RollTime now);

/**
 * sim_measure_records: addresses of the mirrored records of @id, at most @room of them.
 * Returns: how many there are.
 */
size_t sim_measure_records(const SimMeasure *self, uint32_t id, uint32_t *out, size_t room);

/**
 * sim_measure_add_part: takes over what was seen until @now of another part of the same world, for
 * sim_measure_finish() at the same time; all are whole numbers, so it does not matter who saw what.
 * Nothing more may happen to either of the two.
 */
void sim_measure_add_part(SimMeasure *self, RollTime now, SimMeasure *part);

/** sim_measure_finish: fills the columns and bins of @result with what was seen until @now. */
void sim_measure_finish(SimMeasure *self, RollTime now, SimResult *result);
