/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ladder as a picture. All coordinates are whole numbers, so that the text of the picture is
 * the same everywhere; the slope of a label is given as the direction it runs in. */
#include "sim/report/ladder-parts.h"
#include "sim/report/palette.h"
#include "sim/report/text.h"

#include <string.h>

#define WIDTH 1120
#define TOP 165 /* the first slot */
#define STEP 34 /* from slot to slot */
#define GAP 24  /* where time has been cut out */
#define CLOCK 20
#define PHONE 370 /* the lifelines */
#define REGISTRAR 800
#define BAR 5 /* half a lifeline's width */
#define LANE (REGISTRAR - PHONE - 2 * BAR)
#define REACH 70  /* of a lost packet, in percent of the way */
#define INDENT 18 /* of a label, too */

typedef struct {
    GString *out;
    const SimLadder *ladder;
    int *y; /* of each slot */
} Picture;

static const struct {
    const char *fill;
    const char *border;
} bars[] = {
    [SIM_LADDER_CORRECT] = {SIM_COLOUR_CORRECT, "#808080"},
    [SIM_LADDER_WRONG] = {SIM_COLOUR_WRONG, SIM_COLOUR_WRONG},
    [SIM_LADDER_UNREACHABLE] = {SIM_COLOUR_UNREACHABLE, SIM_COLOUR_UNREACHABLE},
    [SIM_LADDER_MISSING] = {SIM_COLOUR_MISSING, SIM_COLOUR_MISSING},
    [SIM_LADDER_STALE] = {SIM_COLOUR_STALE, SIM_COLOUR_STALE},
    [SIM_LADDER_ABSENT] = {SIM_COLOUR_ABSENT, SIM_COLOUR_ABSENT},
};

/* Text at (@x, @y), with what else its element says. */
static void
text(GString *out, int x, int y, const char *rest, const char *content)
{
    g_string_append_printf(out, "<text x=\"%d\" y=\"%d\"%s>", x, y, rest);
    sim_text_html(out, content);
    g_string_append(out, "</text>\n");
}

static void
bar(GString *out, int x, int from, int to, const char *fill, const char *border)
{
    g_string_append_printf(out,
                           "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" "
                           "stroke=\"%s\"/>\n",
                           x - BAR, from, 2 * BAR, to - from, fill, border);
}

static int *
place_slots(const SimLadder *ladder, int *ret_height)
{
    int *y = g_new(int, ladder->slots->len);
    int at = TOP;
    for (unsigned i = 0; i < ladder->slots->len; i++) {
        g_autofree char *gap = sim_ladder_gap(ladder, i);
        at += (i > 0 ? STEP : 0) + (gap != NULL ? GAP : 0);
        y[i] = at;
    }
    *ret_height = at + 2 * STEP;
    return y;
}

/* Both lifelines from slot to slot. */
static void
lifelines(const Picture *self)
{
    unsigned n = self->ladder->slots->len;
    for (unsigned i = 0; i < n;) {
        const SimLadderSlot *slot = sim_ladder_slot(self->ladder, i);
        unsigned j = i + 1;
        while (j < n && sim_ladder_slot(self->ladder, j)->on == slot->on)
            j++;
        int to = self->y[MIN(j, n - 1)] + (j < n ? 0 : STEP / 2);
        bar(self->out, PHONE, self->y[i], to, slot->on ? "#ffffff" : "#9e9e9e", "#808080");
        i = j;
    }
    for (unsigned i = 0; i < n;) {
        SimLadderState state = sim_ladder_slot(self->ladder, i)->state;
        unsigned j = i + 1;
        while (j < n && sim_ladder_slot(self->ladder, j)->state == state)
            j++;
        int to = self->y[MIN(j, n - 1)] + (j < n ? 0 : STEP / 2);
        bar(self->out, REGISTRAR, self->y[i], to, bars[state].fill, bars[state].border);
        i = j;
    }
}

static void
across(const Picture *self, int y, const char *content)
{
    g_string_append_printf(self->out,
                           "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f0f2f4\" "
                           "stroke=\"#cfd8dc\"/>\n",
                           PHONE + 2 * BAR, y - STEP / 2 + 4, REGISTRAR - PHONE - 4 * BAR,
                           STEP - 8);
    text(self->out, (PHONE + REGISTRAR) / 2, y + 4, " class=\"mid\"", content);
}

/* A cut through both lifelines, and how long it is. */
static void
cut(const Picture *self, int y, const char *gap)
{
    static const int lines[] = {PHONE, REGISTRAR};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        g_string_append_printf(self->out,
                               "<path d=\"M%d %dl24 -6v8l-24 6z\" fill=\"#fff\"/>"
                               "<path d=\"M%d %dl24 -6m0 8l-24 6\" class=\"cut\"/>\n",
                               lines[i] - 12, y, lines[i] - 12, y);
    text(self->out, CLOCK, y + 5, " class=\"gap\"", gap);
}

static void
notes(const Picture *self, unsigned i)
{
    const SimLadderSlot *slot = sim_ladder_slot(self->ladder, i);
    bool changed = i == 0 || slot->state != sim_ladder_slot(self->ladder, i - 1)->state;
    int y = self->y[i] + 4;
    g_autofree char *clock = sim_ladder_clock(slot->at);
    if (slot->across != NULL) {
        across(self, self->y[i], slot->across);
        return;
    }
    text(self->out, CLOCK, y, " class=\"clock\"", clock);
    if (slot->phone != NULL)
        text(self->out, PHONE - 14, y, " class=\"end\"", slot->phone);
    if (slot->phone != NULL)
        g_string_append_printf(self->out, "<circle cx=\"%d\" cy=\"%d\" r=\"4\"/>\n", PHONE,
                               self->y[i]);
    if (slot->table != NULL)
        text(self->out, REGISTRAR + 14, changed ? y - 6 : y, "", slot->table);
    if (changed)
        text(self->out, REGISTRAR + 14, slot->table != NULL ? y + 8 : y, " class=\"state\"",
             sim_ladder_states[slot->state]);
}

static const char *
colour_of(const SimLadderArrow *arrow)
{
    if (arrow->what == SIM_LADDER_CALL)
        return SIM_COLOUR_PURPLE;
    if (arrow->what == SIM_LADDER_REQUEST)
        return SIM_COLOUR_BLUE;
    if (arrow->status == 401 || arrow->status == 407)
        return SIM_COLOUR_QUIET;
    return arrow->status < 300 ? SIM_COLOUR_GREEN : SIM_COLOUR_VERMILION;
}

/* The name of the arrow head is that of the colour without its mark. */
static void
arrow_line(GString *out, const SimLadderArrow *arrow, int x, int y, int dx, int dy)
{
    const char *colour = colour_of(arrow);
    const char *dash = arrow->what == SIM_LADDER_CALL ? " stroke-dasharray=\"2 4\""
                       : arrow->copy > 0              ? " stroke-dasharray=\"9 5\""
                                                      : "";
    g_string_append_printf(out, "<path d=\"M%d %dl%d %d\" class=\"arrow\" stroke=\"%s\"%s", x, y,
                           dx, dy, colour, dash);
    if (arrow->fate == SIM_LADDER_ARRIVES)
        g_string_append_printf(out, " marker-end=\"url(#head-%s)\"", colour + 1);
    g_string_append(out, "/>\n");
    if (arrow->fate == SIM_LADDER_LOST || arrow->fate == SIM_LADDER_UNREACHED)
        g_string_append_printf(out, "<path d=\"M%d %dl12 12m0 -12l-12 12\" class=\"lost\"/>\n",
                               x + dx - 6, y + dy - 6);
}

static void
draw_arrow(const Picture *self, const SimLadderArrow *arrow)
{
    bool whole = arrow->fate == SIM_LADDER_ARRIVES || arrow->fate == SIM_LADDER_UNREACHED;
    int percent = whole ? 100 : REACH;
    int y = self->y[arrow->from];
    int dy = whole ? self->y[arrow->to] - y : STEP * REACH / 100;
    if (arrow->what == SIM_LADDER_REQUEST)
        arrow_line(self->out, arrow, PHONE + BAR, y, LANE * percent / 100, dy);
    else
        arrow_line(self->out, arrow, REGISTRAR - BAR, y, -LANE * percent / 100, dy);
}

/* Along the arrow and near its beginning, where it meets the fewest others, on a path that runs
 * from left to right over the whole lane. */
static void
draw_label(const Picture *self, unsigned i)
{
    const SimLadderArrow *arrow = &g_array_index(self->ladder->arrows, SimLadderArrow, i);
    bool down = arrow->what != SIM_LADDER_REQUEST;
    bool whole = arrow->fate == SIM_LADDER_ARRIVES || arrow->fate == SIM_LADDER_UNREACHED;
    int y = self->y[arrow->from];
    int dy = whole ? self->y[arrow->to] - y : STEP;
    int indent = !down && arrow->copy > 0 ? INDENT / 3 : INDENT; /* the next request is near */
    g_string_append_printf(self->out,
                           "<path id=\"a%u\" d=\"M%d %dl%d %d\" fill=\"none\"/>\n"
                           "<text dy=\"-4\" class=\"label%s\"><textPath href=\"#a%u\" "
                           "xlink:href=\"#a%u\" startOffset=\"%d%%\">",
                           i, PHONE + BAR, down ? y + dy : y, LANE, down ? -dy : dy,
                           down ? " end" : "", i, i, down ? 100 - indent : indent);
    sim_text_html(self->out, arrow->label);
    g_string_append(self->out, "</textPath></text>\n");
}

static void
heads(GString *out)
{
    static const char *const colours[] = {SIM_COLOUR_BLUE, SIM_COLOUR_VERMILION, SIM_COLOUR_GREEN,
                                          SIM_COLOUR_PURPLE, SIM_COLOUR_QUIET};
    g_string_append(out, "<defs>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(colours); i++)
        g_string_append_printf(
            out,
            "<marker id=\"head-%s\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" "
            "markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
            "<path d=\"M0 0l10 5l-10 5z\" fill=\"%s\"/></marker>\n",
            colours[i] + 1, colours[i]);
    g_string_append(out, "</defs>\n");
}

static void
legend(GString *out)
{
    static const char *const titles[] = {
        [SIM_LADDER_CORRECT] = "correct (on, listed)",
        [SIM_LADDER_WRONG] = "wrong address (on)",
        [SIM_LADDER_UNREACHABLE] = "unreachable (on, cut off)",
        [SIM_LADDER_MISSING] = "missing (on, not listed)",
        [SIM_LADDER_STALE] = "stale (off, listed)",
        [SIM_LADDER_ABSENT] = "absent (off, not listed)",
    };
    int x = CLOCK;
    for (size_t i = 0; i < G_N_ELEMENTS(bars); i++) {
        g_string_append_printf(out,
                               "<rect x=\"%d\" y=\"52\" width=\"14\" height=\"14\" fill=\"%s\" "
                               "stroke=\"%s\"/>\n",
                               x, bars[i].fill, bars[i].border);
        text(out, x + 20, 64, "", titles[i]);
        x += 50 + 7 * (int)strlen(titles[i]);
    }
    g_string_append(out, "<rect x=\"20\" y=\"78\" width=\"14\" height=\"14\" fill=\"#9e9e9e\" "
                         "stroke=\"#808080\"/>\n");
    text(out, 40, 90, "", "phone off");
    g_string_append(out, "<path d=\"M130 85h40\" class=\"arrow\" stroke=\"" SIM_COLOUR_BLUE
                         "\" stroke-dasharray=\"9 5\"/>\n");
    text(out, 178, 90, "", "sent again");
    g_string_append(out, "<path d=\"M270 79l12 12m0 -12l-12 12\" class=\"lost\"/>\n");
    text(out, 290, 90, "", "lost or not taken");
}

static void
head_of_page(GString *out, const SimLadder *ladder, int height)
{
    g_autofree char *heading = sim_ladder_heading(ladder);
    g_string_append_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
        WIDTH, height, WIDTH, height);
    sim_text_html(out, heading);
    g_string_append(
        out, "</title>\n<style>\n"
             "text{font:12px 'DejaVu Sans',Arial,sans-serif;fill:#1a1a1a}\n"
             ".clock{font-family:'DejaVu Sans Mono',monospace;font-size:11px;fill:#606060}\n"
             ".title{font-size:17px;font-weight:bold}\n.life{font-size:14px;font-weight:bold}\n"
             ".mid{text-anchor:middle}\n.end{text-anchor:end}\n.state{font-weight:bold}\n"
             ".gap{fill:#606060;font-style:italic}\n.cut{stroke:#606060;fill:none}\n"
             ".label{stroke:#fff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}\n"
             ".arrow{fill:none;stroke-width:1.6}\n.lost{fill:none;stroke:" SIM_COLOUR_VERMILION
             ";stroke-width:2.4}\n"
             "</style>\n");
    heads(out);
    g_string_append_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH,
                           height);
    text(out, 20, 32, " class=\"title\"", heading);
    legend(out);
    text(out, PHONE, TOP - 30, " class=\"mid life\"", ladder->name);
    text(out, REGISTRAR, TOP - 30, " class=\"mid life\"", "registrar");
}

char *
sim_ladder_svg(const SimLadder *ladder)
{
    int height;
    g_autofree int *y = place_slots(ladder, &height);
    Picture self = {g_string_new(NULL), ladder, y};
    head_of_page(self.out, ladder, height);
    lifelines(&self);
    for (unsigned i = 0; i < ladder->slots->len; i++) {
        g_autofree char *gap = sim_ladder_gap(ladder, i);
        if (gap != NULL)
            cut(&self, (y[i - 1] + y[i]) / 2 + STEP / 8, gap);
    }
    for (unsigned i = 0; i < ladder->arrows->len; i++)
        draw_arrow(&self, &g_array_index(ladder->arrows, SimLadderArrow, i));
    for (unsigned i = 0; i < ladder->arrows->len; i++)
        draw_label(&self, i);
    for (unsigned i = 0; i < ladder->slots->len; i++)
        notes(&self, i);
    g_string_append(self.out, "</svg>\n");
    return g_string_free(self.out, FALSE);
}
