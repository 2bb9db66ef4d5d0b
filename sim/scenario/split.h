/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether one run of an experiment can be split, its phones among several threads. */
#pragma once

#include "sim/scenario/scenario.h"

/**
 * sim_scenario_why_whole: why what a phone does may depend on what others do, so that a run cannot
 * be split. That is more to ask than that they are independent (coupling.h): not a single address
 * or nonce may be another.
 * Returns: (nullable): one short reason for people with the key it comes from, static; %NULL if
 * the run can be split
 */
const char *sim_scenario_why_whole(const SimScenario *self);
