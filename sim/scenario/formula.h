/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic on metrics and on keys of a scenario, for what a campaign minimises, requires or
 * leaves out: `register-rate * 0.001 + stale-share of desk * 2`, `phones.desk.expires >= 2 * x`.
 *
 * A number may carry a unit (`60s`, `2h`, `1%`, `50/s`) and then stands for seconds, a share or a
 * rate per second. A name is letters, digits, `-`, `_`, `.` and `.*.`; a minus between names needs
 * blanks around it. `NAME of GROUP` is one name. Operators + - * / and parentheses; functions
 * sqrt, log, exp, min, max, abs. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct SimFormula SimFormula;

/** sim_formula_parse: Returns: (transfer full): or %NULL, @error says what is wrong with @text */
SimFormula *sim_formula_parse(const char *text, GError **error);
void sim_formula_free(SimFormula *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimFormula, sim_formula_free)

/** sim_formula_names: the variables, each once, in the order they first appear, with single blanks
 * around `of`; %NULL-terminated, borrowed. */
const char *const *sim_formula_names(const SimFormula *self);

/** sim_formula_value: @variables in the order of sim_formula_names(). */
double sim_formula_value(const SimFormula *self, const double *variables);

/** sim_formula_gradient: the value, and d value / d variable k in @gradient[k]. */
double sim_formula_gradient(const SimFormula *self, const double *variables, double *gradient);

typedef enum { SIM_LESS, SIM_AT_MOST, SIM_EQUAL, SIM_AT_LEAST, SIM_MORE, SIM_OTHER } SimRelation;

/** SimComparison: `LEFT <= RIGHT`; also < = == >= > !=. */
typedef struct {
    SimFormula *left;
    SimRelation relation;
    SimFormula *right;
} SimComparison;

/** sim_comparison_parse: Returns: (transfer full): or %NULL */
SimComparison *sim_comparison_parse(const char *text, GError **error);
void sim_comparison_free(SimComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimComparison, sim_comparison_free)

/** sim_relation_holds: equality within 1e-9 of the larger one. */
bool sim_relation_holds(SimRelation relation, double left, double right);
