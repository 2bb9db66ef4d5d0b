/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The addresses of a network: which are free, and who is given which. What it remembers of a
 * device, its lease, outlasts the device's being there. */
#pragma once

#include "sim/engine/random.h"
#include "sim/scenario/scenario.h"

/**
 * SimLease: what a network remembers of a device.
 * @address: the one it has, or had last; 0 for none yet
 * @bound: since when it has it without a break: renewals count from here
 * @ends: when the address is free for others; %ROLL_NEVER as long as the device is there to renew
 *   it; 0 if it is over
 * @tries: how often in a row it has asked in vain
 */
typedef struct {
    RollTime bound;
    RollTime ends;
    uint32_t address;
    uint32_t tries;
} SimLease;

typedef struct SimPool SimPool;

/**
 * sim_pool_new: @network and @holders are borrowed.
 * @holders: address -> anything, for each address of any network that a device has now; %NULL: the
 *   pool marks what it gave out, and nothing is ever given back
 */
SimPool *sim_pool_new(const SimNetworkSpec *network, SimRandom random, GHashTable *holders);
void sim_pool_free(SimPool *self);

/**
 * sim_pool_take: an address for device @id by the assignment of the network.
 * @ordinal: which of its draws this is
 * Returns: 0 if none is free
 */
uint32_t sim_pool_take(SimPool *self, uint32_t id, uint32_t ordinal);

/** sim_pool_give: @address, taken before, is free from now on. */
void sim_pool_give(SimPool *self, uint32_t address);

/** sim_pool_reserve: @address stays taken though no device has it, or no longer. */
void sim_pool_reserve(SimPool *self, uint32_t address, bool yes);

/** sim_pool_lease: of device @id; made if there is none. Only if leased or sticky. */
SimLease *sim_pool_lease(SimPool *self, uint32_t id);

/** sim_pool_has: whether @address is one of its own. */
bool sim_pool_has(const SimPool *self, uint32_t address);

/** sim_pool_network: as given. */
const SimNetworkSpec *sim_pool_network(const SimPool *self);
