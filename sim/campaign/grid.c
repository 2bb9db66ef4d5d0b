/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Axes in step make one dimension; the points are the product of the dimensions, the first one
 * slowest, less those for which a condition does not hold. */
#include "sim/campaign/grid.h"

#include "sim/campaign/axis.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

#define MOST_POINTS 100000

/* @axes: of the variables of both sides, left ones first. */
typedef struct {
    SimComparison *comparison;
    char *text;
    GArray *axes;
} Condition;

struct SimGrid {
    GArray *axes;          /* SimAxis */
    GPtrArray *conditions; /* Condition */
    GArray *points;        /* size_t: an index for each axis, point by point */
    size_t n_points;
};

static void
condition_free(gpointer data)
{
    Condition *self = data;
    sim_comparison_free(self->comparison);
    g_array_unref(self->axes);
    g_free(self->text);
    g_free(self);
}

static void
axis_clear(gpointer data)
{
    sim_axis_clear(data);
}

SimGrid *
sim_grid_new(void)
{
    SimGrid *self = g_new0(SimGrid, 1);
    self->axes = g_array_new(FALSE, TRUE, sizeof(SimAxis));
    g_array_set_clear_func(self->axes, axis_clear);
    self->conditions = g_ptr_array_new_with_free_func(condition_free);
    self->points = g_array_new(FALSE, FALSE, sizeof(size_t));
    return self;
}

void
sim_grid_free(SimGrid *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->axes);
    g_ptr_array_unref(self->conditions);
    g_array_unref(self->points);
    g_free(self);
}

static const SimAxis *
axis_at(const SimGrid *self, size_t i)
{
    return &g_array_index(self->axes, SimAxis, i);
}

bool
sim_grid_vary(SimGrid *self, const char *text, bool step, GError **error)
{
    SimAxis axis = {0};
    const char *option = step ? "--step" : "--vary";
    if (step && self->axes->len == 0)
        return sim_words_fail(error, "--step %.100s: there is no --vary before it", text);
    if (!sim_axis_read(text, &axis, error)) {
        g_prefix_error(error, "%s %.100s: ", option, text);
        return false;
    }
    axis.step = step;
    for (guint i = 0; i < self->axes->len; i++)
        if (strcmp(axis_at(self, i)->key, axis.key) == 0) {
            sim_words_fail(error, "%s %.100s: %s varies already", option, text, axis.key);
            sim_axis_clear(&axis);
            return false;
        }
    g_array_append_val(self->axes, axis);
    return true;
}

bool
sim_grid_where(SimGrid *self, const char *text, GError **error)
{
    SimComparison *comparison = sim_comparison_parse(text, error);
    if (comparison == NULL) {
        g_prefix_error(error, "--where: ");
        return false;
    }
    Condition *condition = g_new0(Condition, 1);
    condition->comparison = comparison;
    condition->text = g_strdup(text);
    condition->axes = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_ptr_array_add(self->conditions, condition);
    return true;
}

static bool
bind_side(const SimGrid *self, Condition *condition, const SimFormula *side, GError **error)
{
    const char *const *names = sim_formula_names(side);
    g_autofree const char **keys = g_new0(const char *, self->axes->len + 1);
    for (guint i = 0; i < self->axes->len; i++)
        keys[i] = axis_at(self, i)->key;
    for (size_t k = 0; names[k] != NULL; k++) {
        size_t i = 0;
        while (i < self->axes->len && strcmp(keys[i], names[k]) != 0)
            i++;
        if (i == self->axes->len) {
            sim_words_unknown(error, "no axis is called", names[k], keys);
            g_prefix_error(error, "--where %.100s: ", condition->text);
            return false;
        }
        if (isnan(axis_at(self, i)->numbers[0]))
            return sim_words_fail(error, "--where %.100s: the values of %s are words",
                                  condition->text, names[k]);
        g_array_append_val(condition->axes, i);
    }
    return true;
}

static size_t
count_names(const SimFormula *formula)
{
    return g_strv_length((GStrv)sim_formula_names(formula));
}

static bool
holds(const SimGrid *self, const Condition *condition, const size_t *index)
{
    g_autofree double *numbers = g_new0(double, condition->axes->len + 1);
    for (guint k = 0; k < condition->axes->len; k++) {
        size_t axis = g_array_index(condition->axes, size_t, k);
        numbers[k] = axis_at(self, axis)->numbers[index[axis]];
    }
    const SimComparison *comparison = condition->comparison;
    double left = sim_formula_value(comparison->left, numbers);
    double right = sim_formula_value(comparison->right, numbers + count_names(comparison->left));
    return sim_relation_holds(comparison->relation, left, right);
}

static bool
check_steps(const SimGrid *self, GError **error)
{
    for (guint i = 1; i < self->axes->len; i++) {
        const SimAxis *axis = axis_at(self, i);
        const SimAxis *before = axis_at(self, i - 1);
        if (axis->step && axis->n != before->n)
            return sim_words_fail(error,
                                  "--step %s has %zu values, and %s, which it goes in step with, "
                                  "has %zu",
                                  axis->key, axis->n, before->key, before->n);
    }
    return true;
}

/* The next combination, the last dimension fastest. Returns: false after the last one */
static bool
advance(const SimGrid *self, size_t *index)
{
    guint i = self->axes->len;
    while (i > 0) {
        guint first = i - 1;
        while (axis_at(self, first)->step)
            first--;
        bool wraps = ++index[first] == axis_at(self, first)->n;
        if (wraps)
            index[first] = 0;
        for (guint k = first + 1; k < i; k++)
            index[k] = index[first];
        if (!wraps)
            return true;
        i = first;
    }
    return false;
}

static bool
make_points(SimGrid *self, GError **error)
{
    g_autofree size_t *index = g_new0(size_t, self->axes->len + 1);
    unsigned tried = 0;
    do {
        bool wanted = true;
        if (++tried > 10 * MOST_POINTS)
            return sim_words_fail(error, "more than %d combinations", 10 * MOST_POINTS);
        for (guint c = 0; wanted && c < self->conditions->len; c++)
            wanted = holds(self, self->conditions->pdata[c], index);
        if (!wanted)
            continue;
        if (self->n_points == MOST_POINTS)
            return sim_words_fail(error, "more than %d points", MOST_POINTS);
        g_array_append_vals(self->points, index, self->axes->len);
        self->n_points++;
    } while (advance(self, index));
    return self->n_points > 0 || sim_words_fail(error, "--where leaves no point");
}

bool
sim_grid_finish(SimGrid *self, GError **error)
{
    if (!check_steps(self, error))
        return false;
    for (guint c = 0; c < self->conditions->len; c++) {
        Condition *condition = self->conditions->pdata[c];
        if (!bind_side(self, condition, condition->comparison->left, error) ||
            !bind_side(self, condition, condition->comparison->right, error))
            return false;
    }
    return make_points(self, error);
}

const SimAxis *
sim_grid_axes(const SimGrid *self, size_t *n)
{
    *n = self->axes->len;
    return (const SimAxis *)(void *)self->axes->data;
}

size_t
sim_grid_size(const SimGrid *self)
{
    return self->n_points;
}

size_t
sim_grid_index(const SimGrid *self, size_t point, size_t axis)
{
    return g_array_index(self->points, size_t, point * self->axes->len + axis);
}

char **
sim_grid_changes(const SimGrid *self, size_t point)
{
    char **changes = g_new0(char *, self->axes->len + 1);
    for (guint i = 0; i < self->axes->len; i++) {
        const SimAxis *axis = axis_at(self, i);
        changes[i] =
            g_strdup_printf("%s=%s", axis->key, axis->values[sim_grid_index(self, point, i)]);
    }
    return changes;
}
