/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A form is tried only if everything that it does not know is absent. Each takes one group in one
 * network, as forms are about alike phones; with several groups each is looked at by itself. */
#include "sim/campaign/exact-metric.h"

#include "sim/campaign/exact.h"
#include <math.h>

/* A pool this many times larger than its users hardly ever gives an address twice. */
#define LARGE 50

static bool
is_none(const SimLaw *law)
{
    return law->kind == SIM_LAW_FIXED && law->a == 0;
}

/* Refreshes at a fixed point, or uniform between two, of the expiry; in seconds. */
static bool
refresh_of(const SimGroup *group, double *from, double *to)
{
    const SimRefresh *refresh = &group->refresh;
    *from = refresh->from.fraction * group->expires + (double)refresh->from.offset / ROLL_SECOND;
    *to = refresh->to.fraction * group->expires + (double)refresh->to.offset / ROLL_SECOND;
    return refresh->short_up_to == 0 && *from > 0 && *to >= *from && *to <= group->expires;
}

static bool
registrar_is_plain(const SimScenario *scenario, const SimGroup *group)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    return !registrar->digest && registrar->purge_interval == 0 && registrar->late_margin == 0 &&
           registrar->qualify == 0 && registrar->max_records == 0 && !registrar->replica &&
           registrar->grant_loss == 0 && registrar->jitter_percent == 0 &&
           registrar->jitter_seconds == 0 && group->expires >= registrar->min_expires &&
           (registrar->max_expires == 0 || group->expires <= registrar->max_expires) &&
           scenario->n_cuts == 0 && !scenario->station.given && !scenario->remove_failed;
}

static bool
phones_are_plain(const SimGroup *group)
{
    return group->registers && group->n_places == 1 && group->n_moves == 0 && group->n_rows == 0 &&
           group->owner == 0 && !group->shared && !group->push.on && !group->refresh_after_call &&
           !group->asks_as_granted && group->lines == NULL && is_none(&group->boot) &&
           group->surge == 0;
}

static bool
line_is_plain(const SimNetworkSpec *network)
{
    return network->nat == 0 && !network->outages.any && is_none(&network->delay);
}

/* Phones that fail: docs/method.md, "A phone that loses power". */
static double
power_metric(const SimScenario *scenario, const SimGroup *group, SimMetric metric)
{
    double from;
    double to;
    SimExactCost unused;
    if (group->power.kind != SIM_POWER_CYCLES || group->power.on.kind != SIM_LAW_EXP ||
        group->power.off.kind != SIM_LAW_EXP || group->leaves > 0 || !refresh_of(group, &from, &to))
        return NAN;
    /* Uniform refreshes are the one thing that this form has and the best expiry has not. */
    if (from == to && sim_exact_why_not(scenario, &unused) != NULL)
        return NAN;
    double cycle = group->power.on.a + group->power.off.a;
    SimExactPower power = {1 / group->power.on.a, from, to, group->expires};
    double stale = sim_exact_stale(&power, 1 / group->power.off.a) / cycle;
    switch (metric) {
    case SIM_METRIC_STALE_SHARE:
        return stale;
    case SIM_METRIC_LOCATION_ACCURACY:
        return 1 - stale;
    case SIM_METRIC_REGISTER_RATE:
        return group->count * sim_exact_register_rate(&power, cycle);
    default:
        return NAN;
    }
}

/* Phones that are always on and do not notice that their address changes. */
static double
address_metric(const SimNetworkSpec *network, const SimGroup *group, SimMetric metric)
{
    double from;
    double to;
    if (network->addressing != SIM_ADDRESS_CHANGES || network->address_law.kind != SIM_LAW_EXP ||
        group->notices > 0 || !refresh_of(group, &from, &to))
        return NAN;
    double mu = 1 / network->address_law.a;
    SimExactMove move = {mu, from, to, group->expires};
    SimExactPool pool = {network->pool_size, group->count, mu};
    bool large = network->pool_size >= LARGE * (uint64_t)group->count;
    bool alone = group->removes_old && from == to;
    if (metric == SIM_METRIC_REGISTER_RATE)
        return group->count * sim_exact_move_rate(&move, 0);
    if (large && metric == SIM_METRIC_WRONG_ADDRESS_SHARE)
        return sim_exact_wrong(&move);
    if (large && metric == SIM_METRIC_LOCATION_ACCURACY)
        return 1 - sim_exact_wrong(&move);
    if (large || !alone || metric != SIM_METRIC_MISDIRECTED_SHARE)
        return NAN;
    if (network->assign == SIM_ASSIGN_RANDOM)
        return sim_exact_misdirected(&pool, from);
    return network->assign == SIM_ASSIGN_OLDEST ? sim_exact_misdirected_oldest(&pool, from) : NAN;
}

/* Copies that are sent before @timeout ends the attempt. */
static unsigned
count_copies(RollTime timeout)
{
    unsigned n = 0;
    while (n < SIM_EXACT_COPIES && sim_exact_copy(n) < (double)timeout / ROLL_SECOND)
        n++;
    return n;
}

static double
loss_metric(const SimNetworkSpec *network, const SimGroup *group, SimMetric metric)
{
    double from;
    double to;
    double answered = (1 - network->loss_up) * (1 - network->loss_down);
    unsigned copies = count_copies(group->timeout);
    double fails = pow(1 - answered, copies);
    if (network->addressing != SIM_ADDRESS_FIXED || !refresh_of(group, &from, &to))
        return NAN;
    if (metric == SIM_METRIC_INEFFECTIVE_ATTEMPTS)
        return fails;
    if (metric == SIM_METRIC_FAILED_BUT_FRESH)
        return fails - pow(network->loss_up, copies);
    /* The form neglects attempts that fail altogether. */
    bool same = network->loss_up == network->loss_down && from == to && fails < 1e-3;
    if (metric == SIM_METRIC_MISSING_SHARE && same)
        return sim_exact_refresh(network->loss_up, from, group->expires).missing;
    return NAN;
}

double
sim_exact_metric(const SimScenario *scenario, size_t slice, SimMetric metric)
{
    if (scenario->start != SIM_START_STATIONARY || (slice == 0 && scenario->n_groups != 1) ||
        slice > scenario->n_groups)
        return NAN;
    const SimGroup *group = &scenario->groups[slice == 0 ? 0 : slice - 1];
    if (!phones_are_plain(group) || !registrar_is_plain(scenario, group))
        return NAN;
    const SimNetworkSpec *network = &scenario->networks[group->places[0].network];
    bool lossless = network->loss_up == 0 && network->loss_down == 0;
    if (!line_is_plain(network))
        return NAN;
    if (group->power.kind == SIM_POWER_ALWAYS)
        return lossless && network->addressing != SIM_ADDRESS_FIXED
                   ? address_metric(network, group, metric)
                   : loss_metric(network, group, metric);
    return lossless && network->addressing == SIM_ADDRESS_FIXED
               ? power_metric(scenario, group, metric)
               : NAN;
}
