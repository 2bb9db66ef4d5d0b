/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the phones of an experiment are repetitions of each other. */
#pragma once

#include "sim/scenario/scenario.h"

/**
 * sim_scenario_coupling: why phones of a group are not statistically independent of each other, so
 * that parts of them are no independent samples and only whole runs are.
 * Returns: (nullable): one short reason for people, static; %NULL if they are independent, given
 * the file
 */
const char *sim_scenario_coupling(const SimScenario *self);

/** sim_scenario_reassigns: whether an address that one phone had may become that of another. */
bool sim_scenario_reassigns(const SimScenario *self);
