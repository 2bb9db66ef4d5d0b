/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One REGISTER, built from numbers. The direct link hands it to the registrar as it is, the wire
 * link writes it as text; so both ask for the same. */
#include "sim/link/render.h"
#include "sim/scenario/nat.h"

#include <stdlib.h>
#include <string.h>

static char *
put_hex(char *at, uint32_t number)
{
    /* Spreads eight nibbles over eight bytes and turns each into its digit, all at once. */
    uint64_t x = number;
    x = (x << 32 | x >> 16) & UINT64_C(0x0000ffff0000ffff);
    x = (x << 16 | x >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x << 8 | x >> 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    uint64_t letter = (x + UINT64_C(0x0606060606060606)) >> 4 & UINT64_C(0x0101010101010101);
    x += UINT64_C(0x3030303030303030) + letter * ('a' - '0' - 10);
    x = GUINT64_TO_LE(x);
    memcpy(at, &x, 8);
    return at + 8;
}

RollText
sim_render_call_id(uint32_t phone, uint32_t call_id, char room[64])
{
    char *at = put_hex(room, phone);
    *at++ = '-';
    at = put_hex(at, call_id);
    return (RollText){room, (size_t)(at - room)};
}

uint32_t
sim_render_parse_call_id(RollText call_id)
{
    char digits[9] = "";
    if (call_id.len == 17)
        memcpy(digits, call_id.ptr + 9, 8);
    return (uint32_t)strtoul(digits, NULL, 16);
}

static RollText
branch(const SimRequest *in, char room[64])
{
    memcpy(room, "z9hG4bK", 7);
    char *at = put_hex(put_hex(room + 7, in->phone), in->branch);
    return (RollText){room, (size_t)(at - room)};
}

/* Host and port stand side by side in the Contact the client has just written, before what it may
 * say of push. */
static RollText
sent_by(const RollUri *contact)
{
    const char *end = contact->text.ptr + contact->text.len - contact->params.len;
    return (RollText){contact->host.ptr, (size_t)(end - contact->host.ptr)};
}

/* What a device behind a NAT knows of itself, an address of 10.0.0.0/8; the registrar fills in
 * where its packets come from (RFC 3581 section 4). */
static RollText
sent_by_inside(const SimRequest *in, uint16_t port, char room[32])
{
    int len = g_snprintf(room, 32, "10.%u.%u.%u:%u", in->phone >> 16 & 0xff, in->phone >> 8 & 0xff,
                         in->phone & 0xff, port);
    return (RollText){room, (size_t)len};
}

static void
render_registrar_uri(const RollUri *aor, char room[SIM_NAME_MAX], RollUri *out)
{
    memcpy(room, "sip:", 4);
    memcpy(room + 4, aor->host.ptr, aor->host.len);
    out->text = (RollText){room, aor->host.len + 4};
    out->scheme = (RollText){room, 3};
    out->host = (RollText){room + 4, aor->host.len};
    out->port = ROLL_PORT_NONE;
}

static void
render_contacts(const SimIdentity *identity, const SimRequest *in, SimRoom *room, RollRequest *out)
{
    const SimGroup *group = sim_identity_group(identity, in->phone);
    RollContact *contacts = room->contacts;
    contacts[0].expires = ROLL_EXPIRES_NONE;
    contacts[0].q = group->q;
    contacts[1].q = ROLL_Q_NONE;
    sim_identity_contact(identity, in->phone, &out->to, in->contact, room->contact,
                         &contacts[0].uri);
    contacts[0].params =
        sim_identity_instance(identity, in->phone, room->instance, &contacts[0].instance);
    contacts[0].reg_id = group->outbound ? 1 : 0;
    out->oc = group->holds_back;
    out->supported = group->outbound ? ROLL_TEXT("outbound, path") : (RollText){0};
    out->contacts = contacts;
    out->n_contacts = 1;
    if (in->old_contact == 0)
        return;
    contacts[1].expires = 0;
    sim_identity_contact(identity, in->phone, &out->to, in->old_contact, room->old_contact,
                         &contacts[1].uri);
    out->n_contacts = 2;
}

void
sim_render_request(const SimIdentity *identity, const SimRequest *in, SimRendering *rendering)
{
    SimRoom *room = &rendering->room;
    RollRequest *out = &rendering->request;
    sim_identity_aor(identity, in->phone, room->aor, &out->to);
    render_contacts(identity, in, room, out);
    out->from = out->to;
    render_registrar_uri(&out->to, room->uri, &out->uri);
    out->method = ROLL_TEXT("REGISTER");
    out->call_id = sim_render_call_id(in->phone, in->call_id, room->call_id);
    out->cseq = in->cseq;
    out->rport = true;
    out->expires = in->expires;
    out->branch = out->sent_by = out->from_tag = (RollText){0};
    out->credentials = NULL;
    out->n_credentials = 0;
    sim_identity_endpoint(identity, in->phone, in->source, &out->source);
}

void
sim_render_transaction(const SimIdentity *identity, const SimRequest *in, SimRendering *rendering)
{
    SimRoom *room = &rendering->room;
    RollRequest *out = &rendering->request;
    out->branch = branch(in, room->branch);
    out->sent_by = in->source >= SIM_ENDPOINT_FIRST
                       ? sent_by_inside(in, sim_identity_port(identity, in->phone), room->inside)
                       : sent_by(&room->contacts[0].uri);
    put_hex(room->tag, (in->phone ^ in->boot << 20) * 0x9e3779b1u);
    out->from_tag = (RollText){room->tag, 8};
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
sim_render_reply(const SimRequest *request, const RollUri *contact, const RollReply *in,
                 SimResponse *out)
{
    *out = (SimResponse){
        .phone = request->phone,
        .branch = request->branch,
        .cseq = request->cseq,
        .status = (uint16_t)in->status,
        .min_expires = in->min_expires,
        .retry_after = in->retry_after,
        .oc = in->oc,
        .oc_percent = (uint8_t)in->oc_percent,
        .oc_validity = in->oc_validity,
        .oc_seq = in->oc_seq,
    };
    for (size_t i = 0; in->status == 200 && i < in->n_contacts; i++)
        if (roll_uri_equal(&in->contacts[i].uri, contact))
            out->granted = (uint32_t)MAX(in->contacts[i].expires, 0);
    const RollChallenge *challenge = in->status == 401 ? sim_render_challenge(in) : NULL;
    if (challenge != NULL) {
        out->algorithm = (uint8_t)challenge->algorithm;
        out->stale = challenge->stale;
        out->nonce = challenge->serial;
    }
}
