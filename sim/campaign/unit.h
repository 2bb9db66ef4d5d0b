/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value of a scenario as a number and back, in the unit it was written in. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SIM_UNIT_WORD,
    SIM_UNIT_PLAIN,
    SIM_UNIT_TIME,  /* seconds */
    SIM_UNIT_SHARE, /* 0 to 1, written as % */
    SIM_UNIT_RATE,  /* per second, written as /s, /h, ... */
} SimUnitKind;

/** SimUnit: @suffix: of a rate, such as "/h"; @factor: per second that 1 of it is. */
typedef struct {
    SimUnitKind kind;
    char suffix[8];
    double factor;
} SimUnit;

/** sim_unit_read: @number is NaN for a word. */
SimUnit sim_unit_read(const char *text, double *number);

/** sim_unit_write: @number rounded to @figures; a time to whole seconds from 10 s on, below to
 * milliseconds. (transfer full) */
char *sim_unit_write(const SimUnit *self, double number, int figures);
