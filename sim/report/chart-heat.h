/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps. */
#pragma once

#include "sim/report/chart.h"

/** sim_chart_heat_script: adds to all three. Returns: false if no cell has a value */
bool sim_chart_heat_script(const SimChart *chart, GString *script, GString *data, GString *curves);
