/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * recvmmsg() and sendmmsg() over the descriptor of a GSocket. What the kernel has no room for is
 * dropped, as UDP drops it: clients send again (RFC 3261 section 17.1.2.2). */
#include "datagrams.h"

#include "endpoint.h"
#include "listen.h"
#include "source.h"
#include <errno.h>
#include <glib-unix.h>
#include <string.h>

/* BATCH datagrams a call; after ROUNDS of them everybody else has a turn. */
enum { BATCH = 64, ROUNDS = 4, DATAGRAM_MAX = 65536, BUFFER_BYTES = 8 << 20 };

struct RollDatagrams {
    RollServer *server;
    uint16_t id;
    GSocket *socket;
    GSource *source;
    uint16_t port;
    uint8_t family;
    uint8_t *space;
    struct mmsghdr in[BATCH];
    struct iovec in_parts[BATCH];
    struct sockaddr_storage in_names[BATCH];
    size_t n_out;
    struct mmsghdr out[BATCH];
    struct iovec out_parts[BATCH];
    struct sockaddr_storage out_names[BATCH];
};

static void
set_up(RollDatagrams *self)
{
    self->space = g_malloc((size_t)BATCH * DATAGRAM_MAX);
    for (size_t i = 0; i < BATCH; i++) {
        self->in_parts[i] = (struct iovec){self->space + i * DATAGRAM_MAX, DATAGRAM_MAX};
        self->in[i].msg_hdr.msg_iov = &self->in_parts[i];
        self->in[i].msg_hdr.msg_iovlen = 1;
        self->in[i].msg_hdr.msg_name = &self->in_names[i];
        self->out[i].msg_hdr.msg_iov = &self->out_parts[i];
        self->out[i].msg_hdr.msg_iovlen = 1;
        self->out[i].msg_hdr.msg_name = &self->out_names[i];
    }
}

static int
take_batch(RollDatagrams *self)
{
    for (size_t i = 0; i < BATCH; i++)
        self->in[i].msg_hdr.msg_namelen = sizeof self->in_names[i];
    int n = recvmmsg(g_socket_get_fd(self->socket), self->in, BATCH, MSG_DONTWAIT, NULL);
    RollTime now = roll_server_now(self->server);
    for (int i = 0; i < n; i++) {
        RollPacket packet = {.data = self->in_parts[i].iov_base, .len = self->in[i].msg_len};
        if (roll_endpoint_from(&self->in_names[i], ROLL_TRANSPORT_UDP, &packet.peer))
            roll_server_take(self->server, now, self->id, &packet);
    }
    if (n > 0)
        roll_server_flush(self->server);
    return n;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd, (void)condition;
    for (int round = 0; round < ROUNDS && take_batch(data) == BATCH; round++)
        continue;
    return G_SOURCE_CONTINUE;
}

RollDatagrams *
roll_datagrams_new(RollServer *server, uint16_t id, const RollListen *listen, GError **error)
{
    RollDatagrams *self = g_new0(RollDatagrams, 1);
    self->server = server;
    self->id = id;
    self->socket = roll_listen_open(listen, &self->port, error);
    if (!self->socket) {
        roll_datagrams_free(self);
        return NULL;
    }
    self->family = g_socket_get_family(self->socket) == G_SOCKET_FAMILY_IPV6 ? 6 : 4;
    /* The kernel cuts it to what it allows. */
    g_socket_set_option(self->socket, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES, NULL);
    g_socket_set_option(self->socket, SOL_SOCKET, SO_SNDBUF, BUFFER_BYTES, NULL);
    set_up(self);
    self->source = g_unix_fd_source_new(g_socket_get_fd(self->socket), G_IO_IN);
    g_source_set_callback(self->source, G_SOURCE_FUNC(on_readable), self, NULL);
    /* Nothing here runs the loop again; to keep a source from recursing costs two calls of the
     * system each time. */
    g_source_set_can_recurse(self->source, TRUE);
    g_source_attach(self->source, server->context);
    return self;
}

void
roll_datagrams_stop(RollDatagrams *self)
{
    roll_source_stop(&self->source);
}

void
roll_datagrams_free(RollDatagrams *self)
{
    if (!self)
        return;
    roll_datagrams_stop(self);
    g_clear_object(&self->socket);
    g_free(self->space);
    g_free(self);
}

uint16_t
roll_datagrams_port(const RollDatagrams *self)
{
    return self->port;
}

bool
roll_datagrams_reaches(const RollDatagrams *self, const RollEndpoint *peer)
{
    return peer->transport == ROLL_TRANSPORT_UDP && peer->family == self->family;
}

void
roll_datagrams_queue(RollDatagrams *self, const RollPacket *packet)
{
    if (self->n_out == BATCH)
        roll_datagrams_flush(self);
    struct msghdr *head = &self->out[self->n_out].msg_hdr;
    head->msg_namelen = roll_endpoint_to(&packet->peer, &self->out_names[self->n_out]);
    self->out_parts[self->n_out++] = (struct iovec){(void *)packet->data, packet->len};
}

void
roll_datagrams_flush(RollDatagrams *self)
{
    int fd = g_socket_get_fd(self->socket);
    size_t done = 0;
    while (done < self->n_out) {
        int n = sendmmsg(fd, self->out + done, (unsigned)(self->n_out - done), MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0)
            done += (size_t)n;
        else {
            /* The first one did not go; those behind it may. */
            self->server->counters.undeliverable++;
            done++;
        }
    }
    self->n_out = 0;
}

void
roll_datagrams_send(RollDatagrams *self, const RollPacket *packet)
{
    roll_datagrams_queue(self, packet);
    roll_datagrams_flush(self);
}
