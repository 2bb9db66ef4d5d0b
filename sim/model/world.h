/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens to the phones, whatever they and the registrar do: power comes and goes, addresses
 * change, people roam, a blackout strikes. Everything here is drawn by counter and depends on no
 * registration, so the same seed gives the same world under every policy. */
#pragma once

#include "sim/engine/queue.h"
#include "sim/model/phone.h"
#include "sim/model/pool.h"

/**
 * SimDevice: the world's side of a phone.
 * @address: IPv4 in host byte order; 0 for none
 * @since: when it last went on, if it is on
 * @cut_off: a bit for each reason why no packet gets through to it though it is where it says
 * @own_on: on by its own law; @cuts: blackouts it is in; @on: both together
 * @restorations: blackouts it was in
 * @link_cuts: events that cut its line
 */
typedef struct {
    RollTime since;
    uint32_t address;
    uint32_t power_draws;
    uint32_t address_draws;
    uint16_t cuts;
    uint16_t restorations;
    uint16_t link_cuts;
    uint8_t place;
    uint8_t cut_off;
    bool own_on;
    bool on;
} SimDevice;

G_STATIC_ASSERT(sizeof(SimDevice) <= 32);

/** SimDraws: how often what most devices never do was drawn for one: the length of a stay (the
 * number of the stay it is in), an address change, an outage, a port of its NAT. */
typedef struct {
    uint32_t stay;
    uint32_t change;
    uint32_t outage;
    uint32_t port;
} SimDraws;

/** SimCutOff: reasons why no packet gets through to a device. */
typedef enum { SIM_CUT_OFF_NAT = 1, SIM_CUT_OFF_OUTAGE = 2, SIM_CUT_OFF_PARTITION = 4 } SimCutOff;

typedef enum { SIM_CHANGE_ON, SIM_CHANGE_OFF, SIM_CHANGE_ADDRESS, SIM_CHANGE_REACH } SimChange;

/**
 * SimWorldHook: told of each change after it was made.
 * @was: the address before; @action: what the phone wants
 */
typedef void (*SimWorldHook)(void *data, RollTime now, SimChange change, uint32_t id, uint32_t was,
                             const SimAction *action);

/** SimLines: how a line with outages is met at a random instant; see line.c. */
typedef struct SimLines SimLines;

/**
 * SimPart: one of @of parts of a world, each of which has a share of each group, and nobody else's
 * devices are looked at or changed in it. Zeroed: the whole world.
 * @addresses: by device, as sim_world_assign() gave them out; borrowed
 */
typedef struct {
    unsigned index;
    unsigned of;
    const uint32_t *addresses;
} SimPart;

/** SimSpan: devices from @from up to @to, which is not among them. */
typedef struct {
    uint32_t from;
    uint32_t to;
} SimSpan;

/**
 * SimWorld: open to the rest of the simulator for reading.
 * @holders: only as far as somebody may ask
 * @reassigns: an address that one device had may become that of another
 * @asleep: the world goes on, but no phone has been woken and nobody is told of anything yet
 */
typedef struct {
    const SimScenario *scenario;
    SimPart part;
    SimRandom random;
    SimQueue *queue;
    SimPhone *phones;
    SimDevice *devices;
    SimDraws *draws; /* takes no memory where nothing was drawn */
    GHashTable *holders; /* address -> entity + 1 of who is there and has it */
    SimPool **pools;     /* by network */
    SimLines *lines;     /* by network */
    uint16_t **sharers;  /* by network with a NAT and by address: devices that share it */
    SimWorldHook hook;
    void *hook_data;
    bool reassigns;
    bool asleep;
} SimWorld;

/** sim_world_new: @scenario and @queue are borrowed. */
SimWorld *sim_world_new(const SimScenario *scenario, SimQueue *queue, SimWorldHook hook,
                        void *hook_data);
/** sim_world_new_part: the same for the devices of @part alone. */
SimWorld *sim_world_new_part(const SimScenario *scenario, SimPart part, SimQueue *queue,
                             SimWorldHook hook, void *hook_data);
void sim_world_free(SimWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimWorld, sim_world_free)

/**
 * sim_world_assign: the addresses with which the devices of a scenario begin whose networks all
 * have `address = fixed`: the next one depends on which are taken, so parts cannot draw their own.
 * Returns: (transfer full): by device
 */
uint32_t *sim_world_assign(const SimScenario *scenario);

/** sim_world_span: the devices of group @g that are in this world. */
static inline SimSpan
sim_world_span(const SimWorld *self, size_t g)
{
    const SimGroup *group = &self->scenario->groups[g];
    uint64_t of = MAX(self->part.of, 1);
    return (SimSpan){group->first + (uint32_t)(group->count * (uint64_t)self->part.index / of),
                     group->first + (uint32_t)(group->count * (self->part.index + 1ull) / of)};
}

/** sim_world_owns: device @id is in this world. */
bool sim_world_owns(const SimWorld *self, uint32_t id);

/**
 * sim_world_history: how long before time 0 a run has to begin so that at 0 the table is in
 * equilibrium with phones whose power and addresses are: the longest a record can live, and the
 * longest time until each phone that was on has registered. 0 unless `start = stationary`.
 */
RollTime sim_world_history(const SimScenario *scenario);

/**
 * sim_world_dawn: when the world begins, at or before the history. It depends on no policy unless
 * records live for days, so that the same seed gives the same world under every expiry: weeks
 * before time 0, and the longest lease of an address.
 */
RollTime sim_world_dawn(const SimScenario *scenario);

/**
 * sim_world_start: puts every device into its state at @now and schedules what comes. With
 * `start = stationary` all phones are still asleep.
 */
void sim_world_start(SimWorld *self, RollTime now);

/** sim_world_wake: wakes the phones of the devices that are on, each in the middle of a refresh
 * interval, and tells of where everything stands. */
void sim_world_wake(SimWorld *self, RollTime now);

/** sim_world_handle: an event of class %SIM_CLASS_WORLD is due. */
void sim_world_handle(SimWorld *self, const SimEvent *event);

/** sim_world_holder: the entity that has @address where it is, on or off, or -1. Where addresses
 * stay with their devices it may be -1 for each of them, once all have theirs. */
int64_t sim_world_holder(const SimWorld *self, uint32_t address);

/** sim_world_has_port: device @id is behind a NAT and has a port there. */
bool sim_world_has_port(const SimWorld *self, uint32_t id);

/** sim_world_take_port: device @id is behind a NAT, has no port, and sends a packet. */
void sim_world_take_port(SimWorld *self, RollTime now, uint32_t id);

/** sim_world_lose_port: device @id has sent nothing for too long. Its address stays what it was, as
 * it knows nothing of it. */
void sim_world_lose_port(SimWorld *self, RollTime now, uint32_t id);

/** sim_world_setting: the group and randomness of phone @id. */
SimPhoneSetting sim_world_setting(const SimWorld *self, uint32_t id);

/** sim_world_network: the network device @id is in. */
const SimNetworkSpec *sim_world_network(const SimWorld *self, uint32_t id);
