/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plays a script from its start to its end and says of each expectation whether it is met. */
#pragma once

#include "sim/scenario/scenario.h"

/** SimJudgement: of one step that expects something. @got: what there was instead, lines joined by
 * LF; %NULL if it is met */
typedef struct {
    const SimStep *step;
    char *got;
} SimJudgement;

/**
 * sim_script_judge: @scenario has a script.
 * @decoded: as in sim_player_new()
 * Returns: (transfer full): of #SimJudgement, in the order of the script
 */
GArray *sim_script_judge(const SimScenario *scenario, bool decoded);
