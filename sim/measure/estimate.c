/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ratio estimator (Cochran, Sampling Techniques, ch. 6; the regenerative method's estimator).
 */
#include "sim/measure/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* Standard error of over/under; NaN if the batches do not tell. */
static double
standard_error(const SimMetricInfo *info, double ratio, double under,
               int64_t batches[SIM_BATCHES][SIM_N_TALLIES], size_t n)
{
    bool per_span = info->under == SIM_BIT(SPAN);
    double phones = 0;
    double squares = 0;
    if (n < 2 || under <= 0)
        return NAN;
    for (size_t b = 0; b < n; b++)
        phones += sim_tally_sum(SIM_ALL, batches[b]);
    for (size_t b = 0; b < n; b++) {
        /* The span is one and the same for all batches: each has as much of it as of the phones. */
        double c = per_span ? under * sim_tally_sum(SIM_ALL, batches[b]) / phones
                            : sim_tally_sum(info->under, batches[b]);
        double d = sim_tally_sum(info->over, batches[b]) - ratio * c;
        squares += d * d;
    }
    return sqrt(squares * (double)n / (double)(n - 1)) / under;
}

SimEstimate
sim_estimate(SimMetric metric, const int64_t *tallies, int64_t batches[SIM_BATCHES][SIM_N_TALLIES],
             size_t n)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    SimEstimate self = {NAN, NAN, NAN, NAN};
    double under = sim_tally_sum(info->under, tallies);
    self.value = sim_metric_value(metric, tallies);
    if (isnan(self.value))
        return self;
    double ratio = sim_tally_sum(info->over, tallies) / under;
    double error = standard_error(info, ratio, under, batches, n);
    if (isnan(error))
        return self;
    self.error = info->scale * error;
    double half = self.error * gsl_cdf_tdist_Pinv(0.975, (double)(n - 1));
    self.low = fmax(0, self.value - half);
    self.high = self.value + half;
    if (strcmp(info->unit, "1") == 0)
        self.high = fmin(1, self.high);
    return self;
}
