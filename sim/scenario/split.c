/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Events that strike many phones at once couple them, but do not keep them together: when one
 * comes, and whom it strikes for how long, is drawn by counter, and so the same in every part. So
 * are calls. */
#include "sim/scenario/split.h"

static const char *
find_in_registrar(const SimRegistrarSpec *registrar)
{
    if (registrar->max_records > 0)
        return "phones compete for room in the table (max-records)";
    if (registrar->jitter_level && (registrar->jitter_percent > 0 || registrar->jitter_seconds > 0))
        return "each expiry is levelled against those of other phones (expires-jitter)";
    if (registrar->replica)
        return "changes are sent to the replica in one order (replica-lag)";
    if (registrar->qualify > 0)
        return "the registrar asks its records in one order (qualify)";
    return NULL;
}

static const char *
find_in_network(const SimNetworkSpec *network)
{
    if (network->nat > 0)
        return "phones share the addresses of a NAT (nat)";
    if (network->addressing != SIM_ADDRESS_FIXED)
        return "phones get addresses that others gave up (address)";
    return NULL;
}

static const char *
find_in_group(const SimGroup *group)
{
    if (group->n_places > 1)
        return "phones get addresses that others gave up when they left (places)";
    if (group->owner != 0 || group->shared)
        return "several phones register one address-of-record (aor-of)";
    if (group->lines != NULL)
        return "the names of the phones are in no order (register)";
    if (group->push.on)
        return "the registrar pushes to its records in one order (push)";
    return NULL;
}

/* The wheel of the registrar (src/wheel.c) has so many seconds. A record that lives longer than it
 * reaches is looked at when the others make it turn; half of it, as the wheel stands still as long
 * as no record needs it. */
#define WHEEL (8190 * ROLL_SECOND)

static const char *
find_in_expiry(const SimScenario *self)
{
    const SimRegistrarSpec *registrar = &self->registrar;
    RollTime margin = registrar->late_margin + registrar->purge_interval;
    RollTime longest = 0;
    for (size_t g = 0; g < self->n_groups; g++) {
        uint32_t granted = MAX(self->groups[g].expires, registrar->min_expires);
        if (registrar->max_expires > 0)
            granted = MIN(granted, registrar->max_expires);
        longest = MAX(longest, granted * ROLL_SECOND);
    }
    return 2 * (longest + margin) > WHEEL
               ? "how often the registrar looks at a record of more than an hour depends on the "
                 "others (expires)"
               : NULL;
}

const char *
sim_scenario_why_whole(const SimScenario *self)
{
    const char *reason = NULL;
    if (self->script != NULL)
        return "it has a script and no phones (script)";
    if (self->station.given)
        return "requests wait for one another at the station (station)";
    reason = find_in_registrar(&self->registrar);
    for (size_t i = 0; reason == NULL && i < self->n_cuts; i++)
        if (self->cuts[i].fault != SIM_FAULT_NONE)
            reason = "the registrar's table is taken down or changed as a whole (event)";
    for (size_t i = 0; reason == NULL && i < self->n_networks; i++)
        reason = find_in_network(&self->networks[i]);
    for (size_t g = 0; reason == NULL && g < self->n_groups; g++)
        reason = find_in_group(&self->groups[g]);
    return reason != NULL ? reason : find_in_expiry(self);
}
