/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NATs. The address of a device behind one is an endpoint (scenario/nat.h): an address of the pool,
 * which it keeps as the network's `address` says (RFC 4787 REQ-2), and a port, which it has while
 * it sends. When that ends is for the owner to see; a port that was lost may be given to another,
 * and the next one is another one. */
#include "sim/scenario/nat.h"
#include "sim/model/world-parts.h"

void
sim_world_open_nats(SimWorld *self)
{
    const SimScenario *scenario = self->scenario;
    self->sharers = g_new0(uint16_t *, scenario->n_networks);
    for (size_t i = 0; i < scenario->n_networks; i++)
        if (scenario->networks[i].nat > 0)
            self->sharers[i] = g_new0(uint16_t, scenario->networks[i].pool_size);
}

void
sim_world_close_nats(SimWorld *self)
{
    for (size_t i = 0; i < self->scenario->n_networks; i++)
        g_free(self->sharers[i]);
    g_free(self->sharers);
}

static uint32_t
public_of(const SimNetworkSpec *network, uint32_t endpoint)
{
    return (endpoint - network->nat_first) / network->nat_ports;
}

static uint16_t *
sharers_of(const SimWorld *self, const SimNetworkSpec *network)
{
    return self->sharers[network - self->scenario->networks];
}

/* Returns: how many share the address of device @id. */
static uint16_t *
sharers_here(const SimWorld *self, uint32_t id)
{
    uint32_t endpoint = self->devices[id].address;
    const SimNetworkSpec *network = sim_endpoint_network(self->scenario, endpoint);
    return &sharers_of(self, network)[public_of(network, endpoint)];
}

void
sim_world_leave_endpoint(SimWorld *self, uint32_t id)
{
    (*sharers_here(self, id))--;
    if (sim_world_has_port(self, id))
        g_hash_table_remove(self->holders, GUINT_TO_POINTER(self->devices[id].address));
    self->devices[id].cut_off &= (uint8_t)~SIM_CUT_OFF_NAT;
}

void
sim_world_enter_endpoint(SimWorld *self, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimNetworkSpec *network = sim_endpoint_network(self->scenario, device->address);
    (*sharers_here(self, id))++;
    if ((device->address - network->nat_first) % network->nat_ports == 0)
        device->cut_off |= SIM_CUT_OFF_NAT;
    else
        g_hash_table_insert(self->holders, GUINT_TO_POINTER(device->address),
                            GUINT_TO_POINTER(id + 1));
}

uint32_t
sim_world_draw_public(SimWorld *self, uint32_t id, const SimNetworkSpec *network)
{
    SimDevice *device = &self->devices[id];
    const uint16_t *sharers = sharers_of(self, network);
    uint32_t ordinal = device->address_draws++;
    uint32_t public = 0;
    for (uint32_t again = 0; again < 256; again++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_ADDRESS, ordinal, again);
        public = (uint32_t)(u * network->pool_size);
        if (sharers[public] < network->nat_share)
            return network->nat_first + public * network->nat_ports;
    }
    for (uint32_t i = 0; i < network->pool_size; i++) {
        uint32_t other = (public + i) % network->pool_size;
        if (sharers[other] < network->nat_share)
            return network->nat_first + other * network->nat_ports;
    }
    return 0;
}

/* A free port of the address, uniformly, and another than it had. */
static uint32_t
draw_port(SimWorld *self, uint32_t id, const SimNetworkSpec *network)
{
    SimDevice *device = &self->devices[id];
    uint32_t first = network->nat_first + public_of(network, device->address) * network->nat_ports;
    uint32_t ordinal = self->draws[id].port++;
    uint32_t place = 0;
    for (uint32_t again = 0; again < 256; again++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_NAT_PORT, ordinal, again);
        place = 1 + (uint32_t)(u * (network->nat_ports - 1));
        if (first + place != device->address && sim_world_holder(self, first + place) < 0)
            return first + place;
    }
    for (uint32_t i = 0; i < network->nat_ports - 1; i++) {
        uint32_t other = first + 1 + (place + i) % (network->nat_ports - 1);
        if (other != device->address && sim_world_holder(self, other) < 0)
            return other;
    }
    return device->address;
}

bool
sim_world_has_port(const SimWorld *self, uint32_t id)
{
    const SimDevice *device = &self->devices[id];
    return device->address >= SIM_ENDPOINT_FIRST && (device->cut_off & SIM_CUT_OFF_NAT) == 0;
}

void
sim_world_take_port(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    uint32_t was = device->address;
    const SimNetworkSpec *network = sim_endpoint_network(self->scenario, was);
    g_return_if_fail(network != NULL);
    uint32_t endpoint = draw_port(self, id, network);
    sim_world_set_address(self, now, id, endpoint);
    self->phones[id].address = endpoint;
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

void
sim_world_lose_port(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    g_hash_table_remove(self->holders, GUINT_TO_POINTER(device->address));
    device->cut_off |= SIM_CUT_OFF_NAT;
    /* 0: the address has no holder from now on, as if it had been another's before. */
    sim_world_tell(self, now, SIM_CHANGE_REACH, id, 0, NULL);
}
