/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One client over TCP or TLS. */
#pragma once

#include "server.h"
#include "tls.h"

typedef struct RollConnection RollConnection;

/** RollConnectionClosed: it is over; the owner frees it. Never called from within a send. */
typedef void (*RollConnectionClosed)(void *data, RollConnection *connection);

/**
 * roll_connection_new:
 * @via: the listener it came by
 * @socket: a reference is taken
 * @keys: of TLS; %NULL for TCP
 * Returns: (transfer full): or %NULL if TLS is not to be had
 */
RollConnection *roll_connection_new(RollServer *server, uint16_t via, GSocket *socket,
                                    const RollEndpoint *peer, RollTlsKeys *keys,
                                    RollConnectionClosed closed, void *data);
void roll_connection_free(RollConnection *self);

/** roll_connection_stop: reads no more. */
void roll_connection_stop(RollConnection *self);

/** roll_connection_peer: lives as long as @self. */
const RollEndpoint *roll_connection_peer(const RollConnection *self);

/** roll_connection_send: Returns: false if it is closing, as when the client does not read. */
bool roll_connection_send(RollConnection *self, const void *data, size_t len);
