/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where phones are, and which lines they register: values that name other parts of the scenario. */
#include "sim/scenario/readers.h"

#include "sim/scenario/trunk.h"
#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

bool
sim_scenario_find_network(const SimScenario *scenario, const char *name, unsigned *out,
                          GError **error)
{
    g_autofree const char **names = g_new0(const char *, scenario->n_networks + 1);
    for (size_t i = 0; i < scenario->n_networks; i++) {
        names[i] = scenario->networks[i].name;
        if (strcmp(name, names[i]) == 0) {
            *out = (unsigned)i;
            return true;
        }
    }
    return sim_words_unknown(error, "unknown network", name, names);
}

bool
sim_read_network(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    unsigned network;
    if (!sim_scenario_find_network(reading->scenario, value, &network, error))
        return false;
    group->places = g_new0(SimPlace, 1);
    group->places[0] = (SimPlace){.network = network, .weight = 1};
    group->n_places = 1;
    return true;
}

bool
sim_read_aor_of(SimReading *reading, void *object, const char *value, GError **error)
{
    const SimScenario *scenario = reading->scenario;
    SimGroup *group = object;
    g_autofree const char **names = g_new0(const char *, scenario->n_groups + 1);
    for (size_t i = 0; i < scenario->n_groups; i++) {
        names[i] = scenario->groups[i].name;
        if (strcmp(value, names[i]) != 0)
            continue;
        group->owner = (unsigned)i + 1;
        return true;
    }
    return sim_words_unknown(error, "unknown group of phones", value, names);
}

/* RFC 3261 section 25.1: at most three digits after the point. */
bool
sim_read_q(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)reading;
    SimGroup *group = object;
    double q;
    if (strcmp(value, "none") == 0) {
        group->q = ROLL_Q_NONE;
        return true;
    }
    if (!sim_value_number(value, &q, error))
        return false;
    double thousandths = round(1000 * q);
    if (q < 0 || q > 1 || fabs(1000 * q - thousandths) > 1e-6) {
        g_autofree char *quoted = sim_words_quote(value);
        return sim_words_fail(error, "q %s is not from 0 to 1 with at most three digits", quoted);
    }
    group->q = (int)thousandths;
    return true;
}

/* `home for exp(10h) 40%` */
static bool
read_place(SimReading *reading, const char *text, SimPlace *out, GError **error)
{
    g_autofree char *quoted = sim_words_quote(text);
    g_autofree char *name = g_strndup(text, strcspn(text, " \t"));
    const char *stay = sim_value_after(text, name);
    stay = stay ? sim_value_after(stay, "for") : NULL;
    /* the share is the last word: the law before it may have blanks of its own */
    const char *share = stay ? strrchr(stay, ' ') : NULL;
    if (!share)
        return sim_words_fail(error, "place %s does not have the form: NETWORK for LAW 40%%",
                              quoted);
    if (!sim_scenario_find_network(reading->scenario, name, &out->network, error))
        return false;
    g_autofree char *law = g_strchomp(g_strndup(stay, (gsize)(share - stay)));
    return sim_value_law(law, &reading->files, &out->stay, error) &&
           sim_value_share(share + 1, &out->weight, error);
}

bool
sim_read_places(SimReading *reading, void *object, const char *value, GError **error)
{
    SimGroup *group = object;
    g_auto(GStrv) parts = sim_value_split(value, ',');
    guint n = g_strv_length(parts);
    g_autofree SimPlace *places = g_new0(SimPlace, n);
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        if (!read_place(reading, parts[i], &places[i], error))
            return false;
        sum += places[i].weight;
    }
    if (fabs(sum - 1) > 5e-4)
        return sim_words_fail(error, "the shares of the places add up to %g%%, not 100%%",
                              sum * 100);
    for (guint i = 0; i < n; i++)
        places[i].weight /= sum;
    group->places = g_steal_pointer(&places);
    group->n_places = n;
    return true;
}

bool
sim_read_register(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)object;
    SimTrunkLine line;
    if (*value == '>') /* `register => ...`, as it stands in sip.conf */
        value++;
    if (!sim_trunk_parse(value, &line, error))
        return false;
    g_array_append_val(reading->lines, line);
    return true;
}

bool
sim_read_register_from(SimReading *reading, void *object, const char *value, GError **error)
{
    (void)object;
    g_autofree char *text = NULL;
    size_t len;
    unsigned line;
    guint before = reading->lines->len;
    g_autofree char *quoted = sim_words_quote(value);
    if (!sim_files_read_named(&reading->files, value, &text, &len, error))
        return false;
    if (!sim_trunk_read_conf(text, reading->lines, &line, error)) {
        g_prefix_error(error, "%s line %u: ", quoted, line);
        return false;
    }
    if (reading->lines->len == before)
        return sim_words_fail(error,
                              "%s has no register lines in [general]; write for example: register "
                              "=> user:secret@host",
                              quoted);
    return true;
}
