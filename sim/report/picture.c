/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A legend stands to the right of the plot while it is short; a long one below it, in columns, and
 * the picture grows by its rows, so that the plot keeps its size. */
#include "sim/report/picture.h"

#include "sim/report/palette.h"
#include "sim/report/text.h"

#include <string.h>

/* Pixels of the SVG; the others are as much larger. */
#define WIDTH 960
#define HEIGHT 460

/* Titles beside the plot; more go below it. */
#define MOST_BESIDE 14
#define LONGEST_BESIDE 34

/* Letters of a note; one that has more would reach beyond the picture, so it is set smaller. */
#define LONG_NOTE 100

/* Of a legend below: a row, a letter, and what a column has beside its words. */
#define ROW 19
#define LETTER 7
#define SAMPLE 95

void
sim_picture_frame(GString *script, const char *title, const char *note)
{
    g_string_append(script, "set encoding utf8\nset title ");
    sim_text_gnuplot(script, title);
    g_string_append(script,
                    " font ',16' offset 0,0.5\n"
                    "set border 3 linecolor rgb '" SIM_COLOUR_FRAME "'\n"
                    "set tics nomirror out\n"
                    "set grid linetype 1 linecolor rgb '" SIM_COLOUR_GRID "' linewidth 0.5\n"
                    "set key outside right center vertical Left reverse samplen 2.5 "
                    "spacing 1.3\n"
                    "set tmargin 4\nset bmargin 5\n"
                    "set label 1 ");
    sim_text_gnuplot(script, note);
    g_string_append_printf(script,
                           " at screen 0.99, screen 0.03 right font ',%d' "
                           "textcolor rgb '" SIM_COLOUR_QUIET "'\n",
                           g_utf8_strlen(note, -1) > LONG_NOTE ? 8 : 11);
}

/* How many curves have a title, and how many letters the longest has. */
static unsigned
count_titles(const char *curves, size_t *longest)
{
    unsigned n = 0;
    *longest = 0;
    for (const char *at = curves; (at = strstr(at, " title '")) != NULL; n++) {
        const char *end = at += strlen(" title '");
        while (*end && (*end != '\'' || end[1] == '\''))
            end += *end == '\'' ? 2 : 1;
        *longest = MAX(*longest, (size_t)g_utf8_strlen(at, end - at));
        at = end;
    }
    return n;
}

/* Returns: how many pixels the picture grows by */
static int
place_legend(GString *script, const char *curves)
{
    size_t longest;
    unsigned n = count_titles(curves, &longest);
    if (n <= MOST_BESIDE && longest <= LONGEST_BESIDE)
        return 0;
    unsigned columns = CLAMP((WIDTH - 20) / (unsigned)(longest * LETTER + SAMPLE), 1, 8);
    unsigned rows = (n + columns - 1) / columns;
    int grows = (int)rows * ROW + 8;
    double height = HEIGHT + grows;
    char top[G_ASCII_DTOSTR_BUF_SIZE];
    char bottom[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(bottom, sizeof bottom, "%.4f", 32 / height);
    g_ascii_formatd(top, sizeof top, "%.4f", (grows + 88) / height);
    g_string_append_printf(script,
                           "set key at screen 0.5, screen %s center bottom vertical maxrows %u "
                           "font ',11' spacing 1.1\nset bmargin at screen %s\nset rmargin 4\n"
                           "set label 1 at screen 0.99, screen 0.015\n",
                           bottom, rows, top);
    return grows;
}

void
sim_picture_draw(GString *script, const char *name, const char *curves)
{
    int height = HEIGHT + place_legend(script, curves);
    g_string_append_printf(script,
                           "set terminal svg size %d,%d noenhanced font 'sans-serif,14' "
                           "background rgb 'white'\n"
                           "set output '%s.svg'\n"
                           "plot %s\n"
                           "set terminal pdfcairo size %d.%02din,%d.%02din noenhanced font "
                           "'sans,12' linewidth 1.2\n"
                           "set output '%s.pdf'\n"
                           "replot\n"
                           "set terminal pngcairo size %d,%d noenhanced font 'sans,10.5' "
                           "fontscale 1.5 linewidth 1.5\n"
                           "set output '%s.png'\n"
                           "replot\n"
                           "unset output\n",
                           WIDTH, height, name, curves, WIDTH / 100, WIDTH % 100, height / 100,
                           height % 100, name, WIDTH * 3 / 2, height * 3 / 2, name);
}
