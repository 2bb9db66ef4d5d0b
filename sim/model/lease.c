/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses that are lent for a time (DHCP, RFC 2131). A device that is there renews at T1, half of
 * the lease (section 4.4.5), and is always answered, so T2 never comes. Renewals make no events:
 * how long a lease runs on is reckoned when its device goes. Until then the address is kept for
 * it, and a device that is back in time has it again (INIT-REBOOT, section 4.3.2). */
#include "sim/model/world-parts.h"

/* RFC 2131 section 4.1: 4 s, 8 s, ... 64 s, each up to a second more or less. */
#define FIRST_WAIT (4 * ROLL_SECOND)
#define MOST_DOUBLINGS 4

static void
ask_later(SimWorld *self, RollTime now, uint32_t id, SimLease *lease)
{
    uint32_t ask = self->devices[id].address_draws;
    RollTime wait = FIRST_WAIT << MIN(lease->tries, MOST_DOUBLINGS);
    double u = sim_world_uniform(self, id, SIM_PURPOSE_ASK, ask);
    lease->tries++;
    sim_world_schedule(self, now + wait + (RollTime)((2 * u - 1) * (double)ROLL_SECOND), id,
                       SIM_WORLD_ASK, ask);
}

/* Returns: false if there is no address for it. */
static bool
begin_lease(SimWorld *self, RollTime now, uint32_t id, SimPool *pool)
{
    SimDevice *device = &self->devices[id];
    SimLease *lease = sim_pool_lease(pool, id);
    uint32_t ordinal = device->address_draws++;
    if (lease->ends == 0 && sim_pool_take(pool, id, ordinal) == 0)
        return false;
    if (lease->ends != 0 && device->address != lease->address)
        sim_pool_reserve(pool, lease->address, false);
    if (lease->ends != ROLL_NEVER)
        lease->bound = now;
    lease->ends = ROLL_NEVER;
    lease->tries = 0;
    return true;
}

uint32_t
sim_world_ask_address(SimWorld *self, RollTime now, uint32_t id)
{
    SimPool *pool = self->pools[self->phones[id].network];
    SimLease *lease = sim_pool_lease(pool, id);
    lease->tries = 0;
    if (begin_lease(self, now, id, pool))
        return lease->address;
    ask_later(self, now, id, lease);
    return 0;
}

void
sim_world_leave_lease(SimWorld *self, RollTime now, uint32_t id, SimPool *pool, bool released)
{
    SimLease *lease = sim_pool_lease(pool, id);
    if (lease->ends != ROLL_NEVER)
        return;
    RollTime length = sim_pool_network(pool)->lease;
    RollTime renewed = now - (now - lease->bound) % MAX(length / 2, 1);
    lease->ends = renewed + length;
    if (released)
        lease->ends = MIN(lease->ends, now + sim_world_group(self, id)->linger);
    sim_world_schedule(self, lease->ends, id, SIM_WORLD_LEASE, lease->address);
}

void
sim_world_handle_lease(SimWorld *self, RollTime now, uint32_t id, uint32_t address)
{
    SimPool *pool = sim_world_pool_of(self, address);
    SimLease *lease = sim_pool_lease(pool, id);
    /* It was back in the meantime: that lease is not the one that ends now. */
    if (lease->ends != now || lease->address != address)
        return;
    lease->ends = 0;
    if (self->devices[id].address == address) {
        sim_world_release_address(self, now, id);
        return;
    }
    sim_pool_reserve(pool, address, false);
    sim_pool_give(pool, address);
}

void
sim_world_handle_ask(SimWorld *self, RollTime now, uint32_t id, uint32_t ask)
{
    SimDevice *device = &self->devices[id];
    SimPool *pool = self->pools[self->phones[id].network];
    /* It has been elsewhere or off since. */
    if (!device->on || device->address != 0 || device->address_draws != ask)
        return;
    SimLease *lease = sim_pool_lease(pool, id);
    if (!begin_lease(self, now, id, pool)) {
        ask_later(self, now, id, lease);
        return;
    }
    sim_world_give_address(self, now, id, lease->address);
}

void
sim_world_start_lease(SimWorld *self, RollTime now, uint32_t id, RollTime age)
{
    SimPool *pool = self->pools[self->phones[id].network];
    SimLease *lease = sim_pool_lease(pool, id);
    RollTime length = sim_pool_network(pool)->lease;
    double u = sim_world_uniform(self, id, SIM_PURPOSE_START, 6);
    if (self->devices[id].on) {
        lease->bound -= (RollTime)(u * (double)MIN(age, length / 2));
        return;
    }
    RollTime left = length - (RollTime)(u * (double)(length / 2)) - age;
    if (left <= 0 || !begin_lease(self, now, id, pool))
        return;
    sim_world_set_address(self, now, id, lease->address);
    sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, 0, NULL);
    lease->ends = now + left;
    sim_world_schedule(self, lease->ends, id, SIM_WORLD_LEASE, lease->address);
}
