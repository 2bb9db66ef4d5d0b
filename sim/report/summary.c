/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result as a page of text, 100 columns wide. It holds nothing that differs between two runs
 * of the same scenario and seed, so it can be committed and compared byte by byte. */
#include "sim/report/live.h"
#include "sim/report/report.h"
#include "sim/report/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WIDTH 100
#define NAME_WIDTH 24
#define GROUP_WIDTH 12

/* What is worth a row in the table by group. */
static const SimMetric by_group[] = {
    SIM_METRIC_LOCATION_ACCURACY,    SIM_METRIC_REACHABILITY,        SIM_METRIC_CORRECT_SHARE,
    SIM_METRIC_WRONG_ADDRESS_SHARE,  SIM_METRIC_UNREACHABLE_SHARE,   SIM_METRIC_MISSING_SHARE,
    SIM_METRIC_STALE_SHARE,          SIM_METRIC_ABSENT_SHARE,        SIM_METRIC_MISDIRECTED_SHARE,
    SIM_METRIC_STALE_RECORD_RATE,    SIM_METRIC_STALE_LIFE,          SIM_METRIC_CONTACTS_PER_AOR,
    SIM_METRIC_REGISTER_RATE,        SIM_METRIC_RETRANSMISSION_RATE, SIM_METRIC_REGISTRATION_DELAY,
    SIM_METRIC_INEFFECTIVE_ATTEMPTS, SIM_METRIC_CALL_SUCCESS,
};

/* Columns by characters, not bytes: a group may have any name. */
static void
pad_left(GString *out, const char *text, int width)
{
    g_string_append_printf(out, "%*s%s", MAX(width - (int)g_utf8_strlen(text, -1), 0), "", text);
}

static void
pad_right(GString *out, const char *text, int width)
{
    g_string_append_printf(out, "%s%*s", text, MAX(width - (int)g_utf8_strlen(text, -1), 0), "");
}

static void
trim_line(GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static void
append_fact(GString *out, const char *name, const char *fact)
{
    pad_right(out, name, NAME_WIDTH);
    g_string_append(out, fact);
    trim_line(out);
}

static void
append_fact_count(GString *out, const char *name, uint64_t count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    sim_text_count(text, count);
    append_fact(out, name, text->str);
}

static void
append_span(GString *out, const SimResult *result)
{
    g_autoptr(GString) text = g_string_new(NULL);
    sim_text_duration(text, result->observed);
    if (result->partial) {
        g_string_append(text, " of ");
        sim_text_duration(text, result->scenario->duration);
    }
    append_fact(out, "simulated time", text->str);
}

static void
add_fact(void *data, const char *name, const char *fact)
{
    append_fact(data, name, fact);
}

static void
append_warning(GString *out, const SimResult *result)
{
    g_autofree char *warning = sim_live_text_warning(result);
    if (result->partial)
        g_string_append(out, "PARTIAL: the run was interrupted; the figures are of what was "
                             "simulated until then.\n\n");
    if (warning != NULL)
        g_string_append_printf(out, "%s\n\n", warning);
}

static void
append_head(GString *out, const SimResult *result)
{
    const SimScenario *scenario = result->scenario;
    append_warning(out, result);
    append_fact(out, "scenario", scenario->name);
    append_fact(out, "title", scenario->title ? scenario->title : "-");
    for (char **change = scenario->changes; change != NULL && *change != NULL; change++)
        append_fact(out, "changed", *change);
    if (scenario->variant != NULL)
        append_fact(out, "variant", scenario->variant);
    g_autofree char *seed = g_strdup_printf("%" PRIu64, scenario->seed);
    append_fact(out, "seed", seed);
    if (scenario->replication != 0)
        append_fact_count(out, "replication", scenario->replication);
    append_fact(out, "link", result->link);
    g_autofree char *fingerprint = g_strdup_printf("%016" PRIx64, result->fingerprint);
    append_fact(out, "fingerprint", fingerprint);
    append_fact_count(out, "phones", scenario->n_phones);
    append_span(out, result);
    append_fact_count(out, "events", result->events);
    append_fact_count(out, "registrations granted", result->registrations);
    if (scenario->station.given)
        append_fact_count(out, "longest queue", result->longest_queue);
    if (result->live != NULL)
        sim_live_text_facts(result, add_fact, out);
}

/* Points stand under each other: what follows the point is filled up to @decimals. */
static void
append_aligned(GString *out, const char *text, int before, int after)
{
    const char *point = strchr(text, '.');
    int head = point ? (int)(point - text) : (int)strlen(text);
    g_string_append_printf(out, "%*s", MAX(before - head, 0), "");
    pad_right(out, text, head + after);
}

static void
append_metric_row(GString *out, SimMetric metric, const SimEstimate *estimate)
{
    int decimals = sim_text_decimals(metric, estimate);
    g_autoptr(GString) value = g_string_new(NULL);
    g_autoptr(GString) interval = g_string_new(NULL);
    sim_text_value(value, metric, estimate->value, decimals);
    sim_text_interval(interval, metric, estimate, decimals);
    g_string_append(out, "  ");
    pad_right(out, sim_metric_info(metric)->name, NAME_WIDTH);
    append_aligned(out, value->str, 10, 8);
    g_string_append(out, "  ");
    pad_right(out, interval->str, 28);
    g_string_append(out, sim_text_unit(metric));
    trim_line(out);
}

/* What a registrar elsewhere does not show. */
static void
append_unseen_row(GString *out, SimMetric metric)
{
    g_string_append(out, "  ");
    pad_right(out, sim_metric_info(metric)->name, NAME_WIDTH);
    append_aligned(out, "?", 10, 8);
    g_string_append(out, "  ");
    pad_right(out, "?", 28);
    g_string_append(out, sim_text_unit(metric));
    trim_line(out);
}

static void
append_metrics(GString *out, const SimResult *result)
{
    g_string_append(out, "\n  ");
    pad_right(out, "metric, all phones", NAME_WIDTH);
    pad_left(out, "value", 10);
    pad_right(out, "", 10);
    pad_right(out, "95 % interval", 28);
    g_string_append(out, "unit\n");
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        if (!sim_result_has(result, i))
            continue;
        if (sim_text_section(i))
            g_string_append_printf(out, "%s\n", sim_text_section(i));
        if (sim_result_sees(result, i))
            append_metric_row(out, i, &result->columns[0].metrics[i]);
        else
            append_unseen_row(out, i);
    }
}

/* The column is as narrow as it can be read; four figures, or three decimals of a percent. */
static void
append_group_cell(GString *out, SimMetric metric, double value)
{
    SimEstimate bare = {value, NAN, NAN, NAN};
    int decimals = MIN(sim_text_decimals(metric, &bare), sim_text_scale(metric) > 1 ? 3 : 4);
    g_autoptr(GString) text = g_string_new(NULL);
    sim_text_value(text, metric, value, decimals);
    g_string_append_c(out, ' ');
    pad_left(out, text->str, GROUP_WIDTH - 1);
}

static void
append_group_name(GString *out, const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autofree char *cut =
        g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), GROUP_WIDTH - 1));
    g_string_append_c(out, ' ');
    pad_left(out, cut, GROUP_WIDTH - 1);
}

static void
append_group_table(GString *out, const SimColumns *columns, size_t n)
{
    g_string_append(out, "\n  ");
    pad_right(out, "by group", NAME_WIDTH);
    pad_right(out, "", 8);
    for (size_t i = 0; i < n; i++)
        append_group_name(out, columns[i].name);
    g_string_append(out, "\n  ");
    pad_right(out, "phones", NAME_WIDTH + 8);
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        sim_text_count(text, columns[i].phones);
        g_string_append_c(out, ' ');
        pad_left(out, text->str, GROUP_WIDTH - 1);
    }
    g_string_append_c(out, '\n');
    for (size_t row = 0; row < G_N_ELEMENTS(by_group); row++) {
        g_string_append(out, "  ");
        pad_right(out, sim_metric_info(by_group[row])->name, NAME_WIDTH);
        pad_right(out, sim_text_unit(by_group[row]), 8);
        for (size_t i = 0; i < n; i++)
            append_group_cell(out, by_group[row], columns[i].metrics[by_group[row]].value);
        g_string_append_c(out, '\n');
    }
}

/* As many tables side by side as fit do not read well: one below the other. */
static void
append_groups(GString *out, const SimResult *result)
{
    const size_t most = (WIDTH - 2 - NAME_WIDTH - 8) / GROUP_WIDTH;
    if (result->n_columns <= 2)
        return;
    for (size_t i = 0; i < result->n_columns; i += most)
        append_group_table(out, result->columns + i, MIN(most, result->n_columns - i));
}

static void
append_verdicts(GString *out, const SimResult *result)
{
    if (result->n_verdicts == 0)
        return;
    g_string_append(out, "\nexpected\n");
    for (size_t i = 0; i < result->n_verdicts; i++) {
        const SimVerdict *verdict = &result->verdicts[i];
        g_string_append_printf(out, "  %-9s", verdict->met ? "met" : "NOT MET");
        pad_right(out, verdict->expectation->text, 44);
        g_string_append(out, "  measured ");
        sim_text_measured(out, verdict);
        trim_line(out);
    }
}

char *
sim_summary_text(const SimResult *result)
{
    GString *out = g_string_new(NULL);
    append_head(out, result);
    append_metrics(out, result);
    append_groups(out, result);
    append_verdicts(out, result);
    return g_string_free(out, FALSE);
}

char *
sim_summary_timing(const SimResult *result)
{
    char wall[G_ASCII_DTOSTR_BUF_SIZE];
    char cpu[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(wall, sizeof wall, "%.2f", result->wall_s);
    g_ascii_formatd(cpu, sizeof cpu, "%.2f", result->cpu_s);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s s, %s s of processor", wall, cpu);
    if (result->wall_s > 0) {
        g_string_append(out, "; ");
        sim_text_count(out, (uint64_t)((double)result->events / result->wall_s));
        g_string_append(out, " events/s");
    }
    return g_string_free(out, FALSE);
}
