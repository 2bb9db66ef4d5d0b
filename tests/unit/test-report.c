/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reports as text: numbers, tables, JSON and CSV, and the writing of files. */
#include "example-result.h"
#include "sim/report/output.h"
#include "sim/report/text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/resource.h>

static void
test_number_reads_back_equal(void)
{
    static const double values[] = {
        0,   0.1,    1.0 / 3, 2.0 / 3, 1e-300,    6.02214076e23,    0.02,
        100, 123456, -2.5,    5e-324,  0.1 + 0.2, 3.141592653589793};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        sim_text_number(text, values[i]);
        g_assert_cmpfloat(g_ascii_strtod(text->str, NULL), ==, values[i]);
    }
    g_autoptr(GString) tenth = g_string_new(NULL);
    sim_text_number(tenth, 0.1);
    g_assert_cmpstr(tenth->str, ==, "0.1");
}

static void
test_durations_read_well(void)
{
    static const struct {
        RollTime duration;
        const char *text;
    } rows[] = {
        {0, "0 s"},
        {ROLL_SECOND / 2, "0.5 s"},
        {90 * ROLL_SECOND, "90 s"},
        {ROLL_HOUR, "1 h"},
        {ROLL_DAY, "24 h"},
        {7 * ROLL_DAY, "7 d"},
        {2 * ROLL_DAY + 30 * ROLL_MINUTE, "2 d 30 min"},
        {ROLL_HOUR + ROLL_MINUTE + ROLL_SECOND, "1 h 1 min 1 s"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        sim_text_duration(text, rows[i].duration);
        g_assert_cmpstr(text->str, ==, rows[i].text);
    }
}

static void
test_decimals_follow_the_interval(void)
{
    SimEstimate wide = {0.5, 0.45, 0.55, 0.025};
    SimEstimate narrow = {0.5, 0.49995, 0.50005, 2.5e-5};
    SimEstimate bare = {0.5, NAN, NAN, NAN};
    g_assert_cmpint(sim_text_decimals(SIM_METRIC_STALE_SHARE, &wide), ==, 1);
    g_assert_cmpint(sim_text_decimals(SIM_METRIC_STALE_SHARE, &narrow), ==, 4);
    g_assert_cmpint(sim_text_decimals(SIM_METRIC_STALE_SHARE, &bare), ==, 2);
}

static void
test_measured_shows_the_side(void)
{
    SimExpectation expectation = {.metric = SIM_METRIC_STALE_SHARE, .op = '<', .value = 0.02};
    SimVerdict verdict = {&expectation, 0.02000003, false};
    g_autoptr(GString) text = g_string_new(NULL);
    sim_text_measured(text, &verdict);
    g_assert_cmpstr(text->str, ==, "2.000003 %");
}

static void
test_shares_add_up(void)
{
    g_autoptr(Example) example = example_new(4);
    for (size_t i = 0; i < 3; i++) {
        int64_t shares[SIM_N_STATES];
        sim_result_shares(&example->result->columns[i], shares);
        int64_t sum = 0;
        for (size_t k = 0; k < SIM_N_STATES; k++)
            sum += shares[k];
        g_assert_cmpint(sum, ==, INT64_C(1000000000000));
    }
}

static void
test_thirds_are_rounded_once(void)
{
    SimColumns thirds = {.tallies = {[SIM_TALLY_CORRECT] = INT64_MAX / 3,
                                     [SIM_TALLY_STALE] = INT64_MAX / 3,
                                     [SIM_TALLY_ABSENT] = INT64_MAX / 3}};
    int64_t shares[SIM_N_STATES];
    sim_result_shares(&thirds, shares);
    g_assert_cmpint(shares[0], ==, INT64_C(333333333334));
    g_assert_cmpint(shares[1], ==, 0);
    g_assert_cmpint(shares[SIM_TALLY_STALE], ==, INT64_C(333333333333));
    g_assert_cmpint(shares[SIM_TALLY_ABSENT], ==, INT64_C(333333333333));
}

static void
test_verdicts(void)
{
    g_autoptr(Example) example = example_new(4);
    g_assert_cmpuint(example->result->n_verdicts, ==, 3);
    g_assert_true(example->result->verdicts[0].met);
    g_assert_false(example->result->verdicts[1].met);
    g_assert_cmpfloat(example->result->verdicts[1].measured, ==,
                      example->result->columns[1].metrics[SIM_METRIC_REACHABILITY].value);
    g_assert_true(isnan(example->result->verdicts[2].measured));
    g_assert_false(example->result->verdicts[2].met);
    g_assert_false(sim_result_met(example->result));
}

static void
test_summary_says_nothing_of_the_computer(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *first = sim_summary_text(example->result);
    example->result->wall_s = 99.9;
    example->result->cpu_s = 88.8;
    g_autofree char *second = sim_summary_text(example->result);
    g_assert_cmpstr(first, ==, second);
    g_autofree char *timing = sim_summary_timing(example->result);
    g_assert_nonnull(strstr(timing, "99.90 s"));
}

static void
test_summary_fits_and_names_all(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *text = sim_summary_text(example->result);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_assert_cmpint(g_utf8_strlen(*line, -1), <=, 100);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
    for (SimMetric i = 0; i < SIM_N_METRICS; i++)
        g_assert_true((strstr(text, sim_metric_info(i)->name) != NULL) ==
                      sim_result_has(example->result, i));
    g_assert_nonnull(strstr(text, "0123456789abcdef"));
    g_assert_nonnull(strstr(text, "NOT MET  desk.reachability >= 99.9%"));
    g_assert_nonnull(strstr(text, "not observed"));
}

static void
test_summary_marks_partial(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *whole = sim_summary_text(example->result);
    g_assert_null(strstr(whole, "PARTIAL"));
    example->result->partial = true;
    example->result->observed = ROLL_HOUR / 2;
    g_autofree char *partial = sim_summary_text(example->result);
    g_assert_true(g_str_has_prefix(partial, "PARTIAL"));
    g_assert_nonnull(strstr(partial, "30 min of 1 h"));
}

static JsonObject *
parse(JsonParser *parser, const SimResult *result)
{
    g_autofree char *text = sim_summary_json(result);
    g_autoptr(GError) error = NULL;
    json_parser_load_from_data(parser, text, -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

static void
test_json_keys_in_order(void)
{
    static const char *const keys[] = {
        "scenario", "seed",          "link",   "fingerprint", "phones",  "duration_s",  "partial",
        "events",   "registrations", "wall_s", "cpu_s",       "metrics", "expectations"};
    g_autoptr(Example) example = example_new(4);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root = parse(parser, example->result);
    g_autoptr(GList) members = json_object_get_members(root);
    GList *member = members;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++, member = member->next)
        g_assert_cmpstr(member->data, ==, keys[i]);
    g_assert_null(member);
    g_assert_cmpstr(json_object_get_string_member(root, "fingerprint"), ==, "0123456789abcdef");
    g_assert_cmpint(json_object_get_int_member(root, "events"), ==, 1234567);
    g_assert_cmpint(json_object_get_size(json_object_get_object_member(root, "metrics")), ==,
                    SIM_N_METRICS);
}

/* In units of 1e-12, as printed. */
static int64_t
printed_share(const char *json, const char *metric, const char *group)
{
    g_autofree char *head = g_strdup_printf("\"%s\": {", metric);
    const char *at = strstr(json, head);
    if (group != NULL) {
        g_autofree char *key = g_strdup_printf("\"%s\": {", group);
        at = strstr(at, key);
    }
    at = strstr(at, "\"value\": ") + strlen("\"value\": ");
    int64_t share = (*at++ - '0') * INT64_C(1000000000000);
    int64_t digit = INT64_C(100000000000);
    for (at += *at == '.'; g_ascii_isdigit(*at); at++, digit /= 10)
        share += (*at - '0') * digit;
    return share;
}

static void
test_json_shares_add_up_to_one(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *json = sim_summary_json(example->result);
    for (int i = 0; i < 2; i++) {
        int64_t sum = 0;
        for (SimMetric m = SIM_METRIC_CORRECT_SHARE; m <= SIM_METRIC_ABSENT_SHARE; m++)
            sum += printed_share(json, sim_metric_info(m)->name, i == 0 ? NULL : "desk");
        g_assert_cmpint(sum, ==, INT64_C(1000000000000));
    }
}

static void
test_json_unobserved_is_null(void)
{
    g_autoptr(Example) example = example_new(0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *metrics = json_object_get_object_member(parse(parser, example->result), "metrics");
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        JsonObject *metric = json_object_get_object_member(metrics, sim_metric_info(i)->name);
        g_assert_true(json_object_get_null_member(metric, "value"));
        g_assert_true(json_object_get_null_member(metric, "low"));
        JsonObject *groups = json_object_get_object_member(metric, "groups");
        g_assert_cmpint(json_object_get_size(groups), ==, 2);
    }
}

static void
test_json_escapes_names(void)
{
    g_autoptr(Example) example = example_new(4);
    example->groups[1].name = (char *)"tab\there \"quoted\" back\\slash \xff";
    example->result->columns[2].name = example->groups[1].name;
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *metrics = json_object_get_object_member(parse(parser, example->result), "metrics");
    JsonObject *groups = json_object_get_object_member(
        json_object_get_object_member(metrics, "reachability"), "groups");
    g_assert_true(json_object_has_member(groups, "tab\there \"quoted\" back\\slash \xef\xbf\xbd"));
}

static void
test_series_has_a_cell_for_each_metric(void)
{
    g_autoptr(Example) example = example_new(4);
    example->result->columns[2].name = "ata";
    g_autofree char *csv = sim_series_csv(example->result);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + 4 * 3 + 1);
    g_assert_true(g_str_has_prefix(lines[0], "time_s,group,location-accuracy[1],"));
    for (guint i = 0; i + 1 < g_strv_length(lines); i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        g_assert_cmpuint(g_strv_length(cells), ==, 2 + SIM_N_METRICS);
        if (i > 0)
            g_assert_cmpstr(cells[2 + SIM_METRIC_CALL_SUCCESS], ==, "");
    }
    g_assert_true(g_str_has_prefix(lines[4], "900,all,"));
}

static void
test_series_quotes_names(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *csv = sim_series_csv(example->result);
    g_assert_nonnull(strstr(csv, "\n0,\"it's <b>, \"\"q\"\"\","));
}

static void
test_stale_life_lists_what_there_is(void)
{
    g_autoptr(Example) example = example_new(4);
    g_autofree char *csv = sim_stale_life_csv(example->result);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    g_assert_cmpstr(lines[0], ==, "low_s,high_s,group,expired,removed,returned");
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + 3 * 2 + 1);
    g_assert_true(g_str_has_suffix(lines[1], ",all,0,0,1"));
    g_assert_true(g_str_has_suffix(lines[2], ",all,1,0,0"));
}

static void
test_equal_results_give_equal_bytes(void)
{
    g_autoptr(Example) one = example_new(4);
    g_autoptr(Example) two = example_new(4);
    char *(*const makers[])(const SimResult *) = {sim_summary_text, sim_summary_json,
                                                  sim_series_csv, sim_stale_life_csv};
    for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
        g_autofree char *first = makers[i](one->result);
        g_autofree char *second = makers[i](two->result);
        g_assert_cmpstr(first, ==, second);
    }
}

static void
test_write_replaces_the_whole_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "file", NULL);
    g_assert_true(sim_output_write(path, "a longer text", -1, NULL));
    g_assert_true(sim_output_write(path, "short\0!", 7, NULL));
    g_autofree char *text = NULL;
    size_t len;
    g_assert_true(g_file_get_contents(path, &text, &len, NULL));
    g_assert_cmpmem(text, len, "short\0!", 7);
    sim_output_discard(dir);
    g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
}

/* As on a full disk, write() fails after a part: no file may grow beyond @limit. */
static bool
write_limited(const char *path, const char *content, rlim_t limit, GError **error)
{
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    struct rlimit low = {limit, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &low), ==, 0);
    bool good = sim_output_write(path, content, -1, error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    return good;
}

static void
test_disk_full_leaves_no_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "summary.txt", NULL);
    g_autofree char *big = g_strnfill(100000, 'x');
    g_autoptr(GError) error = NULL;
    g_assert_false(write_limited(path, big, 5000, &error));
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, g_strerror(EFBIG)));
    g_assert_null(strchr(error->message, '\n'));
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void
test_disk_full_keeps_the_old_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "summary.txt", NULL);
    g_autofree char *big = g_strnfill(100000, 'x');
    g_assert_true(sim_output_write(path, "old", -1, NULL));
    g_assert_false(write_limited(path, big, 5000, NULL));
    g_autofree char *text = sim_output_read(path, NULL);
    g_assert_cmpstr(text, ==, "old");
    sim_output_discard(dir);
}

static void
test_no_such_folder_is_one_line(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sim_output_write("/dev/null/a/b", "x", -1, &error));
    g_assert_cmpstr(error->message, ==, "cannot write /dev/null/a/b: Not a directory");
    g_clear_error(&error);
    g_assert_false(sim_output_directory("/dev/null/a", &error));
    g_assert_nonnull(strstr(error->message, "/dev/null/a"));
}

static void
test_progress_is_silent_without_a_terminal(void)
{
    if (g_test_subprocess()) {
        g_autoptr(SimProgress) progress = sim_progress_new(-ROLL_HOUR, ROLL_DAY);
        for (int i = 0; i < 3; i++) {
            g_usleep(G_USEC_PER_SEC / 8);
            sim_progress_update(progress, i * ROLL_HOUR, 1000);
        }
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(void);
    } tests[] = {
        {"/report/text/number-reads-back-equal", test_number_reads_back_equal},
        {"/report/text/durations-read-well", test_durations_read_well},
        {"/report/text/decimals-follow-the-interval", test_decimals_follow_the_interval},
        {"/report/text/measured-shows-which-side-of-the-bound", test_measured_shows_the_side},
        {"/report/shares/add-up-exactly", test_shares_add_up},
        {"/report/shares/thirds-are-rounded-once", test_thirds_are_rounded_once},
        {"/report/verdict/unobserved-is-not-met", test_verdicts},
        {"/report/summary/says-nothing-of-the-computer", test_summary_says_nothing_of_the_computer},
        {"/report/summary/fits-100-columns-and-names-all", test_summary_fits_and_names_all},
        {"/report/summary/marks-partial", test_summary_marks_partial},
        {"/report/summary-json/keys-are-in-order", test_json_keys_in_order},
        {"/report/summary-json/shares-add-up-to-one", test_json_shares_add_up_to_one},
        {"/report/summary-json/unobserved-is-null", test_json_unobserved_is_null},
        {"/report/summary-json/escapes-names", test_json_escapes_names},
        {"/report/series/has-a-cell-for-each-metric", test_series_has_a_cell_for_each_metric},
        {"/report/series/quotes-names", test_series_quotes_names},
        {"/report/stale-life/lists-what-there-is", test_stale_life_lists_what_there_is},
        {"/report/equal-results-give-equal-bytes", test_equal_results_give_equal_bytes},
        {"/report/output/replaces-the-whole-file", test_write_replaces_the_whole_file},
        {"/report/output/disk-full-leaves-no-file", test_disk_full_leaves_no_file},
        {"/report/output/disk-full-keeps-the-old-file", test_disk_full_keeps_the_old_file},
        {"/report/output/no-such-folder-is-one-line", test_no_such_folder_is_one_line},
        {"/report/progress/silent-without-a-terminal", test_progress_is_silent_without_a_terminal},
    };
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].test);
    return g_test_run();
}
