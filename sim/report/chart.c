/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts as data: making them, filling them, freeing them, and the files. */
#include "sim/report/chart.h"

#include "sim/report/output.h"
#include "sim/report/picture.h"
#include <math.h>

static void
curve_free(gpointer data)
{
    SimCurve *self = data;
    g_free(self->title);
    g_array_unref(self->points);
    g_free(self);
}

static void
band_clear(gpointer data)
{
    g_free(((SimChartBand *)data)->label);
}

SimChart *
sim_chart_new(const char *name, const char *title, const char *caption)
{
    SimChart *self = g_new0(SimChart, 1);
    self->name = g_strdup(name);
    self->title = g_strdup(title);
    self->caption = g_strdup(caption);
    self->note = g_strdup("");
    self->curves = g_ptr_array_new_with_free_func(curve_free);
    self->bands = g_array_new(FALSE, FALSE, sizeof(SimChartBand));
    g_array_set_clear_func(self->bands, band_clear);
    self->x.from = self->x.to = self->y.from = self->y.to = NAN;
    self->contour = NAN;
    return self;
}

void
sim_chart_free(SimChart *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->title);
    g_free(self->caption);
    g_free(self->note);
    g_free(self->x.label);
    g_free(self->y.label);
    g_free(self->z.label);
    g_ptr_array_unref(self->curves);
    g_array_unref(self->bands);
    g_free(self->cells);
    g_free(self->cell_x);
    g_free(self->cell_y);
    g_free(self->contour_label);
    g_free(self);
}

static void
set_axis(SimChartAxis *axis, const char *label, SimChartScale scale, bool log)
{
    g_free(axis->label);
    axis->label = g_strdup(label);
    axis->scale = scale;
    axis->log = log;
}

void
sim_chart_x(SimChart *self, const char *label, SimChartScale scale, bool log)
{
    set_axis(&self->x, label, scale, log);
}

void
sim_chart_y(SimChart *self, const char *label, SimChartScale scale, bool log)
{
    set_axis(&self->y, label, scale, log);
}

SimCurve *
sim_chart_curve(SimChart *self, const char *title, SimCurveKind kind, const char *colour)
{
    SimCurve *curve = g_new0(SimCurve, 1);
    curve->title = g_strdup(title);
    curve->kind = kind;
    curve->colour = colour;
    curve->points = g_array_new(FALSE, FALSE, sizeof(SimChartPoint));
    g_ptr_array_add(self->curves, curve);
    return curve;
}

void
sim_curve_add(SimCurve *self, double x, double y, double low, double high)
{
    SimChartPoint point = {x, y, low, high};
    g_array_append_val(self->points, point);
}

void
sim_chart_band(SimChart *self, double from, double to, const char *label)
{
    SimChartBand band = {from, to, g_strdup(label)};
    g_array_append_val(self->bands, band);
}

void
sim_chart_heat(SimChart *self, const double *x, size_t n_x, const double *y, size_t n_y,
               const double *cells, const char *label, SimChartScale scale, bool log)
{
    self->cell_x = g_memdup2(x, n_x * sizeof *x);
    self->cell_y = g_memdup2(y, n_y * sizeof *y);
    self->cells = g_memdup2(cells, n_x * n_y * sizeof *cells);
    self->n_x = n_x;
    self->n_y = n_y;
    set_axis(&self->z, label, scale, log);
}

static bool
write_charts(const char *scratch, const void *data, GError **error)
{
    const GPtrArray *charts = data;
    for (guint i = 0; i < charts->len; i++) {
        const SimChart *chart = charts->pdata[i];
        g_autofree char *values = NULL;
        g_autofree char *script = sim_chart_script(chart, &values);
        g_autofree char *gp = g_strconcat(scratch, "/", chart->name, ".gp", NULL);
        g_autofree char *dat = g_strconcat(scratch, "/", chart->name, ".dat", NULL);
        if (!sim_output_write(dat, values, -1, error) || !sim_output_write(gp, script, -1, error))
            return false;
    }
    return true;
}

bool
sim_charts_write(GPtrArray *charts, const char *dir, GError **error)
{
    return charts->len == 0 || sim_pictures_write(dir, write_charts, charts, error);
}
