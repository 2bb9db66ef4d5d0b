/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/formula.h"
#include "sim/scenario/words.h"

#include <math.h>
#include <string.h>

/* Longer signs first. */
static const struct {
    const char *sign;
    SimRelation relation;
} SIGNS[] = {
    {"<=", SIM_AT_MOST}, {">=", SIM_AT_LEAST}, {"==", SIM_EQUAL},
    {"!=", SIM_OTHER},   {"<", SIM_LESS},      {">", SIM_MORE},
};

void
sim_comparison_free(SimComparison *self)
{
    if (self == NULL)
        return;
    sim_formula_free(self->left);
    sim_formula_free(self->right);
    g_free(self);
}

SimComparison *
sim_comparison_parse(const char *text, GError **error)
{
    size_t n = strcspn(text, "<>=!");
    g_autoptr(SimComparison) self = g_new0(SimComparison, 1);
    g_autofree char *left = g_strndup(text, n);
    for (size_t i = 0; i < G_N_ELEMENTS(SIGNS); i++) {
        if (!g_str_has_prefix(text + n, SIGNS[i].sign))
            continue;
        self->relation = SIGNS[i].relation;
        self->left = sim_formula_parse(left, error);
        if (self->left != NULL)
            self->right = sim_formula_parse(text + n + strlen(SIGNS[i].sign), error);
        return self->right != NULL ? g_steal_pointer(&self) : NULL;
    }
    g_autofree char *quoted = sim_words_quote(text);
    sim_words_fail(error, "%s compares nothing; known: <= >= < > == !=", quoted);
    return NULL;
}

bool
sim_relation_holds(SimRelation relation, double left, double right)
{
    bool equal = fabs(left - right) <= 1e-9 * fmax(fabs(left), fabs(right));
    switch (relation) {
    case SIM_LESS:
        return left < right && !equal;
    case SIM_AT_MOST:
        return left < right || equal;
    case SIM_EQUAL:
        return equal;
    case SIM_AT_LEAST:
        return left > right || equal;
    case SIM_MORE:
        return left > right && !equal;
    case SIM_OTHER:
        return !equal;
    }
    return false;
}
