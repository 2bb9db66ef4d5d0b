/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places: where roaming devices go, and how long they stay. */
#include "sim/model/world-parts.h"

void
sim_world_set_place(SimWorld *self, uint32_t id, unsigned place)
{
    self->devices[id].place = (uint8_t)place;
    self->phones[id].network = (uint16_t)sim_world_group(self, id)->places[place].network;
}

unsigned
sim_world_next_place(SimWorld *self, uint32_t id, bool first)
{
    const SimGroup *group = sim_world_group(self, id);
    SimDevice *device = &self->devices[id];
    double total = 0;
    for (size_t i = 0; i < group->n_places; i++)
        if (first || i != device->place)
            total += group->places[i].weight * (first ? sim_law_mean(&group->places[i].stay) : 1);
    double left = total * sim_world_uniform(self, id, SIM_PURPOSE_PLACE, device->stay_draws);
    unsigned last = device->place;
    for (size_t i = 0; i < group->n_places; i++) {
        if (!first && i == device->place)
            continue;
        last = (unsigned)i;
        left -= group->places[i].weight * (first ? sim_law_mean(&group->places[i].stay) : 1);
        if (left < 0)
            break;
    }
    return last;
}

void
sim_world_schedule_stay(SimWorld *self, RollTime now, uint32_t id, const SimAgeing *ageing)
{
    const SimGroup *group = sim_world_group(self, id);
    SimDevice *device = &self->devices[id];
    if (group->n_places < 2)
        return;
    double u = sim_world_uniform(self, id, SIM_PURPOSE_STAY, device->stay_draws);
    RollTime stay = sim_law_draw(&group->places[device->place].stay, u);
    if (ageing != NULL)
        stay = (RollTime)((double)sim_ageing_length(ageing, u) *
                          sim_world_uniform(self, id, SIM_PURPOSE_START, 3));
    sim_world_schedule(self, now + stay, id, SIM_WORLD_ROAM, 0);
}

void
sim_world_handle_roam(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    device->stay_draws++;
    sim_world_set_place(self, id, sim_world_next_place(self, id, false));
    if (device->on || !sim_address_needs_power(sim_world_network(self, id)))
        sim_world_change_address(self, now, id);
    else if (device->address != 0)
        sim_world_release_address(self, now, id);
    sim_world_start_line(self, now, id);
    sim_world_schedule_address(self, now, id);
    sim_world_schedule_stay(self, now, id, NULL);
}
