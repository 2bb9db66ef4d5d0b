/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From tallies to a value with a confidence interval. */
#pragma once

#include "sim/measure/result.h"

/**
 * sim_estimate:
 * @tallies: of the whole population
 * @batches: the same by batch, @n of them
 *
 * Ratio estimator over batches: with S and C the sums over and under the line in each batch,
 * Var = sum (S - fC)^2 / (n (n - 1) mean(C)^2); the interval is Student's t at 95 %, cut at 0 and
 * for a share at 1.
 */
SimEstimate sim_estimate(SimMetric metric, const int64_t *tallies,
                         int64_t batches[SIM_BATCHES][SIM_N_TALLIES], size_t n);
