/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far apart the colours of the pictures are: to eyes of four kinds, and in grey.
 * Colour-blindness is that of Machado, Oliveira and Fernandes (2009), severity 1; distances are CIE
 * 1976 in L*a*b*. */
#include "sim/report/chart.h"
#include "sim/report/palette.h"
#include "sim/report/picture.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    double part[3];
} Triple;

static const struct {
    const char *name;
    double matrix[3][3];
} eyes[] = {
    {"usual", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {"protanopia",
     {{0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}}},
    {"deuteranopia",
     {{0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}}},
    {"tritanopia",
     {{1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}}},
};

/* Linear light of #rrggbb. */
static Triple
read_colour(const char *colour)
{
    unsigned parts[3];
    Triple out;
    g_assert_cmpint(sscanf(colour, "#%2x%2x%2x", &parts[0], &parts[1], &parts[2]), ==, 3);
    for (int i = 0; i < 3; i++) {
        double v = parts[i] / 255.0;
        out.part[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
    return out;
}

static Triple
times(const double matrix[3][3], Triple in)
{
    Triple out;
    for (int i = 0; i < 3; i++)
        out.part[i] =
            matrix[i][0] * in.part[0] + matrix[i][1] * in.part[1] + matrix[i][2] * in.part[2];
    return out;
}

static double
bend(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116.0;
}

static Triple
lab_of(const char *colour, size_t eye)
{
    static const double xyz[3][3] = {
        {0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}};
    Triple light = times(eyes[eye].matrix, read_colour(colour));
    for (int i = 0; i < 3; i++)
        light.part[i] = CLAMP(light.part[i], 0, 1);
    Triple at = times(xyz, light);
    double x = bend(at.part[0] / 0.9505);
    double y = bend(at.part[1]);
    double z = bend(at.part[2] / 1.089);
    return (Triple){{116 * y - 16, 500 * (x - y), 200 * (y - z)}};
}

static double
distance(const char *a, const char *b, size_t eye)
{
    Triple one = lab_of(a, eye);
    Triple two = lab_of(b, eye);
    return sqrt(pow(one.part[0] - two.part[0], 2) + pow(one.part[1] - two.part[1], 2) +
                pow(one.part[2] - two.part[2], 2));
}

static double
lightness(const char *colour)
{
    return lab_of(colour, 0).part[0];
}

/* Bottom to top, as they lie on each other. */
static const char *const states[] = {SIM_COLOUR_STALE,  SIM_COLOUR_MISSING,
                                     SIM_COLOUR_WRONG,  SIM_COLOUR_UNREACHABLE,
                                     SIM_COLOUR_ABSENT, SIM_COLOUR_CORRECT};

/* Any two may meet, if those between are empty. */
static void
test_states(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        for (size_t j = 0; j < i; j++) {
            double grey = fabs(lightness(states[i]) - lightness(states[j]));
            g_test_message("%s %s: %.1f in grey", states[i], states[j], grey);
            g_assert_cmpfloat(grey, >=, 10);
            for (size_t eye = 0; eye < G_N_ELEMENTS(eyes); eye++)
                g_assert_cmpfloat(distance(states[i], states[j], eye), >=, 11);
        }
}

static void
test_series(void)
{
    for (size_t i = 0; i < SIM_PALETTE_SERIES; i++)
        for (size_t j = 0; j < i; j++) {
            SimLook a = sim_palette_look(i, SIM_PALETTE_SERIES);
            SimLook b = sim_palette_look(j, SIM_PALETTE_SERIES);
            for (size_t eye = 0; eye < G_N_ELEMENTS(eyes); eye++) {
                double far = distance(a.colour, b.colour, eye);
                g_test_message("%s %s, %s: %.1f", a.colour, b.colour, eyes[eye].name, far);
                g_assert_cmpfloat(far, >=, 10);
            }
            g_assert_cmpstr(a.dash, !=, b.dash);
            g_assert_cmpuint(a.point, !=, b.point);
        }
}

/* On white paper: WCAG asks for a contrast of 3 for lines; the two lightest have it not, and are
 * told by dash and point. */
static void
test_on_paper(void)
{
    for (size_t n = 2; n <= 60; n++)
        for (size_t i = 0; i < n; i++)
            g_assert_cmpfloat(lightness(sim_palette_look(i, n).colour), <=, 80);
    g_assert_cmpfloat(lightness(SIM_COLOUR_QUIET), <=, 45);
}

/* Many series: from dark to light, and no neighbours with one point. */
static void
test_many(void)
{
    static const size_t sizes[] = {9, 20, 60};
    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++)
        for (size_t i = 1; i < sizes[k]; i++) {
            SimLook before = sim_palette_look(i - 1, sizes[k]);
            SimLook look = sim_palette_look(i, sizes[k]);
            g_assert_cmpfloat(lightness(look.colour), >, lightness(before.colour) - 0.5);
            g_assert_cmpstr(look.colour, !=, before.colour);
            g_assert_cmpuint(look.point, !=, before.point);
            g_assert_cmpstr(look.dash, !=, before.dash);
        }
}

static char *
draw_series(unsigned n, const char *title)
{
    g_autoptr(GString) curves = g_string_new("'x.dat' notitle");
    GString *script = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(curves, ", 'x.dat' index %u title '%s %u'", i, title, i);
    sim_picture_draw(script, "x", curves->str);
    return g_string_free(script, FALSE);
}

/* A short legend stands beside; a long one below, and the picture grows by its rows. */
static void
test_legend(void)
{
    g_autofree char *few = draw_series(6, "expires");
    g_autofree char *many = draw_series(60, "expires");
    g_autofree char *wide =
        draw_series(2, "a title that needs more than the room beside, it''s long");
    g_assert_nonnull(strstr(few, "svg size 960,460 "));
    g_assert_null(strstr(few, "set key"));
    g_assert_nonnull(strstr(many, "maxrows 12 "));
    g_assert_nonnull(strstr(many, "svg size 960,696 "));
    g_assert_nonnull(strstr(many, "pngcairo size 1440,1044 "));
    g_assert_nonnull(strstr(many, "pdfcairo size 9.60in,6.96in "));
    g_assert_nonnull(strstr(wide, "maxrows 1 "));
    g_assert_nonnull(strstr(wide, "svg size 960,487 "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/palette/states-differ-to-every-eye-and-in-grey", test_states);
    g_test_add_func("/palette/series-differ-to-every-eye", test_series);
    g_test_add_func("/palette/lines-are-seen-on-paper", test_on_paper);
    g_test_add_func("/palette/many-series-are-a-scale", test_many);
    g_test_add_func("/palette/a-long-legend-stands-below", test_legend);
    return g_test_run();
}
