/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the reader shares with the files that help it; not for others. */
#pragma once

#include "sim/scenario/scenario.h"

/** sim_scenario_make: one that knows what it was made from, and nothing else yet. */
SimScenario *sim_scenario_make(const char *path, const char *text, size_t len,
                               const char *const *changes);

/** sim_scenario_record: adds one of the parameters; @name may be %NULL. */
void sim_scenario_record(SimScenario *self, const char *kind, const char *name, const char *key,
                         const char *value);

/** sim_scenario_forget: the parameters of @key. */
void sim_scenario_forget(SimScenario *self, const char *key);

/** sim_sweep_read: reads a line of `[sweep]`; its number is for the caller to add. */
bool sim_sweep_read(const char *text, SimSweepLine *out, GError **error);
