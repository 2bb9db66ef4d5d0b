/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/chart-axis.h"

#include "sim/report/text.h"
#include <math.h>
#include <string.h>

#define MOST_TICS 9

/* Letters along the axis; a label that has more would reach beyond it, so it is set smaller. */
#define LONG_X 60
#define LONG_Y 36

/* Where people divide time. The first ones of a kind stand on long axes, too. */
static const struct {
    double seconds;
    const char *text;
    bool main;
} TIMES[] = {
    {0.0001, "0.1 ms", true},
    {0.0002, "0.2 ms", false},
    {0.0005, "0.5 ms", false},
    {0.001, "1 ms", true},
    {0.002, "2 ms", false},
    {0.005, "5 ms", false},
    {0.01, "10 ms", true},
    {0.02, "20 ms", false},
    {0.05, "50 ms", false},
    {0.1, "100 ms", true},
    {0.2, "200 ms", false},
    {0.5, "500 ms", false},
    {1, "1 s", true},
    {2, "2 s", false},
    {5, "5 s", false},
    {10, "10 s", true},
    {30, "30 s", false},
    {60, "1 min", true},
    {120, "2 min", false},
    {300, "5 min", false},
    {600, "10 min", true},
    {1800, "30 min", false},
    {3600, "1 h", true},
    {7200, "2 h", false},
    {4 * 3600, "4 h", false},
    {8 * 3600, "8 h", true},
    {86400, "1 d", true},
    {2 * 86400, "2 d", false},
    {4 * 86400, "4 d", false},
    {7 * 86400, "7 d", true},
    {14 * 86400, "14 d", false},
    {30 * 86400, "30 d", false},
    {100 * 86400, "100 d", true},
    {365 * 86400., "1 y", true},
    {3650 * 86400., "10 y", true},
};

/* Steps of a linear axis. */
static const struct {
    double seconds;
    double unit;
    const char *name;
} STEPS[] = {
    {0.01, 0.001, "ms"},
    {0.05, 0.001, "ms"},
    {0.1, 0.001, "ms"},
    {0.5, 1, "s"},
    {1, 1, "s"},
    {2, 1, "s"},
    {5, 1, "s"},
    {10, 1, "s"},
    {20, 1, "s"},
    {60, 60, "min"},
    {120, 60, "min"},
    {300, 60, "min"},
    {600, 60, "min"},
    {1200, 60, "min"},
    {1800, 60, "min"},
    {3600, 3600, "h"},
    {7200, 3600, "h"},
    {14400, 3600, "h"},
    {21600, 3600, "h"},
    {43200, 3600, "h"},
    {86400, 86400, "d"},
    {2 * 86400, 86400, "d"},
    {7 * 86400, 86400, "d"},
    {14 * 86400, 86400, "d"},
    {30 * 86400, 86400, "d"},
    {90 * 86400, 86400, "d"},
    {365 * 86400., 86400, "d"},
};

double
sim_chart_unit(const SimChartAxis *axis)
{
    return axis->scale == SIM_SCALE_SHARE ? 100 : 1;
}

static void
add_tic(GString *list, const char *text, double at)
{
    g_string_append_printf(list, "%s'%s' ", list->len > 0 ? ", " : "", text);
    sim_text_number(list, at);
}

static void
list_log_times(GString *list, double low, double high)
{
    unsigned all = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(TIMES); i++)
        all += TIMES[i].seconds >= low * 0.99 && TIMES[i].seconds <= high * 1.01;
    for (size_t i = 0; i < G_N_ELEMENTS(TIMES); i++)
        if (TIMES[i].seconds >= low * 0.99 && TIMES[i].seconds <= high * 1.01 &&
            (TIMES[i].main || all <= MOST_TICS))
            add_tic(list, TIMES[i].text, TIMES[i].seconds);
}

static void
list_times(GString *list, double low, double high)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(STEPS) && (high - low) / STEPS[i].seconds > MOST_TICS)
        i++;
    double step = STEPS[i].seconds;
    for (double k = ceil(low / step - 0.01); k * step <= high * 1.001 && list->len < 1000; k++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(number, sizeof number, "%g", k * step / STEPS[i].unit);
        g_autofree char *text = g_strdup_printf("%s %s", number, STEPS[i].name);
        add_tic(list, k == 0 ? "0" : text, k * step);
    }
}

/* Over few decades 2 and 5 stand between the powers of ten. */
static void
list_log_numbers(GString *list, double low, double high, const char *suffix)
{
    static const double parts[] = {1, 2, 5};
    size_t n = high / low < 500 ? G_N_ELEMENTS(parts) : 1;
    for (double power = pow(10, floor(log10(low))); power <= high * 1.01; power *= 10)
        for (size_t i = 0; i < n; i++) {
            char number[G_ASCII_DTOSTR_BUF_SIZE];
            if (power * parts[i] < low * 0.99 || power * parts[i] > high * 1.01)
                continue;
            g_ascii_formatd(number, sizeof number, "%.6g", power * parts[i]);
            g_autofree char *text = g_strconcat(number, suffix, NULL);
            add_tic(list, text, power * parts[i]);
        }
}

static void
append_range(GString *script, const char *which, const SimChartAxis *axis)
{
    double unit = sim_chart_unit(axis);
    if (isnan(axis->from) && isnan(axis->to))
        return;
    g_string_append_printf(script, "set %srange [", which);
    sim_text_number(script, axis->from * unit);
    g_string_append_c(script, ':');
    sim_text_number(script, axis->to * unit);
    g_string_append(script, "]\n");
}

void
sim_chart_axis(GString *script, const char *which, const SimChartAxis *axis, double low,
               double high)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    g_string_append_printf(script, "set %slabel ", which);
    sim_text_gnuplot(script, axis->label != NULL ? axis->label : "");
    glong letters = axis->label != NULL ? g_utf8_strlen(axis->label, -1) : 0;
    glong fit = strcmp(which, "x") == 0 ? LONG_X : LONG_Y;
    if (letters > fit)
        g_string_append_printf(script, " font ',%d'", letters <= fit * 7 / 6 ? 12 : 10);
    g_string_append_c(script, '\n');
    if (axis->log)
        g_string_append_printf(script, "set logscale %s\n", which);
    append_range(script, which, axis);
    if (axis->scale == SIM_SCALE_NONE) {
        g_string_append_printf(script, "unset %stics\n", which);
        return;
    }
    if (axis->scale == SIM_SCALE_SHARE)
        g_string_append_printf(script, "set format %s '%%g %%%%'\n", which);
    else
        g_string_append_printf(script, "set format %s '%%g'\n", which);
    bool known = isfinite(low) && isfinite(high) && (!axis->log || low > 0);
    if (axis->scale == SIM_SCALE_TIME && known)
        (axis->log ? list_log_times : list_times)(tics, low, high);
    else if (axis->log && known && high / low < 1e7)
        list_log_numbers(tics, low * sim_chart_unit(axis), high * sim_chart_unit(axis),
                         axis->scale == SIM_SCALE_SHARE ? " %%" : ""); /* a format, too */
    if (tics->len > 0)
        g_string_append_printf(script, "set %stics (%s)\n", which, tics->str);
}
