/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single values: what is read, what is refused and in which words, and the nearest word. */
#include "sim/scenario/values.h"

#include "sim/scenario/words.h"
#include <glib/gstdio.h>
#include <math.h>

#define NOT_SET 4711

static void
assert_message(GError **error, const char *expected)
{
    g_assert_nonnull(*error);
    g_assert_cmpstr((*error)->message, ==, expected);
    g_clear_error(error);
}

static void
test_times(void)
{
    static const struct {
        const char *text;
        RollTime time;
        const char *message;
    } cases[] = {
        {"30s", 30 * ROLL_SECOND, NULL},
        {"30 s", 30 * ROLL_SECOND, NULL},
        {"0s", 0, NULL},
        {"0.5ms", 500, NULL},
        {"1.5h", 90 * ROLL_MINUTE, NULL},
        {"1h30min", 90 * ROLL_MINUTE, NULL},
        {"1h 30min", 90 * ROLL_MINUTE, NULL},
        {"2w", 14 * ROLL_DAY, NULL},
        {"3650000d", 3650000 * ROLL_DAY, NULL},
        {"30", 0, "\"30\" has no unit; did you mean \"30s\"?"},
        {"1h30", 0, "\"30\" has no unit; did you mean \"30s\"?"},
        {"30m", 0, "unknown unit of time \"m\"; did you mean \"min\"?"},
        {"30sec", 0, "unknown unit of time \"sec\"; did you mean \"s\"?"},
        {"30minn", 0, "unknown unit of time \"minn\"; did you mean \"min\"?"},
        {"30parsec", 0, "unknown unit of time \"parsec\"; known: ms, s, min, h, d, w"},
        {"", 0, "\"\" is not a time, such as 30s, 5min or 1h"},
        {"-5s", 0, "\"-5s\" is not a time, such as 30s, 5min or 1h"},
        {"nan", 0, "\"nan\" is not a time, such as 30s, 5min or 1h"},
        {"0x10s", 0, "unknown unit of time \"x\"; known: ms, s, min, h, d, w"},
        {"1e9s", 0, "unknown unit of time \"e\"; known: ms, s, min, h, d, w"},
        {"3650001d", 0, "\"3650001d\" is longer than 10000 years; take a shorter one"},
        {"99999999999999999999999999999999999999999999d", 0,
         "\"9999999999999999999999999999999999999999...\" is not a time, such as 30s, 5min or 1h"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        RollTime time = NOT_SET;
        g_test_message("%s", cases[i].text);
        bool good = sim_value_time(cases[i].text, &time, &error);
        g_assert_cmpint(good, ==, cases[i].message == NULL);
        g_assert_cmpint(time, ==, good ? cases[i].time : NOT_SET);
        if (!good)
            assert_message(&error, cases[i].message);
    }
}

static void
test_shown_times(void)
{
    static const struct {
        RollTime time;
        const char *shown;
    } cases[] = {
        {0, "0s"},
        {90 * ROLL_SECOND, "90s"},
        {ROLL_HOUR, "1h"},
        {14 * ROLL_DAY, "14d"},
        {1500 * ROLL_MILLISECOND, "1500ms"},
        {1500, "0.0015s"},
        {-ROLL_MINUTE, "-1min"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *shown = sim_value_show_time(cases[i].time);
        g_assert_cmpstr(shown, ==, cases[i].shown);
    }
}

static void
test_shares_and_rates(void)
{
    static const struct {
        bool (*read)(const char *, double *, GError **);
        const char *text;
        double value;
        const char *message;
    } cases[] = {
        {sim_value_share, "2%", 0.02, NULL},
        {sim_value_share, "0.1 %", 0.001, NULL},
        {sim_value_share, "100%", 1, NULL},
        {sim_value_share, "0.02", 0, "\"0.02\" has no unit; did you mean \"0.02%\"?"},
        {sim_value_share, "101%", 0, "\"101%\" is more than 100%; a share is from 0% to 100%"},
        {sim_value_share, "-1%", 0, "\"-1%\" is not a share, such as 2%"},
        {sim_value_share, "2%%", 0, "\"2%%\" is not a share, such as 2%"},
        {sim_value_rate, "12/s", 12, NULL},
        {sim_value_rate, "0.5/h", 0.5 / 3600, NULL},
        {sim_value_rate, "6 /min", 0.1, NULL},
        {sim_value_rate, "12", 0, "\"12\" has no unit; did you mean \"12/s\"?"},
        {sim_value_rate, "12/m", 0, "unknown unit of a rate \"/m\"; did you mean \"/min\"?"},
        {sim_value_rate, "12/ms", 0, "unknown unit of a rate \"/ms\"; did you mean \"/s\"?"},
        {sim_value_number, "0.3", 0.3, NULL},
        {sim_value_number, "3s", 0, "\"3s\" is not a plain number, such as 0.5"},
        {sim_value_number, "inf", 0, "\"inf\" is not a plain number, such as 0.5"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        double value = NOT_SET;
        g_test_message("%s", cases[i].text);
        bool good = cases[i].read(cases[i].text, &value, &error);
        g_assert_cmpint(good, ==, cases[i].message == NULL);
        g_assert_cmpfloat_with_epsilon(value, good ? cases[i].value : NOT_SET, 1e-12);
        if (!good)
            assert_message(&error, cases[i].message);
    }
}

static void
test_counts(void)
{
    g_autoptr(GError) error = NULL;
    uint64_t count = NOT_SET;
    g_assert_true(sim_value_count("18446744073709551615", &count, NULL));
    g_assert_cmpuint(count, ==, UINT64_MAX);
    g_assert_false(sim_value_count("18446744073709551616", &count, &error));
    assert_message(&error, "\"18446744073709551616\" is too large; take a smaller one");
    g_assert_false(sim_value_count("1.5", &count, &error));
    assert_message(&error, "\"1.5\" is not a whole number");
    g_assert_false(sim_value_count("", &count, &error));
    assert_message(&error, "\"\" is not a whole number");
    g_assert_cmpuint(count, ==, UINT64_MAX);
}

static void
test_laws(void)
{
    static const struct {
        const char *text;
        SimLaw law;
        const char *message;
    } cases[] = {
        {"30min", {SIM_LAW_FIXED, 1800}, NULL},
        {"fixed(30min)", {SIM_LAW_FIXED, 1800}, NULL},
        {"exp(7d)", {SIM_LAW_EXP, 604800}, NULL},
        {"exp( 1h 30min )", {SIM_LAW_EXP, 5400}, NULL},
        {"uniform(0s,30min)", {SIM_LAW_UNIFORM, 0, 1800}, NULL},
        {"weibull(2d, 0.5)", {SIM_LAW_WEIBULL, 172800, 0.5}, NULL},
        {"lognormal(8h, 0.3)", {SIM_LAW_LOGNORMAL, 28800, 0.3}, NULL},
        {"pareto(1min, 1.5)", {SIM_LAW_PARETO, 60, 1.5}, NULL},
        {"gamma (2h, 2)", {SIM_LAW_GAMMA, 7200, 2}, NULL},
        {"bipareto(2s, 0.06, 1.35, 500)", {SIM_LAW_BIPARETO, 2, 0.06, .c = 1.35, .d = 500}, NULL},
        {"bipareto(0.5s, 0, 100, 0)", {SIM_LAW_BIPARETO, 0.5, 0, .c = 100, .d = 0}, NULL},
        {"beta(4h, 1.2, 1.6)", {SIM_LAW_BETA, 14400, 1.2, .c = 1.6}, NULL},
        {"bipareto(2s, 0.06, 1.35)",
         {0},
         "\"bipareto(2s, 0.06, 1.35)\" does not have the form bipareto(least, first, second, "
         "break)"},
        {"bipareto(2s, 101, 1.35, 500)",
         {0},
         "the second value of bipareto(least, first, second, break) is 101; it must be 0 to 100"},
        {"bipareto(2s, 0.06, 0, 500)",
         {0},
         "the third value of bipareto(least, first, second, break) is 0; it must be 0.1 to 100"},
        {"bipareto(2s, 0.06, 1.35, 2000000000)",
         {0},
         "the fourth value of bipareto(least, first, second, break) is 2e+09; it must be 0 to "
         "1e+09"},
        {"bipareto(2s, 0.06, 1.35, 500s)", {0}, "\"500s\" is not a plain number, such as 0.5"},
        {"bipareto(2, 0.06, 1.35, 500)", {0}, "\"2\" has no unit; did you mean \"2s\"?"},
        {"beta(4h, 1.2)", {0}, "\"beta(4h, 1.2)\" does not have the form beta(most, a, b)"},
        {"beta(4h, 0, 1)",
         {0},
         "the second value of beta(most, a, b) is 0; it must be 0.05 to 1000"},
        {"beta(4h, 1, 1001)",
         {0},
         "the third value of beta(most, a, b) is 1001; it must be 0.05 to 1000"},
        {"betta(4h, 1, 1)", {0}, "unknown law \"betta\"; did you mean \"beta\"?"},
        {"exq(7d)", {0}, "unknown law \"exq\"; did you mean \"exp\"?"},
        {"exponential(7d)", {0}, "unknown law \"exponential\"; did you mean \"exp\"?"},
        {"normal(1h, 2)", {0}, "unknown law \"normal\"; did you mean \"lognormal\"?"},
        {"exp(7)", {0}, "\"7\" has no unit; did you mean \"7s\"?"},
        {"exp(1h, 2h)", {0}, "\"exp(1h, 2h)\" does not have the form exp(mean)"},
        {"exp()", {0}, "\"\" is not a time, such as 30s, 5min or 1h"},
        {"exp 7d", {0}, "\"exp 7d\" does not have the form exp(mean)"},
        {"seven days",
         {0},
         "unknown law \"seven\"; known: fixed, exp, uniform, weibull, lognormal, pareto, bipareto, "
         "gamma, beta, empirical"},
        {"uniform(5min, 1min)",
         {0},
         "uniform(5min, 1min) starts later than it ends; write the smaller one first"},
        {"weibull(1h, 0)",
         {0},
         "the second value of weibull(scale, shape) is 0; it must be 0.1 to 100"},
        {"lognormal(8h, 30%)", {0}, "\"30%\" is not a plain number, such as 0.5"},
        {"pareto(1min", {0}, "\"pareto(1min\" does not have the form pareto(least, shape)"},
        {"empirical()", {0}, "the name of a file is missing; write it behind the word"},
        {"empirical(nowhere.csv)",
         {0},
         "\"nowhere.csv\" cannot be read: No such file or directory"},
    };
    SimFiles files = {".", NULL, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        SimLaw law = {.a = NOT_SET};
        g_test_message("%s", cases[i].text);
        bool good = sim_value_law(cases[i].text, &files, &law, &error);
        if (!good)
            assert_message(&error, cases[i].message ? cases[i].message : "no error");
        g_assert_cmpint(good, ==, cases[i].message == NULL);
        g_assert_cmpfloat(law.a, ==, good ? cases[i].law.a : NOT_SET);
        if (good) {
            g_assert_cmpint(law.kind, ==, cases[i].law.kind);
            g_assert_cmpfloat(law.b, ==, cases[i].law.b);
            g_assert_cmpfloat(law.c, ==, cases[i].law.c);
            g_assert_cmpfloat(law.d, ==, cases[i].law.d);
        }
    }
}

static void
test_empirical(void)
{
    static const struct {
        const char *text;
        size_t n;
        double first, last;
        const char *message;
    } cases[] = {
        {"3\n1\n2\n", 3, 1, 3, NULL},
        {"stay,place\n1h,home\n30min,office\n", 2, 1800, 3600, NULL},
        {"# comment\r\n\r\n1.5e3 # a session\r\n2;x\r\n", 2, 2, 1500, NULL},
        {"\tseconds\n  7", 1, 7, 7, NULL},
        {"", 0, 0, 0, "\"values.csv\" has no values; write one number on each line"},
        {"header\n", 0, 0, 0, "\"values.csv\" has no values; write one number on each line"},
        {"1\nx\n", 0, 0, 0, "\"values.csv\" line 2: \"x\" is not a time, such as 30s, 5min or 1h"},
        {"1\n-2\n", 0, 0, 0,
         "\"values.csv\" line 2: -2 s is out of range; it is from 0 to 10000 years"},
        {"1\n2\xff\n", 0, 0, 0, "\"values.csv\" line 2: not UTF-8: this is not a text file"},
    };
    g_autofree char *folder = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "values.csv", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
        SimFiles files = {folder, owned, NULL};
        SimLaw law = {0};
        g_assert_true(g_file_set_contents(path, cases[i].text, -1, NULL));
        bool good = sim_value_law("empirical(values.csv)", &files, &law, &error);
        if (!good)
            assert_message(&error, cases[i].message ? cases[i].message : "no error");
        g_assert_cmpuint(law.n_values, ==, cases[i].n);
        if (good) {
            g_assert_cmpfloat(law.values[0], ==, cases[i].first);
            g_assert_cmpfloat(law.values[law.n_values - 1], ==, cases[i].last);
        }
    }
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_nearest(void)
{
    static const char *const words[] = {"expires", "refresh", "retry",     "power",
                                        "places",  "leaves",  "lognormal", NULL};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"expire", "expires"},
        {"expirse", "expires"},
        {"Expires", "expires"},
        {"refersh", "refresh"},
        {"rety", "retry"},
        {"powr", "power"},
        {"place", "places"},
        {"leave", "leaves"},
        {"logn", "lognormal"},
        {"quite-different", NULL},
        {"x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(sim_words_nearest(cases[i].word, words), ==, cases[i].nearest);
    g_autofree char *endless = g_strnfill(100000, 'x');
    g_assert_null(sim_words_nearest(endless, words));
}

static void
test_quote(void)
{
    static const struct {
        const char *text;
        const char *quoted;
    } cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"bell\a and \033[2J", "\"bell? and ?[2J\""},
        {"0123456789012345678901234567890123456789",
         "\"0123456789012345678901234567890123456789\""},
        {"0123456789012345678901234567890123456789x",
         "\"0123456789012345678901234567890123456789...\""},
        {"\xff", "\"\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *quoted = sim_words_quote(cases[i].text);
        g_assert_cmpstr(quoted, ==, cases[i].quoted);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/values/time/needs-its-unit", test_times);
    g_test_add_func("/values/time/is-shown-short", test_shown_times);
    g_test_add_func("/values/share-and-rate/need-their-unit", test_shares_and_rates);
    g_test_add_func("/values/count", test_counts);
    g_test_add_func("/values/law", test_laws);
    g_test_add_func("/values/law/empirical-table", test_empirical);
    g_test_add_func("/words/nearest", test_nearest);
    g_test_add_func("/words/quote-is-one-short-line", test_quote);
    return g_test_run();
}
