/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What oracles share: the frame of their scenarios, and the values they hand over. */
#include "sim/experiment/oracles/oracle.h"

#include <math.h>

void
sim_oracle_add(GArray *values, const char *metric, double seen, double error, double exact)
{
    SimOracleValue value = {.seen = seen, .error = error, .exact = exact};
    g_strlcpy(value.metric, metric, sizeof value.metric);
    g_array_append_val(values, value);
}

void
sim_oracle_add_metric(GArray *values, const SimResult *result, SimMetric metric, double exact)
{
    const SimEstimate *seen = &result->columns[0].metrics[metric];
    sim_oracle_add(values, sim_metric_info(metric)->name, seen->value, seen->error, exact);
}

void
sim_oracle_add_ratio(GArray *values, const char *metric, const SimOracleRatio *ratio, double exact)
{
    const double n = SIM_ORACLE_BATCHES;
    double over = 0;
    double under = 0;
    double squares = 0;
    for (unsigned b = 0; b < SIM_ORACLE_BATCHES; b++) {
        over += ratio->over[b];
        under += ratio->under[b];
    }
    for (unsigned b = 0; b < SIM_ORACLE_BATCHES; b++) {
        double d = ratio->over[b] - over / under * ratio->under[b];
        squares += d * d;
    }
    sim_oracle_add(values, metric, over / under, sqrt(squares * n / (n - 1)) / under, exact);
}

char *
sim_oracle_text(const SimOracleWorld *world, const char *format, ...)
{
    double duration = world->warmup + 3600 * world->hours;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *rest = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return g_strdup_printf(
        "[scenario]\n"
        "title = oracle\n"
        "duration = %.0fs\n"
        "bin = %.0fs\n"
        "warmup = %.0fs\n"
        "start = %s\n"
        "[registrar]\n"
        "domain = example.org\n"
        "auth = %s\n"
        "nonce-lifetime = 1h\n"
        "min-expires = 1s\n"
        "max-expires = none\n"
        "max-bindings = 1000\n"
        "%s\n"
        "[network net]\n"
        "pool = %s\n"
        "delay = 0s\n"
        "%s\n"
        "[phones p]\n"
        "count = %u\n"
        "network = net\n"
        "%s",
        duration, world->bin > 0 ? world->bin : duration, world->warmup,
        world->start ? world->start : "stationary", world->auth ? world->auth : "none",
        world->registrar ? world->registrar : "", world->pool ? world->pool : "10.0.0.0/8",
        world->network ? world->network : "", world->phones, rest);
}
