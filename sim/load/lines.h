/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sockets to a registrar: many messages go and come in one system call over UDP; over TCP and
 * TLS there are a few connections. Nothing blocks but sim_lines_wait(). */
#pragma once

#include "sim/net/peer.h"

typedef struct SimLines SimLines;
typedef struct SimLinesClass SimLinesClass;

/** SimLinesReceived: a whole message; borrowed for the call. */
typedef void (*SimLinesReceived)(void *user_data, const char *data, size_t len);

/** SimLinesClass: a way to carry messages; see the functions below. */
struct SimLinesClass {
    void (*send)(SimLines *self, unsigned line, const char *data, size_t len);
    void (*flush)(SimLines *self);
    bool (*receive)(SimLines *self, unsigned line, SimLinesReceived received, void *user_data);
    void (*free)(SimLines *self);
};

/**
 * SimLines:
 * @fds: poll records, one for each of @n lines
 * @sent_by: of each line host and port, as Via has them; %NULL-terminated
 * @lost: connections that had to be opened again, or messages that the system did not take
 */
struct SimLines {
    const SimLinesClass *class;
    unsigned n;
    struct pollfd *fds;
    char **sent_by;
    uint64_t lost;
};

/** sim_lines_open: @n sockets to @peer, which is borrowed. Returns: (transfer full): or %NULL */
SimLines *sim_lines_open(const SimPeer *peer, unsigned n, GError **error);
void sim_lines_free(SimLines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLines, sim_lines_free)

/** sim_lines_send: takes @data for @line; it leaves at the next flush at the latest. */
void sim_lines_send(SimLines *self, unsigned line, const char *data, size_t len);
void sim_lines_flush(SimLines *self);

/** sim_lines_wait: until something can be read or @timeout us are over; negative: for ever. Returns
 * at a signal, too. Returns: whether something can be read */
bool sim_lines_wait(SimLines *self, int64_t timeout);

/** sim_lines_receive: what came on the lines that sim_lines_wait() found, some tens of messages
 * each. Returns: whether there may be more */
bool sim_lines_receive(SimLines *self, SimLinesReceived received, void *user_data);

/** For the two kinds: the sockets themselves. */
SimLines *sim_datagrams_open(const SimPeer *peer, unsigned n, GError **error);
SimLines *sim_streams_open(const SimPeer *peer, unsigned n, GError **error);

/** sim_lines_name: host and port of the near end of @socket. (transfer full): or %NULL */
char *sim_lines_name(GSocket *socket, GError **error);
