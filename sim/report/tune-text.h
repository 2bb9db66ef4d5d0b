/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tuning came to, in words. */
#pragma once

#include "sim/campaign/tune.h"

/**
 * SimTuneWords: what the text calls things; borrowed.
 * @minimise: the formula; @required: as given, one for each requirement
 */
typedef struct {
    const SimRange *range;
    const char *minimise;
    const char *const *required;
} SimTuneWords;

/** sim_tune_text: the table of what was tried, Pareto points marked, and the answer. (transfer
 * full) */
char *sim_tune_text(SimCampaign *campaign, const SimTuning *tuning, const SimTuneWords *words,
                    const SimQuantity *minimise, const SimMetric *metrics);
