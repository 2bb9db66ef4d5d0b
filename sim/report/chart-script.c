/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a chart to gnuplot's language. Each curve is a block of the data file: x, y, low, high; of a
 * layer x, bottom, top. What cannot stand on a logarithmic axis is left out. */
#include "sim/report/chart-axis.h"
#include "sim/report/chart-heat.h"
#include "sim/report/palette.h"
#include "sim/report/picture.h"
#include "sim/report/text.h"

#include <math.h>
#include <string.h>

/* Decades that a logarithmic y axis shows below its largest value. */
#define MOST_DECADES 5

/* The span of one coordinate of all curves. */
typedef struct {
    double low;
    double high;
} Extent;

static void
widen(Extent *self, double value, bool log)
{
    if (!isfinite(value) || (log && value <= 0))
        return;
    self->low = fmin(self->low, value);
    self->high = fmax(self->high, value);
}

static void
measure(const SimChart *chart, Extent *x, Extent *y)
{
    *x = *y = (Extent){INFINITY, -INFINITY};
    for (guint c = 0; c < chart->curves->len; c++) {
        const SimCurve *curve = chart->curves->pdata[c];
        /* What is known exactly may be far below all that was seen. */
        if (curve->kind == SIM_CURVE_ORACLE && chart->curves->len > 1)
            continue;
        for (guint i = 0; i < curve->points->len; i++) {
            const SimChartPoint *point = &g_array_index(curve->points, SimChartPoint, i);
            bool seen = isfinite(point->y) && (!chart->y.log || point->y > 0);
            widen(x, seen ? point->x : NAN, chart->x.log);
            widen(y, point->y, chart->y.log);
            widen(y, point->low, chart->y.log);
            widen(y, point->high, chart->y.log);
        }
    }
}

static void
append_value(GString *data, double value, const SimChartAxis *axis)
{
    double scaled = value * sim_chart_unit(axis);
    if (!isfinite(scaled) || (axis->log && scaled <= 0))
        g_string_append(data, "NaN");
    else
        sim_text_number(data, scaled);
}

/* The lower end of a bar that reaches below 0 stays on a logarithmic axis. */
static double
shown_low(const SimChart *chart, const SimChartPoint *point)
{
    return chart->y.log && point->low <= 0 ? point->y * 1e-3 : point->low;
}

static void
append_comment(GString *data, const char *text)
{
    g_string_append(data, "# ");
    for (const char *c = text; *c; c++)
        g_string_append_c(data, *c == '\n' || *c == '\r' ? ' ' : *c);
    g_string_append_c(data, '\n');
}

static void
append_block(GString *data, const SimChart *chart, const SimCurve *curve)
{
    append_comment(data, curve->title);
    for (guint i = 0; i < curve->points->len; i++) {
        const SimChartPoint *point = &g_array_index(curve->points, SimChartPoint, i);
        append_value(data, point->x, &chart->x);
        g_string_append_c(data, ' ');
        append_value(data, point->y, &chart->y);
        g_string_append_c(data, ' ');
        append_value(data, shown_low(chart, point), &chart->y);
        g_string_append_c(data, ' ');
        append_value(data, point->high, &chart->y);
        g_string_append_c(data, '\n');
    }
    if (curve->points->len == 0)
        g_string_append(data, "NaN NaN NaN NaN\n");
    g_string_append(data, "\n\n");
}

/* @bottoms: what the layers before it have come to, by point. */
static void
append_layer(GString *data, const SimChart *chart, const SimCurve *curve, GArray *bottoms)
{
    append_comment(data, curve->title);
    for (guint i = 0; i < curve->points->len; i++) {
        const SimChartPoint *point = &g_array_index(curve->points, SimChartPoint, i);
        if (i >= bottoms->len)
            g_array_set_size(bottoms, i + 1);
        double *bottom = &g_array_index(bottoms, double, i);
        double top = *bottom + (isfinite(point->y) ? point->y : 0);
        append_value(data, point->x, &chart->x);
        g_string_append_c(data, ' ');
        append_value(data, *bottom, &chart->y);
        g_string_append_c(data, ' ');
        append_value(data, top, &chart->y);
        g_string_append_c(data, '\n');
        *bottom = top;
    }
    g_string_append(data, "\n\n");
}

static bool
has_bars(const SimCurve *curve)
{
    for (guint i = 0; i < curve->points->len; i++)
        if (isfinite(g_array_index(curve->points, SimChartPoint, i).low))
            return true;
    return false;
}

static void
append_title(GString *out, const char *title)
{
    if (*title == '\0') {
        g_string_append(out, " notitle");
        return;
    }
    g_string_append(out, " title ");
    sim_text_gnuplot(out, title);
}

/* The arguments of `plot` for one curve. */
static void
append_curve(GString *out, const SimChart *chart, const SimCurve *curve, guint index,
             const SimLook *look)
{
    const char *colour = look->colour;
    g_autofree char *source = g_strdup_printf("%s'%s.dat' index %u using ",
                                              out->len > 0 ? ", \\\n  " : "", chart->name, index);
    switch (curve->kind) {
    case SIM_CURVE_POINTS:
    case SIM_CURVE_DOTS:
        if (has_bars(curve))
            g_string_append_printf(out,
                                   "%s1:2:3:4 with yerrorbars pointtype %u pointsize 0.9 "
                                   "linewidth 1.2 linecolor rgb '%s' notitle",
                                   source, look->point, colour);
        g_string_append_printf(
            out,
            "%s%s1:2 with %s pointtype %u pointsize 0.9 linewidth 1.6 "
            "linecolor rgb '%s'",
            has_bars(curve) ? ", " : "", has_bars(curve) ? strstr(source, "'") : source,
            curve->kind == SIM_CURVE_DOTS ? "points" : "linespoints", look->point, colour);
        break;
    case SIM_CURVE_LINE:
    case SIM_CURVE_STEPS:
        g_string_append_printf(out, "%s1:2 with %s linewidth 1.8 dashtype %s linecolor rgb '%s'",
                               source, curve->kind == SIM_CURVE_LINE ? "lines" : "steps",
                               look->dash, colour);
        break;
    case SIM_CURVE_ORACLE:
        g_string_append_printf(out,
                               "%s1:2 with lines linewidth 1.6 dashtype " SIM_DASH_EXACT
                               " linecolor rgb '" SIM_COLOUR_INK "'",
                               source);
        break;
    case SIM_CURVE_LAYER:
        g_string_append_printf(
            out,
            "%s1:2:3 with filledcurves fillcolor rgb '%s' fillstyle solid 1 border "
            "linecolor rgb '" SIM_COLOUR_FRAME "' linewidth 0.6",
            source, colour);
        break;
    }
    append_title(out, curve->title);
}

/* One that takes its turn, and is no closed form. */
static bool
is_series(const SimCurve *curve)
{
    return curve->colour == NULL && curve->kind != SIM_CURVE_ORACLE;
}

static guint
count_series(const SimChart *chart)
{
    guint n = 0;
    for (guint c = 0; c < chart->curves->len; c++)
        n += is_series(chart->curves->pdata[c]);
    return n;
}

/* A curve with a colour of its own is drawn solid. */
static SimLook
look_of(const SimCurve *curve, guint next, guint n)
{
    SimLook look = sim_palette_look(next, n);
    if (curve->colour == NULL)
        return look;
    look = (SimLook){"", "1", 7};
    g_strlcpy(look.colour, curve->colour, sizeof look.colour);
    return look;
}

static void
append_curves(const SimChart *chart, GString *data, GString *curves)
{
    guint n = count_series(chart);
    g_autoptr(GArray) bottoms = g_array_new(FALSE, TRUE, sizeof(double));
    guint next = 0;
    for (guint c = 0; c < chart->curves->len; c++) {
        const SimCurve *curve = chart->curves->pdata[c];
        SimLook look = look_of(curve, next, n);
        next += is_series(curve);
        if (curve->kind == SIM_CURVE_LAYER)
            append_layer(data, chart, curve, bottoms);
        else
            append_block(data, chart, curve);
        append_curve(curves, chart, curve, c, &look);
    }
}

/* Where on an axis @value is drawn: 0 at its start, 1 at its end. */
static double
place_on(const SimChartAxis *axis, double value)
{
    if (axis->log)
        return log(value / axis->from) / log(axis->to / axis->from);
    return (value - axis->from) / (axis->to - axis->from);
}

/* Whether the curves within reach of a label at @place of the x axis are in the upper half. */
static bool
curves_are_high(const SimChart *chart, const SimChartAxis *x, const SimChartAxis *y, double place)
{
    double sum = 0;
    unsigned n = 0;
    for (guint c = 0; c < chart->curves->len; c++) {
        const SimCurve *curve = chart->curves->pdata[c];
        for (guint i = 0; i < curve->points->len; i++) {
            const SimChartPoint *point = &g_array_index(curve->points, SimChartPoint, i);
            double height = place_on(y, point->y);
            if (fabs(place_on(x, point->x) - place) > 0.3 || !isfinite(height))
                continue;
            sum += CLAMP(height, 0, 1);
            n++;
        }
    }
    return sum > n * 0.5;
}

/* Beside its band, on the side where there is more room and, top or bottom, away from the curves;
 * each at a height of its own, and behind the curves, so that it hides nothing. */
static void
append_band_label(GString *script, const SimChart *chart, const SimChartAxis *x,
                  const SimChartAxis *y, guint index)
{
    const SimChartBand *band = &g_array_index(chart->bands, SimChartBand, index);
    bool right = place_on(x, band->to) > 0.5;
    double at = right ? band->from : band->to;
    unsigned down = 4 + 8 * (index % 6);
    bool low = curves_are_high(chart, x, y, place_on(x, at) + (right ? -0.15 : 0.15));
    g_string_append(script, "set label ");
    sim_text_gnuplot(script, band->label);
    g_string_append(script, " at ");
    sim_text_number(script, at * sim_chart_unit(x));
    g_string_append_printf(
        script,
        ", graph 0.%02u %s offset %s,0 font ',12' textcolor rgb '" SIM_COLOUR_FRAME "' back\n",
        low ? down : 100 - down, right ? "right" : "left", right ? "-0.5" : "0.5");
}

/* Light stretches and lines. @x, @y: the axes as they are drawn. */
static void
append_bands(GString *script, const SimChart *chart, const SimChartAxis *x, const SimChartAxis *y)
{
    double unit = sim_chart_unit(x);
    for (guint i = 0; i < chart->bands->len; i++) {
        const SimChartBand *band = &g_array_index(chart->bands, SimChartBand, i);
        g_autoptr(GString) from = g_string_new(NULL);
        g_autoptr(GString) to = g_string_new(NULL);
        sim_text_number(from, band->from * unit);
        sim_text_number(to, band->to * unit);
        if (band->from < band->to)
            g_string_append_printf(script,
                                   "set object rectangle from %s, graph 0 to %s, graph 1 behind "
                                   "fillcolor rgb '#e8f1f8' fillstyle solid noborder\n",
                                   from->str, to->str);
        else
            g_string_append_printf(script,
                                   "set arrow from %s, graph 0 to %s, graph 1 nohead linewidth 1.2 "
                                   "linecolor rgb '" SIM_COLOUR_VERMILION "' back\n",
                                   from->str, from->str);
        append_band_label(script, chart, x, y, i);
    }
}

/* An empty frame with the reason in it; gnuplot would fail on a plot without a point. */
static void
append_reason(GString *script, GString *curves)
{
    g_string_append(script, "unset tics\nunset border\nset xrange [0:1]\nset yrange [0:1]\n"
                            "set label 2 'no data: nothing was observed that could be drawn' at "
                            "graph 0.5, graph 0.5 center\n");
    g_string_assign(curves, "2 notitle");
}

/* A scale of one part of a decade has no tic of its own in gnuplot. */
static void
spread_log_range(SimChartAxis *axis, const Extent *extent, double most_decades)
{
    if (!axis->log || !isnan(axis->from) || !isnan(axis->to) || !(extent->low > 0))
        return;
    axis->from = fmax(extent->low / 1.15, extent->high / pow(10, most_decades));
    axis->to = extent->high * 1.15;
}

static bool
only_layers(const SimChart *chart)
{
    for (guint c = 0; c < chart->curves->len; c++)
        if (((SimCurve *)chart->curves->pdata[c])->kind != SIM_CURVE_LAYER)
            return false;
    return chart->curves->len > 0;
}

static void
fill_range(SimChartAxis *axis, const Extent *extent)
{
    axis->from = isnan(axis->from) ? extent->low : axis->from;
    axis->to = isnan(axis->to) ? extent->high : axis->to;
}

static void
append_plane(GString *script, const SimChart *chart, const Extent *x, const Extent *y)
{
    SimChartAxis across = chart->x;
    SimChartAxis up = chart->y;
    if (only_layers(chart)) {
        across.from = x->low;
        across.to = x->high;
        up.from = 0;
    } else {
        spread_log_range(&across, x, INFINITY);
        spread_log_range(&up, y, MOST_DECADES);
    }
    SimChartAxis x_drawn = across;
    SimChartAxis y_drawn = up;
    fill_range(&x_drawn, x);
    fill_range(&y_drawn, y);
    sim_chart_axis(script, "x", &across, x_drawn.from, x_drawn.to);
    sim_chart_axis(script, "y", &up, y_drawn.from, y_drawn.to);
    append_bands(script, chart, &x_drawn, &y_drawn);
}

static void
append_curve_chart(const SimChart *chart, GString *script, GString *data, GString *curves)
{
    Extent x;
    Extent y;
    measure(chart, &x, &y);
    append_curves(chart, data, curves);
    if (!(x.low <= x.high) || !(y.low <= y.high)) {
        append_reason(script, curves);
        return;
    }
    append_plane(script, chart, &x, &y);
}

/* Points that a logarithmic axis cannot have, and those that are lower than it reaches. */
static void
count_unseen(const SimChart *chart, const SimCurve *curve, double lowest, guint *zero, guint *low)
{
    for (guint i = 0; i < curve->points->len; i++) {
        const SimChartPoint *point = &g_array_index(curve->points, SimChartPoint, i);
        if (!isfinite(point->x) || !isfinite(point->y))
            continue;
        if ((chart->x.log && point->x <= 0) || (chart->y.log && point->y <= 0))
            (*zero)++;
        else if (point->y < lowest)
            (*low)++;
    }
}

static void
count_cells(const SimChart *chart, guint *zero)
{
    for (size_t i = 0; chart->z.log && i < chart->n_x * chart->n_y; i++)
        *zero += isfinite(chart->cells[i]) && chart->cells[i] <= 0;
}

static void
append_count(GString *note, guint n, const char *what)
{
    if (n > 0)
        g_string_append_printf(note, "%s%u %s %s", note->len > 0 ? "; " : "", n,
                               n == 1 ? "value" : "values", what);
}

/* The note of the chart, and how much of what was given cannot be seen. */
static char *
whole_note(const SimChart *chart)
{
    GString *note = g_string_new(chart->note);
    SimChartAxis up = chart->y;
    Extent x;
    Extent y;
    guint zero = 0;
    guint low = 0;
    measure(chart, &x, &y);
    spread_log_range(&up, &y, MOST_DECADES);
    for (guint c = 0; chart->cells == NULL && c < chart->curves->len; c++) {
        const SimCurve *curve = chart->curves->pdata[c];
        if (curve->kind != SIM_CURVE_ORACLE && curve->kind != SIM_CURVE_LAYER)
            count_unseen(chart, curve, up.log ? up.from : NAN, &zero, &low);
    }
    if (chart->cells != NULL)
        count_cells(chart, &zero);
    append_count(note, zero, "of 0 or less not on the logarithmic scale");
    append_count(note, low, "below the axis");
    return g_string_free(note, FALSE);
}

char *
sim_chart_script(const SimChart *self, char **data)
{
    GString *values = g_string_new(NULL);
    g_autoptr(GString) curves = g_string_new(NULL);
    g_autofree char *note = whole_note(self);
    GString *script = g_string_new(SIM_PLOT_MARK);
    append_comment(values, self->title);
    g_string_append_printf(script, "; to redraw: gnuplot %s.gp\n", self->name);
    sim_picture_frame(script, self->title, note);
    if (self->cells == NULL)
        append_curve_chart(self, script, values, curves);
    else if (!sim_chart_heat_script(self, script, values, curves))
        append_reason(script, curves);
    sim_picture_draw(script, self->name, curves->str);
    *data = g_string_free(values, FALSE);
    return g_string_free(script, FALSE);
}
