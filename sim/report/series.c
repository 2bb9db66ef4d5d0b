/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two CSV files: plain enough for every program that reads tables. Numbers read back equal;
 * what was not observed is an empty cell. */
#include "sim/report/report.h"
#include "sim/report/text.h"

#include <inttypes.h>

static void
append_seconds(GString *out, RollTime time)
{
    sim_text_number(out, (double)time / ROLL_SECOND);
}

char *
sim_series_csv(const SimResult *result)
{
    GString *out = g_string_new("time_s,group");
    for (SimMetric i = 0; i < SIM_N_METRICS; i++)
        g_string_append_printf(out, ",%s[%s]", sim_metric_info(i)->name, sim_metric_info(i)->unit);
    g_string_append_c(out, '\n');
    for (size_t bin = 0; bin < result->n_bins; bin++) {
        for (size_t column = 0; column < result->n_columns; column++) {
            append_seconds(out, result->bins[bin].start);
            g_string_append_c(out, ',');
            sim_text_csv(out, result->columns[column].name);
            for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
                g_string_append_c(out, ',');
                if (sim_result_sees(result, i))
                    sim_text_number(out, sim_metric_value(i, result->bins[bin].tallies[column]));
            }
            g_string_append_c(out, '\n');
        }
    }
    return g_string_free(out, FALSE);
}

static void
append_lives(GString *out, const SimColumns *columns)
{
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++) {
        const int64_t *counts = columns->stale_life->counts[i];
        if (counts[0] == 0 && counts[1] == 0 && counts[2] == 0)
            continue;
        append_seconds(out, sim_histogram_edge(i));
        g_string_append_c(out, ',');
        append_seconds(out, sim_histogram_edge(i + 1));
        g_string_append_c(out, ',');
        sim_text_csv(out, columns->name);
        g_string_append_printf(out, ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", counts[0], counts[1],
                               counts[2]);
    }
}

char *
sim_stale_life_csv(const SimResult *result)
{
    GString *out = g_string_new("low_s,high_s,group,expired,removed,returned\n");
    for (size_t i = 0; i < result->n_columns; i++)
        if (result->columns[i].stale_life)
            append_lives(out, &result->columns[i]);
    return g_string_free(out, FALSE);
}
