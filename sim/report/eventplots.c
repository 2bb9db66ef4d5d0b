/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two plots that show what a formula says beside what was simulated: the table after a cut of
 * power, and how phones that came together come apart. The series is what they are drawn from. */
#include "sim/experiment/oracles/closed-forms.h"
#include "sim/report/palette.h"
#include "sim/report/plots.h"
#include "sim/report/text.h"

#include <math.h>

/* Rounds that are drawn. */
#define MOST_ROUNDS 20

/* The first event that cuts power, or %NULL. */
static const SimCut *
first_cut(const SimScenario *scenario)
{
    const SimCut *first = NULL;
    for (size_t i = 0; i < scenario->n_cuts; i++) {
        const SimCut *cut = &scenario->cuts[i];
        bool power = !cut->link && cut->fault == SIM_FAULT_NONE;
        if (power && (first == NULL || cut->at < first->at))
            first = cut;
    }
    return first;
}

bool
sim_has_blackout(const SimResult *result)
{
    const SimCut *cut = first_cut(result->scenario);
    return cut != NULL && result->n_bins > 0 && cut->at >= result->bins[0].start &&
           cut->at < result->bins[result->n_bins - 1].end;
}

/* E and R in seconds, if all phones that were cut have one expiry and refresh at one point of it.
 */
static bool
common_refresh(const SimScenario *scenario, unsigned network, double *expiry, double *refresh)
{
    *expiry = *refresh = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (group->places[0].network != network)
            continue;
        const SimPoint *from = &group->refresh.from;
        const SimPoint *to = &group->refresh.to;
        double own = from->fraction * group->expires + (double)from->offset / (double)ROLL_SECOND;
        bool fixed = from->fraction == to->fraction && from->offset == to->offset;
        bool same = *expiry == 0 || (*expiry == group->expires && *refresh == own);
        if (!fixed || !same || !group->registers || group->n_places != 1 || group->leaves > 0)
            return false;
        *expiry = group->expires;
        *refresh = own;
    }
    return *expiry > 0;
}

static double
mean_level(const SimBin *bin, SimTally tally)
{
    return (double)bin->tallies[0][tally] / (double)(bin->end - bin->start);
}

/* Mean records of the bin that ends where the cut is, times the share of them that was cut. */
static double
records_cut(const SimResult *result, const SimCut *cut)
{
    double before = 0;
    unsigned users = 0;
    for (size_t g = 0; g < result->scenario->n_groups; g++)
        if (result->scenario->groups[g].places[0].network == cut->network)
            users += result->scenario->groups[g].count;
    for (size_t i = 0; i < result->n_bins && result->bins[i].end <= cut->at; i++)
        before = mean_level(&result->bins[i], SIM_TALLY_BINDINGS);
    return before * cut->share * users / result->scenario->n_phones;
}

/* Minutes since the cut, three layers, and the line; two rows a bin, so that they are steps. */
static void
append_blackout_rows(GString *data, const SimResult *result, const SimCut *cut, double cut_records,
                     double expiry, double refresh)
{
    for (size_t i = 0; i < 2 * result->n_bins; i++) {
        const SimBin *bin = &result->bins[i / 2];
        double since = (double)((i % 2 ? bin->end : bin->start) - cut->at) / ROLL_SECOND;
        double all = mean_level(bin, SIM_TALLY_BINDINGS);
        double dead = mean_level(bin, SIM_TALLY_DEAD_BINDINGS);
        double stale = fmin(mean_level(bin, SIM_TALLY_STALE), dead);
        double left = cut_records * CLAMP((expiry - since) / refresh, 0, 1);
        const double row[] = {since / 60, stale, dead, all, since < 0 ? NAN : left};
        for (size_t k = 0; k < G_N_ELEMENTS(row); k++) {
            g_string_append(data, k > 0 ? " " : "");
            if (isnan(row[k]))
                g_string_append(data, "NaN");
            else
                sim_text_number(data, row[k]);
        }
        g_string_append_c(data, '\n');
    }
}

void
sim_draw_blackout(SimDrawing *drawing, const SimResult *result)
{
    static const struct {
        int top;
        const char *colour;
        const char *title;
    } layers[] = {
        {4, SIM_COLOUR_ABSENT, "lead to their phone"},
        {3, SIM_COLOUR_WRONG, "lead elsewhere, phone on"},
        {2, SIM_COLOUR_STALE, "phone off (stale)"},
    };
    const SimCut *cut = first_cut(result->scenario);
    double expiry;
    double refresh;
    bool known = common_refresh(result->scenario, cut->network, &expiry, &refresh);
    g_string_append(drawing->data, "# minutes_since_cut stale dead records formula\n");
    append_blackout_rows(drawing->data, result, cut, records_cut(result, cut), known ? expiry : NAN,
                         known ? refresh : NAN);
    g_string_append(drawing->settings,
                    "set xlabel 'minutes since the cut'\nset ylabel 'records in the table'\n"
                    "set yrange [0:*]\nset grid front\nset datafile missing 'NaN'\n");
    g_string_append_printf(drawing->settings, "set xrange [%.0f:%.0f]\n",
                           (double)(result->bins[0].start - cut->at) / ROLL_MINUTE,
                           (double)(result->bins[result->n_bins - 1].end - cut->at) / ROLL_MINUTE);
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        g_string_append_printf(drawing->curves,
                               "%s'%s.dat' using 1:%d with filledcurves y=0 fillstyle solid 1 "
                               "border linecolor rgb '#303030' linewidth 0.6 fillcolor rgb '%s' "
                               "title '%s'",
                               i > 0 ? ", \\\n  " : "", drawing->name, layers[i].top,
                               layers[i].colour, layers[i].title);
    if (known)
        g_string_append_printf(drawing->curves,
                               ", \\\n  '%s.dat' using 1:5 with lines linewidth 2 dashtype 2 "
                               "linecolor rgb '#202020' title 'of those cut, if none is back: "
                               "(E - t)/R'",
                               drawing->name);
}

/* Mean and width of the refresh intervals in seconds, if all phones have one law of them. */
static bool
common_law(const SimScenario *scenario, double *mean, double *width)
{
    *mean = *width = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        const SimRefresh *refresh = &group->refresh;
        double from = refresh->from.fraction * group->expires +
                      (double)refresh->from.offset / (double)ROLL_SECOND;
        double to = refresh->to.fraction * group->expires +
                    (double)refresh->to.offset / (double)ROLL_SECOND;
        bool same = *mean == 0 || (*mean == (from + to) / 2 && *width == to - from);
        if (!same || !group->registers || refresh->short_up_to > 0)
            return false;
        *mean = (from + to) / 2;
        *width = to - from;
    }
    return *mean > 0;
}

bool
sim_has_rounds(const SimResult *result)
{
    double mean;
    double width;
    if (result->scenario->start == SIM_START_STATIONARY || result->n_bins < 2 ||
        !common_law(result->scenario, &mean, &width))
        return false;
    double bin = (double)(result->bins[0].end - result->bins[0].start) / ROLL_SECOND;
    double seen = (double)result->bins[result->n_bins - 1].end / ROLL_SECOND;
    return bin <= mean / 10 && seen >= 3 * mean;
}

static double
arrivals(const SimBin *bin)
{
    static const SimTally kinds[] = {SIM_TALLY_INITIAL, SIM_TALLY_REFRESH};
    double sum = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        sum += (double)bin->tallies[0][kinds[i]];
    return sum;
}

/* Amplitude of the harmonic at 1/@mean of the arrivals within half an interval of @round intervals;
 * that a bin smears it is taken out. NaN if the series ends before. */
static double
harmonic(const SimResult *result, double mean, unsigned round)
{
    double over_cos = 0;
    double over_sin = 0;
    double under = 0;
    double reach = 0;
    for (size_t i = 0; i < result->n_bins; i++) {
        const SimBin *bin = &result->bins[i];
        double at = (double)(bin->start + bin->end) / 2 / ROLL_SECOND;
        if (fabs(at - round * mean) > mean / 2)
            continue;
        double n = arrivals(bin);
        over_cos += n * cos(2 * M_PI * at / mean);
        over_sin += n * sin(2 * M_PI * at / mean);
        under += n;
        reach = (double)bin->end / ROLL_SECOND;
    }
    double part = M_PI * (double)(result->bins[0].end - result->bins[0].start) / ROLL_SECOND / mean;
    if (under == 0 || reach < (round + 0.5) * mean * 0.99)
        return NAN;
    return hypot(over_cos, over_sin) / under * part / sin(part);
}

void
sim_draw_rounds(SimDrawing *drawing, const SimResult *result)
{
    double mean = 0;
    double width = 0;
    common_law(result->scenario, &mean, &width);
    g_string_append(drawing->data, "# round simulated formula\n");
    for (unsigned k = 1; k <= MOST_ROUNDS; k++) {
        double seen = harmonic(result, mean, k);
        if (isnan(seen))
            break;
        g_string_append_printf(drawing->data, "%u ", k);
        sim_text_number(drawing->data, seen);
        g_string_append_c(drawing->data, ' ');
        sim_text_number(drawing->data, sim_exact_harmonic(width / mean, k));
        g_string_append_c(drawing->data, '\n');
    }
    g_string_append(drawing->settings,
                    "set xlabel 'refresh round'\nset ylabel 'amplitude of the harmonic at 1/r'\n"
                    "set yrange [0:1.05]\nset xtics 1\n");
    g_string_append_printf(drawing->curves,
                           "'%s.dat' using 1:2 with linespoints pointtype 7 linewidth 1.8 "
                           "linecolor rgb '" SIM_COLOUR_BLUE "' title 'simulated', \\\n"
                           "  '%s.dat' using 1:3 with lines linewidth 1.8 dashtype 2 linecolor rgb "
                           "'#202020' title 'closed form'",
                           drawing->name, drawing->name);
}
