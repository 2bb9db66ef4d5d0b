/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two points, of one campaign or of two, held against each other, metric by metric. Where both saw
 * the same draws and have the same phones, the differences are taken unit by unit: what both suffer
 * cancels out. */
#pragma once

#include "sim/campaign/campaign.h"

/** SimSide: @point of @campaign; @label for reports. */
typedef struct {
    SimCampaign *campaign;
    unsigned point;
    const char *label;
} SimSide;

/**
 * SimCompared: one metric.
 * @difference: b - a, 95 %; @relative: of a, the same as shares (NaN if a is 0)
 * @p: that there is none, adjusted by Holm for the number of metrics; NaN if it is not known
 * @reduction: variance of the difference without common random numbers over that with them
 * @differs: p at most 5 %
 */
typedef struct {
    SimMetric metric;
    SimEstimate a;
    SimEstimate b;
    SimEstimate difference;
    SimEstimate relative;
    double p;
    double reduction;
    bool differs;
} SimCompared;

/**
 * SimVersus:
 * @rows: of SimCompared; metrics that neither side has are left out
 * @why_unpaired: why differences could not be taken unit by unit; %NULL if they were
 * @method: units of the intervals; @runs: replications that were compared
 */
typedef struct {
    GArray *rows;
    const char *why_unpaired;
    SimMethod method;
    unsigned runs;
} SimVersus;

/** sim_versus_new: of the phones of @population, "all" or a group. %NULL with @error if a side does
 * not have it. (transfer full) */
SimVersus *sim_versus_new(const SimSide *a, const SimSide *b, const char *population,
                          const SimMetric *metrics, GError **error);
void sim_versus_free(SimVersus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimVersus, sim_versus_free)
