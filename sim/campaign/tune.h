/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The value of a key that costs least, or the best one that meets what is required
 * (docs/method.md, "The best value of a key").
 *
 * All values see the same draws, so the cost is a smooth curve over them. A coarse grid finds where
 * it is least; a finer one around that place is fitted by a curve; its minimum is the answer, and
 * the figures it is made of tell how sure that is. */
#pragma once

#include "sim/campaign/exact.h"
#include "sim/campaign/grid.h"

/** SIM_TUNE_GRID: values of the first, coarse grid. SIM_TUNE_WINDOW: of each finer one. */
#define SIM_TUNE_GRID 13
#define SIM_TUNE_WINDOW 9

typedef enum {
    SIM_TUNE_INTERIOR,  /* the cost is least there */
    SIM_TUNE_LOW_END,   /* it rises from the lower end of the range on */
    SIM_TUNE_HIGH_END,  /* it falls up to the upper end */
    SIM_TUNE_BOUND,     /* a requirement is just met there */
    SIM_TUNE_UNMET,     /* no value meets the requirements */
    SIM_TUNE_UNCERTAIN, /* there is no smooth minimum: the best of the values tried */
} SimTuneKind;

/**
 * SimTuneOptions:
 * @range: of the key; @minimise: borrowed; @required: @n_required, each LEFT - RIGHT <= 0
 * @world: further changes of all points, %NULL-terminated; may be %NULL
 */
typedef struct {
    const SimRange *range;
    const SimQuantity *minimise;
    SimQuantity *const *required;
    size_t n_required;
    const char *const *world;
} SimTuneOptions;

/** SimTuned: a value that was tried: @number of the key, and the point of the campaign. */
typedef struct {
    double number;
    unsigned point;
} SimTuned;

/**
 * SimTuning:
 * @tried: SimTuned, ascending
 * @best: the value, with its interval if the kind has one (NaN otherwise); at 95 %
 * @cost: at it; @at_end: cost at the upper end less that, with its interval
 * @bound: which requirement holds it, if the kind is %SIM_TUNE_BOUND
 * @flat_low, @flat_high: the values around it that cost at most 5 % more, by interpolation;
 *   an end of the range if the region does not end within it
 * @exact: what is known exactly
 */
typedef struct {
    SimTuneKind kind;
    GArray *tried;
    SimEstimate best;
    SimEstimate cost;
    SimEstimate at_end;
    size_t bound;
    double flat_low;
    double flat_high;
    SimExactAnswer exact;
} SimTuning;

/** sim_tune: adds the points it needs to @campaign and runs them. Returns: (transfer full): %NULL
 * with @error, or without one if it was stopped */
SimTuning *sim_tune(SimCampaign *campaign, const SimTuneOptions *options,
                    const SimCampaignWatch *watch, GError **error);
void sim_tuning_free(SimTuning *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTuning, sim_tuning_free)

/** sim_tuned: the i-th that was tried. */
static inline SimTuned
sim_tuned(const SimTuning *self, guint i)
{
    return g_array_index(self->tried, SimTuned, i);
}

/** sim_tune_fronts: whether no other value that was tried has both a lower @load and a lower
 * @error, for each of them. (transfer full) */
bool *sim_tune_front(SimCampaign *campaign, const SimTuning *tuning, const SimQuantity *load,
                     const SimQuantity *error);
