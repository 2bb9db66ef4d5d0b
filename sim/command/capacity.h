/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of `rollcall capacity --to`: users of a real registrar register at a rate. */
#pragma once

#include "sim/command/far-end.h"
#include "sim/experiment/capacity.h"

/** SimLiveCapacityOptions: times as they were given, or %NULL. */
typedef struct {
    char *threshold;
    char *pause;
    char *max_lag;
} SimLiveCapacityOptions;

typedef struct SimLiveCapacity SimLiveCapacity;

/** sim_live_capacity_new: opens the sockets. @end must outlive it. Returns: (transfer full): or
 * %NULL */
SimLiveCapacity *sim_live_capacity_new(const SimFarEnd *end, const SimLiveCapacityOptions *options,
                                       GError **error);
void sim_live_capacity_free(SimLiveCapacity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLiveCapacity, sim_live_capacity_free)

/**
 * sim_live_capacity_try: as sim_capacity_try(), of a real registrar.
 * @error: stopped by a signal, or the generator was not quick enough for @rate
 */
bool sim_live_capacity_try(SimLiveCapacity *self, uint64_t rate, bool again, SimTrial *out,
                           GError **error);

/**
 * sim_live_capacity_least: how many agents it takes to find @rate out. A registrar that is asked a
 * tenth more often than it can answer falls behind by a tenth of the time; only after ten times the
 * threshold is that longer than the threshold, and an attempt fails.
 */
uint64_t sim_live_capacity_least(const SimLiveCapacity *self, uint64_t rate);
