/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A TCP or TLS connection for each address that phones send from, opened when it is needed; for
 * the files of this folder. The one that was not used for longest is closed when there are too
 * many. */
#pragma once

#include "sim/net/net.h"

typedef struct SimConnections SimConnections;

/** sim_connections_new: @peer is borrowed. Nothing is connected yet. */
SimConnections *sim_connections_new(const SimPeer *peer, bool local);
void sim_connections_free(SimConnections *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimConnections, sim_connections_free)

/** sim_connections_send: over the connection of @flow, which is bound to @source unless that is 0.
 * Returns: false if it cannot be opened. */
bool sim_connections_send(SimConnections *self, uint32_t flow, uint32_t source, const void *data,
                          size_t len);

/** sim_connections_receive: as sim_net_receive(). */
size_t sim_connections_receive(SimConnections *self, uint8_t *buffer);

/** sim_connections_fd: readable when something can be received. */
int sim_connections_fd(const SimConnections *self);

/** sim_connections_urge: something waits that no event may tell of; look again soon. */
bool sim_connections_urge(const SimConnections *self);
