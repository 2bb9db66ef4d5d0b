/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each plot shows: its words, its data, and the gnuplot script that draws it. Nothing here
 * touches a file; gnuplot.c writes and runs what is made here. */
#pragma once

#include "sim/measure/result.h"
#include "sim/report/picture.h"

/**
 * SimDrawing: of one plot, as it is made.
 * @data: the .dat file
 * @settings: gnuplot commands on axes and labels
 * @curves: the arguments of the one `plot` command
 * @empty: (nullable): why there is nothing to draw
 */
typedef struct {
    const char *name;
    GString *data;
    GString *settings;
    GString *curves;
    const char *empty;
} SimDrawing;

/**
 * SimPlot:
 * @title: above the plot
 * @applies: whether there is such a plot of a result; %NULL for always
 * @caption: one or two sentences on how to read it
 */
typedef struct {
    const char *name;
    const char *title;
    const char *caption;
    void (*draw)(SimDrawing *drawing, const SimResult *result);
    bool (*applies)(const SimResult *result);
} SimPlot;

#define SIM_N_PLOTS 9
extern const SimPlot sim_plots[SIM_N_PLOTS];

/** sim_plot_applies: whether @result has this plot. */
bool sim_plot_applies(const SimPlot *plot, const SimResult *result);

/** sim_plot_make: (transfer full): the script; the data goes to *@data. */
char *sim_plot_make(const SimPlot *plot, const SimResult *result, char **data);

/* The plots over time (timeplots.c) and the distributions (ccdf.c). */
void sim_draw_accuracy(SimDrawing *drawing, const SimResult *result);
void sim_draw_stale_records(SimDrawing *drawing, const SimResult *result);
void sim_draw_register_rate(SimDrawing *drawing, const SimResult *result);
void sim_draw_contacts(SimDrawing *drawing, const SimResult *result);
void sim_draw_stale_life(SimDrawing *drawing, const SimResult *result);
void sim_draw_delay(SimDrawing *drawing, const SimResult *result);
void sim_draw_storm(SimDrawing *drawing, const SimResult *result);

/* Simulation and formula side by side (eventplots.c), and the results that have them. */
void sim_draw_blackout(SimDrawing *drawing, const SimResult *result);
bool sim_has_blackout(const SimResult *result);
void sim_draw_rounds(SimDrawing *drawing, const SimResult *result);
bool sim_has_rounds(const SimResult *result);
