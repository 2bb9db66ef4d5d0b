/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formulas and conditions: what they are worth, how they change, what is wrong with them. */
#include "sim/scenario/formula.h"

#include <string.h>

/* Variables have the values 3, 5, 7 in the order in which they appear. */
static const double GIVEN[] = {3, 5, 7};

static void
test_values(void)
{
    static const struct {
        const char *text;
        double value;
        const char *names;
    } cases[] = {
        {"1 + 2 * 3", 7, ""},
        {"(1 + 2) * 3", 9, ""},
        {"10 - 2 - 3", 5, ""},
        {"16 / 4 / 2", 2, ""},
        {"-a + 2", -1, "a"},
        {"2 * -a", -6, "a"},
        {"a-b", 3, "a-b"},
        {"a - b", -2, "a,b"},
        {"a*b + a", 18, "a,b"},
        {"60s", 60, ""},
        {"1h30min * 2", 10800, ""},
        {"2% * a", 0.06, "a"},
        {"50/s", 50, ""},
        {"36/h * 100", 1, ""},
        {"30/a", 10, "a"},
        {"30/s-share", 10, "s-share"},
        {"1e-3 * a", 0.003, "a"},
        {"stale-share  of  desk * 2", 6, "stale-share of desk"},
        {"stale-share of desk + stale-share", 8, "stale-share of desk,stale-share"},
        {"phones.*.expires / phones.desk.expires", 0.6, "phones.*.expires,phones.desk.expires"},
        {"sqrt(4) + log(exp(2)) + abs(-3)", 7, ""},
        {"min(a, b) + 10 * max(a, b)", 53, "a,b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimFormula) formula = sim_formula_parse(cases[i].text, &error);
        g_test_message("%s", cases[i].text);
        g_assert_no_error(error);
        g_autofree char *names = g_strjoinv(",", (char **)sim_formula_names(formula));
        g_assert_cmpstr(names, ==, cases[i].names);
        g_assert_cmpfloat_with_epsilon(sim_formula_value(formula, GIVEN), cases[i].value, 1e-12);
    }
}

/* Against differences, which know nothing of rules for derivatives. */
static void
test_gradient(void)
{
    static const char *const texts[] = {
        "a + b - c",         "a * b * c",
        "a / b / c",         "-a * (b + c) / (a + 1)",
        "sqrt(a * b)",       "log(a) * exp(-b)",
        "abs(a - b * c)",    "min(a * b, c) + max(a, b / c)",
        "a * a * a + 2 * b", "17",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(SimFormula) formula = sim_formula_parse(texts[i], NULL);
        double gradient[3] = {9, 9, 9};
        g_test_message("%s", texts[i]);
        double value = sim_formula_gradient(formula, GIVEN, gradient);
        g_assert_cmpfloat(value, ==, sim_formula_value(formula, GIVEN));
        for (size_t k = 0; sim_formula_names(formula)[k]; k++) {
            double up[3];
            double down[3];
            memcpy(up, GIVEN, sizeof up);
            memcpy(down, GIVEN, sizeof down);
            up[k] += 1e-5;
            down[k] -= 1e-5;
            double slope =
                (sim_formula_value(formula, up) - sim_formula_value(formula, down)) / 2e-5;
            g_assert_cmpfloat_with_epsilon(gradient[k], slope, 1e-6);
        }
    }
}

static void
test_mistakes(void)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "\"\" ends where a number or a name is expected"},
        {"a +", "\"a +\" ends where a number or a name is expected"},
        {"a b", "\"a b\": an operator is expected before \"b\""},
        {"(a", "\"(a\" ends where \")\" is expected"},
        {"a)", "\"a)\": an operator is expected before \")\""},
        {"sqr(a)", "unknown function \"sqr\"; did you mean \"sqrt\"?"},
        {"min(a)", "\"min(a)\": \",\" is expected before \")\""},
        {"2 * 5hrs", "unknown unit of time \"hrs\"; did you mean \"h\"?"},
        {"--a", "\"--a\": a number or a name is expected before \"-a\""},
        {"a\nb", "not one line of UTF-8 text; write it without line breaks"},
        {"\xff", "not one line of UTF-8 text; write it without line breaks"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sim_formula_parse(cases[i].text, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_bounds(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *deep = g_strnfill(100000, '(');
    g_assert_null(sim_formula_parse(deep, &error));
    g_assert_cmpstr(error->message, ==,
                    "parentheses are nested more than 50 deep; write it with fewer");
    g_clear_error(&error);
    g_autoptr(GString) longer = g_string_new("1");
    for (int i = 0; i < 300; i++)
        g_string_append(longer, " + 1");
    g_assert_null(sim_formula_parse(longer->str, &error));
    g_assert_cmpstr(error->message, ==, "the formula has more than 500 parts");
    g_string_truncate(longer, 1 + 4 * 249);
    g_autoptr(SimFormula) fits = sim_formula_parse(longer->str, NULL);
    g_assert_cmpfloat(sim_formula_value(fits, NULL), ==, 250);
}

static void
test_comparisons(void)
{
    static const struct {
        const char *text;
        SimRelation relation;
        const char *message;
    } cases[] = {
        {"a < 2", SIM_LESS, NULL},
        {"a <= 2 * b", SIM_AT_MOST, NULL},
        {"a == b", SIM_EQUAL, NULL},
        {"a >= b", SIM_AT_LEAST, NULL},
        {"a > b", SIM_MORE, NULL},
        {"a != b", SIM_OTHER, NULL},
        {"a", 0, "\"a\" is not a condition, such as: a <= 2 * b"},
        {"a = b", 0, "unknown comparison \"=\"; did you mean \"<=\"?"},
        {"a < b < c", 0, "\" b < c\": an operator is expected before \"< c\""},
        {"< b", 0, "\"\" ends where a number or a name is expected"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimComparison) self = sim_comparison_parse(cases[i].text, &error);
        g_test_message("%s", cases[i].text);
        if (cases[i].message)
            g_assert_cmpstr(error->message, ==, cases[i].message);
        else
            g_assert_cmpint(self->relation, ==, cases[i].relation);
    }
}

static void
test_relations(void)
{
    /* less, nearly equal, more */
    static const bool holds[][3] = {
        [SIM_LESS] = {true, false, false},  [SIM_AT_MOST] = {true, true, false},
        [SIM_EQUAL] = {false, true, false}, [SIM_AT_LEAST] = {false, true, true},
        [SIM_MORE] = {false, false, true},  [SIM_OTHER] = {true, false, true},
    };
    for (int i = 0; i < (int)G_N_ELEMENTS(holds); i++) {
        g_assert_cmpint(sim_relation_holds((SimRelation)i, 1, 2), ==, holds[i][0]);
        g_assert_cmpint(sim_relation_holds((SimRelation)i, 0.1 + 0.2, 0.3), ==, holds[i][1]);
        g_assert_cmpint(sim_relation_holds((SimRelation)i, 2, 1), ==, holds[i][2]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/formula/values", test_values);
    g_test_add_func("/formula/gradient-is-the-slope", test_gradient);
    g_test_add_func("/formula/mistakes", test_mistakes);
    g_test_add_func("/formula/nesting-and-length-are-bounded", test_bounds);
    g_test_add_func("/comparison/forms", test_comparisons);
    g_test_add_func("/comparison/relations", test_relations);
    return g_test_run();
}
