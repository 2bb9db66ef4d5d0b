/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes are read as they come, cut into messages by RollStream and handed to the server; what it
 * answers is written at once, or waits up to a bound for a client that reads slowly. One clock
 * runs: for the rest of a message or of the TLS handshake a client has little time, between
 * messages more, so that a connection that only holds its place does not hold it long. */
#include "connection.h"

#include "source.h"
#include <errno.h>
#include <glib-unix.h>
#include <rollcall/stream.h>
#include <string.h>
#include <sys/socket.h>

/* A TLS record fits into BLOCK, so none is left where poll() does not see it. Above UNSENT_PAUSE
 * nothing more is read: who does not take answers gives no work. What is sent unasked (NOTIFY) has
 * room up to UNSENT_MAX. */
enum { BLOCK = 16384, READS = 8, UNSENT_PAUSE = 1 << 16, UNSENT_MAX = 1 << 18 };

struct RollConnection {
    RollServer *server;
    uint16_t via;
    RollEndpoint peer;
    GSocket *socket;
    RollTls *tls; /* %NULL over TCP */
    RollStream *stream;
    GSource *readable;
    GSource *writable;
    GSource *clock;
    GByteArray *unsent;
    bool halfway; /* in a message, or before an answer that is not taken */
    bool started;
    bool stopped;
    bool closing;
    RollConnectionClosed closed;
    void *data;
};

static gboolean
close_now(gpointer data)
{
    RollConnection *self = data;
    self->closed(self->data, self);
    return G_SOURCE_REMOVE;
}

static void
set_clock(RollConnection *self, RollTime span, GSourceFunc then)
{
    roll_source_stop(&self->clock);
    self->clock = g_timeout_source_new((guint)MIN(span / 1000, G_MAXINT));
    g_source_set_callback(self->clock, then, self, NULL);
    g_source_attach(self->clock, self->server->context);
}

/* The owner is told from the main loop, when nobody is at work on it. */
static void
give_up(RollConnection *self)
{
    if (self->closing)
        return;
    self->closing = true;
    roll_source_stop(&self->readable);
    roll_source_stop(&self->writable);
    set_clock(self, 0, close_now);
}

static gboolean
on_time_over(gpointer data)
{
    RollConnection *self = data;
    char peer[ROLL_ENDPOINT_TEXT];
    if (self->halfway || !self->started)
        self->server->counters.slow_connections++;
    ROLL_LOG(self->server, ROLL_LOG_DEBUG, "connection-timeout",
             {"peer", roll_endpoint_show(&self->peer, peer)},
             {"within", self->halfway || !self->started ? "message" : "idle"});
    return close_now(self);
}

/* A message that dribbles in does not wind the clock up again, nor does an answer that dribbles
 * out. */
static void
wind_clock(RollConnection *self, bool progress)
{
    const RollServerConfig *config = &self->server->config;
    bool halfway = roll_stream_pending(self->stream) > 0 || self->unsent->len > 0;
    if (self->closing || (!progress && halfway && self->halfway))
        return;
    self->halfway = halfway;
    set_clock(self, halfway ? config->message_timeout : config->idle_timeout, on_time_over);
}

static ssize_t
read_some(const RollConnection *self, void *data, size_t len)
{
    return self->tls ? roll_tls_read(self->tls, data, len)
                     : recv(g_socket_get_fd(self->socket), data, len, MSG_DONTWAIT);
}

static ssize_t
write_some(const RollConnection *self, const void *data, size_t len)
{
    return self->tls ? roll_tls_write(self->tls, data, len)
                     : send(g_socket_get_fd(self->socket), data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
watch(RollConnection *self, GSource **source, GIOCondition condition, GUnixFDSourceFunc then)
{
    if (*source || self->closing)
        return;
    *source = g_unix_fd_source_new(g_socket_get_fd(self->socket), condition);
    g_source_set_callback(*source, G_SOURCE_FUNC(then), self, NULL);
    g_source_set_can_recurse(*source, TRUE);
    g_source_attach(*source, self->server->context);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data);
static gboolean on_writable(gint fd, GIOCondition condition, gpointer data);

/* The client has taken all that waited. The room for it is not kept for each who is idle. */
static void
go_on(RollConnection *self)
{
    roll_source_stop(&self->writable);
    g_byte_array_unref(self->unsent);
    self->unsent = g_byte_array_new();
    if (!self->stopped)
        watch(self, &self->readable, G_IO_IN, on_readable);
    wind_clock(self, true);
}

/* Writes what the client takes. */
static void
write_unsent(RollConnection *self)
{
    size_t done = 0;
    while (done < self->unsent->len) {
        ssize_t n = write_some(self, self->unsent->data + done, self->unsent->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    bool waits = errno == EAGAIN || errno == EWOULDBLOCK;
    g_byte_array_remove_range(self->unsent, 0, (guint)done);
    if (self->unsent->len == 0) {
        if (self->writable)
            go_on(self);
    } else if (!waits)
        give_up(self);
    else {
        watch(self, &self->writable, G_IO_OUT, on_writable);
        wind_clock(self, false);
    }
}

bool
roll_connection_send(RollConnection *self, const void *data, size_t len)
{
    if (self->closing)
        return false;
    if (self->unsent->len + len > UNSENT_MAX) {
        give_up(self);
        return false;
    }
    g_byte_array_append(self->unsent, data, (guint)len);
    if (!self->writable)
        write_unsent(self);
    return true;
}

static void
break_off(RollConnection *self, RollTime now, const uint8_t *data, size_t len)
{
    char peer[ROLL_ENDPOINT_TEXT];
    RollPacket packet = {self->peer, data, len};
    self->server->counters.broken_streams++;
    ROLL_LOG(self->server, ROLL_LOG_DEBUG, "stream-broken",
             {"peer", roll_endpoint_show(&self->peer, peer)});
    /* What was told before is told first. */
    roll_server_flush(self->server);
    if (len > 0)
        roll_server_reject(self->server, now, self->via, &packet);
    give_up(self);
}

/* Returns: whether a message or a keep-alive came to its end. */
static bool
take_parts(RollConnection *self)
{
    RollTime now = roll_server_now(self->server);
    const uint8_t *data;
    size_t len;
    bool progress = false;
    while (!self->closing) {
        RollStreamPart part = roll_stream_next(self->stream, &data, &len);
        RollPacket packet = {self->peer, data, len};
        if (part == ROLL_STREAM_MORE)
            break;
        progress = true;
        if (part == ROLL_STREAM_BROKEN)
            break_off(self, now, data, len);
        else if (part == ROLL_STREAM_MESSAGE)
            roll_server_take(self->server, now, self->via, &packet);
        else if (part == ROLL_STREAM_PING && roll_server_admits(self->server, now, &self->peer)) {
            /* RFC 5626 section 4.4.1. */
            self->server->counters.keepalives++;
            roll_connection_send(self, "\r\n", 2);
        }
    }
    roll_server_flush(self->server);
    return progress;
}

/* Returns: whether a message or a keep-alive came to its end, or the first byte came. */
static bool
read_input(RollConnection *self)
{
    uint8_t block[BLOCK];
    bool progress = false;
    for (int i = 0; i < READS && !self->closing && self->unsent->len <= UNSENT_PAUSE; i++) {
        ssize_t n = read_some(self, block, sizeof block);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            break;
        if (n <= 0) {
            give_up(self);
            break;
        }
        progress = !self->started || progress;
        self->started = true;
        roll_stream_push(self->stream, block, (size_t)n);
        progress = take_parts(self) || progress;
    }
    return progress;
}

/* A TLS handshake may have to wait until it can write. */
static bool
shakes_hands(const RollConnection *self)
{
    return self->tls && !roll_tls_is_open(self->tls);
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd, (void)condition;
    RollConnection *self = data;
    bool progress = read_input(self);
    if (self->started)
        wind_clock(self, progress);
    else if (shakes_hands(self) && roll_tls_wants_write(self->tls))
        watch(self, &self->writable, G_IO_OUT, on_writable);
    if (self->unsent->len > UNSENT_PAUSE)
        roll_source_stop(&self->readable);
    return self->readable ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
on_writable(gint fd, GIOCondition condition, gpointer data)
{
    RollConnection *self = data;
    if (shakes_hands(self)) {
        roll_source_stop(&self->writable);
        on_readable(fd, condition, self);
    } else
        write_unsent(self);
    return self->writable ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

RollConnection *
roll_connection_new(RollServer *server, uint16_t via, GSocket *socket, const RollEndpoint *peer,
                    RollTlsKeys *keys, RollConnectionClosed closed, void *data)
{
    RollConnection *self = g_new0(RollConnection, 1);
    self->server = server;
    self->via = via;
    self->peer = *peer;
    self->closed = closed;
    self->data = data;
    self->unsent = g_byte_array_new();
    self->stream = roll_stream_new(server->config.registrar.max_message, true);
    self->socket = g_object_ref(socket);
    g_socket_set_blocking(socket, FALSE);
    if (keys && !(self->tls = roll_tls_new(keys, g_socket_get_fd(socket)))) {
        roll_connection_free(self);
        return NULL;
    }
    watch(self, &self->readable, G_IO_IN, on_readable);
    /* Whoever connects is to say something soon. */
    set_clock(self, server->config.message_timeout, on_time_over);
    return self;
}

void
roll_connection_free(RollConnection *self)
{
    roll_source_stop(&self->readable);
    roll_source_stop(&self->writable);
    roll_source_stop(&self->clock);
    roll_tls_free(self->tls);
    g_clear_object(&self->socket);
    g_byte_array_unref(self->unsent);
    roll_stream_free(self->stream);
    g_free(self);
}

void
roll_connection_stop(RollConnection *self)
{
    self->stopped = true;
    roll_source_stop(&self->readable);
}

const RollEndpoint *
roll_connection_peer(const RollConnection *self)
{
    return &self->peer;
}
