/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An axis of a chart in gnuplot's language. */
#pragma once

#include "sim/report/chart.h"

/** sim_chart_unit: what a value is multiplied with to stand on the axis: shares are written in %.
 */
double sim_chart_unit(const SimChartAxis *axis);

/** sim_chart_axis: label, scale and tics of axis @which ("x", "y", "cb"), whose values lie between
 * @low and @high in its own unit. */
void sim_chart_axis(GString *script, const char *which, const SimChartAxis *axis, double low,
                    double high);
