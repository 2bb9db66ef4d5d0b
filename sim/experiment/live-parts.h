/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of a run in real time share: live.c has the clock, the loop and the packets,
 * live-mirror.c the mirror of the table, live-verify.c the observer. */
#pragma once

#include "sim/experiment/live.h"
#include "sim/experiment/parts.h"
#include "sim/link/live.h"
#include "sim/link/render.h"
#include "sim/net/net.h"

/**
 * SimQuestion: one of the observer that is not answered yet.
 * @touched: of its owner, when it was asked
 * @asked_at: wall, ns
 * @proven: it was sent with credentials
 * @bytes: the answer, once it is there; owned
 */
typedef struct {
    uint32_t owner;
    uint32_t touched;
    int64_t asked_at;
    bool proven;
    GByteArray *bytes;
} SimQuestion;

/**
 * SimLive:
 * @began: wall, ns, when the time of the scenario was @from
 * @waiting: by phone, its flights that wait for a reply, the youngest first
 * @touched: by owner of an address-of-record, how often its records may have changed
 * @ordinal: of the events that packets make
 * @cseq: of what the mirror was told last
 * @questions: number -> #SimQuestion
 * @next_question: wall, ns
 */
struct SimLive {
    const SimLiveOptions *options;
    SimNet *net;
    SimAtlas atlas;
    int64_t began;
    RollTime from;
    uint32_t *waiting;
    uint32_t *touched;
    uint32_t ordinal;
    uint32_t cseq;
    SimRendering rendering;
    GArray *mirrored; /* SimCopy */
    GHashTable *questions;
    uint32_t n_questions;
    uint32_t next_owner;
    int64_t next_question;
    SimHistogram lag;
    SimHistogram answers;
    SimLiveResult seen;
    GByteArray *out;
    uint8_t buffer[SIM_NET_PACKET];
};

#define SIM_LIVE_NONE UINT32_MAX

/** sim_live_wall: nanoseconds of the wall. */
int64_t sim_live_wall(void);

/** sim_live_owner: of the address-of-record that phone @id registers. */
uint32_t sim_live_owner(const SimRun *self, uint32_t id);

/** sim_live_push: what a packet brought that came @age nanoseconds ago, @item, is to be handled in
 * the order of the queue. */
void sim_live_push(SimRun *self, unsigned what, int64_t age, uint32_t phone, uint32_t item);

/* live-mirror.c */
/** sim_live_granted: the registrar has answered @request with the 200 @reply. */
void sim_live_granted(SimRun *self, const SimRequest *request, const SimLiveReply *reply);
/** sim_live_compare: holds the mirror against what @reply lists, and makes it so.
 * Returns: whether they differed. */
bool sim_live_compare(SimRun *self, const SimLiveReply *reply);

/* live-verify.c */
void sim_live_open_verify(SimRun *self);
void sim_live_close_verify(SimRun *self);
/** sim_live_probe: asks until there is any answer. */
bool sim_live_probe(SimRun *self, GError **error);
/** sim_live_ask: the next question, if it is time. Returns: when the one after it is due, wall ns.
 */
int64_t sim_live_ask(SimRun *self);
/** sim_live_answered: @reply to a question is in the buffer, @len bytes, since @age nanoseconds. */
void sim_live_answered(SimRun *self, const SimLiveReply *reply, size_t len, int64_t age);
/** sim_live_handle_listing: an event %SIM_EVENT_LISTING about question @number is due. */
void sim_live_handle_listing(SimRun *self, uint32_t number);
