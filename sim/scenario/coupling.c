/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/scenario/coupling.h"

#include <string.h>

static const char *
registrar_couples(const SimScenario *scenario)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    if (scenario->station.given)
        return "requests wait for one another at the station";
    if (registrar->max_records > 0)
        return "they share a table of limited size";
    if (registrar->replica && registrar->replica_lag.kind != SIM_LAW_FIXED)
        return "one change that is late on its way to the replica holds up those behind it";
    if (registrar->jitter_level)
        return "the registrar levels their expiries against each other";
    return NULL;
}

static const char *
event_couples(const SimCut *cut)
{
    if (cut->in_parts)
        return "how long a restoration lasts is drawn for all at once";
    if (cut->recurs && cut->repeats.kind != SIM_LAW_FIXED)
        return "an event strikes many at random times";
    if (cut->fault != SIM_FAULT_NONE && cut->back.kind != SIM_LAW_FIXED)
        return "how long the registrar is down is drawn once for all";
    return NULL;
}

static unsigned
count_users(const SimScenario *scenario, size_t network)
{
    unsigned users = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        bool uses = false;
        for (size_t p = 0; p < group->n_places; p++)
            uses = uses || group->places[p].network == network;
        users += uses ? group->count : 0;
    }
    return users;
}

/* Any free address at random is nearly one's own draw while most are free. */
static const char *
network_couples(const SimScenario *scenario, size_t i)
{
    const SimNetworkSpec *network = &scenario->networks[i];
    bool changes = network->addressing != SIM_ADDRESS_FIXED;
    if (changes && network->assign != SIM_ASSIGN_RANDOM)
        return "who gets an address depends on who gave one up";
    if (network->addressing == SIM_ADDRESS_LEASED)
        return "they lease addresses from one pool";
    if (changes && 2 * (uint64_t)count_users(scenario, i) > network->pool_size)
        return "they share a pool of which more than half is in use";
    return network->nat > 0 && network->nat_share > 1 ? "they share the ports of a NAT" : NULL;
}

const char *
sim_scenario_coupling(const SimScenario *self)
{
    const char *why = registrar_couples(self);
    for (size_t i = 0; why == NULL && i < self->n_cuts; i++)
        why = event_couples(&self->cuts[i]);
    for (size_t i = 0; why == NULL && i < self->n_networks; i++)
        why = network_couples(self, i);
    return why;
}
