/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The world at the start of a run: before time 0, as a visitor at a random instant finds it. */
#include "sim/model/world-parts.h"

#include <math.h>

static uint32_t
expected_grant(const SimScenario *scenario, const SimGroup *group, uint32_t id)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    uint32_t granted = MAX(sim_phone_asks(group, id), registrar->min_expires);
    return registrar->max_expires > 0 ? MIN(granted, registrar->max_expires) : granted;
}

/* What callers read is behind by this much, all but never more. */
static RollTime
lag_of_replica(const SimRegistrarSpec *registrar)
{
    return registrar->replica ? sim_law_draw(&registrar->replica_lag, 1 - 1e-9) : 0;
}

RollTime
sim_world_history(const SimScenario *scenario)
{
    RollTime longest = 0;
    if (scenario->start != SIM_START_STATIONARY)
        return 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (!group->registers)
            continue;
        uint32_t granted = 0;
        for (unsigned i = 0; i < (group->lines != NULL ? group->count : 1); i++)
            granted = MAX(granted, expected_grant(scenario, group, group->first + i));
        RollTime refresh = sim_group_interval(group, granted, 1);
        longest =
            MAX(longest, granted * ROLL_SECOND + refresh + scenario->registrar.purge_interval);
    }
    return longest + lag_of_replica(&scenario->registrar);
}

RollTime
sim_world_dawn(const SimScenario *scenario)
{
    const RollTime week = 7 * ROLL_DAY;
    RollTime history = sim_world_history(scenario);
    RollTime lease = 0;
    for (size_t i = 0; history > 0 && i < scenario->n_networks; i++)
        lease = MAX(lease, scenario->networks[i].lease);
    history += lease;
    return -(history + week - 1) / week * week;
}

/* How long a phone that has been on for @age at the start has still to go to its next refresh.
 * Only the last of many intervals matter, so a great age is cut down by whole mean intervals:
 * that is exact for a fixed law, and for a random one the phase is long forgotten. */
static RollTime
refresh_residual(const SimWorld *self, uint32_t id, double age)
{
    const SimGroup *group = sim_world_group(self, id);
    uint32_t granted = expected_grant(self->scenario, group, id);
    double mean = (double)sim_group_interval(group, granted, 0.5);
    double at = 0;
    if (age > 64 * mean)
        age -= floor(age / mean - 32) * mean;
    for (uint32_t k = 0; at <= age; k++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_START, 16, k);
        at += (double)sim_group_interval(group, granted, u);
    }
    return (RollTime)(at - age);
}

/* Laws as they are met at a random instant; made once for each group or network. */
typedef struct {
    SimAgeing *on;
    SimAgeing *off;
    SimAgeing **stays;
    SimAgeing **address;
} Ageings;

static void
start_power_cycles(SimWorld *self, RollTime now, uint32_t id, const Ageings *ageings,
                   RollTime *next, double *age)
{
    SimDevice *device = &self->devices[id];
    const SimPower *power = &sim_world_group(self, id)->power;
    if (self->scenario->start != SIM_START_STATIONARY) {
        device->own_on = self->scenario->start == SIM_START_ALL_ON;
        *next = sim_world_next_power(self, now, id);
        return;
    }
    double on = sim_law_mean(&power->on);
    double off = sim_law_mean(&power->off);
    device->own_on = sim_world_uniform(self, id, SIM_PURPOSE_START, 0) * (on + off) < on;
    double length = (double)sim_ageing_length(device->own_on ? ageings->on : ageings->off,
                                              sim_world_uniform(self, id, SIM_PURPOSE_START, 1));
    *age = length * sim_world_uniform(self, id, SIM_PURPOSE_START, 2);
    *next = now + (RollTime)(length - *age);
    device->power_draws = 1;
}

static void
start_power_hours(SimWorld *self, RollTime now, uint32_t id, RollTime *next, double *age)
{
    SimDevice *device = &self->devices[id];
    const SimPower *power = &sim_world_group(self, id)->power;
    int64_t day = now / ROLL_DAY - 9 + SIM_DAYS_BEFORE;
    uint32_t last = sim_world_next_hours_edge(power, (uint32_t)(2 * day - 1));
    for (uint32_t edge = last; sim_world_hours_edge(self, id, power, edge) <= now;
         edge = sim_world_next_hours_edge(power, edge))
        last = edge;
    device->own_on = last % 2 == 0 && sim_world_hours_edge(self, id, power, last) <= now;
    device->power_draws = last;
    *age = (double)(now - sim_world_hours_edge(self, id, power, last));
    *next = sim_world_next_power(self, now, id);
}

static void
start_device(SimWorld *self, RollTime now, uint32_t id, const Ageings *ageings)
{
    const SimGroup *group = sim_world_group(self, id);
    SimDevice *device = &self->devices[id];
    bool stationary = self->scenario->start == SIM_START_STATIONARY;
    RollTime next = ROLL_NEVER;
    double age = 0;
    device->own_on = true;
    if (group->power.kind == SIM_POWER_CYCLES)
        start_power_cycles(self, now, id, ageings, &next, &age);
    else if (group->power.kind == SIM_POWER_HOURS)
        start_power_hours(self, now, id, &next, &age);
    else if (group->power.kind == SIM_POWER_DIARY)
        next = sim_world_start_diary(self, id);
    if (stationary &&
        (group->power.kind == SIM_POWER_ALWAYS || group->power.kind == SIM_POWER_DIARY))
        /* On for ever: the refresh it is in the middle of began at a random phase. */
        age = 4e15 * (1 + sim_world_uniform(self, id, SIM_PURPOSE_START, 2));
    if (group->n_moves > 0)
        sim_world_start_calendar(self, now, id);
    else
        sim_world_set_place(self, id,
                            sim_group_roams(group) ? sim_world_next_place(self, id, true) : 0);
    const SimNetworkSpec *network = sim_world_network(self, id);
    if (!sim_address_needs_power(network))
        sim_world_change_address(self, now, id);
    sim_world_start_line(self, now, id);
    sim_world_update_power(self, now, id, false);
    if (stationary && network->addressing == SIM_ADDRESS_LEASED)
        sim_world_start_lease(self, now, id, (RollTime)MIN(age, 4e15));
    if (network->addressing == SIM_ADDRESS_RENUMBERED)
        sim_world_schedule_address(self, now, id);
    device->since = now - (RollTime)age;
    sim_world_schedule(self, next, id, SIM_WORLD_POWER, 0);
    sim_world_schedule_stay(self, now, id, ageings->stays[device->place]);
    SimAgeing *change = ageings->address[group->places[device->place].network];
    if (change != NULL) {
        double length =
            (double)sim_ageing_length(change, sim_world_uniform(self, id, SIM_PURPOSE_START, 4));
        RollTime left = (RollTime)(length * sim_world_uniform(self, id, SIM_PURPOSE_START, 5));
        sim_world_schedule(self, now + left, id, SIM_WORLD_ADDRESS, self->draws[id].stay);
    }
}

static void
start_group(SimWorld *self, RollTime now, size_t which, Ageings *ageings)
{
    const SimGroup *group = &self->scenario->groups[which];
    SimSpan own = sim_world_span(self, which);
    if (group->power.kind == SIM_POWER_CYCLES && self->scenario->start == SIM_START_STATIONARY) {
        ageings->on = sim_ageing_new(&group->power.on);
        ageings->off = sim_ageing_new(&group->power.off);
    }
    ageings->stays = g_new0(SimAgeing *, group->n_places);
    for (size_t i = 0; sim_group_roams(group) && i < group->n_places; i++)
        ageings->stays[i] = sim_ageing_new(&group->places[i].stay);
    for (uint32_t id = own.from; id < own.to; id++)
        start_device(self, now, id, ageings);
    for (size_t i = 0; i < group->n_places; i++)
        sim_ageing_free(ageings->stays[i]);
    g_clear_pointer(&ageings->stays, g_free);
    g_clear_pointer(&ageings->on, sim_ageing_free);
    g_clear_pointer(&ageings->off, sim_ageing_free);
}

static void
wake_device(SimWorld *self, RollTime now, uint32_t id)
{
    const SimDevice *device = &self->devices[id];
    if (device->address != 0)
        sim_world_tell(self, now, SIM_CHANGE_ADDRESS, id, 0, NULL);
    if (!device->on)
        return;
    RollTime age = now - device->since;
    RollTime next = sim_world_group(self, id)->registers
                        ? now + refresh_residual(self, id, (double)age)
                        : ROLL_NEVER;
    sim_world_power_phone(self, now, id, next);
}

void
sim_world_wake(SimWorld *self, RollTime now)
{
    self->asleep = false;
    for (size_t g = 0; g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self, g);
        for (uint32_t id = own.from; id < own.to; id++)
            wake_device(self, now, id);
    }
}

void
sim_world_start(SimWorld *self, RollTime now)
{
    const SimScenario *scenario = self->scenario;
    self->asleep = scenario->start == SIM_START_STATIONARY;
    Ageings ageings = {.address = g_new0(SimAgeing *, scenario->n_networks)};
    for (size_t i = 0; i < scenario->n_networks; i++)
        if (scenario->networks[i].addressing == SIM_ADDRESS_CHANGES)
            ageings.address[i] = sim_ageing_new(&scenario->networks[i].address_law);
    for (size_t g = 0; g < scenario->n_groups; g++)
        start_group(self, now, g, &ageings);
    for (size_t i = 0; i < scenario->n_networks; i++)
        sim_ageing_free(ageings.address[i]);
    g_free(ageings.address);
    /* Only a registrar that asks its records wants to know whom it asks. */
    if (!self->reassigns && scenario->registrar.qualify == 0)
        g_hash_table_remove_all(self->holders);
    for (size_t i = 0; i < scenario->n_cuts; i++)
        if (scenario->cuts[i].fault == SIM_FAULT_NONE)
            sim_world_schedule(self, scenario->cuts[i].at, scenario->n_phones + (uint32_t)i,
                               SIM_WORLD_CUT, (uint32_t)i);
}
