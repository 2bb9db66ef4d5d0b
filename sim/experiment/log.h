/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a part of a run writes down, so that it can be told afterwards in which order things happen
 * in the run as a whole; see merge.h. */
#pragma once

#include "sim/engine/queue.h"
#include "sim/measure/trace.h"

/**
 * SimLogEntry: one record of the trace. Entries are ordered by @at, @order and @tie; all three are
 * equal only for records of one event of one part.
 * @order: of its event; of an expiry see sim_log_expiry()
 * @what, @where, @number: as sim_fingerprint() takes them
 * @tie: of events that come in every part at once: which record is first
 */
typedef struct {
    RollTime at;
    uint64_t order;
    uint64_t what;
    uint64_t where;
    uint32_t number;
    uint32_t tie;
} SimLogEntry;

/** SimLogWake: at an event of @at and @order the registrar's next wake became @next. */
typedef struct {
    RollTime at;
    uint64_t order;
    RollTime next;
} SimLogWake;

/**
 * SimLogWindow: what happened in one part of a run up to @end, which it has reached.
 * @own: events of the part alone since the start of the run; @common: those that come in every part
 */
typedef struct {
    RollTime end;
    SimLogEntry *entries;
    size_t n_entries;
    size_t room;
    SimLogWake *wakes;
    size_t n_wakes;
    size_t wakes_room;
    uint64_t own;
    uint64_t common;
} SimLogWindow;

/**
 * SimLog: of one part.
 * @window: that is being written
 * @event: the order of the event under way; @order: that of its records
 * @tie: if @tied, of its records; else that is the number of the phone
 * @next_wake: the last that was written down
 * @own, @common: as of a window; wakes of the registrar are neither
 * @ranks: by group: added to the number of a phone gives its place in the order of AORs
 */
typedef struct {
    SimLogWindow *window;
    uint64_t event;
    uint64_t order;
    uint32_t tie;
    bool tied;
    RollTime next_wake;
    uint64_t own;
    uint64_t common;
    const uint32_t *ranks;
} SimLog;

/** SIM_LOG_EXPIRED: the middle of what an order has room for below its class. */
#define SIM_LOG_EXPIRED (UINT64_C(1) << 59)

/** sim_log_begin: an event of @order begins. */
static inline void
sim_log_begin(SimLog *self, uint64_t order)
{
    self->event = self->order = order;
    self->tied = false;
}

/**
 * sim_log_expiry: the next record is about the record of @phone of group @group that expired at
 * @expired. A wake of the registrar finds those of all parts in the order in which they expired,
 * and of one instant in the order of their AORs.
 */
static inline void
sim_log_expiry(SimLog *self, RollTime now, RollTime expired, uint32_t phone, size_t group)
{
    if (self->event >> 60 != SIM_CLASS_REGISTRAR)
        return;
    self->order = self->event + SIM_LOG_EXPIRED + (uint64_t)(expired - now);
    self->tie = phone + self->ranks[group];
    self->tied = true;
}

/** sim_log_reserve: room for one more entry. */
void sim_log_reserve(SimLogWindow *window);

static inline void
sim_log_add(SimLog *self, const SimTrace *trace)
{
    SimLogWindow *window = self->window;
    if (window->n_entries == window->room)
        sim_log_reserve(window);
    window->entries[window->n_entries++] = (SimLogEntry){
        .at = trace->at,
        .order = self->order,
        .what = (uint64_t)trace->kind << 32 | trace->phone,
        .where = (uint64_t)trace->address << 32 | trace->code,
        .number = trace->number,
        .tie = self->tied ? self->tie : trace->phone,
    };
}

/** sim_log_wake: the registrar's next wake is now @next. */
void sim_log_wake(SimLog *self, RollTime now, RollTime next);

/** sim_log_open: goes on in @window, which is emptied. */
void sim_log_open(SimLog *self, SimLogWindow *window);

/** sim_log_close: @window is complete. */
void sim_log_close(SimLog *self, RollTime end);

void sim_log_window_clear(SimLogWindow *window);
