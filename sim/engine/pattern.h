/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How busy the hours of a week are: an intensity that is constant from minute to minute and comes
 * again every week. It turns time at a steady pace into the clock's time, so that a Poisson process
 * of rate 1 becomes one whose rate follows the week (inversion of the cumulated rate). */
#pragma once

#include <rollcall/time.h>
#include <stddef.h>

/**
 * SimPatternPart: @weight from @from to @to of the days whose bit is set in @days (bit 0 Monday);
 * times since midnight in whole minutes. What no part names has weight 1; a later part goes before
 * an earlier one.
 */
typedef struct {
    unsigned days;
    RollTime from;
    RollTime to;
    double weight;
} SimPatternPart;

typedef struct SimPattern SimPattern;

/** sim_pattern_new: Returns: (transfer full): or %NULL if every minute has weight 0. */
SimPattern *sim_pattern_new(const SimPatternPart *parts, size_t n);
void sim_pattern_free(SimPattern *self);

/** sim_pattern_after: when @steady microseconds at the mean pace of a week have passed since @now.
 * Time 0 is Monday 00:00. */
RollTime sim_pattern_after(const SimPattern *self, RollTime now, double steady);

/** sim_pattern_pace: the intensity at @now; its mean over a week is 1. */
double sim_pattern_pace(const SimPattern *self, RollTime now);
