/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a run can be split: by its scenario, by what its owner wants to watch, and by the bounds
 * of the registrar, which a part must not come to later than the whole would. */
#include "sim/experiment/parts.h"
#include "sim/scenario/split.h"

/* How long the registrar remembers an answer: 64*T1 (RFC 3261 section 17.2.2). */
#define REMEMBERS (64 * ROLL_T1)

/* The least that a record of @group is given, seconds. */
static uint32_t
least_grant(const SimRegistrarSpec *registrar, const SimGroup *group)
{
    uint32_t granted = MAX(group->expires, registrar->min_expires);
    if (registrar->max_expires > 0)
        granted = MIN(granted, registrar->max_expires);
    uint64_t span =
        MAX((uint64_t)granted * registrar->jitter_percent / 100, registrar->jitter_seconds);
    span += registrar->grant_loss;
    uint32_t least = MIN(granted, MAX(registrar->min_expires, 1));
    return span < granted - least ? granted - (uint32_t)span : least;
}

static bool
may_fail(const SimScenario *scenario, const SimGroup *group)
{
    const SimNetworkSpec *network = &scenario->networks[group->places[0].network];
    bool cuts = false;
    for (size_t i = 0; i < scenario->n_cuts; i++)
        cuts = cuts || scenario->cuts[i].link;
    return group->wrong_password > 0 || network->outages.any || cuts ||
           (network->loss_up > 0 || network->loss_down > 0);
}

/* How often a phone begins to register in @span, if it is always on. */
static double
attempts(const SimScenario *scenario, const SimGroup *group, RollTime span)
{
    RollTime each = sim_group_interval(group, least_grant(&scenario->registrar, group), 0);
    RollTime retry = sim_retry_interval(&group->retry, 1, 0.5);
    if (may_fail(scenario, group))
        each = MIN(each, retry);
    return 1 + (double)span / (double)MAX(each, 1);
}

/* The registrar has room for four nonces and sixteen transactions of each phone. Half of that is
 * never reached; it takes another nonce for each attempt, or for each phone now and then. */
static const char *
find_in_limits(const SimScenario *scenario)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    double nonces = 0;
    double transactions = 0;
    bool reuses = false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (!group->registers)
            continue;
        bool fresh = group->credentials == SIM_CREDENTIALS_FRESH || group->wrong_password > 0;
        reuses = reuses || group->credentials == SIM_CREDENTIALS_REUSED;
        nonces += group->count * (fresh ? attempts(scenario, group, registrar->nonce_lifetime) : 2);
        transactions += group->count * 2 * attempts(scenario, group, REMEMBERS);
    }
    if (registrar->digest && reuses && nonces > 2.0 * scenario->n_phones + 32768)
        return "a nonce may be pushed out by those of other phones (nonce-lifetime)";
    if (transactions > 8.0 * scenario->n_phones + 32768)
        return "there may be no room to remember each request (expires)";
    return NULL;
}

const char *
sim_run_why_whole(const SimScenario *scenario, const SimRunOptions *options)
{
    if (options->trace != NULL)
        return "the trace is written as things happen (--trace, --phone)";
    if (options->attempt != NULL)
        return "attempts are written down as they end (--transactions)";
    if (options->packet != NULL)
        return "packets are written down as they pass (--pcap)";
    if (options->pushed != NULL)
        return "events are watched as they are put into the queue";
    const char *reason = sim_scenario_why_whole(scenario);
    return reason != NULL ? reason : find_in_limits(scenario);
}
