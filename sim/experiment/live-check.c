/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a scenario wants of its registrar can be had of a simulated one. One elsewhere is as it is:
 * it cannot be told to crash, to answer late, or to push. Such a scenario is refused before it
 * begins, since its results would be those of another one. */
#include "sim/experiment/live.h"
#include "sim/link/atlas.h"
#include "sim/model/phone.h"
#include "sim/scenario/keys.h"

#include <inttypes.h>
#include <string.h>

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID, "%s", text);
    return false;
}

/* Keys of [registrar] that describe the one elsewhere, for who sets it up and for a run in virtual
 * time beside this one. */
static bool
describes(const char *key)
{
    static const char *const all[] = {"domain",          "auth",        "algorithms",
                                      "default-expires", "min-expires", "max-expires",
                                      "nonce-lifetime",  NULL};
    return g_strv_contains(all, key);
}

static bool
check_registrar(const SimScenario *scenario, GError **error)
{
    const size_t prefix = strlen("registrar.");
    for (guint i = 0; i < scenario->parameters->len; i++) {
        const SimParameter *parameter = scenario->parameters->pdata[i];
        if (!g_str_has_prefix(parameter->key, "registrar.") || describes(parameter->key + prefix))
            continue;
        const SimKey *key = sim_key_find("registrar", parameter->key + prefix);
        if (key != NULL && g_strcmp0(parameter->value, key->otherwise) != 0)
            return refuse(error,
                          "%s: %s = %s: a registrar elsewhere cannot be told; with --to leave it "
                          "out",
                          scenario->path, parameter->key, parameter->value);
    }
    if (scenario->station.given)
        return refuse(error,
                      "%s: [station]: a registrar elsewhere has its own; with --to leave it "
                      "out",
                      scenario->path);
    if (scenario->remove_failed)
        return refuse(error,
                      "%s: calls.failed-records = removed: the table of a registrar "
                      "elsewhere is its own; with --to leave it out",
                      scenario->path);
    return true;
}

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The largest number up to @compress that divides whatever the phones ask for. */
static uint32_t
find_better(const SimScenario *scenario, uint32_t compress)
{
    uint32_t all = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        for (uint32_t i = 0; i < (group->lines != NULL ? group->count : 1); i++)
            all = common_divisor(all, sim_phone_asks(group, group->first + i));
    }
    uint32_t better = MIN(compress, MAX(all, 1));
    while (all % better != 0)
        better--;
    return better;
}

static bool
check_expiry(const SimScenario *scenario, const SimGroup *group, uint32_t expires,
             uint32_t compress, GError **error)
{
    if (expires % compress == 0)
        return true;
    return refuse(error,
                  "%s:%u: [phones %s] asks for %u s, which is %.4g s with --compress %u, and an "
                  "Expires is whole seconds, at least one; --compress %u would do",
                  scenario->path, group->line, group->name, expires, (double)expires / compress,
                  compress, find_better(scenario, compress));
}

static bool
check_group(const SimScenario *scenario, const SimGroup *group, uint32_t compress, GError **error)
{
    if (!group->registers)
        return refuse(error,
                      "%s:%u: [phones %s] has static records, which a registrar elsewhere "
                      "cannot be given; with --to let them register",
                      scenario->path, group->line, group->name);
    if (group->push.on)
        return refuse(error,
                      "%s:%u: [phones %s] is woken by push, which a registrar elsewhere "
                      "cannot be seen to do; with --to leave push out",
                      scenario->path, group->line, group->name);
    for (uint32_t i = 0; i < (group->lines != NULL ? group->count : 1); i++)
        if (!check_expiry(scenario, group, sim_phone_asks(group, group->first + i), compress,
                          error))
            return false;
    return true;
}

static bool
check_addresses(const SimScenario *scenario, bool spread, GError **error)
{
    uint64_t need = sim_atlas_need(scenario);
    uint64_t room = sim_atlas_room(spread);
    if (need <= room)
        return true;
    return refuse(
        error,
        "%s: its pools have %" PRIu64 " addresses, and %s for %" PRIu64 "; take smaller pools",
        scenario->path, need, spread ? "127.0.0.0/8 has room" : "one machine has ports", room);
}

static bool
check_network(const SimScenario *scenario, const SimNetworkSpec *network, bool reliable,
              GError **error)
{
    if (network->nat > 0)
        return refuse(error,
                      "%s:%u: [network %s] is behind a NAT, which runs in real time do not have; "
                      "with --to leave nat out",
                      scenario->path, network->line, network->name);
    if (reliable && (network->loss_up > 0 || network->loss_down > 0))
        return refuse(error,
                      "%s:%u: [network %s] loses packets, which TCP would send again; with tcp: "
                      "and tls: add --set network.%s.loss=0%%",
                      scenario->path, network->line, network->name, network->name);
    return true;
}

bool
sim_live_check(const SimScenario *scenario, uint32_t compress, bool spread, bool reliable,
               GError **error)
{
    if (!check_registrar(scenario, error))
        return false;
    for (size_t i = 0; i < scenario->n_cuts; i++)
        if (scenario->cuts[i].fault != SIM_FAULT_NONE)
            return refuse(error,
                          "%s:%u: [event %s] is a fault of the registrar, which one elsewhere "
                          "cannot be told to have; with --to leave it out",
                          scenario->path, scenario->cuts[i].line, scenario->cuts[i].name);
    for (size_t i = 0; i < scenario->n_networks; i++)
        if (!check_network(scenario, &scenario->networks[i], reliable, error))
            return false;
    for (size_t i = 0; i < scenario->n_groups; i++)
        if (!check_group(scenario, &scenario->groups[i], compress, error))
            return false;
    return check_addresses(scenario, spread, error);
}
