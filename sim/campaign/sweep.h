/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sweep: the points of a grid as a campaign. What was asked for is kept as lines of text, `vary
 * KEY=SPEC`, `step KEY=SPEC`, `where CONDITION`, in the database too, so that reports know the
 * axes. */
#pragma once

#include "sim/campaign/campaign.h"
#include "sim/campaign/grid.h"

/** sim_sweep_grid: of such lines. (transfer full) */
SimGrid *sim_sweep_grid(const char *lines, GError **error);

/** sim_sweep_add: all points of @grid to a campaign that has none of another one; point i of the
 * grid is point i of the campaign. */
bool sim_sweep_add(SimCampaign *campaign, const SimGrid *grid, GError **error);

/**
 * SimSweepPairs: how much common random numbers narrow the differences between neighbours on the
 * axes.
 * @factor: median of Var(independent)/Var(paired); NaN if it is not known
 * @pairs: so many had one
 */
typedef struct {
    double factor;
    unsigned pairs;
} SimSweepPairs;

SimSweepPairs sim_sweep_pairs(SimCampaign *campaign, const SimGrid *grid, SimMetric metric);

/** sim_sweep_alike: of @point, the first point before it whose every run went the same way; @point
 * if there is none. */
unsigned sim_sweep_alike(SimCampaign *campaign, unsigned point);
