/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/lane.h"

#include <string.h>

/* Events of one instant come in the order of their numbers, which need not be that in which they
 * were made; a few that are passed cost less than a search. */
#define MOST_PASSED 16

void
sim_lane_clear(SimLane *self)
{
    g_clear_pointer(&self->ring, g_free);
    self->size = self->len = 0;
}

static void
grow(SimLane *self)
{
    size_t size = MAX(2 * self->size, 64);
    SimEvent *ring = g_new(SimEvent, size);
    for (size_t i = 0; i < self->len; i++)
        ring[i] = *sim_lane_get(self, i);
    g_free(self->ring);
    self->ring = ring;
    self->size = size;
    self->head = 0;
}

bool
sim_lane_push(SimLane *self, const SimEvent *event)
{
    size_t at = self->len;
    while (at > 0 && sim_event_before(event, sim_lane_get(self, at - 1)))
        if (self->len - --at > MOST_PASSED)
            return false;
    if (self->len == self->size)
        grow(self);
    for (size_t i = self->len++; i > at; i--)
        self->ring[(self->head + i) & (self->size - 1)] = *sim_lane_get(self, i - 1);
    self->ring[(self->head + at) & (self->size - 1)] = *event;
    return true;
}
