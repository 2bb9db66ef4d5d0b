/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When devices have power: always, in cycles of two laws, or in the hours of a week. */
#include "sim/scenario/readers.h"

#include "sim/scenario/clock.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

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

static bool
check_spread(const SimPower *power, GError **error)
{
    /* else a device could be switched on before it was switched off, or the reverse */
    RollTime gap = MIN(power->to - power->from, ROLL_DAY - (power->to - power->from));
    if (power->spread == 0 || power->spread <= gap)
        return true;
    g_autofree char *spread = sim_value_show_time(power->spread);
    g_autofree char *shown = sim_value_show_time(gap);
    return sim_words_fail(
        error, "spread %s is longer than the shortest time on or off, %s; take a shorter one",
        spread, shown);
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
        if (!sim_clock_days(day, &power->days, error))
            return false;
        if (rest && !sim_clock_range(rest, &power->from, &power->to, error))
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
