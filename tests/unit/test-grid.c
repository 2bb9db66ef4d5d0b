/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Axes, their product, conditions, and ranges to search in. */
#include "sim/campaign/grid.h"

#include <math.h>
#include <string.h>

/* One axis: its values joined with blanks, and some of the numbers. */
static void
test_axes(void)
{
    static const struct {
        const char *text;
        const char *values;
        double first;
        double last;
    } cases[] = {
        {"a.b=60s,10min,1h", "60s 10min 1h", 60, 3600},
        {"a.b = 60s , 1h", "60s 1h", 60, 3600},
        {"a.b=1h", "1h", 3600, 3600},
        {"a.b=60s..24h:log4", "60s 678s 7650s 24h", 60, 86400},
        {"a.b=1s..100s:log5", "1s 3160ms 10s 32s 100s", 1, 100},
        {"a.b=1min..1440min:log4", "1min 678s 7650s 1440min", 60, 86400},
        {"a.b=0%..20%:lin5", "0% 5% 10% 15% 20%", 0, 0.2},
        {"a.b=0.1%..10%:log3", "0.1% 1% 10%", 0.001, 0.1},
        {"a.b=60s..24h:x2", "60s 2min 4min 8min 16min 32min 64min 128min 256min 512min 1024min", 60,
         61440},
        {"a.b=1..8:x2", "1 2 4 8", 1, 8},
        {"a.b=1h..6h:1h", "1h 2h 3h 4h 5h 6h", 3600, 21600},
        {"a.b=10s..11500ms:500ms", "10s 10500ms 11s 11500ms", 10, 11.5},
        {"a.b=40s..140s:x1.5", "40s 1min 90s 135s", 40, 135},
        {"a.b=1h..150min:1h", "1h 2h", 3600, 7200},
        {"a.b=0.1/h..10/h:log3", "0.1/h 1/h 10/h", 0.1 / 3600, 10 / 3600.0},
        {"a.b={0.1..10:log5}/h per phone",
         "0.1/h per phone 0.316/h per phone 1/h per phone 3.16/h per phone 10/h per phone", 0.1,
         10},
        {"a.b=10..1000:log5", "10 32 100 316 1000", 10, 1000},
        {"a.b=1.0..4:lin3", "1.0 2.5 4", 1, 4},
        {"a.b=0.1..0.5:0.1", "0.1 0.2 0.3 0.4 0.5", 0.1, 0.5},
        {"a.b=exp(1h),uniform(1s, 2s)", "exp(1h) uniform(1s, 2s)", NAN, NAN},
        {"a.b=x, y|z", "x, y z", NAN, NAN},
        {"a.b=fails exp({1d..10d:log3}), back after exp(2h)",
         "fails exp(1d), back after exp(2h) fails exp(4550min), back after exp(2h) "
         "fails exp(10d), back after exp(2h)",
         86400, 864000},
        {"a.b=exp({1h,2h})", "exp(1h) exp(2h)", 3600, 7200},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimGrid) grid = sim_grid_new();
        size_t n;
        g_test_message("%s", cases[i].text);
        sim_grid_vary(grid, cases[i].text, false, &error);
        g_assert_no_error(error);
        const SimAxis *axis = sim_grid_axes(grid, &n);
        g_autofree char *values = g_strjoinv(" ", axis->values);
        g_assert_cmpstr(axis->key, ==, "a.b");
        g_assert_cmpstr(values, ==, cases[i].values);
        g_assert_cmpuint(g_strv_length(axis->shown), ==, axis->n);
        const double ends[] = {axis->numbers[0], axis->numbers[axis->n - 1]};
        g_assert_cmpint(isnan(ends[0]), ==, isnan(cases[i].first));
        g_assert_true(isnan(ends[0]) || fabs(ends[0] - cases[i].first) < 1e-9 * ends[1]);
        g_assert_true(isnan(ends[1]) || fabs(ends[1] - cases[i].last) < 1e-9 * ends[1]);
    }
}

static void
test_mistakes(void)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"a.b", "\"a.b\" does not have the form KEY=VALUES"},
        {"a=1,2", "\"a=1,2\": a key has the form GROUP.NAME.KEY, as for --set"},
        {"a.b=", "a.b=: value 1 of the list is empty; leave no comma too many"},
        {"a.b=1,,2", "a.b=1,,2: value 2 of the list is empty; leave no comma too many"},
        {"a.b=1s,2s,1s", "a.b=1s,2s,1s: \"1s\" stands twice in the list; take one out"},
        {"a.b=60s..24h:lgo8",
         "a.b=60s..24h:lgo8: unknown spacing \"lgo8\"; known: logN, linN, xFACTOR, STEP"},
        {"a.b=60s..24h:log",
         "a.b=60s..24h:log: unknown spacing \"log\"; known: logN, linN, xFACTOR, STEP"},
        {"a.b=60s..24h", "a.b=60s..24h: a range needs a spacing, such as 60s..24h:log5"},
        {"a.b=60s..24h:log1", "a.b=60s..24h:log1: log1: it must be 2 to 100000 values"},
        {"a.b=60s..24h:x1", "a.b=60s..24h:x1: x1: the factor must be more than 1"},
        {"a.b=0s..24h:log3", "a.b=0s..24h:log3: a logarithmic scale cannot start at 0s; take "
                             ":linN, or a start above 0"},
        {"a.b=0s..24h:x2", "a.b=0s..24h:x2: multiples cannot start at 0s; take a start above 0"},
        {"a.b=1h..24h:5%", "a.b=1h..24h:5%: the step 5% is of another kind than 1h; write it in "
                           "the unit of the bounds"},
        {"a.b=1h..24h:0s", "a.b=1h..24h:0s: the step must be more than 0"},
        {"a.b=24h..1h:log3",
         "a.b=24h..1h:log3: 24h is not less than 1h; write the smaller bound first"},
        {"a.b=1h..20%:log3", "a.b=1h..20%:log3: 1h is a time, but 20% is a share; write both "
                             "bounds in one kind of unit"},
        {"a.b=1h..2hrs:log3",
         "a.b=1h..2hrs:log3: unknown unit of time \"hrs\"; did you mean \"h\"?"},
        {"a.b=x..y:log3", "a.b=x..y:log3: \"x\" is not a time, share, rate or number"},
        {"a.b=10s..12s:log9",
         "a.b=10s..12s:log9: two neighbours are both 10s when rounded; take fewer values"},
        {"a.b=1..4:lin5", "a.b=1..4:lin5: two neighbours are both 3 when rounded; take fewer "
                          "values, or write a bound such as 1.0 for fractions"},
        {"a.b=exp({1h",
         "a.b=exp({1h: \"exp({1h\": a brace without the other one; write the values as {A,B}"},
        {"a.b={1}{2}",
         "a.b={1}{2}: \"{1}{2}\": more than one pair of braces; let one thing vary in each value"},
        {"a.b=1ms..1000s:1ms", "a.b=1ms..1000s:1ms: more than 100000 values; take fewer"},
        {"a.b=\xff", "not one line of UTF-8 text; write it without line breaks"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimGrid) grid = sim_grid_new();
        g_test_message("%s", cases[i].text);
        g_assert_false(sim_grid_vary(grid, cases[i].text, false, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

/* Lines as in a [sweep]: `vary ...`, `step ...`, `where ...`. */
static SimGrid *
make_grid(const char *const *lines, GError **error)
{
    g_autoptr(SimGrid) grid = sim_grid_new();
    for (size_t i = 0; lines[i]; i++) {
        const char *rest = strchr(lines[i], ' ') + 1;
        if (g_str_has_prefix(lines[i], "where")
                ? !sim_grid_where(grid, rest, error)
                : !sim_grid_vary(grid, rest, *lines[i] == 's', error))
            return NULL;
    }
    return sim_grid_finish(grid, error) ? g_steal_pointer(&grid) : NULL;
}

/* All points: changes joined by blanks, points by `;`. */
static char *
show_points(const SimGrid *grid)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < sim_grid_size(grid); i++) {
        g_auto(GStrv) changes = sim_grid_changes(grid, i);
        g_autofree char *joined = g_strjoinv(" ", changes);
        g_string_append_printf(out, "%s%s", i ? "; " : "", joined);
    }
    return g_string_free(out, FALSE);
}

static void
test_points(void)
{
    static const struct {
        const char *lines[6];
        const char *points;
        const char *message;
    } cases[] = {
        {{"vary a.x=1,2", "vary a.y=p,q"},
         "a.x=1 a.y=p; a.x=1 a.y=q; a.x=2 a.y=p; a.x=2 a.y=q",
         NULL},
        {{"vary a.x=1,2", "step a.y=p,q"}, "a.x=1 a.y=p; a.x=2 a.y=q", NULL},
        {{"vary a.x=1,2", "step a.y=p,q", "vary a.z=8,9"},
         "a.x=1 a.y=p a.z=8; a.x=1 a.y=p a.z=9; a.x=2 a.y=q a.z=8; a.x=2 a.y=q a.z=9",
         NULL},
        {{"vary a.x=1,2,3", "vary a.y=1,2,3", "where a.x > a.y"},
         "a.x=2 a.y=1; a.x=3 a.y=1; a.x=3 a.y=2",
         NULL},
        {{"vary a.x=1,2,3", "where a.x > 1", "where a.x < 3"}, "a.x=2", NULL},
        {{"vary a.x=1h,2h", "where a.x >= 61min"}, "a.x=2h", NULL},
        {{NULL}, "", NULL},
        {{"vary a.x=1,2", "where a.x > 2"},
         NULL,
         "no point fits all conditions; loosen one of them"},
        {{"vary a.x=1,2", "where a.z > 2"},
         NULL,
         "where a.z > 2: no axis has the key \"a.z\"; did you mean \"a.x\"?"},
        {{"vary a.x=1,p", "where a.x > 2"}, NULL, "where a.x > 2: \"p\" of a.x is not a number"},
        {{"vary a.x=1,2", "step a.y=1,2,3"},
         NULL,
         "a.y has 3 values, but a.x, which it is in step with, has 2; give both as many"},
        {{"vary a.x=1,2", "vary a.x=3"}, NULL, "a.x=3: the key varies already; name each key once"},
        {{"step a.x=1,2"},
         NULL,
         "a.x=1,2: there is no axis before it to go in step with; put a vary or --vary before it"},
        {{"vary a.x=1..1000:1", "vary a.y=1..101:1"},
         NULL,
         "more than 100000 points; take fewer values, or a condition with --where"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("case %zu", i);
        g_autoptr(SimGrid) grid = make_grid(cases[i].lines, &error);
        if (cases[i].message) {
            g_assert_null(grid);
            g_assert_cmpstr(error->message, ==, cases[i].message);
            continue;
        }
        g_assert_no_error(error);
        g_autofree char *points = show_points(grid);
        g_assert_cmpstr(points, ==, cases[i].points);
    }
}

static void
test_index(void)
{
    static const char *const lines[] = {"vary a.x=1,2,3", "vary a.y=1,2", "step a.z=5,6", NULL};
    g_autoptr(SimGrid) grid = make_grid(lines, NULL);
    g_assert_cmpuint(sim_grid_size(grid), ==, 6);
    for (size_t i = 0; i < 6; i++) {
        g_assert_cmpuint(sim_grid_index(grid, i, 0), ==, i / 2);
        g_assert_cmpuint(sim_grid_index(grid, i, 1), ==, i % 2);
        g_assert_cmpuint(sim_grid_index(grid, i, 2), ==, i % 2);
    }
}

static void
test_ranges(void)
{
    static const struct {
        const char *text;
        double number;
        const char *change;
        double rounded;
        const char *shown;
    } cases[] = {
        {"a.b=60s..24h", 1320.4, "a.b=22min", 1320, "22min"},
        {"a.b=1s..24h", 1.23456, "a.b=1235ms", 1.235, "1235ms"},
        {"a.b=60s..24h", 1, "a.b=1min", 60, "1min"},
        {"a.b=60s..24h", 1e9, "a.b=1d", 86400, "1d"},
        {"a.b=0%..100%", 0.123456, "a.b=12.35%", 0.1235, "12.35%"},
        {"a.b={0.1..10}/h per phone", 3.14159, "a.b=3.142/h per phone", 3.142, "3.142"},
        {"a.b=1..100", 31.6, "a.b=32", 32, "32"},
        {"a.b=1/h..20/h", 1.0 / 360, "a.b=10/h", 1.0 / 360, "10/h"},
        {"a.b=exp({1h..2h})", 5000, "a.b=exp(5000s)", 5000, "5000s"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SimRange) range = sim_range_new(cases[i].text, &error);
        g_assert_no_error(error);
        double rounded;
        g_autofree char *change = sim_range_change(range, cases[i].number, &rounded);
        g_autofree char *shown = sim_range_show(range, cases[i].number);
        g_assert_cmpstr(change, ==, cases[i].change);
        g_assert_cmpstr(shown, ==, cases[i].shown);
        g_assert_cmpfloat_with_epsilon(rounded, cases[i].rounded, 1e-9);
        g_assert_cmpstr(sim_range_key(range), ==, "a.b");
    }
    double low;
    double high;
    g_autoptr(SimRange) range = sim_range_new("a.b=1min..1h", NULL);
    sim_range_bounds(range, &low, &high);
    g_assert_cmpfloat(low, ==, 60);
    g_assert_cmpfloat(high, ==, 3600);
}

static void
test_bad_ranges(void)
{
    static const char *const cases[][2] = {
        {"a.b=1h", "a.b=1h: it must be a range, such as KEY=60s..24h"},
        {"a.b=1h..2h:log3", "a.b=1h..2h:log3: a range to search in has no spacing; leave the part "
                            "behind the last colon out"},
        {"a.b=2h..1h", "a.b=2h..1h: 2h is not less than 1h; write the smaller bound first"},
        {"a.b", "\"a.b\" does not have the form KEY=VALUES"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sim_range_new(cases[i][0], &error));
        g_assert_cmpstr(error->message, ==, cases[i][1]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grid/axes", test_axes);
    g_test_add_func("/grid/mistakes", test_mistakes);
    g_test_add_func("/grid/points", test_points);
    g_test_add_func("/grid/index", test_index);
    g_test_add_func("/range/changes", test_ranges);
    g_test_add_func("/range/mistakes", test_bad_ranges);
    return g_test_run();
}
