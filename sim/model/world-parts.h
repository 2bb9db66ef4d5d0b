/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the world share; for the files of this folder alone. */
#pragma once

#include "sim/model/world.h"

/** What a world event is about; the ordinal keeps two of one device at one instant in order. */
enum {
    SIM_WORLD_POWER,
    SIM_WORLD_ROAM,
    SIM_WORLD_ADDRESS,
    SIM_WORLD_CUT,
    SIM_WORLD_BACK,
    SIM_WORLD_DOWN,
    SIM_WORLD_LINK_BACK,
    SIM_WORLD_OUTAGE,
    SIM_WORLD_LEASE,
    SIM_WORLD_ASK,
};

/** SIM_DAYS_BEFORE: day 0 of the draws for daily hours lies this many days before the run, so that
 * ordinals of days before time 0 are positive. */
#define SIM_DAYS_BEFORE 4096

/* world.c */
/** sim_world_group: of device @id. */
const SimGroup *sim_world_group(const SimWorld *self, uint32_t id);
/** sim_world_uniform: a number of chance of entity @id. */
double sim_world_uniform(const SimWorld *self, uint32_t id, SimPurpose purpose, uint32_t ordinal);
/** sim_world_schedule: an event of device @id; none if @due is %ROLL_NEVER. */
void sim_world_schedule(SimWorld *self, RollTime due, uint32_t id, unsigned what, uint32_t item);
/** sim_world_tell: the owner, of a change that was made; @action may be %NULL. */
void sim_world_tell(SimWorld *self, RollTime now, SimChange change, uint32_t id, uint32_t was,
                    const SimAction *action);

/** sim_world_set_cut_off: from now on device @id is cut off for @reason, or no more. */
void sim_world_set_cut_off(SimWorld *self, RollTime now, uint32_t id, SimCutOff reason, bool yes);

/** sim_address_needs_power: a device of such a network has its address by being on. */
static inline bool
sim_address_needs_power(const SimNetworkSpec *network)
{
    return network->addressing == SIM_ADDRESS_KEEPS_WHILE_ON ||
           network->addressing == SIM_ADDRESS_LEASED;
}

/* address.c */
/** sim_world_change_address: where it is now: another one, or the one it has a lease of. */
void sim_world_change_address(SimWorld *self, RollTime now, uint32_t id);
void sim_world_release_address(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_set_address: device @id has @address from now on, or 0, and not the one it had. */
void sim_world_set_address(SimWorld *self, RollTime now, uint32_t id, uint32_t address);
/** sim_world_give_address: to a device that is on and had none; its phone may have waited for it.
 */
void sim_world_give_address(SimWorld *self, RollTime now, uint32_t id, uint32_t address);
/** sim_world_pool_of: whose @address is. */
SimPool *sim_world_pool_of(const SimWorld *self, uint32_t address);
/** sim_world_schedule_address: the next change, if the network's addresses change by themselves. */
void sim_world_schedule_address(SimWorld *self, RollTime now, uint32_t id);

/* lease.c: of networks with SIM_ADDRESS_LEASED */
/** sim_world_ask_address: the address that device @id has a lease of or gets one of, or 0: then it
 * will ask again. */
uint32_t sim_world_ask_address(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_leave_lease: it stops to renew; @released: and gives back what it has, soon. */
void sim_world_leave_lease(SimWorld *self, RollTime now, uint32_t id, SimPool *pool, bool released);
void sim_world_handle_lease(SimWorld *self, RollTime now, uint32_t id, uint32_t address);
void sim_world_handle_ask(SimWorld *self, RollTime now, uint32_t id, uint32_t ask);
/** sim_world_start_lease: as a visitor finds it, with the device on or off for @age. */
void sim_world_start_lease(SimWorld *self, RollTime now, uint32_t id, RollTime age);

/* power.c */
/** sim_world_power_phone: the phone of a device that went on boots. */
void sim_world_power_phone(SimWorld *self, RollTime now, uint32_t id, RollTime first_register);
/** sim_world_boot: the phone of a device that was on without an address. */
void sim_world_boot(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_update_power: after its own power or a cut changed. */
void sim_world_update_power(SimWorld *self, RollTime now, uint32_t id, bool goodbye);
/** sim_world_next_power: when the own power of a device changes next, from @now on. */
RollTime sim_world_next_power(SimWorld *self, RollTime now, uint32_t id);
void sim_world_handle_power(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_handle_cut: @item: the place of the event among all, and which time it comes. */
void sim_world_handle_cut(SimWorld *self, RollTime now, uint32_t item);
/** sim_world_handle_down, sim_world_handle_back: the mains of a device are gone, are back. */
void sim_world_handle_down(SimWorld *self, RollTime now, uint32_t id);
void sim_world_handle_back(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_hours_edge: the @edge-th switching of a device with daily hours: even on, odd off. */
RollTime sim_world_hours_edge(const SimWorld *self, uint32_t id, const SimPower *power,
                              uint32_t edge);
/** sim_world_next_hours_edge: the next one after @edge on a day that counts. */
uint32_t sim_world_next_hours_edge(const SimPower *power, uint32_t edge);

/* nat.c */
void sim_world_open_nats(SimWorld *self);
void sim_world_close_nats(SimWorld *self);
/** sim_world_draw_public: for device @id, which comes to a network with a NAT: an address of it
 * that has room, with the port 0 of its block, which is nobody's. */
uint32_t sim_world_draw_public(SimWorld *self, uint32_t id, const SimNetworkSpec *network);
/** sim_world_leave_endpoint: device @id gives back its endpoint. */
void sim_world_leave_endpoint(SimWorld *self, uint32_t id);
/** sim_world_enter_endpoint: its new address is an endpoint, with a port or without. */
void sim_world_enter_endpoint(SimWorld *self, uint32_t id);

/* line.c */
void sim_world_open_lines(SimWorld *self);
void sim_world_close_lines(SimWorld *self);
/** sim_world_start_line: of the network device @id came to: works or is down, as it is met at a
 * random instant. What was wrong with the line of its former place concerns it no more. */
void sim_world_start_line(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_handle_outage: one begins or ends. */
void sim_world_handle_outage(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_cut_link: an event cuts the line of device @id until @back. */
void sim_world_cut_link(SimWorld *self, RollTime now, uint32_t id, RollTime back);
void sim_world_handle_link_back(SimWorld *self, RollTime now, uint32_t id);

/* diary.c */
/** sim_world_start_diary: puts a device before its first row. Returns: when that is. */
RollTime sim_world_start_diary(SimWorld *self, uint32_t id);
/** sim_world_handle_diary: its next row is due. */
void sim_world_handle_diary(SimWorld *self, RollTime now, uint32_t id);

/* places.c */
void sim_world_set_place(SimWorld *self, uint32_t id, unsigned place);
/** sim_world_next_place: by chance; @first: where it is at the start, weighted by the stays. */
unsigned sim_world_next_place(SimWorld *self, uint32_t id, bool first);
/** sim_world_go_to: device @id comes to @place; @draws has the number of this stay. */
void sim_world_go_to(SimWorld *self, RollTime now, uint32_t id, unsigned place);
/** sim_world_start_calendar: puts a device where its calendar has it at @now. */
void sim_world_start_calendar(SimWorld *self, RollTime now, uint32_t id);
/** sim_world_schedule_stay: its end; @ageing: the stay has begun some time ago, or %NULL. */
void sim_world_schedule_stay(SimWorld *self, RollTime now, uint32_t id, const SimAgeing *ageing);
void sim_world_handle_roam(SimWorld *self, RollTime now, uint32_t id);
