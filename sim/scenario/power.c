/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When devices have power: always, in cycles of two laws, or in the hours of a week. */
#include "sim/scenario/readers.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

static const char FORMS[] = "always, or: fails LAW, back after LAW, or: on LAW, off LAW, "
                            "or: weekdays 08:30-17:30, spread 30min";

static bool
fail_power(GError **error, const char *value)
{
    g_autofree char *quoted = sim_words_quote(value);
    return sim_words_fail(error, "power %s has none of the forms: %s", quoted, FORMS);
}

/* `fails exp(7d), back after exp(2h)`, or the same as `on exp(7d), off exp(2h)` */
static bool
read_cycles(const SimReading *reading, const GStrv parts, SimPower *power, GError **error)
{
    const char *on = sim_value_after(parts[0], "fails");
    const char *off = NULL;
    if (on) {
        off = parts[1] ? sim_value_after(parts[1], "back") : NULL;
        off = off ? sim_value_after(off, "after") : NULL;
    } else {
        on = sim_value_after(parts[0], "on");
        off = parts[1] ? sim_value_after(parts[1], "off") : NULL;
    }
    if (!off || parts[2])
        return fail_power(error, parts[0]);
    power->kind = SIM_POWER_CYCLES;
    return sim_value_law(on, &reading->files, &power->on, error) &&
           sim_value_law(off, &reading->files, &power->off, error);
}

/* One of `daily`, `weekdays`, `weekends`, `mon`, `mon-fri`. */
static bool
read_days(const char *text, unsigned *days, GError **error)
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

static bool
read_clock(const char *text, RollTime *out)
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

static bool
read_clocks(const char *text, SimPower *power, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 3);
    g_autofree char *quoted = sim_words_quote(text);
    if (g_strv_length(ends) != 2 || !read_clock(g_strstrip(ends[0]), &power->from) ||
        !read_clock(g_strstrip(ends[1]), &power->to))
        return sim_words_fail(error, "hours %s are not of the form 08:30-17:30", quoted);
    if (power->from >= power->to)
        return sim_words_fail(error, "hours %s end before they start", quoted);
    return true;
}

static bool
check_spread(const SimPower *power, GError **error)
{
    /* else a device could be switched on before it was switched off, or the reverse */
    RollTime gap = MIN(power->to - power->from, ROLL_DAY - (power->to - power->from));
    if (power->spread == 0 || power->spread <= gap)
        return true;
    g_autofree char *spread = sim_value_show_time(power->spread);
    g_autofree char *shown = sim_value_show_time(gap);
    return sim_words_fail(error, "spread %s is longer than the shortest time on or off, %s", spread,
                          shown);
}

/* `mon,tue,fri 09:00-12:00, spread 30min`: the last day shares its part with the hours. */
static bool
read_hours(const GStrv parts, SimPower *power, GError **error)
{
    char **part = parts;
    power->kind = SIM_POWER_HOURS;
    for (bool hours = false; !hours; part++) {
        if (!*part)
            return sim_words_fail(error, "power names days but no hours, such as 08:30-17:30");
        g_autofree char *day = g_strndup(*part, strcspn(*part, " \t"));
        const char *rest = sim_value_after(*part, day);
        if (!read_days(day, &power->days, error))
            return false;
        if (rest && !read_clocks(rest, power, error))
            return false;
        hours = rest != NULL;
    }
    if (!*part)
        return true;
    const char *spread = sim_value_after(*part, "spread");
    if (!spread || part[1])
        return fail_power(error, *part);
    return sim_value_time(spread, &power->spread, error) && check_spread(power, error);
}

bool
sim_read_power(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    SimPower power = {.kind = SIM_POWER_ALWAYS};
    g_auto(GStrv) parts = sim_value_split(value, ',');
    bool cycles = sim_value_after(parts[0], "fails") || sim_value_after(parts[0], "on");
    if (cycles && !read_cycles(reading, parts, &power, error))
        return false;
    if (!cycles && strcmp(value, "always") != 0 && !read_hours(parts, &power, error))
        return false;
    group->power = power;
    return true;
}
