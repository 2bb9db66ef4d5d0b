/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Several servers with one store. A request waits while its address-of-record is fetched; then the
 * table is made what the store says, the registrar decides as ever, and what it changed is written
 * before the answer leaves. Requests for one address-of-record come one after the other, so that a
 * claim has one user; those for others go on beside it.
 *
 * The registrar remembers its answers (RFC 3261 section 17.2.2). If the store then does not take
 * what an answer says, the answer is a 503, and so are those to copies of the request: what is
 * remembered of it is not true. */
#include "shared.h"

#include <string.h>

/* WAITING_MAX: bytes of requests that wait. */
enum { WAITING_MAX = 64 << 20, BROKEN_SPAN = 32 };

/* One request. */
typedef struct {
    uint16_t via;
    bool claims;
    RollEndpoint peer;
    size_t len;
    uint8_t data[];
} Waiting;

/* The requests for one address-of-record, the first of which is under way. */
typedef struct {
    RollShared *shared;
    char *aor;
    GQueue waiting;
    GPtrArray *held; /* of GBytes and ways, while it is written */
} Queue;

struct RollShared {
    RollServer *server;
    GHashTable *queues;   /* aor -> Queue */
    GHashTable *broken;   /* branch -> until when; answers that are not true */
    size_t waiting;       /* bytes */
    const char *deciding; /* the address-of-record under the registrar's hand */
    bool changed;
    bool failed; /* the store cannot be reached, or not be written */
};

typedef struct {
    RollEndpoint peer;
    uint16_t via;
    GBytes *bytes;
} Held;

static void
free_held(gpointer data)
{
    Held *held = data;
    g_bytes_unref(held->bytes);
    g_free(held);
}

static void
free_queue(gpointer data)
{
    Queue *queue = data;
    g_queue_clear_full(&queue->waiting, g_free);
    g_ptr_array_unref(queue->held);
    g_free(queue->aor);
    g_free(queue);
}

RollShared *
roll_shared_new(RollServer *server)
{
    RollShared *self = g_new0(RollShared, 1);
    self->server = server;
    self->queues = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_queue);
    self->broken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
roll_shared_free(RollShared *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->queues);
    g_hash_table_unref(self->broken);
    g_free(self);
}

void
roll_shared_note(RollShared *self, const RollBindingEvent *event)
{
    /* Expiry is the store's own. */
    if (self->deciding && event->kind != ROLL_BINDING_EXPIRED &&
        roll_text_equal(event->aor, roll_text(self->deciding)))
        self->changed = true;
}

static RollPacket
packet_of(const Waiting *waiting)
{
    return (RollPacket){waiting->peer, waiting->data, waiting->len};
}

static void start(Queue *queue);

/* The first request is answered. */
static void
finish(Queue *queue)
{
    RollShared *self = queue->shared;
    Waiting *done = g_queue_pop_head(&queue->waiting);
    self->waiting -= sizeof *done + done->len;
    g_free(done);
    g_ptr_array_set_size(queue->held, 0);
    if (g_queue_is_empty(&queue->waiting))
        g_hash_table_remove(self->queues, queue->aor);
    else
        start(queue);
}

static void
send_held(Queue *queue)
{
    for (guint i = 0; i < queue->held->len; i++) {
        const Held *held = queue->held->pdata[i];
        RollPacket packet = {.peer = held->peer};
        packet.data = g_bytes_get_data(held->bytes, &packet.len);
        roll_server_send(queue->shared->server, held->via, &packet);
    }
}

static gboolean
is_over(gpointer key, gpointer value, gpointer data)
{
    (void)key;
    return *(const RollTime *)value <= *(const RollTime *)data;
}

/* Copies of this request are refused as long as the registrar remembers its answer. */
static void
mark_broken(RollShared *self, const Waiting *waiting)
{
    RollRequest request;
    RollPacket packet = packet_of(waiting);
    RollTime now = roll_server_now(self->server);
    if (roll_message_read_request(self->server->message, &packet, &request) != 0 ||
        request.branch.len == 0)
        return;
    g_hash_table_foreach_remove(self->broken, is_over, &now);
    RollTime *until = g_new(RollTime, 1);
    *until = now + BROKEN_SPAN * ROLL_SECOND;
    g_hash_table_replace(self->broken, g_strndup(request.branch.ptr, request.branch.len), until);
}

/* That a store is lost is told once, and once that it is back; what befell one address-of-record
 * is told each time. */
static void
note_failure(RollShared *self, const GError *error)
{
    bool one = g_error_matches(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CLAIMED) ||
               g_error_matches(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CORRUPT);
    self->server->counters.store_failures++;
    if (one)
        ROLL_LOG(self->server, ROLL_LOG_WARNING, "record-failed", {"reason", error->message});
    else if (!self->failed)
        ROLL_LOG(self->server, ROLL_LOG_ERROR, "store-failed", {"reason", error->message});
    self->failed |= !one;
}

static void
note_success(RollShared *self)
{
    if (self->failed)
        ROLL_LOG(self->server, ROLL_LOG_INFO, "store-recovered",
                 {"store", roll_store_name(self->server->store)});
    self->failed = false;
}

static bool
is_broken(RollShared *self, RollText branch)
{
    if (branch.len == 0 || g_hash_table_size(self->broken) == 0)
        return false;
    g_autofree char *key = g_strndup(branch.ptr, branch.len);
    const RollTime *until = g_hash_table_lookup(self->broken, key);
    return until && *until > roll_server_now(self->server);
}

/* A copy of a request that was refused, and came before that: the registrar would repeat the
 * answer that was not given. */
static bool
is_copy_of_broken(RollShared *self, const Waiting *waiting)
{
    RollRequest request;
    RollPacket packet = packet_of(waiting);
    return g_hash_table_size(self->broken) > 0 &&
           roll_message_read_request(self->server->message, &packet, &request) == 0 &&
           is_broken(self, request.branch);
}

static void
refuse(Queue *queue)
{
    const Waiting *waiting = g_queue_peek_head(&queue->waiting);
    RollPacket packet = packet_of(waiting);
    roll_server_refuse(queue->shared->server, waiting->via, &packet);
    finish(queue);
}

static void
on_written(void *data, const GError *error)
{
    Queue *queue = data;
    RollShared *self = queue->shared;
    const Waiting *waiting = g_queue_peek_head(&queue->waiting);
    if (error) {
        note_failure(self, error);
        mark_broken(self, waiting);
        refuse(queue);
        return;
    }
    note_success(self);
    self->server->counters.commits++;
    self->server->counters.committed++;
    send_held(queue);
    finish(queue);
}

static void
write_back(Queue *queue)
{
    RollServer *server = queue->shared->server;
    RollBatch *batch = roll_batch_new();
    roll_batch_begin(batch, roll_text(queue->aor));
    roll_registrar_each_of(server->registrar, roll_server_now(server), roll_text(queue->aor),
                           roll_batch_add, batch);
    roll_store_write(server->store, batch, on_written, queue);
}

/* The answer, and what is due to others. */
static void
hold_outbox(Queue *queue)
{
    RollServer *server = queue->shared->server;
    for (size_t i = 0; i < roll_outbox_count(server->outbox); i++) {
        RollPacket packet = roll_outbox_get(server->outbox, i);
        Held *held = g_new(Held, 1);
        *held = (Held){packet.peer, g_array_index(server->routes, uint16_t, i),
                       g_bytes_new(packet.data, packet.len)};
        g_ptr_array_add(queue->held, held);
    }
    roll_outbox_clear(server->outbox);
    g_array_set_size(server->routes, 0);
}

static void
decide(Queue *queue, const RollState *state)
{
    RollShared *self = queue->shared;
    RollServer *server = self->server;
    const Waiting *waiting = g_queue_peek_head(&queue->waiting);
    RollTime now = roll_server_now(server);
    RollPacket packet = packet_of(waiting);
    roll_registrar_replace(server->registrar, now, roll_text(queue->aor), state->records,
                           state->n_records);
    self->deciding = queue->aor;
    self->changed = false;
    roll_server_decide(server, now, waiting->via, &packet);
    self->deciding = NULL;
    if (self->changed && waiting->claims) {
        hold_outbox(queue);
        write_back(queue);
        return;
    }
    if (waiting->claims)
        roll_store_release(server->store, roll_text(queue->aor));
    roll_server_flush(server);
    finish(queue);
}

static void
on_fetched(void *data, const RollState *state, const GError *error)
{
    Queue *queue = data;
    RollShared *self = queue->shared;
    const Waiting *waiting = g_queue_peek_head(&queue->waiting);
    if (!state) {
        note_failure(self, error);
        refuse(queue);
        return;
    }
    /* To claim is to write: so that works, too. */
    if (waiting->claims)
        note_success(self);
    if (!is_copy_of_broken(self, waiting)) {
        decide(queue, state);
        return;
    }
    if (waiting->claims)
        roll_store_release(self->server->store, state->aor);
    refuse(queue);
}

static void
start(Queue *queue)
{
    const Waiting *waiting = g_queue_peek_head(&queue->waiting);
    roll_store_fetch(queue->shared->server->store, roll_text(queue->aor), waiting->claims,
                     on_fetched, queue);
}

/* The address-of-record that @request needs the records of. Returns: false if none. */
static bool
needs(const RollShared *self, const RollRequest *request, char aor[ROLL_AOR_MAX], bool *claims)
{
    bool registers = roll_text_equal(request->method, ROLL_TEXT("REGISTER"));
    *claims = registers && request->n_contacts > 0;
    /* It will be challenged. */
    if (registers && self->server->config.registrar.authenticate && request->n_credentials == 0)
        return false;
    return roll_uri_write_aor(registers ? &request->to : &request->uri, aor) > 0 &&
           (registers || request->uri.user.ptr);
}

static void
append(RollShared *self, const char *aor, bool claims, uint16_t via, const RollPacket *in)
{
    Waiting *waiting = g_malloc(sizeof *waiting + in->len);
    *waiting = (Waiting){.via = via, .claims = claims, .peer = in->peer, .len = in->len};
    memcpy(waiting->data, in->data, in->len);
    Queue *queue = g_hash_table_lookup(self->queues, aor);
    bool first = !queue;
    if (first) {
        queue = g_new0(Queue, 1);
        queue->shared = self;
        queue->aor = g_strdup(aor);
        queue->held = g_ptr_array_new_with_free_func(free_held);
        g_hash_table_insert(self->queues, queue->aor, queue);
    }
    g_queue_push_tail(&queue->waiting, waiting);
    self->waiting += sizeof *waiting + in->len;
    if (first)
        start(queue);
}

bool
roll_shared_take(RollShared *self, uint16_t via, const RollPacket *in)
{
    char aor[ROLL_AOR_MAX];
    RollRequest request;
    bool claims;
    if (roll_message_read_request(self->server->message, in, &request) != 0 ||
        !needs(self, &request, aor, &claims))
        return false;
    if (is_broken(self, request.branch) || self->waiting >= WAITING_MAX)
        roll_server_refuse(self->server, via, in);
    else
        append(self, aor, claims, via, in);
    return true;
}

void
roll_shared_drain(RollShared *self)
{
    while (g_hash_table_size(self->queues) > 0)
        g_main_context_iteration(self->server->context, TRUE);
}
