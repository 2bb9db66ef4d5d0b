/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/unit.h"

#include "sim/scenario/values.h"
#include <math.h>
#include <string.h>

SimUnit
sim_unit_read(const char *text, double *number)
{
    SimUnit self = {.kind = SIM_UNIT_WORD, .factor = 1};
    RollTime time;
    *number = NAN;
    if (sim_value_time(text, &time, NULL)) {
        self.kind = SIM_UNIT_TIME;
        *number = (double)time / ROLL_SECOND;
    } else if (sim_value_share(text, number, NULL)) {
        self.kind = SIM_UNIT_SHARE;
    } else if (sim_value_rate(text, number, NULL)) {
        self.kind = SIM_UNIT_RATE;
        g_strlcpy(self.suffix, strchr(text, '/'), sizeof self.suffix);
        g_autofree char *one = g_strconcat("1", self.suffix, NULL);
        sim_value_rate(one, &self.factor, NULL);
    } else if (sim_value_number(text, number, NULL)) {
        self.kind = SIM_UNIT_PLAIN;
    }
    return self;
}

/* Decimal, without exponent and without zeros at the end. */
static char *
write_plain(double value, int figures, const char *suffix)
{
    char format[16];
    char room[64];
    int place = value > 0 ? (int)floor(log10(value)) : 0;
    int decimals = CLAMP(figures - 1 - place, 0, 15);
    double unit = pow(10, place - figures + 1);
    double rounded = decimals == 0 && value > 0 ? round(value / unit) * unit : value;
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    g_ascii_formatd(room, sizeof room, format, rounded);
    if (strchr(room, '.') != NULL)
        for (size_t n = strlen(room); room[n - 1] == '0' || room[n - 1] == '.'; n--) {
            bool point = room[n - 1] == '.';
            room[n - 1] = '\0';
            if (point)
                break;
        }
    return g_strconcat(room, suffix, NULL);
}

static double
round_to(double value, int figures)
{
    if (value <= 0)
        return value;
    double unit = pow(10, floor(log10(value)) - figures + 1);
    return round(value / unit) * unit;
}

static char *
write_time(double seconds, int figures)
{
    double grain = seconds >= 10 ? 1 : 0.001;
    double rounded = round(round_to(seconds, figures) / grain) * grain;
    return sim_value_show_time((RollTime)llround(rounded * ROLL_SECOND));
}

char *
sim_unit_write(const SimUnit *self, double number, int figures)
{
    switch (self->kind) {
    case SIM_UNIT_TIME:
        return write_time(number, figures);
    case SIM_UNIT_SHARE:
        return write_plain(100 * number, figures, "%");
    case SIM_UNIT_RATE:
        return write_plain(number / self->factor, figures, self->suffix);
    default:
        return write_plain(number, figures, "");
    }
}
