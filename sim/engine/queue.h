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

/** sim_queue_next: when the first event is due; %ROLL_NEVER if there is none. */
RollTime sim_queue_next(SimQueue *self);

/** SIM_QUEUE_BLOCK: of so many events at most a SimQueueAhead is told at a time. */
#define SIM_QUEUE_BLOCK 16

/**
 * SimQueueAhead: @events will be popped soon, unless what is pushed now comes before them, the
 * first of them after half a block of others where there are so many. With @in_lane they were
 * pushed not long ago. Not all events are told.
 */
typedef void (*SimQueueAhead)(void *data, const SimEvent *events, size_t n, bool in_lane);

/** sim_queue_look_ahead: so that their records can be fetched before their turn. */
void sim_queue_look_ahead(SimQueue *self, SimQueueAhead ahead, void *data);

/** sim_queue_size: events in the queue. */
size_t sim_queue_size(const SimQueue *self);
