/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The doors of the registrar core. The decoded door does the work: transaction, rules, memory of
 * the answer. The door for bytes reads, calls it, and writes; it adds nothing but the text of
 * nonces, the To tag and the way back. */
#include "registrar.h"

#include "bulk.h"
#include "events.h"
#include "gruu.h"
#include "outbox.h"
#include "redirect.h"
#include "subscribe.h"

enum { SIP_PORT = 5060 };

RollConfig
roll_config_default(void)
{
    return (RollConfig){
        .default_expires = 3600,
        .min_expires = 60,
        .algorithms = {ROLL_ALGORITHM_SHA256, ROLL_ALGORITHM_MD5},
        .n_algorithms = 2,
        .nonce_lifetime = 5 * ROLL_MINUTE,
        .nonce_limit = 1 << 18,
        .max_message = 65535,
        .max_contacts_per_request = 16,
        .max_bindings_per_aor = 16,
        .max_contact_size = 2048,
        .max_aors = 10000000,
        .max_transactions = 1 << 18,
        .max_subscriptions = 1 << 16,
        .policy = roll_policy_default(),
    };
}

RollRegistrar *
roll_registrar_new(const RollConfig *config)
{
    static const char *const no_domain[] = {NULL};
    RollRegistrar *self = g_new0(RollRegistrar, 1);
    self->config = *config;
    self->domains = g_strdupv((char **)(config->domains ? config->domains : no_domain));
    const char *realm = config->realm ? config->realm : self->domains[0];
    self->realm = g_strdup(realm ? realm : "");
    self->config.domains = (const char *const *)self->domains;
    self->config.realm = self->realm;
    self->config.authenticate = config->authenticate && config->lookup;
    /* What a row can count. */
    self->config.max_bindings_per_aor = CLAMP(config->max_bindings_per_aor, 1, UINT16_MAX - 1);
    self->config.policy.late_margin = CLAMP(config->policy.late_margin, 0, ROLL_MARGIN_MAX);
    /* To tags are seen by strangers, table positions are not: two keys. */
    RollHashKey table_key = roll_hash_key(config->key);
    self->tag_key = roll_hash_key(config->key + 16);
    self->table = roll_table_new(table_key);
    if (config->max_records > 0 && config->policy.table_full == ROLL_FULL_REPLACE)
        roll_table_keep_ages(self->table);
    if (config->policy.jitter_level)
        roll_table_keep_slots(self->table);
    self->transactions = roll_transactions_new(table_key, config->max_transactions);
    self->nonces = roll_nonces_new(config->nonce_lifetime, config->nonce_limit, config->key);
    self->message = roll_message_new();
    self->unsupported = g_string_new(NULL);
    self->params = g_string_new(NULL);
    self->via = g_string_new(NULL);
    self->texts = g_string_chunk_new(1024);
    self->service_route = g_strdup(config->service_route);
    self->config.service_route = self->service_route;
    if (config->policy.gruu)
        self->gruus = roll_gruus_new(config->key, config->epoch);
    return self;
}

void
roll_registrar_free(RollRegistrar *self)
{
    if (!self)
        return;
    roll_events_free(self->events);
    roll_table_free(self->table);
    roll_transactions_free(self->transactions);
    roll_nonces_free(self->nonces);
    roll_message_free(self->message);
    g_string_free(self->unsupported, TRUE);
    g_string_free(self->params, TRUE);
    g_string_free(self->via, TRUE);
    g_string_chunk_free(self->texts);
    roll_gruus_free(self->gruus);
    g_free(self->service_route);
    g_free(self->contacts);
    g_free(self->locations);
    g_free(self->drafts);
    g_strfreev(self->domains);
    g_free(self->realm);
    g_free(self);
}

void
roll_registrar_set_observer(RollRegistrar *self, RollObserver observer, void *data)
{
    self->observer = observer;
    self->observer_data = data;
}

void
roll_registrar_notify(RollRegistrar *self, RollTime now, RollBindingEventKind kind, RollRow *row,
                      const RollBinding *binding)
{
    if (self->events)
        roll_events_note(self->events, now, kind, row, binding);
    if (!self->observer)
        return;
    RollBindingEvent event = {
        .kind = kind,
        .at = now,
        .aor = roll_row_aor(row),
        .contact = roll_binding_contact(binding),
        .registered_at = binding->registered_at,
        .expires_at = binding->expires_at,
        .mark = roll_row_mark(row),
        .place = roll_row_id(row),
    };
    self->observer(self->observer_data, &event);
}

void
roll_registrar_drop(RollRegistrar *self, RollTime now, RollBindingEventKind kind, RollRow *row,
                    size_t i)
{
    const RollBinding *binding = roll_row_binding(row, i);
    /* The bindings of a trunk's numbers expire by themselves, at the same instant. */
    if (binding->extended && kind != ROLL_BINDING_EXPIRED)
        roll_bulk_drop(self, now, kind, row, binding);
    roll_registrar_notify(self, now, kind, row, binding);
    roll_table_remove(self->table, row, i);
}

void
roll_registrar_expire(RollRegistrar *self, RollTime now, RollTime horizon, RollRow *row)
{
    for (size_t i = 0; i < roll_row_count(row);) {
        if (roll_row_binding(row, i)->expires_at <= horizon)
            roll_registrar_drop(self, now, ROLL_BINDING_EXPIRED, row, i);
        else
            i++;
    }
}

static bool
is_method(const RollRequest *request, RollText method)
{
    return roll_text_equal(request->method, method);
}

static uint32_t
whole_seconds(RollTime span)
{
    return (uint32_t)((span + ROLL_SECOND - 1) / ROLL_SECOND);
}

/* RFC 3608 section 6.3: the same in every 200 to a REGISTER, a fetch too, so it is not kept. */
static void
add_service_route(const RollRegistrar *self, bool subscribes, RollReply *reply)
{
    if (reply->status == 200 && !subscribes)
        reply->service_route = roll_text(self->service_route);
}

/* RFC 3680: only over the door for bytes, since a NOTIFY has no other way out. */
static void
answer(RollRegistrar *self, RollTime now, const RollRequest *request, bool subscribes,
       RollReply *reply)
{
    *reply = (RollReply){.at = now};
    /* RFC 3261 section 17.1.1.3: nothing answers an ACK. */
    if (is_method(request, ROLL_TEXT("ACK")))
        return;
    if (roll_redirect_applies(self, request)) {
        roll_redirect_answer(self, now, request, reply);
        return;
    }
    /* Both lookups are started before the first is needed: each one costs a cache miss. */
    char aor[ROLL_AOR_MAX];
    RollSubject subject = {.aor = {aor, roll_uri_write_aor(&request->to, aor)}};
    subject.hash = roll_table_hash(self->table, subject.aor);
    roll_table_prefetch(self->table, subject.hash);
    RollTransactionId id = roll_transactions_identify(self->transactions, request);

    /* Section 17.2.2: an answer already given is given again. */
    roll_transactions_expire(self->transactions, now);
    roll_table_prefetch_row(self->table, subject.hash);
    if (roll_transactions_find(self->transactions, &id, reply)) {
        add_service_route(self, subscribes, reply);
        return;
    }
    if (roll_overload_refuses(self, now, request)) {
        reply->status = 503;
        return;
    }
    /* Acting without remembering would act twice on a retransmission. */
    RollTime wait = id.applies ? roll_transactions_wait(self->transactions, now) : 0;
    if (wait > 0) {
        reply->status = 503;
        reply->retry_after = whole_seconds(wait);
        return;
    }
    self->known = false;
    if (subscribes)
        roll_subscribe_answer(self, now, &id, request, reply);
    else
        roll_rules_answer(self, now, &id, request, &subject, reply);
    /* RFC 3261 section 26.3.2.4: whoever has not shown who he is shall not fill our memory. */
    if (self->known || !self->config.authenticate || !self->config.stateless_challenges)
        roll_transactions_store(self->transactions, now, &id, reply);
    add_service_route(self, subscribes, reply);
}

void
roll_registrar_register(RollRegistrar *self, RollTime now, const RollRequest *request,
                        RollReply *reply)
{
    answer(self, now, request, false, reply);
    if (request->oc)
        roll_overload_tell(self, now, reply);
}

RollText
roll_registrar_to_tag(const RollRegistrar *self, const RollRequest *request,
                      char out[ROLL_TO_TAG_TEXT])
{
    uint64_t hash = roll_hash(self->tag_key, request->cseq, request->call_id);
    hash = roll_hash(self->tag_key, hash, request->from_tag);
    hash = roll_hash(self->tag_key, hash, request->branch);
    for (int i = 0; i < 16; i++)
        out[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
    out[16] = '\0';
    return (RollText){out, 16};
}

/* The port of sent-by; an IPv6 reference has colons of its own. */
static uint16_t
sent_by_port(RollText sent_by)
{
    size_t i = sent_by.len;
    uint32_t port = 0, digit = 1;
    for (; i > 0 && g_ascii_isdigit(sent_by.ptr[i - 1]) && digit <= 10000; i--, digit *= 10)
        port += (uint32_t)(sent_by.ptr[i - 1] - '0') * digit;
    bool given = i > 0 && sent_by.ptr[i - 1] == ':' && i < sent_by.len;
    return given && port > 0 && port <= UINT16_MAX ? (uint16_t)port : SIP_PORT;
}

/* RFC 3581 section 4, and RFC 3261 section 18.2.2 for a client that did not ask for it. Its maddr
 * is not obeyed: it would let a stranger aim our answers at anyone. */
static RollEndpoint
way_back(const RollPacket *in, const RollRequest *request)
{
    RollEndpoint peer = in->peer;
    if (peer.transport == ROLL_TRANSPORT_UDP && !request->rport)
        peer.port = sent_by_port(request->sent_by);
    return peer;
}

/* A reply kept by its transaction belongs to it: the nonce's text goes into a copy. */
static void
write_nonce(RollRegistrar *self, RollReply *reply)
{
    if (reply->n_challenges == 0)
        return;
    if (reply->challenges != self->challenges)
        memcpy(self->challenges, reply->challenges,
               reply->n_challenges * sizeof *reply->challenges);
    /* A nonce is issued by the answer that carries it, so their times are one. */
    roll_nonces_write(self->nonces, self->challenges[0].serial, reply->at, self->nonce_text);
    for (size_t i = 0; i < reply->n_challenges; i++)
        self->challenges[i].nonce = (RollText){self->nonce_text, ROLL_NONCE_TEXT};
    reply->challenges = self->challenges;
}

static void
answer_packet(RollRegistrar *self, RollTime now, const RollPacket *in, RollOutbox *out)
{
    RollRequest request;
    /* What is too long is read as far as it may go: enough to send the refusal back. */
    bool too_long = in->len > self->config.max_message;
    RollPacket read = *in;
    read.len = MIN(in->len, self->config.max_message);
    int status = roll_message_read_request(self->message, &read, &request);
    if (status >= 0 && too_long)
        status = 513;
    if (status < 0 && self->events)
        roll_events_read_reply(self->events, now, in);
    if (status < 0 || is_method(&request, ROLL_TEXT("ACK")))
        return;
    RollReply reply = {.status = status, .at = now};
    bool subscribes = self->config.policy.events && is_method(&request, ROLL_TEXT("SUBSCRIBE"));
    if (status == 0)
        answer(self, now, &request, subscribes, &reply);
    write_nonce(self, &reply);
    if (request.oc) {
        roll_overload_tell(self, now, &reply);
        request.via = roll_overload_answer_via(self, &reply, request.via);
    }
    reply.events = self->config.policy.events;
    reply.redirects = self->config.redirect;
    char tag[ROLL_TO_TAG_TEXT];
    RollEndpoint peer = way_back(in, &request);
    roll_message_write_reply(&request, &reply, roll_registrar_to_tag(self, &request, tag),
                             self->config.epoch, roll_outbox_begin(out));
    roll_outbox_end(out, &peer);
}

void
roll_registrar_receive(RollRegistrar *self, RollTime now, const RollPacket *in, RollOutbox *out)
{
    answer_packet(self, now, in, out);
    if (self->events)
        roll_events_send(self->events, now, out);
}

RollTime
roll_registrar_horizon(const RollRegistrar *self, RollTime now)
{
    RollTime margin = self->config.policy.late_margin;
    return now < INT64_MIN + margin ? INT64_MIN : now - margin;
}

static RollTime
round_down(RollTime at, RollTime step)
{
    RollTime rest = at % step;
    return at - (rest < 0 ? rest + step : rest);
}

static RollTime
next_purge(const RollRegistrar *self)
{
    RollTime next = roll_table_next_expiry(self->table);
    RollTime step = self->config.purge_interval;
    if (next >= ROLL_NEVER - self->config.policy.late_margin)
        return ROLL_NEVER;
    next += self->config.policy.late_margin;
    if (step <= 0)
        return next;
    return round_down(next + step - 1, step);
}

RollTime
roll_registrar_next_wake(const RollRegistrar *self)
{
    RollTime next = next_purge(self);
    return self->events ? MIN(next, roll_events_next(self->events)) : next;
}

void
roll_registrar_purge(RollRegistrar *self, RollTime now, RollTime horizon)
{
    RollTime due;
    RollRow *row;
    while ((row = roll_table_pop_expired(self->table, horizon, &due))) {
        roll_registrar_expire(self, now, due, row);
        roll_table_rearm(self->table, now, row);
    }
}

void
roll_registrar_wake(RollRegistrar *self, RollTime now, RollOutbox *out)
{
    RollTime step = self->config.purge_interval;
    RollTime swept = step > 0 ? round_down(now, step) : now;
    roll_registrar_purge(self, now, roll_registrar_horizon(self, swept));
    if (self->events)
        roll_events_send(self->events, now, out);
}

void
roll_registrar_prefetch(const RollRegistrar *self, uint32_t place, bool found)
{
    roll_table_prefetch_place(self->table, place, found);
}

size_t
roll_registrar_count(const RollRegistrar *self)
{
    return roll_table_count(self->table);
}
