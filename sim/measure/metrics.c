/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables made from the lists in metrics.h, and what can be said from them alone: the value of a
 * metric, its formula, and the text of `rollcall metrics`. */
#include "sim/measure/metrics.h"

#include <glib.h>
#include <math.h>
#include <string.h>

G_STATIC_ASSERT(SIM_N_TALLIES <= 64); /* a set of tallies is a word of bits */

static const SimMetricInfo infos[SIM_N_METRICS] = {
#define X(id, name, unit, over, under, scale, meaning)                                             \
    [SIM_METRIC_##id] = {#id, name, unit, over, under, scale, meaning},
    SIM_METRICS(X)
#undef X
};

static const struct {
    const char *id;
    const char *meaning;
} tallies_info[SIM_N_TALLIES] = {
#define X(id, meaning) [SIM_TALLY_##id] = {#id, meaning},
    SIM_LEVELS(X) SIM_COUNTS(X)
#undef X
        [SIM_TALLY_SPAN] = {"SPAN", "length of the time observed, us"},
};

const SimMetricInfo *
sim_metric_info(SimMetric metric)
{
    g_return_val_if_fail(metric < SIM_N_METRICS, NULL);
    return &infos[metric];
}

SimMetric
sim_metric_find(const char *name)
{
    for (unsigned i = 0; i < SIM_N_METRICS; i++)
        if (strcmp(infos[i].name, name) == 0)
            return i;
    return SIM_N_METRICS;
}

/* Wider than 64 bits: five integrals over a million phones for a year do not fit. */
static __int128
sum(uint64_t set, const int64_t *tallies)
{
    __int128 total = 0;
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        if (set >> i & 1)
            total += tallies[i];
    return total;
}

double
sim_metric_value(SimMetric metric, const int64_t *tallies)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    __int128 under = sum(info->under, tallies);
    if (under == 0)
        return NAN;
    return info->scale * (double)sum(info->over, tallies) / (double)under;
}

const char *
sim_tally_id(SimTally tally)
{
    g_return_val_if_fail(tally < SIM_N_TALLIES, NULL);
    return tallies_info[tally].id;
}

const char *
sim_tally_meaning(SimTally tally)
{
    g_return_val_if_fail(tally < SIM_N_TALLIES, NULL);
    return tallies_info[tally].meaning;
}

/* In the formulas and lists a tally goes by its identifier as a word: `wrong-address`. */
static void
append_tally(GString *out, SimTally tally)
{
    for (const char *c = tallies_info[tally].id; *c; c++)
        g_string_append_c(out, *c == '_' ? '-' : g_ascii_tolower(*c));
}

static void
append_set(GString *out, uint64_t set)
{
    bool several = (set & (set - 1)) != 0;
    const char *before = several ? "(" : "";
    for (unsigned i = 0; i < SIM_N_TALLIES; i++) {
        if (!(set >> i & 1))
            continue;
        g_string_append(out, before);
        append_tally(out, i);
        before = " + ";
    }
    if (several)
        g_string_append_c(out, ')');
}

char *
sim_metric_formula(SimMetric metric)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    GString *out = g_string_new(NULL);
    append_set(out, info->over);
    g_string_append(out, " / ");
    append_set(out, info->under);
    return g_string_free(out, FALSE);
}

double
sim_tally_sum(uint64_t set, const int64_t *tallies)
{
    double sum = 0;
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        if (set >> i & 1)
            sum += (double)tallies[i];
    return sum;
}
