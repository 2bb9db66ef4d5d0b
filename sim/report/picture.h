/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all pictures share: the frame, the three files each is drawn to, and running gnuplot. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/** SIM_PLOT_MARK: first line of each script; tells ours from those a user put beside them. */
#define SIM_PLOT_MARK "# written by rollcall"

/** sim_picture_frame: title, border, grid, key and a small @note at the bottom. */
void sim_picture_frame(GString *script, const char *title, const char *note);

/** sim_picture_draw: the plot command with its arguments @curves, as NAME.svg, .pdf and .png. */
void sim_picture_draw(GString *script, const char *name, const char *curves);

/**
 * sim_pictures_write: in a scratch folder @fill writes .gp and .dat files; gnuplot draws them all,
 * side by side, and what came out whole goes to @dir/plots.
 */
bool sim_pictures_write(const char *dir,
                        bool (*fill)(const char *scratch, const void *data, GError **error),
                        const void *data, GError **error);
