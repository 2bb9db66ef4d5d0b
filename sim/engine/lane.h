/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Events that come one and the same time after they are made come in the order in which they were
 * made. Such a lane is a ring buffer: putting an event in and taking it out costs no search. */
#pragma once

#include "sim/engine/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * SimLane: zero but for @delay is an empty one; open so that its head is read inline.
 * @told: for the owner: of how many at the head somebody has been told
 */
typedef struct {
    RollTime delay;
    SimEvent *ring;
    size_t size; /* a power of two */
    size_t head;
    size_t len;
    size_t told;
} SimLane;

void sim_lane_clear(SimLane *self);

/** sim_lane_push: Returns: false, and nothing is done, if many of those in it come after @event. */
bool sim_lane_push(SimLane *self, const SimEvent *event);

/** sim_lane_get: the @i-th, of %len. */
static inline const SimEvent *
sim_lane_get(const SimLane *self, size_t i)
{
    return &self->ring[(self->head + i) & (self->size - 1)];
}

static inline void
sim_lane_drop(SimLane *self)
{
    self->head++;
    self->len--;
}
