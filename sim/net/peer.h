/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The far end as a user names it: udp:HOST:PORT, tcp:HOST:PORT or tls:HOST:PORT. */
#pragma once

#include <gio/gio.h>
#include <rollcall/message.h>

#define SIM_PEER_ERROR sim_peer_error_quark()
GQuark sim_peer_error_quark(void);
typedef enum {
    SIM_PEER_ERROR_ADDRESS,
    SIM_PEER_ERROR_UNKNOWN_HOST,
    SIM_PEER_ERROR_REMOTE
} SimPeerError;

/**
 * SimPeer:
 * @host: name or address, an IPv6 one without brackets; owned
 * @address: resolved; owned
 */
typedef struct {
    RollTransport transport;
    char *host;
    uint16_t port;
    GSocketAddress *address;
} SimPeer;

/**
 * sim_peer_parse: reads @text and resolves its host.
 * @allow_remote: else anything but a loopback address is an error that says how to allow it
 * @error: %SIM_PEER_ERROR_ADDRESS, _UNKNOWN_HOST, _REMOTE
 * Returns: false with @out untouched
 */
bool sim_peer_parse(const char *text, bool allow_remote, SimPeer *out, GError **error);
void sim_peer_clear(SimPeer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimPeer, sim_peer_clear)
