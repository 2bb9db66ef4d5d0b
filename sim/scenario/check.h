/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What no value shows by itself: parts of a scenario that contradict each other. */
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/sections.h"

/** sim_scenario_check: of a scenario read whole. @path, @sections: where messages point to. */
bool sim_scenario_check(const SimScenario *scenario, const char *path, const GPtrArray *sections,
                        GError **error);
