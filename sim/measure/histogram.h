/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A histogram of durations with bins of constant relative width, eight to the doubling: it spans
 * microseconds to centuries in fixed memory, and no bin is wider than 1/8 of its lower edge. */
#pragma once

#include <rollcall/time.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_HISTOGRAM_BINS 496
/** SIM_HISTOGRAM_CAUSES: each entry is kept by cause, e.g. how a stale life ended. */
#define SIM_HISTOGRAM_CAUSES 3
/** How a stale life ended. */
enum { SIM_STALE_EXPIRED, SIM_STALE_REMOVED, SIM_STALE_RETURNED };

/** SimHistogram: open; zero it to start. @counts by bin and cause. */
typedef struct {
    int64_t counts[SIM_HISTOGRAM_BINS][SIM_HISTOGRAM_CAUSES];
    int64_t total;
} SimHistogram;

/** sim_histogram_add: one duration (negative counts as 0). */
void sim_histogram_add(SimHistogram *self, RollTime value, unsigned cause);
/** sim_histogram_merge: all that is in @other, too. */
void sim_histogram_merge(SimHistogram *self, const SimHistogram *other);
/** sim_histogram_bin: index of the bin that holds @value. */
size_t sim_histogram_bin(RollTime value);
/** sim_histogram_edge: lower edge of bin @i, us; its upper edge is the lower one of @i + 1. */
RollTime sim_histogram_edge(size_t i);
