/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a metric of a scenario comes to exactly, where a closed form has all that the scenario has;
 * for the dashed lines of plots. */
#pragma once

#include "sim/scenario/scenario.h"

/** sim_exact_metric: of slice @slice (0: all, then the groups). Returns: NaN if no form applies. */
double sim_exact_metric(const SimScenario *scenario, size_t slice, SimMetric metric);
