/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall compare A B`: two scenarios, variants or results, and whether they differ. */
#include "sim/campaign/compare.h"
#include "sim/command/study.h"
#include "sim/report/compare-text.h"
#include "sim/report/output.h"
#include "sim/report/tune-charts.h"
#include "sim/scenario/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    SimStudy study;
    char **against;
    char *population;
} Options;

/* One side: where it comes from, and, if it is simulated here, with which study. */
typedef struct {
    SimStudy study; /* folder and database are its own, the rest is borrowed */
    SimCampaign *own;
    SimSide side;
    char *label;
} Side;

static void
side_clear(Side *self)
{
    sim_campaign_free(self->own);
    g_free(self->label);
    g_free(self->study.folder);
    g_free(self->study.database);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

/* `PATH@WHAT`: a variant of a scenario, or a point of a database. */
static char *
cut_at(const char *argument, const char **what)
{
    const char *at = strrchr(argument, '@');
    *what = at != NULL && strchr(at, '/') == NULL ? at + 1 : NULL;
    return *what != NULL ? g_strndup(argument, (gsize)(at - argument)) : g_strdup(argument);
}

static bool
is_scenario(const char *path)
{
    return g_str_has_suffix(path, ".ini");
}

static bool
load_side(Side *self, const char *path, const char *point, GError **error)
{
    g_autofree char *within = g_build_filename(path, "campaign.db", NULL);
    bool folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    self->own = sim_campaign_load(folder ? within : path, error);
    if (self->own == NULL)
        return false;
    unsigned n = sim_campaign_n_points(self->own);
    if (point == NULL && n == 1)
        point = "0";
    if (point == NULL)
        return sim_words_fail(error, "%s has %u points: say which, e.g. %s@0", path, n, path);
    char *end;
    guint64 number = g_ascii_strtoull(point, &end, 10);
    if (!g_ascii_isdigit(*point) || *end != '\0' || number >= n)
        return sim_words_fail(error,
                              "%s has no point \"%s\": they are 0 to %u; see rollcall export", path,
                              point, n - 1);
    self->side = (SimSide){self->own, (unsigned)number, self->label};
    return true;
}

/* The runs of a scenario are those of `rollcall run --replications`: what is there is used. */
static int
simulate_side(Side *self, const char *path, const char *variant)
{
    int code = sim_study_simulate(&self->study, path, variant, &self->own);
    self->side = (SimSide){self->own, 0, self->label};
    return code;
}

static int
open_side(Side *self, const Options *options, const char *argument)
{
    g_autoptr(GError) error = NULL;
    const char *what;
    g_autofree char *path = cut_at(argument, &what);
    self->study = options->study;
    self->study.folder = self->study.database = NULL;
    self->label = g_strdup(argument);
    if (is_scenario(path))
        return simulate_side(self, path, what != NULL ? what : options->study.variant);
    return load_side(self, path, what, &error) ? SIM_EXIT_MET : sim_command_fail(error);
}

static char *
report_folder(const Options *options, const char *argument)
{
    const char *what;
    g_autofree char *path = cut_at(argument, &what);
    g_autofree char *name = g_path_get_basename(path);
    char *ending = strrchr(name, '.');
    if (ending != NULL && ending != name)
        *ending = '\0';
    return g_build_filename(options->study.output != NULL ? options->study.output : "results", name,
                            "compare", NULL);
}

static bool
draw(const SimVersus *versus, const SimSide *a, const SimSide *b, const char *folder,
     GError **error)
{
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    g_ptr_array_add(charts, sim_chart_differences(versus, a, b));
    return sim_charts_write(charts, folder, error);
}

static int
report(const Options *options, const SimSide *a, const SimSide *b, const char *folder)
{
    g_autoptr(GError) error = NULL;
    const char *population = options->population != NULL ? options->population : "all";
    SimMetric shown[SIM_N_METRICS + 1];
    if (!sim_study_metrics(&options->study, shown, &error))
        return sim_command_fail(error);
    g_autoptr(SimVersus) versus = sim_versus_new(a, b, population, shown, &error);
    if (versus == NULL)
        return sim_command_fail(error);
    g_autofree char *text = sim_versus_text(versus, a, b, population);
    g_autofree char *csv = sim_versus_csv(versus);
    g_autofree char *text_path = g_build_filename(folder, "comparison.txt", NULL);
    g_autofree char *csv_path = g_build_filename(folder, "comparison.csv", NULL);
    if (!options->study.quiet)
        fputs(text, stdout);
    if (!sim_output_directory(folder, &error) || !sim_output_write(text_path, text, -1, &error) ||
        !sim_output_write(csv_path, csv, -1, &error) || !draw(versus, a, b, folder, &error))
        return sim_command_fail(error);
    if (!options->study.quiet)
        printf("Results: %s\n", folder);
    return SIM_EXIT_MET;
}

/* Both are points of one campaign. */
static int
compare_changes(Options *options, const char *path)
{
    static const char *const nothing[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *label = g_strjoinv(" ", options->against);
    g_autofree char *with = g_strdup_printf("%s with %s", path, label);
    SimSide a = {NULL, 0, path};
    SimSide b = {NULL, 0, with};
    g_autoptr(SimCampaign) campaign =
        sim_study_open(&options->study, "compare", path, label, 10, &error);
    if (campaign == NULL || !sim_campaign_add(campaign, nothing, &a.point, &error) ||
        !sim_campaign_add(campaign, (const char *const *)options->against, &b.point, &error))
        return sim_command_fail(error);
    int code = sim_study_run(&options->study, campaign);
    a.campaign = b.campaign = campaign;
    if (code == SIM_EXIT_MET)
        code = report(options, &a, &b, options->study.folder);
    if (code == SIM_EXIT_MET && !sim_campaign_finish(campaign, true, &error))
        return sim_command_fail(error);
    return code;
}

static int
finish_side(Side *self)
{
    g_autoptr(GError) error = NULL;
    bool simulated = self->study.database != NULL;
    return !simulated || sim_campaign_finish(self->own, true, &error) ? SIM_EXIT_MET
                                                                      : sim_command_fail(error);
}

/* A side is written down before the other one begins: both may be the same campaign. */
static int
compare_sides(const Options *options, const char *first, const char *second)
{
    g_auto(Side) a = {0};
    g_auto(Side) b = {0};
    g_autofree char *folder = report_folder(options, first);
    int code = open_side(&a, options, first);
    if (code == SIM_EXIT_MET)
        code = finish_side(&a);
    if (code == SIM_EXIT_MET)
        code = open_side(&b, options, second);
    if (code == SIM_EXIT_MET)
        code = finish_side(&b);
    return code == SIM_EXIT_MET ? report(options, &a.side, &b.side, folder) : code;
}

static int
compare(Options *options, int argc, char **argv)
{
    if (argc == 2 && options->against != NULL && is_scenario(argv[1]))
        return compare_changes(options, argv[1]);
    if (argc == 3 && options->against == NULL)
        return compare_sides(options, argv[1], argv[2]);
    fprintf(stderr,
            "rollcall: compare needs A and B, or a scenario file and --against KEY=VALUE\n");
    return SIM_EXIT_BAD;
}

static const char HELP[] =
    "A and B are scenario files, one [variant] of a file (FILE.ini@NAME), or results: a folder\n"
    "with a campaign.db, or such a file, with the number of a point behind an @ if there are\n"
    "several. With --against, B is A with other values. Scenarios are run as often as\n"
    "--replications says (default: 10), both with the same draws, and the differences come with\n"
    "95 % intervals and a verdict for each metric.\n\n"
    "Examples:\n"
    "  rollcall compare scenarios/town-day.ini --against phones.adapters.expires=10min\n"
    "  rollcall compare scenarios/blackout-storm.ini scenarios/blackout-storm.ini@jitter \\\n"
    "      --metric ineffective-attempts --metric queue-wait\n"
    "  rollcall compare results/town-day/sweep@0 results/town-day/sweep@7\n\n"
    "Exit: 0 compared, 2 bad input, 130 interrupted.\n";

int
sim_command_compare(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Options options = {0};
    int code = SIM_EXIT_BAD;
    if (!sim_cluster_begin(&error))
        return sim_command_fail(error);
    const GOptionEntry own[] = {
        {"against", 'b', 0, G_OPTION_ARG_STRING_ARRAY, &options.against,
         "B is A with this value, e.g. phones.desk.expires=2h; may be repeated", "KEY=VALUE"},
        {"of", 0, 0, G_OPTION_ARG_STRING, &options.population,
         "Compare the phones of one group (default: all)", "GROUP"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *entries = sim_study_entries(&options.study, own);
    if (sim_command_parse(&argc, &argv, entries, "A [B]", HELP))
        code = compare(&options, argc, argv);
    sim_study_clear(&options.study);
    g_strfreev(options.against);
    g_free(options.population);
    sim_cluster_end(code);
    return code;
}
