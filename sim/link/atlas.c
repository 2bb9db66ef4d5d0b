/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pools of the scenario lie behind one another, in the order of the file. */
#include "sim/link/atlas.h"

/* 127.0.0.0/16 is left to what else runs on this machine; ports up to 1023 to services. */
#define FIRST_HOST 0x7f010000u
#define LAST_HOST 0x7ffffffeu
#define FIRST_PORT 1024u

uint64_t
sim_atlas_room(bool spread)
{
    return spread ? LAST_HOST - FIRST_HOST + 1 : UINT16_MAX - FIRST_PORT + 1;
}

uint64_t
sim_atlas_need(const SimScenario *scenario)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < scenario->n_networks; i++)
        sum += scenario->networks[i].pool_size;
    return sum;
}

static uint32_t
place_of(const SimScenario *scenario, uint32_t address)
{
    uint32_t before = 0;
    for (size_t i = 0; i < scenario->n_networks; i++) {
        const SimNetworkSpec *network = &scenario->networks[i];
        if (address - network->pool_base < network->pool_size)
            return before + (address - network->pool_base);
        before += network->pool_size;
    }
    g_return_val_if_reached(0);
}

void
sim_atlas_locate(const SimAtlas *self, uint32_t address, uint32_t *host, uint16_t *port)
{
    uint32_t place = place_of(self->scenario, address);
    *host = self->spread ? FIRST_HOST + place : self->host;
    *port = self->spread ? self->port : (uint16_t)(FIRST_PORT + place);
}

uint32_t
sim_atlas_find(const SimAtlas *self, uint32_t host, uint32_t port)
{
    bool here = self->spread ? host >= FIRST_HOST && port == self->port
                             : host == self->host && port >= FIRST_PORT;
    uint32_t place = self->spread ? host - FIRST_HOST : port - FIRST_PORT;
    for (size_t i = 0; here && i < self->scenario->n_networks; i++) {
        const SimNetworkSpec *network = &self->scenario->networks[i];
        if (place < network->pool_size)
            return network->pool_base + place;
        place -= network->pool_size;
    }
    return 0;
}
