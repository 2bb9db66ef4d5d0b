/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of campaigns: curves with interval bars, layers, heat maps, reference lines. A chart
 * knows nothing of where its numbers come from. Each is written as NAME.dat and NAME.gp, and drawn
 * by gnuplot as NAME.svg, NAME.pdf and NAME.png. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/** SimChartScale: how an axis is written: plain numbers, seconds as `1 min`, `2 h`, shares as %; or
 * not at all, where places mean nothing. */
typedef enum { SIM_SCALE_PLAIN, SIM_SCALE_TIME, SIM_SCALE_SHARE, SIM_SCALE_NONE } SimChartScale;

typedef struct {
    char *label;
    SimChartScale scale;
    bool log;
    double from; /* NaN: by itself */
    double to;
} SimChartAxis;

typedef enum {
    SIM_CURVE_POINTS, /* points with interval bars, joined by a line */
    SIM_CURVE_DOTS,   /* points alone */
    SIM_CURVE_LINE,   /* a line without points */
    SIM_CURVE_STEPS,  /* each value holds to the next */
    SIM_CURVE_ORACLE, /* what is known exactly: a dashed line */
    SIM_CURVE_LAYER,  /* stacked on the layers before it, filled */
} SimCurveKind;

/** SimChartPoint: @low, @high: interval, NaN for none. */
typedef struct {
    double x, y, low, high;
} SimChartPoint;

/** SimCurve: @colour: one of palette.h, or %NULL for the next in turn; @points: of SimChartPoint.
 */
typedef struct {
    char *title;
    SimCurveKind kind;
    const char *colour;
    GArray *points;
} SimCurve;

/** SimChartBand: a marked stretch of the x axis (from < to), or a line (from == to). */
typedef struct {
    double from, to;
    char *label;
} SimChartBand;

/**
 * SimChart: all pointers are owned.
 * @note: small, at the bottom: where the numbers come from; how many values a logarithmic scale
 *   leaves out is added to it
 * @cells: (nullable): of a heat map, in place of curves: @n_x times @n_y, by rows of x; NaN is none
 * @contour: of the heat map: a line where the cells pass this value, with @contour_label; NaN: none
 */
typedef struct {
    char *name;
    char *title;
    char *caption;
    char *note;
    SimChartAxis x, y, z;
    GPtrArray *curves; /* SimCurve */
    GArray *bands;     /* SimChartBand */
    double *cells, *cell_x, *cell_y;
    size_t n_x, n_y;
    double contour;
    char *contour_label;
} SimChart;

/** sim_chart_new: a chart with one curve or more to be added. (transfer full) */
SimChart *sim_chart_new(const char *name, const char *title, const char *caption);
void sim_chart_free(SimChart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimChart, sim_chart_free)

void sim_chart_x(SimChart *self, const char *label, SimChartScale scale, bool log);
void sim_chart_y(SimChart *self, const char *label, SimChartScale scale, bool log);

/** sim_chart_curve: a new, empty curve, which the chart owns. */
SimCurve *sim_chart_curve(SimChart *self, const char *title, SimCurveKind kind, const char *colour);
void sim_curve_add(SimCurve *self, double x, double y, double low, double high);
void sim_chart_band(SimChart *self, double from, double to, const char *label);

/** sim_chart_heat: takes copies. @cells[j * n_x + i] is at x[i], y[j]. */
void sim_chart_heat(SimChart *self, const double *x, size_t n_x, const double *y, size_t n_y,
                    const double *cells, const char *label, SimChartScale scale, bool log);

/** sim_chart_script: (transfer full): the .gp; the .dat goes to *@data. */
char *sim_chart_script(const SimChart *self, char **data);

/** sim_charts_write: all of @charts (of SimChart) into @dir/plots; whole or not at all. */
bool sim_charts_write(GPtrArray *charts, const char *dir, GError **error);
