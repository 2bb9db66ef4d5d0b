/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps what a client keeps: the CSeq of each Call-ID, each user's last request, challenge and
 * connections. */
#include "sim/script/player.h"

#include "sim/script/compose.h"
#include "sim/script/credentials.h"
#include <stdlib.h>

/* Of the first connection; each has its own port. */
enum { FIRST_PORT = 32768 };

typedef struct {
    RollEndpoint peer;
    bool broken;
} SimConnection;

struct SimPlayer {
    RollConfig config;
    const char *domains[2];
    bool decoded;
    RollTime now;
    RollRegistrar *registrar;
    RollMessage *message;
    RollOutbox *outbox;
    GByteArray *written;
    GString *sent;
    SimAnswer answer;
    unsigned n_sent;
    GHashTable *cseqs;      /* Call-ID -> last CSeq */
    GHashTable *last;       /* user -> GString of its last request */
    GHashTable *challenged; /* user -> SimChallenged */
    GHashTable
        *connections; /* user -> GArray of SimConnection, open as far as the registrar knows */
    uint16_t n_connections;
    GArray *happened;
    GStringChunk *texts;
};

static bool
lookup_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
              RollSecret *out)
{
    (void)data, (void)realm, (void)username, (void)algorithm;
    *out = (RollSecret){.password = ROLL_TEXT(SIM_SCRIPT_PASSWORD)};
    return true;
}

static void
observe(void *data, const RollBindingEvent *event)
{
    SimPlayer *self = data;
    SimHappened happened = {
        .at = event->at,
        .kind = event->kind,
        .aor = g_string_chunk_insert_len(self->texts, event->aor.ptr, (gssize)event->aor.len),
        .contact =
            g_string_chunk_insert_len(self->texts, event->contact.ptr, (gssize)event->contact.len),
        .expires_at = event->expires_at,
    };
    g_array_append_val(self->happened, happened);
}

static void
free_text(void *text)
{
    g_string_free(text, TRUE);
}

static void
free_challenged(void *challenged)
{
    sim_challenged_free(challenged);
}

static void
free_array(void *array)
{
    g_array_unref(array);
}

SimPlayer *
sim_player_new(const RollConfig *config, const char *domain, bool decoded)
{
    SimPlayer *self = g_new0(SimPlayer, 1);
    self->domains[0] = domain;
    self->decoded = decoded;
    self->message = roll_message_new();
    self->outbox = roll_outbox_new();
    self->written = g_byte_array_new();
    self->sent = g_string_new(NULL);
    self->cseqs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
    self->challenged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_challenged);
    self->connections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
    self->happened = g_array_new(FALSE, FALSE, sizeof(SimHappened));
    self->texts = g_string_chunk_new(1024);
    sim_player_start(self, config);
    return self;
}

void
sim_player_free(SimPlayer *self)
{
    if (!self)
        return;
    roll_registrar_free(self->registrar);
    roll_message_free(self->message);
    roll_outbox_free(self->outbox);
    g_byte_array_unref(self->written);
    g_string_free(self->sent, TRUE);
    g_hash_table_unref(self->cseqs);
    g_hash_table_unref(self->last);
    g_hash_table_unref(self->challenged);
    g_hash_table_unref(self->connections);
    g_array_unref(self->happened);
    g_string_chunk_free(self->texts);
    g_free(self);
}

void
sim_player_start(SimPlayer *self, const RollConfig *config)
{
    self->config = *config;
    self->config.domains = self->domains;
    self->config.lookup = lookup_secret;
    roll_registrar_free(self->registrar);
    self->registrar = roll_registrar_new(&self->config);
    roll_registrar_set_observer(self->registrar, observe, self);
    self->now = 0;
    self->n_sent = 0;
    g_hash_table_remove_all(self->cseqs);
    g_hash_table_remove_all(self->last);
    g_hash_table_remove_all(self->challenged);
    g_hash_table_remove_all(self->connections);
    self->n_connections = 0;
    g_array_set_size(self->happened, 0);
    g_string_chunk_clear(self->texts);
}

void
sim_player_advance(SimPlayer *self, RollTime now)
{
    for (RollTime wake; (wake = roll_registrar_next_wake(self->registrar)) <= now;) {
        self->now = MAX(self->now, wake);
        roll_outbox_clear(self->outbox);
        roll_registrar_wake(self->registrar, self->now, self->outbox);
    }
    self->now = MAX(self->now, now);
}

/* One more than the last of the same Call-ID, and remembered. */
static uint32_t
take_cseq(SimPlayer *self, const SimStep *step)
{
    const char *call_id = step->call_id ? step->call_id : step->who;
    uint32_t last = GPOINTER_TO_UINT(g_hash_table_lookup(self->cseqs, call_id));
    uint32_t cseq = step->cseq ? (uint32_t)strtoul(step->cseq, NULL, 10) : last + 1;
    g_hash_table_insert(self->cseqs, g_strdup(call_id), GUINT_TO_POINTER(cseq));
    return cseq;
}

static char *
prove(SimPlayer *self, const SimStep *step)
{
    SimChallenged *challenged = g_hash_table_lookup(self->challenged, step->who);
    if (!step->password || !challenged)
        return NULL;
    g_autofree char *uri = g_strdup_printf("sip:%s", self->domains[0]);
    return sim_challenged_answer(challenged, step->who, step->password, step->method,
                                 step->uri ? step->uri : uri);
}

static void
compose(SimPlayer *self, const SimStep *step)
{
    GString *last = g_hash_table_lookup(self->last, step->who);
    if (step->kind == SIM_STEP_AGAIN) {
        g_string_assign(self->sent, last ? last->str : "");
        return;
    }
    g_autofree char *credentials = prove(self, step);
    SimComposing open = {
        .domain = self->domains[0],
        .number = ++self->n_sent,
        .cseq = take_cseq(self, step),
        .credentials = credentials,
    };
    sim_script_compose(step, &open, self->sent);
    if (!last) {
        last = g_string_new(NULL);
        g_hash_table_insert(self->last, g_strdup(step->who), last);
    }
    g_string_assign(last, self->sent->str);
}

static RollTransport
transport_of(const SimStep *step)
{
    if (step->transport && strcmp(step->transport, "tcp") == 0)
        return ROLL_TRANSPORT_TCP;
    if (step->transport && strcmp(step->transport, "tls") == 0)
        return ROLL_TRANSPORT_TLS;
    return ROLL_TRANSPORT_UDP;
}

/* Where @step comes from: over a stream, the connection of its user, opened if there is none. */
static RollEndpoint
find_peer(SimPlayer *self, const SimStep *step)
{
    RollEndpoint peer = {{192, 0, 2, 1}, 4, (uint8_t)transport_of(step), 5060};
    if (peer.transport == ROLL_TRANSPORT_UDP)
        return peer;
    GArray *open = g_hash_table_lookup(self->connections, step->who);
    if (!open) {
        open = g_array_new(FALSE, FALSE, sizeof(SimConnection));
        g_hash_table_insert(self->connections, g_strdup(step->who), open);
    }
    for (guint i = 0; i < open->len; i++) {
        const SimConnection *one = &g_array_index(open, SimConnection, i);
        if (!one->broken && one->peer.transport == peer.transport)
            return one->peer;
    }
    peer.port = (uint16_t)(FIRST_PORT + self->n_connections++);
    SimConnection opened = {.peer = peer};
    g_array_append_val(open, opened);
    return peer;
}

void
sim_player_end(SimPlayer *self, const SimStep *step)
{
    sim_player_advance(self, step->at);
    GArray *open = g_hash_table_lookup(self->connections, step->who);
    if (!open || open->len == 0)
        return;
    if (step->kind == SIM_STEP_BREAK) {
        g_array_index(open, SimConnection, open->len - 1).broken = true;
        return;
    }
    RollEndpoint oldest = g_array_index(open, SimConnection, 0).peer;
    g_array_remove_index(open, 0);
    roll_registrar_drop_flow(self->registrar, self->now, &oldest);
}

/* The door for decoded requests, with libroll's reader before it and its writer behind it. */
static void
pass_decoded(SimPlayer *self, const RollPacket *packet)
{
    RollRequest request;
    RollReply reply = {0};
    int status = roll_message_read_request(self->message, packet, &request);
    g_byte_array_set_size(self->written, 0);
    if (status < 0)
        return;
    if (status > 0)
        reply = (RollReply){.status = status, .at = self->now};
    else
        roll_registrar_register(self->registrar, self->now, &request, &reply);
    if (reply.status)
        roll_message_write_reply(&request, &reply, ROLL_TEXT("script"), self->config.epoch,
                                 self->written);
}

static void
pass_bytes(SimPlayer *self, const RollPacket *packet)
{
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, self->now, packet, self->outbox);
    g_byte_array_set_size(self->written, 0);
    if (roll_outbox_count(self->outbox) == 0)
        return;
    RollPacket answer = roll_outbox_get(self->outbox, 0);
    g_byte_array_append(self->written, answer.data, (guint)answer.len);
}

const SimAnswer *
sim_player_send(SimPlayer *self, const SimStep *step)
{
    sim_player_advance(self, step->at);
    compose(self, step);
    RollPacket packet = {
        .peer = find_peer(self, step),
        .data = (const uint8_t *)self->sent->str,
        .len = self->sent->len,
    };
    if (self->decoded)
        pass_decoded(self, &packet);
    else
        pass_bytes(self, &packet);
    sim_answer_read(&self->answer, (const char *)self->written->data, self->written->len);
    if (self->answer.status == 401) {
        SimChallenged *challenged =
            sim_challenged_read(self->message, self->answer.bytes, self->answer.len);
        if (challenged)
            g_hash_table_insert(self->challenged, g_strdup(step->who), challenged);
    }
    return &self->answer;
}

RollText
sim_player_sent(const SimPlayer *self)
{
    return (RollText){self->sent->str, self->sent->len};
}

bool
sim_player_aor(const SimPlayer *self, const char *who, char aor[ROLL_AOR_MAX])
{
    g_autofree char *written =
        strchr(who, ':') ? g_strdup(who) : g_strdup_printf("sip:%s@%s", who, self->domains[0]);
    RollUri uri;
    return roll_uri_parse(roll_text(written), &uri) && roll_uri_write_aor(&uri, aor) > 0;
}

size_t
sim_player_lookup(SimPlayer *self, const char *who, const RollLocation **out)
{
    char aor[ROLL_AOR_MAX];
    if (!sim_player_aor(self, who, aor))
        return 0;
    return roll_registrar_lookup(self->registrar, self->now, roll_text(aor), out);
}

const GArray *
sim_player_happened(const SimPlayer *self)
{
    return self->happened;
}
