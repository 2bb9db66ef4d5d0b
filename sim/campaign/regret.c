/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/campaign/regret.h"

#include "sim/scenario/words.h"
#include <math.h>

void
sim_regret_free(SimRegret *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->tunings);
    g_free(self->cells);
    g_free(self);
}

static const SimTuning *
tuning_of(const SimRegret *self, size_t world)
{
    return self->tunings->pdata[world];
}

static bool
tune_each(SimRegret *self, SimCampaign *campaign, const SimGrid *worlds,
          const SimTuneOptions *options, const SimCampaignWatch *watch, GError **error)
{
    for (size_t k = 0; k < self->worlds; k++) {
        g_auto(GStrv) world = sim_grid_changes(worlds, k);
        SimTuneOptions own = *options;
        own.world = (const char *const *)world;
        SimTuning *tuning = sim_tune(campaign, &own, watch, error);
        if (tuning == NULL)
            return false;
        g_ptr_array_add(self->tunings, tuning);
        if (isnan(tuning->best.value))
            return sim_words_fail(
                error, "%s: no value meets what is required there; loosen --subject-to", world[0]);
    }
    return true;
}

/* The value tuned for @assumed in the world @true_world. */
static bool
add_point(const SimRegret *self, SimCampaign *campaign, const SimGrid *worlds,
          const SimTuneOptions *options, size_t assumed, size_t true_world, unsigned *point,
          GError **error)
{
    double rounded;
    g_auto(GStrv) world = sim_grid_changes(worlds, true_world);
    GStrvBuilder *builder = g_strv_builder_new();
    g_autofree char *change =
        sim_range_change(options->range, tuning_of(self, assumed)->best.value, &rounded);
    g_strv_builder_addv(builder, (const char **)world);
    g_strv_builder_add(builder, change);
    g_auto(GStrv) changes = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return sim_campaign_add(campaign, (const char *const *)changes, point, error);
}

/* cost / best - 1, by the delta method. */
static SimEstimate
compare(SimCampaign *campaign, const SimQuantity *minimise, unsigned point, unsigned best)
{
    g_autoptr(SimSpread) cost = sim_quantity_spread(minimise, campaign, point);
    g_autoptr(SimSpread) least = sim_quantity_spread(minimise, campaign, best);
    if (point == best)
        return (SimEstimate){0, 0, 0, 0};
    const SimSpread *const parts[] = {cost, least};
    const double weights[] = {1 / least->value, -cost->value / (least->value * least->value)};
    g_autoptr(SimSpread) ratio =
        sim_spread_combine(cost->value / least->value - 1, parts, weights, 2);
    return sim_spread_estimate(ratio, 0.95);
}

SimRegret *
sim_regret_new(SimCampaign *campaign, const SimGrid *worlds, const SimTuneOptions *options,
               const SimCampaignWatch *watch, GError **error)
{
    g_autoptr(SimRegret) self = g_new0(SimRegret, 1);
    self->worlds = sim_grid_size(worlds);
    self->tunings = g_ptr_array_new_with_free_func((GDestroyNotify)sim_tuning_free);
    self->cells = g_new0(SimEstimate, self->worlds * self->worlds);
    if (!tune_each(self, campaign, worlds, options, watch, error))
        return NULL;
    g_autofree unsigned *points = g_new0(unsigned, self->worlds * self->worlds);
    for (size_t j = 0; j < self->worlds; j++)
        for (size_t k = 0; k < self->worlds; k++)
            if (!add_point(self, campaign, worlds, options, j, k, &points[j * self->worlds + k],
                           error))
                return NULL;
    if (!sim_campaign_run(campaign, watch, error))
        return NULL;
    for (size_t j = 0; j < self->worlds; j++)
        for (size_t k = 0; k < self->worlds; k++)
            self->cells[j * self->worlds + k] =
                compare(campaign, options->minimise, points[j * self->worlds + k],
                        points[k * self->worlds + k]);
    return g_steal_pointer(&self);
}
