/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/link/live.h"
#include "sim/link/proof.h"
#include "sim/link/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The challenge that the request under way got; owned texts, NULL for none. */
typedef struct {
    char *nonce;
    char *realm;
    char *opaque;
    bool qop;
} Kept;

typedef struct {
    SimLink link;
    SimLiveSetting setting;
    RollMessage *message;
    RollReply reply; /* as it was read last */
    Kept *kept;      /* by phone */
    GArray *listed;  /* SimListed */
    SimRendering rendering;
    char contacts[2][SIM_NAME_MAX];
    char call_id[64];
    char branch[64];
} Live;

static void
forget(Kept *kept)
{
    g_free(kept->nonce);
    g_free(kept->realm);
    g_free(kept->opaque);
    *kept = (Kept){0};
}

static SimTerms
terms_of(const Kept *kept)
{
    return (SimTerms){roll_text(kept->nonce), roll_text(kept->realm), roll_text(kept->opaque),
                      kept->qop};
}

/* @uri, a contact at @address of the scenario, becomes one where that is on the real network. */
static void
relocate(const Live *self, uint32_t address, char room[SIM_NAME_MAX], RollUri *uri)
{
    static const char *const params[] = {"", ";transport=tcp", ";transport=tls"};
    uint32_t host;
    uint16_t port;
    sim_atlas_locate(self->setting.atlas, address, &host, &port);
    g_snprintf(room, SIM_NAME_MAX, "sip:%.*s@%u.%u.%u.%u:%u%s", (int)uri->user.len, uri->user.ptr,
               host >> 24, host >> 16 & 0xff, host >> 8 & 0xff, host & 0xff, port,
               params[self->setting.transport]);
    roll_uri_parse(roll_text(room), uri);
}

/* Transactions and Call-IDs as everywhere, with the number of this run behind them. */
static void
name(Live *self, const SimRequest *asked, const char *kind)
{
    RollRequest *request = &self->rendering.request;
    int len = g_snprintf(self->branch, sizeof self->branch, "z9hG4bK%08x%08x%08x%s", asked->phone,
                         asked->branch, self->setting.run, kind);
    request->branch = (RollText){self->branch, (size_t)len};
    len = g_snprintf(self->call_id, sizeof self->call_id, "%.*s-%08x%s", (int)request->call_id.len,
                     request->call_id.ptr, self->setting.run, kind);
    request->call_id = (RollText){self->call_id, (size_t)len};
    request->source.transport = (uint8_t)self->setting.transport;
}

static void
write_out(Live *self, const SimRequest *asked, const SimTerms *terms, GByteArray *out)
{
    RollRequest *request = &self->rendering.request;
    SimProof proof;
    RollCredentials credentials;
    if (terms != NULL) {
        sim_proof_make(self->setting.identity, asked, request, terms, &proof, &credentials);
        request->credentials = &credentials;
        request->n_credentials = 1;
    }
    g_byte_array_set_size(out, 0);
    roll_message_write_request(request, out);
    request->credentials = NULL;
    request->n_credentials = 0;
}

static void
live_send(SimLink *link, SimFlight *flight)
{
    Live *self = (Live *)link;
    const SimRequest *asked = &flight->request;
    RollRequest *request = &self->rendering.request;
    RollContact *contacts = self->rendering.room.contacts;
    SimTerms terms = terms_of(&self->kept[asked->phone]);
    sim_render_request(self->setting.identity, asked, &self->rendering);
    sim_render_transaction(self->setting.identity, asked, &self->rendering);
    relocate(self, asked->contact, self->contacts[0], &contacts[0].uri);
    if (asked->old_contact != 0)
        relocate(self, asked->old_contact, self->contacts[1], &contacts[1].uri);
    const RollUri *own = &contacts[0].uri;
    request->sent_by.ptr = own->host.ptr;
    request->sent_by.len = strcspn(own->host.ptr, ";");
    request->expires = asked->expires / self->setting.compress;
    name(self, asked, "");
    if (flight->bytes == NULL)
        flight->bytes = g_byte_array_new();
    write_out(self, asked, asked->nonce != 0 ? &terms : NULL, flight->bytes);
}

static int
live_arrive(SimLink *link, RollTime now, SimFlight *flight)
{
    (void)link;
    (void)now;
    (void)flight;
    g_return_val_if_reached(0);
}

static void
live_refuse(SimLink *link, SimFlight *flight, uint32_t retry_after)
{
    (void)link;
    (void)flight;
    (void)retry_after;
    g_return_if_reached();
}

static uint32_t
longer(const Live *self, uint32_t seconds)
{
    return (uint32_t)MIN((uint64_t)seconds * self->setting.compress, UINT32_MAX);
}

/* What a phone has to remember of a challenge, if it is the one it waits for. */
static bool
keep(Live *self, const SimRequest *asked, const RollChallenge *challenge)
{
    Kept *kept = &self->kept[asked->phone];
    if (challenge == NULL || challenge->nonce.len == 0 ||
        asked->branch != self->setting.world->phones[asked->phone].branch)
        return false;
    forget(kept);
    kept->nonce = g_strndup(challenge->nonce.ptr, challenge->nonce.len);
    kept->realm = g_strndup(challenge->realm.ptr, challenge->realm.len);
    if (challenge->opaque.ptr)
        kept->opaque = g_strndup(challenge->opaque.ptr, challenge->opaque.len);
    kept->qop = challenge->qop;
    return true;
}

static bool
live_deliver(SimLink *link, SimFlight *flight)
{
    Live *self = (Live *)link;
    const SimRequest *asked = &flight->request;
    SimResponse *out = &flight->reply;
    char own[SIM_NAME_MAX];
    char room[SIM_NAME_MAX];
    RollUri contact = {0};
    RollReply reply;
    if (!roll_message_read_reply(self->message, flight->bytes->data, flight->bytes->len, &reply))
        return false;
    sim_identity_contact(self->setting.identity, asked->phone, NULL, asked->contact, own, &contact);
    relocate(self, asked->contact, room, &contact);
    sim_render_reply(asked, &contact, &reply, out);
    out->cseq = reply.cseq;
    out->granted = longer(self, out->granted);
    out->min_expires = longer(self, out->min_expires);
    out->retry_after = longer(self, out->retry_after);
    out->oc_validity = longer(self, out->oc_validity);
    out->nonce = reply.status == 401 && keep(self, asked, sim_render_challenge(&reply));
    return true;
}

static void
live_restart(SimLink *link, RollRegistrar *registrar)
{
    (void)link;
    (void)registrar;
}

static void
live_free(SimLink *link)
{
    Live *self = (Live *)link;
    for (uint32_t i = 0; i < self->setting.world->scenario->n_phones; i++)
        forget(&self->kept[i]);
    roll_message_free(self->message);
    g_array_unref(self->listed);
    g_free(self->kept);
    g_free(self);
}

SimLink *
sim_link_live_new(const SimLiveSetting *setting)
{
    Live *self = g_new0(Live, 1);
    self->link = (SimLink){"live",       live_send,    live_arrive, live_refuse,
                           live_deliver, live_restart, live_free};
    self->setting = *setting;
    self->message = roll_message_new();
    self->kept = g_new0(Kept, setting->world->scenario->n_phones);
    self->listed = g_array_new(FALSE, FALSE, sizeof(SimListed));
    return &self->link;
}

/* Eight digits of @text from @at on. */
static bool
read_hex(RollText text, size_t at, uint32_t *out)
{
    char digits[9] = "";
    char *end;
    if (text.len < at + 8)
        return false;
    memcpy(digits, text.ptr + at, 8);
    *out = (uint32_t)strtoul(digits, &end, 16);
    return *end == '\0';
}

/* "z9hG4bK", the phone, the transaction and the run; an "f" behind it if it is a question. */
static bool
read_branch(const Live *self, RollText branch, SimLiveReply *out)
{
    uint32_t run;
    out->fetch = branch.len == 32 && branch.ptr[31] == 'f';
    return (branch.len == 31 || out->fetch) && read_hex(branch, 7, &out->phone) &&
           read_hex(branch, 15, &out->branch) && read_hex(branch, 23, &run) &&
           run == self->setting.run && out->phone < self->setting.world->scenario->n_phones;
}

static uint32_t
read_host(RollText host)
{
    g_autofree char *text = g_strndup(host.ptr, host.len);
    unsigned octets[4];
    char rest;
    if (sscanf(text, "%u.%u.%u.%u%c", &octets[0], &octets[1], &octets[2], &octets[3], &rest) != 4)
        return 0;
    return octets[0] << 24 | (octets[1] & 0xff) << 16 | (octets[2] & 0xff) << 8 |
           (octets[3] & 0xff);
}

static void
add_listed(Live *self, uint32_t phone, const RollContact *contact)
{
    const SimIdentity *identity = self->setting.identity;
    const SimGroup *group = sim_identity_group(identity, phone);
    const RollUri *uri = &contact->uri;
    uint32_t owner = sim_scenario_owner(self->setting.world->scenario, group, phone);
    SimListed listed = {.phone = owner, .left = (uint32_t)MAX(contact->expires, 0)};
    if (contact->star || contact->expires == 0)
        return;
    if (sim_identity_group(identity, owner)->shared)
        listed.phone = sim_identity_device(identity, owner, uri->text);
    if (uri->host.len > 0)
        listed.address =
            sim_atlas_find(self->setting.atlas, read_host(uri->host), (uint32_t)uri->port);
    g_array_append_val(self->listed, listed);
}

bool
sim_live_read(SimLink *link, const uint8_t *data, size_t len, SimLiveReply *out)
{
    Live *self = (Live *)link;
    *out = (SimLiveReply){0};
    if (!roll_message_read_reply(self->message, data, len, &self->reply) ||
        !read_branch(self, self->reply.branch, out) || self->reply.status < 200)
        return false;
    out->status = self->reply.status;
    g_array_set_size(self->listed, 0);
    for (size_t i = 0; out->status == 200 && i < self->reply.n_contacts; i++)
        add_listed(self, out->phone, &self->reply.contacts[i]);
    out->listed = (const SimListed *)(const void *)self->listed->data;
    out->n_listed = self->listed->len;
    return true;
}

void
sim_live_write_fetch(SimLink *link, uint32_t owner, uint32_t number, bool proving, GByteArray *out)
{
    Live *self = (Live *)link;
    RollRequest *request = &self->rendering.request;
    /* As the owner of the record would ask, but from where the observer is. */
    const SimNetworkSpec *network =
        &self->setting.world->scenario->networks[self->setting.world->phones[owner].network];
    SimRequest asked = {.phone = owner,
                        .branch = number,
                        .cseq = number,
                        .nc = 1,
                        .contact = network->pool_base,
                        .source = network->pool_base};
    const RollChallenge *challenge = proving ? sim_render_challenge(&self->reply) : NULL;
    SimTerms terms = {.right = true};
    sim_render_request(self->setting.identity, &asked, &self->rendering);
    sim_render_transaction(self->setting.identity, &asked, &self->rendering);
    name(self, &asked, "f");
    request->n_contacts = 0;
    request->expires = ROLL_EXPIRES_NONE;
    request->oc = false;
    request->sent_by = ROLL_TEXT("127.0.0.1");
    if (challenge != NULL) {
        terms.nonce = challenge->nonce;
        terms.realm = challenge->realm;
        terms.opaque = challenge->opaque;
        terms.qop = challenge->qop;
        asked.algorithm = (uint8_t)challenge->algorithm;
    }
    write_out(self, &asked, challenge != NULL ? &terms : NULL, out);
}
