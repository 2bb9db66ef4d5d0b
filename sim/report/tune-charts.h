/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures of a tuning, and of a comparison. */
#pragma once

#include "sim/campaign/compare.h"
#include "sim/report/chart.h"
#include "sim/report/tune-text.h"

/** sim_chart_tuning: what each value costs, the best with its interval, what is within 5 % of it,
 * and the closed form where there is one. (transfer full) */
SimChart *sim_chart_tuning(SimCampaign *campaign, const SimTuning *tuning,
                           const SimTuneWords *words, const SimQuantity *minimise);

/** sim_chart_pareto: load against accuracy, the Pareto front marked. (transfer full) */
SimChart *sim_chart_pareto(SimCampaign *campaign, const SimTuning *tuning,
                           const SimTuneWords *words);

/** sim_chart_differences: of a comparison, relative to A, with intervals. (transfer full) */
SimChart *sim_chart_differences(const SimVersus *versus, const SimSide *a, const SimSide *b);
