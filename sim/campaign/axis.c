/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values of an axis: a list as it is written, or computed between two bounds, which stay as
 * they are written. */
#include "sim/campaign/axis.h"

#include "sim/campaign/unit.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

/* Significant figures of values on a logarithmic scale, and of others. */
#define LOG_FIGURES 3
#define FIGURES 6
#define MULTIPLE_FIGURES 15

/* @shown, @numbers: what varies; both grow together */
typedef struct {
    GPtrArray *shown;
    GArray *numbers;
} Values;

static bool
add_value(Values *self, const char *text, double number, GError **error)
{
    if (self->shown->len == SIM_GRID_MOST)
        return sim_words_fail(error, "more than %d values; take fewer", SIM_GRID_MOST);
    g_ptr_array_add(self->shown, g_strdup(text));
    g_array_append_val(self->numbers, number);
    return true;
}

static bool
read_list(const char *text, Values *out, GError **error)
{
    g_auto(GStrv) parts = sim_value_split(text, strchr(text, '|') ? '|' : ',');
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; parts[i]; i++) {
        SimUnit quantity = {.value = NAN};
        g_autofree char *quoted = sim_words_quote(parts[i]);
        if (!*parts[i])
            return sim_words_fail(error, "value %zu of the list is empty; leave no comma too many",
                                  i + 1);
        if (!g_hash_table_add(seen, parts[i]))
            return sim_words_fail(error, "%s stands twice in the list; take one out", quoted);
        sim_unit_read(parts[i], &quantity, NULL); /* else it is a word */
        if (!add_value(out, parts[i], quantity.value, error))
            return false;
    }
    return true;
}

/* From the @first value, which is a bound, to the last; equal neighbours are none. */
typedef struct {
    SimUnit bounds[2];
    char *written[2];
    const char *spacing;
} Scale;

static bool
add_between(const Scale *self, double value, int figures, Values *out, GError **error)
{
    double rounded = sim_unit_round(&self->bounds[0], value, figures);
    double before = g_array_index(out->numbers, double, out->numbers->len - 1);
    g_autofree char *shown = sim_unit_show(&self->bounds[0], rounded);
    if (rounded <= before || rounded >= self->bounds[1].value)
        return sim_words_fail(
            error, "two neighbours are both %s when rounded; take fewer values%s", shown,
            self->bounds[0].whole ? ", or write a bound such as 1.0 for fractions" : "");
    return add_value(out, shown, rounded, error);
}

/* @n values from bound to bound. */
static bool
add_spaced(const Scale *self, uint64_t n, bool log, Values *out, GError **error)
{
    double low = self->bounds[0].value;
    double high = self->bounds[1].value;
    if (n < 2 || n > SIM_GRID_MOST)
        return sim_words_fail(error, "%s: it must be 2 to %d values", self->spacing, SIM_GRID_MOST);
    if (log && low <= 0)
        return sim_words_fail(
            error, "a logarithmic scale cannot start at %s; take :linN, or a start above 0",
            self->written[0]);
    if (!add_value(out, self->written[0], low, error))
        return false;
    for (uint64_t i = 1; i + 1 < n; i++) {
        double part = (double)i / (double)(n - 1);
        double value = log ? low * pow(high / low, part) : low + (high - low) * part;
        if (!add_between(self, value, log ? LOG_FIGURES : FIGURES, out, error))
            return false;
    }
    return add_value(out, self->written[1], high, error);
}

/* Each @factor times the one before, or @step more, up to the upper bound. */
static bool
add_stepped(const Scale *self, double factor, double step, Values *out, GError **error)
{
    double low = self->bounds[0].value;
    double high = self->bounds[1].value;
    if (!add_value(out, self->written[0], low, error))
        return false;
    for (unsigned i = 1;; i++) {
        double value = low * pow(factor, i) + step * i;
        if (value > high * (1 + 1e-9))
            return true;
        if (value >= high * (1 - 1e-9))
            return add_value(out, self->written[1], high, error);
        if (!add_between(self, value, step > 0 ? 0 : MULTIPLE_FIGURES, out, error))
            return false;
    }
}

static bool
fail_spacing(const char *spacing, GError **error)
{
    g_autofree char *quoted = sim_words_quote(spacing);
    return sim_words_fail(error, "unknown spacing %s; known: logN, linN, xFACTOR, STEP", quoted);
}

static bool
read_factor(const Scale *self, Values *out, GError **error)
{
    double factor;
    if (!sim_value_number(self->spacing + 1, &factor, NULL))
        return fail_spacing(self->spacing, error);
    if (factor <= 1)
        return sim_words_fail(error, "%s: the factor must be more than 1", self->spacing);
    if (self->bounds[0].value <= 0)
        return sim_words_fail(error, "multiples cannot start at %s; take a start above 0",
                              self->written[0]);
    return add_stepped(self, factor, 0, out, error);
}

static bool
read_step(const Scale *self, Values *out, GError **error)
{
    SimUnit step;
    if (!g_ascii_isdigit(*self->spacing))
        return fail_spacing(self->spacing, error);
    if (!sim_unit_read(self->spacing, &step, error))
        return false;
    if (step.kind != self->bounds[0].kind)
        return sim_words_fail(
            error,
            "the step %.40s is of another kind than %.40s; write it in the unit of the bounds",
            self->spacing, self->written[0]);
    if (step.value <= 0)
        return sim_words_fail(error, "the step must be more than 0");
    return add_stepped(self, 1, step.value, out, error);
}

static bool
read_spacing(const Scale *self, Values *out, GError **error)
{
    const char *spacing = self->spacing;
    bool log = g_str_has_prefix(spacing, "log");
    uint64_t n;
    if (log || g_str_has_prefix(spacing, "lin"))
        return sim_value_count(spacing + 3, &n, NULL) ? add_spaced(self, n, log, out, error)
                                                      : fail_spacing(spacing, error);
    return *spacing == 'x' ? read_factor(self, out, error) : read_step(self, out, error);
}

/* `LOW..HIGH:SPACING` */
static bool
read_scale(const char *text, Values *out, GError **error)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *cut = sim_unit_cut(text);
    if (!colon || colon < strstr(text, ".."))
        return sim_words_fail(error, "a range needs a spacing, such as %s:log5", cut);
    g_autofree char *range = g_strndup(text, (gsize)(colon - text));
    g_autofree char *spacing = g_strstrip(g_strdup(colon + 1));
    Scale scale = {.spacing = spacing};
    bool good = sim_unit_split(range, scale.bounds, scale.written, error) &&
                read_spacing(&scale, out, error);
    g_free(scale.written[0]);
    g_free(scale.written[1]);
    return good;
}

static void
take_values(SimAxis *self, Values *values, char *const parts[3])
{
    self->n = values->shown->len;
    self->values = g_new0(char *, self->n + 1);
    for (size_t i = 0; i < self->n; i++)
        self->values[i] = g_strconcat(parts[0], values->shown->pdata[i], parts[2], NULL);
    g_ptr_array_add(values->shown, NULL);
    self->shown = (char **)g_ptr_array_steal(values->shown, NULL);
    self->numbers = (double *)(void *)g_array_steal(values->numbers, NULL);
}

static bool
read_values(SimAxis *self, const char *spec, GError **error)
{
    char *parts[3] = {NULL};
    if (!sim_unit_braces(spec, parts, error))
        return false;
    Values values = {g_ptr_array_new_with_free_func(g_free),
                     g_array_new(FALSE, FALSE, sizeof(double))};
    bool range = strstr(parts[1], "..") && !strchr(parts[1], '|');
    bool good = range ? read_scale(parts[1], &values, error) : read_list(parts[1], &values, error);
    if (good)
        take_values(self, &values, parts);
    g_ptr_array_unref(values.shown);
    g_array_unref(values.numbers);
    for (size_t i = 0; i < 3; i++)
        g_free(parts[i]);
    return good;
}

bool
sim_axis_read(SimAxis *self, const char *text, GError **error)
{
    SimAxis axis = {0};
    const char *spec;
    if (!sim_unit_key(text, &axis.key, &spec, error))
        return false;
    if (!read_values(&axis, spec, error)) {
        g_autofree char *cut = sim_unit_cut(text);
        g_prefix_error(error, "%s: ", cut);
        g_free(axis.key);
        return false;
    }
    *self = axis;
    return true;
}

void
sim_axis_clear(SimAxis *self)
{
    g_free(self->key);
    g_strfreev(self->values);
    g_strfreev(self->shown);
    g_free(self->numbers);
}
