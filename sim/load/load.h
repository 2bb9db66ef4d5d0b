/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The load generator without sockets and clock: it is told the time and what came, and says what is
 * to leave. Attempts are due by a schedule that no answer holds up (an open loop). Times are in us
 * from an origin of the owner's and never go back. */
#pragma once

#include "sim/load/tally.h"

typedef struct SimLoad SimLoad;

/** SimLoadSend: a message leaves on @line; @data is borrowed for the call. */
typedef void (*SimLoadSend)(void *user_data, unsigned line, const char *data, size_t len);

/** sim_load_new: @plan is copied, what it points to borrowed. All users are free and know no nonce.
 */
SimLoad *sim_load_new(const SimLoadPlan *plan, SimLoadSend send, void *user_data);
void sim_load_free(SimLoad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLoad, sim_load_free)

/** sim_load_begin: a new phase starts at @now, with an empty tally. The last one must be over. */
void sim_load_begin(SimLoad *self, RollTime now, const SimLoadPhase *phase);

/** sim_load_receive: @data came; whatever it is. */
void sim_load_receive(SimLoad *self, RollTime now, const char *data, size_t len);

/** sim_load_wake: starts attempts that are due, some tens at a time, and minds the timers. */
void sim_load_wake(SimLoad *self, RollTime now);

/** sim_load_next_wake: when sim_load_wake() has something to do again. */
RollTime sim_load_next_wake(const SimLoad *self);

/** sim_load_stop: no attempt starts any more. */
void sim_load_stop(SimLoad *self);

/** sim_load_abandon: those under way are given up and counted as neither effective nor failed. */
void sim_load_abandon(SimLoad *self);

/** sim_load_over: every attempt of the phase has started and ended. */
bool sim_load_over(const SimLoad *self);

/** sim_load_pending: attempts under way. */
uint32_t sim_load_pending(const SimLoad *self);

/** sim_load_tally: what came of the phase so far. (transfer none): until the next begin. */
const SimLoadTally *sim_load_tally(const SimLoad *self);

/** sim_load_close: what came of the phase, up to @now. (transfer none): until the next begin. */
const SimLoadTally *sim_load_close(SimLoad *self, RollTime now);
