/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two plots that show what a formula says beside what was simulated: the table after a cut of
 * power, and how phones that came together come apart. The series is what they are drawn from. */
#include "sim/experiment/oracles/closed-forms.h"
#include "sim/report/chart-axis.h"
#include "sim/report/palette.h"
#include "sim/report/plots.h"
#include "sim/report/text.h"

#include <complex.h>
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

/* The registrar grants what is asked for, and nothing but its expiry ends a record. */
static bool
is_plain(const SimScenario *scenario)
{
    const SimRegistrarSpec *registrar = &scenario->registrar;
    return registrar->jitter_percent == 0 && registrar->jitter_seconds == 0 &&
           registrar->grant_loss == 0 && registrar->late_margin == 0 &&
           registrar->max_records == 0 && registrar->qualify == 0 && !scenario->remove_failed;
}

/* Its devices stay on in one place, and register again only by their refresh law. */
static bool
is_steady(const SimScenario *scenario, const SimGroup *group)
{
    const SimNetworkSpec *network = &scenario->networks[group->places[0].network];
    const SimRegistrarSpec *registrar = &scenario->registrar;
    bool stays = group->n_places == 1 && group->n_rows == 0 &&
                 group->power.kind == SIM_POWER_ALWAYS && !network->outages.any &&
                 (network->addressing == SIM_ADDRESS_FIXED ||
                  network->addressing == SIM_ADDRESS_KEEPS_WHILE_ON);
    bool granted = group->expires >= registrar->min_expires &&
                   (registrar->max_expires == 0 || group->expires <= registrar->max_expires);
    bool by_law = group->expires > group->refresh.short_up_to && !group->push.on &&
                  (!group->refresh_after_call || scenario->call_rate == 0);
    return group->registers && group->wrong_password == 0 && group->lines == NULL && stays &&
           granted && by_law;
}

/* Seconds from a 200 to the next REGISTER. */
static double
seconds_at(const SimGroup *group, const SimPoint *point)
{
    return point->fraction * group->expires + (double)point->offset / ROLL_SECOND;
}

static bool
comes_to(const SimGroup *group, unsigned network)
{
    for (size_t i = 0; i < group->n_places; i++)
        if (group->places[i].network == network)
            return true;
    return false;
}

/* What is known of the phones that are cut: @expiry, @refresh in seconds, and @cut of them. */
typedef struct {
    double expiry;
    double refresh;
    double cut;
} Decay;

/* %FALSE unless all of them have one expiry and refresh at one point of it, in no step. */
static bool
find_decay(const SimScenario *scenario, const SimCut *cut, Decay *decay)
{
    *decay = (Decay){0};
    if (scenario->start != SIM_START_STATIONARY || !is_plain(scenario))
        return false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (!comes_to(group, cut->network))
            continue;
        double from = seconds_at(group, &group->refresh.from);
        bool fixed = from == seconds_at(group, &group->refresh.to);
        bool same = decay->cut == 0 || (decay->expiry == group->expires && decay->refresh == from);
        if (!fixed || !same || group->ups > 0 || !is_steady(scenario, group))
            return false;
        decay->expiry = group->expires;
        decay->refresh = from;
        decay->cut += group->count * cut->share;
    }
    return decay->cut > 0 && decay->refresh > 0 && decay->refresh <= decay->expiry;
}

static double
seconds_between(RollTime from, RollTime to)
{
    return (double)(to - from) / ROLL_SECOND;
}

static void
append_row(GString *data, const double *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_string_append(data, i > 0 ? " " : "");
        sim_text_number(data, row[i]);
    }
    g_string_append_c(data, '\n');
}

static double
mean_level(const SimBin *bin, SimTally tally)
{
    return (double)bin->tallies[0][tally] / (double)(bin->end - bin->start);
}

/* Seconds since the cut and three layers; two rows a bin, so that they are steps. A phone that is
 * off may have several records, but is one that is stale. */
static void
append_layers(GString *data, const SimResult *result, const SimCut *cut)
{
    for (size_t i = 0; i < 2 * result->n_bins; i++) {
        const SimBin *bin = &result->bins[i / 2];
        double dead = mean_level(bin, SIM_TALLY_DEAD_BINDINGS);
        const double row[] = {seconds_between(cut->at, i % 2 ? bin->end : bin->start),
                              fmin(mean_level(bin, SIM_TALLY_STALE), dead), dead,
                              mean_level(bin, SIM_TALLY_BINDINGS)};
        append_row(data, row, G_N_ELEMENTS(row));
    }
}

/* (E - t)/R is straight between these three points. */
static void
append_decay(SimDrawing *drawing, const Decay *decay)
{
    const double rows[][2] = {
        {0, decay->cut}, {decay->expiry - decay->refresh, decay->cut}, {decay->expiry, 0}};
    g_string_append(drawing->data, "\n\n# since_cut_s records_by_formula\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        append_row(drawing->data, rows[i], G_N_ELEMENTS(rows[i]));
    g_string_append_printf(
        drawing->curves,
        ", \\\n  '%s.dat' index 1 using 1:2 with lines linewidth 2 dashtype " SIM_DASH_EXACT " "
        "linecolor rgb '" SIM_COLOUR_INK "' title 'closed form (E - t)/R'",
        drawing->name);
}

void
sim_draw_blackout(SimDrawing *drawing, const SimResult *result)
{
    static const struct {
        int top;
        const char *colour;
        const char *title;
    } layers[] = {
        {4, SIM_COLOUR_CORRECT, "correct (on, listed)"},
        {3, SIM_COLOUR_WRONG, "wrong address (on)"},
        {2, SIM_COLOUR_STALE, "stale (off, listed)"},
    };
    const SimCut *cut = first_cut(result->scenario);
    double start = seconds_between(cut->at, result->bins[0].start);
    double end = seconds_between(cut->at, result->bins[result->n_bins - 1].end);
    SimChartAxis across = {"time since the cut", SIM_SCALE_TIME, false, start, end};
    sim_chart_axis(drawing->settings, "x", &across, start, end);
    g_string_append(drawing->settings, "set ylabel 'records in the table'\nset yrange [0:*]\n"
                                       "set offsets 0, 0, graph 0.05, 0\nset grid front\n");
    g_string_append(drawing->data, "# since_cut_s stale dead records\n");
    append_layers(drawing->data, result, cut);
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        g_string_append_printf(drawing->curves,
                               "%s'%s.dat' index 0 using 1:%d with filledcurves y=0 fillstyle "
                               "solid 1 border linecolor rgb '" SIM_COLOUR_FRAME
                               "' linewidth 0.6 fillcolor "
                               "rgb '%s' title '%s'",
                               i > 0 ? ", \\\n  " : "", drawing->name, layers[i].top,
                               layers[i].colour, layers[i].title);
    g_string_append_printf(drawing->curves,
                           ", \\\n  '%s.dat' index 0 using 1:4 with lines linewidth 0.8 linecolor "
                           "rgb '" SIM_COLOUR_QUIET "' notitle",
                           drawing->name);
    Decay decay;
    if (find_decay(result->scenario, cut, &decay))
        append_decay(drawing, &decay);
}

/* Mean and width of the refresh intervals in seconds, if all phones have one law of them and
 * nothing else makes them register. */
static bool
common_law(const SimScenario *scenario, double *mean, double *width)
{
    *mean = *width = 0;
    if (scenario->n_cuts > 0 || !is_plain(scenario))
        return false;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        double from = seconds_at(group, &group->refresh.from);
        double to = seconds_at(group, &group->refresh.to);
        bool same = *mean == 0 || (*mean == (from + to) / 2 && *width == to - from);
        if (!same || !is_steady(scenario, group))
            return false;
        *mean = (from + to) / 2;
        *width = to - from;
    }
    return *mean > 0;
}

/* Phones that are all off at first and stay as they are never come. */
bool
sim_has_rounds(const SimResult *result)
{
    double mean;
    double width;
    if (result->scenario->start != SIM_START_ALL_ON || result->n_bins < 2 ||
        result->bins[0].start > 0 || !common_law(result->scenario, &mean, &width))
        return false;
    double bin = seconds_between(result->bins[0].start, result->bins[0].end);
    double seen = seconds_between(0, result->bins[result->n_bins - 1].end);
    return bin <= mean / 10 && seen >= 3 * mean;
}

/* What the arrivals of a round have of a harmonic: @n arrivals, the sums of e^(2 pi i t/r) over
 * them (@first) and of its square (@second). */
typedef struct {
    double n;
    double complex first;
    double complex second;
} Harmonic;

/* All arrivals of one kind in [@from, @to) seconds; that bins smear them is taken out. */
static void
add_arrivals(Harmonic *self, const SimResult *result, SimTally kind, double mean, double from,
             double to)
{
    double half = M_PI * seconds_between(result->bins[0].start, result->bins[0].end) / mean;
    for (size_t i = 0; i < result->n_bins; i++) {
        const SimBin *bin = &result->bins[i];
        double at = (seconds_between(0, bin->start) + seconds_between(0, bin->end)) / 2;
        if (at < from || at >= to)
            continue;
        double complex turn = cexp(2 * M_PI * I * at / mean);
        double n = (double)bin->tallies[0][kind];
        self->n += n;
        self->first += n * turn * half / sin(half);
        self->second += n * turn * turn * 2 * half / sin(2 * half);
    }
}

/* Round 0 is the first registration; those after it stand at whole intervals from its middle. */
static Harmonic
harmonic_of(const SimResult *result, double mean, unsigned round, double middle)
{
    Harmonic self = {0};
    double from = middle + (round - 0.5) * mean;
    if (round == 0)
        add_arrivals(&self, result, SIM_TALLY_INITIAL, mean, 0, INFINITY);
    else
        add_arrivals(&self, result, SIM_TALLY_REFRESH, mean, from, from + mean);
    return self;
}

/* Half the width of the 95 % interval of the amplitude, from the spread along its own direction. */
static double
half_width(const Harmonic *self)
{
    double amplitude = cabs(self->first) / self->n;
    double complex back = conj(self->first) / cabs(self->first);
    double square = (1 + creal(self->second * back * back) / self->n) / 2;
    return 1.96 * sqrt(fmax(0, square - amplitude * amplitude) / self->n);
}

/* When the phones came, in seconds: the mean of their first registrations. */
static double
mean_start(const SimResult *result)
{
    double sum = 0;
    double n = 0;
    for (size_t i = 0; i < result->n_bins; i++) {
        const SimBin *bin = &result->bins[i];
        double came = (double)bin->tallies[0][SIM_TALLY_INITIAL];
        sum += came * (seconds_between(0, bin->start) + seconds_between(0, bin->end)) / 2;
        n += came;
    }
    return n > 0 ? sum / n : NAN;
}

/* Returns: how many rounds, with the first registrations */
static unsigned
append_rounds(GString *data, const SimResult *result, double mean, double width)
{
    double middle = mean_start(result);
    double end = seconds_between(0, result->bins[result->n_bins - 1].end);
    double first = NAN;
    unsigned k = 0;
    for (; k <= MOST_ROUNDS && middle + (k + 0.5) * mean <= end * 1.001; k++) {
        Harmonic seen = harmonic_of(result, mean, k, middle);
        if (seen.n == 0)
            break;
        double amplitude = cabs(seen.first) / seen.n;
        double half = half_width(&seen);
        first = k == 0 ? amplitude : first;
        const double row[] = {k, amplitude, amplitude - half, amplitude + half,
                              first * sim_exact_harmonic(width / mean, k)};
        append_row(data, row, G_N_ELEMENTS(row));
    }
    return k;
}

void
sim_draw_rounds(SimDrawing *drawing, const SimResult *result)
{
    double mean;
    double width;
    common_law(result->scenario, &mean, &width);
    g_string_append(drawing->data, "# round simulated low high formula\n");
    unsigned n = append_rounds(drawing->data, result, mean, width);
    if (n == 0) {
        drawing->empty = "no phone registered";
        return;
    }
    g_string_append_printf(drawing->settings,
                           "set xlabel 'refresh round k'\n"
                           "set ylabel 'amplitude of the harmonic at 1/r'\n"
                           "set xrange [-0.3:%u.3]\nset yrange [0:1.05]\nset xtics 0, 1\n",
                           n - 1);
    g_string_append_printf(
        drawing->curves,
        "'%s.dat' using 1:5 with lines linewidth 1.8 dashtype " SIM_DASH_EXACT
        " linecolor rgb '" SIM_COLOUR_INK "' "
        "title 'closed form', \\\n  "
        "'%s.dat' using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.6 linewidth 1.4 "
        "linecolor rgb '" SIM_COLOUR_BLUE "' title 'simulated'",
        drawing->name, drawing->name);
}
