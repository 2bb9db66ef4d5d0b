/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of NATs, and the numbers of endpoints. */
#include "sim/scenario/nat.h"

#include "sim/scenario/readers.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

/* Ports below are for services; and a NAT of a provider sets so many aside for each customer that
 * they are not used again at once. */
#define FIRST_PORT 1024u
#define MOST_PORTS (65536u - FIRST_PORT)
#define PORTS_PER_DEVICE 128u
#define MOST_ENDPOINTS (UINT64_C(1) << 28)

static bool
read_time_or_none(const char *key, const char *value, RollTime *out, GError **error)
{
    RollTime time;
    if (strcmp(value, "none") == 0) {
        *out = 0;
        return true;
    }
    if (!sim_value_time(value, &time, error))
        return false;
    if (time < ROLL_SECOND || time > 365 * ROLL_DAY) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "%s %s is out of range: it is from 1s to 365d, or none", key,
                              quoted);
    }
    *out = time;
    return true;
}

bool
sim_read_nat(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    return read_time_or_none("nat", value, &((SimNetworkSpec *)object)->nat, error);
}

bool
sim_read_nat_ping(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    return read_time_or_none("nat-ping", value, &((SimRegistrarSpec *)object)->nat_ping, error);
}

bool
sim_read_keepalive(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"none", "crlf", "stun", NULL};
    SimGroup *group = object;
    SimKeepalive keepalive = {0};
    int kind;
    g_autofree char *word = g_strndup(value, strcspn(value, " \t"));
    const char *law = sim_value_after(value, word);
    if (!sim_value_word(word, words, &kind, error))
        return false;
    keepalive.kind = (SimKeepaliveKind)kind;
    if ((law == NULL) != (kind == SIM_KEEPALIVE_NONE)) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "keepalive %s does not have the form: stun uniform(24s, 29s)",
                              quoted);
    }
    if (law != NULL && !sim_value_law(law, &reading->files, &keepalive.law, error))
        return false;
    group->keepalive = keepalive;
    return true;
}

void
sim_endpoints_number(SimScenario *scenario)
{
    uint64_t used = 0;
    for (size_t i = 0; i < scenario->n_networks; i++) {
        SimNetworkSpec *network = &scenario->networks[i];
        if (network->nat == 0)
            continue;
        scenario->has_nat = true;
        network->nat_first = SIM_ENDPOINT_FIRST + (uint32_t)used;
        network->nat_ports = MIN(PORTS_PER_DEVICE * network->nat_share, MOST_PORTS);
        used += (uint64_t)network->pool_size * network->nat_ports;
        if (used > MOST_ENDPOINTS)
            network->nat_ports = 0;
    }
}

const SimNetworkSpec *
sim_endpoint_network(const SimScenario *scenario, uint32_t endpoint)
{
    for (size_t i = 0; endpoint >= SIM_ENDPOINT_FIRST && i < scenario->n_networks; i++) {
        const SimNetworkSpec *network = &scenario->networks[i];
        if (network->nat > 0 && endpoint >= network->nat_first &&
            endpoint - network->nat_first < network->pool_size * network->nat_ports)
            return network;
    }
    return NULL;
}

void
sim_endpoint_split(const SimScenario *scenario, uint32_t endpoint, uint32_t *address,
                   uint16_t *port)
{
    const SimNetworkSpec *network = sim_endpoint_network(scenario, endpoint);
    *address = endpoint;
    if (network == NULL)
        return;
    uint32_t place = endpoint - network->nat_first;
    *address = network->pool_base + place / network->nat_ports;
    *port = (uint16_t)(FIRST_PORT + place % network->nat_ports);
}

uint32_t
sim_endpoint_join(const SimScenario *scenario, uint32_t address, uint32_t port)
{
    for (size_t i = 0; i < scenario->n_networks; i++) {
        const SimNetworkSpec *network = &scenario->networks[i];
        if (network->nat > 0 && address - network->pool_base < network->pool_size)
            return network->nat_first + (address - network->pool_base) * network->nat_ports + port -
                   FIRST_PORT;
    }
    return address;
}
