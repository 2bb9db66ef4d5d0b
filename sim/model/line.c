/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines: each device's own works and is down in turns, whoever is on; and an event can cut the
 * lines of a network. A device that roams comes to another line: the events of the former one carry
 * the number of the stay they belong to and are passed over. */
#include "sim/model/world-parts.h"

struct SimLines {
    SimAgeing *works;
    SimAgeing *down;
    double down_share;
};

void
sim_world_open_lines(SimWorld *self)
{
    const SimScenario *scenario = self->scenario;
    self->lines = g_new0(SimLines, scenario->n_networks);
    for (size_t i = 0; i < scenario->n_networks; i++) {
        const SimOutages *outages = &scenario->networks[i].outages;
        if (!outages->any)
            continue;
        double works = sim_law_mean(&outages->every);
        double down = sim_law_mean(&outages->length);
        self->lines[i] = (SimLines){sim_ageing_new(&outages->every),
                                    sim_ageing_new(&outages->length), down / (works + down)};
    }
}

void
sim_world_close_lines(SimWorld *self)
{
    for (size_t i = 0; i < self->scenario->n_networks; i++) {
        sim_ageing_free(self->lines[i].works);
        sim_ageing_free(self->lines[i].down);
    }
    g_free(self->lines);
}

static void
schedule(SimWorld *self, RollTime due, uint32_t id)
{
    sim_world_schedule(self, due, id, SIM_WORLD_OUTAGE, self->draws[id].stay);
}

void
sim_world_start_line(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimLines *line = &self->lines[self->phones[id].network];
    device->link_cuts = 0;
    sim_world_set_cut_off(self, now, id, SIM_CUT_OFF_PARTITION, false);
    bool down = false;
    if (line->works != NULL) {
        uint32_t ordinal = self->draws[id].outage++;
        double u[3];
        for (uint32_t i = 0; i < 3; i++)
            u[i] = sim_random_uniform(&self->random, id, SIM_PURPOSE_OUTAGE, ordinal, i);
        down = u[0] < line->down_share;
        RollTime length = sim_ageing_length(down ? line->down : line->works, u[1]);
        schedule(self, now + (RollTime)((double)length * u[2]), id);
    }
    sim_world_set_cut_off(self, now, id, SIM_CUT_OFF_OUTAGE, down);
}

void
sim_world_handle_outage(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimOutages *outages = &sim_world_network(self, id)->outages;
    bool down = (device->cut_off & SIM_CUT_OFF_OUTAGE) == 0;
    double u = sim_world_uniform(self, id, SIM_PURPOSE_OUTAGE, self->draws[id].outage++);
    schedule(self, now + sim_law_draw(down ? &outages->length : &outages->every, u), id);
    sim_world_set_cut_off(self, now, id, SIM_CUT_OFF_OUTAGE, down);
}

void
sim_world_cut_link(SimWorld *self, RollTime now, uint32_t id, RollTime back)
{
    SimDevice *device = &self->devices[id];
    device->link_cuts++;
    sim_world_schedule(self, back, id, SIM_WORLD_LINK_BACK, self->draws[id].stay);
    sim_world_set_cut_off(self, now, id, SIM_CUT_OFF_PARTITION, true);
}

void
sim_world_handle_link_back(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    device->link_cuts--;
    if (device->link_cuts == 0)
        sim_world_set_cut_off(self, now, id, SIM_CUT_OFF_PARTITION, false);
}
