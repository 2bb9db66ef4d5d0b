/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listen.h"

#include <gio/gnetworking.h>

static GSocket *
open_socket(const RollListen *listen, GError **error)
{
    bool datagrams = listen->transport == ROLL_TRANSPORT_UDP;
    g_autoptr(GSocketAddress) address =
        g_inet_socket_address_new_from_string(listen->address, listen->port);
    if (!address) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" is no IP address",
                    listen->address);
        return NULL;
    }
    GSocketFamily family = g_socket_address_get_family(address);
    g_autoptr(GSocket) socket =
        g_socket_new(family, datagrams ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
                     datagrams ? G_SOCKET_PROTOCOL_UDP : G_SOCKET_PROTOCOL_TCP, error);
    if (!socket)
        return NULL;
    /* IPv6 alone: an IPv4 listener beside it has its own socket. */
    if (family == G_SOCKET_FAMILY_IPV6)
        g_socket_set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
    g_socket_set_blocking(socket, FALSE);
    /* A stream's port may be taken again at once after a restart; a datagram's would be shared. */
    if (!g_socket_bind(socket, address, !datagrams, error))
        return NULL;
    return g_steal_pointer(&socket);
}

GSocket *
roll_listen_open(const RollListen *listen, uint16_t *port, GError **error)
{
    static const char *const names[] = {"udp", "tcp", "tls"};
    g_autoptr(GSocket) socket = open_socket(listen, error);
    g_autoptr(GSocketAddress) bound = socket ? g_socket_get_local_address(socket, error) : NULL;
    if (!bound) {
        g_prefix_error(error, "cannot listen on %s:%s:%u: ", names[listen->transport],
                       listen->address, listen->port);
        return NULL;
    }
    *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    return g_steal_pointer(&socket);
}
