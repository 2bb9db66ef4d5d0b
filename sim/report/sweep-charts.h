/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures of a sweep. */
#pragma once

#include "sim/campaign/sweep.h"
#include "sim/report/chart.h"

/** SIM_SWEEP_LONGEST_WAIT: what can be drawn of a point and is no metric: mean over the runs of the
 * longest wait at the station, in seconds. */
#define SIM_SWEEP_LONGEST_WAIT SIM_N_METRICS

/**
 * SimSweepView: what is drawn.
 * @x: axis along the page; @slice: of which phones
 */
typedef struct {
    SimCampaign *campaign;
    const SimGrid *grid;
    size_t x;
    size_t slice;
} SimSweepView;

/** sim_sweep_view_axis: the axis of @key, or the first one with numbers if it is %NULL. */
bool sim_sweep_view_axis(SimSweepView *self, const char *key, GError **error);

/** sim_chart_note: at the foot of @chart, where it comes from: scenario, runs, intervals. */
void sim_chart_note(SimChart *chart, SimCampaign *campaign);

/** sim_chart_lines: @metric against the axis, a curve for each combination of the others, and what
 * is known exactly. (transfer full) */
SimChart *sim_chart_lines(const SimSweepView *view, unsigned metric);

/** sim_chart_trade_off: REGISTERs per second and 1,000 phones against @metric. (transfer full) */
SimChart *sim_chart_trade_off(const SimSweepView *view, SimMetric metric);

/** sim_chart_split: the states of phones, stacked, along the axis; of the first values of the
 * others. (transfer full) */
SimChart *sim_chart_split(const SimSweepView *view);

/** sim_chart_heat_map: @metric over two axes with numbers; @contour: a line at this value, NaN for
 * none. %NULL if there are no two. (transfer full) */
SimChart *sim_chart_heat_map(const SimSweepView *view, unsigned metric, double contour);

/** sim_chart_convergence: half-width of the interval of @metric against the number of runs, at
 * @point. (transfer full) */
SimChart *sim_chart_convergence(const SimSweepView *view, unsigned point, SimMetric metric);

/** sim_chart_welch: the mean of @metric over the runs of @point in time, with moving averages, and
 * where MSER-5 would cut; %NULL if its series was not kept. (transfer full) */
SimChart *sim_chart_welch(const SimSweepView *view, unsigned point, SimMetric metric);

/** sim_sweep_charts: those that suit the axes and @metrics. (transfer full): of SimChart */
GPtrArray *sim_sweep_charts(const SimSweepView *view, const SimMetric *metrics);
