/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ladder as text: a line for each packet when it leaves, and one for what befalls the phone;
 * what befalls the table stands on the right. */
#include "sim/report/ladder-parts.h"

#include <string.h>

#define LANE 44
/* Where a packet that is lost ends. */
#define HALFWAY 34

/* The registrar's lifeline is the state of the table. */
static const char marks[] = {
    [SIM_LADDER_CORRECT] = '|', [SIM_LADDER_WRONG] = 'w',  [SIM_LADDER_MISSING] = 'm',
    [SIM_LADDER_STALE] = 's',   [SIM_LADDER_ABSENT] = '.', [SIM_LADDER_UNREACHABLE] = 'u',
};

static char
phone_mark(bool on)
{
    return on ? '|' : '#';
}

/* What stands on the right of slot @i, and the first word of the state if that is another. */
static char *
right_of(const SimLadder *self, unsigned i)
{
    const SimLadderSlot *slot = sim_ladder_slot(self, i);
    bool changed = i == 0 || slot->state != sim_ladder_slot(self, i - 1)->state;
    const char *note = slot->table != NULL ? slot->table : "";
    if (!changed)
        return g_strdup(note);
    return g_strdup_printf("%s%s%s", note, *note ? ": " : "", sim_ladder_states[slot->state]);
}

static void
line(GString *out, const SimLadderSlot *slot, const char *clock, const char *lane,
     const char *right)
{
    g_autofree char *text = g_strdup_printf("%-12s  %c%-*s%c  %s", clock, phone_mark(slot->on),
                                            LANE, lane, marks[slot->state], right);
    g_string_append_printf(out, "%s\n", g_strchomp(text));
}

/* The lane with the arrow in it; @ret_lane has room for LANE + 1. */
static void
draw(const SimLadderArrow *arrow, char *ret_lane)
{
    bool down = arrow->what != SIM_LADDER_REQUEST;
    bool whole = arrow->fate == SIM_LADDER_ARRIVES || arrow->fate == SIM_LADDER_UNREACHED;
    int length = whole ? LANE : MAX(HALFWAY, (int)strlen(arrow->label) + 6);
    char end = arrow->fate == SIM_LADDER_ARRIVES ? (down ? '<' : '>') : 'X';
    size_t label = MIN(strlen(arrow->label), LANE - 8);
    length = MIN(length, LANE - 2 * !whole);
    memset(ret_lane, ' ', LANE);
    ret_lane[LANE] = '\0';
    char *start = down ? ret_lane + LANE - length : ret_lane;
    memset(start, arrow->what == SIM_LADDER_CALL ? '.' : '-', (size_t)length);
    if (arrow->fate != SIM_LADDER_UNDER_WAY)
        start[down ? 0 : length - 1] = end;
    char *text = down ? start + length - 4 - label : start + 3;
    text[-1] = ' ';
    memcpy(text, arrow->label, label);
    text[label] = ' ';
}

static void
slot_lines(GString *out, const SimLadder *self, unsigned i)
{
    const SimLadderSlot *slot = sim_ladder_slot(self, i);
    g_autofree char *clock = sim_ladder_clock(slot->at);
    g_autofree char *right = right_of(self, i);
    const char *told = right;
    char lane[LANE + 1];
    if (slot->phone != NULL) {
        g_snprintf(lane, sizeof lane, "* %s", slot->phone);
        line(out, slot, clock, lane, told);
        told = "";
    }
    for (unsigned a = 0; a < self->arrows->len; a++) {
        const SimLadderArrow *arrow = &g_array_index(self->arrows, SimLadderArrow, a);
        if (arrow->from != i)
            continue;
        draw(arrow, lane);
        line(out, slot, clock, lane, told);
        told = "";
    }
    if (*told)
        line(out, slot, clock, "", told);
}

static void
centred(GString *out, const SimLadderSlot *before, const char *text)
{
    char lane[LANE + 1] = "";
    int blanks = MAX(0, (LANE - (int)strlen(text)) / 2);
    g_snprintf(lane, sizeof lane, "%*s%s", blanks, "", text);
    line(out, before, "", lane, "");
}

char *
sim_ladder_text(const SimLadder *self)
{
    GString *out = g_string_new(NULL);
    g_autofree char *heading = sim_ladder_heading(self);
    g_string_append_printf(out, "%s\n\n", heading);
    g_string_append(out, "Left the phone: | on, # off. Right the registrar's table: | correct, "
                         "w wrong address,\nu right but unreachable, m missing, s stale, . rightly "
                         "none. X: lost or not taken.\nA time is when a packet leaves.\n\n");
    for (unsigned i = 0; i < self->slots->len; i++) {
        const SimLadderSlot *slot = sim_ladder_slot(self, i);
        const SimLadderSlot *before = sim_ladder_slot(self, i > 0 ? i - 1 : 0);
        g_autofree char *gap = sim_ladder_gap(self, i);
        if (gap != NULL)
            centred(out, before, gap);
        if (slot->across != NULL)
            g_string_append_printf(out, "%-12s  = %s\n", "", slot->across);
        else
            slot_lines(out, self, i);
    }
    return g_string_free(out, FALSE);
}
