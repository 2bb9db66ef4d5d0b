/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A formula over the metrics of a campaign: what tune minimises, what a comparison is about. Rates
 * count per second, durations in seconds, shares from 0 to 1; `phones` is how many there are, and
 * `METRIC of GROUP` is of a group. */
#pragma once

#include "sim/campaign/campaign.h"
#include "sim/scenario/formula.h"

typedef struct SimQuantity SimQuantity;

/** sim_quantity_new: @scenario tells which groups there are. (transfer full) */
SimQuantity *sim_quantity_new(const SimScenario *scenario, const char *text, GError **error);

/** sim_quantity_take: the same of a formula that is parsed; takes @formula, also on failure. */
SimQuantity *sim_quantity_take(const SimScenario *scenario, SimFormula *formula, GError **error);
void sim_quantity_free(SimQuantity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimQuantity, sim_quantity_free)

/** sim_quantity_formula: borrowed. */
const SimFormula *sim_quantity_formula(const SimQuantity *self);

/** sim_quantity_weight: d quantity / d metric of slice @slice, at the values of @point. */
double sim_quantity_weight(const SimQuantity *self, SimCampaign *campaign, unsigned point,
                           size_t slice, SimMetric metric);

/** sim_quantity_spread: at @point, by the delta method. (transfer full) */
SimSpread *sim_quantity_spread(const SimQuantity *self, SimCampaign *campaign, unsigned point);

/** sim_metric_base: what a value of @metric is multiplied with to be per second, s or 1. */
double sim_metric_base(SimMetric metric);
