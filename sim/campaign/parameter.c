/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/parameter.h"

#include "sim/scenario/values.h"
#include <math.h>
#include <string.h>

double
sim_parameter_number(const char *value)
{
    RollTime time;
    double number;
    if (sim_value_time(value, &time, NULL))
        return (double)time / ROLL_SECOND;
    if (sim_value_share(value, &number, NULL) || sim_value_rate(value, &number, NULL) ||
        sim_value_number(value, &number, NULL))
        return number;
    return NAN;
}

bool
sim_change_sets(const char *change, const char *key)
{
    const char *equals = strchr(change, '=');
    if (equals == NULL)
        return false;
    g_autofree char *pattern = g_strstrip(g_strndup(change, (gsize)(equals - change)));
    return g_pattern_match_simple(pattern, key);
}
