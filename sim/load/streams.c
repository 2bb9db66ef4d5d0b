/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TCP and TLS: what cannot be written at once waits, and is written when the connection takes it.
 * A connection that breaks is opened again; what was under way on it gets no answer. */
#include "sim/load/lines.h"
#include "sim/net/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <rollcall/stream.h>

enum { CHUNK = 65536, MESSAGE_MAX = 65536 };

typedef struct {
    GSocketConnection *connection;
    GPollableInputStream *in;
    GPollableOutputStream *out;
    GByteArray *unsent;
    RollStream *stream;
} Line;

typedef struct {
    SimLines base;
    Line *lines;
    GSocketClient *client;
    GSocketAddress *address;
} Streams;

static void
close_line(Line *line)
{
    g_clear_object(&line->connection);
    g_clear_pointer(&line->stream, roll_stream_free);
    if (line->unsent)
        g_byte_array_set_size(line->unsent, 0);
}

static bool
open_line(Streams *self, unsigned i, GError **error)
{
    Line *line = &self->lines[i];
    line->connection =
        g_socket_client_connect(self->client, G_SOCKET_CONNECTABLE(self->address), NULL, error);
    if (!line->connection)
        return false;
    GSocket *socket = g_socket_connection_get_socket(line->connection);
    GIOStream *both = G_IO_STREAM(line->connection);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    line->in = G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(both));
    line->out = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(both));
    line->stream = roll_stream_new(MESSAGE_MAX, false);
    self->base.fds[i] = (struct pollfd){.fd = g_socket_get_fd(socket), .events = POLLIN};
    if (self->base.sent_by[i])
        return true;
    self->base.sent_by[i] = sim_lines_name(socket, error);
    return self->base.sent_by[i] != NULL;
}

/* A line that cannot be opened is silent from then on: poll() passes over its descriptor. */
static void
open_again(Streams *self, unsigned i)
{
    close_line(&self->lines[i]);
    self->base.lost++;
    self->base.fds[i].fd = -1;
    open_line(self, i, NULL);
}

static void
flush_line(Streams *self, unsigned i)
{
    Line *line = &self->lines[i];
    while (line->connection && line->unsent->len > 0) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_output_stream_write_nonblocking(line->out, line->unsent->data,
                                                              line->unsent->len, NULL, &error);
        if (n > 0)
            g_byte_array_remove_range(line->unsent, 0, (guint)n);
        else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            break;
        else
            open_again(self, i);
    }
    self->base.fds[i].events = (short)(POLLIN | (line->unsent->len > 0 ? POLLOUT : 0));
}

static void
streams_send(SimLines *base, unsigned i, const char *data, size_t len)
{
    Streams *self = (Streams *)base;
    g_byte_array_append(self->lines[i].unsent, (const guint8 *)data, (guint)len);
}

static void
streams_flush(SimLines *base)
{
    Streams *self = (Streams *)base;
    for (unsigned i = 0; i < base->n; i++)
        if (self->lines[i].unsent->len > 0)
            flush_line(self, i);
}

static bool
take_messages(Line *line, SimLinesReceived received, void *user_data)
{
    const uint8_t *data;
    size_t len;
    for (;;)
        switch (roll_stream_next(line->stream, &data, &len)) {
        case ROLL_STREAM_MORE:
            return true;
        case ROLL_STREAM_BROKEN:
            return false;
        case ROLL_STREAM_MESSAGE:
            received(user_data, (const char *)data, len);
            break;
        default:
            break;
        }
}

static bool
streams_receive(SimLines *base, unsigned i, SimLinesReceived received, void *user_data)
{
    Streams *self = (Streams *)base;
    Line *line = &self->lines[i];
    char chunk[CHUNK];
    g_autoptr(GError) error = NULL;
    if (!line->connection)
        return false;
    gssize n =
        g_pollable_input_stream_read_nonblocking(line->in, chunk, sizeof chunk, NULL, &error);
    if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return false;
    if (n > 0)
        roll_stream_push(line->stream, chunk, (size_t)n);
    if (n > 0 && take_messages(line, received, user_data))
        return true;
    open_again(self, i);
    return false;
}

static void
streams_free(SimLines *base)
{
    Streams *self = (Streams *)base;
    for (unsigned i = 0; i < base->n; i++) {
        close_line(&self->lines[i]);
        g_byte_array_unref(self->lines[i].unsent);
    }
    g_free(self->lines);
    g_clear_object(&self->client);
    g_clear_object(&self->address);
}

static const SimLinesClass STREAMS = {streams_send, streams_flush, streams_receive, streams_free};

SimLines *
sim_streams_open(const SimPeer *peer, unsigned n, GError **error)
{
    Streams *self = g_new0(Streams, 1);
    g_autoptr(SimLines) base = &self->base;
    base->class = &STREAMS;
    base->n = n;
    base->fds = g_new0(struct pollfd, n);
    base->sent_by = g_new0(char *, n + 1);
    self->lines = g_new0(Line, n);
    for (unsigned i = 0; i < n; i++)
        self->lines[i].unsent = g_byte_array_new();
    self->address = g_object_ref(peer->address);
    self->client = sim_dial_new(peer->transport);
    for (unsigned i = 0; i < n; i++)
        if (!open_line(self, i, error))
            return NULL;
    return g_steal_pointer(&base);
}
