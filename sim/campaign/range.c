/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A range to search in: any number between its bounds becomes a value of the key. */
#include "sim/campaign/grid.h"

#include "sim/campaign/unit.h"
#include "sim/scenario/words.h"
#include <string.h>

#define FIGURES 4
/* Times are rounded to their unit alone. */
#define TIME_FIGURES 15

struct SimRange {
    char *key;
    char *parts[3]; /* before, the range itself, behind */
    SimUnit bounds[2];
};

static bool
read_range(SimRange *self, const char *text, GError **error)
{
    const char *spec;
    char *written[2] = {NULL};
    if (!sim_unit_key(text, &self->key, &spec, error) || !sim_unit_braces(spec, self->parts, error))
        return false;
    if (!strstr(self->parts[1], ".."))
        return sim_words_fail(error, "it must be a range, such as KEY=60s..24h");
    if (strchr(self->parts[1], ':'))
        return sim_words_fail(
            error, "a range to search in has no spacing; leave the part behind the last colon out");
    bool good = sim_unit_split(self->parts[1], self->bounds, written, error);
    g_free(written[0]);
    g_free(written[1]);
    return good;
}

SimRange *
sim_range_new(const char *text, GError **error)
{
    g_autoptr(SimRange) self = g_new0(SimRange, 1);
    if (read_range(self, text, error))
        return g_steal_pointer(&self);
    g_autofree char *cut = sim_unit_cut(text);
    if (self->key)
        g_prefix_error(error, "%s: ", cut);
    return NULL;
}

void
sim_range_free(SimRange *self)
{
    if (!self)
        return;
    g_free(self->key);
    for (size_t i = 0; i < G_N_ELEMENTS(self->parts); i++)
        g_free(self->parts[i]);
    g_free(self);
}

const char *
sim_range_key(const SimRange *self)
{
    return self->key;
}

void
sim_range_bounds(const SimRange *self, double *low, double *high)
{
    *low = self->bounds[0].value;
    *high = self->bounds[1].value;
}

static double
round_within(const SimRange *self, double number)
{
    double low = self->bounds[0].value;
    double high = self->bounds[1].value;
    if (number <= low || number >= high)
        return number <= low ? low : high;
    bool time = self->bounds[0].kind == SIM_UNIT_TIME;
    double rounded = sim_unit_round(self->bounds, number, time ? TIME_FIGURES : FIGURES);
    return CLAMP(rounded, low, high);
}

char *
sim_range_change(const SimRange *self, double number, double *rounded)
{
    *rounded = round_within(self, number);
    g_autofree char *shown = sim_unit_show(self->bounds, *rounded);
    return g_strdup_printf("%s=%s%s%s", self->key, self->parts[0], shown, self->parts[2]);
}

char *
sim_range_show(const SimRange *self, double number)
{
    return sim_unit_show(self->bounds, round_within(self, number));
}
