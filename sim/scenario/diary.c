/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A diary: a CSV file of what happens to each device, in place of laws of chance. Its columns are
 * time, phone, event and network; a first row that begins with the word time is taken for a header;
 * `#` starts a comment. */
#include "sim/scenario/readers.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

#define MOST_PLACES 255 /* a device has its place in a byte */

static bool
read_at(const char *cell, RollTime *out, GError **error)
{
    char *end;
    double seconds = g_ascii_strtod(cell, &end);
    if (end == cell || *end)
        return sim_value_time(cell, out, error);
    if (!isfinite(seconds) || seconds < 0 || seconds > (double)(SIM_VALUE_LONGEST / ROLL_SECOND))
        return sim_words_fail(error, "time %.20s is out of range; it is from 0s to 10000 years",
                              cell);
    *out = (RollTime)llround(seconds * (double)ROLL_SECOND);
    return true;
}

static bool
read_place(const SimReading *reading, SimGroup *group, const char *name, uint8_t *out,
           GError **error)
{
    unsigned network;
    size_t i = 0;
    if (!sim_scenario_find_network(reading->scenario, name, &network, error))
        return false;
    while (i < group->n_places && group->places[i].network != network)
        i++;
    if (i == MOST_PLACES)
        return sim_words_fail(error, "more than %d networks for one group; split the group",
                              MOST_PLACES);
    if (i == group->n_places) {
        group->places = g_renew(SimPlace, group->places, group->n_places + 1);
        group->places[group->n_places++] = (SimPlace){.network = network, .weight = 1};
    }
    *out = (uint8_t)i;
    return true;
}

static bool
read_row(const SimReading *reading, SimGroup *group, const GStrv cells, SimDiaryRow *row,
         GError **error)
{
    static const char *const events[] = {"on", "off", "move", NULL};
    guint n = g_strv_length(cells);
    uint64_t phone;
    int event;
    if (n < 3 || n > 4)
        return sim_words_fail(error, "%u columns; there are four: time, phone, event, network", n);
    if (!read_at(cells[0], &row->at, error) || !sim_value_count(cells[1], &phone, error) ||
        !sim_value_word(cells[2], events, &event, error))
        return false;
    if (phone < 1 || phone > UINT32_MAX)
        return sim_words_fail(error, "phones are numbered from 1; write 1 for the first");
    row->device = (uint32_t)phone - 1;
    row->event = (SimRowEvent)event;
    row->place = SIM_ROW_STAYS;
    bool named = n == 4 && *cells[3];
    if (event == SIM_ROW_MOVE && !named)
        return sim_words_fail(error,
                              "a move names no network; write its name in the fourth column");
    if (event == SIM_ROW_OFF && named)
        return sim_words_fail(
            error, "a device that goes off stays in its network; leave the fourth column empty");
    return !named || read_place(reading, group, cells[3], &row->place, error);
}

static bool
read_rows(const SimReading *reading, SimGroup *group, char *text, GArray *rows, unsigned *line,
          GError **error)
{
    *line = 0;
    for (char *at = text, *next; at; at = next) {
        next = strchr(at, '\n');
        if (next)
            *next++ = '\0';
        ++*line;
        at[strcspn(at, "#\r")] = '\0';
        g_strstrip(at);
        if (!*at || (rows->len == 0 && g_str_has_prefix(at, "time")))
            continue;
        g_auto(GStrv) cells = sim_value_split(at, ',');
        SimDiaryRow row = {.line = *line};
        if (!read_row(reading, group, cells, &row, error))
            return false;
        g_array_append_val(rows, row);
    }
    return true;
}

/* By device, then by time; what stands at one time is done in the order of the file. */
static int
compare_rows(const void *a, const void *b)
{
    const SimDiaryRow *x = a;
    const SimDiaryRow *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

bool
sim_read_moves_from(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    g_autofree char *text = NULL;
    g_autofree char *quoted = sim_words_quote(value);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SimDiaryRow));
    size_t len;
    unsigned line;
    if (!sim_files_read_named(&reading->files, value, &text, &len, error))
        return false;
    if (!read_rows(reading, group, text, rows, &line, error)) {
        g_prefix_error(error, "%s line %u: ", quoted, line);
        return false;
    }
    if (rows->len == 0)
        return sim_words_fail(error, "%s has no rows; write for example: 1h, 1, on,", quoted);
    g_array_sort(rows, compare_rows);
    group->n_rows = rows->len;
    group->rows = (SimDiaryRow *)(void *)g_array_steal(rows, NULL);
    return true;
}
