/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of all pictures. Those of Okabe and Ito (2008), which the colour-blind can tell
 * apart, with some of our own; states that lie on each other in a picture differ in grey, too, and
 * each series has a dash and a point of its own. tests/unit/test-palette.c computes how far apart
 * they are to eyes of each kind, and in print. */
#pragma once

#include <stddef.h>

/* What a phone or record is; the same in plots, ladders and pages. */
#define SIM_COLOUR_STALE "#d55e00"
#define SIM_COLOUR_MISSING "#1f1f1f"
#define SIM_COLOUR_WRONG "#e69f00"
#define SIM_COLOUR_UNREACHABLE "#332288"
#define SIM_COLOUR_ABSENT "#cfd8dc"
#define SIM_COLOUR_CORRECT "#f3f8fb"

#define SIM_COLOUR_BLUE "#0072b2"
#define SIM_COLOUR_VERMILION "#d55e00"
#define SIM_COLOUR_GREEN "#009e73"
#define SIM_COLOUR_PURPLE "#cc79a7"
#define SIM_COLOUR_SKY "#56b4e9"
#define SIM_COLOUR_ORANGE "#e69f00"
#define SIM_COLOUR_BROWN "#7a3b00"
#define SIM_COLOUR_INDIGO "#332288"

/* Lines that are not a series: totals and closed forms; frames; words beside the plot; fillings. */
#define SIM_COLOUR_INK "#202020"
#define SIM_COLOUR_FRAME "#404040"
#define SIM_COLOUR_QUIET "#606060"
#define SIM_COLOUR_GRID "#d8d8d8"
#define SIM_COLOUR_GREY "#808080"
#define SIM_COLOUR_SHADE "#d0d4d8"

/* Dashes of what is known exactly, in every picture. */
#define SIM_DASH_EXACT "(12,6)"

/** SIM_PALETTE_SERIES: so many series have a colour of their own; more are a scale. */
#define SIM_PALETTE_SERIES 8

/**
 * SimLook: one series among others.
 * @colour: as #rrggbb
 * @dash, @point: in gnuplot's words
 */
typedef struct {
    char colour[8];
    const char *dash;
    unsigned point;
} SimLook;

/** sim_palette_look: of series @index (from 0) of @n. */
SimLook sim_palette_look(size_t index, size_t n);
