/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plots of distributions as complementary cumulative shares: how much lies beyond x. They show the
 * rare and the long, which means hide. The data has one block for each population. */
#include "sim/report/palette.h"
#include "sim/report/plots.h"
#include "sim/report/text.h"

#include <math.h>

/* Populations drawn: all phones, and so many groups. */
#define MOST_CURVES 61

/* Of the @i-th of @n: all phones are the thick line, groups are series. */
static char *
look_of(size_t i, size_t n)
{
    if (i == 0)
        return g_strdup("linewidth 3 dashtype 1 linecolor rgb '" SIM_COLOUR_INK "'");
    SimLook look = sim_palette_look(i - 1, n - 1);
    return g_strdup_printf("linewidth 1.8 dashtype %s linecolor rgb '%s'", look.dash, look.colour);
}

/* The only group is all phones once more. */
static size_t
count_columns(const SimResult *result)
{
    return result->n_columns == 2 ? 1 : MIN(result->n_columns, MOST_CURVES);
}

/* The edges of a duration axis, and whether a tick is worth it on an axis of many decades. */
static const struct {
    double at;
    const char *name;
    bool coarse;
} ticks[] = {
    {1e-6, "1 µs", true},      {1e-5, "10 µs", true},
    {1e-4, "100 µs", true},    {1e-3, "1 ms", true},
    {2e-3, "2 ms", false},     {5e-3, "5 ms", false},
    {0.01, "10 ms", true},     {0.02, "20 ms", false},
    {0.05, "50 ms", false},    {0.1, "100 ms", true},
    {0.2, "200 ms", false},    {0.5, "500 ms", false},
    {1, "1 s", true},          {2, "2 s", false},
    {5, "5 s", false},         {10, "10 s", true},
    {30, "30 s", false},       {60, "1 min", true},
    {120, "2 min", false},     {300, "5 min", false},
    {600, "10 min", true},     {1800, "30 min", false},
    {3600, "1 h", true},       {7200, "2 h", false},
    {14400, "4 h", false},     {28800, "8 h", true},
    {86400, "1 d", true},      {172800, "2 d", false},
    {345600, "4 d", false},    {604800, "7 d", true},
    {2592000, "30 d", true},   {31536000, "1 y", true},
    {315360000, "10 y", true}, {3153600000, "100 y", true},
};
/* More do not fit side by side. */
#define MOST_TICKS 11
#define N_TICKS G_N_ELEMENTS(ticks)

/* The lowest bottom of an axis in %: one in a million. */
#define LEAST_FLOOR 1e-4

/* A power of ten at or below @least, as the bottom of an axis. */
static double
floor_of(double least)
{
    double floor = 10;
    while (floor > least && floor > 2 * LEAST_FLOOR)
        floor /= 10;
    return floor;
}

/* Shares of 0 are drawn at the bottom of the axis, so that a curve that ends comes down. */
static void
append_curve(SimDrawing *drawing, size_t index, double floor, const char *name, const char *style)
{
    GString *out = drawing->curves;
    if (out->len > 0)
        g_string_append(out, ", \\\n  ");
    g_string_append_printf(out, "'%s.dat' index %zu using 1:($2 > ", drawing->name, index);
    sim_text_number(out, floor);
    g_string_append(out, " ? $2 : ");
    sim_text_number(out, floor);
    g_string_append_printf(out, ") with %s title ", style);
    sim_text_gnuplot(out, name);
}

static void
append_block(GString *out, const char *name, const char *columns)
{
    g_autofree char *line = g_strdelimit(g_strdup(name), "\r\n", ' ');
    g_string_append_printf(out, "\n\n# %s: %s\n", line, columns);
}

static void
append_point(GString *out, double x, double y)
{
    sim_text_number(out, x);
    g_string_append_c(out, ' ');
    sim_text_number(out, y);
    g_string_append_c(out, '\n');
}

static void
append_log_share(GString *out, const char *label, double floor)
{
    g_string_append_printf(out,
                           "set ylabel '%s'\nset logscale y\nset format y '%%g %%%%'\n"
                           "set yrange [",
                           label);
    sim_text_number(out, floor);
    g_string_append(out, ":100]\n");
}

/* From where the first curve leaves the top to where the last one ends. */
typedef struct {
    double least; /* share above 0, % */
    double from;  /* s */
    double to;    /* s */
} Extent;

/* In %. Below this a curve has left the top. */
#define LEFT_TOP 98.0

/* Records for one phone. */

static int64_t
phone_time(const SimColumns *columns)
{
    int64_t total = 0;
    for (size_t i = 0; columns->contacts != NULL && i < SIM_MAX_CONTACTS; i++)
        total += columns->contacts[i];
    return total;
}

/* Ends with the first share that is below the bottom of any axis. */
static void
append_contacts(GString *out, const SimColumns *columns, Extent *extent)
{
    int64_t total = phone_time(columns);
    int64_t beyond = total;
    append_block(out, columns->name, "records share_of_time_with_at_least_so_many_%");
    for (size_t i = 0; i < SIM_MAX_CONTACTS; i++) {
        double share = 100 * (double)beyond / (double)total;
        append_point(out, (double)i, share);
        extent->to = fmax(extent->to, (double)i);
        if (share < LEAST_FLOOR)
            break;
        extent->least = fmin(extent->least, share);
        beyond -= columns->contacts[i];
    }
}

void
sim_draw_contacts(SimDrawing *drawing, const SimResult *result)
{
    size_t n = 0;
    const char *names[MOST_CURVES];
    Extent extent = {100, 0, 0};
    for (size_t i = 0; i < count_columns(result); i++) {
        if (phone_time(&result->columns[i]) == 0)
            continue;
        append_contacts(drawing->data, &result->columns[i], &extent);
        names[n++] = result->columns[i].name;
    }
    if (n == 0) {
        drawing->empty = "no time was simulated";
        return;
    }
    double floor = floor_of(extent.least);
    append_log_share(drawing->settings, "share of phone time", floor);
    g_string_append_printf(drawing->settings,
                           "set xlabel 'records, at least'\nset xrange [-0.2:%d.2]\nset xtics %d\n",
                           (int)extent.to, extent.to > 12 ? 5 : 1);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *look = look_of(i, n);
        g_autofree char *style =
            g_strdup_printf("linespoints pointtype %u pointsize 0.9 %s",
                            i == 0 ? 7 : sim_palette_look(i - 1, n - 1).point, look);
        append_curve(drawing, i, floor, names[i], style);
    }
}

/* Durations. */

static int64_t
bin_total(const SimHistogram *histogram, size_t bin)
{
    int64_t total = 0;
    for (size_t i = 0; i < SIM_HISTOGRAM_CAUSES; i++)
        total += histogram->counts[bin][i];
    return total;
}

/* The share beyond each edge, from the first bin that holds something to the last. */
static void
append_durations(GString *out, const char *name, const SimHistogram *histogram, Extent *extent)
{
    int64_t beyond = histogram->total;
    bool at_top = true;
    append_block(out, name, "duration_s share_that_lasted_longer_%");
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS && beyond > 0; i++) {
        double low = fmax((double)sim_histogram_edge(i), 1) / SIM_US;
        double high = fmax((double)sim_histogram_edge(i + 1), 1) / SIM_US;
        int64_t before = beyond;
        beyond -= bin_total(histogram, i);
        if (beyond == histogram->total)
            continue;
        double share = 100 * (double)beyond / (double)histogram->total;
        if (before == histogram->total)
            append_point(out, low, 100);
        append_point(out, high, share);
        if (at_top && share < LEFT_TOP) {
            extent->from = fmin(extent->from, low);
            at_top = false;
        }
        extent->to = fmax(extent->to, high);
        if (beyond > 0)
            extent->least = fmin(extent->least, share);
    }
}

static void
append_duration_axis(GString *out, const Extent *extent)
{
    size_t from = 0;
    size_t to = N_TICKS - 1;
    while (from + 1 < N_TICKS && ticks[from + 1].at <= extent->from)
        from++;
    while (to > from + 1 && ticks[to - 1].at >= extent->to)
        to--;
    bool coarse = to - from > MOST_TICKS;
    g_string_append(out, "set logscale x\nset xrange [");
    sim_text_number(out, ticks[from].at);
    g_string_append_c(out, ':');
    sim_text_number(out, ticks[to].at);
    g_string_append(out, "]\nset xtics (");
    const char *before = "";
    for (size_t i = from; i <= to; i++) {
        if (coarse && !ticks[i].coarse && i != to)
            continue;
        g_string_append_printf(out, "%s'%s' ", before, ticks[i].name);
        sim_text_number(out, ticks[i].at);
        before = ", ";
    }
    g_string_append(out, ")\n");
}

typedef SimHistogram *(*Pick)(const SimColumns *);

/* Blocks of data for up to MOST_CURVES populations that have any; returns how many. */
static size_t
append_populations(SimDrawing *drawing, const SimResult *result, Pick pick, const char **names,
                   Extent *extent)
{
    size_t n = 0;
    for (size_t i = 0; i < count_columns(result); i++) {
        const SimHistogram *histogram = pick(&result->columns[i]);
        if (histogram == NULL || histogram->total == 0)
            continue;
        append_durations(drawing->data, result->columns[i].name, histogram, extent);
        names[n++] = result->columns[i].name;
    }
    return n;
}

static SimHistogram *
pick_stale_life(const SimColumns *columns)
{
    return columns->stale_life;
}

void
sim_draw_stale_life(SimDrawing *drawing, const SimResult *result)
{
    const char *names[MOST_CURVES];
    Extent extent = {100, INFINITY, 0};
    size_t n = append_populations(drawing, result, pick_stale_life, names, &extent);
    if (n == 0) {
        drawing->empty = "no record became stale";
        return;
    }
    g_string_append(drawing->settings, "set ylabel 'share of stale records'\nset format y '%g %%'\n"
                                       "set yrange [0:100]\n"
                                       "set xlabel 'stale for longer than'\n");
    append_duration_axis(drawing->settings, &extent);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *look = look_of(i, n);
        g_autofree char *style = g_strconcat("lines ", look, NULL);
        append_curve(drawing, i, 0, names[i], style);
    }
}

static SimHistogram *
pick_delay(const SimColumns *columns)
{
    return columns->delay;
}

void
sim_draw_delay(SimDrawing *drawing, const SimResult *result)
{
    const char *names[MOST_CURVES];
    Extent extent = {100, INFINITY, 0};
    size_t n = append_populations(drawing, result, pick_delay, names, &extent);
    if (n == 0) {
        drawing->empty = "no registration was answered";
        return;
    }
    double floor = floor_of(extent.least);
    append_log_share(drawing->settings, "share of registrations", floor);
    g_string_append(drawing->settings, "set xlabel 'took longer than'\n");
    append_duration_axis(drawing->settings, &extent);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *look = look_of(i, n);
        g_autofree char *style = g_strconcat("lines ", look, NULL);
        append_curve(drawing, i, floor, names[i], style);
    }
}
