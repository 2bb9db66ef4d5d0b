/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An event, and the order of events. It is total and written down: by time, then class, then
 * entity, then ordinal; it does not depend on who was inserted first. */
#pragma once

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

/** sim_event_before: whether @a comes before @b. */
static inline bool
sim_event_before(const SimEvent *a, const SimEvent *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}
