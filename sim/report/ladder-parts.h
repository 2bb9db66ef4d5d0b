/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What ladder.c makes of a trace and the two renderers draw. */
#pragma once

#include "sim/report/ladder.h"

#include <stdbool.h>

/** SimLadderState: the phone and the table; the words of the report. */
typedef enum {
    SIM_LADDER_CORRECT,
    SIM_LADDER_WRONG,
    SIM_LADDER_UNREACHABLE,
    SIM_LADDER_MISSING,
    SIM_LADDER_STALE,
    SIM_LADDER_ABSENT,
    SIM_LADDER_N_STATES,
} SimLadderState;

extern const char *const sim_ladder_states[SIM_LADDER_N_STATES];

/**
 * SimLadderSlot: an instant at which something happened.
 * @phone: what befell the phone; or %NULL
 * @table: what befell the table; or %NULL
 * @across: a line of its own in place of these: what is told in short; or %NULL
 * @on, @state: after it
 */
typedef struct {
    RollTime at;
    char *phone;
    char *table;
    char *across;
    bool on;
    SimLadderState state;
} SimLadderSlot;

typedef enum {
    SIM_LADDER_REQUEST,
    SIM_LADDER_ANSWER,
    SIM_LADDER_CALL,
} SimLadderWhat;

typedef enum {
    SIM_LADDER_UNDER_WAY, /* when the drawing ends */
    SIM_LADDER_ARRIVES,
    SIM_LADDER_LOST,      /* on its way */
    SIM_LADDER_UNREACHED, /* there, and nobody to take it */
} SimLadderFate;

/**
 * SimLadderArrow: a packet, from the phone (a request) or from the registrar.
 * @from, @to: slots; @to only if it is there
 * @status: of an answer; @copy: which retransmission
 */
typedef struct {
    SimLadderWhat what;
    SimLadderFate fate;
    unsigned from;
    unsigned to;
    uint32_t branch;
    uint32_t copy;
    uint32_t status;
    char *label;
} SimLadderArrow;

struct SimLadder {
    char *name;
    const SimScenario *scenario; /* borrowed */
    RollTime end;
    GArray *events; /* SimTrace */
    GArray *slots;  /* SimLadderSlot */
    GArray *arrows; /* SimLadderArrow, in the order of their beginning */
    /* While the trace is gone through: the phone, and the addresses of its records. */
    bool on;
    bool cut_off; /* no packet gets through to it */
    uint32_t address;
    GArray *records;
    bool replica; /* callers read a replica */
    bool calm;    /* the last refresh went as it should, and nothing happened since but calls */
};

static inline const SimLadderSlot *
sim_ladder_slot(const SimLadder *self, unsigned i)
{
    return &g_array_index(self->slots, SimLadderSlot, i);
}

/** sim_ladder_clock: to the millisecond. (transfer full) */
char *sim_ladder_clock(RollTime at);

/** sim_ladder_gap: how long nothing happened before slot @i, if that is long enough to be told;
 * else %NULL. (transfer full) */
char *sim_ladder_gap(const SimLadder *self, unsigned i);

/** sim_ladder_heading: what is drawn, in one line. (transfer full) */
char *sim_ladder_heading(const SimLadder *self);
