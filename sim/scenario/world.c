/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of the groups around the phones: the registrar, networks, events and calls. */
#include "sim/scenario/readers.h"

#include "sim/scenario/presets.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_PLACES 1000000000u

bool
sim_read_preset(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimRegistrarSpec *registrar = object;
    g_autofree const char **names = sim_preset_names();
    registrar->preset = roll_preset_find(value);
    return registrar->preset || sim_words_unknown(error, "unknown preset", value, names);
}

bool
sim_read_places_to_wait(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimStationSpec *station = object;
    uint64_t number;
    if (strcmp(value, "unlimited") == 0) {
        station->places = SIM_PLACES_UNLIMITED;
        return true;
    }
    if (!sim_value_count(value, &number, error))
        return false;
    if (number > MOST_PLACES)
        return sim_words_fail(error, "queue %s is more than %u; or say unlimited", value,
                              MOST_PLACES);
    station->places = (uint32_t)number;
    return true;
}

static bool
read_control_time(const char *value, RollTime *out, GError **error)
{
    g_autofree char *quoted = sim_words_quote(value);
    if (!sim_value_time(value, out, error))
        return false;
    return (*out >= ROLL_MILLISECOND && *out <= ROLL_DAY) ||
           sim_words_fail(error, "overload-control: %s is out of range: it is from 1ms to 1d",
                          quoted);
}

/* RFC 7339 section 4.3: 500 ms is the default of its validity, too. */
bool
sim_read_overload_control(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimStationSpec *station = object;
    RollTime target = 0, validity = 500 * ROLL_MILLISECOND;
    if (strcmp(value, "none") != 0) {
        g_auto(GStrv) parts = sim_value_split(value, ',');
        if (!read_control_time(parts[0], &target, error))
            return false;
        if (parts[1] && (parts[2] || !g_str_has_prefix(parts[1], "valid ")))
            return sim_words_fail(error,
                                  "overload-control does not have the form: 200ms, valid 1min");
        if (parts[1] &&
            !read_control_time(g_strchug(parts[1] + strlen("valid ")), &validity, error))
            return false;
    }
    station->target = target;
    station->validity = (uint32_t)(validity / ROLL_MILLISECOND);
    return true;
}

/* A share is a percentage of the grant, a time is taken off any grant; `level` says how. */
bool
sim_read_expires_jitter(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimRegistrarSpec *registrar = object;
    g_autofree char *quoted = sim_words_quote(value);
    double share = 0;
    RollTime time = 0;
    bool level = g_str_has_prefix(value, "level ");
    const char *range = level ? value + strlen("level ") : value;
    while (*range == ' ')
        range++;
    if (strchr(range, '%') ? !sim_value_share(range, &share, error)
                           : !sim_value_time(range, &time, error))
        return false;
    uint32_t percent = (uint32_t)(100 * share + 0.5);
    if (ABS(100 * share - percent) > 1e-6)
        return sim_words_fail(error, "expires-jitter %s is not a whole percentage", quoted);
    if (time % ROLL_SECOND || time > 365 * ROLL_DAY)
        return sim_words_fail(
            error, "expires-jitter %s is not whole seconds up to 365d; write for example: 30s",
            quoted);
    registrar->jitter_level = level;
    registrar->jitter_percent = percent;
    registrar->jitter_seconds = (uint32_t)(time / ROLL_SECOND);
    return true;
}

bool
sim_read_max_expires(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimRegistrarSpec *registrar = object;
    RollTime time;
    if (strcmp(value, "none") == 0) {
        registrar->max_expires = 0;
        return true;
    }
    if (!sim_value_time(value, &time, error))
        return false;
    if (time < ROLL_SECOND || time > 100 * 365 * ROLL_DAY || time % ROLL_SECOND) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(
            error,
            "max-expires %s is neither none nor whole seconds from 1s on; write for example: 1h",
            quoted);
    }
    registrar->max_expires = (uint32_t)(time / ROLL_SECOND);
    return true;
}

bool
sim_read_max_records(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimRegistrarSpec *registrar = object;
    uint64_t count = 0;
    if (strcmp(value, "none") != 0 && !sim_value_count(value, &count, error))
        return false;
    if (count > UINT32_MAX || (count == 0 && strcmp(value, "none") != 0)) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "max-records %s is neither none nor a number from 1 to %u",
                              quoted, UINT32_MAX);
    }
    registrar->max_records = (uint32_t)count;
    return true;
}

bool
sim_read_algorithms(SimReading *reading, void *object, const char *value, GError **error)
{
    static const char *const names[] = {"MD5", "SHA-256", "SHA-512-256", NULL};
    G_STATIC_ASSERT(ROLL_ALGORITHM_MD5 == 0 && ROLL_ALGORITHM_SHA256 == 1 &&
                    ROLL_ALGORITHM_SHA512_256 == 2);
    (void)reading;
    SimRegistrarSpec *registrar = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    size_t n = 0;
    for (char **part = parts; *part; part++) {
        int which;
        if (!sim_value_word(*part, names, &which, error))
            return false;
        for (size_t i = 0; i < n; i++)
            if ((int)registrar->algorithms[i] == which)
                return sim_words_fail(error, "algorithm %s is named twice; take one of them out",
                                      *part);
        registrar->algorithms[n++] = (RollAlgorithm)which;
    }
    registrar->n_algorithms = n;
    return true;
}

/* `1% up`: cuts the direction off. */
static bool
read_directed_share(const char *text, const char *direction, double *out, GError **error)
{
    g_autofree char *share = g_strdup(text);
    char *blank = strpbrk(share, " \t");
    if (!blank || strcmp(g_strstrip(blank + 1), direction) != 0) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error,
                              "loss %s is not a share and \"%s\"; write for example: "
                              "1%% up, 5%% down",
                              quoted, direction);
    }
    *blank = '\0';
    return sim_value_share(share, out, error);
}

bool
sim_read_loss(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimNetworkSpec *network = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    double up = 0;
    double down = 0;
    if (g_strv_length(parts) > 2) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "loss %s does not have the form: 1%% up, 5%% down", quoted);
    }
    if (!parts[1]) {
        if (!sim_value_share(parts[0], &up, error))
            return false;
        down = up;
    } else if (!read_directed_share(parts[0], "up", &up, error) ||
               !read_directed_share(parts[1], "down", &down, error)) {
        return false;
    }
    network->loss_up = up;
    network->loss_down = down;
    return true;
}

bool
sim_read_outages(SimReading *reading, void *object, const char *value, GError **error)
{
    SimNetworkSpec *network = object;
    SimOutages outages = {.any = true};
    g_auto(GStrv) parts = sim_value_split(value, ',');
    if (strcmp(value, "none") == 0) {
        network->outages = (SimOutages){0};
        return true;
    }
    const char *every = sim_value_after(parts[0], "every");
    const char *length = every && parts[1] ? sim_value_after(parts[1], "for") : NULL;
    if (!length || parts[2]) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(
            error, "outages %s does not have the form: every exp(2h), for exp(30s)", quoted);
    }
    if (!sim_value_law(every, &reading->files, &outages.every, error) ||
        !sim_value_law(length, &reading->files, &outages.length, error))
        return false;
    network->outages = outages;
    return true;
}

bool
sim_read_cut(SimReading *reading, void *object, const char *value, GError **error)
{
    SimCut *event = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    const char *link = sim_value_after(parts[0], "link");
    const char *of = link ? link : sim_value_after(parts[0], "power");
    const char *name = of ? sim_value_after(of, "of") : NULL;
    double share = 1;
    if (!name || g_strv_length(parts) > 2) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error,
                              "cut %s does not have the form: power of NETWORK, 60%%; "
                              "or: link of NETWORK",
                              quoted);
    }
    if (parts[1] && !sim_value_share(parts[1], &share, error))
        return false;
    if (!sim_scenario_find_network(reading->scenario, name, &event->network, error))
        return false;
    event->share = share;
    event->link = link != NULL;
    return true;
}

bool
sim_read_call_rate(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)object;
    g_autofree char *rate = g_strdup(value);
    char *blank = strpbrk(rate, " \t");
    if (!blank || strcmp(g_strstrip(blank), "per phone") != 0) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "rate %s does not have the form: 0.5/h per phone", quoted);
    }
    *blank = '\0';
    return sim_value_rate(rate, &reading->scenario->call_rate, error);
}
