/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a sweep, as text: a table for people, and estimates of all metrics as CSV. */
#pragma once

#include "sim/campaign/sweep.h"

/** sim_sweep_table: a line for each point: its values on the axes, and of each of @metrics
 * (%SIM_N_METRICS at the end) the value of all phones with its interval. (transfer full) */
char *sim_sweep_table(SimCampaign *campaign, const SimGrid *grid, const SimMetric *metrics);

/** sim_sweep_notes: what a reader should know beside the figures: the effect of common random
 * numbers, warm-ups that are not over, points that came out alike. (transfer full) */
char *sim_sweep_notes(SimCampaign *campaign, const SimGrid *grid, const SimMetric *metrics);

/** sim_sweep_csv: `point,AXIS...,population,metric,unit,value,low,high,error,runs`, every metric of
 * every population. (transfer full) */
char *sim_sweep_csv(SimCampaign *campaign, const SimGrid *grid);
