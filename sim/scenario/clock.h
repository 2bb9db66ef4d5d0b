/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Days of the week and hours of the day, as people write them. */
#pragma once

#include <glib.h>
#include <rollcall/time.h>
#include <stdbool.h>

/** sim_clock_days: adds one of `daily`, `weekdays`, `weekends`, `mon`, `mon-fri` to @days: bit 0 is
 * Monday. */
bool sim_clock_days(const char *text, unsigned *days, GError **error);

/** sim_clock_time: `08:30` as time since midnight, up to 24:00. Returns: false if it is none. */
bool sim_clock_time(const char *text, RollTime *out);

/** sim_clock_range: `08:30-17:30`, the end after the start. */
bool sim_clock_range(const char *text, RollTime *from, RollTime *to, GError **error);
