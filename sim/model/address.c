/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of a network's pool: who gets which, and when it changes. */
#include "sim/model/world-parts.h"
#include "sim/scenario/nat.h"

SimPool *
sim_world_pool_of(const SimWorld *self, uint32_t address)
{
    size_t i = 0;
    while (!sim_pool_has(self->pools[i], address))
        i++;
    return self->pools[i];
}

/* The address that a device leaves: free, or still its own by the rest of a lease. */
static void
leave_address(SimWorld *self, RollTime now, uint32_t id, uint32_t address)
{
    SimPool *pool = sim_world_pool_of(self, address);
    g_hash_table_remove(self->holders, GUINT_TO_POINTER(address));
    if (sim_pool_network(pool)->addressing != SIM_ADDRESS_LEASED ||
        sim_pool_lease(pool, id)->ends == 0) {
        sim_pool_give(pool, address);
        return;
    }
    sim_world_leave_lease(self, now, id, pool, false);
    sim_pool_reserve(pool, address, true);
}

void
sim_world_set_address(SimWorld *self, RollTime now, uint32_t id, uint32_t address)
{
    SimDevice *device = &self->devices[id];
    if (device->address >= SIM_ENDPOINT_FIRST)
        sim_world_leave_endpoint(self, id);
    else if (device->address != 0)
        leave_address(self, now, id, device->address);
    device->address = address;
    if (address >= SIM_ENDPOINT_FIRST)
        sim_world_enter_endpoint(self, id);
    else if (address != 0)
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

/* The next one is drawn while the old one is held, so that it is another; but where a device gets
 * its former address again, that is the one it holds. */
static uint32_t
next_address(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    SimPool *pool = self->pools[self->phones[id].network];
    const SimNetworkSpec *network = sim_pool_network(pool);
    if (network->addressing == SIM_ADDRESS_LEASED)
        return sim_world_ask_address(self, now, id);
    if (network->nat > 0)
        return sim_world_draw_public(self, id, network);
    uint32_t ordinal = device->address_draws++;
    if (self->part.addresses != NULL)
        return self->part.addresses[id];
    if (network->assign == SIM_ASSIGN_STICKY && sim_pool_has(pool, device->address))
        return device->address;
    return sim_pool_take(pool, id, ordinal);
}

static void
move(SimWorld *self, RollTime now, uint32_t id, uint32_t address)
{
    bool notices = self->devices[id].on && address != 0;
    sim_world_set_address(self, now, id, address);
    sim_phone_set_address(&self->phones[id], address,
                          notices ? notice_time(self, now, id) : ROLL_NEVER);
}

void
sim_world_change_address(SimWorld *self, RollTime now, uint32_t id)
{
    uint32_t was = self->devices[id].address;
    uint32_t address = next_address(self, now, id);
    if (address == was)
        return;
    move(self, now, id, address);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

void
sim_world_give_address(SimWorld *self, RollTime now, uint32_t id, uint32_t address)
{
    uint8_t state = self->phones[id].state;
    move(self, now, id, address);
    if (!self->asleep && (state == SIM_PHONE_OFF || state == SIM_PHONE_LEAVING))
        sim_world_boot(self, now, id);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, 0, NULL);
}

void
sim_world_release_address(SimWorld *self, RollTime now, uint32_t id)
{
    uint32_t was = self->devices[id].address;
    sim_world_set_address(self, now, id, 0);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

/* When a device of a network that renumbers at a fixed hour is next in turn, after @now. */
static RollTime
next_renumbering(const SimWorld *self, RollTime now, uint32_t id, const SimNetworkSpec *network)
{
    RollTime every = network->change_every;
    for (int64_t turn = now / every - 2;; turn++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_ADDRESS_CHANGE, (uint32_t)turn,
                                      1 + self->phones[id].network);
        RollTime at = turn * every + network->change_at;
        at += (RollTime)(u * (double)network->change_spread);
        if (at > now)
            return at;
    }
}

void
sim_world_schedule_address(SimWorld *self, RollTime now, uint32_t id)
{
    const SimNetworkSpec *network = sim_world_network(self, id);
    RollTime due = ROLL_NEVER;
    if (network->addressing == SIM_ADDRESS_RENUMBERED) {
        due = next_renumbering(self, now, id, network);
    } else if (network->addressing == SIM_ADDRESS_CHANGES) {
        double u = sim_world_uniform(self, id, SIM_PURPOSE_ADDRESS_CHANGE, self->draws[id].change++);
        due = now + sim_law_draw(&network->address_law, u);
    }
    sim_world_schedule(self, due, id, SIM_WORLD_ADDRESS, self->draws[id].stay);
}

uint32_t *
sim_world_assign(const SimScenario *scenario)
{
    uint32_t *addresses = g_new(uint32_t, scenario->n_phones);
    SimRandom random = sim_random_new(scenario->seed, scenario->replication);
    g_autofree SimPool **pools = g_new(SimPool *, scenario->n_networks);
    for (size_t i = 0; i < scenario->n_networks; i++)
        pools[i] = sim_pool_new(&scenario->networks[i], random, NULL);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        for (uint32_t id = group->first; id < group->first + group->count; id++)
            addresses[id] = sim_pool_take(pools[group->places[0].network], id, 0);
    }
    for (size_t i = 0; i < scenario->n_networks; i++)
        sim_pool_free(pools[i]);
    return addresses;
}
