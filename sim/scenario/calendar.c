/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A calendar: at which hours of the week devices go to which network, in the order of a week. */
#include "sim/scenario/readers.h"

#include "sim/scenario/clock.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define WEEK (7 * ROLL_DAY)
#define MOST_PLACES 255 /* a device has its place in a byte */

static bool
fail_form(GError **error, const char *text)
{
    g_autofree char *quoted = sim_words_quote(text);
    return sim_words_fail(error, "calendar %s does not have the form: mon-fri 08:00 NETWORK",
                          quoted);
}

/* The place of a network among those of the group, which grow by it if it is new. */
static bool
find_place(const SimReading *reading, SimGroup *group, const char *name, unsigned *out,
           GError **error)
{
    unsigned network;
    if (!sim_scenario_find_network(reading->scenario, name, &network, error))
        return false;
    for (*out = 0; *out < group->n_places; ++*out)
        if (group->places[*out].network == network)
            return true;
    if (group->n_places == MOST_PLACES)
        return sim_words_fail(error, "more than %d networks for one group; split the group",
                              MOST_PLACES);
    group->places = g_renew(SimPlace, group->places, group->n_places + 1);
    group->places[group->n_places++] = (SimPlace){.network = network, .weight = 1};
    return true;
}

/* `08:00 office`, on @days */
static bool
read_move(const SimReading *reading, SimGroup *group, const char *text, unsigned days,
          GArray *moves, GError **error)
{
    g_autofree char *hour = g_strndup(text, strcspn(text, " \t"));
    const char *network = sim_value_after(text, hour);
    RollTime clock;
    unsigned place;
    if (!network || !sim_clock_time(hour, &clock))
        return fail_form(error, text);
    if (!find_place(reading, group, network, &place, error))
        return false;
    for (unsigned day = 0; day < 7; day++) {
        SimMove move = {(day * ROLL_DAY + clock) % WEEK, place};
        if (days >> day & 1)
            g_array_append_val(moves, move);
    }
    return true;
}

static int
compare_moves(const void *a, const void *b)
{
    const SimMove *x = a;
    const SimMove *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* In the order of the week, without those that lead to where the device is already. */
static bool
sort_moves(GArray *moves, GError **error)
{
    g_array_sort(moves, compare_moves);
    for (guint i = 0; i + 1 < moves->len; i++)
        if (g_array_index(moves, SimMove, i).at == g_array_index(moves, SimMove, i + 1).at)
            return sim_words_fail(error,
                                  "calendar has two moves at the same time; move one of them");
    for (guint i = moves->len; i-- > 0 && moves->len > 1;) {
        guint before = (i + moves->len - 1) % moves->len;
        if (g_array_index(moves, SimMove, i).place == g_array_index(moves, SimMove, before).place)
            g_array_remove_index(moves, i);
    }
    if (moves->len > 1)
        return true;
    return sim_words_fail(error, "calendar leads to one network only; write: network = NAME");
}

/* Else a device could leave for a place before it came to the one in between. */
static bool
check_spread(const GArray *moves, RollTime spread, GError **error)
{
    RollTime gap = WEEK;
    for (guint i = 0; i < moves->len; i++) {
        RollTime next = g_array_index(moves, SimMove, (i + 1) % moves->len).at;
        RollTime passed = next - g_array_index(moves, SimMove, i).at;
        gap = MIN(gap, passed > 0 ? passed : passed + WEEK);
    }
    if (spread <= gap)
        return true;
    g_autofree char *said = sim_value_show_time(spread);
    g_autofree char *shown = sim_value_show_time(gap);
    return sim_words_fail(
        error, "spread %s is longer than the shortest stay, %s; take a shorter one", said, shown);
}

static bool
read_parts(const SimReading *reading, SimGroup *group, const GStrv parts, GArray *moves,
           GError **error)
{
    unsigned days = 0;
    for (char **part = parts; *part; part++) {
        const char *spread = sim_value_after(*part, "spread");
        if (spread && (part[1] || days != 0))
            return fail_form(error, *part);
        if (spread)
            return sim_value_time(spread, &group->spread, error);
        g_autofree char *day = g_strndup(*part, strcspn(*part, " \t"));
        const char *rest = sim_value_after(*part, day);
        if (!sim_clock_days(day, &days, error))
            return false;
        if (!rest)
            continue;
        if (!read_move(reading, group, rest, days, moves, error))
            return false;
        days = 0;
    }
    return days == 0 || sim_words_fail(error, "calendar ends with days but no hour and network; "
                                              "write for example: fri 17:00 NETWORK");
}

bool
sim_read_calendar(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(SimMove));
    if (!read_parts(reading, group, parts, moves, error) || !sort_moves(moves, error) ||
        !check_spread(moves, group->spread, error))
        return false;
    group->n_moves = moves->len;
    group->moves = (SimMove *)(void *)g_array_steal(moves, NULL);
    return true;
}
