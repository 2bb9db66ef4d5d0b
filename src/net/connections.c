/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Listeners for streams, and the table of connections by their far end. Connections are bounded in
 * all and for one source, so that nobody can take every place. */
#include "connections.h"

#include "connection.h"
#include "endpoint.h"
#include "listen.h"
#include "source.h"
#include <string.h>

/* PAUSE_MS: without a free descriptor the next connection stays readable; asking at once and for
 * ever would do nothing else. */
enum { ACCEPTS = 64, BACKLOG = 1024, PAUSE_MS = 200 };

typedef struct {
    RollConnections *owner;
    uint16_t id;
    uint16_t port;
    RollTransport transport;
    GSocket *socket;
    GSource *source;
    GSource *pause;
} Listener;

struct RollConnections {
    RollServer *server;
    GPtrArray *listeners;
    RollTlsKeys *keys;
    GHashTable *all;     /* RollEndpoint -> RollConnection */
    GHashTable *sources; /* RollEndpoint without port -> how many */
};

static guint
hash_endpoint(gconstpointer data)
{
    const uint8_t *bytes = data;
    guint hash = 5381;
    for (size_t i = 0; i < sizeof(RollEndpoint); i++)
        hash = hash * 33 + bytes[i];
    return hash;
}

static gboolean
equal_endpoint(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(RollEndpoint)) == 0;
}

static void
free_listener(gpointer data)
{
    Listener *self = data;
    roll_source_stop(&self->source);
    roll_source_stop(&self->pause);
    g_clear_object(&self->socket);
    g_free(self);
}

RollConnections *
roll_connections_new(RollServer *server)
{
    RollConnections *self = g_new0(RollConnections, 1);
    self->server = server;
    self->listeners = g_ptr_array_new_with_free_func(free_listener);
    self->all = g_hash_table_new(hash_endpoint, equal_endpoint);
    self->sources = g_hash_table_new_full(hash_endpoint, equal_endpoint, g_free, NULL);
    return self;
}

void
roll_connections_free(RollConnections *self)
{
    GHashTableIter iter;
    gpointer connection;
    g_ptr_array_unref(self->listeners);
    g_hash_table_iter_init(&iter, self->all);
    while (g_hash_table_iter_next(&iter, NULL, &connection)) {
        g_hash_table_iter_steal(&iter);
        roll_connection_free(connection);
    }
    g_hash_table_unref(self->all);
    g_hash_table_unref(self->sources);
    roll_tls_keys_unref(self->keys);
    g_free(self);
}

static RollEndpoint
source_of(const RollEndpoint *peer)
{
    RollEndpoint source = {.family = peer->family};
    memcpy(source.address, peer->address, peer->family == 6 ? 8 : 4);
    return source;
}

static size_t
count_source(const RollConnections *self, const RollEndpoint *peer)
{
    RollEndpoint source = source_of(peer);
    return GPOINTER_TO_SIZE(g_hash_table_lookup(self->sources, &source));
}

static void
set_source(RollConnections *self, const RollEndpoint *peer, size_t n)
{
    RollEndpoint source = source_of(peer);
    if (n == 0)
        g_hash_table_remove(self->sources, &source);
    else
        g_hash_table_replace(self->sources, g_memdup2(&source, sizeof source), GSIZE_TO_POINTER(n));
}

static void
on_closed(void *data, RollConnection *connection)
{
    RollConnections *self = data;
    const RollEndpoint *peer = roll_connection_peer(connection);
    g_hash_table_remove(self->all, peer);
    set_source(self, peer, count_source(self, peer) - 1);
    /* RFC 5626: a flow goes with its connection. */
    roll_registrar_drop_flow(self->server->registrar, roll_server_now(self->server), peer);
    roll_connection_free(connection);
    roll_server_flush(self->server);
}

static bool
has_room(const RollConnections *self, const RollEndpoint *peer)
{
    const RollServerConfig *config = &self->server->config;
    bool exempt = roll_endpoint_is_loopback(peer) && !config->limit_loopback;
    return g_hash_table_size(self->all) < config->max_connections &&
           (exempt || count_source(self, peer) < config->max_connections_per_source);
}

static void
take(Listener *listener, GSocket *socket, const RollEndpoint *peer)
{
    RollConnections *self = listener->owner;
    RollTlsKeys *keys = listener->transport == ROLL_TRANSPORT_TLS ? self->keys : NULL;
    /* One client, one port of his, two of our listeners: he is found at the newer connection. */
    RollConnection *old = g_hash_table_lookup(self->all, peer);
    if (old)
        on_closed(self, old);
    RollConnection *connection =
        roll_connection_new(self->server, listener->id, socket, peer, keys, on_closed, self);
    if (!connection)
        return;
    g_hash_table_insert(self->all, (gpointer)roll_connection_peer(connection), connection);
    set_source(self, peer, count_source(self, peer) + 1);
}

static bool
read_peer(GSocket *socket, RollTransport transport, RollEndpoint *peer)
{
    struct sockaddr_storage name = {0};
    socklen_t len = sizeof name;
    return getpeername(g_socket_get_fd(socket), (struct sockaddr *)&name, &len) == 0 &&
           roll_endpoint_from(&name, transport, peer);
}

static void wait_for_clients(Listener *self);

static gboolean
on_pause_over(gpointer data)
{
    Listener *self = data;
    roll_source_stop(&self->pause);
    wait_for_clients(self);
    return G_SOURCE_REMOVE;
}

static void
pause_listener(Listener *self, const GError *error)
{
    ROLL_LOG(self->owner->server, ROLL_LOG_WARNING, "accept-failed", {"reason", error->message});
    roll_source_stop(&self->source);
    self->pause = g_timeout_source_new(PAUSE_MS);
    g_source_set_callback(self->pause, on_pause_over, self, NULL);
    g_source_attach(self->pause, self->owner->server->context);
}

/* Returns: false when there is nobody, for now. */
static bool
take_next(Listener *self)
{
    RollServer *server = self->owner->server;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocket) accepted = g_socket_accept(self->socket, NULL, &error);
    RollEndpoint peer;
    if (!accepted) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            pause_listener(self, error);
        return false;
    }
    if (!read_peer(accepted, self->transport, &peer) ||
        !roll_server_admits(server, roll_server_now(server), &peer))
        return true;
    if (has_room(self->owner, &peer))
        take(self, accepted, &peer);
    else
        server->counters.refused_connections++;
    return true;
}

static gboolean
on_incoming(GSocket *socket, GIOCondition condition, gpointer data)
{
    (void)socket, (void)condition;
    Listener *self = data;
    for (int i = 0; i < ACCEPTS && take_next(self); i++)
        continue;
    return self->source ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
wait_for_clients(Listener *self)
{
    self->source = g_socket_create_source(self->socket, G_IO_IN, NULL);
    g_source_set_callback(self->source, G_SOURCE_FUNC(on_incoming), self, NULL);
    g_source_attach(self->source, self->owner->server->context);
}

bool
roll_connections_reload(RollConnections *self, GError **error)
{
    const RollServerConfig *config = &self->server->config;
    if (!config->certificate || !config->private_key) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "TLS needs a certificate and its private key");
        return false;
    }
    RollTlsKeys *keys = roll_tls_keys_load(config->certificate, config->private_key, error);
    if (!keys)
        return false;
    roll_tls_keys_unref(self->keys);
    self->keys = keys;
    return true;
}

bool
roll_connections_listen(RollConnections *self, uint16_t id, const RollListen *listen,
                        GError **error)
{
    bool tls = listen->transport == ROLL_TRANSPORT_TLS;
    Listener *listener = g_new0(Listener, 1);
    listener->owner = self;
    listener->id = id;
    listener->transport = listen->transport;
    g_ptr_array_add(self->listeners, listener);
    if (tls && !self->keys && !roll_connections_reload(self, error))
        return false;
    listener->socket = roll_listen_open(listen, &listener->port, error);
    if (!listener->socket)
        return false;
    g_socket_set_listen_backlog(listener->socket, BACKLOG);
    if (!g_socket_listen(listener->socket, error))
        return false;
    wait_for_clients(listener);
    return true;
}

void
roll_connections_stop(RollConnections *self)
{
    GHashTableIter iter;
    gpointer connection;
    g_ptr_array_set_size(self->listeners, 0);
    g_hash_table_iter_init(&iter, self->all);
    while (g_hash_table_iter_next(&iter, NULL, &connection))
        roll_connection_stop(connection);
}

uint16_t
roll_connections_port(const RollConnections *self, uint16_t id)
{
    for (guint i = 0; i < self->listeners->len; i++) {
        const Listener *listener = self->listeners->pdata[i];
        if (listener->id == id)
            return listener->port;
    }
    return 0;
}

bool
roll_connections_send(RollConnections *self, const RollPacket *packet)
{
    RollConnection *connection = g_hash_table_lookup(self->all, &packet->peer);
    return connection && roll_connection_send(connection, packet->data, packet->len);
}

size_t
roll_connections_count(const RollConnections *self)
{
    return g_hash_table_size(self->all);
}
