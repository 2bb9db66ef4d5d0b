/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells are boxes that reach half way to their neighbours, on the scale of the axis. */
#include "sim/report/chart-heat.h"

#include "sim/report/chart-axis.h"
#include "sim/report/text.h"
#include <math.h>

/* Viridis, at nine places: even to the eye, and in grey (S. van der Walt and N. Smith, 2015). */
static const char VIRIDIS[] =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', "
    "5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";

static double
between(double a, double b, bool log)
{
    return log ? sqrt(a * b) : (a + b) / 2;
}

/* The @n + 1 edges of cells around @n centres. */
static double *
edges_of(const double *centres, size_t n, const SimChartAxis *axis)
{
    double *edges = g_new0(double, n + 1);
    double unit = sim_chart_unit(axis);
    for (size_t i = 1; i < n; i++)
        edges[i] = between(centres[i - 1], centres[i], axis->log);
    double first = n > 1 ? centres[1] : centres[0] * 2;
    double last = n > 1 ? centres[n - 2] : centres[0] / 2;
    edges[0] =
        axis->log ? centres[0] * sqrt(centres[0] / first) : centres[0] - (first - centres[0]) / 2;
    edges[n] = axis->log ? centres[n - 1] * sqrt(centres[n - 1] / last)
                         : centres[n - 1] + (centres[n - 1] - last) / 2;
    if (!(edges[0] < edges[n])) { /* one cell, at 0 */
        edges[0] = centres[0] - 0.5;
        edges[n] = centres[0] + 0.5;
    }
    for (size_t i = 0; i <= n; i++)
        edges[i] *= unit;
    return edges;
}

static void
append_numbers(GString *data, const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            g_string_append_c(data, ' ');
        if (isnan(numbers[i]))
            g_string_append(data, "NaN");
        else
            sim_text_number(data, numbers[i]);
    }
    g_string_append_c(data, '\n');
}

static bool
is_shown(const SimChart *chart, double value)
{
    return isfinite(value) && (!chart->z.log || value > 0);
}

/* x, y, the four edges and the value of each cell that has one. */
static bool
append_cells(const SimChart *chart, GString *data, const double *x, const double *y, double *low,
             double *high)
{
    bool any = false;
    for (size_t j = 0; j < chart->n_y; j++)
        for (size_t i = 0; i < chart->n_x; i++) {
            double value = chart->cells[j * chart->n_x + i];
            if (!is_shown(chart, value))
                continue;
            const double row[] = {chart->cell_x[i] * sim_chart_unit(&chart->x),
                                  chart->cell_y[j] * sim_chart_unit(&chart->y),
                                  x[i],
                                  x[i + 1],
                                  y[j],
                                  y[j + 1],
                                  value * sim_chart_unit(&chart->z)};
            append_numbers(data, row, G_N_ELEMENTS(row));
            *low = any ? fmin(*low, value) : value;
            *high = any ? fmax(*high, value) : value;
            any = true;
        }
    g_string_append(data, "\n\n");
    return any;
}

/* What contours are drawn on: straight in the logarithm, too. */
static double
height(const SimChart *chart, double value)
{
    double scaled = value * sim_chart_unit(&chart->z);
    if (!is_shown(chart, value))
        return NAN;
    return chart->z.log ? log10(scaled) : scaled;
}

/* The cells once more as a grid of centres, as gnuplot's contours want them; on logarithmic axes
 * they are straight in the logarithm. */
static void
append_contour(const SimChart *chart, GString *script, GString *data, GString *curves)
{
    for (size_t j = 0; j < chart->n_y; j++) {
        for (size_t i = 0; i < chart->n_x; i++) {
            double value = chart->cells[j * chart->n_x + i];
            const double row[] = {chart->cell_x[i] * sim_chart_unit(&chart->x),
                                  chart->cell_y[j] * sim_chart_unit(&chart->y),
                                  height(chart, value)};
            append_numbers(data, row, G_N_ELEMENTS(row));
        }
        g_string_append_c(data, '\n');
    }
    g_string_append_printf(script,
                           "set contour base\nunset surface\nset cntrparam levels discrete ");
    sim_text_number(script, height(chart, chart->contour));
    g_string_append_printf(
        script,
        "\nset table $contour\nunset logscale\nsplot '%s.dat' index 1 using (%s):(%s):3\n"
        "unset table\nunset contour\nset surface\n",
        chart->name, chart->x.log ? "log10($1)" : "$1", chart->y.log ? "log10($2)" : "$2");
    const char *x = chart->x.log ? "10**$1" : "$1";
    const char *y = chart->y.log ? "10**$2" : "$2";
    /* White with a dark seam: to be seen on light cells as on dark ones. */
    g_string_append_printf(curves,
                           ", $contour using (%s):(%s) with lines linewidth 4.5 linecolor rgb "
                           "'#202020' notitle, $contour using (%s):(%s) with lines linewidth 2.5 "
                           "linecolor rgb '#ffffff' title ",
                           x, y, x, y);
    sim_text_gnuplot(curves, chart->contour_label != NULL ? chart->contour_label : "");
}

bool
sim_chart_heat_script(const SimChart *chart, GString *script, GString *data, GString *curves)
{
    double low = NAN;
    double high = NAN;
    SimChartAxis x = chart->x;
    SimChartAxis y = chart->y;
    SimChartAxis z = chart->z;
    g_autofree double *across = edges_of(chart->cell_x, chart->n_x, &chart->x);
    g_autofree double *up = edges_of(chart->cell_y, chart->n_y, &chart->y);
    if (!append_cells(chart, data, across, up, &low, &high))
        return false;
    g_string_append_printf(curves,
                           "'%s.dat' index 0 using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid "
                           "noborder fillcolor palette notitle",
                           chart->name);
    if (!isnan(chart->contour))
        append_contour(chart, script, data, curves);
    x.from = across[0] / sim_chart_unit(&x);
    x.to = across[chart->n_x] / sim_chart_unit(&x);
    y.from = up[0] / sim_chart_unit(&y);
    y.to = up[chart->n_y] / sim_chart_unit(&y);
    g_string_append(script, VIRIDIS);
    sim_chart_axis(script, "x", &x, x.from, x.to);
    sim_chart_axis(script, "y", &y, y.from, y.to);
    /* Equal cells need a range, too. */
    z.from = low < high ? low : low - fmax(fabs(low) / 10, 1e-9);
    z.to = low < high ? high : high + fmax(fabs(high) / 10, 1e-9);
    sim_chart_axis(script, "cb", &z, z.from, z.to);
    g_string_append(
        script,
        "set cblabel offset 1,0\nset rmargin 15\nset key at graph 0.02, graph 0.97 left top "
        "vertical Left reverse samplen 2.5 textcolor rgb '#ffffff' opaque "
        "fillcolor rgb '#606060'\nunset grid\n");
    return true;
}
