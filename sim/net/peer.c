/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/peer.h"

#include <string.h>

G_DEFINE_QUARK(sim - peer - error - quark, sim_peer_error)

/* Cuts `udp:HOST:PORT`; HOST may be an IPv6 reference in brackets. */
static bool
cut(const char *text, SimPeer *out)
{
    static const char *const names[] = {"udp:", "tcp:", "tls:"};
    static const RollTransport transports[] = {ROLL_TRANSPORT_UDP, ROLL_TRANSPORT_TCP,
                                               ROLL_TRANSPORT_TLS};
    guint64 port;
    const char *colon = strrchr(text, ':');
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_str_has_prefix(text, names[i]) || colon - text < 5 ||
            !g_ascii_string_to_unsigned(colon + 1, 10, 1, UINT16_MAX, &port, NULL))
            continue;
        const char *host = text + 4;
        bool wide = host[0] == '[' && colon[-1] == ']' && colon - host > 2;
        out->transport = transports[i];
        out->host = wide ? g_strndup(host + 1, (gsize)(colon - host) - 2)
                         : g_strndup(host, (gsize)(colon - host));
        out->port = (uint16_t)port;
        return true;
    }
    return false;
}

static GSocketAddress *
resolve(const SimPeer *peer, GError **error)
{
    g_autoptr(GSocketConnectable) where = g_network_address_new(peer->host, peer->port);
    g_autoptr(GSocketAddressEnumerator) each = g_socket_connectable_enumerate(where);
    g_autoptr(GError) why = NULL;
    GSocketAddress *address = g_socket_address_enumerator_next(each, NULL, &why);
    if (!address)
        g_set_error(error, SIM_PEER_ERROR, SIM_PEER_ERROR_UNKNOWN_HOST,
                    "no address of \"%s\" is known: %s", peer->host,
                    why ? why->message : "it has none");
    return address;
}

static bool
is_loopback(GSocketAddress *address)
{
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(address);
    return g_inet_address_get_is_loopback(g_inet_socket_address_get_address(inet));
}

bool
sim_peer_parse(const char *text, bool allow_remote, SimPeer *out, GError **error)
{
    g_auto(SimPeer) peer = {0};
    if (!cut(text, &peer)) {
        g_set_error(error, SIM_PEER_ERROR, SIM_PEER_ERROR_ADDRESS,
                    "\"%s\" is no address; it looks like udp:127.0.0.1:5060, tcp:... or tls:...",
                    text);
        return false;
    }
    peer.address = resolve(&peer, error);
    if (!peer.address)
        return false;
    if (!allow_remote && !is_loopback(peer.address)) {
        g_set_error(error, SIM_PEER_ERROR, SIM_PEER_ERROR_REMOTE,
                    "\"%s\" is not this machine; --allow-remote sends there all the same", text);
        return false;
    }
    *out = peer;
    peer = (SimPeer){0};
    return true;
}

void
sim_peer_clear(SimPeer *self)
{
    g_clear_pointer(&self->host, g_free);
    g_clear_object(&self->address);
}
