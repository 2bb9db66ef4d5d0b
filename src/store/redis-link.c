/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection is made, then AUTH and SELECT if they are asked for, then PING; when that is
 * answered, it is ready. (A server that still reads its file answers PING with an error.) If any of
 * it fails, or a command is not answered in time, the connection is given up and a new one tried,
 * at first soon, then every two seconds.
 *
 * hiredis tells all that waits when a connection ends, and it may do so after the link was freed,
 * if that was done from within an answer; so those who wait hold the link. */
#include "redis-link.h"

#include "redis-source.h"
#include <hiredis/async.h>
#include <poll.h>

#define MS G_TIME_SPAN_MILLISECOND
#define ANSWER_SPAN (2000 * MS)
#define IDLE_SPAN (5000 * MS)
#define TICK_MS 250
#define FIRST_DELAY_MS 100
#define LAST_DELAY_MS 2000

/* @freed: nobody is to be told; @waiting: Wait, oldest first; @delay: before the next try, in ms;
 * @since: when it began to connect, or was last heard of */
struct RollRedisLink {
    RollRedisSettings settings;
    redisAsyncContext *redis;
    bool ready;
    bool freed;
    GQueue waiting;
    GSource *timer;
    gint64 since;
    guint delay;
    gint64 next_try;
    char *reason;
};

typedef struct {
    RollRedisLink *link;
    void (*then)(void *data, const redisReply *reply);
    void (*drop)(void *data);
    void *data;
    gint64 sent;
} Wait;

static void
clear_link(void *data)
{
    RollRedisLink *self = data;
    g_free((char *)self->settings.host);
    g_free((char *)self->settings.path);
    g_free((char *)self->settings.username);
    g_free((char *)self->settings.password);
    g_free(self->reason);
}

static void
set_reason(RollRedisLink *self, const char *reason)
{
    char *copy = g_strdup(reason);
    g_free(self->reason);
    self->reason = copy;
}

/* The next try, later each time. */
static void
plan(RollRedisLink *self)
{
    self->ready = false;
    self->redis = NULL;
    self->next_try = g_get_monotonic_time() + self->delay * MS;
    self->delay = MIN(self->delay * 2, LAST_DELAY_MS);
}

/* Gives the connection up; all that waits is told, or dropped, from here. */
static void
hang_up(RollRedisLink *self, const char *reason)
{
    redisAsyncContext *redis = self->redis;
    set_reason(self, reason);
    plan(self);
    if (!redis)
        return;
    redis->data = NULL;
    redisAsyncFree(redis);
}

static void
on_reply(redisAsyncContext *redis, void *reply, void *data)
{
    (void)redis;
    Wait *wait = data;
    RollRedisLink *self = wait->link;
    g_queue_remove(&self->waiting, wait); /* the first one */
    self->since = g_get_monotonic_time();
    if (self->freed)
        wait->drop(wait->data);
    else
        wait->then(wait->data, reply);
    g_rc_box_release_full(self, clear_link);
    g_free(wait);
}

static bool
send_to(RollRedisLink *self, const RollRedisCommand *command)
{
    Wait wait = {g_rc_box_acquire(self), command->then, command->drop, command->data,
                 g_get_monotonic_time()};
    Wait *own = g_memdup2(&wait, sizeof(wait));
    g_queue_push_tail(&self->waiting, own);
    if (redisAsyncCommandArgv(self->redis, on_reply, own, command->n, command->words,
                              command->lengths) == REDIS_OK)
        return true;
    /* It is about to end, and tells of that one after the other. */
    g_queue_pop_tail(&self->waiting);
    g_rc_box_release(self);
    g_free(own);
    return false;
}

bool
roll_redis_link_send(RollRedisLink *self, const RollRedisCommand *command)
{
    return self->ready && send_to(self, command);
}

static void
drop_nothing(void *data)
{
    (void)data;
}

/* To an AUTH or SELECT; a PING while nothing else is asked. */
static void
on_step(void *data, const redisReply *reply)
{
    RollRedisLink *self = data;
    if (reply && reply->type == REDIS_REPLY_ERROR && self->redis)
        hang_up(self, reply->str);
}

static void
on_greeted(void *data, const redisReply *reply)
{
    RollRedisLink *self = data;
    on_step(data, reply);
    if (!reply || !self->redis)
        return;
    self->ready = true;
    self->delay = FIRST_DELAY_MS;
}

static void
say(RollRedisLink *self, const char *const *words, void (*then)(void *, const redisReply *))
{
    RollRedisCommand command = {
        .words = (const char **)words, .then = then, .drop = drop_nothing, .data = self};
    command.n = (int)g_strv_length((char **)words);
    send_to(self, &command);
}

static void
greet(RollRedisLink *self)
{
    const RollRedisSettings *s = &self->settings;
    if (s->password && s->username)
        say(self, (const char *[]){"AUTH", s->username, s->password, NULL}, on_step);
    else if (s->password)
        say(self, (const char *[]){"AUTH", s->password, NULL}, on_step);
    char number[16];
    g_snprintf(number, sizeof(number), "%d", s->database);
    if (s->database != 0)
        say(self, (const char *[]){"SELECT", number, NULL}, on_step);
    say(self, (const char *[]){"PING", NULL}, on_greeted);
}

/* If it failed, hiredis frees it afterwards. */
static void
on_connected(const redisAsyncContext *redis, int status)
{
    RollRedisLink *self = redis->data;
    if (!self || status == REDIS_OK)
        return;
    set_reason(self, redis->errstr);
    plan(self);
}

static void
on_disconnected(const redisAsyncContext *redis, int status)
{
    (void)status;
    RollRedisLink *self = redis->data;
    if (!self)
        return;
    set_reason(self, redis->err ? redis->errstr : "the connection was closed");
    plan(self);
}

static void
connect_to(RollRedisLink *self)
{
    const RollRedisSettings *s = &self->settings;
    redisAsyncContext *redis =
        s->path ? redisAsyncConnectUnix(s->path) : redisAsyncConnect(s->host, s->port);
    self->since = g_get_monotonic_time();
    if (!redis || redis->err) {
        set_reason(self, redis ? redis->errstr : "no memory");
        plan(self);
        if (redis)
            redisAsyncFree(redis);
        return;
    }
    self->redis = redis;
    redis->data = self;
    roll_redis_source_attach(redis);
    redisAsyncSetConnectCallback(redis, on_connected);
    redisAsyncSetDisconnectCallback(redis, on_disconnected);
    greet(self);
}

static gboolean
tick(gpointer data)
{
    RollRedisLink *self = data;
    gint64 now = g_get_monotonic_time();
    const Wait *oldest = g_queue_peek_head(&self->waiting);
    if (!self->redis) {
        if (now >= self->next_try)
            connect_to(self);
    } else if (oldest && now - oldest->sent >= ANSWER_SPAN) {
        hang_up(self, self->ready ? "no answer for two seconds" : "it does not let us in");
    } else if (!oldest && now - self->since >= IDLE_SPAN) {
        say(self, (const char *[]){"PING", NULL}, on_step);
    }
    return G_SOURCE_CONTINUE;
}

RollRedisLink *
roll_redis_link_new(const RollRedisSettings *settings)
{
    RollRedisLink *self = g_rc_box_new0(RollRedisLink);
    self->settings = *settings;
    self->settings.host = g_strdup(settings->host);
    self->settings.path = g_strdup(settings->path);
    self->settings.username = g_strdup(settings->username);
    self->settings.password = g_strdup(settings->password);
    self->delay = FIRST_DELAY_MS;
    g_queue_init(&self->waiting);
    set_reason(self, "it is not connected yet");
    self->timer = g_timeout_source_new(TICK_MS);
    g_source_set_callback(self->timer, tick, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
    connect_to(self);
    return self;
}

void
roll_redis_link_free(RollRedisLink *self)
{
    if (!self)
        return;
    self->freed = true;
    g_source_destroy(self->timer);
    g_source_unref(self->timer);
    hang_up(self, "it was closed");
    g_rc_box_release_full(self, clear_link);
}

bool
roll_redis_link_is_ready(const RollRedisLink *self)
{
    return self->ready;
}

const char *
roll_redis_link_reason(const RollRedisLink *self)
{
    return self->reason;
}

/* Nothing else of the context may happen meanwhile, so it is not asked. */
void
roll_redis_link_drain(RollRedisLink *self)
{
    gint64 end = g_get_monotonic_time() + ANSWER_SPAN;
    while (self->redis && self->ready && self->waiting.length > 0 && g_get_monotonic_time() < end) {
        struct pollfd poll_fd = {.fd = self->redis->c.fd, .events = POLLIN};
        redisAsyncHandleWrite(self->redis);
        if (self->redis && poll(&poll_fd, 1, 100) > 0)
            redisAsyncHandleRead(self->redis);
    }
}
