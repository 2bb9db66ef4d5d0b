/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event queue. Order is total and written down: by time, then class, then entity, then
 * ordinal; it does not depend on who was inserted first.
 *
 * Events lie in buckets by time; a bucket is sorted when its turn comes, and what still arrives
 * for the bucket in turn goes to a small heap. Insertion costs one cache miss and no comparison. */
#pragma once

#include <glib.h>
#include <rollcall/time.h>
#include <stdbool.h>

/** SimClass: order of events at one instant. */
typedef enum {
    SIM_CLASS_WORLD,
    SIM_CLASS_DELIVERY,
    SIM_CLASS_REGISTRAR,
    SIM_CLASS_PHONE,
    SIM_CLASS_CALL,
    SIM_CLASS_SAMPLING,
} SimClass;

/**
 * SimEvent: a value.
 * @order: class, entity and ordinal packed so that they compare as one number
 * @what: for the owner; not part of the order
 * @item: for the owner; not part of the order
 */
typedef struct {
    RollTime due;
    uint64_t order;
    uint32_t what;
    uint32_t item;
} SimEvent;

#define SIM_ORDINAL_BITS 28

static inline uint64_t
sim_order(SimClass class, uint32_t entity, uint32_t ordinal)
{
    return (uint64_t) class << 60 | (uint64_t)entity << SIM_ORDINAL_BITS |
           (ordinal & ((1u << SIM_ORDINAL_BITS) - 1));
}

static inline SimClass
sim_event_class(const SimEvent *event)
{
    return (SimClass)(event->order >> 60);
}

static inline uint32_t
sim_event_entity(const SimEvent *event)
{
    return (uint32_t)(event->order >> SIM_ORDINAL_BITS);
}

typedef struct SimQueue SimQueue;

/**
 * sim_queue_new:
 * @start: no event is due before it
 * @per_second: how many events a second are to be expected; sets the width of a bucket
 */
SimQueue *sim_queue_new(RollTime start, double per_second);
void sim_queue_free(SimQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimQueue, sim_queue_free)

/** sim_queue_push: an event due no earlier than the last one popped. */
void sim_queue_push(SimQueue *self, SimEvent event);

/** sim_queue_pop: takes the first event. Returns: false if there is none due at or before @until.
 */
bool sim_queue_pop(SimQueue *self, RollTime until, SimEvent *out);

/**
 * sim_queue_ahead: the event @n after the next one of the bucket in turn, to fetch its records
 * early. Returns: %NULL if the bucket does not reach so far.
 */
const SimEvent *sim_queue_ahead(const SimQueue *self, size_t n);

/** sim_queue_size: events in the queue. */
size_t sim_queue_size(const SimQueue *self);
