/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/axis.h"

#include "sim/scenario/words.h"

struct SimRange {
    SimSpec spec;
    SimSpan span;
};

SimRange *
sim_range_new(const char *text, GError **error)
{
    g_autoptr(SimRange) self = g_new0(SimRange, 1);
    bool is = false;
    if (sim_spec_cut(text, &self->spec, error) &&
        sim_span_read(self->spec.inner, &self->span, &is, error)) {
        if (!is)
            sim_words_fail(error, "a range to search in is missing, such as 60s..24h");
        else if (self->span.spacing != NULL)
            sim_words_fail(error, "tune chooses its values itself: leave \":%s\" out",
                           self->span.spacing);
        else if (self->span.low <= 0)
            sim_words_fail(error, "the range cannot begin at %s", self->span.low_text);
        else
            return g_steal_pointer(&self);
    }
    g_prefix_error(error, "--vary %.100s: ", text);
    return NULL;
}

void
sim_range_free(SimRange *self)
{
    if (self == NULL)
        return;
    sim_spec_clear(&self->spec);
    sim_span_clear(&self->span);
    g_free(self);
}

const char *
sim_range_key(const SimRange *self)
{
    return self->spec.key;
}

void
sim_range_bounds(const SimRange *self, double *low, double *high)
{
    *low = self->span.low;
    *high = self->span.high;
}

char *
sim_range_show(const SimRange *self, double number)
{
    return sim_unit_write(&self->span.unit, number, 4);
}

char *
sim_range_change(const SimRange *self, double number, double *rounded)
{
    g_autofree char *text = sim_unit_write(&self->span.unit, number, 6);
    sim_unit_read(text, rounded);
    return g_strconcat(self->spec.key, "=", self->spec.before, text, self->spec.behind, NULL);
}
