/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decoded link: no text is written or parsed and no hash computed; every decision is made by
 * the same registrar rules. */
#include "sim/link/render.h"

typedef struct {
    SimLink link;
    const SimIdentity *identity;
    RollRegistrar *registrar;
    uint64_t era; /* how many registrars there have been before this one */
    SimRendering rendering;
    RollCredentials credentials;
    char password[SIM_NAME_MAX];
} Direct;

/* Each registrar counts its nonces from 1. On the wire a key of its own tells them from those of
 * the one before it; here the upper bits do. */
#define ERA_SHIFT 48

static void
prove(Direct *self, const SimRequest *asked, RollRequest *request)
{
    RollCredentials *out = &self->credentials;
    out->decoded = true;
    out->qop = true;
    out->algorithm = asked->algorithm;
    out->nc = asked->nc;
    out->username = sim_identity_username(self->identity, asked->phone, &request->to);
    out->realm = roll_text(sim_identity_domains(self->identity)[0]);
    bool ours = asked->nonce >> ERA_SHIFT == self->era;
    out->serial = ours ? asked->nonce & ((UINT64_C(1) << ERA_SHIFT) - 1) : 0;
    out->secret = sim_identity_password(self->identity, asked->phone, true, self->password);
    request->credentials = out;
    request->n_credentials = 1;
}

static void
direct_send(SimLink *link, SimFlight *flight)
{
    (void)link;
    (void)flight;
}

static int
direct_arrive(SimLink *link, RollTime now, SimFlight *flight)
{
    Direct *self = (Direct *)link;
    const SimRequest *asked = &flight->request;
    RollRequest *request = &self->rendering.request;
    RollReply reply;
    sim_render_request(self->identity, asked, &self->rendering);
    /* The registrar remembers transactions for the sake of copies; where none can come, a request
     * without a branch spares it the trouble and leads to the same decision. (A merged request,
     * section 8.2.2.2, takes the same From tag, Call-ID and CSeq twice; no phone does that.) */
    if (!flight->alone)
        sim_render_transaction(self->identity, asked, &self->rendering);
    if (asked->nonce != 0)
        prove(self, asked, request);
    roll_registrar_register(self->registrar, now, request, &reply);
    sim_render_reply(asked, &request->contacts[0].uri, &reply, &flight->reply);
    if (flight->reply.nonce != 0)
        flight->reply.nonce |= self->era << ERA_SHIFT;
    return reply.status;
}

static void
direct_refuse(SimLink *link, SimFlight *flight, uint32_t retry_after)
{
    RollReply reply = {.status = 503, .retry_after = retry_after};
    (void)link;
    sim_render_reply(&flight->request, NULL, &reply, &flight->reply);
}

static bool
direct_deliver(SimLink *link, SimFlight *flight)
{
    (void)link;
    (void)flight;
    return true;
}

static void
direct_restart(SimLink *link, RollRegistrar *registrar)
{
    Direct *self = (Direct *)link;
    self->registrar = registrar;
    self->era++;
}

static void
direct_free(SimLink *link)
{
    g_free(link);
}

SimLink *
sim_link_direct_new(const SimIdentity *identity, RollRegistrar *registrar)
{
    Direct *self = g_new0(Direct, 1);
    self->link = (SimLink){"direct",       direct_send,    direct_arrive, direct_refuse,
                           direct_deliver, direct_restart, direct_free};
    self->identity = identity;
    self->registrar = registrar;
    return &self->link;
}
