/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UDP with sendmmsg and recvmmsg: a system call costs more than a message. */
#include "sim/load/lines.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum { BATCH = 64, OUT_MAX = 4096, IN_MAX = 4096, BUFFER = 8 << 20 };

/* What waits to leave through one socket. */
typedef struct {
    GSocket *socket;
    unsigned n;
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    char bytes[BATCH][OUT_MAX];
} Line;

typedef struct {
    SimLines base;
    Line *lines;
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    char bytes[BATCH][IN_MAX];
} Datagrams;

/* A datagram that the system does not take is one that is lost, as others are on their way. */
static void
flush_line(Datagrams *self, Line *line)
{
    int fd = g_socket_get_fd(line->socket);
    unsigned done = 0;
    while (done < line->n) {
        int sent = sendmmsg(fd, line->messages + done, line->n - done, 0);
        if (sent > 0) {
            done += (unsigned)sent;
        } else if (errno != EINTR) {
            /* A refusal that came back for an earlier one is told once, and stops nothing. */
            self->base.lost += errno != ECONNREFUSED;
            done += errno != ECONNREFUSED;
        }
    }
    line->n = 0;
}

static void
datagrams_send(SimLines *base, unsigned i, const char *data, size_t len)
{
    Datagrams *self = (Datagrams *)base;
    Line *line = &self->lines[i];
    memcpy(line->bytes[line->n], data, MIN(len, OUT_MAX));
    line->vectors[line->n].iov_len = MIN(len, OUT_MAX);
    if (++line->n == BATCH)
        flush_line(self, line);
}

static void
datagrams_flush(SimLines *base)
{
    Datagrams *self = (Datagrams *)base;
    for (unsigned i = 0; i < base->n; i++)
        if (self->lines[i].n > 0)
            flush_line(self, &self->lines[i]);
}

static bool
datagrams_receive(SimLines *base, unsigned i, SimLinesReceived received, void *user_data)
{
    Datagrams *self = (Datagrams *)base;
    int fd = g_socket_get_fd(self->lines[i].socket);
    int n = recvmmsg(fd, self->messages, BATCH, MSG_DONTWAIT, NULL);
    for (int m = 0; m < n; m++)
        received(user_data, self->bytes[m], self->messages[m].msg_len);
    return n == BATCH;
}

static void
datagrams_free(SimLines *base)
{
    Datagrams *self = (Datagrams *)base;
    for (unsigned i = 0; i < base->n; i++)
        g_clear_object(&self->lines[i].socket);
    g_free(self->lines);
}

static const SimLinesClass DATAGRAMS = {datagrams_send, datagrams_flush, datagrams_receive,
                                        datagrams_free};

static void
lay_out(struct mmsghdr *messages, struct iovec *vectors, char *bytes, size_t size)
{
    for (unsigned i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){bytes + i * size, size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
}

/* Answers must not be lost here: they would be taken for the registrar's losses. */
static void
widen(int fd)
{
    int size = BUFFER;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

static bool
open_line(Datagrams *self, unsigned i, const SimPeer *peer, GError **error)
{
    Line *line = &self->lines[i];
    line->socket = g_socket_new(g_socket_address_get_family(peer->address), G_SOCKET_TYPE_DATAGRAM,
                                G_SOCKET_PROTOCOL_UDP, error);
    if (!line->socket || !g_socket_connect(line->socket, peer->address, NULL, error))
        return false;
    widen(g_socket_get_fd(line->socket));
    lay_out(line->messages, line->vectors, line->bytes[0], OUT_MAX);
    self->base.fds[i] = (struct pollfd){.fd = g_socket_get_fd(line->socket), .events = POLLIN};
    self->base.sent_by[i] = sim_lines_name(line->socket, error);
    return self->base.sent_by[i] != NULL;
}

SimLines *
sim_datagrams_open(const SimPeer *peer, unsigned n, GError **error)
{
    Datagrams *self = g_new0(Datagrams, 1);
    g_autoptr(SimLines) base = &self->base;
    base->class = &DATAGRAMS;
    base->n = n;
    base->fds = g_new0(struct pollfd, n);
    base->sent_by = g_new0(char *, n + 1);
    self->lines = g_new0(Line, n);
    lay_out(self->messages, self->vectors, self->bytes[0], IN_MAX);
    for (unsigned i = 0; i < n; i++)
        if (!open_line(self, i, peer, error))
            return NULL;
    return g_steal_pointer(&base);
}
