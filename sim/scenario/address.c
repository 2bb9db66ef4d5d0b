/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The addresses of a network: which there are, and what becomes of them. */
#include "sim/scenario/readers.h"

#include "sim/scenario/clock.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

static bool
read_octets(const char *text, uint32_t *out)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 5);
    uint32_t address = 0;
    if (g_strv_length(parts) != 4)
        return false;
    for (int i = 0; i < 4; i++) {
        guint64 octet;
        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, 255, &octet, NULL))
            return false;
        address = address << 8 | (uint32_t)octet;
    }
    *out = address;
    return true;
}

bool
sim_read_pool(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimNetworkSpec *network = object;
    g_autofree char *quoted = sim_words_quote(value);
    g_auto(GStrv) parts = g_strsplit(value, "/", 3);
    uint32_t address;
    guint64 prefix;
    if (!read_octets(parts[0], &address))
        return sim_words_fail(error, "pool %s is not an IPv4 network, such as 10.16.0.0/16",
                              quoted);
    if (!parts[1])
        return sim_words_fail(error, "pool %s has no prefix length; did you mean \"%s/16\"?",
                              quoted, parts[0]);
    if (parts[2] || !g_ascii_string_to_unsigned(parts[1], 10, 4, 32, &prefix, NULL))
        return sim_words_fail(error, "pool %s: a prefix length is from 4 to 32", quoted);
    uint32_t size = (uint32_t)(UINT64_C(1) << (32 - prefix));
    uint32_t base = address & ~(size - 1);
    if (address != base)
        return sim_words_fail(
            error, "pool %s has bits set beyond its prefix; did you mean \"%u.%u.%u.%u/%u\"?",
            quoted, base >> 24, base >> 16 & 255, base >> 8 & 255, base & 255, (unsigned)prefix);
    /* the network and the broadcast address are no device's */
    network->pool_base = size > 2 ? base + 1 : base;
    network->pool_size = size > 2 ? size - 2 : size;
    return true;
}

/* `04:00, spread 30min` of an interval of whole days */
static bool
read_renumbering(SimNetworkSpec *network, const char *every, const char *at, GError **error)
{
    g_auto(GStrv) parts = sim_value_split(at, ',');
    const char *spread = parts[1] ? sim_value_after(parts[1], "spread") : NULL;
    g_autofree char *quoted = sim_words_quote(at);
    network->addressing = SIM_ADDRESS_RENUMBERED;
    if (!sim_value_time(every, &network->change_every, error))
        return false;
    if (network->change_every < ROLL_DAY || network->change_every % ROLL_DAY)
        return sim_words_fail(error,
                              "every %s: what changes at an hour does so every 24h, or every "
                              "so many days; write for example: every 24h at 04:00",
                              every);
    if (!sim_clock_time(parts[0], &network->change_at))
        return sim_words_fail(
            error, "changes at %s: an hour is written 04:00; write two digits for hour and minute",
            quoted);
    if (parts[1] && (!spread || parts[2]))
        return sim_words_fail(error, "changes at %s does not have the form: 04:00, spread 30min",
                              quoted);
    if (spread && !sim_value_time(spread, &network->change_spread, error))
        return false;
    if (network->change_spread <= network->change_every)
        return true;
    return sim_words_fail(error, "spread %s is longer than the interval, %s; take a shorter one",
                          spread, every);
}

static bool
read_changes(SimReading *reading, SimNetworkSpec *network, const char *value, GError **error)
{
    const char *every = sim_value_after(value, "every");
    const char *at = every ? strstr(every, " at ") : NULL;
    if (at) {
        g_autofree char *interval = g_strchomp(g_strndup(every, (gsize)(at - every)));
        at += strlen(" at ");
        return read_renumbering(network, interval, at + strspn(at, " "), error);
    }
    network->addressing = SIM_ADDRESS_CHANGES;
    return sim_value_law(every ? every : value, &reading->files, &network->address_law, error);
}

bool
sim_read_address(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"fixed", "keeps while on", "leased", "changes", NULL};
    static const SimAddressing kinds[] = {SIM_ADDRESS_FIXED, SIM_ADDRESS_KEEPS_WHILE_ON,
                                          SIM_ADDRESS_LEASED};
    SimNetworkSpec *network = object;
    const char *rest = sim_value_after(value, "changes");
    if (rest)
        return read_changes(reading, network, rest, error);
    network->address_law = (SimLaw){.kind = SIM_LAW_FIXED};
    if (strcmp(value, "changes") == 0)
        return sim_words_fail(error, "changes when? write for example: changes every 24h");
    int which;
    if (!sim_value_word(value, words, &which, error))
        return false;
    network->addressing = kinds[which];
    return true;
}

bool
sim_read_release(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const words[] = {"no", "yes", NULL};
    (void)reading;
    SimNetworkSpec *network = object;
    if (g_ascii_isdigit(*value))
        return sim_value_share(value, &network->release, error);
    int which;
    if (!sim_value_word(value, words, &which, error))
        return false;
    network->release = which;
    return true;
}
