/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What becomes of a result: text and JSON summaries, series, plots and one page that holds it all.
 * Everything is made from the SimResult alone; only sim_report_write() and the two plot functions
 * touch files. Equal results give equal bytes, but for the time the computer took. */
#pragma once

#include "sim/measure/result.h"
#include "sim/report/progress.h"
#include <stdbool.h>

/**
 * sim_report_write:
 * @dir: made if it does not exist, e.g. `results/NAME`
 * @error: one line with the path, or with what gnuplot said
 *
 * Writes summary.txt, summary.json, series.csv, stale-life.csv, plots/ and report.html. Each file
 * appears whole or not at all; the page of an earlier run goes first, so that none ever stands
 * beside the figures of another run.
 */
bool sim_report_write(const SimResult *result, const char *dir, GError **error);

/** sim_summary_text: the tables for the terminal and summary.txt. (transfer full) */
char *sim_summary_text(const SimResult *result);

/** sim_summary_timing: one line on the time the computer took; for the terminal. (transfer full) */
char *sim_summary_timing(const SimResult *result);

/** sim_summary_json: the content of summary.json. (transfer full) */
char *sim_summary_json(const SimResult *result);

/**
 * sim_series_csv: every metric of every population in every bin. A first line names the columns,
 * `time_s,group,NAME[UNIT],...`; what was not observed is an empty cell. (transfer full)
 */
char *sim_series_csv(const SimResult *result);

/** sim_stale_life_csv: how long records were stale, by how it ended. (transfer full) */
char *sim_stale_life_csv(const SimResult *result);

/** sim_plots_write: NAME.gp, NAME.dat, NAME.svg and NAME.png of each plot into @dir/plots. */
bool sim_plots_write(const SimResult *result, const char *dir, GError **error);

/**
 * sim_plots_redraw: runs every .gp in @dir/plots, or in @dir itself if it has no such folder, and
 * puts the new pictures into @dir/report.html if there is one.
 */
bool sim_plots_redraw(const char *dir, GError **error);

/**
 * sim_report_html:
 * @dir: the plots are read from @dir/plots
 * Returns: (transfer full): one page without references to anything outside it
 */
char *sim_report_html(const SimResult *result, const char *dir, GError **error);

/** sim_report_refresh: puts the pictures of @dir/plots anew into @dir/report.html, if it exists. */
bool sim_report_refresh(const char *dir, GError **error);
