/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys by name, and the reading of plain values through the table. */
#include "sim/scenario/keys.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

const SimKey *
sim_key_find(const char *group, const char *name)
{
    size_t n;
    const SimKey *keys = sim_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].group, group) == 0 && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

const char **
sim_key_names(const char *group)
{
    size_t n_keys, n = 0;
    const SimKey *keys = sim_keys(&n_keys);
    const char **names = g_new0(const char *, n_keys + 1);
    for (size_t i = 0; i < n_keys; i++)
        if (strcmp(keys[i].group, group) == 0)
            names[n++] = keys[i].name;
    return names;
}

static bool
check_range(const SimKey *self, const char *value, int64_t number, GError **error)
{
    if (number >= self->least && number <= self->most)
        return true;
    bool low = number < self->least;
    int64_t bound = low ? self->least : self->most;
    bool time = self->form == SIM_FORM_TIME || self->form == SIM_FORM_SECONDS;
    g_autofree char *quoted = sim_words_quote(value);
    g_autofree char *shown =
        time ? sim_value_show_time(bound) : g_strdup_printf("%" G_GINT64_FORMAT, bound);
    return sim_words_fail(error, "%s %s is out of range: the %s is %s", self->name, quoted,
                          low ? "least" : "most", shown);
}

static bool
read_time(const SimKey *self, void *field, const char *value, GError **error)
{
    RollTime time;
    if (!sim_value_time(value, &time, error) || !check_range(self, value, time, error))
        return false;
    if (self->form == SIM_FORM_TIME) {
        *(RollTime *)field = time;
        return true;
    }
    if (time % ROLL_SECOND) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "%s %s is not a whole number of seconds", self->name, quoted);
    }
    *(uint32_t *)field = (uint32_t)(time / ROLL_SECOND);
    return true;
}

static bool
read_count(const SimKey *self, void *field, const char *value, GError **error)
{
    uint64_t number;
    if (!sim_value_count(value, &number, error))
        return false;
    if (self->form == SIM_FORM_SEED) {
        *(uint64_t *)field = number;
        return true;
    }
    if (!check_range(self, value, number > INT64_MAX ? INT64_MAX : (int64_t)number, error))
        return false;
    if (self->form == SIM_FORM_PORT)
        *(uint16_t *)field = (uint16_t)number;
    else
        *(uint32_t *)field = (uint32_t)number;
    return true;
}

static bool
read_word(const SimKey *self, void *field, const char *value, GError **error)
{
    int which;
    if (!sim_value_word(value, self->words, &which, error))
        return false;
    if (self->form == SIM_FORM_EITHER)
        *(bool *)field = which == 1;
    else
        *(int *)field = which;
    return true;
}

bool
sim_key_read(const SimKey *self, SimReading *reading, void *object, const char *value,
             GError **error)
{
    void *field = (char *)object + self->offset;
    if (!*value)
        return sim_words_fail(error, "%s has no value; an example is: %s", self->name,
                              self->example);
    switch (self->form) {
    case SIM_FORM_TEXT:
        g_free(*(char **)field);
        *(char **)field = g_strdup(value);
        return true;
    case SIM_FORM_TIME:
    case SIM_FORM_SECONDS:
        return read_time(self, field, value, error);
    case SIM_FORM_UNSIGNED:
    case SIM_FORM_PORT:
    case SIM_FORM_SEED:
        return read_count(self, field, value, error);
    case SIM_FORM_SHARE:
        return sim_value_share(value, field, error);
    case SIM_FORM_EITHER:
    case SIM_FORM_WORD:
        return read_word(self, field, value, error);
    case SIM_FORM_LAW:
        return sim_value_law(value, &reading->files, field, error);
    case SIM_FORM_OWN:
        return self->read(reading, object, value, error);
    }
    return false;
}
