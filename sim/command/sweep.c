/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall sweep FILE --vary KEY=SPEC`: the same scenario at many values. */
#include "sim/campaign/sweep.h"
#include "sim/command/study.h"
#include "sim/report/output.h"
#include "sim/report/sweep-charts.h"
#include "sim/report/sweep-text.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    SimStudy study;
    GString *lines; /* vary, step and where in the order given */
} Options;

static gboolean
add_line(const char *option, const char *value, void *data, GError **error)
{
    Options *options = data;
    (void)error;
    g_string_append_printf(options->lines, "%s %s\n", option + strspn(option, "-"), value);
    return TRUE;
}

/* The command line goes before the file. */
static void
take_line(Options *options, const SimSweepLine *line)
{
    static const char *const words[] = {
        [SIM_SWEEP_VARY] = "vary", [SIM_SWEEP_STEP] = "step", [SIM_SWEEP_WHERE] = "where"};
    SimStudy *study = &options->study;
    if (line->kind == SIM_SWEEP_REPLICATIONS && study->replications == 0)
        study->replications = (int)g_ascii_strtoll(line->text, NULL, 10);
    else if (line->kind == SIM_SWEEP_PRECISION && study->precision == NULL)
        study->precision = g_strdup(line->text);
    else if (line->kind < SIM_SWEEP_REPLICATIONS)
        g_string_append_printf(options->lines, "%s %s\n", words[line->kind], line->text);
}

/* What the file says in [sweep], if the command line says nothing. */
static bool
take_file(Options *options, const char *path, GError **error)
{
    if (options->lines->len > 0)
        return true;
    g_autoptr(SimScenario) scenario =
        sim_scenario_load(path, (const char *const *)options->study.changes, error);
    if (scenario == NULL)
        return false;
    for (size_t i = 0; i < scenario->n_sweep; i++)
        take_line(options, &scenario->sweep[i]);
    return true;
}

static bool
write_texts(const SimStudy *study, SimCampaign *campaign, const SimGrid *grid, const char *text,
            GError **error)
{
    g_autofree char *csv = sim_sweep_csv(campaign, grid);
    g_autofree char *csv_path = g_build_filename(study->folder, "estimates.csv", NULL);
    g_autofree char *text_path = g_build_filename(study->folder, "summary.txt", NULL);
    return sim_output_write(csv_path, csv, -1, error) &&
           sim_output_write(text_path, text, -1, error);
}

/* An axis of words alone has no place to draw on. */
static bool
draw(const SimStudy *study, SimCampaign *campaign, const SimGrid *grid, GError **error)
{
    SimSweepView view = {campaign, grid, 0, 0};
    if (!sim_sweep_view_axis(&view, NULL, NULL))
        return true;
    g_autoptr(GPtrArray) charts = sim_sweep_charts(&view, study->shown);
    return sim_charts_write(charts, study->folder, error);
}

static int
report(const SimStudy *study, SimCampaign *campaign, const SimGrid *grid)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *table = sim_sweep_table(campaign, grid, study->shown);
    g_autofree char *notes = sim_sweep_notes(campaign, grid, study->shown);
    g_autofree char *method = sim_study_method(study, campaign);
    g_autofree char *text = g_strdup_printf("%s\n%s\n%s", table, method, notes);
    if (!study->quiet)
        fputs(text, stdout);
    if (!write_texts(study, campaign, grid, text, &error) || !draw(study, campaign, grid, &error) ||
        !sim_campaign_finish(campaign, true, &error))
        return sim_command_fail(error);
    if (!study->quiet)
        printf("Results: %s\n", study->folder);
    return SIM_EXIT_MET;
}

static int
sweep(Options *options, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (!take_file(options, path, &error))
        return sim_command_fail(error);
    if (options->lines->len == 0) {
        fprintf(stderr,
                "rollcall: %s has no [sweep]; say what varies, e.g. --vary "
                "'phones.*.expires=60s..24h:log8'\n",
                path);
        return SIM_EXIT_BAD;
    }
    g_autoptr(SimGrid) grid = sim_sweep_grid(options->lines->str, &error);
    if (grid == NULL)
        return sim_command_fail(error);
    g_autoptr(SimCampaign) campaign =
        sim_study_open(&options->study, "sweep", path, options->lines->str, 1, &error);
    if (campaign == NULL || !sim_sweep_add(campaign, grid, &error))
        return sim_command_fail(error);
    int code = sim_study_run(&options->study, campaign);
    return code == SIM_EXIT_MET ? report(&options->study, campaign, grid) : code;
}

static const char HELP[] =
    "Runs FILE at every combination of the values (docs/experiments.md). SPEC is a list, or a\n"
    "range with a spacing: 60s,1h  60s..24h:log8  0%..20%:lin5  60s..24h:x2  1h..6h:1h. Part of a\n"
    "value varies in braces: 'phones.desk.power=fails exp({1d,7d}), back after exp(2h)'.\n"
    "Without --vary the [sweep] of the file counts.\n\n"
    "The campaign is one SQLite file, OUTPUT/NAME/sweep/campaign.db. A run is kept when it is\n"
    "done: stop it, start it again, and it goes on where it was, to the same bytes. Under mpirun\n"
    "the ranks share the work.\n\n"
    "Examples:\n"
    "  rollcall sweep scenarios/town-day.ini --vary 'phones.*.expires=120s..24h:log8' \\\n"
    "      --replications 5\n"
    "  rollcall sweep scenarios/hotel.ini --vary network.hotel.lease=10min,1h,4h \\\n"
    "      --vary phones.guests.expires=5min,1h --where 'phones.guests.expires <= "
    "network.hotel.lease'\n"
    "  mpirun -n 64 rollcall sweep scenarios/town-day.ini --vary 'phones.*.expires=1h,2h' -n "
    "100\n\n"
    "Exit: 0 done, 2 bad input, 130 interrupted.\n";

int
sim_command_sweep(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Options options = {.lines = g_string_new(NULL)};
    int code = SIM_EXIT_BAD;
    if (!sim_cluster_begin(&error)) {
        g_string_free(options.lines, TRUE);
        return sim_command_fail(error);
    }
    const GOptionEntry own[] = {
        {"vary", 0, 0, G_OPTION_ARG_CALLBACK, add_line,
         "Values of a key, e.g. phones.desk.expires=60s..24h:log8; again for another axis",
         "KEY=SPEC"},
        {"step", 0, 0, G_OPTION_ARG_CALLBACK, add_line,
         "Another key, in step with the --vary before it", "KEY=SPEC"},
        {"where", 0, 0, G_OPTION_ARG_CALLBACK, add_line,
         "Only points for which this holds, e.g. 'phones.a.expires < phones.b.expires'",
         "CONDITION"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = sim_study_entries(&options.study, own);
    if (sim_command_parse_into(&argc, &argv, entries, "FILE", HELP, &options)) {
        if (argc == 2)
            code = sweep(&options, argv[1]);
        else
            fprintf(stderr, "rollcall: sweep needs one scenario file\n");
    }
    sim_study_clear(&options.study);
    g_string_free(options.lines, TRUE);
    sim_cluster_end(code);
    return code;
}
