/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pieces of report.html that are made from the plots' SVG files. */
#pragma once

#include "sim/report/plots.h"
#include <glib.h>
#include <stdbool.h>

/** sim_figure_append: the plot with its caption, its picture read from @dir/plots. */
bool sim_figure_append(GString *out, const SimPlot *plot, const char *dir, GError **error);

/** sim_figure_svg: (transfer full): a gnuplot SVG made fit to stand in a page beside others. */
char *sim_figure_svg(const SimPlot *plot, const char *svg);
