/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every rule tried on one target, and what came of it as text. */
#pragma once

#include "sim/conform/case.h"

/** SimOutcome: of a rule. */
typedef enum { SIM_OUTCOME_HOLDS, SIM_OUTCOME_FAILS, SIM_OUTCOME_SKIPPED } SimOutcome;

/** sim_conform_rules: those whose id or title contains @only (or fits it, with `*`); %NULL all.
 * Returns: (transfer container): of const SimRule, in order */
GPtrArray *sim_conform_rules(const char *only);

/** sim_level_name: MUST, SHOULD or MAY. */
const char *sim_level_name(SimLevel level);

/**
 * sim_conform_probe: finds out whether a server asks for credentials. To be called once, first.
 * Returns: %NULL, or why no rule can be tried
 */
const char *sim_conform_probe(SimTarget *target, const char *run);

/** sim_conform_try: @rule on @target. Returns: (transfer full): the case, for reports. */
SimCase *sim_conform_try(SimTarget *target, const SimRule *rule, const char *run);

/** sim_conform_outcome: of a case that was tried. */
SimOutcome sim_conform_outcome(const SimCase *c);

/** sim_conform_write_tap: appends the @number-th test line, its subtests before it. */
void sim_conform_write_tap(const SimCase *c, unsigned number, GString *out);

/** sim_conform_write_row: appends a row of a Markdown table; with %NULL, its head. */
void sim_conform_write_row(const SimCase *c, GString *out);
