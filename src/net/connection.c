/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes are read as they come, cut into messages by RollStream and handed to the server; what it
 * answers is written at once, or waits up to a bound for a client that reads slowly. One clock
 * runs: for the rest of a message or of the TLS handshake a client has little time, between
 * messages more, so that a connection that only holds its place does not hold it long. */
#include "connection.h"

#include <rollcall/stream.h>
#include <string.h>

enum { BLOCK = 16384, READS = 8, UNSENT_MAX = 1 << 20 };

struct RollConnection {
    RollServer *server;
    uint16_t via;
    RollEndpoint peer;
    GIOStream *io;
    GPollableInputStream *in;
    GPollableOutputStream *out;
    RollStream *stream;
    GSource *readable;
    GSource *writable;
    GSource *clock;
    GByteArray *unsent;
    bool halfway; /* in a handshake or a message */
    bool started;
    bool closing;
    RollConnectionClosed closed;
    void *data;
};

static void
stop_source(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

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
    stop_source(&self->clock);
    self->clock = g_timeout_source_new((guint)(span / 1000));
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
    stop_source(&self->readable);
    stop_source(&self->writable);
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

/* A message that dribbles in does not wind the clock up again. */
static void
wind_clock(RollConnection *self, bool progress)
{
    const RollServerConfig *config = &self->server->config;
    bool halfway = roll_stream_pending(self->stream) > 0;
    if (self->closing || (!progress && halfway && self->halfway))
        return;
    self->halfway = halfway;
    set_clock(self, halfway ? config->message_timeout : config->idle_timeout, on_time_over);
}

static gboolean on_writable(GObject *stream, gpointer data);

/* Writes what the client takes. */
static void
write_unsent(RollConnection *self)
{
    while (self->unsent->len > 0) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_output_stream_write_nonblocking(self->out, self->unsent->data,
                                                              self->unsent->len, NULL, &error);
        if (n > 0) {
            g_byte_array_remove_range(self->unsent, 0, (guint)n);
            continue;
        }
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            give_up(self);
        else if (!self->writable) {
            self->writable = g_pollable_output_stream_create_source(self->out, NULL);
            g_source_set_callback(self->writable, G_SOURCE_FUNC(on_writable), self, NULL);
            g_source_attach(self->writable, self->server->context);
        }
        return;
    }
    stop_source(&self->writable);
}

static gboolean
on_writable(GObject *stream, gpointer data)
{
    (void)stream;
    RollConnection *self = data;
    write_unsent(self);
    return self->writable ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
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
    if (len > 0)
        roll_server_take(self->server, now, self->via, &packet);
    roll_server_flush(self->server);
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
        else if (part == ROLL_STREAM_PING) {
            /* RFC 5626 section 4.4.1. */
            self->server->counters.keepalives++;
            roll_connection_send(self, "\r\n", 2);
        }
    }
    roll_server_flush(self->server);
    return progress;
}

static gboolean
on_readable(GObject *stream, gpointer data)
{
    (void)stream;
    RollConnection *self = data;
    uint8_t block[BLOCK];
    bool progress = false;
    for (int i = 0; i < READS && !self->closing; i++) {
        g_autoptr(GError) error = NULL;
        gssize n =
            g_pollable_input_stream_read_nonblocking(self->in, block, sizeof block, NULL, &error);
        if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
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
    if (self->started)
        wind_clock(self, progress);
    return self->closing ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static bool
open_io(RollConnection *self, GSocket *socket, GTlsCertificate *certificate)
{
    g_socket_set_blocking(socket, FALSE);
    g_autoptr(GSocketConnection) plain = g_socket_connection_factory_create_connection(socket);
    if (certificate)
        self->io = G_IO_STREAM(g_tls_server_connection_new(G_IO_STREAM(plain), certificate, NULL));
    else
        self->io = G_IO_STREAM(g_object_ref(plain));
    if (!self->io)
        return false;
    self->in = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(self->io));
    self->out = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(self->io));
    return true;
}

RollConnection *
roll_connection_new(RollServer *server, uint16_t via, GSocket *socket, const RollEndpoint *peer,
                    GTlsCertificate *certificate, RollConnectionClosed closed, void *data)
{
    RollConnection *self = g_new0(RollConnection, 1);
    self->server = server;
    self->via = via;
    self->peer = *peer;
    self->closed = closed;
    self->data = data;
    self->unsent = g_byte_array_new();
    self->stream = roll_stream_new(server->config.registrar.max_message, true);
    if (!open_io(self, socket, certificate)) {
        roll_connection_free(self);
        return NULL;
    }
    self->readable = g_pollable_input_stream_create_source(self->in, NULL);
    g_source_set_callback(self->readable, G_SOURCE_FUNC(on_readable), self, NULL);
    g_source_set_can_recurse(self->readable, TRUE);
    g_source_attach(self->readable, server->context);
    /* Whoever connects is to say something soon. */
    set_clock(self, server->config.message_timeout, on_time_over);
    return self;
}

void
roll_connection_free(RollConnection *self)
{
    stop_source(&self->readable);
    stop_source(&self->writable);
    stop_source(&self->clock);
    g_clear_object(&self->io);
    g_byte_array_unref(self->unsent);
    roll_stream_free(self->stream);
    g_free(self);
}

void
roll_connection_stop(RollConnection *self)
{
    stop_source(&self->readable);
}

const RollEndpoint *
roll_connection_peer(const RollConnection *self)
{
    return &self->peer;
}
