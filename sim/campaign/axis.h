/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One axis of a grid, read from `KEY=SPEC`; see sim/campaign/grid.h. */
#pragma once

#include "sim/campaign/grid.h"

/** SIM_GRID_MOST: points of a grid, and values of an axis. */
#define SIM_GRID_MOST 100000

/** sim_axis_read: fills @self; on failure nothing is owned. */
bool sim_axis_read(SimAxis *self, const char *text, GError **error);
void sim_axis_clear(SimAxis *self);
