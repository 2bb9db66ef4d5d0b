/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A step is a run of its own: an empty table, the phones switched on one after the other. What the
 * scenario says of the registrar, the station, the network and the phones' manners at registering
 * holds; what would make them do anything else is left out. */
#include "sim/experiment/capacity.h"

#include "sim/experiment/run.h"
#include <math.h>

/* RFC 7502 section 4.10. */
#define LEAST_WEIGHT 0.10
#define MOST_COUNT 10
/* Section 6.7. */
#define LEAST_EXPIRES 3600u
/* Section 6.8: five to ten minutes. */
#define PAUSE (5 * ROLL_MINUTE)
/* The last request may take a whole timeout, and a round with credentials another one. */
#define AFTERMATH (ROLL_MINUTE)

SimSearch
sim_search_start(uint64_t rate)
{
    return (SimSearch){.rate = rate, .up = LEAST_WEIGHT, .down = LEAST_WEIGHT};
}

void
sim_search_step(SimSearch *self, bool good)
{
    double rate = (double)self->rate;
    if (!good) {
        self->rate = (uint64_t)floor(rate - self->down * rate);
        self->down = MAX(LEAST_WEIGHT, self->down / 2);
        self->up = MAX(LEAST_WEIGHT, self->up / 2);
        self->done = self->rate == 0;
        return;
    }
    if (self->rate > self->best)
        self->best = self->rate;
    else if (++self->count >= MOST_COUNT)
        self->done = true;
    if (!self->done)
        self->rate = (uint64_t)floor(rate + self->up * rate);
}

bool
sim_capacity_check(const SimScenario *scenario, unsigned agents, GError **error)
{
    const char *reason = NULL;
    const SimGroup *group = scenario->groups;
    if (scenario->script != NULL)
        reason = "it has a [script] and no phones";
    else if (!scenario->station.given)
        reason = "it has no [station]: the registrar takes no time, so its rate has no bound";
    else if (group->lines != NULL || !group->registers)
        reason = "its first [phones] group has register lines, or does not register";
    else if (scenario->networks[group->places[0].network].pool_size <= agents)
        reason = "the pool of its first [phones] group is too small for so many agents";
    if (reason == NULL)
        return true;
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID, "%s: %s", scenario->path,
                reason);
    return false;
}

/* One phone after the other, each with one registration, or with two. */
static SimGroup
make_group(const SimGroup *group, unsigned agents, RollTime spacing, bool again)
{
    RollTime between = agents * spacing + PAUSE;
    SimGroup out = *group;
    out.count = agents;
    out.first = 0;
    out.n_places = 1;
    out.expires = MAX(LEAST_EXPIRES, (uint32_t)(3 * between / ROLL_SECOND));
    out.refresh = (SimRefresh){.from = {again ? 0 : 1, again ? between : 0},
                               .to = {again ? 0 : 1, again ? between : 0}};
    out.power = (SimPower){.kind = SIM_POWER_ALWAYS};
    out.boot = sim_law_fixed(0);
    out.surge = 0;
    out.start_spacing = spacing;
    return out;
}

bool
sim_capacity_try(const SimScenario *scenario, unsigned agents, uint64_t rate, bool again,
                 SimTrial *out, GError **error)
{
    RollTime spacing = MAX((ROLL_SECOND + (RollTime)rate / 2) / (RollTime)rate, 1);
    RollTime round = agents * spacing;
    SimGroup group = make_group(scenario->groups, agents, spacing, again);
    SimScenario trial = *scenario;
    trial.start = SIM_START_ALL_ON;
    trial.warmup = again ? round + PAUSE / 2 : 0;
    trial.duration = round + (again ? round + PAUSE : 0) + AFTERMATH;
    trial.bin = trial.duration;
    trial.registrar.max_expires = 0;
    trial.groups = &group;
    trial.n_groups = 1;
    trial.n_phones = agents;
    trial.n_cuts = 0;
    trial.call_rate = 0;
    trial.n_expectations = 0;
    SimRunOptions options = {.link = SIM_LINK_DIRECT};
    g_autoptr(SimResult) result = sim_run(&trial, &options, error);
    if (result == NULL)
        return false;
    const int64_t *tallies = result->columns[0].tallies;
    *out = (SimTrial){
        .granted = (uint64_t)tallies[SIM_TALLY_RRD_COUNT],
        .failed = (uint64_t)tallies[SIM_TALLY_FAILED],
        .delay = result->columns[0].metrics[SIM_METRIC_REGISTRATION_DELAY].value,
    };
    out->good = out->granted == agents && out->failed == 0;
    return true;
}
