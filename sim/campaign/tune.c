/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/tune.h"

#include "sim/campaign/fit.h"
#include <gsl/gsl_interp.h>
#include <math.h>
#include <stdlib.h>

/* A window reaches from the middle over this factor, to the two outermost points. */
#define REACH 2.0
/* Windows that are tried before the answer is called uncertain. */
#define ROUNDS 3
/* A minimum so near to the ends of its window, as a part of it in logarithms, is looked at again.
 */
#define MARGIN 0.15
#define FLAT 1.05

typedef struct {
    SimCampaign *campaign;
    const SimTuneOptions *options;
    const SimCampaignWatch *watch;
    GError **error;
    SimTuning *out;
    double low;
    double high;
} Tuning;

void
sim_tuning_free(SimTuning *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->tried);
    g_free(self);
}

static int
by_number(const void *a, const void *b)
{
    double x = ((const SimTuned *)a)->number;
    double y = ((const SimTuned *)b)->number;
    return (x > y) - (x < y);
}

static bool
was_tried(const Tuning *self, double number)
{
    for (guint i = 0; i < self->out->tried->len; i++)
        if (sim_tuned(self->out, i).number == number)
            return true;
    return false;
}

/* The value next to @number that the key can have becomes a point. */
static bool
add(Tuning *self, double number)
{
    const SimTuneOptions *options = self->options;
    SimTuned tuned = {0};
    GStrvBuilder *builder = g_strv_builder_new();
    g_autofree char *change =
        sim_range_change(options->range, CLAMP(number, self->low, self->high), &tuned.number);
    for (size_t i = 0; options->world != NULL && options->world[i] != NULL; i++)
        g_strv_builder_add(builder, options->world[i]);
    g_strv_builder_add(builder, change);
    g_auto(GStrv) changes = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    if (was_tried(self, tuned.number))
        return true;
    if (!sim_campaign_add(self->campaign, (const char *const *)changes, &tuned.point, self->error))
        return false;
    g_array_append_val(self->out->tried, tuned);
    g_array_sort(self->out->tried, by_number);
    return true;
}

/* @n values from @low to @high, equally far apart in logarithms. */
static bool
try_between(Tuning *self, double low, double high, int n)
{
    for (int i = 0; i < n; i++)
        if (!add(self, low * pow(high / low, (double)i / (n - 1))))
            return false;
    return sim_campaign_run(self->campaign, self->watch, self->error);
}

static SimSpread *
cost_of(const Tuning *self, guint i)
{
    return sim_quantity_spread(self->options->minimise, self->campaign,
                               sim_tuned(self->out, i).point);
}

static double
required_at(const Tuning *self, size_t k, guint i)
{
    g_autoptr(SimSpread) spread = sim_quantity_spread(self->options->required[k], self->campaign,
                                                      sim_tuned(self->out, i).point);
    return spread->value;
}

static bool
is_allowed(const Tuning *self, guint i)
{
    for (size_t k = 0; k < self->options->n_required; k++)
        if (!(required_at(self, k, i) <= 0))
            return false;
    return true;
}

/* The cheapest of those that were tried and, if @allowed, meet what is required; -1 if none does.
 */
static int
find_cheapest(const Tuning *self, bool allowed)
{
    int best = -1;
    double least = INFINITY;
    for (guint i = 0; i < self->out->tried->len; i++) {
        g_autoptr(SimSpread) cost = cost_of(self, i);
        if ((allowed && !is_allowed(self, i)) || !(cost->value < least))
            continue;
        best = (int)i;
        least = cost->value;
    }
    return best;
}

/* Figures of the points from @low to @high: of the cost, or of requirement @which. */
typedef struct {
    GArray *numbers;
    GPtrArray *spreads;
    SimFit *fit;
} Window;

static void
window_clear(Window *self)
{
    sim_fit_free(self->fit);
    g_array_unref(self->numbers);
    g_ptr_array_unref(self->spreads);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Window, window_clear)

static Window
look(const Tuning *self, const SimQuantity *quantity, double low, double high)
{
    Window window = {g_array_new(FALSE, FALSE, sizeof(double)),
                     g_ptr_array_new_with_free_func((GDestroyNotify)sim_spread_free), NULL};
    for (guint i = 0; i < self->out->tried->len; i++) {
        SimTuned tuned = sim_tuned(self->out, i);
        /* Rounding to whole seconds may put the outermost ones a little outside. */
        if (tuned.number < low * 0.99 || tuned.number > high * 1.01)
            continue;
        g_array_append_val(window.numbers, tuned.number);
        g_ptr_array_add(window.spreads, sim_quantity_spread(quantity, self->campaign, tuned.point));
    }
    window.fit = sim_fit_new((const double *)(void *)window.numbers->data,
                             (const SimSpread *const *)window.spreads->pdata, window.numbers->len);
    return window;
}

/* Sets the answer to where the fitted cost is least, or a requirement is just met. */
static void
answer(Tuning *self, SimTuneKind kind, const SimSpread *best, double low, double high)
{
    g_auto(Window) cost = look(self, self->options->minimise, low, high);
    self->out->kind = kind;
    self->out->best = sim_spread_estimate(best, 0.95);
    if (cost.fit == NULL)
        return;
    g_autoptr(SimSpread) value = sim_fit_value(cost.fit, best->value);
    self->out->cost = sim_spread_estimate(value, 0.95);
}

/* Without an interval: @i of those that were tried. */
static void
answer_tried(Tuning *self, SimTuneKind kind, guint i)
{
    g_autoptr(SimSpread) cost = cost_of(self, i);
    self->out->kind = kind;
    self->out->best = (SimEstimate){sim_tuned(self->out, i).number, NAN, NAN, NAN};
    self->out->cost = sim_spread_estimate(cost, 0.95);
}

/* A window around @middle within the range; it keeps its width at the ends. */
static void
place_window(const Tuning *self, double middle, double *low, double *high)
{
    *low = middle / REACH;
    *high = middle * REACH;
    if (*low < self->low) {
        *low = self->low;
        *high = fmin(self->high, *low * REACH * REACH);
    }
    if (*high > self->high) {
        *high = self->high;
        *low = fmax(self->low, *high / (REACH * REACH));
    }
}

static bool
is_inside(double x, double low, double high)
{
    double place = log(x / low) / log(high / low);
    return place > MARGIN && place < 1 - MARGIN;
}

/* Finer and finer around the place where @quantity is least, or passes 0. */
static SimSpread *
close_in(Tuning *self, const SimQuantity *quantity, bool root, double middle, double *low,
         double *high)
{
    SimSpread *found = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        place_window(self, middle, low, high);
        if (!try_between(self, *low, *high, SIM_TUNE_WINDOW))
            break;
        g_auto(Window) window = look(self, quantity, *low, *high);
        g_clear_pointer(&found, sim_spread_free);
        if (window.fit != NULL)
            found = root ? sim_fit_root(window.fit) : sim_fit_least(window.fit);
        if (found == NULL || is_inside(found->value, *low, *high))
            break;
        middle = found->value;
    }
    return found;
}

/* Of the values that were tried, all that are below @i, or above it, cost more by it and by all
 * between: the cost has its minimum at an end of the range. */
static bool
is_end(const Tuning *self, guint i)
{
    return i == 0 || i + 1 == self->out->tried->len;
}

static bool
stopped(const Tuning *self)
{
    for (unsigned i = 0; i < sim_campaign_n_points(self->campaign); i++)
        if (sim_campaign_runs(self->campaign, i) == 0)
            return true;
    return *self->error != NULL;
}

/* The cheapest value is the answer if it is allowed. */
static bool
minimise(Tuning *self)
{
    double low;
    double high;
    int best = find_cheapest(self, false);
    if (best < 0) {
        self->out->kind = SIM_TUNE_UNMET;
        return true;
    }
    g_autoptr(SimSpread) found = close_in(self, self->options->minimise, false,
                                          sim_tuned(self->out, (guint)best).number, &low, &high);
    if (stopped(self))
        return false;
    if (found != NULL && is_inside(found->value, low, high)) {
        answer(self, SIM_TUNE_INTERIOR, found, low, high);
        return true;
    }
    guint cheapest = (guint)find_cheapest(self, false);
    SimTuneKind end = cheapest == 0 ? SIM_TUNE_LOW_END : SIM_TUNE_HIGH_END;
    answer_tried(self, is_end(self, cheapest) ? end : SIM_TUNE_UNCERTAIN, cheapest);
    return true;
}

static bool
fitted_is_allowed(const Tuning *self)
{
    double low;
    double high;
    place_window(self, self->out->best.value, &low, &high);
    for (size_t k = 0; k < self->options->n_required; k++) {
        g_auto(Window) window = look(self, self->options->required[k], low, high);
        if (window.fit == NULL || !(sim_fit_at(window.fit, self->out->best.value) <= 0))
            return false;
    }
    return true;
}

/* Which requirement the neighbour @beyond of the best allowed value breaks. */
static size_t
find_bound(const Tuning *self, guint beyond)
{
    for (size_t k = 0; k < self->options->n_required; k++)
        if (!(required_at(self, k, beyond) <= 0))
            return k;
    return 0;
}

/* The side on which it would be cheaper, but for a requirement. */
static int
find_beyond(const Tuning *self, guint best)
{
    int found = -1;
    double least = INFINITY;
    for (int step = -1; step <= 1; step += 2) {
        int i = (int)best + step;
        if (i < 0 || i >= (int)self->out->tried->len || is_allowed(self, (guint)i))
            continue;
        g_autoptr(SimSpread) cost = cost_of(self, (guint)i);
        if (cost->value >= least)
            continue;
        found = i;
        least = cost->value;
    }
    return found;
}

/* The best value that is allowed lies where a requirement is just met. */
static bool
bound(Tuning *self)
{
    double low;
    double high;
    int best = find_cheapest(self, true);
    if (best < 0) {
        self->out->kind = SIM_TUNE_UNMET;
        self->out->best = self->out->cost = (SimEstimate){NAN, NAN, NAN, NAN};
        return true;
    }
    int beyond = find_beyond(self, (guint)best);
    if (beyond < 0) {
        answer_tried(self, SIM_TUNE_UNCERTAIN, (guint)best);
        return true;
    }
    self->out->bound = find_bound(self, (guint)beyond);
    double middle =
        sqrt(sim_tuned(self->out, (guint)best).number * sim_tuned(self->out, (guint)beyond).number);
    g_autoptr(SimSpread) found =
        close_in(self, self->options->required[self->out->bound], true, middle, &low, &high);
    if (stopped(self))
        return false;
    if (found != NULL)
        answer(self, SIM_TUNE_BOUND, found, low, high);
    else
        answer_tried(self, SIM_TUNE_UNCERTAIN, (guint)find_cheapest(self, true));
    return true;
}

/* Where the cost, interpolated between the values that were tried, passes @level, going from @from
 * towards @to. */
static double
crossing(const gsl_interp *curve, const double *x, const double *y, double from, double to,
         double level)
{
    enum { STEPS = 4000 };
    for (int i = 1; i <= STEPS; i++) {
        double at = from + (to - from) * i / STEPS;
        if (gsl_interp_eval(curve, x, y, at, NULL) > level)
            return exp(from + (to - from) * (i - 0.5) / STEPS);
    }
    return exp(to);
}

/* Steffen's interpolation in log x has no bumps of its own. */
static void
find_flat(Tuning *self)
{
    guint n = self->out->tried->len;
    g_autofree double *x = g_new0(double, n);
    g_autofree double *y = g_new0(double, n);
    double level = FLAT * self->out->cost.value;
    self->out->flat_low = self->out->flat_high = NAN;
    for (guint i = 0; i < n; i++) {
        g_autoptr(SimSpread) cost = cost_of(self, i);
        x[i] = log(sim_tuned(self->out, i).number);
        y[i] = cost->value;
        if (!isfinite(y[i]))
            return;
    }
    double best = CLAMP(log(self->out->best.value), x[0], x[n - 1]);
    if (n < gsl_interp_type_min_size(gsl_interp_steffen) || !isfinite(level) || !isfinite(best))
        return;
    gsl_interp *curve = gsl_interp_alloc(gsl_interp_steffen, n);
    gsl_interp_init(curve, x, y, n);
    self->out->flat_low = crossing(curve, x, y, best, x[0], level);
    self->out->flat_high = crossing(curve, x, y, best, x[n - 1], level);
    gsl_interp_free(curve);
}

/* How much more the upper end costs than the value tried that is nearest to the best. */
static void
compare_end(Tuning *self)
{
    guint nearest = 0;
    guint n = self->out->tried->len;
    double best = self->out->best.value;
    for (guint i = 1; i < n; i++)
        if (fabs(log(sim_tuned(self->out, i).number / best)) <
            fabs(log(sim_tuned(self->out, nearest).number / best)))
            nearest = i;
    g_autoptr(SimSpread) here = cost_of(self, nearest);
    g_autoptr(SimSpread) end = cost_of(self, n - 1);
    g_autoptr(SimSpread) more = sim_spread_difference(here, end);
    self->out->at_end = sim_spread_estimate(more, 0.95);
}

static bool
find(Tuning *self)
{
    if (!try_between(self, self->low, self->high, SIM_TUNE_GRID) || stopped(self) ||
        !minimise(self))
        return false;
    bool met = self->out->kind == SIM_TUNE_INTERIOR
                   ? fitted_is_allowed(self)
                   : self->out->kind != SIM_TUNE_UNMET &&
                         is_allowed(self, (guint)find_cheapest(self, false));
    return met || bound(self);
}

SimTuning *
sim_tune(SimCampaign *campaign, const SimTuneOptions *options, const SimCampaignWatch *watch,
         GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(SimTuning) out = g_new0(SimTuning, 1);
    Tuning self = {campaign, options, watch, &local, out, 0, 0};
    out->tried = g_array_new(FALSE, FALSE, sizeof(SimTuned));
    sim_range_bounds(options->range, &self.low, &self.high);
    if (!find(&self)) {
        if (local != NULL)
            g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    find_flat(&self);
    if (out->kind != SIM_TUNE_UNMET)
        compare_end(&self);
    return g_steal_pointer(&out);
}

bool *
sim_tune_front(SimCampaign *campaign, const SimTuning *tuning, const SimQuantity *load,
               const SimQuantity *error)
{
    guint n = tuning->tried->len;
    g_autofree double *x = g_new0(double, n);
    g_autofree double *y = g_new0(double, n);
    bool *front = g_new0(bool, n);
    for (guint i = 0; i < n; i++) {
        g_autoptr(SimSpread) a = sim_quantity_spread(load, campaign, sim_tuned(tuning, i).point);
        g_autoptr(SimSpread) b = sim_quantity_spread(error, campaign, sim_tuned(tuning, i).point);
        x[i] = a->value;
        y[i] = b->value;
    }
    for (guint i = 0; i < n; i++) {
        front[i] = true;
        for (guint k = 0; k < n; k++)
            if (x[k] <= x[i] && y[k] <= y[i] && (x[k] < x[i] || y[k] < y[i]))
                front[i] = false;
    }
    return front;
}
