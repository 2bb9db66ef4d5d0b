/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plots over simulated time. The values are the exact means over a bin; the data has two rows for
 * each bin, at its start and at its end, so that lines through them are steps. */
#include "sim/report/plots.h"

#include "sim/report/palette.h"
#include "sim/report/text.h"

#include <math.h>

#define MOST_EVENTS 8

/* More times, with their unit, do not fit side by side. */
#define MOST_TICS 10

/* Steps of the ticks for each unit, smallest first; 0 ends. */
typedef struct {
    RollTime length;
    RollTime upto; /* for runs no longer than this */
    const char *name;
    double steps[10];
} Unit;

static const Unit units[] = {
    {ROLL_SECOND, 2 * ROLL_MINUTE, "s", {1, 2, 5, 10, 20}},
    {ROLL_MINUTE, 2 * ROLL_HOUR, "min", {1, 2, 5, 10, 20}},
    {ROLL_HOUR, 3 * ROLL_DAY, "h", {1, 2, 3, 6, 12}},
    {ROLL_DAY, ROLL_NEVER, "d", {1, 2, 7, 14, 28, 91, 182, 365, 3650}},
};

static bool
is_timeless(const SimResult *result)
{
    return result->n_bins == 0 || result->bins[result->n_bins - 1].end <= result->bins[0].start;
}

static const Unit *
unit_of(const SimResult *result)
{
    RollTime length = result->bins[result->n_bins - 1].end;
    size_t i = 0;
    while (length > units[i].upto)
        i++;
    return &units[i];
}

/* The lines at which somebody cut the power. */
static void
append_events(GString *out, const SimResult *result, const Unit *unit, double start, double end)
{
    const SimScenario *scenario = result->scenario;
    for (size_t i = 0; i < MIN(scenario->n_cuts, MOST_EVENTS); i++) {
        double at = (double)scenario->cuts[i].at / (double)unit->length;
        if (at < start || at > end)
            continue;
        g_string_append(out, "set arrow from ");
        sim_text_number(out, at);
        g_string_append(out, ", graph 0 to ");
        sim_text_number(out, at);
        g_string_append(
            out,
            ", graph 1 nohead front linewidth 1 dashtype 3 linecolor rgb '" SIM_COLOUR_INK "'\n"
            "set label ");
        sim_text_gnuplot(out, scenario->cuts[i].name);
        g_string_append(out, " at ");
        sim_text_number(out, at);
        double along = (at - start) / (end - start);
        g_string_append_printf(out, ", graph 1.03 %s font ',12' front\n",
                               along > 0.9   ? "right"
                               : along < 0.1 ? "left"
                                             : "center");
    }
}

/* Returns the unit of the axis. */
static const Unit *
append_time_axis(SimDrawing *drawing, const SimResult *result)
{
    GString *out = drawing->settings;
    const Unit *unit = unit_of(result);
    double start = (double)result->bins[0].start / (double)unit->length;
    double end = (double)result->bins[result->n_bins - 1].end / (double)unit->length;
    g_string_append(out, "set xrange [");
    sim_text_number(out, start);
    g_string_append_c(out, ':');
    sim_text_number(out, end);
    g_string_append_printf(out, "]\nset xlabel 'simulated time'\nset format x '%%g %s'\n",
                           unit->name);
    for (size_t i = 0; unit->steps[i] > 0; i++) {
        if ((end - start) / unit->steps[i] > MOST_TICS)
            continue;
        if ((end - start) / unit->steps[i] >= 2) {
            g_string_append(out, "set xtics ");
            sim_text_number(out, unit->steps[i]);
            g_string_append_c(out, '\n');
        }
        break;
    }
    append_events(out, result, unit, start, end);
    return unit;
}

/* What to write for a bin: the values of a row. */
typedef double (*Cell)(const int64_t *tallies, size_t column);

static void
append_row(GString *out, RollTime time, const int64_t *tallies, Cell cell, size_t n)
{
    sim_text_number(out, (double)time / ROLL_SECOND);
    for (size_t i = 0; i < n; i++) {
        double value = cell(tallies, i);
        g_string_append_c(out, ' ');
        sim_text_number(out, isnan(value) ? 0 : value);
    }
    g_string_append_c(out, '\n');
}

static void
append_rows(GString *out, const SimResult *result, Cell cell, size_t n)
{
    for (size_t i = 0; i < result->n_bins; i++) {
        const SimBin *bin = &result->bins[i];
        append_row(out, bin->start, bin->tallies[0], cell, n);
        append_row(out, bin->end, bin->tallies[0], cell, n);
    }
}

/* One curve: the sum of the columns @from to @to of the data, against time. */
static void
append_curve(SimDrawing *drawing, const Unit *unit, size_t from, size_t to, const char *style)
{
    GString *out = drawing->curves;
    if (out->len > 0)
        g_string_append(out, ", \\\n  ");
    g_string_append_printf(out, "'%s.dat' using ($1/%d):(", drawing->name,
                           (int)(unit->length / ROLL_SECOND));
    for (size_t i = from; i <= to; i++)
        g_string_append_printf(out, "%s$%zu", i > from ? "+" : "", i + 2);
    g_string_append_printf(out, ") %s", style);
}

/* Bottom to top. Neighbours differ in grey, not only in colour. */
static const struct {
    SimTally tally;
    const char *name;
    const char *colour;
} layers[] = {
    {SIM_TALLY_STALE, "stale (off, listed)", SIM_COLOUR_STALE},
    {SIM_TALLY_MISSING, "missing (on, not listed)", SIM_COLOUR_MISSING},
    {SIM_TALLY_WRONG_ADDRESS, "wrong address (on)", SIM_COLOUR_WRONG},
    {SIM_TALLY_UNREACHABLE, "unreachable (on, cut off)", SIM_COLOUR_UNREACHABLE},
    {SIM_TALLY_ABSENT, "absent (off, not listed)", SIM_COLOUR_ABSENT},
    {SIM_TALLY_CORRECT, "correct (on, listed)", SIM_COLOUR_CORRECT},
};
#define N_LAYERS G_N_ELEMENTS(layers)

static double
layer_cell(const int64_t *tallies, size_t column)
{
    double all = 0;
    for (size_t i = 0; i < N_LAYERS; i++)
        all += (double)tallies[layers[i].tally];
    return 100 * (double)tallies[layers[column].tally] / all;
}

/* A state that no phone was in needs no place in the legend. */
static bool
is_ever(const SimResult *result, size_t layer)
{
    for (size_t i = 0; i < result->n_bins; i++)
        if (result->bins[i].tallies[0][layers[layer].tally] > 0)
            return true;
    return false;
}

/* Top of the axis in %: a round number above all that is not correct, so that errors of a percent
 * can be seen too. */
static double
accuracy_top(const SimResult *result)
{
    static const double tops[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 40, 50};
    double most = 0;
    for (size_t i = 0; i < result->n_bins; i++)
        most = fmax(most, 100 - layer_cell(result->bins[i].tallies[0], N_LAYERS - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(tops); i++)
        if (most * 1.1 <= tops[i])
            return tops[i];
    return 100;
}

void
sim_draw_accuracy(SimDrawing *drawing, const SimResult *result)
{
    if (is_timeless(result)) {
        drawing->empty = "no time was simulated";
        return;
    }
    g_string_append(drawing->data,
                    "# time_s stale_% missing_% wrong-address_% unreachable_% absent_% "
                    "correct_%\n");
    append_rows(drawing->data, result, layer_cell, N_LAYERS);
    const Unit *unit = append_time_axis(drawing, result);
    double top = accuracy_top(result);
    g_string_append(drawing->settings,
                    "set ylabel 'share of phones'\nset format y '%g %%'\nset yrange [0:");
    sim_text_number(drawing->settings, top);
    g_string_append(drawing->settings, "]\nset grid front\n");
    for (size_t i = N_LAYERS; i-- > 0;) {
        if (!is_ever(result, i))
            continue;
        g_autofree char *style = g_strdup_printf(
            "with filledcurves y=0 fillstyle solid 1 border linecolor rgb '" SIM_COLOUR_FRAME "' "
            "linewidth 0.6 fillcolor rgb '%s' title '%s'",
            layers[i].colour, layers[i].name);
        append_curve(drawing, unit, 0, i, style);
    }
}

static double
record_cell(const int64_t *tallies, size_t column)
{
    SimTally tally = column == 0 ? SIM_TALLY_DEAD_BINDINGS : SIM_TALLY_STALE;
    return (double)tallies[tally] / (double)tallies[SIM_TALLY_SPAN];
}

void
sim_draw_stale_records(SimDrawing *drawing, const SimResult *result)
{
    bool any = false;
    for (size_t i = 0; i < result->n_bins; i++)
        any = any || result->bins[i].tallies[0][SIM_TALLY_DEAD_BINDINGS] > 0 ||
              result->bins[i].tallies[0][SIM_TALLY_STALE] > 0;
    if (!any || is_timeless(result)) {
        drawing->empty = "no record became stale";
        return;
    }
    g_string_append(drawing->data, "# time_s dead_records stale_phones\n");
    append_rows(drawing->data, result, record_cell, 2);
    const Unit *unit = append_time_axis(drawing, result);
    g_string_append(drawing->settings,
                    "set ylabel 'records, phones (mean of a bin)'\nset yrange [0:*]\n");
    append_curve(drawing, unit, 0, 0,
                 "with filledcurves y=0 fillstyle solid 1 border linecolor rgb '" SIM_COLOUR_GREY
                 "' "
                 "linewidth 0.8 fillcolor rgb '" SIM_COLOUR_SHADE "' title 'dead records'");
    append_curve(drawing, unit, 1, 1,
                 "with lines linewidth 2 linecolor rgb '" SIM_COLOUR_STALE
                 "' title 'stale phones'");
}

static const struct {
    SimMetric metric;
    const char *name;
    const char *look;
} kinds[] = {
    {SIM_METRIC_REFRESH_RATE, "refresh", "dashtype 1 linecolor rgb '" SIM_COLOUR_BLUE "'"},
    {SIM_METRIC_INITIAL_RATE, "initial",
     "dashtype (16,6) linecolor rgb '" SIM_COLOUR_VERMILION "'"},
    {SIM_METRIC_MOVE_RATE, "move", "dashtype (4,4) linecolor rgb '" SIM_COLOUR_GREEN "'"},
    {SIM_METRIC_UNREGISTER_RATE, "unregister",
     "dashtype (18,6,4,6) linecolor rgb '" SIM_COLOUR_PURPLE "'"},
    {SIM_METRIC_CHALLENGED_RATE, "challenged", "dashtype (9,8) linecolor rgb '" SIM_COLOUR_SKY "'"},
    {SIM_METRIC_RETRY_RATE, "retry", "dashtype (3,10) linecolor rgb '" SIM_COLOUR_ORANGE "'"},
    {SIM_METRIC_RETRANSMISSION_RATE, "retransmission",
     "dashtype (18,5,4,5,4,5) linecolor rgb '" SIM_COLOUR_BROWN "'"},
};
#define N_KINDS G_N_ELEMENTS(kinds)

static double
kind_cell(const int64_t *tallies, size_t column)
{
    return sim_metric_value(kinds[column].metric, tallies);
}

static bool
occurred(const SimResult *result, size_t kind)
{
    for (size_t i = 0; i < result->n_bins; i++)
        if (kind_cell(result->bins[i].tallies[0], kind) > 0)
            return true;
    return false;
}

void
sim_draw_register_rate(SimDrawing *drawing, const SimResult *result)
{
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++)
        n += occurred(result, i);
    if (n == 0 || is_timeless(result)) {
        drawing->empty = "no REGISTER was sent";
        return;
    }
    g_string_append(drawing->data, "# time_s");
    for (size_t i = 0; i < N_KINDS; i++)
        g_string_append_printf(drawing->data, " %s", kinds[i].name);
    g_string_append(drawing->data, " (all in REGISTER/s)\n");
    append_rows(drawing->data, result, kind_cell, N_KINDS);
    const Unit *unit = append_time_axis(drawing, result);
    g_string_append(drawing->settings,
                    "set ylabel 'REGISTER requests per second'\nset yrange [0:*]\n");
    append_curve(drawing, unit, 0, N_KINDS - 1,
                 "with lines linewidth 2.2 linecolor rgb '" SIM_COLOUR_INK "' title 'all'");
    for (size_t i = 0; i < N_KINDS; i++) {
        if (!occurred(result, i))
            continue;
        g_autofree char *style =
            g_strdup_printf("with lines linewidth 1.8 %s title '%s'", kinds[i].look, kinds[i].name);
        append_curve(drawing, unit, i, i, style);
    }
}

/* The columns of the storm; all of the run itself, and the first so many of each variant, which has
 * points on its lines. */
static const struct {
    SimMetric metric;
    const char *name;
    const char *dash;
} floods[] = {
    {SIM_METRIC_OFFERED_RATE, "requests/s", "1 linecolor rgb '" SIM_COLOUR_INK "'"},
    {SIM_METRIC_REGISTRATION_RATE, "registered/s", "(16,4) linecolor rgb '" SIM_COLOUR_BLUE "'"},
    {SIM_METRIC_QUEUE_LENGTH, "waiting", "(6,3) linecolor rgb '" SIM_COLOUR_VERMILION "'"},
    {SIM_METRIC_RETRANSMISSION_RATE, "sent again/s", "(2,3) linecolor rgb '" SIM_COLOUR_PURPLE "'"},
};
#define N_FLOODS G_N_ELEMENTS(floods)
#define N_FLOODS_VARIED 3
#define MOST_VARIANTS 2

/* Bottom of the axis: what is less, and nothing, is drawn there. */
#define FLOOD_FLOOR 0.1

static double
flood_cell(const int64_t *tallies, size_t column)
{
    return fmax(sim_metric_value(floods[column].metric, tallies), FLOOD_FLOOR);
}

static void
append_flood(SimDrawing *drawing, const Unit *unit, const SimResult *result, size_t block)
{
    const char *variant = result->scenario->variant;
    for (size_t i = 0; i < (block == 0 ? N_FLOODS : N_FLOODS_VARIED); i++) {
        g_autofree char *title =
            block == 0 ? g_strdup(floods[i].name)
                       : g_strdup_printf("%s, %s", floods[i].name, variant ? variant : "variant");
        g_string_append_printf(drawing->curves,
                               "%s'%s.dat' index %zu using ($1/%d):%zu with linespoints pointtype "
                               "%s pointinterval %zu pointsize 0.7 linewidth %s dashtype %s title ",
                               drawing->curves->len > 0 ? ", \\\n  " : "", drawing->name, block,
                               (int)(unit->length / ROLL_SECOND), i + 2,
                               block == 0   ? "0"
                               : block == 1 ? "6"
                                            : "4",
                               MAX(result->n_bins / 12, 1), block == 0 ? "2.2" : "1.5",
                               floods[i].dash);
        sim_text_gnuplot(drawing->curves, title);
    }
}

void
sim_draw_storm(SimDrawing *drawing, const SimResult *result)
{
    if (is_timeless(result)) {
        drawing->empty = "no time was simulated";
        return;
    }
    size_t variants = MIN(result->n_variants, MOST_VARIANTS);
    const Unit *unit = append_time_axis(drawing, result);
    g_string_append(
        drawing->settings,
        "set ylabel 'requests per second; requests waiting'\nset logscale y\nset yrange [");
    sim_text_number(drawing->settings, FLOOD_FLOOR);
    g_string_append(drawing->settings, ":*]\nset format y '%g'\n");
    for (size_t block = 0; block <= variants; block++) {
        const SimResult *one = block == 0 ? result : result->variants[block - 1];
        g_string_append_printf(drawing->data, "%s# time_s", block > 0 ? "\n\n" : "");
        for (size_t i = 0; i < N_FLOODS; i++)
            g_string_append_printf(drawing->data, " %s", sim_metric_info(floods[i].metric)->name);
        g_string_append_c(drawing->data, '\n');
        append_rows(drawing->data, one, flood_cell, N_FLOODS);
        append_flood(drawing, unit, one, block);
    }
}
