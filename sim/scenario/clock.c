/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Days of the week and hours of the day, as people write them. */
#include "sim/scenario/clock.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

/* One of `daily`, `weekdays`, `weekends`, `mon`, `mon-fri`. */
bool
sim_clock_days(const char *text, unsigned *days, GError **error)
{
    static const char *const words[] = {"daily",  "weekdays", "weekends", "mon", "tue",
                                        "wed",    "thu",      "fri",      "sat", "sun",
                                        "always", "fails",    "on",       NULL};
    static const unsigned sets[] = {0x7f, 0x1f, 0x60};
    const char *dash = strchr(text, '-');
    g_autofree char *first = g_strndup(text, dash ? (gsize)(dash - text) : strlen(text));
    int from, to;
    if (!sim_value_word(first, words, &from, NULL) || from > 9)
        return sim_words_unknown(error, "unknown day", first, words);
    if (from < 3 && !dash) {
        *days |= sets[from];
        return true;
    }
    to = from - 3;
    if (dash && !sim_value_word(dash + 1, DAYS, &to, error))
        return false;
    if (from < 3 || to < from - 3)
        return sim_words_fail(error, "days \"%.20s\" do not go from a day to a later one", first);
    for (int day = from - 3; day <= to; day++)
        *days |= 1u << day;
    return true;
}

bool
sim_clock_time(const char *text, RollTime *out)
{
    unsigned hours = 0, minutes = 0;
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5)
        return false;
    hours = (unsigned)((text[0] - '0') * 10 + text[1] - '0');
    minutes = (unsigned)((text[3] - '0') * 10 + text[4] - '0');
    if (hours > 24 || minutes > 59 || (hours == 24 && minutes))
        return false;
    *out = hours * ROLL_HOUR + minutes * ROLL_MINUTE;
    return true;
}

bool
sim_clock_range(const char *text, RollTime *from, RollTime *to, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 3);
    g_autofree char *quoted = sim_words_quote(text);
    if (g_strv_length(ends) != 2 || !sim_clock_time(g_strstrip(ends[0]), from) ||
        !sim_clock_time(g_strstrip(ends[1]), to))
        return sim_words_fail(error, "hours %s are not of the form 08:30-17:30", quoted);
    if (*from >= *to)
        return sim_words_fail(error, "hours %s end before they start; write the earlier one first",
                              quoted);
    return true;
}
