/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several runs of one scenario say together. */
#pragma once

#include "sim/campaign/campaign.h"

/** sim_replicate_text: every metric of all phones with its interval, the main ones by group,
 * quantiles, the check of the warm-up, and what was expected. @metrics: those shown by group,
 * %SIM_N_METRICS at the end. (transfer full) */
char *sim_replicate_text(SimCampaign *campaign, unsigned point, const SimMetric *metrics);

/** sim_replicate_met: whether all expectations of the scenario hold for the runs together. */
bool sim_replicate_met(SimCampaign *campaign, unsigned point);
