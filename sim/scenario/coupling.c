/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What couples phones is a queue, a bound or a draw that they share. What the file fixes, such as
 * the hour of a blackout or the clock of a purge, strikes all alike and couples nothing; nor do
 * calls, since parts of a Poisson process are independent; nor do groups with `aor-of`, whose i-th
 * devices belong to one person. */
#include "sim/scenario/coupling.h"

static bool
is_random(const SimLaw *law)
{
    return law->kind != SIM_LAW_FIXED;
}

static const char *
find_in_registrar(const SimScenario *self)
{
    const SimRegistrarSpec *registrar = &self->registrar;
    if (self->station.given)
        return "requests wait for one another at the station";
    if (registrar->max_records > 0)
        return "phones compete for room in the table (max-records)";
    if (registrar->jitter_level && (registrar->jitter_percent > 0 || registrar->jitter_seconds > 0))
        return "each expiry is levelled against those of other phones (expires-jitter)";
    /* With the same lag for all no change has to wait for the one before it. */
    if (registrar->replica && is_random(&registrar->replica_lag))
        return "changes wait for one another on their way to the replica (replica-lag)";
    return NULL;
}

static const char *
find_in_event(const SimCut *event)
{
    if (event->recurs && is_random(&event->repeats))
        return "an event strikes many phones at random times (repeats)";
    if (event->in_parts && is_random(&event->within))
        return "all phones share how long a restoration lasts (back ... within)";
    if (event->fault == SIM_FAULT_CRASH && is_random(&event->back))
        return "all phones share how long the registrar is down (back)";
    return NULL;
}

/* Its devices give up addresses, which others may then get. */
static bool
gives_up(const SimGroup *group, const SimNetworkSpec *network)
{
    return group->n_places > 1 || network->addressing != SIM_ADDRESS_FIXED;
}

bool
sim_scenario_reassigns(const SimScenario *self)
{
    bool reassigns = self->has_nat;
    for (size_t g = 0; g < self->n_groups; g++)
        for (size_t i = 0; i < self->groups[g].n_places; i++)
            reassigns = reassigns ||
                        gives_up(&self->groups[g], &self->networks[self->groups[g].places[i].network]);
    return reassigns;
}

static bool
stays_in(const SimGroup *group, size_t network)
{
    for (size_t i = 0; i < group->n_places; i++)
        if (group->places[i].network == network)
            return true;
    return false;
}

/* In a pool at most half full most random draws meet no address that is taken, and which one
 * it then gets does not matter to anyone. */
static const char *
find_in_pool(const SimScenario *self, size_t which)
{
    const SimNetworkSpec *network = &self->networks[which];
    uint64_t most = 0; /* devices that can be in it */
    bool given_up = false;
    for (size_t i = 0; i < self->n_groups; i++) {
        if (!stays_in(&self->groups[i], which))
            continue;
        most += self->groups[i].count;
        given_up = given_up || gives_up(&self->groups[i], network);
    }
    uint64_t room = (uint64_t)network->pool_size * (network->nat > 0 ? network->nat_share : 1);
    if (!given_up)
        return NULL;
    if (network->assign != SIM_ASSIGN_RANDOM)
        return "a phone's address depends on those that others gave up (assign)";
    return 2 * most > room ? "phones compete for addresses: a pool is more than half full (pool)"
                           : NULL;
}

const char *
sim_scenario_coupling(const SimScenario *self)
{
    const char *reason = find_in_registrar(self);
    for (size_t i = 0; !reason && i < self->n_cuts; i++)
        reason = find_in_event(&self->cuts[i]);
    for (size_t i = 0; !reason && i < self->n_networks; i++)
        reason = find_in_pool(self, i);
    return reason;
}
