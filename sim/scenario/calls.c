/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values about what callers, and a registrar that asks like one, do. */
#include "sim/scenario/clock.h"
#include "sim/scenario/readers.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_PARTS 64
#define MOST_WEIGHT 1e6

/* `weekdays 08:00-18:00 8`, or `weekends 0.5` for whole days */
static bool
read_part(const char *text, SimPatternPart *part, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", 4);
    unsigned n = g_strv_length(words);
    g_autofree char *quoted = sim_words_quote(text);
    if (n != 2 && n != 3)
        return sim_words_fail(error, "%s does not have the form: weekdays 08:00-18:00 8", quoted);
    *part = (SimPatternPart){.to = ROLL_DAY};
    if (!sim_clock_days(words[0], &part->days, error) ||
        (n == 3 && !sim_clock_range(words[1], &part->from, &part->to, error)) ||
        !sim_value_number(words[n - 1], &part->weight, error))
        return false;
    if (part->weight < 0 || part->weight > MOST_WEIGHT)
        return sim_words_fail(error, "weight %s is not from 0 to 1000000", words[n - 1]);
    return true;
}

bool
sim_read_call_pattern(SimReading *reading, void *object, const char *value, GError **error)
{
    SimScenario *scenario = object;
    g_auto(GStrv) texts = sim_value_split(value, ',');
    size_t n = g_strv_length(texts);
    if (n > MOST_PARTS)
        return sim_words_fail(error, "pattern has more than %d parts; join some of them",
                              MOST_PARTS);
    SimPatternPart *parts = g_new0(SimPatternPart, n);
    g_ptr_array_add(reading->files.owned, parts);
    for (size_t i = 0; i < n; i++)
        if (!read_part(texts[i], &parts[i], error))
            return false;
    SimPattern *pattern = sim_pattern_new(parts, n);
    if (pattern == NULL)
        return sim_words_fail(error, "pattern leaves no hour of the week in which a call can come");
    sim_pattern_free(pattern);
    scenario->call_pattern = parts;
    scenario->n_call_pattern = n;
    return true;
}

/* `60s, 2 misses` */
bool
sim_read_qualify(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimRegistrarSpec *registrar = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    g_autofree char *quoted = sim_words_quote(value);
    RollTime period = 0;
    uint64_t misses = 3;
    if (strcmp(value, "none") != 0) {
        if (g_strv_length(parts) > 2)
            return sim_words_fail(error, "qualify %s does not have the form: 60s, 2 misses",
                                  quoted);
        if (!sim_value_time(parts[0], &period, error))
            return false;
        if (period < ROLL_SECOND)
            return sim_words_fail(error, "qualify %s is out of range: the least is 1s", quoted);
    }
    if (parts[0] && parts[1] && period > 0) {
        g_auto(GStrv) words = g_strsplit_set(parts[1], " \t", 3);
        bool form = g_strv_length(words) == 2 && g_str_has_prefix(words[1], "miss");
        if (!form || !sim_value_count(words[0], &misses, NULL) || misses < 1 || misses > 100)
            return sim_words_fail(error, "qualify %s: misses are from 1 to 100, as in 2 misses",
                                  quoted);
    }
    registrar->qualify = period;
    registrar->qualify_misses = (uint32_t)misses;
    return true;
}
