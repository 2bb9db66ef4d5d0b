/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Power: by the device's own law, and cut by an event that strikes many. */
#include "sim/model/world-parts.h"

static RollTime
boot_time(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = sim_world_group(self, id);
    const SimDevice *device = &self->devices[id];
    double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_BOOT, device->power_draws,
                                  device->restorations);
    RollTime at =
        now + sim_law_draw(&group->boot, u) + (RollTime)(id - group->first) * group->start_spacing;
    if (group->surge > 0)
        at += (RollTime)(sim_random_uniform(&self->random, id, SIM_PURPOSE_SURGE,
                                            device->power_draws, device->restorations) *
                         (double)group->surge);
    return at;
}

void
sim_world_power_phone(SimWorld *self, RollTime now, uint32_t id, RollTime first_register)
{
    SimPhoneSetting setting = sim_world_setting(self, id);
    if (self->devices[id].address != 0)
        sim_phone_power_on(&self->phones[id], &setting, id, first_register);
    sim_world_tell(self, now, SIM_CHANGE_ON, id, self->devices[id].address, NULL);
}

void
sim_world_boot(SimWorld *self, RollTime now, uint32_t id)
{
    SimPhoneSetting setting = sim_world_setting(self, id);
    sim_phone_power_on(&self->phones[id], &setting, id, boot_time(self, now, id));
}

static void
switch_on(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    device->on = true;
    device->since = now;
    if (sim_address_needs_power(sim_world_network(self, id)) || device->address == 0)
        sim_world_change_address(self, now, id);
    if (!self->asleep)
        sim_world_power_phone(self, now, id, boot_time(self, now, id));
}

static void
switch_off(SimWorld *self, RollTime now, uint32_t id, bool goodbye)
{
    SimDevice *device = &self->devices[id];
    SimPhoneSetting setting = sim_world_setting(self, id);
    SimAction action = {0};
    device->on = false;
    if (!self->asleep)
        sim_phone_power_off(&self->phones[id], &setting, id, now, goodbye, &action);
    sim_world_tell(self, now, SIM_CHANGE_OFF, id, device->address, &action);
    /* A line that gives an address for as long as the device is on takes it back, but a device
     * that says goodbye needs it until it is answered; it is then replaced at the next power-on. */
    const SimNetworkSpec *network = sim_world_network(self, id);
    if (network->addressing == SIM_ADDRESS_LEASED && device->address != 0)
        sim_world_leave_lease(self, now, id, sim_world_pool_of(self, device->address),
                              goodbye && sim_world_uniform(self, id, SIM_PURPOSE_RELEASE,
                                                           device->power_draws) < network->release);
    if (network->addressing == SIM_ADDRESS_KEEPS_WHILE_ON &&
        !(goodbye && sim_world_group(self, id)->registers))
        sim_world_release_address(self, now, id);
}

void
sim_world_update_power(SimWorld *self, RollTime now, uint32_t id, bool goodbye)
{
    SimDevice *device = &self->devices[id];
    bool on = device->own_on && device->cuts == 0;
    if (on == device->on)
        return;
    if (on)
        switch_on(self, now, id);
    else
        switch_off(self, now, id, goodbye);
}

/* The @edge-th switching of a device with daily hours: even on, odd off. */
RollTime
sim_world_hours_edge(const SimWorld *self, uint32_t id, const SimPower *power, uint32_t edge)
{
    int64_t day = (int64_t)(edge / 2) - SIM_DAYS_BEFORE;
    RollTime on = day * ROLL_DAY + power->from;
    RollTime off = day * ROLL_DAY + power->to;
    on += (RollTime)(sim_world_uniform(self, id, SIM_PURPOSE_HOURS, edge & ~1u) *
                     (double)power->spread);
    off += (RollTime)(sim_world_uniform(self, id, SIM_PURPOSE_HOURS, edge | 1u) *
                      (double)power->spread);
    return edge % 2 == 0 ? on : MAX(on, off);
}

uint32_t
sim_world_next_hours_edge(const SimPower *power, uint32_t edge)
{
    do
        edge++;
    while ((power->days >> (edge / 2 + 7 - SIM_DAYS_BEFORE % 7) % 7 & 1) == 0);
    return edge;
}

/* When the own power of a device changes next, from @now on. */
RollTime
sim_world_next_power(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimPower *power = &sim_world_group(self, id)->power;
    if (power->kind == SIM_POWER_ALWAYS)
        return ROLL_NEVER;
    if (power->kind == SIM_POWER_HOURS) {
        device->power_draws = sim_world_next_hours_edge(power, device->power_draws);
        return MAX(now, sim_world_hours_edge(self, id, power, device->power_draws));
    }
    SimPurpose purpose = device->own_on ? SIM_PURPOSE_POWER_ON : SIM_PURPOSE_POWER_OFF;
    double u = sim_world_uniform(self, id, purpose, device->power_draws);
    device->power_draws += !device->own_on;
    return now + sim_law_draw(device->own_on ? &power->on : &power->off, u);
}

void
sim_world_handle_power(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimGroup *group = sim_world_group(self, id);
    if (group->power.kind == SIM_POWER_DIARY) {
        sim_world_handle_diary(self, now, id);
        return;
    }
    device->own_on =
        group->power.kind == SIM_POWER_HOURS ? device->power_draws % 2 == 0 : !device->own_on;
    bool goodbye = !device->own_on && sim_world_uniform(self, id, SIM_PURPOSE_LEAVES,
                                                        device->power_draws) < group->leaves;
    sim_world_update_power(self, now, id, goodbye);
    sim_world_schedule(self, sim_world_next_power(self, now, id), id, SIM_WORLD_POWER, 0);
}

/* One occurrence of an event: the @time-th, 0 the first; how long it is until all are back. */
typedef struct {
    const SimCut *cut;
    unsigned index;
    uint32_t time;
    double whole;
} Strike;

static double
strike_uniform(const SimWorld *self, uint32_t id, SimPurpose purpose, const Strike *strike)
{
    return sim_random_uniform(&self->random, id, purpose, strike->index, strike->time);
}

/* Chance of the event as a whole, under the name of an entity that no device has. */
static double
event_uniform(const SimWorld *self, SimPurpose purpose, const Strike *strike)
{
    return strike_uniform(self, self->scenario->n_phones + strike->index, purpose, strike);
}

static RollTime
outage_of(const SimWorld *self, uint32_t id, const Strike *strike)
{
    double u = strike_uniform(self, id, SIM_PURPOSE_CUT_BACK, strike);
    if (strike->cut->in_parts)
        return (RollTime)(sim_law_quantile(&strike->cut->back, u) * strike->whole);
    return sim_law_draw(&strike->cut->back, u);
}

/* How long device @id goes on without the mains. */
static RollTime
battery_of(const SimWorld *self, uint32_t id, const Strike *strike)
{
    const SimGroup *group = sim_world_group(self, id);
    if (group->ups <= 0 || sim_world_uniform(self, id, SIM_PURPOSE_UPS, 0) >= group->ups)
        return 0;
    return sim_law_draw(&group->ups_holds, strike_uniform(self, id, SIM_PURPOSE_UPS_HOLDS, strike));
}

void
sim_world_handle_down(SimWorld *self, RollTime now, uint32_t id)
{
    self->devices[id].cuts++;
    sim_world_update_power(self, now, id, false);
}

void
sim_world_handle_back(SimWorld *self, RollTime now, uint32_t id)
{
    self->devices[id].cuts--;
    sim_world_update_power(self, now, id, false);
    self->devices[id].restorations++;
}

static void
cut_device(SimWorld *self, RollTime now, uint32_t id, const Strike *strike)
{
    RollTime outage = outage_of(self, id, strike);
    if (strike->cut->link) {
        sim_world_cut_link(self, now, id, now + outage);
        return;
    }
    RollTime battery = battery_of(self, id, strike);
    if (battery > 0 && battery >= outage)
        return;
    if (battery > 0)
        sim_world_schedule(self, now + battery, id, SIM_WORLD_DOWN, 0);
    else
        sim_world_handle_down(self, now, id);
    sim_world_schedule(self, now + outage, id, SIM_WORLD_BACK, 0);
}

/* An item of the queue: which event, and for which time. Groups in a file are fewer than 1024. */
#define TIME_SHIFT 10

void
sim_world_handle_cut(SimWorld *self, RollTime now, uint32_t item)
{
    Strike strike = {.index = item & ((1u << TIME_SHIFT) - 1), .time = item >> TIME_SHIFT};
    const SimCut *cut = strike.cut = &self->scenario->cuts[strike.index];
    if (cut->in_parts)
        strike.whole = (double)sim_law_draw(&cut->within,
                                            event_uniform(self, SIM_PURPOSE_CUT_LENGTH, &strike));
    for (size_t g = 0; g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self, g);
        for (uint32_t id = own.from; id < own.to; id++)
            if (self->phones[id].network == cut->network &&
                strike_uniform(self, id, SIM_PURPOSE_CUT, &strike) < cut->share)
                cut_device(self, now, id, &strike);
    }
    if (!cut->recurs)
        return;
    double u = event_uniform(self, SIM_PURPOSE_CUT_REPEATS, &strike);
    sim_world_schedule(self, now + sim_law_draw(&cut->repeats, u),
                       self->scenario->n_phones + strike.index, SIM_WORLD_CUT,
                       item + (1u << TIME_SHIFT));
}
