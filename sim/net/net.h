/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets of many phones to one far end, without ever blocking. Over UDP one socket serves all: on
 * the loopback network it sends from any address of 127.0.0.0/8 and receives what comes back there.
 * Over TCP and TLS each address that is in use has a connection. */
#pragma once

#include "sim/net/peer.h"

typedef struct SimNet SimNet;

/** SIM_NET_PACKET: room for any packet. */
#define SIM_NET_PACKET 65536

/**
 * SimNetCounts:
 * @sent, @received: packets
 * @dropped: packets the system did not take
 * @strangers: packets from elsewhere, which were not looked at
 */
typedef struct {
    uint64_t sent;
    uint64_t received;
    uint64_t dropped;
    uint64_t strangers;
} SimNetCounts;

/**
 * sim_net_new:
 * @peer: borrowed; IPv4
 * Returns: (transfer full): or %NULL
 */
SimNet *sim_net_new(const SimPeer *peer, GError **error);
void sim_net_free(SimNet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimNet, sim_net_free)

/** sim_net_spreads: packets can be sent from any address of 127.0.0.0/8. */
bool sim_net_spreads(const SimNet *self);

/** sim_net_port, sim_net_host: where answers are received; @host in host byte order. */
uint16_t sim_net_port(const SimNet *self);
uint32_t sim_net_host(const SimNet *self);

/**
 * sim_net_send:
 * @flow: who shares it shares a connection, where there are such
 * @source: the address to send from, host byte order; 0: any
 */
void sim_net_send(SimNet *self, uint32_t flow, uint32_t source, const void *data, size_t len);

/**
 * sim_net_receive:
 * @buffer: of %SIM_NET_PACKET
 * @ret_age: (out): nanoseconds since it came, as far as that is known
 * Returns: bytes of the packet; 0 if there is none now.
 */
size_t sim_net_receive(SimNet *self, uint8_t *buffer, int64_t *ret_age);

/** sim_net_wait: until something can be received, or for @ns nanoseconds. */
void sim_net_wait(SimNet *self, int64_t ns);

const SimNetCounts *sim_net_counts(const SimNet *self);
