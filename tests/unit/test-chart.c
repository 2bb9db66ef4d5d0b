/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts of every kind from made-up numbers: what the script and the data say, and that gnuplot
 * makes three whole pictures of each. With ROLLCALL_KEEP_CHARTS=DIR they stay in DIR, to be seen.
 */
#include "sim/report/chart.h"
#include "sim/report/output.h"
#include "sim/report/palette.h"

#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

/* A curve with bars and a gap, what is known exactly, a band and a line. */
static SimChart *
make_curve(void)
{
    SimChart *chart = sim_chart_new("curve", "Records that lead nowhere, by expiry", "A caption.");
    chart->note = (g_free(chart->note), g_strdup("made-up numbers, 12 runs a point"));
    sim_chart_x(chart, "granted expiry", SIM_SCALE_TIME, true);
    sim_chart_y(chart, "stale records", SIM_SCALE_SHARE, true);
    SimCurve *seen = sim_chart_curve(chart, "simulated", SIM_CURVE_POINTS, NULL);
    SimCurve *other = sim_chart_curve(chart, "with mobility", SIM_CURVE_POINTS, NULL);
    SimCurve *exact = sim_chart_curve(chart, "exact", SIM_CURVE_ORACLE, NULL);
    for (int i = 0; i <= 12; i++) {
        double x = MINUTE * pow(2, i);
        double y = x / (x + 2 * DAY);
        sim_curve_add(seen, x, i == 6 ? NAN : y, y * 0.85, y * 1.2);
        sim_curve_add(other, x, i == 0 ? 0 : 2 * y / (1 + y), NAN, NAN);
        sim_curve_add(exact, x, y, NAN, NAN);
    }
    sim_chart_band(chart, HOUR, 2 * HOUR, "as good as the best");
    sim_chart_band(chart, 1.4 * HOUR, 1.4 * HOUR, "optimum 1.4 h");
    sim_chart_band(chart, 2.6 * DAY, 2.6 * DAY, "the longest expiry allowed");
    return chart;
}

static SimChart *
make_layers(void)
{
    SimChart *chart = sim_chart_new("layers", "What is left after a cut", "A caption.");
    static const char *const names[] = {"stale", "wrong address", "correct"};
    static const char *const colours[] = {SIM_COLOUR_STALE, SIM_COLOUR_WRONG, SIM_COLOUR_CORRECT};
    sim_chart_x(chart, "time since the cut", SIM_SCALE_TIME, false);
    sim_chart_y(chart, "phones", SIM_SCALE_SHARE, false);
    for (int k = 0; k < 3; k++) {
        SimCurve *layer = sim_chart_curve(chart, names[k], SIM_CURVE_LAYER, colours[k]);
        for (int i = 0; i <= 40; i++) {
            double stale = 0.5 * exp(-i / 15.0);
            double wrong = 0.25 * (1 - exp(-i / 10.0));
            double values[] = {stale, wrong, 1 - stale - wrong};
            sim_curve_add(layer, 180.0 * i, values[k], NAN, NAN);
        }
    }
    return chart;
}

/* One cell has no value; the line passes through the middle of the others. */
static SimChart *
make_heat(void)
{
    SimChart *chart = sim_chart_new("heat", "Load by expiry and mean stay", "A caption.");
    double x[8];
    double y[6];
    double cells[48];
    for (int i = 0; i < 8; i++)
        x[i] = MINUTE * pow(3, i);
    for (int j = 0; j < 6; j++)
        y[j] = HOUR * pow(4, j);
    for (int j = 0; j < 6; j++)
        for (int i = 0; i < 8; i++)
            cells[j * 8 + i] = i == 5 && j == 1 ? NAN : x[i] / (x[i] + y[j]);
    sim_chart_x(chart, "granted expiry", SIM_SCALE_TIME, true);
    sim_chart_y(chart, "mean stay", SIM_SCALE_TIME, true);
    sim_chart_heat(chart, x, 8, y, 6, cells, "stale records", SIM_SCALE_SHARE, true);
    chart->contour = 0.05;
    chart->contour_label = g_strdup("5 %");
    return chart;
}

static SimChart *
make_linear(void)
{
    SimChart *chart = sim_chart_new("linear", "Requests a second", "A caption.");
    sim_chart_x(chart, "simulated time", SIM_SCALE_TIME, false);
    sim_chart_y(chart, "requests/s", SIM_SCALE_PLAIN, false);
    SimCurve *steps = sim_chart_curve(chart, "offered", SIM_CURVE_STEPS, NULL);
    SimCurve *line = sim_chart_curve(chart, "served", SIM_CURVE_LINE, NULL);
    SimCurve *dots = sim_chart_curve(chart, "measured", SIM_CURVE_DOTS, NULL);
    for (int i = 0; i <= 24; i++) {
        double y = 40 + 20 * sin(i / 4.0);
        sim_curve_add(steps, i * HOUR / 4, y, NAN, NAN);
        sim_curve_add(line, i * HOUR / 4, i > 9 && i < 13 ? NAN : y * 0.8, NAN, NAN);
        if (i % 3 == 0)
            sim_curve_add(dots, i * HOUR / 4, y * 0.6, y * 0.5, y * 0.7);
    }
    return chart;
}

static SimChart *
make_empty(void)
{
    SimChart *chart = sim_chart_new("empty", "Nothing to see", "A caption.");
    sim_chart_x(chart, "x", SIM_SCALE_PLAIN, true);
    sim_chart_y(chart, "y", SIM_SCALE_PLAIN, true);
    SimCurve *curve = sim_chart_curve(chart, "none", SIM_CURVE_POINTS, NULL);
    sim_curve_add(curve, 1, NAN, NAN, NAN);
    sim_curve_add(curve, 2, -1, NAN, NAN);
    sim_curve_add(curve, 3, 0, NAN, NAN);
    return chart;
}

#define HOSTILE "it's \"q\"\nquit\\ `date` @a %d {/Bold x} µ→∞ \xff"

/* Names come from scenario files, so anything can be in them. */
static SimChart *
make_hostile(SimCurveKind kind)
{
    SimChart *chart = sim_chart_new("hostile", HOSTILE, HOSTILE);
    chart->note = (g_free(chart->note), g_strdup(HOSTILE));
    sim_chart_x(chart, HOSTILE, SIM_SCALE_PLAIN, false);
    sim_chart_y(chart, HOSTILE, SIM_SCALE_PLAIN, false);
    SimCurve *curve = sim_chart_curve(chart, HOSTILE, kind, NULL);
    for (int i = 0; i < 5; i++)
        sim_curve_add(curve, i, i * i + 1, NAN, NAN);
    sim_chart_band(chart, 1, 2, HOSTILE);
    return chart;
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("not there: %s\n--- in\n%s", part, text);
}

static void
test_curve(void)
{
    g_autoptr(SimChart) chart = make_curve();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    assert_has(data, "# simulated\n60 ");
    assert_has(data, "\n3840 NaN ");       /* the gap */
    assert_has(data, "mobility\n60 NaN "); /* 0 cannot stand on a logarithmic axis */
    assert_has(script, "index 0 using 1:2:3:4 with yerrorbars");
    assert_has(script, "index 2 using 1:2 with lines linewidth 1.6 dashtype (12,6)");
    assert_has(script, "from 3600, graph 0 to 7200, graph 1 behind");
    assert_has(script, "set arrow from 5040, graph 0 to 5040, graph 1");
    assert_has(script, "'1 min' 60, ");
    assert_has(script, "'1 d' 86400");
    assert_has(script, "'0.1 %%' 0.1");
    assert_has(script, "set logscale x\n");
    assert_has(script, "set logscale y\n");
}

/* A missing value must interrupt the line: gnuplot joins over what it is told to take as missing.
 */
static void
test_gap_is_not_joined(void)
{
    g_autoptr(SimChart) chart = make_curve();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    g_assert_null(strstr(script, "datafile missing"));
}

static void
test_layers(void)
{
    g_autoptr(SimChart) chart = make_layers();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    assert_has(data, "# stale\n0 0 50\n");
    assert_has(data, "# wrong address\n0 50 50\n");
    assert_has(data, "# correct\n0 50 100\n");
    assert_has(script, "index 1 using 1:2:3 with filledcurves fillcolor rgb '" SIM_COLOUR_WRONG);
    assert_has(script, "'20 min' 1200");
    assert_has(script, "set xrange [0:7200]");
}

/* Edges stand at the geometric means of the centres. */
static void
test_heat(void)
{
    g_autoptr(SimChart) chart = make_heat();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    g_auto(GStrv) lines = g_strsplit(data, "\n", 3);
    g_auto(GStrv) cell = g_strsplit(lines[1], " ", -1);
    g_assert_cmpuint(g_strv_length(cell), ==, 7);
    double left = atof(cell[2]);
    double right = atof(cell[3]);
    double bottom = atof(cell[4]);
    double top = atof(cell[5]);
    double z = atof(cell[6]);
    g_assert_cmpfloat_with_epsilon(left, 60 / sqrt(3), 1e-9);
    g_assert_cmpfloat_with_epsilon(right, 60 * sqrt(3), 1e-9);
    g_assert_cmpfloat_with_epsilon(bottom, 1800, 1e-9);
    g_assert_cmpfloat_with_epsilon(top, 7200, 1e-9);
    g_assert_cmpfloat_with_epsilon(z, 100 * 60. / 3660, 1e-9);
    assert_has(script, "set palette defined (0 '#440154'");
    assert_has(script, "with boxxyerror");
    assert_has(script, "set cntrparam levels discrete 0.69897");
    assert_has(script, "title '5 %'");
    assert_has(script, "set logscale cb");
}

/* 48 cells, one without a value: it has no box, and is no valley for the contour either. */
static void
test_heat_hole(void)
{
    g_autoptr(SimChart) chart = make_heat();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    g_assert_nonnull(script);
    g_auto(GStrv) blocks = g_strsplit(data, "\n\n\n", 2);
    g_auto(GStrv) rows = g_strsplit(blocks[0], "\n", -1);
    g_assert_cmpuint(g_strv_length(rows), ==, 1 + 47);
    assert_has(blocks[1], "14580 14400 NaN\n");
}

static void
test_empty(void)
{
    g_autoptr(SimChart) chart = make_empty();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(chart, &data);
    assert_has(script, "no data: ");
    assert_has(script, "plot 2 notitle");
    g_assert_null(strstr(script, "logscale"));
}

/* What the scale cannot show is counted, of curves and of cells. */
static void
test_left_out(void)
{
    g_autoptr(SimChart) curve = make_curve();
    g_autoptr(SimChart) heat = make_heat();
    g_autofree char *data = NULL;
    g_autofree char *script = sim_chart_script(curve, &data);
    assert_has(script, "runs a point; 1 value of 0 or less not on the logarithmic scale' at");
    sim_curve_add(curve->curves->pdata[0], MINUTE, 1e-9, NAN, NAN);
    sim_curve_add(curve->curves->pdata[0], MINUTE, -1, NAN, NAN);
    g_free(data);
    g_free(script);
    script = sim_chart_script(curve, &data);
    assert_has(script,
               "2 values of 0 or less not on the logarithmic scale; 1 value below the axis' at");
    heat->cells[0] = 0;
    g_free(data);
    g_free(script);
    script = sim_chart_script(heat, &data);
    assert_has(script, "set label 1 '1 value of 0 or less not on");
}

static void
test_hostile(void)
{
    static const SimCurveKind kinds[] = {SIM_CURVE_POINTS, SIM_CURVE_LAYER};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(SimChart) chart = make_hostile(kinds[i]);
        g_autofree char *data = NULL;
        g_autofree char *script = sim_chart_script(chart, &data);
        g_assert_null(strstr(script, "\nquit"));
        g_assert_null(strstr(data, "\nquit"));
        g_assert_true(g_utf8_validate(script, -1, NULL));
        assert_has(script, "set title 'it''s \"q\" quit\\ `date`");
    }
}

/* Of each kind; that they are whole to the end is what sim_charts_write() sees to. */
static void
assert_pictures(const char *dir, const SimChart *chart)
{
    static const struct {
        const char *ending;
        const char *start;
    } kinds[] = {{".svg", "<?xml"}, {".pdf", "%PDF"}, {".png", "\x89PNG"}, {".gp", "# written by"}};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *path = g_strconcat(dir, "/plots/", chart->name, kinds[i].ending, NULL);
        g_autofree char *content = NULL;
        size_t len = 0;
        g_assert_true(g_file_get_contents(path, &content, &len, NULL));
        g_assert_cmpuint(len, >, 400);
        g_assert_cmpint(memcmp(content, kinds[i].start, strlen(kinds[i].start)), ==, 0);
    }
}

static void
test_drawn(void)
{
    g_autofree char *dir = g_dir_make_tmp("rollcall-XXXXXX", NULL);
    const char *keep = g_getenv("ROLLCALL_KEEP_CHARTS");
    g_autoptr(GPtrArray) charts = g_ptr_array_new_with_free_func((GDestroyNotify)sim_chart_free);
    g_ptr_array_add(charts, make_curve());
    g_ptr_array_add(charts, make_layers());
    g_ptr_array_add(charts, make_heat());
    g_ptr_array_add(charts, make_linear());
    g_ptr_array_add(charts, make_empty());
    g_ptr_array_add(charts, make_hostile(SIM_CURVE_POINTS));
    g_autoptr(GError) error = NULL;
    g_assert_true(sim_charts_write(charts, keep != NULL ? keep : dir, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < charts->len; i++)
        assert_pictures(keep != NULL ? keep : dir, charts->pdata[i]);
    g_autofree char *plots = g_build_filename(dir, "plots", NULL);
    sim_output_discard(plots);
    sim_output_discard(dir);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chart/curve", test_curve);
    g_test_add_func("/chart/a-gap-is-not-joined", test_gap_is_not_joined);
    g_test_add_func("/chart/layers", test_layers);
    g_test_add_func("/chart/heat", test_heat);
    g_test_add_func("/chart/heat-with-a-hole", test_heat_hole);
    g_test_add_func("/chart/empty", test_empty);
    g_test_add_func("/chart/what-is-left-out-is-said", test_left_out);
    g_test_add_func("/chart/hostile", test_hostile);
    g_test_add_func("/chart/drawn", test_drawn);
    return g_test_run();
}
