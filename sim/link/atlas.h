/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the addresses of a scenario are on the real network. On the loopback network each has one
 * of its own in 127.0.0.0/8, so that a phone that moves sends from another address. To another
 * machine all send from this one's, and an address of the scenario is a port in the Contact. */
#pragma once

#include "sim/scenario/scenario.h"

/**
 * SimAtlas: open.
 * @spread: each has an address of its own; then @port is that of all
 * @host: else the address that all share, host byte order
 */
typedef struct {
    const SimScenario *scenario;
    bool spread;
    uint32_t host;
    uint16_t port;
} SimAtlas;

/** sim_atlas_room: for how many addresses there is room. */
uint64_t sim_atlas_room(bool spread);

/** sim_atlas_need: how many addresses @scenario has. */
uint64_t sim_atlas_need(const SimScenario *scenario);

/** sim_atlas_locate: where @address of the scenario is; @host in host byte order. */
void sim_atlas_locate(const SimAtlas *self, uint32_t address, uint32_t *host, uint16_t *port);

/** sim_atlas_find: the address of the scenario that is at @host and @port; 0 if none is. */
uint32_t sim_atlas_find(const SimAtlas *self, uint32_t host, uint32_t port);
