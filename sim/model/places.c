/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places: where roaming devices go, and how long they stay; or by which calendar they go. The moves
 * of a calendar are numbered through all weeks, and the number of the last one is that of the stay.
 */
#include "sim/model/world-parts.h"

#define WEEK (7 * ROLL_DAY)
/* Week 0 of the numbers lies this many weeks before the run, so that those before time 0 are
 * positive. */
#define WEEKS_BEFORE 65536

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
    double left = total * sim_world_uniform(self, id, SIM_PURPOSE_PLACE, self->draws[id].stay);
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

/* What makes a person late makes all of her devices late: the draw is hers and the hour's. */
static RollTime
move_time(const SimWorld *self, uint32_t id, uint32_t number)
{
    const SimGroup *group = sim_world_group(self, id);
    RollTime at = group->moves[number % group->n_moves].at;
    int64_t week = number / group->n_moves;
    uint32_t ordinal = (uint32_t)((week * WEEK + at) / ROLL_MINUTE);
    uint32_t owner = sim_scenario_owner(self->scenario, group, id);
    double late =
        group->spread > 0 ? sim_world_uniform(self, owner, SIM_PURPOSE_CALENDAR, ordinal) : 0;
    return (week - WEEKS_BEFORE) * WEEK + at + (RollTime)(late * (double)group->spread);
}

void
sim_world_start_calendar(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    uint32_t week = (uint32_t)((now + WEEKS_BEFORE * WEEK) / WEEK);
    uint32_t number = (week - 1) * (uint32_t)group->n_moves;
    while (move_time(self, id, number + 1) <= now)
        number++;
    self->draws[id].stay = number;
    sim_world_set_place(self, id, group->moves[number % group->n_moves].place);
}

void
sim_world_schedule_stay(SimWorld *self, RollTime now, uint32_t id, const SimAgeing *ageing)
{
    const SimGroup *group = sim_world_group(self, id);
    SimDevice *device = &self->devices[id];
    if (group->n_places < 2 || group->n_rows > 0)
        return;
    if (group->n_moves > 0) {
        RollTime next = move_time(self, id, self->draws[id].stay + 1);
        sim_world_schedule(self, MAX(now, next), id, SIM_WORLD_ROAM, 0);
        return;
    }
    double u = sim_world_uniform(self, id, SIM_PURPOSE_STAY, self->draws[id].stay);
    RollTime stay = sim_law_draw(&group->places[device->place].stay, u);
    if (ageing != NULL)
        stay = (RollTime)((double)sim_ageing_length(ageing, u) *
                          sim_world_uniform(self, id, SIM_PURPOSE_START, 3));
    sim_world_schedule(self, now + stay, id, SIM_WORLD_ROAM, 0);
}

void
sim_world_handle_roam(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    uint32_t number = ++self->draws[id].stay;
    sim_world_go_to(self, now, id,
                    group->n_moves > 0 ? group->moves[number % group->n_moves].place
                                       : sim_world_next_place(self, id, false));
}

void
sim_world_go_to(SimWorld *self, RollTime now, uint32_t id, unsigned place)
{
    const SimDevice *device = &self->devices[id];
    sim_world_set_place(self, id, place);
    if (device->on || !sim_address_needs_power(sim_world_network(self, id)))
        sim_world_change_address(self, now, id);
    else if (device->address != 0)
        sim_world_release_address(self, now, id);
    sim_world_start_line(self, now, id);
    sim_world_schedule_address(self, now, id);
    sim_world_schedule_stay(self, now, id, NULL);
}
