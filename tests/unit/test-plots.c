/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plots and the page: what gnuplot makes of the scripts, and what becomes of it when it fails.
 */
#include "example-result.h"
#include "sim/report/figure.h"
#include "sim/report/output.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>

typedef struct {
    Example *example;
    char *dir;
    char *plots;
} Fixture;

static void
set_up(Fixture *self, gconstpointer n_bins)
{
    self->example = example_new(GPOINTER_TO_SIZE(n_bins));
    self->dir = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    self->plots = g_build_filename(self->dir, "plots", NULL);
}

static void
tear_down(Fixture *self, gconstpointer unused)
{
    (void)unused;
    sim_output_discard(self->plots);
    sim_output_discard(self->dir);
    g_assert_false(g_file_test(self->dir, G_FILE_TEST_EXISTS));
    example_free(self->example);
    g_free(self->dir);
    g_free(self->plots);
}

static char *
read_in(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return sim_output_read(path, NULL);
}

static bool
exists_in(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
write_in(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_assert_true(sim_output_write(path, text, -1, NULL));
}

static void
test_five_files_each(Fixture *self, gconstpointer unused)
{
    (void)unused;
    static const char *const endings[] = {".gp", ".dat", ".svg", ".pdf", ".png"};
    g_autoptr(GError) error = NULL;
    g_assert_true(sim_report_write(self->example->result, self->dir, &error));
    g_assert_no_error(error);
    for (size_t i = 0; i < SIM_N_PLOTS; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(endings); k++) {
            g_autofree char *name = g_strconcat(sim_plots[i].name, endings[k], NULL);
            g_assert_true(exists_in(self->plots, name) ==
                          sim_plot_applies(&sim_plots[i], self->example->result));
        }
    static const char *const files[] = {"summary.txt", "summary.json", "series.csv",
                                        "stale-life.csv", "report.html"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        g_assert_true(exists_in(self->dir, files[i]));
}

static void
test_empty_is_said_in_words(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_true(sim_report_write(self->example->result, self->dir, &error));
    g_assert_no_error(error);
    g_autofree char *life = read_in(self->plots, "stale-life.svg");
    g_assert_nonnull(strstr(life, "no data: no record became stale"));
    g_autofree char *accuracy = read_in(self->plots, "accuracy.svg");
    g_assert_nonnull(strstr(accuracy, "no data: no time was simulated"));
}

/* Only with a station; and one that was drawn goes when the next run has none. */
static void
test_storm(Fixture *self, gconstpointer unused)
{
    (void)unused;
    SimResult *result = self->example->result;
    SimResult *variants[] = {result};
    self->example->scenario.station.given = true;
    result->variants = variants;
    result->n_variants = 1;
    g_assert_true(sim_plots_write(result, self->dir, NULL));
    g_autofree char *data = read_in(self->plots, "storm.dat");
    g_assert_nonnull(strstr(data, "# time_s offered-rate registration-rate queue-length "
                                  "retransmission-rate\n"));
    g_autofree char *script = read_in(self->plots, "storm.gp");
    g_assert_nonnull(strstr(script, "set logscale y"));
    g_assert_nonnull(strstr(script, "index 1 using"));
    g_autofree char *picture = read_in(self->plots, "storm.svg");
    g_assert_nonnull(strstr(picture, "registered/s, variant"));
    self->example->scenario.station.given = false;
    g_assert_true(sim_plots_write(result, self->dir, NULL));
    g_assert_false(exists_in(self->plots, "storm.svg"));
    g_assert_false(exists_in(self->plots, "storm.dat"));
}

/* The share that is left falls from the first moment if phones refresh when the time is over, E =
 * R: half of it is gone at E / 2. Without one law for all there is no line. */
static void
test_blackout(Fixture *self, gconstpointer unused)
{
    (void)unused;
    SimScenario *scenario = &self->example->scenario;
    self->example->cut.share = 0.5;
    for (size_t i = 0; i < scenario->n_groups; i++) {
        scenario->groups[i].registers = true;
        scenario->groups[i].expires = 1800;
        scenario->groups[i].refresh.from.fraction = 1;
        scenario->groups[i].refresh.to.fraction = 1;
    }
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_autofree char *data = read_in(self->plots, "blackout.dat");
    g_autofree char *drawn = read_in(self->plots, "blackout.gp");
    g_assert_nonnull(strstr(drawn, "(E - t)/R"));
    g_assert_nonnull(strstr(data, "# since_cut_s records_by_formula\n0 20\n0 20\n1800 0\n"));
    scenario->groups[1].expires = 600;
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_autofree char *without = read_in(self->plots, "blackout.dat");
    g_autofree char *script = read_in(self->plots, "blackout.gp");
    g_assert_null(strstr(without, "formula"));
    g_assert_null(strstr(script, "(E - t)/R"));
    scenario->n_cuts = 0;
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_assert_false(exists_in(self->plots, "blackout.pdf"));
}

static void
test_same_result_same_pictures(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_autofree char *first = read_in(self->plots, "accuracy.svg");
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_autofree char *second = read_in(self->plots, "accuracy.svg");
    g_assert_cmpstr(first, ==, second);
}

static void
test_scripts_run_by_hand(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    /* Where the locale knows ASCII alone, gnuplot says that it has no degree sign. */
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C.UTF-8", TRUE);
    for (size_t i = 0; i < SIM_N_PLOTS; i++) {
        if (!sim_plot_applies(&sim_plots[i], self->example->result))
            continue;
        g_autofree char *script = g_strconcat(sim_plots[i].name, ".gp", NULL);
        g_autofree char *svg = g_strconcat(sim_plots[i].name, ".svg", NULL);
        g_autofree char *first = read_in(self->plots, svg);
        const char *argv[] = {"gnuplot", script, NULL};
        g_autofree char *complaint = NULL;
        int status = -1;
        g_assert_true(g_spawn_sync(self->plots, (char **)argv, environment, G_SPAWN_SEARCH_PATH,
                                   NULL, NULL, NULL, &complaint, &status, NULL));
        g_assert_cmpint(status, ==, 0);
        g_assert_cmpstr(complaint, ==, "");
        g_autofree char *second = read_in(self->plots, svg);
        g_assert_cmpstr(first, ==, second);
    }
}

static void
test_missing_gnuplot_is_one_line(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autoptr(GError) error = NULL;
    write_in(self->dir, "report.html", "of another run");
    g_setenv("PATH", "/nonexistent", TRUE);
    g_assert_false(sim_report_write(self->example->result, self->dir, &error));
    g_setenv("PATH", path, TRUE);
    g_assert_cmpstr(error->message, ==,
                    "no plots: gnuplot is not installed, or not in PATH; install gnuplot");
    g_assert_true(exists_in(self->dir, "summary.txt"));
    g_assert_false(exists_in(self->dir, "report.html"));
    g_assert_false(exists_in(self->plots, "accuracy.gp"));
}

static void
test_failure_names_script_and_reason(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_autofree char *before = read_in(self->plots, "accuracy.svg");
    write_in(self->plots, "broken.gp", "set output 'accuracy.svg'\nfrobnicate\n");
    g_autoptr(GError) error = NULL;
    g_assert_false(sim_plots_redraw(self->dir, &error));
    g_assert_nonnull(strstr(error->message, "broken.gp"));
    g_assert_nonnull(strstr(error->message, "invalid command"));
    g_assert_null(strchr(error->message, '\n'));
    g_autofree char *after = read_in(self->plots, "accuracy.svg");
    g_assert_cmpstr(before, ==, after);
}

/* What a full disk leaves behind: gnuplot ends well and the picture is cut. */
static void
test_cut_picture_is_refused(Fixture *self, gconstpointer unused)
{
    (void)unused;
    static const char *const pictures[] = {"cut.svg", "cut.pdf", "cut.png"};
    g_assert_true(sim_output_directory(self->plots, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
        g_autofree char *script =
            g_strdup_printf("set print '%s'\nprint '%%PDF-1.5 <svg>'\n", pictures[i]);
        write_in(self->plots, "cut.gp", script);
        g_autoptr(GError) error = NULL;
        g_assert_false(sim_plots_redraw(self->dir, &error));
        g_assert_nonnull(strstr(error->message, pictures[i]));
        g_assert_false(exists_in(self->plots, pictures[i]));
    }
}

static void
test_old_plots_go_and_others_stay(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_output_directory(self->plots, NULL));
    write_in(self->plots, "old.gp", SIM_PLOT_MARK "; of an earlier version\n");
    write_in(self->plots, "old.svg", "<svg/>");
    write_in(self->plots, "mine.gp", "plot x\n");
    write_in(self->plots, "mine.svg", "<svg/>");
    g_assert_true(sim_plots_write(self->example->result, self->dir, NULL));
    g_assert_false(exists_in(self->plots, "old.gp"));
    g_assert_false(exists_in(self->plots, "old.svg"));
    g_assert_true(exists_in(self->plots, "mine.gp"));
    g_assert_true(exists_in(self->plots, "mine.svg"));
}

static void
test_redraw_reaches_the_page(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *script = read_in(self->plots, "accuracy.gp");
    g_auto(GStrv) parts = g_strsplit(script, "simulated time", -1);
    g_autofree char *edited = g_strjoinv("hours of a test", parts);
    write_in(self->plots, "accuracy.gp", edited);
    g_autoptr(GError) error = NULL;
    g_assert_true(sim_plots_redraw(self->dir, &error));
    g_assert_no_error(error);
    g_autofree char *page = read_in(self->dir, "report.html");
    g_assert_nonnull(strstr(page, "hours of a test"));
    g_assert_true(g_str_has_suffix(page, "</html>\n"));
}

static void
test_redraw_without_plots_is_one_line(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_assert_false(sim_plots_redraw(self->dir, &error));
    g_assert_nonnull(strstr(error->message, "no .gp file there"));
}

static void
test_html_escapes_markup(Fixture *self, gconstpointer unused)
{
    (void)unused;
    char *changes[] = {(char *)"phones.desk.user-agent=</pre><i>'x'", NULL};
    self->example->scenario.changes = changes;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *page = read_in(self->dir, "report.html");
    g_assert_null(strstr(page, "<script"));
    g_assert_nonnull(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    g_assert_nonnull(strstr(page, "Two groups &lt;and&gt; a &quot;cut&quot; &amp; so on"));
    g_assert_null(strstr(page, "it's <b>"));
    g_assert_null(strstr(page, "<i>"));
}

/* On a phone nothing is wider than the screen but what scrolls in itself; on paper there are no
 * links, no grey, and nothing is cut in two. */
static void
test_html_fits_phone_and_paper(Fixture *self, gconstpointer unused)
{
    static const char *const wanted[] = {
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        ".wide{overflow-x:auto",
        "pre{background:#f5f6f7;border:1px solid #ddd;padding:.7rem .9rem;overflow-x:auto}",
        "@media (max-width:30rem){",
        "@page{margin:",
        "@media print{nav{display:none}",
        "pre,th.section,.partial{background:none}",
        "break-inside:avoid}",
        "min-width:0"};
    (void)unused;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *page = read_in(self->dir, "report.html");
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (strstr(page, wanted[i]) == NULL)
            g_error("the page has no %s", wanted[i]);
    g_autoptr(GRegex) bare =
        g_regex_new("(?<!<div class=\"wide\">)<table(?! class=\"verdicts)", 0, 0, NULL);
    g_assert_false(g_regex_match(bare, page, 0, NULL));
    g_autoptr(GRegex) empty =
        g_regex_new("class=\"section\"[^\\n]*\\n(<tr><th class=\"section|</tbody)", 0, 0, NULL);
    g_assert_false(g_regex_match(empty, page, 0, NULL));
}

/* Every axis that has numbers says of what: a unit at the tics, or words beside the axis. */
static void
test_axes_have_names_and_units(Fixture *self, gconstpointer unused)
{
    (void)unused;
    for (size_t i = 0; i < SIM_N_PLOTS; i++) {
        g_autofree char *data = NULL;
        g_autofree char *script = sim_plot_make(&sim_plots[i], self->example->result, &data);
        if (strstr(script, "no data: ") != NULL)
            continue;
        g_assert_nonnull(strstr(script, "set xlabel '"));
        g_assert_nonnull(strstr(script, "set ylabel '"));
        g_assert_null(strstr(script, "label ''\n"));
        bool share = strstr(script, "set ylabel 'share of") != NULL;
        g_assert_cmpint(share, ==, strstr(script, "set format y '%g %%'") != NULL);
        bool time = strstr(script, "set xlabel 'simulated time'") != NULL;
        g_assert_cmpint(time, ==, strstr(script, "set format x '%g ") != NULL);
    }
}

static void
test_html_ids_are_unique(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *page = read_in(self->dir, "report.html");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GRegex) declared = g_regex_new("\\sid\\s*=\\s*[\"']([^\"']+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_regex_match(declared, page, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL))
        g_assert_true(g_hash_table_add(seen, g_match_info_fetch(match, 1)));

    g_autoptr(GRegex) used = g_regex_new("(?:href\\s*=\\s*[\"']|url\\()#([^\"')]+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) use = NULL;
    g_regex_match(used, page, 0, &use);
    for (; g_match_info_matches(use); g_match_info_next(use, NULL)) {
        g_autofree char *id = g_match_info_fetch(use, 1);
        g_assert_true(g_hash_table_contains(seen, id));
    }
}

static void
test_html_refers_to_nothing_outside(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *page = read_in(self->dir, "report.html");
    g_assert_false(g_regex_match_simple("(src|href)\\s*=\\s*[\"'][^#\"']", page, 0, 0));
    g_assert_false(g_regex_match_simple("@import|url\\([^#]", page, 0, 0));
}

static void
test_html_says_verdicts_in_words(Fixture *self, gconstpointer unused)
{
    (void)unused;
    g_assert_true(sim_report_write(self->example->result, self->dir, NULL));
    g_autofree char *page = read_in(self->dir, "report.html");
    g_assert_nonnull(strstr(page, "2 of 3 were not met"));
    g_assert_nonnull(strstr(page, "<td class=\"unmet\">NOT MET</td>"));
    g_assert_nonnull(strstr(page, "<td class=\"met\">met</td>"));
    g_assert_nonnull(strstr(page, "rollcall run scenarios/example.ini --link wire"));
}

static void
test_every_plot_has_words(Fixture *self, gconstpointer unused)
{
    (void)self;
    (void)unused;
    for (size_t i = 0; i < SIM_N_PLOTS; i++) {
        g_assert_cmpuint(strlen(sim_plots[i].title), >, 0);
        g_assert_true(g_str_has_suffix(sim_plots[i].caption, "."));
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        size_t n_bins;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        {"/plots/five-files-each", 4, test_five_files_each},
        {"/plots/nothing-to-draw-is-said-in-words", 0, test_empty_is_said_in_words},
        {"/plots/storm", 4, test_storm},
        {"/plots/blackout", 4, test_blackout},
        {"/plots/same-result-same-pictures", 4, test_same_result_same_pictures},
        {"/plots/scripts-run-by-hand", 4, test_scripts_run_by_hand},
        {"/plots/missing-gnuplot-is-one-line", 4, test_missing_gnuplot_is_one_line},
        {"/plots/failure-names-script-and-reason", 4, test_failure_names_script_and_reason},
        {"/plots/cut-picture-is-refused", 4, test_cut_picture_is_refused},
        {"/plots/old-ones-go-and-those-of-others-stay", 4, test_old_plots_go_and_others_stay},
        {"/plots/redraw/reaches-the-page", 4, test_redraw_reaches_the_page},
        {"/plots/redraw/without-plots-is-one-line", 4, test_redraw_without_plots_is_one_line},
        {"/plots/every-plot-has-words", 4, test_every_plot_has_words},
        {"/report/html/escapes-markup", 4, test_html_escapes_markup},
        {"/report/html/ids-are-unique", 4, test_html_ids_are_unique},
        {"/report/html/fits-phone-and-paper", 4, test_html_fits_phone_and_paper},
        {"/plots/axes-have-names-and-units", 4, test_axes_have_names_and_units},
        {"/report/html/refers-to-nothing-outside", 4, test_html_refers_to_nothing_outside},
        {"/report/html/says-verdicts-in-words", 4, test_html_says_verdicts_in_words},
    };
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, GSIZE_TO_POINTER(tests[i].n_bins), set_up, tests[i].test,
                   tear_down);
    return g_test_run();
}
