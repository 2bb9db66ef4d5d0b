/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs to have tuned for a world that is not the true one: each value of a key is a world
 * that may be; the best value for each of them is tried in all the others, with the same draws
 * (after J. C. S. Lui, V. Misra and D. Rubenstein, ICNP 2004, who ask how robust soft state is). */
#pragma once

#include "sim/campaign/tune.h"

/**
 * SimRegret:
 * @worlds: how many; @tunings: SimTuning of each, in the order of the values
 * @cells: [assumed * @worlds + true]: cost in the true world of the value tuned for the assumed one,
 *   above that of the value tuned for the true one, as a share of it, 95 %
 */
typedef struct {
    size_t worlds;
    GPtrArray *tunings;
    SimEstimate *cells;
} SimRegret;

/**
 * sim_regret_new: @worlds: an axis of a grid without others; @options: @world is not looked at.
 * Returns: (transfer full): %NULL with @error, or without one if it was stopped
 */
SimRegret *sim_regret_new(SimCampaign *campaign, const SimGrid *worlds,
                          const SimTuneOptions *options, const SimCampaignWatch *watch,
                          GError **error);
void sim_regret_free(SimRegret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimRegret, sim_regret_free)
