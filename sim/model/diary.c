/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devices that follow a diary: each row is done at its time. The next row of a device is kept where
 * the ordinal of its power draws is kept otherwise. */
#include "sim/model/world-parts.h"

/* The next row of a device, or NULL. */
static const SimDiaryRow *
row_of(const SimWorld *self, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    uint32_t i = self->devices[id].power_draws;
    return i < group->n_rows && group->rows[i].device == id - group->first ? &group->rows[i] : NULL;
}

static uint32_t
find_first(const SimGroup *group, uint32_t device)
{
    size_t low = 0;
    size_t high = group->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (group->rows[middle].device < device)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

RollTime
sim_world_start_diary(SimWorld *self, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    SimDevice *device = &self->devices[id];
    uint32_t first = find_first(group, id - group->first);
    device->own_on = true;
    device->power_draws = first;
    const SimDiaryRow *row = row_of(self, id);
    while (row != NULL && row->event == SIM_ROW_MOVE) {
        device->power_draws++;
        row = row_of(self, id);
    }
    device->own_on = row == NULL || row->event == SIM_ROW_OFF;
    device->power_draws = first;
    row = row_of(self, id);
    return row != NULL ? row->at : ROLL_NEVER;
}

void
sim_world_handle_diary(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimDiaryRow *row = row_of(self, id);
    uint32_t number = device->power_draws++;
    if (row->place != SIM_ROW_STAYS && row->place != device->place) {
        self->draws[id].stay++;
        sim_world_go_to(self, now, id, row->place);
    }
    if (row->event != SIM_ROW_MOVE) {
        device->own_on = row->event == SIM_ROW_ON;
        bool goodbye = !device->own_on && sim_world_uniform(self, id, SIM_PURPOSE_LEAVES, number) <
                                              sim_world_group(self, id)->leaves;
        sim_world_update_power(self, now, id, goodbye);
    }
    const SimDiaryRow *next = row_of(self, id);
    sim_world_schedule(self, next != NULL ? next->at : ROLL_NEVER, id, SIM_WORLD_POWER, 0);
}
