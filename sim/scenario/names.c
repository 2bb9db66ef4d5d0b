/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a name to a phone and back. A group of register lines has the names of their users; the
 * first of two that share one is meant, and `group.2` tells the others from it. */
#include "sim/scenario/names.h"

#include "sim/scenario/words.h"
#include <string.h>

unsigned
sim_phone_digits(const SimGroup *group)
{
    unsigned digits = 1;
    for (unsigned n = group->count; n >= 10; n /= 10)
        digits++;
    return digits;
}

static char *
numbered(const SimGroup *group, unsigned number)
{
    return g_strdup_printf("%s.%0*u", group->name, (int)sim_phone_digits(group), number);
}

char *
sim_phone_name(const SimScenario *scenario, uint32_t id)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (id - group->first >= group->count)
            continue;
        if (group->lines != NULL)
            return g_strdup(group->lines[id - group->first].user);
        return numbered(group, id - group->first + 1);
    }
    return NULL;
}

static bool
find_user(const SimScenario *scenario, const char *name, uint32_t *out)
{
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        for (uint32_t i = 0; group->lines != NULL && i < group->count; i++)
            if (strcmp(group->lines[i].user, name) == 0) {
                *out = group->first + i;
                return true;
            }
    }
    return false;
}

/* All that could stand before the number, and the users. (transfer container) */
static GPtrArray *
all_names(const SimScenario *scenario)
{
    GPtrArray *names = g_ptr_array_new();
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        g_ptr_array_add(names, group->name);
        for (uint32_t i = 0; group->lines != NULL && i < group->count; i++)
            g_ptr_array_add(names, group->lines[i].user);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static const SimGroup *
find_group(const SimScenario *scenario, const char *name)
{
    for (size_t g = 0; name != NULL && g < scenario->n_groups; g++)
        if (strcmp(scenario->groups[g].name, name) == 0)
            return &scenario->groups[g];
    return NULL;
}

static unsigned
nearest_number(const SimGroup *group, const char *text)
{
    guint64 number;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return 1;
    return (unsigned)CLAMP(number, 1, group->count);
}

/* @number: what was written behind the group, or %NULL. */
static char *
nearest_name(const SimScenario *scenario, const char *group_name, const char *number)
{
    g_autoptr(GPtrArray) names = all_names(scenario);
    const char *nearest = sim_words_nearest(group_name, (const char *const *)names->pdata);
    const SimGroup *group = find_group(scenario, nearest);
    if (group != NULL)
        return numbered(group, nearest_number(group, number));
    return nearest != NULL ? g_strdup(nearest) : sim_phone_name(scenario, 0);
}

bool
sim_phone_find(const SimScenario *scenario, const char *name, uint32_t *out, GError **error)
{
    if (find_user(scenario, name, out))
        return true;
    const char *dot = strrchr(name, '.');
    g_autofree char *group_name = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;
    const SimGroup *group = find_group(scenario, group_name);
    guint64 number;
    if (group == NULL || !g_ascii_string_to_unsigned(dot + 1, 10, 1, group->count, &number, NULL)) {
        g_autofree char *quoted = sim_words_quote(name);
        g_autofree char *nearest =
            nearest_name(scenario, dot != NULL ? group_name : name, dot != NULL ? dot + 1 : NULL);
        return sim_words_fail(error, "there is no phone %s; did you mean \"%s\"?", quoted, nearest);
    }
    *out = group->first + (uint32_t)number - 1;
    return true;
}
