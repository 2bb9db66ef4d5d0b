/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each process of each device has one event in the queue: its power, its place, its line's
 * address. A device that roams leaves address events of its former place behind; they carry the
 * number of the stay they belong to and are passed over. */
#include "sim/model/world.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What a world event is about; the ordinal keeps two of one device at one instant in order. */
enum { EVENT_POWER, EVENT_ROAM, EVENT_ADDRESS, EVENT_CUT, EVENT_BACK };

/* Day 0 of the draws for daily hours lies this many days before the run, so that ordinals of days
 * before time 0 are positive. */
#define DAYS_BEFORE 4096

static const SimGroup *
group_of(const SimWorld *self, uint32_t id)
{
    return &self->scenario->groups[self->phones[id].group];
}

SimPhoneSetting
sim_world_setting(const SimWorld *self, uint32_t id)
{
    return (SimPhoneSetting){group_of(self, id), &self->random};
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

static void
set_place(SimWorld *self, uint32_t id, unsigned place)
{
    self->devices[id].place = (uint8_t)place;
    self->phones[id].network = (uint16_t)group_of(self, id)->places[place].network;
}

static double
uniform(const SimWorld *self, uint32_t id, SimPurpose purpose, uint32_t ordinal)
{
    return sim_random_uniform(&self->random, id, purpose, ordinal, 0);
}

static void
schedule(SimWorld *self, RollTime due, uint32_t id, unsigned what, uint32_t item)
{
    if (due == ROLL_NEVER)
        return;
    uint64_t order = sim_order(SIM_CLASS_WORLD, id, what << 24);
    sim_queue_push(self->queue, (SimEvent){due, order, what, item});
}

/* Zeroed memory for the phones, in huge pages where the system has them: they are visited in no
 * order, and most of what a visit costs is finding the page. */
static SimPhone *
allocate_phones(size_t count)
{
    const size_t huge = 2 << 20;
    size_t size = (count * sizeof(SimPhone) + huge - 1) / huge * huge;
    SimPhone *phones = aligned_alloc(huge, size);
    if (phones == NULL)
        g_error("out of memory for %zu phones", count);
    madvise(phones, size, MADV_HUGEPAGE);
    memset(phones, 0, size);
    return phones;
}

SimWorld *
sim_world_new(const SimScenario *scenario, SimQueue *queue, SimWorldHook hook, void *hook_data)
{
    SimWorld *self = g_new0(SimWorld, 1);
    self->scenario = scenario;
    self->random = sim_random_new(scenario->seed, scenario->replication);
    self->queue = queue;
    self->hook = hook;
    self->hook_data = hook_data;
    self->phones = allocate_phones(scenario->n_phones);
    self->devices = g_new0(SimDevice, scenario->n_phones);
    self->holders = g_hash_table_new(NULL, NULL);
    for (size_t g = 0; g < scenario->n_groups; g++)
        for (uint32_t i = 0; i < scenario->groups[g].count; i++) {
            SimPhone *phone = &self->phones[scenario->groups[g].first + i];
            phone->group = (uint16_t)g;
            phone->wake = phone->armed = phone->timer = phone->notice = ROLL_NEVER;
        }
    return self;
}

void
sim_world_free(SimWorld *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->holders);
    g_free(self->devices);
    free(self->phones);
    g_free(self);
}

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

static void
tell(SimWorld *self, RollTime now, SimChange change, uint32_t id, uint32_t was,
     const SimAction *action)
{
    static const SimAction nothing;
    if (self->asleep)
        return;
    self->hook(self->hook_data, now, change, id, was, action ? action : &nothing);
}

static RollTime
notice_time(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = group_of(self, id);
    uint32_t ordinal = self->devices[id].address_draws;
    if (group->notices <= 0 || uniform(self, id, SIM_PURPOSE_NOTICES, ordinal) >= group->notices)
        return ROLL_NEVER;
    double u = uniform(self, id, SIM_PURPOSE_NOTICE_AFTER, ordinal);
    return now + sim_law_draw(&group->notice_after, u);
}

static void
change_address(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    SimPhoneSetting setting = sim_world_setting(self, id);
    uint32_t was = device->address;
    /* The new one is drawn while the old one is held, so that it is another. */
    set_address(self, id, free_address(self, id, sim_world_network(self, id)));
    sim_phone_set_address(&self->phones[id], &setting, device->address,
                          device->on ? notice_time(self, now, id) : ROLL_NEVER);
    tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

static void
release_address(SimWorld *self, RollTime now, uint32_t id)
{
    uint32_t was = self->devices[id].address;
    set_address(self, id, 0);
    tell(self, now, SIM_CHANGE_ADDRESS, id, was, NULL);
}

static RollTime
boot_time(SimWorld *self, RollTime now, uint32_t id)
{
    const SimGroup *group = group_of(self, id);
    double u = uniform(self, id, SIM_PURPOSE_BOOT, self->devices[id].power_draws);
    return now + sim_law_draw(&group->boot, u) +
           (RollTime)(id - group->first) * group->start_spacing;
}

static void
power_phone(SimWorld *self, RollTime now, uint32_t id, RollTime first_register)
{
    SimPhoneSetting setting = sim_world_setting(self, id);
    sim_phone_power_on(&self->phones[id], &setting, id, first_register);
    tell(self, now, SIM_CHANGE_ON, id, self->devices[id].address, NULL);
}

static void
switch_on(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    device->on = true;
    device->since = now;
    if (sim_world_network(self, id)->addressing == SIM_ADDRESS_KEEPS_WHILE_ON ||
        device->address == 0)
        change_address(self, now, id);
    if (!self->asleep)
        power_phone(self, now, id, boot_time(self, now, id));
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
    tell(self, now, SIM_CHANGE_OFF, id, device->address, &action);
    /* A line that gives an address for as long as the device is on takes it back, but a device
     * that says goodbye needs it until it is answered; it is then replaced at the next power-on. */
    bool lends = sim_world_network(self, id)->addressing == SIM_ADDRESS_KEEPS_WHILE_ON;
    if (lends && !(goodbye && group_of(self, id)->registers))
        release_address(self, now, id);
}

static void
update_power(SimWorld *self, RollTime now, uint32_t id, bool goodbye)
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
static RollTime
hours_edge(const SimWorld *self, uint32_t id, const SimPower *power, uint32_t edge)
{
    int64_t day = (int64_t)(edge / 2) - DAYS_BEFORE;
    RollTime on = day * ROLL_DAY + power->from;
    RollTime off = day * ROLL_DAY + power->to;
    on += (RollTime)(uniform(self, id, SIM_PURPOSE_HOURS, edge & ~1u) * (double)power->spread);
    off += (RollTime)(uniform(self, id, SIM_PURPOSE_HOURS, edge | 1u) * (double)power->spread);
    return edge % 2 == 0 ? on : MAX(on, off);
}

static uint32_t
next_hours_edge(const SimPower *power, uint32_t edge)
{
    do
        edge++;
    while ((power->days >> (edge / 2 + 7 - DAYS_BEFORE % 7) % 7 & 1) == 0);
    return edge;
}

/* When the own power of a device changes next, from @now on. */
static RollTime
next_power(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimPower *power = &group_of(self, id)->power;
    if (power->kind == SIM_POWER_ALWAYS)
        return ROLL_NEVER;
    if (power->kind == SIM_POWER_HOURS) {
        device->power_draws = next_hours_edge(power, device->power_draws);
        return MAX(now, hours_edge(self, id, power, device->power_draws));
    }
    SimPurpose purpose = device->own_on ? SIM_PURPOSE_POWER_ON : SIM_PURPOSE_POWER_OFF;
    double u = uniform(self, id, purpose, device->power_draws);
    device->power_draws += !device->own_on;
    return now + sim_law_draw(device->own_on ? &power->on : &power->off, u);
}

static void
handle_power(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    const SimGroup *group = group_of(self, id);
    device->own_on =
        group->power.kind == SIM_POWER_HOURS ? device->power_draws % 2 == 0 : !device->own_on;
    bool goodbye = !device->own_on &&
                   uniform(self, id, SIM_PURPOSE_LEAVES, device->power_draws) < group->leaves;
    update_power(self, now, id, goodbye);
    schedule(self, next_power(self, now, id), id, EVENT_POWER, 0);
}

static void
schedule_address(SimWorld *self, RollTime now, uint32_t id)
{
    const SimNetworkSpec *network = sim_world_network(self, id);
    SimDevice *device = &self->devices[id];
    if (network->addressing != SIM_ADDRESS_CHANGES)
        return;
    double u = uniform(self, id, SIM_PURPOSE_ADDRESS_CHANGE, device->change_draws++);
    schedule(self, now + sim_law_draw(&network->address_law, u), id, EVENT_ADDRESS,
             device->stay_draws);
}

static unsigned
next_place(SimWorld *self, uint32_t id, bool first)
{
    const SimGroup *group = group_of(self, id);
    SimDevice *device = &self->devices[id];
    double total = 0;
    for (size_t i = 0; i < group->n_places; i++)
        if (first || i != device->place)
            total += group->places[i].weight * (first ? sim_law_mean(&group->places[i].stay) : 1);
    double left = total * uniform(self, id, SIM_PURPOSE_PLACE, device->stay_draws);
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

static void
schedule_stay(SimWorld *self, RollTime now, uint32_t id, const SimAgeing *ageing)
{
    const SimGroup *group = group_of(self, id);
    SimDevice *device = &self->devices[id];
    if (group->n_places < 2)
        return;
    double u = uniform(self, id, SIM_PURPOSE_STAY, device->stay_draws);
    RollTime stay = sim_law_draw(&group->places[device->place].stay, u);
    if (ageing != NULL)
        stay = (RollTime)((double)sim_ageing_length(ageing, u) *
                          uniform(self, id, SIM_PURPOSE_START, 3));
    schedule(self, now + stay, id, EVENT_ROAM, 0);
}

static void
handle_roam(SimWorld *self, RollTime now, uint32_t id)
{
    SimDevice *device = &self->devices[id];
    device->stay_draws++;
    set_place(self, id, next_place(self, id, false));
    if (device->on || sim_world_network(self, id)->addressing != SIM_ADDRESS_KEEPS_WHILE_ON)
        change_address(self, now, id);
    else if (device->address != 0)
        release_address(self, now, id);
    schedule_address(self, now, id);
    schedule_stay(self, now, id, NULL);
}

static void
handle_cut(SimWorld *self, RollTime now, unsigned index)
{
    const SimCut *cut = &self->scenario->cuts[index];
    for (uint32_t id = 0; id < self->scenario->n_phones; id++) {
        SimDevice *device = &self->devices[id];
        if (self->phones[id].network != cut->network ||
            uniform(self, id, SIM_PURPOSE_CUT, index) >= cut->share)
            continue;
        device->cuts++;
        update_power(self, now, id, false);
        double u = uniform(self, id, SIM_PURPOSE_CUT_BACK, index);
        schedule(self, now + sim_law_draw(&cut->back, u), id, EVENT_BACK, 0);
    }
}

void
sim_world_handle(SimWorld *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    switch (event->what) {
    case EVENT_POWER:
        handle_power(self, event->due, id);
        break;
    case EVENT_ROAM:
        handle_roam(self, event->due, id);
        break;
    case EVENT_ADDRESS:
        if (event->item != self->devices[id].stay_draws)
            break;
        change_address(self, event->due, id);
        schedule_address(self, event->due, id);
        break;
    case EVENT_CUT:
        handle_cut(self, event->due, event->item);
        break;
    case EVENT_BACK:
        self->devices[id].cuts--;
        update_power(self, event->due, id, false);
        break;
    }
}

/* Everything below sets the world up. */

static uint32_t
expected_grant(const SimScenario *scenario, const SimGroup *group, uint32_t id)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    uint32_t granted = MAX(sim_phone_asks(group, id), registrar->min_expires);
    return registrar->max_expires > 0 ? MIN(granted, registrar->max_expires) : granted;
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
        RollTime refresh = sim_refresh_interval(&group->refresh, granted, 1);
        longest =
            MAX(longest, granted * ROLL_SECOND + refresh + scenario->registrar.purge_interval);
    }
    return longest;
}

RollTime
sim_world_dawn(const SimScenario *scenario)
{
    const RollTime week = 7 * ROLL_DAY;
    RollTime history = sim_world_history(scenario);
    return -(history + week - 1) / week * week;
}

/* How long a phone that has been on for @age at the start has still to go to its next refresh.
 * Only the last of many intervals matter, so a great age is cut down by whole mean intervals:
 * that is exact for a fixed law, and for a random one the phase is long forgotten. */
static RollTime
refresh_residual(const SimWorld *self, uint32_t id, double age)
{
    const SimGroup *group = group_of(self, id);
    uint32_t granted = expected_grant(self->scenario, group, id);
    double mean = (double)sim_refresh_interval(&group->refresh, granted, 0.5);
    double at = 0;
    if (age > 64 * mean)
        age -= floor(age / mean - 32) * mean;
    for (uint32_t k = 0; at <= age; k++) {
        double u = sim_random_uniform(&self->random, id, SIM_PURPOSE_START, 16, k);
        at += (double)sim_refresh_interval(&group->refresh, granted, u);
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
    const SimPower *power = &group_of(self, id)->power;
    if (self->scenario->start != SIM_START_STATIONARY) {
        device->own_on = self->scenario->start == SIM_START_ALL_ON;
        *next = next_power(self, now, id);
        return;
    }
    double on = sim_law_mean(&power->on);
    double off = sim_law_mean(&power->off);
    device->own_on = uniform(self, id, SIM_PURPOSE_START, 0) * (on + off) < on;
    double length = (double)sim_ageing_length(device->own_on ? ageings->on : ageings->off,
                                              uniform(self, id, SIM_PURPOSE_START, 1));
    *age = length * uniform(self, id, SIM_PURPOSE_START, 2);
    *next = now + (RollTime)(length - *age);
    device->power_draws = 1;
}

static void
start_power_hours(SimWorld *self, RollTime now, uint32_t id, RollTime *next, double *age)
{
    SimDevice *device = &self->devices[id];
    const SimPower *power = &group_of(self, id)->power;
    int64_t day = now / ROLL_DAY - 9 + DAYS_BEFORE;
    uint32_t last = next_hours_edge(power, (uint32_t)(2 * day - 1));
    for (uint32_t edge = last; hours_edge(self, id, power, edge) <= now;
         edge = next_hours_edge(power, edge))
        last = edge;
    device->own_on = last % 2 == 0 && hours_edge(self, id, power, last) <= now;
    device->power_draws = last;
    *age = (double)(now - hours_edge(self, id, power, last));
    *next = next_power(self, now, id);
}

static void
start_device(SimWorld *self, RollTime now, uint32_t id, const Ageings *ageings)
{
    const SimGroup *group = group_of(self, id);
    SimDevice *device = &self->devices[id];
    bool stationary = self->scenario->start == SIM_START_STATIONARY;
    RollTime next = ROLL_NEVER;
    double age = 0;
    device->own_on = true;
    if (group->power.kind == SIM_POWER_CYCLES)
        start_power_cycles(self, now, id, ageings, &next, &age);
    else if (group->power.kind == SIM_POWER_HOURS)
        start_power_hours(self, now, id, &next, &age);
    else if (stationary)
        /* On for ever: the refresh it is in the middle of began at a random phase. */
        age = 4e15 * (1 + uniform(self, id, SIM_PURPOSE_START, 2));
    set_place(self, id, group->n_places > 1 ? next_place(self, id, true) : 0);
    const SimNetworkSpec *network = sim_world_network(self, id);
    if (network->addressing != SIM_ADDRESS_KEEPS_WHILE_ON)
        change_address(self, now, id);
    update_power(self, now, id, false);
    device->since = now - (RollTime)age;
    schedule(self, next, id, EVENT_POWER, 0);
    schedule_stay(self, now, id, ageings->stays[device->place]);
    SimAgeing *change = ageings->address[group->places[device->place].network];
    if (change != NULL) {
        double length = (double)sim_ageing_length(change, uniform(self, id, SIM_PURPOSE_START, 4));
        RollTime left = (RollTime)(length * uniform(self, id, SIM_PURPOSE_START, 5));
        schedule(self, now + left, id, EVENT_ADDRESS, device->stay_draws);
    }
}

static void
start_group(SimWorld *self, RollTime now, const SimGroup *group, Ageings *ageings)
{
    if (group->power.kind == SIM_POWER_CYCLES && self->scenario->start == SIM_START_STATIONARY) {
        ageings->on = sim_ageing_new(&group->power.on);
        ageings->off = sim_ageing_new(&group->power.off);
    }
    ageings->stays = g_new0(SimAgeing *, group->n_places);
    for (size_t i = 0; group->n_places > 1 && i < group->n_places; i++)
        ageings->stays[i] = sim_ageing_new(&group->places[i].stay);
    for (uint32_t i = 0; i < group->count; i++)
        start_device(self, now, group->first + i, ageings);
    for (size_t i = 0; i < group->n_places; i++)
        sim_ageing_free(ageings->stays[i]);
    g_clear_pointer(&ageings->stays, g_free);
    g_clear_pointer(&ageings->on, sim_ageing_free);
    g_clear_pointer(&ageings->off, sim_ageing_free);
}

void
sim_world_wake(SimWorld *self, RollTime now)
{
    self->asleep = false;
    for (uint32_t id = 0; id < self->scenario->n_phones; id++) {
        const SimDevice *device = &self->devices[id];
        if (device->address != 0)
            tell(self, now, SIM_CHANGE_ADDRESS, id, 0, NULL);
        if (!device->on)
            continue;
        RollTime age = now - device->since;
        RollTime next = group_of(self, id)->registers
                            ? now + refresh_residual(self, id, (double)age)
                            : ROLL_NEVER;
        power_phone(self, now, id, next);
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
        start_group(self, now, &scenario->groups[g], &ageings);
    for (size_t i = 0; i < scenario->n_networks; i++)
        sim_ageing_free(ageings.address[i]);
    g_free(ageings.address);
    for (size_t i = 0; i < scenario->n_cuts; i++)
        schedule(self, scenario->cuts[i].at, scenario->n_phones + (uint32_t)i, EVENT_CUT,
                 (uint32_t)i);
}
