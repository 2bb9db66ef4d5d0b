/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the simulator's numbers to the registrar's words and back; the part both links share. */
#pragma once

#include "sim/link/link.h"

/** SimRoom: the texts a RollRequest borrows from. */
typedef struct {
    char uri[SIM_NAME_MAX];
    char aor[SIM_NAME_MAX];
    char contact[SIM_NAME_MAX];
    char old_contact[SIM_NAME_MAX];
    char instance[SIM_NAME_MAX];
    char call_id[64];
    char branch[64];
    char tag[32];
    char inside[32];
    RollContact contacts[2];
} SimRoom;

/**
 * SimRendering: a request and the texts it borrows from. Zero it once and use it again and again:
 * what no client of the simulator sends stays zero, which is most of it.
 */
typedef struct {
    SimRoom room;
    RollRequest request;
} SimRendering;

/** sim_render_request: @in as the client writes it, without credentials, and without what tells the
 * transaction from others. */
void sim_render_request(const SimIdentity *identity, const SimRequest *in, SimRendering *out);

/** sim_render_transaction: then that: branch, sent-by and From tag. */
void sim_render_transaction(const SimIdentity *identity, const SimRequest *in, SimRendering *out);

/**
 * sim_render_reply: what the sender of @request reads in @in. Without the challenge's nonce.
 * @contact: what it asked to bind
 */
void sim_render_reply(const SimRequest *request, const RollUri *contact, const RollReply *in,
                      SimResponse *out);

/** sim_render_call_id: the number @call_id of phone @phone as it stands in a request. */
RollText sim_render_call_id(uint32_t phone, uint32_t call_id, char room[64]);

/** sim_render_parse_call_id: the number in such a Call-ID. */
uint32_t sim_render_parse_call_id(RollText call_id);

/** sim_render_challenge: the topmost challenge a client can answer (RFC 8760 section 2.4). */
const RollChallenge *sim_render_challenge(const RollReply *reply);
