/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A histogram of delays for percentiles that are told to a hundredth: 64 bins to the doubling,
 * where that of the simulator has eight. No bin is wider than 1/64 of its lower edge, so a delay is
 * known to 1.6 %; mean and greatest are exact. */
#pragma once

#include <rollcall/time.h>
#include <stdint.h>

/** SIM_DELAYS_BINS: up to 2^40 us, 12 days; what is longer counts as that. */
#define SIM_DELAYS_BINS (64 * 35)

/** SimDelays: open; zero it to start. @sum, @max in us. */
typedef struct {
    uint64_t counts[SIM_DELAYS_BINS];
    uint64_t n;
    int64_t sum;
    RollTime max;
} SimDelays;

/** sim_delays_add: one delay in us; a negative one counts as 0. */
void sim_delays_add(SimDelays *self, RollTime delay);

/** sim_delays_mean: in us; NaN of none. */
double sim_delays_mean(const SimDelays *self);

/** sim_delays_quantile: in us, the upper edge of the bin, so never flattering; 0 of none.
 * @p: above 0, at most 1 */
RollTime sim_delays_quantile(const SimDelays *self, double p);
