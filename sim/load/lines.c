/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/lines.h"

#include <poll.h>

SimLines *
sim_lines_open(const SimPeer *peer, unsigned n, GError **error)
{
    if (peer->transport == ROLL_TRANSPORT_UDP)
        return sim_datagrams_open(peer, n, error);
    return sim_streams_open(peer, n, error);
}

void
sim_lines_free(SimLines *self)
{
    if (!self)
        return;
    self->class->free(self);
    g_strfreev(self->sent_by);
    g_free(self->fds);
    g_free(self);
}

void
sim_lines_send(SimLines *self, unsigned line, const char *data, size_t len)
{
    self->class->send(self, line, data, len);
}

void
sim_lines_flush(SimLines *self)
{
    self->class->flush(self);
}

bool
sim_lines_wait(SimLines *self, int64_t timeout)
{
    struct timespec limit = {timeout / 1000000, timeout % 1000000 * 1000};
    int ready = ppoll(self->fds, self->n, timeout < 0 ? NULL : &limit, NULL);
    if (ready > 0)
        return true;
    for (unsigned i = 0; i < self->n; i++)
        self->fds[i].revents = 0;
    return false;
}

bool
sim_lines_receive(SimLines *self, SimLinesReceived received, void *user_data)
{
    bool more = false;
    for (unsigned i = 0; i < self->n; i++) {
        if (self->fds[i].revents == 0)
            continue;
        if (self->class->receive(self, i, received, user_data))
            more = true;
        else
            self->fds[i].revents = 0;
    }
    return more;
}

char *
sim_lines_name(GSocket *socket, GError **error)
{
    g_autoptr(GSocketAddress) near = g_socket_get_local_address(socket, error);
    if (!near)
        return NULL;
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(near);
    GInetAddress *address = g_inet_socket_address_get_address(inet);
    g_autofree char *text = g_inet_address_to_string(address);
    bool wide = g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6;
    return g_strdup_printf(wide ? "[%s]:%u" : "%s:%u", text, g_inet_socket_address_get_port(inet));
}
