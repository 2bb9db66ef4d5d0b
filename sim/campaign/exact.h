/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The expiry that is best exactly, for scenarios so simple that a closed form knows it
 * (docs/method.md, "The best expiry"). */
#pragma once

#include "sim/campaign/quantity.h"
#include "sim/experiment/oracles/closed-forms.h"

/**
 * SimExactAnswer:
 * @why_not: what of the scenario, or of the cost, the closed form does not have; %NULL if it holds,
 *   and then the rest counts
 * @cost: its parameters, with the cost of a stale second as the unit
 * @unit: what the formula gives is @unit times that
 * @best: between @low and @high; @never: the cost falls up to @high
 */
typedef struct {
    const char *why_not;
    SimExactCost cost;
    double unit;
    double best;
    bool never;
} SimExactAnswer;

/** sim_exact_answer: @key is tuned from @low to @high; the cost is @quantity, whose weights are
 * looked up at @point of @campaign. */
SimExactAnswer sim_exact_answer(SimCampaign *campaign, const SimScenario *scenario, const char *key,
                                const SimQuantity *quantity, unsigned point, double low,
                                double high);

/** sim_exact_why_not: of the scenario alone: phones that are on and off for exponential times,
 * register at once and refresh at a fixed part of their expiry, over lines that lose nothing; or
 * %NULL. Then @cost (out) has its times. */
const char *sim_exact_why_not(const SimScenario *scenario, SimExactCost *cost);
