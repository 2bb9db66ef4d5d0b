/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What follows from a result by arithmetic alone: the shares that add up, and the verdicts. */
#include "sim/measure/result.h"

#include <math.h>

#define UNIT INT64_C(1000000000000)

void
sim_result_free(SimResult *self)
{
    for (size_t i = 0; i < self->n_columns; i++) {
        g_free(self->columns[i].stale_life);
        g_free(self->columns[i].delay);
        g_free(self->columns[i].contacts);
        g_free(self->columns[i].batches);
    }
    for (size_t i = 0; i < self->n_bins; i++)
        g_free(self->bins[i].tallies);
    g_free(self->columns);
    g_free(self->bins);
    g_free(self->verdicts);
    if (self->live != NULL)
        g_free(self->live->to);
    g_free(self->live);
    g_free(self);
}

/* The share with the largest part cut off; the first of equals. */
static size_t
most_cut(const __int128 cut[SIM_N_STATES])
{
    size_t most = 0;
    for (size_t i = 1; i < SIM_N_STATES; i++)
        if (cut[i] > cut[most])
            most = i;
    return most;
}

void
sim_result_shares(const SimColumns *columns, int64_t shares[SIM_N_STATES])
{
    __int128 total = 0;
    for (size_t i = 0; i < SIM_N_STATES; i++)
        total += columns->tallies[i];

    __int128 cut[SIM_N_STATES] = {0};
    int64_t left = total > 0 ? UNIT : 0;
    for (size_t i = 0; i < SIM_N_STATES; i++) {
        __int128 scaled = (__int128)columns->tallies[i] * UNIT;
        shares[i] = total > 0 ? (int64_t)(scaled / total) : 0;
        cut[i] = total > 0 ? scaled % total : 0;
        left -= shares[i];
    }
    for (; left > 0; left--) {
        size_t i = most_cut(cut);
        shares[i]++;
        cut[i] = -1;
    }
}

bool
sim_result_has(const SimResult *self, SimMetric metric)
{
    return self->scenario->station.given || (sim_metric_info(metric)->over & SIM_STATION) == 0;
}

/* What it asks or pushes goes to others, and keep-alives are not sent to it. */
bool
sim_result_sees(const SimResult *self, SimMetric metric)
{
    const uint64_t hidden =
        SIM_BIT(QUALIFY) | SIM_BIT(PUSH) | SIM_BIT(KEEPALIVE) | SIM_BIT(KEEPALIVE_BYTES);
    return self->live == NULL || (sim_metric_info(metric)->over & hidden) == 0;
}

bool
sim_result_is_trusted(const SimResult *self)
{
    const SimLiveResult *live = self->live;
    return live == NULL || MAX(live->lag_p99, live->answer_p99) <= live->max_lag;
}

static bool
meets(const SimExpectation *expectation, double measured)
{
    if (isnan(measured))
        return false;
    return expectation->op == '<' ? measured <= expectation->value : measured >= expectation->value;
}

void
sim_result_judge(SimResult *self)
{
    const SimScenario *scenario = self->scenario;
    g_free(self->verdicts);
    self->verdicts = g_new0(SimVerdict, scenario->n_expectations);
    self->n_verdicts = scenario->n_expectations;
    for (size_t i = 0; i < self->n_verdicts; i++) {
        const SimExpectation *expectation = &scenario->expectations[i];
        size_t column = (size_t)(expectation->group + 1);
        double measured = column < self->n_columns
                              ? self->columns[column].metrics[expectation->metric].value
                              : NAN;
        self->verdicts[i] = (SimVerdict){expectation, measured, meets(expectation, measured)};
    }
}

bool
sim_result_met(const SimResult *self)
{
    for (size_t i = 0; i < self->n_verdicts; i++)
        if (!self->verdicts[i].met)
            return false;
    return true;
}
