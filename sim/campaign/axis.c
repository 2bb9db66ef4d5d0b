/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/axis.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void
sim_spec_clear(SimSpec *self)
{
    g_free(self->key);
    g_free(self->before);
    g_free(self->inner);
    g_free(self->behind);
}

static bool
cut_braces(const char *spec, SimSpec *out, GError **error)
{
    const char *open = strchr(spec, '{');
    if (open == NULL) {
        out->before = g_strdup("");
        out->inner = g_strdup(spec);
        out->behind = g_strdup("");
        return true;
    }
    const char *close = strchr(open, '}');
    if (close == NULL)
        return sim_words_fail(error, "\"}\" is missing");
    if (strchr(close, '{') != NULL)
        return sim_words_fail(error, "only one part of a value can vary");
    out->before = g_strndup(spec, (gsize)(open - spec));
    out->inner = g_strstrip(g_strndup(open + 1, (gsize)(close - open - 1)));
    out->behind = g_strdup(close + 1);
    return true;
}

bool
sim_spec_cut(const char *text, SimSpec *out, GError **error)
{
    const char *equals = strchr(text, '=');
    *out = (SimSpec){0};
    if (equals == NULL || equals == text) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error, "%s does not have the form KEY=SPEC", quoted);
    }
    if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\r\n") != NULL)
        return sim_words_fail(error, "not one line of UTF-8 text");
    g_autofree char *spec = g_strstrip(g_strdup(equals + 1));
    SimSpec parts = {.key = g_strstrip(g_strndup(text, (gsize)(equals - text)))};
    if (!cut_braces(spec, &parts, error)) {
        sim_spec_clear(&parts);
        return false;
    }
    *out = parts;
    return true;
}

void
sim_span_clear(SimSpan *self)
{
    g_free(self->low_text);
    g_free(self->high_text);
    g_free(self->spacing);
}

bool
sim_span_read(const char *inner, SimSpan *out, bool *is, GError **error)
{
    const char *dots = strstr(inner, "..");
    *out = (SimSpan){0};
    *is = dots != NULL;
    if (dots == NULL)
        return true;
    g_auto(SimSpan) span = {0};
    size_t length = strcspn(dots + 2, ":");
    span.low_text = g_strstrip(g_strndup(inner, (gsize)(dots - inner)));
    span.high_text = g_strstrip(g_strndup(dots + 2, length));
    if (dots[2 + length] == ':')
        span.spacing = g_strstrip(g_strdup(dots + 2 + length + 1));
    span.unit = sim_unit_read(span.low_text, &span.low);
    SimUnit other = sim_unit_read(span.high_text, &span.high);
    if (span.unit.kind == SIM_UNIT_WORD || span.unit.kind != other.kind) {
        g_autofree char *quoted = sim_words_quote(inner);
        return sim_words_fail(error, "%s: both ends of a range need the same kind of unit", quoted);
    }
    if (span.low >= span.high)
        return sim_words_fail(error, "%s..%s: the range ends before it begins", span.low_text,
                              span.high_text);
    *out = span;
    span = (SimSpan){0};
    return true;
}

/* The values while they are made. */
typedef struct {
    const SimSpec *spec;
    GPtrArray *values;
    GPtrArray *shown;
    GArray *numbers;
} Values;

static void
add_value(Values *self, const char *shown)
{
    double number;
    sim_unit_read(shown, &number);
    g_ptr_array_add(self->shown, g_strdup(shown));
    g_ptr_array_add(self->values, g_strconcat(self->spec->before, shown, self->spec->behind, NULL));
    g_array_append_val(self->numbers, number);
}

/* Two that came out as the same text would be one point twice. */
static bool
add_number(Values *self, const SimSpan *span, double number, GError **error)
{
    g_autofree char *text = sim_unit_write(&span->unit, number, 3);
    const char *last = self->shown->len > 0 ? self->shown->pdata[self->shown->len - 1] : NULL;
    if (number <= span->low)
        text = (g_free(text), g_strdup(span->low_text));
    else if (number >= span->high * (1 - 1e-9))
        text = (g_free(text), g_strdup(span->high_text));
    if (g_strcmp0(last, text) == 0)
        return sim_words_fail(error, "%s..%s:%s: two values are both %s; take fewer",
                              span->low_text, span->high_text, span->spacing, text);
    if (self->shown->len >= SIM_AXIS_MOST)
        return sim_words_fail(error, "more than %d values", SIM_AXIS_MOST);
    add_value(self, text);
    return true;
}

/* @n values; equally far apart, on a logarithmic scale if @log. */
static bool
space_evenly(Values *self, const SimSpan *span, const char *count, bool log, GError **error)
{
    char *end;
    guint64 n = g_ascii_strtoull(count, &end, 10);
    if (!g_ascii_isdigit(*count) || *end != '\0' || n < 2 || n > SIM_AXIS_MOST)
        return sim_words_fail(error, "\"%.20s\": %s needs a number of values from 2 to %d",
                              span->spacing, log ? "log" : "lin", SIM_AXIS_MOST);
    if (log && span->low <= 0)
        return sim_words_fail(error, "a logarithmic range cannot begin at %s", span->low_text);
    for (guint64 i = 0; i < n; i++) {
        double part = (double)i / (double)(n - 1);
        double number = log ? span->low * pow(span->high / span->low, part)
                            : span->low + part * (span->high - span->low);
        if (i + 1 == n)
            number = span->high;
        if (!add_number(self, span, number, error))
            return false;
    }
    return true;
}

static bool
space_by_factor(Values *self, const SimSpan *span, const char *text, GError **error)
{
    double factor;
    if (!sim_value_number(text, &factor, NULL) || factor < 1.0001)
        return sim_words_fail(error, "\"%.20s\": x needs a factor above 1", span->spacing);
    if (span->low <= 0)
        return sim_words_fail(error, "a logarithmic range cannot begin at %s", span->low_text);
    for (double number = span->low; number <= span->high * (1 + 1e-9); number *= factor)
        if (!add_number(self, span, number, error))
            return false;
    return true;
}

static bool
space_by_step(Values *self, const SimSpan *span, GError **error)
{
    double step;
    SimUnit unit = sim_unit_read(span->spacing, &step);
    if (unit.kind != span->unit.kind || !(step > 0)) {
        g_autofree char *quoted = sim_words_quote(span->spacing);
        return sim_words_fail(error,
                              "unknown spacing %s; known: logN, linN, xFACTOR, or a step "
                              "such as 1h",
                              quoted);
    }
    if ((span->high - span->low) / step > SIM_AXIS_MOST)
        return sim_words_fail(error, "more than %d values", SIM_AXIS_MOST);
    for (unsigned i = 0;; i++) {
        double number = span->low + i * step;
        if (number > span->high * (1 + 1e-9))
            return true;
        if (!add_number(self, span, number, error))
            return false;
    }
}

static bool
space(Values *self, const SimSpan *span, GError **error)
{
    const char *spacing = span->spacing;
    if (spacing == NULL)
        return sim_words_fail(error, "%s..%s needs a spacing, e.g. %s..%s:log8", span->low_text,
                              span->high_text, span->low_text, span->high_text);
    if (g_str_has_prefix(spacing, "log"))
        return space_evenly(self, span, spacing + 3, true, error);
    if (g_str_has_prefix(spacing, "lin"))
        return space_evenly(self, span, spacing + 3, false, error);
    if (*spacing == 'x')
        return space_by_factor(self, span, spacing + 1, error);
    return space_by_step(self, span, error);
}

static bool
list(Values *self, const char *inner, GError **error)
{
    g_auto(GStrv) parts =
        strchr(inner, '|') != NULL ? g_strsplit(inner, "|", -1) : sim_value_split(inner, ',');
    for (size_t i = 0; parts[i] != NULL; i++) {
        const char *value = g_strstrip(parts[i]);
        if (*value == '\0')
            return sim_words_fail(error, "a value of the list is empty");
        if (self->shown->len >= SIM_AXIS_MOST)
            return sim_words_fail(error, "more than %d values", SIM_AXIS_MOST);
        add_value(self, value);
    }
    return self->shown->len > 0 || sim_words_fail(error, "there is no value");
}

static bool
fill(Values *self, GError **error)
{
    g_auto(SimSpan) span = {0};
    bool is;
    if (!sim_span_read(self->spec->inner, &span, &is, error))
        return false;
    return is ? space(self, &span, error) : list(self, self->spec->inner, error);
}

bool
sim_axis_read(const char *text, SimAxis *self, GError **error)
{
    g_auto(SimSpec) spec = {0};
    if (!sim_spec_cut(text, &spec, error))
        return false;
    Values values = {&spec, g_ptr_array_new_with_free_func(g_free),
                     g_ptr_array_new_with_free_func(g_free),
                     g_array_new(FALSE, FALSE, sizeof(double))};
    bool good = fill(&values, error);
    if (good) {
        g_ptr_array_add(values.values, NULL);
        g_ptr_array_add(values.shown, NULL);
        *self = (SimAxis){.key = g_steal_pointer(&spec.key), .n = values.numbers->len};
        self->values = (char **)g_ptr_array_steal(values.values, NULL);
        self->shown = (char **)g_ptr_array_steal(values.shown, NULL);
        self->numbers = (double *)(void *)g_array_steal(values.numbers, NULL);
    }
    g_ptr_array_unref(values.values);
    g_ptr_array_unref(values.shown);
    g_array_unref(values.numbers);
    return good;
}

void
sim_axis_clear(SimAxis *self)
{
    g_free(self->key);
    g_strfreev(self->values);
    g_strfreev(self->shown);
    g_free(self->numbers);
}
