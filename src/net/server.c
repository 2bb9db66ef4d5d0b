/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server: packets in, the registrar's answers out, an alarm for what expires. Whatever has come
 * together is decided together, and then flushed: answers go out in one go, and the records they
 * changed go to the store in one batch. */
#include "server.h"

#include "connections.h"
#include "datagrams.h"
#include "http.h"
#include "journal.h"
#include "limit.h"
#include "shared.h"
#include "source.h"
#include "stun.h"
#include <string.h>

enum { LOG_FIELDS_MAX = 8, RETRY_AFTER = 2 };

RollServerConfig
roll_server_config_default(void)
{
    RollServerConfig config = {
        .registrar = roll_config_default(),
        .max_held = 64 << 20,
        .max_connections = 10000,
        .max_connections_per_source = 64,
        .idle_timeout = 10 * ROLL_MINUTE,
        .message_timeout = 10 * ROLL_SECOND,
        .rate = 200,
        .burst = 400,
    };
    config.registrar.redirect = true;
    config.registrar.stateless_challenges = true;
    config.registrar.max_transactions = 1 << 20;
    return config;
}

RollTime
roll_server_now(const RollServer *self)
{
    return self->clock_base + g_get_monotonic_time();
}

void
roll_server_log(const RollServer *self, RollLogLevel level, const char *event,
                const RollLogField *fields, size_t n_fields)
{
    if (self->config.log)
        self->config.log(self->config.log_data, level, event, fields, n_fields);
}

const char *
roll_endpoint_show(const RollEndpoint *peer, char out[ROLL_ENDPOINT_TEXT])
{
    static const char *const names[] = {"udp", "tcp", "tls", "ws", "wss"};
    g_autoptr(GInetAddress) address = g_inet_address_new_from_bytes(
        peer->address, peer->family == 6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);
    g_autofree char *text = g_inet_address_to_string(address);
    g_snprintf(out, ROLL_ENDPOINT_TEXT, peer->family == 6 ? "%s:[%s]:%u" : "%s:%s:%u",
               names[MIN(peer->transport, 4)], text, peer->port);
    return out;
}

/* Told by the registrar of each change of its table. */
static void
on_binding(void *data, const RollBindingEvent *event)
{
    RollServer *self = data;
    uint64_t *const counts[] = {
        [ROLL_BINDING_CREATED] = &self->counters.created,
        [ROLL_BINDING_REFRESHED] = &self->counters.refreshed,
        [ROLL_BINDING_SHORTENED] = &self->counters.shortened,
        [ROLL_BINDING_EXPIRED] = &self->counters.expired,
        [ROLL_BINDING_UNREGISTERED] = &self->counters.unregistered,
        [ROLL_BINDING_DEACTIVATED] = &self->counters.deactivated,
    };
    ++*counts[event->kind];
    if (self->shared)
        roll_shared_note(self->shared, event);
    else if (self->journal)
        roll_journal_mark(self->journal, event->aor);
}

static void
count_answer(RollServer *self, const RollPacket *packet)
{
    uint64_t *const counts[] = {&self->counters.sent_1xx, &self->counters.sent_2xx,
                                &self->counters.sent_3xx, &self->counters.sent_4xx,
                                &self->counters.sent_5xx};
    bool answer = packet->len > 8 && memcmp(packet->data, "SIP/2.0 ", 8) == 0;
    if (!answer)
        self->counters.sent_requests++;
    else if (packet->data[8] >= '1' && packet->data[8] <= '5')
        ++*counts[packet->data[8] - '1'];
}

/* A NOTIFY is nobody's answer: it leaves by the first listener of its kind. */
static uint16_t
find_listener(const RollServer *self, const RollEndpoint *peer)
{
    for (size_t i = 0; i < self->config.n_listens; i++)
        if (self->datagrams[i] && roll_datagrams_reaches(self->datagrams[i], peer))
            return (uint16_t)i;
    return ROLL_NO_LISTENER;
}

static RollDatagrams *
datagrams_for(const RollServer *self, uint16_t via, const RollEndpoint *peer)
{
    if (via == ROLL_NO_LISTENER)
        via = find_listener(self, peer);
    return via == ROLL_NO_LISTENER ? NULL : self->datagrams[via];
}

void
roll_server_send(RollServer *self, uint16_t via, const RollPacket *packet)
{
    count_answer(self, packet);
    if (packet->peer.transport != ROLL_TRANSPORT_UDP) {
        if (!roll_connections_send(self->connections, packet))
            self->counters.undeliverable++;
        return;
    }
    RollDatagrams *datagrams = datagrams_for(self, via, &packet->peer);
    if (datagrams)
        roll_datagrams_send(datagrams, packet);
    else
        self->counters.undeliverable++;
}

void
roll_server_decide(RollServer *self, RollTime now, uint16_t via, const RollPacket *in)
{
    roll_registrar_receive(self->registrar, now, in, self->outbox);
    /* What is due to others beside the answer may leave by another way. */
    while (self->routes->len < roll_outbox_count(self->outbox)) {
        RollPacket out = roll_outbox_get(self->outbox, self->routes->len);
        bool answer = out.len > 8 && memcmp(out.data, "SIP/2.0 ", 8) == 0;
        uint16_t route = answer ? via : ROLL_NO_LISTENER;
        g_array_append_val(self->routes, route);
    }
}

bool
roll_server_admits(RollServer *self, RollTime now, const RollEndpoint *peer)
{
    bool admitted = roll_limit_admits(self->limit, now, peer);
    self->counters.limited += !admitted;
    return admitted;
}

/* In the registrar's place. Returns: false if @in can have no answer. */
static bool
answer(RollServer *self, uint16_t via, const RollPacket *in, const RollReply *reply)
{
    RollRequest request;
    int status = roll_message_read_request(self->message, in, &request);
    if (status < 0 || roll_text_equal(request.method, ROLL_TEXT("ACK")))
        return false;
    g_byte_array_set_size(self->scratch, 0);
    roll_message_write_reply(&request, reply, request.branch, 0, self->scratch);
    RollPacket out = {in->peer, self->scratch->data, self->scratch->len};
    roll_server_send(self, via, &out);
    return true;
}

void
roll_server_refuse(RollServer *self, uint16_t via, const RollPacket *in)
{
    RollReply reply = {.status = 503, .retry_after = RETRY_AFTER};
    self->counters.refused_unavailable += answer(self, via, in, &reply);
}

void
roll_server_reject(RollServer *self, RollTime now, uint16_t via, const RollPacket *in)
{
    size_t longest = self->config.registrar.max_message;
    RollPacket read = {in->peer, in->data, MIN(in->len, longest)};
    RollReply reply = {.status = in->len > longest ? 513 : 400};
    if (roll_server_admits(self, now, &in->peer))
        answer(self, via, &read, &reply);
}

static bool
is_register(const RollPacket *in)
{
    return in->len > 9 && memcmp(in->data, "REGISTER ", 9) == 0;
}

/* The store is behind: a REGISTER could not be answered truly, or would make it fall behind more.
 */
static bool
is_behind(const RollServer *self)
{
    return self->journal &&
           (roll_journal_is_failed(self->journal) || roll_journal_is_full(self->journal));
}

void
roll_server_take(RollServer *self, RollTime now, uint16_t via, const RollPacket *in)
{
    uint64_t *const counts[] = {&self->counters.packets_udp, &self->counters.packets_tcp,
                                &self->counters.packets_tls};
    ++*counts[MIN(in->peer.transport, ROLL_TRANSPORT_TLS)];
    if (!roll_server_admits(self, now, &in->peer))
        return;
    uint8_t stun[ROLL_STUN_ANSWER];
    size_t len = in->peer.transport == ROLL_TRANSPORT_UDP ? roll_stun_answer(in, stun) : 0;
    if (len > 0) {
        RollPacket out = {in->peer, stun, len};
        self->counters.keepalives++;
        roll_datagrams_send(self->datagrams[via], &out);
        return;
    }
    if (self->shared && roll_shared_take(self->shared, via, in))
        return;
    if (is_behind(self) && is_register(in))
        roll_server_refuse(self, via, in);
    else
        roll_server_decide(self, now, via, in);
}

/* The alarm of what expires and of each NOTIFY. */
static void
set_alarm(RollServer *self)
{
    RollTime next = roll_registrar_next_wake(self->registrar);
    /* One that is too early finds out by itself; to set it costs two calls of the system. */
    if (next >= self->armed)
        return;
    self->armed = next;
    g_source_set_ready_time(self->wake, MAX(0, next - self->clock_base));
}

void
roll_server_flush(RollServer *self)
{
    size_t n = roll_outbox_count(self->outbox);
    for (size_t i = 0; i < n; i++) {
        RollPacket packet = roll_outbox_get(self->outbox, i);
        uint16_t via =
            i < self->routes->len ? g_array_index(self->routes, uint16_t, i) : ROLL_NO_LISTENER;
        RollDatagrams *datagrams;
        if (self->journal && roll_journal_holds(self->journal, &packet))
            roll_journal_hold(self->journal, via, &packet);
        else if (packet.peer.transport == ROLL_TRANSPORT_UDP &&
                 (datagrams = datagrams_for(self, via, &packet.peer))) {
            count_answer(self, &packet);
            roll_datagrams_queue(datagrams, &packet);
        } else
            roll_server_send(self, via, &packet);
    }
    /* What is queued borrows from the outbox. */
    for (size_t i = 0; i < self->config.n_listens; i++)
        if (self->datagrams[i])
            roll_datagrams_flush(self->datagrams[i]);
    roll_outbox_clear(self->outbox);
    g_array_set_size(self->routes, 0);
    if (self->journal)
        roll_journal_push(self->journal);
    if (!self->closing)
        set_alarm(self);
}

static gboolean
on_alarm(gpointer data)
{
    RollServer *self = data;
    self->armed = ROLL_NEVER;
    g_source_set_ready_time(self->wake, -1);
    roll_registrar_wake(self->registrar, roll_server_now(self), self->outbox);
    roll_server_flush(self);
    return G_SOURCE_CONTINUE;
}

static gboolean
run_source(GSource *source, GSourceFunc callback, gpointer data)
{
    (void)source;
    return callback(data);
}

static void
start_alarm(RollServer *self)
{
    static GSourceFuncs functions = {.dispatch = run_source};
    self->wake = g_source_new(&functions, sizeof(GSource));
    g_source_set_callback(self->wake, on_alarm, self, NULL);
    g_source_attach(self->wake, self->context);
    self->armed = ROLL_NEVER;
    set_alarm(self);
}

typedef struct {
    RollServer *server;
    RollTime now;
    size_t loaded;
    size_t expired;
    size_t refused;
} Loading;

static void
load_record(void *data, const RollRecord *record)
{
    Loading *loading = data;
    RollServer *self = loading->server;
    if (roll_registrar_load(self->registrar, loading->now, record))
        loading->loaded++;
    else if (record->expires_at > loading->now)
        loading->refused++;
    else {
        /* Its row is written anew, without it. */
        loading->expired++;
        roll_journal_mark(self->journal, record->aor);
    }
}

static bool
load(RollServer *self, GError **error)
{
    Loading loading = {.server = self, .now = roll_server_now(self)};
    if (!roll_store_load(self->store, load_record, &loading, error))
        return false;
    g_autofree char *loaded = g_strdup_printf("%zu", loading.loaded);
    g_autofree char *expired = g_strdup_printf("%zu", loading.expired);
    g_autofree char *refused = g_strdup_printf("%zu", loading.refused);
    ROLL_LOG(self, loading.refused > 0 ? ROLL_LOG_WARNING : ROLL_LOG_INFO, "records-loaded",
             {"store", roll_store_name(self->store)}, {"records", loaded}, {"expired", expired},
             {"refused", refused});
    return true;
}

static bool
open_store(RollServer *self, GError **error)
{
    if (!self->store)
        return true;
    if (roll_store_is_shared(self->store)) {
        self->shared = roll_shared_new(self);
        return true;
    }
    self->journal = roll_journal_new(self);
    if (!load(self, error)) {
        /* Half a table is not to be written over a whole one. */
        roll_journal_forget(self->journal);
        return false;
    }
    /* Nobody is told of what is loaded. */
    roll_registrar_set_observer(self->registrar, on_binding, self);
    return true;
}

static bool
open_listeners(RollServer *self, GError **error)
{
    const RollServerConfig *config = &self->config;
    self->datagrams = g_new0(RollDatagrams *, config->n_listens);
    self->connections = roll_connections_new(self);
    for (size_t i = 0; i < config->n_listens; i++) {
        const RollListen *listen = &config->listens[i];
        if (listen->transport == ROLL_TRANSPORT_UDP) {
            self->datagrams[i] = roll_datagrams_new(self, (uint16_t)i, listen, error);
            if (!self->datagrams[i])
                return false;
        } else if (!roll_connections_listen(self->connections, (uint16_t)i, listen, error))
            return false;
    }
    return true;
}

static bool
open_all(RollServer *self, GError **error)
{
    /* Sockets come last: who is answered is answered by a full table. */
    if (!open_store(self, error) || !open_listeners(self, error))
        return false;
    if (self->config.metrics) {
        self->http = roll_http_new(self, error);
        if (!self->http)
            return false;
    }
    start_alarm(self);
    return true;
}

RollServer *
roll_server_new(const RollServerConfig *config, GError **error)
{
    g_autoptr(RollServer) self = g_new0(RollServer, 1);
    self->config = *config;
    self->store = config->store;
    self->clock_base = g_get_real_time() - g_get_monotonic_time();
    self->context = g_main_context_ref_thread_default();
    RollConfig registrar = config->registrar;
    if (self->store && roll_store_is_shared(self->store))
        registrar.policy.gruu = false; /* made by one server, they mean nothing to another */
    self->registrar = roll_registrar_new(&registrar);
    self->outbox = roll_outbox_new();
    self->routes = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    self->message = roll_message_new();
    self->scratch = g_byte_array_new();
    self->limit = roll_limit_new(config->rate, config->burst, config->limit_loopback);
    if (!open_all(self, error))
        return NULL;
    roll_registrar_set_observer(self->registrar, on_binding, self);
    return g_steal_pointer(&self);
}

static void
close_all(RollServer *self)
{
    self->closing = true;
    roll_source_stop(&self->wake);
    for (size_t i = 0; self->datagrams && i < self->config.n_listens; i++)
        if (self->datagrams[i])
            roll_datagrams_stop(self->datagrams[i]);
    if (self->connections)
        roll_connections_stop(self->connections);
    if (self->shared)
        roll_shared_drain(self->shared);
    if (self->journal)
        roll_journal_drain(self->journal);
}

void
roll_server_free(RollServer *self)
{
    if (!self)
        return;
    close_all(self);
    g_clear_pointer(&self->http, roll_http_free);
    g_clear_pointer(&self->connections, roll_connections_free);
    for (size_t i = 0; self->datagrams && i < self->config.n_listens; i++)
        roll_datagrams_free(self->datagrams[i]);
    g_free(self->datagrams);
    roll_shared_free(self->shared);
    roll_journal_free(self->journal);
    roll_store_free(self->store);
    roll_limit_free(self->limit);
    roll_registrar_free(self->registrar);
    roll_outbox_free(self->outbox);
    g_array_unref(self->routes);
    roll_message_free(self->message);
    g_byte_array_unref(self->scratch);
    g_main_context_unref(self->context);
    g_free(self);
}

bool
roll_server_reload_certificate(RollServer *self, GError **error)
{
    return roll_connections_reload(self->connections, error);
}

uint16_t
roll_server_port(const RollServer *self, size_t i)
{
    return self->datagrams[i] ? roll_datagrams_port(self->datagrams[i])
                              : roll_connections_port(self->connections, (uint16_t)i);
}

uint16_t
roll_server_metrics_port(const RollServer *self)
{
    return self->http ? roll_http_port(self->http) : 0;
}

size_t
roll_server_count(const RollServer *self)
{
    return roll_registrar_count(self->registrar);
}
