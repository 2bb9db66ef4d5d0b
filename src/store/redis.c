/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The store that several servers share. The records of an address-of-record are one text
 * (state-text.h) under PREFIX:{AOR}; who may change them has written his token to
 * PREFIX:{AOR}:claim. What stands in braces decides on the slot of a key in a cluster, so both are
 * on one node, and scripts may use both.
 *
 * - To claim and to read is one script, so nothing lies between the two.
 * - To write is another: if the token is not there any more, nothing is written. No two tokens are
 *   the same; so what was sent over a connection that broke and comes late is not written either.
 * - Who dies with a claim loses it when its time is over. A claim of this very process whose answer
 *   was lost is taken over at once.
 *
 * A text goes when the last record in it expires, by the clock of Redis; records in it are held
 * against ours. */
#include "answers.h"
#include "redis-link.h"
#include "state-text.h"
#include "store.h"

#include <signal.h>

#define DEFAULT_PREFIX "rollcall"
#define DEFAULT_CLAIM_MS 2000
#define DEFAULT_PORT 6379
/* How long a claim of somebody else is waited for: longer than one lasts whose holder has died; and
 * how often it is asked for. */
#define CLAIM_SPAN (2500 * G_TIME_SPAN_MILLISECOND)
#define FIRST_PAUSE_MS 3
#define LAST_PAUSE_MS 40

typedef enum { GET, CLAIM, WRITE, RELEASE } Kind;

/* KEYS: the records, the claim. */
static const char *const SCRIPTS[] = {
    [CLAIM] = "local held = redis.call('GET', KEYS[2])\n"
              "if held and string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end\n"
              "redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])\n"
              "return {redis.call('GET', KEYS[1])}",
    [WRITE] = "local held = redis.call('GET', KEYS[2])\n"
              "if (held or '') ~= ARGV[1] then return 0 end\n"
              "if ARGV[2] == '' then redis.call('DEL', KEYS[1])\n"
              "elseif ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])\n"
              "else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end\n"
              "if held then redis.call('DEL', KEYS[2]) end\n"
              "return 1",
    [RELEASE] = "if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end\n"
                "return 1",
};

/* @process: of all our tokens; @claims: address-of-record to the number of the claim that we have
 * or have asked for; @paused: operations that wait to try again; @answers: %NULL while it is being
 * closed: what was to be written still is, but nobody is told */
typedef struct {
    RollStore base;
    RollRedisLink *link;
    RollAnswers *answers;
    char *prefix;
    char *process;
    char *claim_ms;
    char *sha[G_N_ELEMENTS(SCRIPTS)];
    uint64_t n_claims;
    GHashTable *claims;
    GHashTable *paused;
} Store;

/* The states of one batch. */
typedef struct {
    RollStoreDone done;
    void *data;
    size_t n_left;
    GError *error;
} Group;

/* One address-of-record. @whole: the script itself is sent, not its hash. */
typedef struct {
    Store *store;
    Kind kind;
    bool whole;
    char *aor;
    char *token;
    char *text;
    RollTime latest;
    Group *group;
    RollStoreFetched fetched;
    void *data;
    gint64 deadline;
    guint pause;
    GSource *timer;
} Operation;

static void send_operation(Operation *self);

static void
leave_group(Group *group)
{
    if (--group->n_left > 0)
        return;
    g_clear_error(&group->error);
    g_free(group);
}

static void
free_operation(void *data)
{
    Operation *self = data;
    if (self->timer) {
        g_source_destroy(self->timer);
        g_source_unref(self->timer);
    }
    if (self->group)
        leave_group(self->group);
    g_free(self->aor);
    g_free(self->token);
    g_free(self->text);
    g_free(self);
}

static Operation *
new_operation(Store *store, Kind kind, RollText aor)
{
    Operation *self = g_new0(Operation, 1);
    self->store = store;
    self->kind = kind;
    self->aor = g_strndup(aor.ptr, aor.len);
    return self;
}

/* The last one of a group tells for all. */
static void
finish_write(Operation *self)
{
    Group *group = self->group;
    if (group->n_left == 1 && self->store->answers)
        roll_answers_put_done(self->store->answers, group->done, group->data,
                              g_steal_pointer(&group->error));
    free_operation(self);
}

/* Ends @self, whichever kind it is, with what went wrong. */
static void
fail(Operation *self, RollStoreError code, const char *reason)
{
    GError *error = g_error_new(ROLL_STORE_ERROR, code, "redis: %s: %s", self->aor, reason);
    if (self->kind == CLAIM)
        g_hash_table_remove(self->store->claims, self->aor);
    if (self->kind == WRITE) {
        if (!self->group->error)
            self->group->error = g_steal_pointer(&error);
        g_clear_error(&error);
        finish_write(self);
        return;
    }
    if (self->kind == RELEASE || !self->store->answers)
        g_clear_error(&error);
    else
        roll_answers_put_failed(self->store->answers, self->fetched, self->data, error);
    free_operation(self);
}

static RollStoreError
kind_of(const char *message)
{
    static const struct {
        const char *word;
        RollStoreError code;
    } kinds[] = {
        {"OOM", ROLL_STORE_ERROR_FULL},           {"MISCONF", ROLL_STORE_ERROR_FULL},
        {"READONLY", ROLL_STORE_ERROR_READ_ONLY}, {"LOADING", ROLL_STORE_ERROR_LOST},
        {"MASTERDOWN", ROLL_STORE_ERROR_LOST},    {"CLUSTERDOWN", ROLL_STORE_ERROR_LOST},
        {"TRYAGAIN", ROLL_STORE_ERROR_LOST},      {"WRONGTYPE", ROLL_STORE_ERROR_CORRUPT},
    };
    /* Of a script's command it may stand anywhere. */
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strstr(message, kinds[i].word))
            return kinds[i].code;
    return ROLL_STORE_ERROR_FAILED;
}

static gboolean
try_again(gpointer data)
{
    Operation *self = data;
    g_hash_table_steal(self->store->paused, self);
    g_source_destroy(self->timer);
    g_clear_pointer(&self->timer, g_source_unref);
    send_operation(self);
    return G_SOURCE_REMOVE;
}

/* Others have the claim: the pauses are drawn, so that two who wait do not meet each time. */
static void
pause_claim(Operation *self)
{
    gint64 now = g_get_monotonic_time();
    self->whole = false; /* it asks anew, with a token of its own */
    if (self->deadline == 0)
        self->deadline = now + CLAIM_SPAN;
    if (now >= self->deadline) {
        fail(self, ROLL_STORE_ERROR_CLAIMED, "another server is changing it");
        return;
    }
    self->pause = CLAMP(self->pause * 2, FIRST_PAUSE_MS, LAST_PAUSE_MS);
    self->timer =
        g_timeout_source_new(self->pause + (guint)g_random_int_range(0, (gint32)self->pause));
    g_source_set_callback(self->timer, try_again, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
    g_hash_table_add(self->store->paused, self);
}

static void
drop_expired(GArray *records)
{
    RollTime now = g_get_real_time();
    guint n = 0;
    for (guint i = 0; i < records->len; i++) {
        const RollRecord *record = &g_array_index(records, RollRecord, i);
        if (record->expires_at > now)
            g_array_index(records, RollRecord, n++) = *record;
    }
    g_array_set_size(records, n);
}

/* The last thing that is done: who is told may free the store. */
static void
give_records(Operation *self, const redisReply *reply)
{
    g_autofree char *text = reply->str ? g_memdup2(reply->str, reply->len + 1) : NULL;
    g_autofree char *aor = g_strdup(self->aor);
    g_autoptr(GArray) records = g_array_new(FALSE, FALSE, sizeof(RollRecord));
    if (text && !roll_state_text_read(text, reply->len, roll_text(aor), records)) {
        if (self->kind == CLAIM)
            roll_store_release(&self->store->base, roll_text(aor));
        fail(self, ROLL_STORE_ERROR_CORRUPT, "its value is none that rollcall writes");
        return;
    }
    drop_expired(records);
    RollStoreFetched fetched = self->fetched;
    void *data = self->data;
    free_operation(self);
    RollState state = {roll_text(aor), (const RollRecord *)(void *)records->data, records->len};
    fetched(data, &state, NULL);
}

static bool
is_busy(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_INTEGER && reply->integer == 0;
}

static void
take_answer(Operation *self, const redisReply *reply)
{
    bool closing = !self->store->answers;
    if (closing && (self->kind == GET || self->kind == CLAIM)) {
        free_operation(self);
    } else if (self->kind == WRITE && is_busy(reply)) {
        fail(self, ROLL_STORE_ERROR_CLAIMED, "its claim was lost to another server");
    } else if (self->kind == WRITE) {
        finish_write(self);
    } else if (self->kind == RELEASE) {
        free_operation(self);
    } else if (self->kind == CLAIM && is_busy(reply)) {
        g_hash_table_remove(self->store->claims, self->aor);
        pause_claim(self);
    } else if (self->kind == CLAIM && reply->elements == 1) {
        give_records(self, reply->element[0]);
    } else if (self->kind == CLAIM) {
        /* A nil at the end of a script's array may be cut off. */
        give_records(self, &(redisReply){.type = REDIS_REPLY_NIL});
    } else {
        give_records(self, reply);
    }
}

static void
on_reply(void *data, const redisReply *reply)
{
    Operation *self = data;
    if (!reply) {
        fail(self, ROLL_STORE_ERROR_LOST, "the connection was lost before the answer came");
    } else if (reply->type != REDIS_REPLY_ERROR) {
        take_answer(self, reply);
    } else if (g_str_has_prefix(reply->str, "NOSCRIPT") && !self->whole) {
        self->whole = true;
        send_operation(self);
    } else {
        fail(self, kind_of(reply->str), reply->str);
    }
}

static const char *
write_span(const Operation *self, char out[24])
{
    if (self->latest == ROLL_NEVER || !*self->text)
        return "";
    g_snprintf(out, 24, "%" G_GINT64_FORMAT,
               MAX(1, (self->latest - g_get_real_time() + 999) / 1000));
    return out;
}

static bool
send_words(Operation *self, const char **words, int n)
{
    RollRedisCommand command = {.words = words, .then = on_reply, .drop = free_operation};
    command.n = n;
    command.data = self;
    return roll_redis_link_send(self->store->link, &command);
}

static bool
send_script(Operation *self, const char *key)
{
    Store *store = self->store;
    char span[24];
    g_autofree char *claim_key = g_strconcat(key, ":claim", NULL);
    const char *words[8] = {self->whole ? "EVAL" : "EVALSHA",
                            self->whole ? SCRIPTS[self->kind] : store->sha[self->kind], "2", key,
                            claim_key};
    int n = 5;
    if (self->kind == CLAIM)
        words[n++] = store->process;
    words[n++] = self->token;
    if (self->kind == CLAIM)
        words[n++] = store->claim_ms;
    if (self->kind == WRITE) {
        words[n++] = self->text;
        words[n++] = write_span(self, span);
    }
    return send_words(self, words, n);
}

static bool
is_claimed_here(const Operation *self)
{
    return self->kind == CLAIM && g_hash_table_contains(self->store->claims, self->aor);
}

static void
take_number(Operation *self)
{
    Store *store = self->store;
    g_free(self->token);
    self->token = g_strdup_printf("%s%" G_GUINT64_FORMAT, store->process, ++store->n_claims);
    g_hash_table_insert(store->claims, g_strdup(self->aor), g_strdup(self->token));
}

static void
send_operation(Operation *self)
{
    Store *store = self->store;
    if (is_claimed_here(self) && !self->whole) {
        pause_claim(self);
        return;
    }
    if (self->kind == CLAIM && !self->whole)
        take_number(self);
    g_autofree char *key = g_strdup_printf("%s:{%s}", store->prefix, self->aor);
    bool sent = self->kind == GET ? send_words(self, (const char *[]){"GET", key}, 2)
                                  : send_script(self, key);
    if (!sent)
        fail(self, ROLL_STORE_ERROR_LOST, roll_redis_link_reason(store->link));
}

/* The token of a claim that ends now; "" if there is none. */
static char *
end_claim(Store *self, const char *aor)
{
    g_autofree char *key = NULL;
    char *token = NULL;
    if (!g_hash_table_steal_extended(self->claims, aor, (gpointer *)&key, (gpointer *)&token))
        return g_strdup("");
    return token;
}

static RollTime
latest_of(const RollState *state)
{
    RollTime latest = INT64_MIN;
    for (size_t i = 0; i < state->n_records; i++)
        latest = MAX(latest, state->records[i].expires_at);
    return latest;
}

static void
write_state(Store *self, Group *group, const RollState *state)
{
    Operation *operation = new_operation(self, WRITE, state->aor);
    GString *text = g_string_new(NULL);
    if (state->n_records > 0)
        roll_state_text_write(state, text);
    operation->text = g_string_free(text, FALSE);
    operation->latest = latest_of(state);
    operation->group = group;
    operation->token = end_claim(self, operation->aor);
    send_operation(operation);
}

static void
write_batch(RollStore *base, RollBatch *batch, RollStoreDone done, void *data)
{
    Store *self = (Store *)base;
    size_t n = roll_batch_count(batch);
    if (n == 0)
        roll_answers_put_done(self->answers, done, data, NULL);
    Group *group = n > 0 ? g_new0(Group, 1) : NULL;
    if (group)
        *group = (Group){done, data, n, NULL};
    for (size_t i = 0; i < n; i++) {
        RollState state = roll_batch_get(batch, i);
        write_state(self, group, &state);
    }
    roll_batch_free(batch);
}

static void
fetch(RollStore *base, RollText aor, bool claim, RollStoreFetched fetched, void *data)
{
    Operation *operation = new_operation((Store *)base, claim ? CLAIM : GET, aor);
    operation->fetched = fetched;
    operation->data = data;
    send_operation(operation);
}

static void
release(RollStore *base, RollText aor)
{
    Store *self = (Store *)base;
    Operation *operation = new_operation(self, RELEASE, aor);
    operation->token = end_claim(self, operation->aor);
    if (*operation->token)
        send_operation(operation);
    else
        free_operation(operation);
}

static bool
is_lost(const RollStore *base)
{
    return !roll_redis_link_is_ready(((const Store *)base)->link);
}

static void
free_store(RollStore *base)
{
    Store *self = (Store *)base;
    g_clear_pointer(&self->answers, roll_answers_free);
    g_hash_table_unref(self->paused);
    roll_redis_link_drain(self->link);
    roll_redis_link_free(self->link);
    g_hash_table_unref(self->claims);
    for (size_t i = 0; i < G_N_ELEMENTS(SCRIPTS); i++)
        g_free(self->sha[i]);
    g_free(self->prefix);
    g_free(self->process);
    g_free(self->claim_ms);
    g_free(self);
}

static const RollStoreClass CLASS = {.name = "redis",
                                     .is_shared = true,
                                     .free = free_store,
                                     .write = write_batch,
                                     .fetch = fetch,
                                     .release = release,
                                     .is_lost = is_lost};

/* hiredis writes to sockets that may be closed; GLib's own sockets do the same. */
static void
ignore_broken_pipes(void)
{
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

RollStore *
roll_store_open_redis(const RollRedisSettings *settings)
{
    Store *self = g_new0(Store, 1);
    RollRedisSettings own = *settings;
    own.port = own.port ? own.port : DEFAULT_PORT;
    ignore_broken_pipes();
    self->base.class = &CLASS;
    self->answers = roll_answers_new();
    self->prefix = g_strdup(own.prefix ? own.prefix : DEFAULT_PREFIX);
    g_autofree char *uuid = g_uuid_string_random();
    self->process = g_strconcat(uuid, "/", NULL);
    self->claim_ms = g_strdup_printf("%u", own.claim_ms ? own.claim_ms : DEFAULT_CLAIM_MS);
    for (size_t i = 0; i < G_N_ELEMENTS(SCRIPTS); i++)
        if (SCRIPTS[i])
            self->sha[i] = g_compute_checksum_for_string(G_CHECKSUM_SHA1, SCRIPTS[i], -1);
    self->claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->paused = g_hash_table_new_full(NULL, NULL, free_operation, NULL);
    self->link = roll_redis_link_new(&own);
    return &self->base;
}
