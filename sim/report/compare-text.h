/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison as text and as CSV. */
#pragma once

#include "sim/campaign/compare.h"

/** sim_versus_text: the table and what it rests on. (transfer full) */
char *sim_versus_text(const SimVersus *versus, const SimSide *a, const SimSide *b,
                      const char *population);

/** sim_versus_csv: `metric,unit,a,a_low,a_high,b,...,p,verdict`. (transfer full) */
char *sim_versus_csv(const SimVersus *versus);
