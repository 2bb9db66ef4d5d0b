/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What strikes many devices at once: how they recover from it, how often it comes, who is spared.
 */
#include "sim/scenario/readers.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

/* `uniform` or `beta(1.2, 1.6)`: which part of the whole restoration, as a law of up to 1 s. */
static bool
read_part(const char *text, SimLaw *law, GError **error)
{
    g_autofree char *name = NULL;
    g_auto(GStrv) args = NULL;
    if (strcmp(text, "uniform") == 0) {
        *law = (SimLaw){.kind = SIM_LAW_UNIFORM, .b = 1};
        return true;
    }
    if (!sim_value_call(text, &name, &args) || strcmp(name, "beta") != 0 ||
        g_strv_length(args) != 2) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error,
                              "back %s within: which part of it? write for example: "
                              "uniform within lognormal(2h, 0.8), or "
                              "beta(1.2, 1.6) within 4h",
                              quoted);
    }
    g_autofree char *whole = g_strdup_printf("beta(1s, %s, %s)", args[0], args[1]);
    return sim_value_law(whole, NULL, law, error);
}

bool
sim_read_back(SimReading *reading, void *object, const char *value, GError **error)
{
    SimCut *event = object;
    const char *within = strstr(value, " within ");
    if (!within)
        return sim_value_law(value, &reading->files, &event->back, error);
    g_autofree char *part = g_strchomp(g_strndup(value, (gsize)(within - value)));
    within += strlen(" within ");
    event->in_parts = true;
    return read_part(part, &event->back, error) &&
           sim_value_law(within + strspn(within, " \t"), &reading->files, &event->within, error);
}

bool
sim_read_repeats(SimReading *reading, void *object, const char *value, GError **error)
{
    SimCut *event = object;
    event->recurs = true;
    return sim_value_law(value, &reading->files, &event->repeats, error);
}

bool
sim_read_ups(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    if (strcmp(value, "none") == 0) {
        group->ups = 0;
        return true;
    }
    const char *blank = strpbrk(value, " \t");
    g_autofree char *share = g_strndup(value, blank ? (gsize)(blank - value) : strlen(value));
    const char *law = blank ? sim_value_after(blank + strspn(blank, " \t"), "for") : NULL;
    if (!law) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "ups %s does not have the form: 20%% for 15min, or none",
                              quoted);
    }
    return sim_value_share(share, &group->ups, error) &&
           sim_value_law(law, &reading->files, &group->ups_holds, error);
}
