/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One batch is at the store at a time; what changes meanwhile is gathered for the next one, so that
 * batches grow with the load and a commit is shared by all in it. An answer waits for the batch
 * that was gathered when it was given.
 *
 * When the store fails, the table is ahead of it: those addresses stay marked and are tried again,
 * the answers that waited become 503s, and until the store takes the batch no REGISTER is let
 * through to the registrar. So what a client was told is always in the store, and what the
 * registrar remembers of a transaction becomes true before it is repeated. */
#include "journal.h"

#include "answer.h"
#include "source.h"
#include <string.h>

enum { RETRY_MS = 500 };

typedef struct {
    RollEndpoint peer;
    uint16_t via;
    size_t start;
    size_t len;
} Held;

/* Marked addresses, one behind the other, each ended by NUL; and what waits for them. */
typedef struct {
    GByteArray *aors;
    size_t last;
    GByteArray *bytes;
    GArray *held;
} Set;

struct RollJournal {
    RollServer *server;
    Set gathered;
    Set flying;
    bool busy;
    bool failed;
    GSource *timer;
};

static Set
new_set(void)
{
    return (Set){g_byte_array_new(), 0, g_byte_array_new(),
                 g_array_new(FALSE, FALSE, sizeof(Held))};
}

static void
clear_set(Set *set)
{
    g_byte_array_set_size(set->aors, 0);
    g_byte_array_set_size(set->bytes, 0);
    g_array_set_size(set->held, 0);
    set->last = 0;
}

static void
free_set(Set *set)
{
    g_byte_array_unref(set->aors);
    g_byte_array_unref(set->bytes);
    g_array_unref(set->held);
}

RollJournal *
roll_journal_new(RollServer *server)
{
    RollJournal *self = g_new0(RollJournal, 1);
    self->server = server;
    self->gathered = new_set();
    self->flying = new_set();
    return self;
}

void
roll_journal_free(RollJournal *self)
{
    if (!self)
        return;
    roll_source_stop(&self->timer);
    free_set(&self->gathered);
    free_set(&self->flying);
    g_free(self);
}

void
roll_journal_mark(RollJournal *self, RollText aor)
{
    GByteArray *aors = self->gathered.aors;
    size_t len = aors->len - self->gathered.last;
    /* The contacts of one request change one after the other. */
    if (aors->len > 0 && len == aor.len + 1 &&
        memcmp(aors->data + self->gathered.last, aor.ptr, aor.len) == 0)
        return;
    self->gathered.last = aors->len;
    g_byte_array_append(aors, (const guint8 *)aor.ptr, (guint)aor.len);
    g_byte_array_append(aors, (const guint8 *)"", 1);
}

bool
roll_journal_holds(const RollJournal *self, const RollPacket *packet)
{
    if (self->server->config.write_back > 0 || (!self->busy && self->gathered.aors->len == 0))
        return false;
    bool answer = packet->len > 8 && memcmp(packet->data, "SIP/2.0 ", 8) == 0;
    return !answer || packet->data[8] == '2';
}

void
roll_journal_hold(RollJournal *self, uint16_t via, const RollPacket *packet)
{
    Held held = {packet->peer, via, self->gathered.bytes->len, packet->len};
    g_byte_array_append(self->gathered.bytes, packet->data, (guint)packet->len);
    g_array_append_val(self->gathered.held, held);
}

bool
roll_journal_is_failed(const RollJournal *self)
{
    return self->failed;
}

bool
roll_journal_is_full(const RollJournal *self)
{
    return self->gathered.bytes->len + self->gathered.aors->len > self->server->config.max_held;
}

void
roll_journal_forget(RollJournal *self)
{
    clear_set(&self->gathered);
}

static void
release(RollJournal *self, Set *set)
{
    for (guint i = 0; i < set->held->len; i++) {
        const Held *held = &g_array_index(set->held, Held, i);
        RollPacket packet = {held->peer, set->bytes->data + held->start, held->len};
        roll_server_send(self->server, held->via, &packet);
    }
    g_byte_array_set_size(set->bytes, 0);
    g_array_set_size(set->held, 0);
}

/* What was to be acknowledged is refused. */
static void
refuse(RollJournal *self, Set *set)
{
    g_autoptr(GByteArray) refusal = g_byte_array_new();
    for (guint i = 0; i < set->held->len; i++) {
        const Held *held = &g_array_index(set->held, Held, i);
        g_byte_array_set_size(refusal, 0);
        if (!roll_answer_refuse(set->bytes->data + held->start, held->len, refusal))
            continue;
        RollPacket packet = {held->peer, refusal->data, refusal->len};
        roll_server_send(self->server, held->via, &packet);
    }
    g_byte_array_set_size(set->bytes, 0);
    g_array_set_size(set->held, 0);
}

static void hand_over(RollJournal *self);

static gboolean
try_again(gpointer data)
{
    RollJournal *self = data;
    roll_source_stop(&self->timer);
    if (!self->busy && self->gathered.aors->len > 0)
        hand_over(self);
    return G_SOURCE_REMOVE;
}

static void
start_timer(RollJournal *self, RollTime after)
{
    if (self->timer)
        return;
    self->timer = g_timeout_source_new((guint)MAX(1, after / 1000));
    g_source_set_callback(self->timer, try_again, self, NULL);
    g_source_attach(self->timer, self->server->context);
}

static void
fail(RollJournal *self, const GError *error)
{
    self->server->counters.store_failures++;
    if (!self->failed)
        ROLL_LOG(self->server, ROLL_LOG_ERROR, "store-failed", {"reason", error->message});
    self->failed = true;
    refuse(self, &self->flying);
    /* Behind what came meanwhile: the order of marks does not matter. */
    g_byte_array_append(self->gathered.aors, self->flying.aors->data, self->flying.aors->len);
    self->gathered.last = 0;
    refuse(self, &self->gathered);
    start_timer(self, RETRY_MS * INT64_C(1000));
}

static void
on_done(void *data, const GError *error)
{
    RollJournal *self = data;
    self->busy = false;
    if (error) {
        fail(self, error);
        clear_set(&self->flying);
        return;
    }
    if (self->failed)
        ROLL_LOG(self->server, ROLL_LOG_INFO, "store-recovered",
                 {"store", roll_store_name(self->server->store)});
    self->failed = false;
    self->server->counters.commits++;
    release(self, &self->flying);
    clear_set(&self->flying);
    if (self->gathered.aors->len == 0)
        release(self, &self->gathered);
    else
        roll_journal_push(self);
}

static RollBatch *
make_batch(RollJournal *self, const Set *set)
{
    RollServer *server = self->server;
    RollBatch *batch = roll_batch_new();
    RollTime now = roll_server_now(server);
    const char *end = (const char *)set->aors->data + set->aors->len;
    for (const char *aor = (const char *)set->aors->data; aor < end; aor += strlen(aor) + 1) {
        roll_batch_begin(batch, roll_text(aor));
        roll_registrar_each_of(server->registrar, now, roll_text(aor), roll_batch_add, batch);
    }
    server->counters.committed += roll_batch_count(batch);
    return batch;
}

static void
hand_over(RollJournal *self)
{
    Set set = self->gathered;
    self->gathered = self->flying;
    self->flying = set;
    self->busy = true;
    roll_store_write(self->server->store, make_batch(self, &self->flying), on_done, self);
}

void
roll_journal_push(RollJournal *self)
{
    if (self->busy || self->gathered.aors->len == 0 || self->timer)
        return;
    if (self->server->config.write_back > 0)
        start_timer(self, self->server->config.write_back);
    else
        hand_over(self);
}

void
roll_journal_drain(RollJournal *self)
{
    roll_source_stop(&self->timer);
    while (self->busy || self->gathered.aors->len > 0) {
        if (!self->busy)
            hand_over(self);
        while (self->busy)
            g_main_context_iteration(self->server->context, TRUE);
        if (self->failed)
            return;
    }
}
