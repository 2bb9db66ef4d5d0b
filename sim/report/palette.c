/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Up to eight series have colours that are far apart. Of more, the eye can only tell the order:
 * they are a scale from dark to light, even in grey, and points and dashes tell neighbours apart.
 */
#include "sim/report/palette.h"

#include <glib.h>
#include <math.h>

static const struct {
    const char *colour;
    const char *dash;
    unsigned point;
} SERIES[SIM_PALETTE_SERIES] = {
    {SIM_COLOUR_BLUE, "1", 7},
    {SIM_COLOUR_VERMILION, "(16,6)", 5},
    {SIM_COLOUR_GREEN, "(4,4)", 9},
    {SIM_COLOUR_PURPLE, "(18,6,4,6)", 13},
    {SIM_COLOUR_SKY, "(9,8)", 11},
    {SIM_COLOUR_ORANGE, "(3,10)", 15},
    {SIM_COLOUR_BROWN, "(18,5,4,5,4,5)", 6},
    {SIM_COLOUR_INDIGO, "(28,6)", 4},
};

/* Viridis without its light end, which is lost on white paper (S. van der Walt, N. Smith, 2015). */
static const unsigned char SCALE[][3] = {{0x44, 0x01, 0x54}, {0x47, 0x2d, 0x7b}, {0x3b, 0x52, 0x8b},
                                         {0x2c, 0x72, 0x8e}, {0x21, 0x91, 0x8c}, {0x28, 0xae, 0x80},
                                         {0x5e, 0xc9, 0x62}, {0xad, 0xdc, 0x30}};

static void
write_scale(char colour[8], double place)
{
    double at = place * (G_N_ELEMENTS(SCALE) - 1);
    size_t low = MIN((size_t)at, G_N_ELEMENTS(SCALE) - 2);
    unsigned parts[3];
    for (size_t i = 0; i < 3; i++)
        parts[i] = (unsigned)lround(SCALE[low][i] +
                                    (at - (double)low) * (SCALE[low + 1][i] - SCALE[low][i]));
    g_snprintf(colour, 8, "#%02x%02x%02x", parts[0] & 255, parts[1] & 255, parts[2] & 255);
}

SimLook
sim_palette_look(size_t index, size_t n)
{
    static const unsigned points[] = {7, 5, 9, 13, 11, 6, 4, 8, 12, 10, 15};
    SimLook look = {"", SERIES[index % 4].dash, SERIES[index % SIM_PALETTE_SERIES].point};
    if (n <= SIM_PALETTE_SERIES) {
        look.dash = SERIES[index % SIM_PALETTE_SERIES].dash;
        g_strlcpy(look.colour, SERIES[index % SIM_PALETTE_SERIES].colour, sizeof look.colour);
        return look;
    }
    look.point = points[index % G_N_ELEMENTS(points)];
    write_scale(look.colour, (double)index / (double)(n - 1));
    return look;
}
