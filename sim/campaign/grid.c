/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Axes that go in step are one dimension; points are the places in the product of the dimensions
 * at which all conditions hold, the last dimension changing fastest. */
#include "sim/campaign/grid.h"

#include "sim/campaign/axis.h"
#include "sim/campaign/unit.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

struct SimGrid {
    GArray *axes;          /* of SimAxis */
    GPtrArray *conditions; /* of SimComparison */
    GPtrArray *texts;      /* of the conditions */
    GArray *points;        /* of guint32: places in the product */
};

static void
free_comparison(gpointer data)
{
    sim_comparison_free(data);
}

SimGrid *
sim_grid_new(void)
{
    SimGrid *self = g_new0(SimGrid, 1);
    self->axes = g_array_new(FALSE, TRUE, sizeof(SimAxis));
    g_array_set_clear_func(self->axes, (GDestroyNotify)sim_axis_clear);
    self->conditions = g_ptr_array_new_with_free_func(free_comparison);
    self->texts = g_ptr_array_new_with_free_func(g_free);
    self->points = g_array_new(FALSE, FALSE, sizeof(guint32));
    return self;
}

void
sim_grid_free(SimGrid *self)
{
    if (!self)
        return;
    g_array_unref(self->axes);
    g_ptr_array_unref(self->conditions);
    g_ptr_array_unref(self->texts);
    g_array_unref(self->points);
    g_free(self);
}

static const SimAxis *
get_axis(const SimGrid *self, size_t i)
{
    return &g_array_index(self->axes, SimAxis, i);
}

static bool
find_axis(const SimGrid *self, const char *key, size_t *out)
{
    for (size_t i = 0; i < self->axes->len; i++)
        if (strcmp(get_axis(self, i)->key, key) == 0) {
            *out = i;
            return true;
        }
    return false;
}

bool
sim_grid_vary(SimGrid *self, const char *text, bool step, GError **error)
{
    SimAxis axis;
    size_t before;
    g_autofree char *cut = sim_unit_cut(text);
    if (step && self->axes->len == 0)
        return sim_words_fail(
            error,
            "%s: there is no axis before it to go in step with; put a vary or --vary before it",
            cut);
    if (!sim_axis_read(&axis, text, error))
        return false;
    axis.step = step;
    if (find_axis(self, axis.key, &before)) {
        sim_words_fail(error, "%s: the key varies already; name each key once", cut);
        sim_axis_clear(&axis);
        return false;
    }
    g_array_append_val(self->axes, axis);
    return true;
}

bool
sim_grid_where(SimGrid *self, const char *text, GError **error)
{
    SimComparison *condition = sim_comparison_parse(text, error);
    if (!condition)
        return false;
    g_ptr_array_add(self->conditions, condition);
    g_ptr_array_add(self->texts, g_strdup(text));
    return true;
}

/* Each name is an axis, and all of its values are numbers. */
static bool
check_names(const SimGrid *self, const SimFormula *formula, GError **error)
{
    g_autofree const char **keys = g_new0(const char *, self->axes->len + 1);
    for (size_t i = 0; i < self->axes->len; i++)
        keys[i] = get_axis(self, i)->key;
    const char *const *names = sim_formula_names(formula);
    for (size_t i = 0; names[i]; i++) {
        size_t which;
        if (!find_axis(self, names[i], &which))
            return sim_words_unknown(error, "no axis has the key", names[i], keys);
        const SimAxis *axis = get_axis(self, which);
        for (size_t k = 0; k < axis->n; k++)
            if (isnan(axis->numbers[k])) {
                g_autofree char *quoted = sim_words_quote(axis->shown[k]);
                g_autofree char *key = sim_unit_cut(axis->key);
                return sim_words_fail(error, "%s of %s is not a number", quoted, key);
            }
    }
    return true;
}

static bool
check_conditions(const SimGrid *self, GError **error)
{
    for (guint i = 0; i < self->conditions->len; i++) {
        const SimComparison *condition = self->conditions->pdata[i];
        if (!check_names(self, condition->left, error) ||
            !check_names(self, condition->right, error)) {
            g_autofree char *cut = sim_unit_cut(self->texts->pdata[i]);
            g_prefix_error(error, "where %s: ", cut);
            return false;
        }
    }
    return true;
}

static bool
check_steps(const SimGrid *self, GError **error)
{
    for (size_t i = 1; i < self->axes->len; i++) {
        const SimAxis *axis = get_axis(self, i);
        const SimAxis *before = get_axis(self, i - 1);
        if (!axis->step || axis->n == before->n)
            continue;
        g_autofree char *key = sim_unit_cut(axis->key);
        g_autofree char *other = sim_unit_cut(before->key);
        return sim_words_fail(
            error,
            "%s has %zu values, but %s, which it is in step with, has %zu; give both as many", key,
            axis->n, other, before->n);
    }
    return true;
}

/* Of the value of axis @which at a place of the product; one that goes in step is as long as the
 * dimension it belongs to. */
static size_t
find_index(const SimGrid *self, size_t place, size_t which)
{
    for (size_t i = self->axes->len; i-- > which + 1;)
        if (!get_axis(self, i)->step)
            place /= get_axis(self, i)->n;
    return place % get_axis(self, which)->n;
}

static double
compute(const SimGrid *self, const SimFormula *formula, size_t place)
{
    const char *const *names = sim_formula_names(formula);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(double));
    for (size_t i = 0; names[i]; i++) {
        size_t axis = 0;
        find_axis(self, names[i], &axis);
        g_array_append_val(numbers, get_axis(self, axis)->numbers[find_index(self, place, axis)]);
    }
    return sim_formula_value(formula, (const double *)(void *)numbers->data);
}

static bool
holds(const SimGrid *self, size_t place)
{
    for (guint i = 0; i < self->conditions->len; i++) {
        const SimComparison *condition = self->conditions->pdata[i];
        if (!sim_relation_holds(condition->relation, compute(self, condition->left, place),
                                compute(self, condition->right, place)))
            return false;
    }
    return true;
}

bool
sim_grid_finish(SimGrid *self, GError **error)
{
    if (!check_steps(self, error) || !check_conditions(self, error))
        return false;
    size_t size = 1;
    for (size_t i = 0; i < self->axes->len; i++) {
        size *= get_axis(self, i)->step ? 1 : get_axis(self, i)->n;
        if (size > SIM_GRID_MOST)
            return sim_words_fail(
                error, "more than %d points; take fewer values, or a condition with --where",
                SIM_GRID_MOST);
    }
    g_array_set_size(self->points, 0);
    for (guint32 place = 0; place < size; place++)
        if (holds(self, place))
            g_array_append_val(self->points, place);
    if (self->points->len > 0)
        return true;
    return sim_words_fail(error, "no point fits all conditions; loosen one of them");
}

const SimAxis *
sim_grid_axes(const SimGrid *self, size_t *n)
{
    *n = self->axes->len;
    return (const SimAxis *)(const void *)self->axes->data;
}

size_t
sim_grid_size(const SimGrid *self)
{
    return self->points->len;
}

size_t
sim_grid_index(const SimGrid *self, size_t point, size_t axis)
{
    return find_index(self, g_array_index(self->points, guint32, point), axis);
}

char **
sim_grid_changes(const SimGrid *self, size_t point)
{
    char **changes = g_new0(char *, self->axes->len + 1);
    for (size_t i = 0; i < self->axes->len; i++) {
        const SimAxis *axis = get_axis(self, i);
        changes[i] =
            g_strdup_printf("%s=%s", axis->key, axis->values[sim_grid_index(self, point, i)]);
    }
    return changes;
}
