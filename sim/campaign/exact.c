/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed form is exact for a scenario without anything it does not know; each of these is
 * looked for by name, so that a reader learns why there is no oracle. */
#include "sim/campaign/exact.h"

#include <math.h>
#include <string.h>

static bool
is_none(const SimLaw *law)
{
    return law->kind == SIM_LAW_FIXED && law->a == 0;
}

static const char *
line_is_plain(const SimNetworkSpec *network)
{
    if (network->loss_up > 0 || network->loss_down > 0 || network->outages.any)
        return "its lines lose packets";
    if (!is_none(&network->delay))
        return "its packets take time";
    if (network->addressing != SIM_ADDRESS_FIXED)
        return "addresses change";
    return network->nat > 0 ? "there is a NAT" : NULL;
}

static const char *
registrar_is_plain(const SimScenario *scenario)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    if (registrar->digest)
        return "a registration may take two requests (auth = digest)";
    if (registrar->purge_interval > 0 || registrar->late_margin > 0)
        return "records are not removed when they expire";
    if (registrar->qualify > 0)
        return "the registrar asks its records";
    if (registrar->max_records > 0 || registrar->replica || registrar->grant_loss > 0 ||
        registrar->jitter_percent > 0 || registrar->jitter_seconds > 0)
        return "the registrar does more than to keep a record for as long as was asked";
    return scenario->remove_failed ? "calls remove records" : NULL;
}

static const char *
phones_are_plain(const SimGroup *group, SimExactCost *cost)
{
    const SimRefresh *refresh = &group->refresh;
    if (group->power.kind != SIM_POWER_CYCLES || group->power.on.kind != SIM_LAW_EXP ||
        group->power.off.kind != SIM_LAW_EXP)
        return "phones are not on and off for exponential times";
    if (!group->registers || group->n_places > 1 || group->owner != 0 || group->push.on ||
        group->refresh_after_call || group->asks_as_granted || group->lines != NULL)
        return "phones do more than to register";
    if (group->leaves > 0)
        return "phones unregister";
    if (!is_none(&group->boot) || group->surge > 0)
        return "phones do not register at once";
    if (refresh->from.fraction != refresh->to.fraction || refresh->from.offset != 0 ||
        refresh->to.offset != 0 || refresh->short_up_to != 0)
        return "phones do not refresh at a fixed part of their expiry";
    cost->on = group->power.on.a;
    cost->off = group->power.off.a;
    cost->share = refresh->from.fraction;
    return NULL;
}

const char *
sim_exact_why_not(const SimScenario *scenario, SimExactCost *cost)
{
    const char *why = NULL;
    if (scenario->n_groups != 1 || scenario->n_networks != 1)
        return "there is more than one group of phones, or more than one network";
    if (scenario->n_cuts > 0 || scenario->station.given || scenario->start != SIM_START_STATIONARY)
        return "there are events, a station, or a start that is not stationary";
    why = line_is_plain(&scenario->networks[0]);
    if (why == NULL)
        why = registrar_is_plain(scenario);
    return why != NULL ? why : phones_are_plain(&scenario->groups[0], cost);
}

static const char *
key_is_plain(const SimScenario *scenario, const char *key, double low, double high)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    const SimGroup *group = &scenario->groups[0];
    g_autofree char *own = g_strdup_printf("phones.%s.expires", group->name);
    if (!g_pattern_match_simple(key, own))
        return "it is not the expiry that is tuned";
    if (low < registrar->min_expires ||
        (registrar->max_expires > 0 && high > registrar->max_expires))
        return "the registrar does not grant all of the range";
    return NULL;
}

/* What a REGISTER and a stale phone cost, if the cost is made of these alone. */
static const char *
cost_is_plain(SimCampaign *campaign, const SimQuantity *quantity, unsigned point,
              SimExactAnswer *answer)
{
    const char *const *names = sim_formula_names(sim_quantity_formula(quantity));
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], "register-rate") != 0 && strcmp(names[i], "stale-share") != 0 &&
            strcmp(names[i], "phones") != 0)
            return "the cost is of more than register-rate and stale-share";
    double rate = sim_quantity_weight(quantity, campaign, point, 0, SIM_METRIC_REGISTER_RATE);
    double stale = sim_quantity_weight(quantity, campaign, point, 0, SIM_METRIC_STALE_SHARE);
    g_autoptr(SimSpread) value = sim_quantity_spread(quantity, campaign, point);
    g_autoptr(SimSpread) a = sim_campaign_metric(campaign, point, 0, SIM_METRIC_REGISTER_RATE);
    g_autoptr(SimSpread) b = sim_campaign_metric(campaign, point, 0, SIM_METRIC_STALE_SHARE);
    double linear = rate * a->value + stale * b->value;
    if (!(rate > 0) || !(stale > 0) || fabs(linear - value->value) > 1e-9 * fabs(value->value))
        return "the cost is not a sum of both, each with a factor";
    answer->cost.per_register = rate / stale * sim_campaign_scenario(campaign)->groups[0].count;
    answer->unit = stale;
    return NULL;
}

static double
cost_at(const SimExactAnswer *answer, double log_expiry)
{
    return sim_exact_cost(&answer->cost, exp(log_expiry));
}

/* Golden section in log E; the cost has one minimum, or falls to the end. */
static void
search(SimExactAnswer *answer, double low, double high)
{
    const double golden = (sqrt(5) - 1) / 2;
    double from = log(low);
    double to = log(high);
    while (to - from > 1e-9) {
        double left = to - golden * (to - from);
        double right = from + golden * (to - from);
        bool falls = cost_at(answer, left) > cost_at(answer, right);
        from = falls ? left : from;
        to = falls ? to : right;
    }
    answer->best = exp((from + to) / 2);
    answer->never = cost_at(answer, log(high)) <= cost_at(answer, log(answer->best));
    if (answer->never)
        answer->best = high;
}

SimExactAnswer
sim_exact_answer(SimCampaign *campaign, const SimScenario *scenario, const char *key,
                 const SimQuantity *quantity, unsigned point, double low, double high)
{
    SimExactAnswer answer = {0};
    answer.why_not = sim_exact_why_not(scenario, &answer.cost);
    if (answer.why_not == NULL)
        answer.why_not = key_is_plain(scenario, key, low, high);
    if (answer.why_not == NULL)
        answer.why_not = cost_is_plain(campaign, quantity, point, &answer);
    if (answer.why_not == NULL)
        search(&answer, low, high);
    return answer;
}
