/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mistakes in scenario files: which line each is blamed on, and in which words. */
#include "tests/unit/mistakes.h"
#include "tests/unit/scenario-text.h"

#include <glib/gstdio.h>

static void
test_mistakes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = compose(mistakes[i].phones, mistakes[i].more);
        g_autofree char *message = g_strconcat("t.ini:", mistakes[i].message, NULL);
        g_test_message("%s", mistakes[i].description);
        g_autoptr(SimScenario) scenario = parse(text, NULL, &error);
        g_assert_null(scenario);
        g_assert_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID);
        g_assert_cmpstr(error->message, ==, message);
    }
}

static void
test_whole_file(void)
{
    static const struct {
        const char *description;
        const char *text;
        const char *message;
    } cases[] = {
        {"empty", "", "t.ini: the file is empty; scenarios/hello.ini is one to start from"},
        {"blank", " \r\n\n\t",
         "t.ini: the file is empty; scenarios/hello.ini is one to start from"},
        {"comments only", "# nothing\n",
         "t.ini:1: [scenario] needs duration, for example: "
         "duration = 24h"},
        {"no phones", "[scenario]\nduration = 1h\n",
         "t.ini:1: the file has no phones; add a group such as [phones desk]"},
        {"key before a group", "\nseed = 1\n",
         "t.ini:2: \"seed = 1\" stands before the first "
         "[group]; put it behind the group it is of"},
        {"warmup",
         "[scenario]\nduration = 1h\nwarmup = 1h\n[network n]\npool = 10.0.0.0/8\n"
         "[phones p]\ncount = 1\nnetwork = n\n",
         "t.ini:3: warmup 1h leaves nothing of the duration 1h"},
        {"bin",
         "[scenario]\nduration = 1d\nbin = 1ms\n[network n]\npool = 10.0.0.0/8\n"
         "[phones p]\ncount = 1\nnetwork = n\n",
         "t.ini:3: bin 1ms cuts the duration 1d into more than 100000 steps; take a longer one"},
        {"phone-time",
         "[scenario]\nduration = 36500d\n[network n]\npool = 16.0.0.0/4\n"
         "[phones p]\ncount = 100000000\nnetwork = n\n",
         "t.ini:2: duration 36500d is too long for 100000000 phones: phone-time is counted in 62 "
         "bits of microseconds; take a shorter one"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].description);
        g_autoptr(SimScenario) scenario = parse(cases[i].text, NULL, &error);
        g_assert_null(scenario);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_change_mistakes(void)
{
    static const struct {
        const char *change;
        const char *message;
    } cases[] = {
        {"phones.desk.expires=2", "--set phones.desk.expires=2: \"2\" has no unit; did you mean "
                                  "\"2s\"?"},
        {"phones.desk.expire=2h", "--set phones.desk.expire=2h: unknown key in [phones]: "
                                  "\"expire\"; did you mean \"expires\"?"},
        {"phones.dsk.expires=2h", "--set phones.dsk.expires=2h: no [phones] group has the name "
                                  "\"dsk\"; did you mean \"desk\"?"},
        {"phone.desk.expires=2h", "--set phone.desk.expires=2h: unknown group \"phone\"; did you "
                                  "mean \"phones\"?"},
        {"phones.expires=2h", "--set phones.expires=2h: the form is GROUP.NAME.KEY=VALUE"},
        {"scenario.x.seed=2", "--set scenario.x.seed=2: the form is scenario.KEY=VALUE"},
        {"scenario.seed", "--set scenario.seed: the form is GROUP.NAME.KEY=VALUE"},
        {"", "--set : the form is GROUP.NAME.KEY=VALUE"},
        {"=", "--set =: the form is GROUP.NAME.KEY=VALUE"},
        {"expect.stale-share=2%", "--set expect.stale-share=2%: expectations can be set in the "
                                  "file only; write them there"},
        {"event.*.at=1h", "--set event.*.at=1h: no [event] group fits \"*\""},
        {"phones.desk?*.boot=1s", "--set phones.desk?*.boot=1s: no [phones] group fits "
                                  "\"desk?*\"; did you mean \"desk\"?"},
        {"scenario.*.seed=2", "--set scenario.*.seed=2: the form is scenario.KEY=VALUE"},
        {"sweep.vary=2", "--set sweep.vary=2: a sweep can be set in the file or with --vary only"},
        {"phones.desk.refresh=2h", "--set phones.desk.refresh=2h: refresh 2h is later than expires "
                                   "1h: the record would lapse first; take less than expires"},
        {"scenario.title=a\nb",
         "--set scenario.title=a?b: not one line of UTF-8 text; write it without line breaks"},
        {"scenario.title=\xff", "--set scenario.title=\xef\xbf\xbd: not one line of UTF-8 text; "
                                "write it without line breaks"},
    };
    g_autofree char *text = compose("", "");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].message);
        g_autoptr(SimScenario) scenario =
            parse(text, (const char *const[]){cases[i].change, NULL}, &error);
        g_assert_null(scenario);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_bounds(void)
{
    g_autofree char *folder = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "long.ini", NULL);
    g_autofree char *line = g_strnfill(4097, 'x');
    g_autofree char *huge = g_strnfill(10 << 20, 'x');
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(line, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:1: the line is longer than 4096 bytes; break it up");
    g_clear_error(&error);
    g_assert_null(parse(huge, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini: is larger than 1 MiB; take a smaller one");
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, huge, -1, NULL));
    g_assert_null(sim_scenario_load(path, NULL, &error));
    g_assert_true(
        g_str_has_suffix(error->message, "long.ini: is larger than 1 MiB; take a smaller one"));
    g_clear_error(&error);
    g_unlink(path);
    g_assert_null(sim_scenario_load(path, NULL, &error));
    g_assert_true(
        g_str_has_suffix(error->message, "long.ini: cannot be read: No such file or directory"));
    g_clear_error(&error);
    g_assert_null(sim_scenario_load(folder, NULL, &error));
    g_assert_true(g_str_has_suffix(error->message, ": is a folder, not a file; name a file in it"));
    g_rmdir(folder);
}

static void
test_many_groups(void)
{
    g_autoptr(GString) text = g_string_new("[scenario]\n");
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, "[event e%d]\n", i);
    g_assert_null(parse(text->str, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:1001: more than 1000 groups; take some of them out");
}

static void
test_nul(void)
{
    static const char text[] = "[scenario]\nseed = \0\n";
    g_autoptr(GError) error = NULL;
    g_assert_null(sim_scenario_parse("t.ini", text, sizeof text - 1, NULL, &error));
    g_assert_cmpstr(error->message, ==, "t.ini:2: a NUL byte: this is not a text file");
}

/* What is wrong with a diary is told with the line of its own file. */
static void
test_diary(void)
{
    static const struct {
        const char *text;
        const char *end; /* of the message */
    } cases[] = {
        {"time,phone,event,network\n1h,1\n",
         "line 2: 2 columns; there are four: time, phone, event, network"},
        {"1h,1,go,lan\n", "line 1: unknown value \"go\"; known: on, off, move"},
        {"# none\n1h,1,move,\n",
         "line 2: a move names no network; write its name in the fourth column"},
        {"1h,1,off,lan\n",
         "line 1: a device that goes off stays in its network; leave the fourth column empty"},
        {"1h,1,move,lann\n", "line 1: unknown network \"lann\"; did you mean \"lan\"?"},
        {"1h,0,off\n", "line 1: phones are numbered from 1; write 1 for the first"},
        {"-5,1,off\n", "line 1: time -5 is out of range; it is from 0s to 10000 years"},
        {"5,1001,off\n", "line 1 of the file is about phone 1001, but count is 1000; raise count"},
        {"time\n", "has no rows; write for example: 1h, 1, on,"},
    };
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("diary-XXXXXX.csv", &name, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = g_strdup_printf("moves-from = %s\n", name);
        g_autofree char *text = compose(line, "");
        g_autoptr(GError) error = NULL;
        g_assert_true(g_file_set_contents(name, cases[i].text, -1, NULL));
        g_autoptr(SimScenario) s = parse(text, NULL, &error);
        g_assert_null(s);
        g_assert_true(g_str_has_prefix(error->message, "t.ini:10: "));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_suffix(error->message, cases[i].end));
    }
    g_unlink(name);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mistakes/set", test_change_mistakes);
    g_test_add_func("/mistakes/has-a-line-and-a-hint", test_mistakes);
    g_test_add_func("/mistakes/of-the-whole-file", test_whole_file);
    g_test_add_func("/mistakes/too-long-or-not-there", test_bounds);
    g_test_add_func("/mistakes/too-many-groups", test_many_groups);
    g_test_add_func("/mistakes/nul-byte", test_nul);
    g_test_add_func("/mistakes/lines-of-a-diary", test_diary);
    return g_test_run();
}
