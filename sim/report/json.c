/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * summary.json, written out by hand: the order of the keys and the digits of the numbers are part
 * of what is compared, and a JSON library would choose its own. */
#include "sim/report/live.h"
#include "sim/report/report.h"
#include "sim/report/text.h"

#include <inttypes.h>
#include <math.h>

static void
append_number(GString *out, const char *key, double value)
{
    g_string_append_printf(out, "\"%s\": ", key);
    if (isfinite(value))
        sim_text_number(out, value);
    else
        g_string_append(out, "null");
}

/* Index of the state among those that share out the time, or -1. */
static int
state_of(SimMetric metric)
{
    return metric >= SIM_METRIC_CORRECT_SHARE && metric <= SIM_METRIC_ABSENT_SHARE
               ? (int)(metric - SIM_METRIC_CORRECT_SHARE)
               : -1;
}

/* The shares of the states as decimals that add up to 1; all else as measured. */
static void
append_value(GString *out, SimMetric metric, const SimColumns *columns)
{
    double value = columns->metrics[metric].value;
    if (state_of(metric) < 0 || isnan(value)) {
        append_number(out, "value", value);
        return;
    }
    int64_t shares[SIM_N_STATES];
    sim_result_shares(columns, shares);
    g_string_append(out, "\"value\": ");
    sim_text_share(out, shares[state_of(metric)]);
}

static void
append_interval(GString *out, const SimEstimate *estimate)
{
    g_string_append(out, ", ");
    append_number(out, "low", estimate->low);
    g_string_append(out, ", ");
    append_number(out, "high", estimate->high);
}

static void
append_metric(GString *out, SimMetric metric, const SimResult *result)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    g_string_append_printf(out, "    \"%s\": {", info->name);
    append_value(out, metric, &result->columns[0]);
    g_string_append_printf(out, ", \"unit\": \"%s\"", info->unit);
    append_interval(out, &result->columns[0].metrics[metric]);
    g_string_append(out, ", \"groups\": {");
    for (size_t i = 1; i < result->n_columns; i++) {
        g_string_append(out, i == 1 ? "\n      " : ",\n      ");
        sim_text_json(out, result->columns[i].name);
        g_string_append(out, ": {");
        append_value(out, metric, &result->columns[i]);
        append_interval(out, &result->columns[i].metrics[metric]);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "}}");
}

static void
append_verdict(GString *out, const SimVerdict *verdict, const SimScenario *scenario)
{
    const SimExpectation *expectation = verdict->expectation;
    g_string_append(out, "    {\"text\": ");
    sim_text_json(out, expectation->text);
    g_string_append_printf(
        out, ", \"metric\": \"%s\", \"group\": ", sim_metric_info(expectation->metric)->name);
    if (expectation->group >= 0)
        sim_text_json(out, scenario->groups[expectation->group].name);
    else
        g_string_append(out, "null");
    g_string_append_printf(out, ", \"op\": \"%c=\", ", expectation->op);
    append_number(out, "value", expectation->value);
    g_string_append(out, ", ");
    append_number(out, "measured", verdict->measured);
    g_string_append_printf(out, ", \"met\": %s}", verdict->met ? "true" : "false");
}

static void
append_head(GString *out, const SimResult *result)
{
    const SimScenario *scenario = result->scenario;
    g_string_append(out, "{\n  \"scenario\": ");
    sim_text_json(out, scenario->name);
    g_string_append_printf(out, ",\n  \"seed\": %" PRIu64 ",\n  \"link\": ", scenario->seed);
    sim_text_json(out, result->link);
    g_string_append_printf(out, ",\n  \"fingerprint\": \"%016" PRIx64 "\",\n  \"phones\": %u,\n  ",
                           result->fingerprint, scenario->n_phones);
    append_number(out, "duration_s", (double)result->observed / ROLL_SECOND);
    g_string_append_printf(
        out,
        ",\n  \"partial\": %s,\n  \"events\": %" PRIu64 ",\n  \"registrations\": %" PRIu64 ",\n  ",
        result->partial ? "true" : "false", result->events, result->registrations);
    append_number(out, "wall_s", result->wall_s);
    g_string_append(out, ",\n  ");
    append_number(out, "cpu_s", result->cpu_s);
    if (result->live != NULL)
        sim_live_text_json(out, result);
}

char *
sim_summary_json(const SimResult *result)
{
    GString *out = g_string_new(NULL);
    append_head(out, result);
    g_string_append(out, ",\n  \"metrics\": {\n");
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        append_metric(out, i, result);
        g_string_append(out, i + 1 < SIM_N_METRICS ? ",\n" : "\n");
    }
    g_string_append(out, "  },\n  \"expectations\": [");
    for (size_t i = 0; i < result->n_verdicts; i++) {
        g_string_append(out, i == 0 ? "\n" : ",\n");
        append_verdict(out, &result->verdicts[i], result->scenario);
    }
    g_string_append(out, result->n_verdicts > 0 ? "\n  ]\n}\n" : "]\n}\n");
    return g_string_free(out, FALSE);
}
