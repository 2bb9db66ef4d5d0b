/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regret as text, as CSV and as a picture. */
#pragma once

#include "sim/campaign/regret.h"
#include "sim/report/chart.h"

/** sim_regret_text: @worlds: the grid it was made of. (transfer full) */
char *sim_regret_text(const SimRegret *regret, const SimGrid *worlds, const SimRange *range);

/** sim_regret_csv: `assumed,true,tuned,regret,low,high`. (transfer full) */
char *sim_regret_csv(const SimRegret *regret, const SimGrid *worlds, const SimRange *range);

/** sim_chart_regret: a curve for each assumed world, over the true ones. %NULL if these are words.
 * (transfer full) */
SimChart *sim_chart_regret(const SimRegret *regret, const SimGrid *worlds, const SimRange *range);
