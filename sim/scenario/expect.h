/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expectations: `metric [of GROUP] <= value`. */
#pragma once

#include "sim/scenario/scenario.h"

/** sim_expectation_read: @scenario has its groups. @out is set on success only; its @line is left
 * to the caller, its @text to sim_scenario_free(). */
bool sim_expectation_read(const SimScenario *scenario, const char *text, SimExpectation *out,
                          GError **error);
