/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything over TCP and TLS: who listens, who is connected. */
#pragma once

#include "server.h"

RollConnections *roll_connections_new(RollServer *server);
void roll_connections_free(RollConnections *self);

/** roll_connections_listen: on TCP or TLS, as listener @id. */
bool roll_connections_listen(RollConnections *self, uint16_t id, const RollListen *listen,
                             GError **error);

/** roll_connections_stop: takes no new ones and reads no more, sends on. */
void roll_connections_stop(RollConnections *self);

/** roll_connections_reload: reads the certificate again. */
bool roll_connections_reload(RollConnections *self, GError **error);

uint16_t roll_connections_port(const RollConnections *self, uint16_t id);

/** roll_connections_send: on the connection that @packet->peer is the far end of. Returns: false if
 * there is none, or it takes nothing any more. */
bool roll_connections_send(RollConnections *self, const RollPacket *packet);

/** roll_connections_count: open now. */
size_t roll_connections_count(const RollConnections *self);
