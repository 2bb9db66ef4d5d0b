/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/net.h"
#include "sim/net/connections.h"
#include "sim/net/datagrams.h"

#include <poll.h>
#include <unistd.h>

struct SimNet {
    struct sockaddr_in peer;
    struct sockaddr_in local;
    int socket; /* over TCP it only tells which address is ours */
    SimConnections *connections;
    SimNetCounts counts;
};

SimNet *
sim_net_new(const SimPeer *peer, GError **error)
{
    g_autoptr(SimNet) self = g_new0(SimNet, 1);
    self->socket = -1;
    if (g_socket_address_get_family(peer->address) != G_SOCKET_FAMILY_IPV4 ||
        !g_socket_address_to_native(peer->address, &self->peer, sizeof self->peer, NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "phones have IPv4 addresses: name the registrar by one, e.g. 127.0.0.1");
        return NULL;
    }
    self->socket = sim_net_datagrams_open(&self->peer, &self->local, error);
    if (self->socket < 0)
        return NULL;
    if (peer->transport != ROLL_TRANSPORT_UDP)
        self->connections = sim_connections_new(peer, sim_net_spreads(self));
    return g_steal_pointer(&self);
}

void
sim_net_free(SimNet *self)
{
    if (self == NULL)
        return;
    sim_connections_free(self->connections);
    if (self->socket >= 0)
        close(self->socket);
    g_free(self);
}

bool
sim_net_spreads(const SimNet *self)
{
    return ntohl(self->peer.sin_addr.s_addr) >> 24 == 127;
}

uint16_t
sim_net_port(const SimNet *self)
{
    return ntohs(self->local.sin_port);
}

uint32_t
sim_net_host(const SimNet *self)
{
    return ntohl(self->local.sin_addr.s_addr);
}

void
sim_net_send(SimNet *self, uint32_t flow, uint32_t source, const void *data, size_t len)
{
    bool taken = self->connections != NULL
                     ? sim_connections_send(self->connections, flow, source, data, len)
                     : sim_net_datagrams_send(self->socket, &self->peer, source, data, len);
    self->counts.sent += taken;
    self->counts.dropped += !taken;
}

static bool
is_peer(const SimNet *self, const struct sockaddr_in *from)
{
    return from->sin_addr.s_addr == self->peer.sin_addr.s_addr &&
           from->sin_port == self->peer.sin_port;
}

size_t
sim_net_receive(SimNet *self, uint8_t *buffer, int64_t *ret_age)
{
    struct sockaddr_in from = self->peer;
    size_t n = 0;
    *ret_age = 0;
    if (self->connections != NULL) {
        n = sim_connections_receive(self->connections, buffer);
    } else {
        while ((n = sim_net_datagrams_receive(self->socket, buffer, &from, ret_age)) > 0 &&
               !is_peer(self, &from))
            self->counts.strangers++;
    }
    self->counts.received += n > 0;
    return n;
}

/* So long something that tells nobody is given. */
#define URGED_NS INT64_C(1000000)

void
sim_net_wait(SimNet *self, int64_t ns)
{
    bool streams = self->connections != NULL;
    struct pollfd wanted = {streams ? sim_connections_fd(self->connections) : self->socket, POLLIN,
                            0};
    if (streams && sim_connections_urge(self->connections))
        ns = MIN(ns, URGED_NS);
    struct timespec time = {ns / 1000000000, ns % 1000000000};
    ppoll(&wanted, 1, &time, NULL);
}

const SimNetCounts *
sim_net_counts(const SimNet *self)
{
    return &self->counts;
}
