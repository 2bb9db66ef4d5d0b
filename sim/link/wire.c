/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The link of SIP text: each REGISTER and each reply is written, carried as bytes and parsed, on
 * both sides, and digests are computed. What a client has to remember of a challenge as text, its
 * nonce, is kept here, so that the phone itself is the same on every link. */
#include "sim/link/proof.h"
#include "sim/link/render.h"

#include <stdlib.h>
#include <string.h>

#define NONCE_MAX 80

/* The challenge that the request under way got. */
typedef struct {
    uint8_t nonce_len;
    char nonce[NONCE_MAX];
} Peer;

typedef struct {
    SimLink link;
    const SimIdentity *identity;
    const SimWorld *world;
    RollRegistrar *registrar;
    RollMessage *message;
    RollOutbox *outbox;
    Peer *peers;
    SimRendering rendering;
} Wire;

static void
wire_send(SimLink *link, SimFlight *flight)
{
    Wire *self = (Wire *)link;
    const SimRequest *asked = &flight->request;
    RollRequest *request = &self->rendering.request;
    SimProof proof;
    RollCredentials credentials;
    sim_render_request(self->identity, asked, &self->rendering);
    sim_render_transaction(self->identity, asked, &self->rendering);
    if (asked->nonce != 0) {
        const Peer *peer = &self->peers[asked->phone];
        SimTerms terms = {.nonce = {peer->nonce, peer->nonce_len}, .qop = true};
        sim_proof_make(self->identity, asked, request, &terms, &proof, &credentials);
        request->credentials = &credentials;
        request->n_credentials = 1;
    }
    if (flight->bytes == NULL)
        flight->bytes = g_byte_array_new();
    g_byte_array_set_size(flight->bytes, 0);
    roll_message_write_request(request, flight->bytes);
}

static RollPacket
packet_of(const Wire *self, const SimFlight *flight)
{
    RollPacket in = {.data = flight->bytes->data, .len = flight->bytes->len};
    sim_identity_endpoint(self->identity, flight->request.phone, flight->request.source, &in.peer);
    return in;
}

static int
wire_arrive(SimLink *link, RollTime now, SimFlight *flight)
{
    Wire *self = (Wire *)link;
    RollPacket in = packet_of(self, flight);
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, now, &in, self->outbox);
    if (roll_outbox_count(self->outbox) == 0)
        return 0;
    RollPacket out = roll_outbox_get(self->outbox, 0);
    g_byte_array_set_size(flight->bytes, 0);
    g_byte_array_append(flight->bytes, out.data, (guint)out.len);
    return out.len > 12 ? atoi((const char *)out.data + 8) : 0;
}

/* The To tag of a server that keeps no state has to be the same for each copy (RFC 3261 section
 * 8.2.7): the branch is, and its letters are those of a tag. */
static void
wire_refuse(SimLink *link, SimFlight *flight, uint32_t retry_after)
{
    Wire *self = (Wire *)link;
    RollPacket in = packet_of(self, flight);
    RollRequest request;
    RollReply reply = {.status = 503, .retry_after = retry_after};
    g_autoptr(GByteArray) out = g_byte_array_sized_new(512);
    if (roll_message_read_request(self->message, &in, &request) < 0)
        return;
    roll_message_write_reply(&request, &reply, request.branch, 0, out);
    g_byte_array_set_size(flight->bytes, 0);
    g_byte_array_append(flight->bytes, out->data, out->len);
}

static bool
wire_deliver(SimLink *link, SimFlight *flight)
{
    Wire *self = (Wire *)link;
    const SimRequest *asked = &flight->request;
    char room[SIM_NAME_MAX];
    RollUri contact = {0};
    RollReply reply;
    if (!roll_message_read_reply(self->message, flight->bytes->data, flight->bytes->len, &reply))
        return false;
    sim_identity_contact(self->identity, asked->phone, NULL, asked->contact, room, &contact);
    sim_render_reply(asked, &contact, &reply, &flight->reply);
    /* "z9hG4bK", the phone in eight digits, then the number of the transaction. */
    char digits[9] = "";
    if (reply.branch.len == 23)
        memcpy(digits, reply.branch.ptr + 15, 8);
    flight->reply.branch = (uint32_t)strtoul(digits, NULL, 16);
    flight->reply.cseq = reply.cseq;
    const RollChallenge *challenge = reply.status == 401 ? sim_render_challenge(&reply) : NULL;
    Peer *peer = &self->peers[asked->phone];
    if (challenge == NULL || challenge->nonce.len > NONCE_MAX ||
        flight->reply.branch != self->world->phones[asked->phone].branch)
        return true;
    memcpy(peer->nonce, challenge->nonce.ptr, challenge->nonce.len);
    peer->nonce_len = (uint8_t)challenge->nonce.len;
    flight->reply.nonce = 1;
    return true;
}

static void
wire_restart(SimLink *link, RollRegistrar *registrar)
{
    ((Wire *)link)->registrar = registrar;
}

static void
wire_free(SimLink *link)
{
    Wire *self = (Wire *)link;
    roll_message_free(self->message);
    roll_outbox_free(self->outbox);
    g_free(self->peers);
    g_free(self);
}

SimLink *
sim_link_wire_new(const SimIdentity *identity, RollRegistrar *registrar, const SimWorld *world)
{
    Wire *self = g_new0(Wire, 1);
    self->link = (SimLink){"wire",       wire_send,    wire_arrive, wire_refuse,
                           wire_deliver, wire_restart, wire_free};
    self->identity = identity;
    self->registrar = registrar;
    self->world = world;
    self->message = roll_message_new();
    self->outbox = roll_outbox_new();
    self->peers = g_new0(Peer, world->scenario->n_phones);
    return &self->link;
}
