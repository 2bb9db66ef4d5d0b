/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of a scenario as numbers, and which of them a change is about. */
#pragma once

#include "sim/scenario/scenario.h"

/** sim_parameter_number: seconds, a share, a rate per second or a plain number; NaN for a word. */
double sim_parameter_number(const char *value);

/** sim_change_sets: whether `KEY=VALUE`, whose KEY may have a `*`, is about @key. */
bool sim_change_sets(const char *change, const char *key);
