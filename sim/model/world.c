/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each process of each device has one event in the queue: its power, its place, its line's
 * address. A device that roams leaves address events of its former place behind; they carry the
 * number of the stay they belong to and are passed over. */
#include "sim/model/world-parts.h"
#include "sim/scenario/coupling.h"

#include <rollcall/pages.h>

const SimGroup *
sim_world_group(const SimWorld *self, uint32_t id)
{
    return &self->scenario->groups[self->phones[id].group];
}

SimPhoneSetting
sim_world_setting(const SimWorld *self, uint32_t id)
{
    return (SimPhoneSetting){sim_world_group(self, id), &self->random};
}

const SimNetworkSpec *
sim_world_network(const SimWorld *self, uint32_t id)
{
    return &self->scenario->networks[self->phones[id].network];
}

int64_t
sim_world_holder(const SimWorld *self, uint32_t address)
{
    return (int64_t)GPOINTER_TO_UINT(
               g_hash_table_lookup(self->holders, GUINT_TO_POINTER(address))) -
           1;
}

double
sim_world_uniform(const SimWorld *self, uint32_t id, SimPurpose purpose, uint32_t ordinal)
{
    return sim_random_uniform(&self->random, id, purpose, ordinal, 0);
}

void
sim_world_schedule(SimWorld *self, RollTime due, uint32_t id, unsigned what, uint32_t item)
{
    if (due == ROLL_NEVER)
        return;
    uint64_t order = sim_order(SIM_CLASS_WORLD, id, what << 24);
    sim_queue_push(self->queue, (SimEvent){due, order, what, item});
}

static void
make_phones(SimWorld *self)
{
    self->phones = roll_pages_new(self->scenario->n_phones * sizeof *self->phones);
    for (size_t g = 0; g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self, g);
        for (uint32_t id = own.from; id < own.to; id++) {
            SimPhone *phone = &self->phones[id];
            phone->group = (uint16_t)g;
            phone->armed = phone->timer = phone->notice = ROLL_NEVER;
        }
    }
}

SimWorld *
sim_world_new(const SimScenario *scenario, SimQueue *queue, SimWorldHook hook, void *hook_data)
{
    return sim_world_new_part(scenario, (SimPart){0}, queue, hook, hook_data);
}

SimWorld *
sim_world_new_part(const SimScenario *scenario, SimPart part, SimQueue *queue, SimWorldHook hook,
                   void *hook_data)
{
    SimWorld *self = g_new0(SimWorld, 1);
    self->scenario = scenario;
    self->part = part;
    self->random = sim_random_new(scenario->seed, scenario->replication);
    self->queue = queue;
    self->hook = hook;
    self->hook_data = hook_data;
    make_phones(self);
    self->devices = roll_pages_new(scenario->n_phones * sizeof *self->devices);
    self->draws = roll_pages_new(scenario->n_phones * sizeof *self->draws);
    self->reassigns = sim_scenario_reassigns(scenario);
    self->holders = g_hash_table_new(NULL, NULL);
    sim_world_open_lines(self);
    sim_world_open_nats(self);
    self->pools = g_new0(SimPool *, scenario->n_networks);
    for (size_t i = 0; i < scenario->n_networks; i++)
        self->pools[i] = sim_pool_new(&scenario->networks[i], self->random, self->holders);
    return self;
}

bool
sim_world_owns(const SimWorld *self, uint32_t id)
{
    bool owns = self->part.of <= 1;
    for (size_t g = 0; !owns && g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self, g);
        owns = id >= own.from && id < own.to;
    }
    return owns;
}

void
sim_world_free(SimWorld *self)
{
    if (self == NULL)
        return;
    sim_world_close_lines(self);
    sim_world_close_nats(self);
    for (size_t i = 0; i < self->scenario->n_networks; i++)
        sim_pool_free(self->pools[i]);
    g_free(self->pools);
    g_hash_table_unref(self->holders);
    roll_pages_free(self->draws, self->scenario->n_phones * sizeof *self->draws);
    roll_pages_free(self->devices, self->scenario->n_phones * sizeof *self->devices);
    roll_pages_free(self->phones, self->scenario->n_phones * sizeof *self->phones);
    g_free(self);
}

void
sim_world_tell(SimWorld *self, RollTime now, SimChange change, uint32_t id, uint32_t was,
               const SimAction *action)
{
    static const SimAction nothing;
    if (self->asleep)
        return;
    self->hook(self->hook_data, now, change, id, was, action ? action : &nothing);
}

void
sim_world_set_cut_off(SimWorld *self, RollTime now, uint32_t id, SimCutOff reason, bool yes)
{
    SimDevice *device = &self->devices[id];
    uint8_t was = device->cut_off;
    device->cut_off = (uint8_t)(yes ? was | reason : was & ~reason);
    if ((was == 0) != (device->cut_off == 0))
        sim_world_tell(self, now, SIM_CHANGE_REACH, id, device->address, NULL);
}

void
sim_world_handle(SimWorld *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    switch (event->what) {
    case SIM_WORLD_POWER:
        sim_world_handle_power(self, event->due, id);
        break;
    case SIM_WORLD_ROAM:
        sim_world_handle_roam(self, event->due, id);
        break;
    case SIM_WORLD_ADDRESS:
        if (event->item != self->draws[id].stay)
            break;
        sim_world_change_address(self, event->due, id);
        sim_world_schedule_address(self, event->due, id);
        break;
    case SIM_WORLD_CUT:
        sim_world_handle_cut(self, event->due, event->item);
        break;
    case SIM_WORLD_BACK:
        sim_world_handle_back(self, event->due, id);
        break;
    case SIM_WORLD_LEASE:
        sim_world_handle_lease(self, event->due, id, event->item);
        break;
    case SIM_WORLD_ASK:
        sim_world_handle_ask(self, event->due, id, event->item);
        break;
    case SIM_WORLD_DOWN:
        sim_world_handle_down(self, event->due, id);
        break;
    case SIM_WORLD_LINK_BACK:
        if (event->item == self->draws[id].stay)
            sim_world_handle_link_back(self, event->due, id);
        break;
    case SIM_WORLD_OUTAGE:
        if (event->item == self->draws[id].stay)
            sim_world_handle_outage(self, event->due, id);
        break;
    }
}
