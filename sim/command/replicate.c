/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall run FILE --replications N`: one scenario, many times, and what the runs say together.
 */
#include "sim/command/study.h"
#include "sim/report/output.h"
#include "sim/report/replicate-text.h"
#include "sim/report/sweep-charts.h"
#include "sim/report/sweep-text.h"

#include <stdio.h>

/* Convergence of what is shown first, and the course of what the warm-up is checked by. */
static bool
draw(const SimStudy *study, SimCampaign *campaign, const SimGrid *grid, GError **error)
{
    SimSweepView view = {campaign, grid, 0, 0};
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    for (size_t i = 0; study->shown[i] != SIM_N_METRICS && i < 2; i++)
        g_ptr_array_add(charts, sim_chart_convergence(&view, 0, study->shown[i]));
    SimChart *welch = sim_chart_welch(&view, 0, SIM_METRIC_LOCATION_ACCURACY);
    if (welch != NULL)
        g_ptr_array_add(charts, welch);
    return sim_charts_write(charts, study->folder, error);
}

/* How many runs it took, where that was left to the program. */
static char *
count_text(const SimStudy *study, const SimCampaign *campaign)
{
    unsigned runs = sim_campaign_runs(campaign, 0);
    if (study->precision == NULL)
        return g_strdup_printf("%u runs.", runs);
    if (runs >= SIM_CAMPAIGN_MOST_RUNS)
        return g_strdup_printf("%u runs, and the precision of %s was not reached: that is where it "
                               "ends.",
                               runs, study->precision);
    return g_strdup_printf("%u runs were enough for a precision of %s.", runs, study->precision);
}

static int
report(SimStudy *study, SimCampaign *campaign)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimGrid) grid = sim_sweep_grid("", &error);
    g_autofree char *figures = sim_replicate_text(campaign, 0, study->shown);
    g_autofree char *method = sim_study_method(study, campaign);
    g_autofree char *count = count_text(study, campaign);
    g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n", figures, count, method);
    g_autofree char *text_path = g_build_filename(study->folder, "summary.txt", NULL);
    g_autofree char *csv_path = g_build_filename(study->folder, "estimates.csv", NULL);
    g_autofree char *csv = sim_sweep_csv(campaign, grid);
    int code = sim_replicate_met(campaign, 0) ? SIM_EXIT_MET : SIM_EXIT_NOT_MET;
    if (!study->quiet)
        fputs(text, stdout);
    if (!sim_output_write(text_path, text, -1, &error) ||
        !sim_output_write(csv_path, csv, -1, &error) || !draw(study, campaign, grid, &error) ||
        !sim_campaign_finish(campaign, true, &error))
        return sim_command_fail(error);
    if (!study->quiet)
        printf("Results: %s\n", study->folder);
    return code;
}

int
sim_study_replicate(SimStudy *self, const char *path)
{
    g_autoptr(SimCampaign) campaign = NULL;
    int code = sim_study_simulate(self, path, self->variant, &campaign);
    return code == SIM_EXIT_MET ? report(self, campaign) : code;
}
