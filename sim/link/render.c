/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One REGISTER, built from numbers. The direct link hands it to the registrar as it is, the wire
 * link writes it as text; so both ask for the same. */
#include "sim/link/render.h"

#include <string.h>

static const char HEX[] = "0123456789abcdef";

static char *
put_hex(char *at, uint32_t number)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        *at++ = HEX[number >> shift & 0xf];
    return at;
}

static RollText
call_id(const SimRequest *in, char room[64])
{
    char *at = put_hex(room, in->phone);
    *at++ = '-';
    at = put_hex(at, in->call_id);
    return (RollText){room, (size_t)(at - room)};
}

static RollText
branch(const SimRequest *in, char room[64])
{
    memcpy(room, "z9hG4bK", 7);
    char *at = put_hex(put_hex(room + 7, in->phone), in->branch);
    return (RollText){room, (size_t)(at - room)};
}

static RollText
sent_by(const RollUri *contact, char room[32])
{
    /* Host and port stand side by side in the Contact the client has just written. */
    RollText out = {contact->host.ptr,
                    (size_t)(contact->text.ptr + contact->text.len - contact->host.ptr)};
    memcpy(room, out.ptr, MIN(out.len, 32));
    return (RollText){room, MIN(out.len, 32)};
}

static RollUri
registrar_uri(const RollUri *aor, char room[SIM_NAME_MAX])
{
    memcpy(room, "sip:", 4);
    memcpy(room + 4, aor->host.ptr, aor->host.len);
    return (RollUri){
        .text = {room, aor->host.len + 4},
        .scheme = {room, 3},
        .host = {room + 4, aor->host.len},
        .port = ROLL_PORT_NONE,
    };
}

void
sim_render_request(const SimIdentity *identity, const SimRequest *in, SimRoom *room,
                   RollRequest *out)
{
    RollContact *contact = &room->contacts[0];
    *contact = (RollContact){.expires = ROLL_EXPIRES_NONE, .q = ROLL_Q_NONE};
    sim_identity_contact(identity, in->phone, in->contact, room->contact, &contact->uri);
    *out = (RollRequest){
        .method = ROLL_TEXT("REGISTER"),
        .call_id = call_id(in, room->call_id),
        .cseq = in->cseq,
        .branch = branch(in, room->branch),
        .sent_by = sent_by(&contact->uri, room->sent_by),
        .rport = true,
        .contacts = room->contacts,
        .n_contacts = 1,
        .expires = in->expires,
    };
    sim_identity_aor(identity, in->phone, room->aor, &out->to);
    out->from = out->to;
    put_hex(room->tag, in->phone ^ 0x5bd1e995u);
    out->from_tag = (RollText){room->tag, 8};
    out->uri = registrar_uri(&out->to, room->uri);
    if (in->old_contact != 0) {
        room->contacts[1] = (RollContact){.expires = 0, .q = ROLL_Q_NONE};
        sim_identity_contact(identity, in->phone, in->old_contact, room->old_contact,
                             &room->contacts[1].uri);
        out->n_contacts = 2;
    }
    out->source = (RollEndpoint){
        .address = {in->source >> 24 & 0xff, in->source >> 16 & 0xff, in->source >> 8 & 0xff,
                    in->source & 0xff},
        .family = 4,
        .transport = ROLL_TRANSPORT_UDP,
        .port = sim_identity_port(identity, in->phone),
    };
}

const RollChallenge *
sim_render_challenge(const RollReply *reply)
{
    for (size_t i = 0; i < reply->n_challenges; i++)
        if (reply->challenges[i].algorithm != ROLL_ALGORITHM_UNKNOWN)
            return &reply->challenges[i];
    return NULL;
}

void
sim_render_reply(const SimIdentity *identity, const SimRequest *request, const RollReply *in,
                 SimResponse *out)
{
    char room[SIM_NAME_MAX];
    RollUri contact;
    *out = (SimResponse){
        .phone = request->phone,
        .branch = request->branch,
        .cseq = request->cseq,
        .status = (uint16_t)in->status,
        .min_expires = in->min_expires,
        .retry_after = in->retry_after,
    };
    if (in->status == 200 && in->n_contacts > 0) {
        sim_identity_contact(identity, request->phone, request->contact, room, &contact);
        for (size_t i = 0; i < in->n_contacts; i++)
            if (roll_uri_equal(&in->contacts[i].uri, &contact))
                out->granted = (uint32_t)MAX(in->contacts[i].expires, 0);
    }
    const RollChallenge *challenge = in->status == 401 ? sim_render_challenge(in) : NULL;
    if (challenge != NULL) {
        out->algorithm = (uint8_t)challenge->algorithm;
        out->stale = challenge->stale;
        out->nonce = challenge->serial;
    }
}
