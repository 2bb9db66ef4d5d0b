/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When attempts are due: at fixed intervals, or as a Poisson process. It depends on nothing that
 * the far end does. */
#pragma once

#include "sim/engine/random.h"
#include <rollcall/time.h>
#include <stdbool.h>

/** SimSchedule: open, but only its functions change it. @due: of the next attempt, us from 0. */
typedef struct {
    RollTime due;
    double rate;
    double at;
    uint64_t n;
    bool poisson;
    SimRandom random;
} SimSchedule;

/** sim_schedule_start: the first attempt is due at 0. @rate: per second, above 0 */
SimSchedule sim_schedule_start(double rate, bool poisson, SimRandom random);

/** sim_schedule_step: on to the next attempt. */
void sim_schedule_step(SimSchedule *self);
