/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of a network's pool: who gets which, and when it changes. */
#include "sim/model/world-parts.h"

/* A free address of the pool, uniformly: drawn until one is free, then searched for. */
static uint32_t
free_address(SimWorld *self, uint32_t id, const SimNetworkSpec *network)
{
    uint32_t ordinal = self->devices[id].address_draws++;
    uint32_t offset = 0;
    for (uint32_t again = 0; again < 256; again++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_ADDRESS, ordinal, again);
        offset = (uint32_t)(u * network->pool_size);
        if (sim_world_holder(self, network->pool_base + offset) < 0)
            return network->pool_base + offset;
    }
    for (uint32_t i = 0; i < network->pool_size; i++) {
        uint32_t address = network->pool_base + (offset + i) % network->pool_size;
        if (sim_world_holder(self, address) < 0)
            return address;
    }
    return 0;
}

static void
set_address(SimWorld *self, uint32_t id, uint32_t address)
{
    SimDevice *device = &self->devices[id];
    if (device->address != 0)
        g_hash_table_remove(self->holders, GUINT_TO_POINTER(device->address));
    device->address = address;
    if (address != 0)
        g_hash_table_insert(self->holders, GUINT_TO_POINTER(address), GUINT_TO_POINTER(id + 1));
}

static RollTime
notice_time(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    uint32_t ordinal = self->devices[id].address_draws;
    if (group->notices <= 0 ||
        sim_world_uniform(self, id, SIM_PURPOSE_NOTICES, ordinal) >= group->notices)
        return ROLL_NEVER;
    double u = sim_world_uniform(self, id, SIM_PURPOSE_NOTICE_AFTER, ordinal);
    return now + sim_law_draw(&group->notice_after, u);
}

void
sim_world_change_address(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    SimPhoneSetting setting = sim_world_setting(self, id);
    uint32_t was = device->address;
    /* The new one is drawn while the old one is held, so that it is another. */
    set_address(self, id, free_address(self, id, sim_world_network(self, id)));
    sim_phone_set_address(&self->phones[id], &setting, device->address,
                          device->on ? notice_time(self, now, id) : ROLL_NEVER);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

void
sim_world_release_address(SimWorld *self, RollTime now, uint32_t id)
{
    uint32_t was = self->devices[id].address;
    set_address(self, id, 0);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

void
sim_world_schedule_address(SimWorld *self, RollTime now, uint32_t id)
{
    const SimNetworkSpec *network = sim_world_network(self, id);
    SimDevice *device = &self->devices[id];
    if (network->addressing != SIM_ADDRESS_CHANGES)
        return;
    double u = sim_world_uniform(self, id, SIM_PURPOSE_ADDRESS_CHANGE, device->change_draws++);
    sim_world_schedule(self, now + sim_law_draw(&network->address_law, u), id, SIM_WORLD_ADDRESS,
                       device->stay_draws);
}
