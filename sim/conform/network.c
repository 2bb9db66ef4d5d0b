/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar behind a socket. One connection serves the whole run and is opened again when the
 * far end has closed it. Datagrams and streams are read alike, without blocking, because a read
 * through TLS keeps no timeout of its own. */
#include "sim/conform/target.h"
#include "sim/net/dial.h"

/* An answer that takes longer is none: a client would have asked again by then. */
enum { PATIENCE_MS = 1200, PACKET_MAX = 65536 };

typedef struct {
    SimTarget base;
    RollTransport transport;
    char *host;
    uint16_t port;
    bool slow;
    GSocketConnection *connection;
    GByteArray *unread;
    GByteArray *last;
    bool again;
} NetworkTarget;

static bool
open_connection(NetworkTarget *self, GError **error)
{
    g_autoptr(GSocketClient) client = sim_dial_new(self->transport);
    g_clear_object(&self->connection);
    g_byte_array_set_size(self->unread, 0);
    self->connection = g_socket_client_connect_to_host(client, self->host, self->port, NULL, error);
    if (!self->connection)
        return false;
    g_autoptr(GSocketAddress) local =
        g_socket_connection_get_local_address(self->connection, error);
    if (!local)
        return false;
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(local);
    GInetAddress *address = g_inet_socket_address_get_address(inet);
    g_autofree char *text = g_inet_address_to_string(address);
    bool wide = g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6;
    g_free(self->base.sent_by);
    self->base.sent_by =
        g_strdup_printf(wide ? "[%s]:%u" : "%s:%u", text, g_inet_socket_address_get_port(inet));
    return true;
}

static const char *
network_prepare(SimTarget *base, const SimWish *wish)
{
    NetworkTarget *self = (NetworkTarget *)base;
    if (wish->min_expires || wish->max_expires || wish->max_bindings)
        return "the limits of the registrar are not known";
    if (wish->authenticate && !base->authenticates)
        return "the registrar asks for no credentials";
    if (!self->connection && !open_connection(self, NULL))
        return "the connection was refused";
    return NULL;
}

static void
write_out(NetworkTarget *self, const void *data, size_t len)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        if (!self->connection && !open_connection(self, NULL))
            return;
        GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(self->connection));
        if (g_output_stream_write_all(out, data, len, NULL, NULL, NULL))
            return;
        g_clear_object(&self->connection);
    }
}

static void
network_send(SimTarget *base, const void *data, size_t len)
{
    NetworkTarget *self = (NetworkTarget *)base;
    g_byte_array_set_size(self->last, 0);
    g_byte_array_append(self->last, data, (guint)len);
    self->again = base->stream;
    write_out(self, data, len);
}

/* Some servers close a stream after a request they refused, with the next one on its way. */
static bool
send_again(NetworkTarget *self)
{
    bool again = self->again && !self->connection;
    self->again = false;
    if (again)
        write_out(self, self->last->data, self->last->len);
    return again && self->connection;
}

/* Length of the first message in @data, or 0 if it is not whole. A pong is a message too. */
static size_t
first_message(const GByteArray *data)
{
    const char *text = (const char *)data->data;
    if (data->len == 0)
        return 0;
    if (data->len >= 2 && memcmp(text, "\r\n", 2) == 0)
        return 2;
    const char *end = g_strstr_len(text, data->len, "\r\n\r\n");
    if (!end)
        return 0;
    size_t head = (size_t)(end - text) + 4, body = 0;
    for (const char *line = text; line < end; line = g_strstr_len(line, head, "\r\n") + 2) {
        if (g_ascii_strncasecmp(line, "Content-Length:", 15) == 0)
            body = (size_t)g_ascii_strtoull(line + 15, NULL, 10);
        else if (g_ascii_strncasecmp(line, "l:", 2) == 0)
            body = (size_t)g_ascii_strtoull(line + 2, NULL, 10);
    }
    return head + body <= data->len ? head + body : 0;
}

/* Returns: false when nothing more will come in time. */
static bool
read_more(NetworkTarget *self, gint64 deadline)
{
    char buffer[PACKET_MAX];
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(self->connection));
    g_autoptr(GError) error = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(in), buffer,
                                                        sizeof buffer, NULL, &error);
    if (n > 0) {
        g_byte_array_append(self->unread, (guint8 *)buffer, (guint)n);
        return true;
    }
    if (n < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        gint64 left = deadline - g_get_monotonic_time();
        GSocket *socket = g_socket_connection_get_socket(self->connection);
        return left > 0 && g_socket_condition_timed_wait(socket, G_IO_IN, left, NULL, NULL);
    }
    g_clear_object(&self->connection);
    return false;
}

static bool
network_receive(SimTarget *base, GByteArray *out)
{
    NetworkTarget *self = (NetworkTarget *)base;
    gint64 deadline = g_get_monotonic_time() + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
    size_t len = base->stream ? first_message(self->unread) : 0;
    g_byte_array_set_size(out, 0);
    while (len == 0) {
        bool more = self->connection && read_more(self, deadline);
        if (!more && !send_again(self))
            return false;
        len = base->stream ? first_message(self->unread) : self->unread->len;
    }
    self->again = false;
    g_byte_array_append(out, self->unread->data, (guint)len);
    g_byte_array_remove_range(self->unread, 0, (guint)len);
    return true;
}

static bool
network_advance(SimTarget *base, RollTime span)
{
    NetworkTarget *self = (NetworkTarget *)base;
    /* A few seconds anybody can spare. */
    if (!self->slow && span > 6 * ROLL_SECOND)
        return false;
    g_usleep((gulong)span);
    return true;
}

static void
network_free(SimTarget *base)
{
    NetworkTarget *self = (NetworkTarget *)base;
    g_clear_object(&self->connection);
    g_byte_array_unref(self->unread);
    g_byte_array_unref(self->last);
    g_free(self->host);
}

static const SimTargetClass NETWORK = {
    network_prepare, network_send, network_receive, network_advance, network_free,
};

/* Cuts `udp:HOST:PORT`; HOST may be an IPv6 reference. */
static bool
read_address(NetworkTarget *self, const char *address)
{
    static const char *const transports[] = {"udp:", "tcp:", "tls:"};
    static const char *const names[] = {"UDP", "TCP", "TLS"};
    guint64 port;
    const char *colon = strrchr(address, ':');
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++) {
        if (!g_str_has_prefix(address, transports[i]) || colon - address < 5)
            continue;
        self->base.transport = names[i];
        self->transport = (RollTransport)i; /* in its order */
        self->base.stream = i > 0;
        self->host = g_strndup(address + 4, (gsize)(colon - address) - 4);
        if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
            return false;
        self->port = (uint16_t)port;
        return true;
    }
    return false;
}

SimTarget *
sim_target_new_network(const char *address, const char *domain, const char *username,
                       const char *password, bool slow, GError **error)
{
    NetworkTarget *self = g_new0(NetworkTarget, 1);
    g_autoptr(SimTarget) base = &self->base;
    base->class = &NETWORK;
    self->unread = g_byte_array_new();
    self->last = g_byte_array_new();
    self->slow = slow;
    if (!read_address(self, address)) {
        g_set_error(error, SIM_TARGET_ERROR, SIM_TARGET_ERROR_ADDRESS,
                    "\"%s\" is no address; it looks like udp:127.0.0.1:5060, tcp:... or tls:...",
                    address);
        return NULL;
    }
    base->domain = g_strdup(domain ? domain : self->host);
    base->username = g_strdup(username);
    base->password = g_strdup(password);
    base->only_user = username != NULL;
    if (!open_connection(self, error))
        return NULL;
    return g_steal_pointer(&base);
}
