/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the trace of a phone to the instants and arrows of its ladder. A packet is known by its
 * branch and by which copy it is; its arrow is open until the trace tells of its end. */
#include "sim/report/ladder.h"

#include "sim/measure/metrics.h"
#include "sim/report/ladder-parts.h"
#include "sim/report/trace.h"

#include <string.h>

#define LONGEST_NOTE 48
#define GAP ROLL_SECOND

const char *const sim_ladder_states[] = {
    [SIM_LADDER_CORRECT] = "correct",     [SIM_LADDER_UNREACHABLE] = "unreachable",
    [SIM_LADDER_WRONG] = "wrong address", [SIM_LADDER_MISSING] = "missing",
    [SIM_LADDER_STALE] = "stale",         [SIM_LADDER_ABSENT] = "absent",
};

static void
clear_slot(void *slot)
{
    SimLadderSlot *self = slot;
    g_free(self->phone);
    g_free(self->table);
    g_free(self->across);
}

static void
clear_arrow(void *arrow)
{
    g_free(((SimLadderArrow *)arrow)->label);
}

SimLadder *
sim_ladder_new(const char *name, const SimScenario *scenario)
{
    SimLadder *self = g_new0(SimLadder, 1);
    self->name = g_strdup(name);
    self->scenario = scenario;
    self->events = g_array_new(FALSE, FALSE, sizeof(SimTrace));
    self->slots = g_array_new(FALSE, TRUE, sizeof(SimLadderSlot));
    g_array_set_clear_func(self->slots, clear_slot);
    self->arrows = g_array_new(FALSE, TRUE, sizeof(SimLadderArrow));
    g_array_set_clear_func(self->arrows, clear_arrow);
    self->records = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    return self;
}

void
sim_ladder_free(SimLadder *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_array_unref(self->events);
    g_array_unref(self->slots);
    g_array_unref(self->arrows);
    g_array_unref(self->records);
    g_free(self);
}

void
sim_ladder_add(SimLadder *self, const SimTrace *trace)
{
    self->replica = self->replica || trace->kind == SIM_TRACE_COPIED;
    g_array_append_val(self->events, *trace);
}

static const SimTrace *
event_at(const SimLadder *self, unsigned i)
{
    return &g_array_index(self->events, SimTrace, i);
}

static bool
has_record(const SimLadder *self, uint32_t address, unsigned *ret_i)
{
    for (unsigned i = 0; i < self->records->len; i++)
        if (g_array_index(self->records, uint32_t, i) == address) {
            *ret_i = i;
            return true;
        }
    return false;
}

static SimLadderState
state_of(const SimLadder *self)
{
    unsigned i;
    if (!self->on)
        return self->records->len > 0 ? SIM_LADDER_STALE : SIM_LADDER_ABSENT;
    if (self->records->len == 0)
        return SIM_LADDER_MISSING;
    if (!has_record(self, self->address, &i))
        return SIM_LADDER_WRONG;
    return self->cut_off ? SIM_LADDER_UNREACHABLE : SIM_LADDER_CORRECT;
}

/* The state is that of the table that callers read. */
static bool
adds_record(const SimLadder *self, SimTraceKind kind)
{
    if (self->replica)
        return kind == SIM_TRACE_COPIED;
    return kind == SIM_TRACE_CREATED || kind == SIM_TRACE_RESTORED;
}

static bool
takes_record(const SimLadder *self, SimTraceKind kind)
{
    if (self->replica)
        return kind == SIM_TRACE_DROPPED;
    return (kind >= SIM_TRACE_EXPIRED && kind <= SIM_TRACE_DEACTIVATED) || kind == SIM_TRACE_LOST;
}

/* What @trace changes. */
static void
follow(SimLadder *self, const SimTrace *trace)
{
    unsigned i;
    if (trace->kind == SIM_TRACE_ON || trace->kind == SIM_TRACE_OFF)
        self->on = trace->kind == SIM_TRACE_ON;
    if (trace->kind == SIM_TRACE_CUT_OFF || trace->kind == SIM_TRACE_IN_REACH)
        self->cut_off = trace->kind == SIM_TRACE_CUT_OFF;
    if (trace->kind == SIM_TRACE_ADDRESS)
        self->address = trace->address;
    if (adds_record(self, trace->kind))
        g_array_append_val(self->records, trace->address);
    if (takes_record(self, trace->kind) && has_record(self, trace->address, &i))
        g_array_remove_index(self->records, i);
}

static SimLadderSlot *
last_slot(const SimLadder *self)
{
    return &g_array_index(self->slots, SimLadderSlot, self->slots->len - 1);
}

static SimLadderSlot *
new_slot(SimLadder *self, RollTime at)
{
    SimLadderSlot slot = {.at = at, .on = self->on, .state = state_of(self)};
    g_array_append_val(self->slots, slot);
    return last_slot(self);
}

/* The slot of @at; what happens in one instant shares one as far as there is room. */
static SimLadderSlot *
slot_for(SimLadder *self, RollTime at)
{
    SimLadderSlot *slot = last_slot(self);
    if (slot->at != at || slot->across != NULL)
        return new_slot(self, at);
    slot->on = self->on;
    slot->state = state_of(self);
    return slot;
}

static void
note(SimLadder *self, RollTime at, bool of_phone, const char *text)
{
    SimLadderSlot *slot = slot_for(self, at);
    const char *before = of_phone ? slot->phone : slot->table;
    if (before != NULL && strlen(before) + strlen(text) + 2 > LONGEST_NOTE) {
        slot = new_slot(self, at);
        before = NULL;
    }
    char **place = of_phone ? &slot->phone : &slot->table;
    char *joined = before != NULL ? g_strconcat(before, "; ", text, NULL)
                   : strlen(text) > LONGEST_NOTE
                       ? g_strdup_printf("%.*s...", LONGEST_NOTE - 3, text)
                       : g_strdup(text);
    g_free(*place);
    *place = joined;
}

static SimLadderArrow *
new_arrow(SimLadder *self, SimLadderWhat what, const SimTrace *trace)
{
    SimLadderArrow arrow = {
        .what = what, .from = self->slots->len - 1, .branch = trace->branch, .copy = trace->copy};
    g_array_append_val(self->arrows, arrow);
    return &g_array_index(self->arrows, SimLadderArrow, self->arrows->len - 1);
}

/* The packet that @trace tells the end of; its beginning may be before time 0 or left out. */
static SimLadderArrow *
open_arrow(const SimLadder *self, SimLadderWhat what, const SimTrace *trace)
{
    for (unsigned i = self->arrows->len; i-- > 0;) {
        SimLadderArrow *arrow = &g_array_index(self->arrows, SimLadderArrow, i);
        if (arrow->fate == SIM_LADDER_UNDER_WAY && arrow->what == what &&
            arrow->branch == trace->branch && arrow->copy == trace->copy)
            return arrow;
    }
    return NULL;
}

/* Ends @arrow, if there is one, in a slot below its beginning: a packet takes its time even where
 * the delay is nothing. */
static void
end_arrow(SimLadder *self, SimLadderArrow *arrow, SimLadderFate fate, RollTime at)
{
    if (arrow != NULL && arrow->from == self->slots->len - 1)
        new_slot(self, at);
    else
        slot_for(self, at);
    if (arrow == NULL)
        return;
    arrow->fate = fate;
    arrow->to = self->slots->len - 1;
}

static void
add_sent(SimLadder *self, const SimTrace *trace)
{
    const char *kind =
        trace->code == SIM_SEND_CHALLENGED ? "as asked" : sim_trace_send_name(trace->code);
    slot_for(self, trace->at);
    SimLadderArrow *arrow = new_arrow(self, SIM_LADDER_REQUEST, trace);
    arrow->label = trace->copy > 0 ? g_strdup_printf("copy %u of CSeq %u", trace->copy, trace->cseq)
                                   : g_strdup_printf("REGISTER %s, CSeq %u", kind, trace->cseq);
}

static void
add_arrived(SimLadder *self, const SimTrace *trace)
{
    end_arrow(self, open_arrow(self, SIM_LADDER_REQUEST, trace), SIM_LADDER_ARRIVES, trace->at);
    if (trace->kind == SIM_TRACE_TURNED_AWAY)
        note(self, trace->at, false, "no room");
    if (trace->code == 0) {
        note(self, trace->at, false, "no answer");
        return;
    }
    SimLadderArrow *arrow = new_arrow(self, SIM_LADDER_ANSWER, trace);
    arrow->status = trace->code;
    arrow->label = g_strdup_printf("%u %s", trace->code, roll_status_reason((int)trace->code));
}

static void
add_received(SimLadder *self, const SimTrace *trace)
{
    SimLadderArrow *arrow = open_arrow(self, SIM_LADDER_ANSWER, trace);
    end_arrow(self, arrow, SIM_LADDER_ARRIVES, trace->at);
    if (arrow == NULL) {
        g_autofree char *words = sim_trace_words(self->scenario, trace);
        note(self, trace->at, true, words);
    } else if (trace->number > 0) {
        char *longer = g_strdup_printf("%s, granted %u s", arrow->label, trace->number);
        g_free(arrow->label);
        arrow->label = longer;
    }
}

static void
add_lost(SimLadder *self, const SimTrace *trace, SimLadderWhat what)
{
    SimLadderArrow *arrow = open_arrow(self, what, trace);
    slot_for(self, trace->at);
    if (arrow != NULL)
        arrow->fate = SIM_LADDER_LOST;
}

/* A request that the registrar has not got, for it is down. */
static void
add_down(SimLadder *self, const SimTrace *trace)
{
    end_arrow(self, open_arrow(self, SIM_LADDER_REQUEST, trace), SIM_LADDER_UNREACHED, trace->at);
    note(self, trace->at, false, "down");
}

static void
add_unreached(SimLadder *self, const SimTrace *trace)
{
    end_arrow(self, open_arrow(self, SIM_LADDER_ANSWER, trace), SIM_LADDER_UNREACHED, trace->at);
    note(self, trace->at, true, "nobody takes it");
}

/* Calls that the table has led somewhere; the others are rung off at the registrar. */
static const struct {
    SimTally outcome;
    SimLadderFate fate;
    const char *label;
} calls[] = {
    {SIM_TALLY_CALL_REACHED, SIM_LADDER_ARRIVES, "call"},
    {SIM_TALLY_CALL_DEAD, SIM_LADDER_UNREACHED, "call to a phone that is off"},
    {SIM_TALLY_CALL_WRONG, SIM_LADDER_LOST, "call to an address it has left"},
    {SIM_TALLY_CALL_MISDIRECTED, SIM_LADDER_LOST, "call to another device"},
    {SIM_TALLY_CALL_UNREACHABLE, SIM_LADDER_LOST, "call that does not get through"},
};

static void
add_call(SimLadder *self, const SimTrace *trace)
{
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        if (calls[i].outcome != SIM_TALLY_CALL_REACHED + trace->code)
            continue;
        new_slot(self, trace->at);
        SimLadderArrow *arrow = new_arrow(self, SIM_LADDER_CALL, trace);
        arrow->to = arrow->from;
        arrow->fate = calls[i].fate;
        arrow->label = g_strdup(calls[i].label);
        return;
    }
    g_autofree char *text = g_strdup_printf("call %s", sim_trace_call(trace->code));
    note(self, trace->at, false, text);
}

static void
add_world(SimLadder *self, const SimTrace *trace)
{
    g_autofree char *address = sim_trace_address(self->scenario, self->address);
    g_autofree char *text = g_strdup_printf("address %s", address);
    switch (trace->kind) {
    case SIM_TRACE_ADDRESS:
        return note(self, trace->at, true, self->address != 0 ? text : "no address");
    case SIM_TRACE_CUT_OFF:
        return note(self, trace->at, true, "cut off");
    case SIM_TRACE_IN_REACH:
        return note(self, trace->at, true, "in reach");
    default:
        return note(self, trace->at, true, self->on ? "on" : "off");
    }
}

/* A change of the table, or whatever else a trace may have to tell. */
static void
add_words(SimLadder *self, const SimTrace *trace)
{
    bool of_table = trace->kind >= SIM_TRACE_CREATED;
    g_autofree char *words = sim_trace_words(self->scenario, trace);
    note(self, trace->at, !of_table, words);
}

static void
add(SimLadder *self, const SimTrace *trace)
{
    switch (trace->kind) {
    case SIM_TRACE_ON:
    case SIM_TRACE_OFF:
    case SIM_TRACE_ADDRESS:
    case SIM_TRACE_CUT_OFF:
    case SIM_TRACE_IN_REACH:
        return add_world(self, trace);
    case SIM_TRACE_SENT:
        return add_sent(self, trace);
    case SIM_TRACE_LOST_REQUEST:
        return add_lost(self, trace, SIM_LADDER_REQUEST);
    case SIM_TRACE_ARRIVED:
    case SIM_TRACE_TURNED_AWAY:
        return add_arrived(self, trace);
    case SIM_TRACE_DOWN:
        return add_down(self, trace);
    case SIM_TRACE_LOST_REPLY:
        return add_lost(self, trace, SIM_LADDER_ANSWER);
    case SIM_TRACE_RECEIVED:
        return add_received(self, trace);
    case SIM_TRACE_UNREACHED:
        return add_unreached(self, trace);
    case SIM_TRACE_CALL:
        return add_call(self, trace);
    default:
        return add_words(self, trace);
    }
}

/* Takes a record off *@i if it is one of @kind and @code. */
static bool
take(const SimLadder *self, unsigned *i, SimTraceKind kind, uint32_t code)
{
    if (*i >= self->events->len)
        return false;
    const SimTrace *trace = event_at(self, *i);
    if (trace->kind != kind || trace->code != code)
        return false;
    *i += 1;
    return true;
}

/* How many records from @first on are one refresh that went as it should; 0 if none. */
static unsigned
calm_length(const SimLadder *self, unsigned first)
{
    unsigned i = first;
    if (state_of(self) != SIM_LADDER_CORRECT || event_at(self, i)->number > 0 ||
        !take(self, &i, SIM_TRACE_SENT, SIM_SEND_REFRESH))
        return 0;
    if (take(self, &i, SIM_TRACE_ARRIVED, 401) &&
        !(take(self, &i, SIM_TRACE_RECEIVED, 401) &&
          take(self, &i, SIM_TRACE_SENT, SIM_SEND_CHALLENGED)))
        return 0;
    unsigned record = i;
    if (!take(self, &i, SIM_TRACE_REFRESHED, 0) ||
        event_at(self, record)->address != self->address ||
        !take(self, &i, SIM_TRACE_ARRIVED, 200) || !take(self, &i, SIM_TRACE_RECEIVED, 200))
        return 0;
    return i - first;
}

static bool
is_reached_call(const SimLadder *self, unsigned i)
{
    return take(self, &i, SIM_TRACE_CALL, 0);
}

/* How many records from @i on are nothing but what should be. */
static unsigned
peace_length(const SimLadder *self, unsigned i)
{
    return is_reached_call(self, i) ? 1 : calm_length(self, i);
}

/* Tells what comes from record @first on in one line, if there are two or more refreshes as they
 * should be, and calls that reach the phone between them. Returns: how many records that was. */
static unsigned
fold(SimLadder *self, unsigned first)
{
    unsigned n = 0;
    unsigned calls = 0;
    unsigned length;
    uint32_t cseq[2] = {0};
    unsigned i = first;
    for (; i < self->events->len && (length = peace_length(self, i)) > 0; i += length) {
        if (is_reached_call(self, i)) {
            calls++;
            continue;
        }
        if (n++ == 0)
            cseq[0] = event_at(self, i)->cseq;
        cseq[1] = event_at(self, i + length - 1)->cseq;
    }
    if (n < 2)
        return 0;
    RollTime until = event_at(self, i - 1)->at;
    g_autofree char *clock = sim_ladder_clock(until);
    g_autofree char *called = g_strdup_printf(", %u call%s", calls, calls == 1 ? "" : "s");
    new_slot(self, until)->across =
        g_strdup_printf("%u more refreshes like this, CSeq %u to %u%s, until %s", n, cseq[0],
                        cseq[1], calls > 0 ? called : "", clock);
    return i - first;
}

/* Everything up to and with the instant 0 that sets the scene. Returns: how many records. */
static unsigned
set_scene(SimLadder *self)
{
    unsigned i = 0;
    for (; i < self->events->len; i++) {
        const SimTrace *trace = event_at(self, i);
        if (trace->at > 0 || (trace->at == 0 && trace->kind > SIM_TRACE_ADDRESS))
            break;
        follow(self, trace);
    }
    SimLadderSlot *slot = new_slot(self, 0);
    g_autofree char *address = sim_trace_address(self->scenario, self->address);
    slot->phone = self->on && self->address != 0 ? g_strdup_printf("on, address %s", address)
                                                 : g_strdup(self->on ? "on" : "off");
    GString *records = g_string_new(NULL);
    for (unsigned r = 0; r < self->records->len; r++) {
        g_autofree char *one =
            sim_trace_address(self->scenario, g_array_index(self->records, uint32_t, r));
        g_string_append_printf(records, "%s%s", r > 0 ? ", " : "record ", one);
    }
    slot->table = g_string_free(records, records->len == 0);
    return i;
}

/* The rest of the records from @i on, in a word. */
static void
leave_out(SimLadder *self, unsigned i)
{
    unsigned n = self->events->len - i;
    for (; i < self->events->len; i++)
        follow(self, event_at(self, i));
    g_autofree char *until = sim_ladder_clock(self->end);
    new_slot(self, self->end)->across =
        g_strdup_printf("%u more events until %s are left out", n, until);
}

void
sim_ladder_close(SimLadder *self, RollTime end)
{
    self->end = end;
    unsigned i = set_scene(self);
    while (i < self->events->len) {
        if (self->slots->len >= SIM_LADDER_MOST)
            return leave_out(self, i);
        unsigned length = peace_length(self, i);
        unsigned folded = length > 0 && self->calm ? fold(self, i) : 0;
        self->calm = length > 1 || (length == 1 && self->calm);
        i += folded;
        for (unsigned n = folded > 0 ? 0 : MAX(length, 1); n > 0; n--) {
            follow(self, event_at(self, i));
            add(self, event_at(self, i++));
        }
    }
    g_autofree char *clock = sim_ladder_clock(end);
    if (last_slot(self)->at < end)
        new_slot(self, end)->across = g_strdup_printf("the end of the run, %s", clock);
}

char *
sim_ladder_clock(RollTime at)
{
    char *text = sim_trace_clock(at);
    text[strlen(text) - 3] = '\0';
    return text;
}

char *
sim_ladder_gap(const SimLadder *self, unsigned i)
{
    if (i == 0 || sim_ladder_slot(self, i)->across != NULL)
        return NULL;
    RollTime gap = sim_ladder_slot(self, i)->at - sim_ladder_slot(self, i - 1)->at;
    int tenths = (int)(gap % ROLL_MINUTE / (ROLL_SECOND / 10));
    if (gap < GAP)
        return NULL;
    if (gap < ROLL_MINUTE)
        return g_strdup_printf("%d.%d s", tenths / 10, tenths % 10);
    if (gap < ROLL_HOUR)
        return g_strdup_printf("%d min %d s", (int)(gap / ROLL_MINUTE), tenths / 10);
    return g_strdup_printf("%d h %d min", (int)(gap / ROLL_HOUR),
                           (int)(gap % ROLL_HOUR / ROLL_MINUTE));
}

char *
sim_ladder_heading(const SimLadder *self)
{
    return g_strdup_printf("Phone %s of \"%s\"", self->name, self->scenario->title);
}
