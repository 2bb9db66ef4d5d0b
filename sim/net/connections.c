/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing here blocks: what cannot be written yet waits with its connection. A TLS connection is
 * made on another thread, as that takes milliseconds of processor; it comes to us by the default
 * main context, which is looked after while any is on its way.
 *
 * On the loopback network any certificate is good, as the far end is this machine. */
#include "sim/net/connections.h"

#include <rollcall/stream.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors that are left to the rest of the program. */
#define SPARE 64
#define MOST 16384
#define EVENTS 64
#define TLS_PATIENCE_S 10

typedef struct {
    uint32_t flow;
    int fd;
    bool wants_out;
    GIOStream *stream; /* NULL while it is being made */
    uint32_t serial;
    RollStream *parts;
    GByteArray *out;
    GList *used; /* its place in the order of use */
} Connection;

struct SimConnections {
    const SimPeer *peer;
    bool local;
    int epoll;
    guint most;
    GHashTable *by_flow; /* flow -> Connection */
    GQueue used;         /* flows, the latest first */
    uint32_t serial;
    unsigned in_making;
    GCancellable *end;
    uint32_t ready[EVENTS];
    int n_ready;
};

/* A TLS connection in the making; the one it is for may be gone when it is done. */
typedef struct {
    SimConnections *owner;
    uint32_t flow;
    uint32_t source;
    uint32_t serial;
} Making;

static void
connection_free(gpointer data)
{
    Connection *self = data;
    roll_stream_free(self->parts);
    g_clear_object(&self->stream); /* closes the socket */
    g_byte_array_unref(self->out);
    g_free(self);
}

static guint
find_most(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return SPARE;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (guint)CLAMP(limit.rlim_cur - SPARE, 16, MOST);
}

SimConnections *
sim_connections_new(const SimPeer *peer, bool local)
{
    SimConnections *self = g_new0(SimConnections, 1);
    self->peer = peer;
    self->local = local;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->most = find_most();
    self->by_flow = g_hash_table_new_full(NULL, NULL, NULL, connection_free);
    self->end = g_cancellable_new();
    g_queue_init(&self->used);
    return self;
}

void
sim_connections_free(SimConnections *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->end);
    while (self->in_making > 0)
        g_main_context_iteration(NULL, TRUE);
    g_hash_table_unref(self->by_flow);
    g_object_unref(self->end);
    g_queue_clear(&self->used);
    if (self->epoll >= 0)
        close(self->epoll);
    g_free(self);
}

int
sim_connections_fd(const SimConnections *self)
{
    return self->epoll;
}

bool
sim_connections_urge(const SimConnections *self)
{
    return self->n_ready > 0 || self->in_making > 0;
}

static Connection *
find(const SimConnections *self, uint32_t flow)
{
    return g_hash_table_lookup(self->by_flow, GUINT_TO_POINTER(flow));
}

static void
drop(SimConnections *self, uint32_t flow)
{
    Connection *connection = find(self, flow);
    if (connection == NULL)
        return;
    if (connection->stream != NULL)
        epoll_ctl(self->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
    g_queue_delete_link(&self->used, connection->used);
    g_hash_table_remove(self->by_flow, GUINT_TO_POINTER(flow));
}

static void
watch(SimConnections *self, Connection *connection, int operation, bool wants_out)
{
    struct epoll_event event = {.events = wants_out ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                .data.u32 = connection->flow};
    connection->wants_out = wants_out;
    epoll_ctl(self->epoll, operation, connection->fd, &event);
}

static gboolean
accept_any(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           void *data)
{
    (void)tls, (void)certificate, (void)errors, (void)data;
    return TRUE;
}

static GSocket *
open_socket(const SimPeer *peer, uint32_t source, bool blocking)
{
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_autoptr(GError) error = NULL;
    if (socket == NULL)
        return NULL;
    uint32_t order = GUINT32_TO_BE(source);
    g_autoptr(GInetAddress) address =
        g_inet_address_new_from_bytes((const guint8 *)&order, G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) from = g_inet_socket_address_new(address, 0);
    g_socket_set_blocking(socket, blocking);
    g_socket_set_timeout(socket, blocking ? TLS_PATIENCE_S : 0);
    if (!g_socket_bind(socket, from, TRUE, NULL) ||
        (!g_socket_connect(socket, peer->address, NULL, &error) &&
         !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PENDING)))
        return NULL;
    return g_steal_pointer(&socket);
}

/* Returns: false if the connection is broken. */
static bool
flush(SimConnections *self, Connection *connection)
{
    g_autoptr(GError) error = NULL;
    if (connection->stream == NULL)
        return true;
    GPollableOutputStream *out =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(connection->stream));
    while (connection->out->len > 0 && error == NULL) {
        gssize n = g_pollable_output_stream_write_nonblocking(out, connection->out->data,
                                                              connection->out->len, NULL, &error);
        if (n > 0)
            g_byte_array_remove_range(connection->out, 0, (guint)n);
    }
    bool blocked = connection->out->len > 0;
    if (blocked && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) &&
        !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED))
        return false;
    if (blocked != connection->wants_out)
        watch(self, connection, EPOLL_CTL_MOD, blocked);
    return true;
}

/* On another thread: nothing of the connections is touched but what never changes. */
static void
make_tls(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Making *making = data;
    const SimPeer *peer = making->owner->peer;
    g_autoptr(GSocket) socket = open_socket(peer, making->source, true);
    (void)source;
    if (socket == NULL) {
        g_task_return_pointer(task, NULL, NULL);
        return;
    }
    g_autoptr(GIOStream) plain = G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
    g_autoptr(GSocketConnectable) name = g_network_address_new(peer->host, peer->port);
    g_autoptr(GIOStream) tls = NULL;
    GType type = g_tls_backend_get_client_connection_type(g_tls_backend_get_default());
    if (making->owner->local) {
        /* The certificates of the world's authorities would be read for each connection. */
        tls = g_initable_new(type, NULL, NULL, "base-io-stream", plain, "server-identity", name,
                             "database", NULL, NULL);
        g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_any), NULL);
    } else {
        tls = g_tls_client_connection_new(plain, name, NULL);
    }
    bool done = tls != NULL && g_tls_connection_handshake(G_TLS_CONNECTION(tls), cancellable, NULL);
    g_socket_set_timeout(socket, 0);
    g_task_return_pointer(task, done ? g_steal_pointer(&tls) : NULL, g_object_unref);
}

static void
take_stream(SimConnections *self, Connection *connection, GIOStream *stream)
{
    g_autoptr(GIOStream) base = NULL;
    connection->stream = stream;
    if (G_IS_TLS_CONNECTION(stream))
        g_object_get(stream, "base-io-stream", &base, NULL);
    GSocketConnection *plain = G_SOCKET_CONNECTION(base != NULL ? base : stream);
    connection->fd = g_socket_get_fd(g_socket_connection_get_socket(plain));
    watch(self, connection, EPOLL_CTL_ADD, false);
}

static void
on_tls(GObject *source, GAsyncResult *result, gpointer data)
{
    Making *making = g_task_get_task_data(G_TASK(result));
    SimConnections *self = making->owner;
    GIOStream *stream = g_task_propagate_pointer(G_TASK(result), NULL);
    Connection *connection = find(self, making->flow);
    (void)source;
    (void)data;
    self->in_making--;
    if (connection == NULL || connection->serial != making->serial) {
        g_clear_object(&stream);
        return;
    }
    if (stream != NULL)
        take_stream(self, connection, stream);
    if (stream == NULL || !flush(self, connection))
        drop(self, making->flow);
}

static void
begin_tls(SimConnections *self, const Connection *connection, uint32_t source)
{
    Making *making = g_new(Making, 1);
    *making = (Making){self, connection->flow, source, connection->serial};
    g_autoptr(GTask) task = g_task_new(NULL, self->end, on_tls, NULL);
    g_task_set_task_data(task, making, g_free);
    g_task_run_in_thread(task, make_tls);
    self->in_making++;
}

static Connection *
add_connection(SimConnections *self, uint32_t flow)
{
    Connection *connection = g_new0(Connection, 1);
    connection->flow = flow;
    connection->serial = ++self->serial;
    connection->parts = roll_stream_new(SIM_NET_PACKET - 1, false);
    connection->out = g_byte_array_new();
    g_hash_table_insert(self->by_flow, GUINT_TO_POINTER(flow), connection);
    g_queue_push_head(&self->used, GUINT_TO_POINTER(flow));
    connection->used = self->used.head;
    if (g_hash_table_size(self->by_flow) > self->most)
        drop(self, GPOINTER_TO_UINT(g_queue_peek_tail(&self->used)));
    return connection;
}

static Connection *
open_connection(SimConnections *self, uint32_t flow, uint32_t source)
{
    Connection *connection;
    if (self->peer->transport == ROLL_TRANSPORT_TLS) {
        connection = add_connection(self, flow);
        begin_tls(self, connection, source);
        return connection;
    }
    g_autoptr(GSocket) socket = open_socket(self->peer, source, false);
    if (socket == NULL)
        return NULL;
    connection = add_connection(self, flow);
    take_stream(self, connection,
                G_IO_STREAM(g_socket_connection_factory_create_connection(socket)));
    return connection;
}

bool
sim_connections_send(SimConnections *self, uint32_t flow, uint32_t source, const void *data,
                     size_t len)
{
    Connection *connection = find(self, flow);
    if (connection == NULL)
        connection = open_connection(self, flow, source);
    if (connection == NULL)
        return false;
    g_queue_unlink(&self->used, connection->used);
    g_queue_push_head_link(&self->used, connection->used);
    g_byte_array_append(connection->out, data, (guint)len);
    if (flush(self, connection))
        return true;
    drop(self, flow);
    return false;
}

/* Returns: false if nothing came, or the connection is at its end. */
static bool
read_more(SimConnections *self, Connection *connection)
{
    char room[16384];
    GPollableInputStream *in =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(connection->stream));
    g_autoptr(GError) error = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking(in, room, sizeof room, NULL, &error);
    if (n > 0)
        roll_stream_push(connection->parts, room, (size_t)n);
    else if (n == 0 || (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) &&
                        !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED)))
        drop(self, connection->flow);
    return n > 0;
}

/* The next message of a connection. Returns: 0 if there is none now. */
static size_t
take(SimConnections *self, Connection *connection, uint8_t *buffer)
{
    const uint8_t *data;
    size_t len;
    for (;;) {
        switch (roll_stream_next(connection->parts, &data, &len)) {
        case ROLL_STREAM_MESSAGE:
            memcpy(buffer, data, len);
            return len;
        case ROLL_STREAM_BROKEN:
            drop(self, connection->flow);
            return 0;
        case ROLL_STREAM_MORE:
            if (!read_more(self, connection))
                return 0;
            break;
        default:
            break;
        }
    }
}

/* What can be written is; and what can be read is noted. */
static bool
look(SimConnections *self)
{
    struct epoll_event events[EVENTS];
    while (self->in_making > 0 && g_main_context_iteration(NULL, FALSE))
        ;
    int n = epoll_wait(self->epoll, events, EVENTS, 0);
    for (int i = 0; i < n; i++) {
        uint32_t flow = events[i].data.u32;
        Connection *connection = find(self, flow);
        if (connection != NULL && connection->wants_out && !flush(self, connection))
            drop(self, flow);
        self->ready[self->n_ready++] = flow;
    }
    return n > 0;
}

size_t
sim_connections_receive(SimConnections *self, uint8_t *buffer)
{
    /* What a look finds is gone through once; what is left of it the next look finds again. */
    for (bool looked = false; self->n_ready > 0 || (!looked && look(self)); looked = true) {
        while (self->n_ready > 0) {
            Connection *connection = find(self, self->ready[self->n_ready - 1]);
            size_t len = connection != NULL && connection->stream != NULL
                             ? take(self, connection, buffer)
                             : 0;
            if (len > 0)
                return len;
            self->n_ready--;
        }
    }
    return 0;
}
