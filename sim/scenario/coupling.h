/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the phones of a scenario have anything to do with each other. If they have not, batches
 * of them are independent samples of the same thing, and one run tells its own error; if they have,
 * only whole runs are. */
#pragma once

#include "sim/scenario/scenario.h"

/**
 * sim_scenario_coupling: given the file; what strikes all at an hour that it names couples nobody.
 * Returns: %NULL, or why phones are coupled: a literal that completes `phones are coupled: ...`
 */
const char *sim_scenario_coupling(const SimScenario *self);
