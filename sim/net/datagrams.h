/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One UDP socket for all phones; for the files of this folder. */
#pragma once

#include "sim/net/net.h"
#include <netinet/in.h>

/** sim_net_datagrams_open: of the local addresses for @peer, and tells where it is in @local.
 * Returns: the socket, or -1 */
int sim_net_datagrams_open(const struct sockaddr_in *peer, struct sockaddr_in *local,
                           GError **error);

/** sim_net_datagrams_send: Returns: false if the system did not take it. */
bool sim_net_datagrams_send(int socket, const struct sockaddr_in *peer, uint32_t source,
                            const void *data, size_t len);

/** sim_net_datagrams_receive: Returns: bytes in @buffer, 0 for none; @ret_from: (out): who sent
 * them;
 * @ret_age: (out): how long ago the system took them, ns. */
size_t sim_net_datagrams_receive(int socket, uint8_t *buffer, struct sockaddr_in *ret_from,
                                 int64_t *ret_age);
