/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event queue. Events lie in buckets by time; a bucket is sorted when its turn comes, and what
 * still arrives for the bucket in turn goes to a small heap. Insertion costs one cache miss and no
 * comparison. What always comes the same time after it was made, such as a packet on a line with a
 * constant delay, has a lane beside the buckets. */
#pragma once

#include "sim/engine/event.h"

#include <glib.h>
#include <stdbool.h>

typedef struct SimQueue SimQueue;

/**
 * sim_queue_new:
 * @start: no event is due before it
 * @per_second: how many events a second are to be expected; sets the width of a bucket
 */
SimQueue *sim_queue_new(RollTime start, double per_second);
void sim_queue_free(SimQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimQueue, sim_queue_free)

/**
 * sim_queue_add_lane: many events will be due exactly @delay after the event that was popped last.
 * Only their cost depends on it; of more than a few lanes the last are not made.
 */
void sim_queue_add_lane(SimQueue *self, RollTime delay);

/**
 * sim_queue_watch: @pushed is told of each event that is put in, and when the one popped last was
 * due. For measurements; nothing else depends on it.
 */
void sim_queue_watch(SimQueue *self,
                     void (*pushed)(void *data, RollTime now, const SimEvent *event), void *data);

/** sim_queue_push: an event due no earlier than the last one popped. */
void sim_queue_push(SimQueue *self, SimEvent event);

/** sim_queue_pop: takes the first event. Returns: false if there is none due at or before @until.
 */
bool sim_queue_pop(SimQueue *self, RollTime until, SimEvent *out);

/** SIM_QUEUE_AHEAD: so far one can always look ahead, if there are so many events. */
#define SIM_QUEUE_AHEAD 24

/**
 * sim_queue_ahead: the event that comes @n (1, 2, ... %SIM_QUEUE_AHEAD) places after the one popped last where that
 * one was, to fetch its records early. Returns: %NULL if there are not so many.
 */
const SimEvent *sim_queue_ahead(const SimQueue *self, size_t n);

/** sim_queue_size: events in the queue. */
size_t sim_queue_size(const SimQueue *self);
