/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands are written when the context comes round, all that were asked for by then at once. The
 * socket is polled for room only while it connects, or when it took less than all. */
#include "redis-source.h"

#include <stdbool.h>

typedef struct {
    GSource source;
    redisAsyncContext *redis; /* NULL when that is gone */
    gpointer tag;
    GIOCondition polled;
    bool reads;
    bool writes;
} Source;

static void
poll_for(Source *self, GIOCondition conditions)
{
    if (self->polled == conditions)
        return;
    self->polled = conditions;
    g_source_modify_unix_fd(&self->source, self->tag, conditions);
}

static GIOCondition
readable(const Source *self)
{
    return self->reads ? G_IO_IN : 0;
}

static void
add_read(void *data)
{
    Source *self = data;
    self->reads = true;
    poll_for(self, self->polled | G_IO_IN);
}

static void
del_read(void *data)
{
    Source *self = data;
    self->reads = false;
    poll_for(self, self->polled & ~G_IO_IN);
}

static void
add_write(void *data)
{
    ((Source *)data)->writes = true;
}

static void
del_write(void *data)
{
    Source *self = data;
    self->writes = false;
    poll_for(self, readable(self));
}

static void
clean_up(void *data)
{
    Source *self = data;
    self->redis = NULL;
    g_source_destroy(&self->source);
    g_source_unref(&self->source);
}

static gboolean
prepare(GSource *source, gint *timeout)
{
    const Source *self = (Source *)source;
    *timeout = -1;
    return self->writes && !(self->polled & G_IO_OUT);
}

static gboolean
check(GSource *source)
{
    Source *self = (Source *)source;
    return g_source_query_unix_fd(source, self->tag) != 0;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    (void)callback, (void)data;
    Source *self = (Source *)source;
    GIOCondition found = g_source_query_unix_fd(source, self->tag);
    bool waited = self->polled & G_IO_OUT, broken = found & (G_IO_ERR | G_IO_HUP | G_IO_NVAL);
    if (self->writes && (!waited || found & G_IO_OUT || broken)) {
        redisAsyncHandleWrite(self->redis);
        /* Some is left: there was no room. */
        if (self->redis)
            poll_for(self, readable(self) | (self->writes ? G_IO_OUT : 0));
    }
    if (self->redis && (found & G_IO_IN || broken))
        redisAsyncHandleRead(self->redis);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs functions = {.prepare = prepare, .check = check, .dispatch = dispatch};

void
roll_redis_source_attach(redisAsyncContext *redis)
{
    Source *self = (Source *)g_source_new(&functions, sizeof(Source));
    self->redis = redis;
    self->polled = G_IO_OUT; /* it is connecting */
    self->tag = g_source_add_unix_fd(&self->source, redis->c.fd, G_IO_OUT);
    redis->ev.addRead = add_read;
    redis->ev.delRead = del_read;
    redis->ev.addWrite = add_write;
    redis->ev.delWrite = del_write;
    redis->ev.cleanup = clean_up;
    redis->ev.data = self;
    g_source_set_static_name(&self->source, "redis");
    g_source_attach(&self->source, g_main_context_get_thread_default());
}
