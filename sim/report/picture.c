/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/picture.h"

#include "sim/report/text.h"

void
sim_picture_frame(GString *script, const char *title, const char *note)
{
    g_string_append(script, "set encoding utf8\nset title ");
    sim_text_gnuplot(script, title);
    g_string_append(script, " font ',16' offset 0,0.5\n"
                            "set border 3 linecolor rgb '#404040'\n"
                            "set tics nomirror out\n"
                            "set grid linetype 1 linecolor rgb '#d8d8d8' linewidth 0.5\n"
                            "set key outside right center vertical Left reverse samplen 2.5 "
                            "spacing 1.3\n"
                            "set tmargin 4\nset bmargin 5\n"
                            "set label 1 ");
    sim_text_gnuplot(script, note);
    g_string_append(script, " at screen 0.99, screen 0.03 right font ',11' "
                            "textcolor rgb '#606060'\n");
}

void
sim_picture_draw(GString *script, const char *name, const char *curves)
{
    g_string_append_printf(script,
                           "set terminal svg size 960,460 noenhanced font 'sans-serif,14' "
                           "background rgb 'white'\n"
                           "set output '%s.svg'\n"
                           "plot %s\n"
                           "set terminal pdfcairo size 9.6in,4.6in noenhanced font 'sans,12' "
                           "linewidth 1.2\n"
                           "set output '%s.pdf'\n"
                           "replot\n"
                           "set terminal pngcairo size 1440,690 noenhanced font 'sans,10.5' "
                           "fontscale 1.5 linewidth 1.5\n"
                           "set output '%s.png'\n"
                           "replot\n"
                           "unset output\n",
                           name, curves, name, name);
}
