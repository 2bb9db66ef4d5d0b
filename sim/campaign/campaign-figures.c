/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the runs of a point say together, and how it gets into the database. */
#include "sim/campaign/campaign-parts.h"

#include <math.h>
#include <string.h>

static const double PROBABILITIES[] = {0.5, 0.9, 0.95, 0.99};

unsigned
sim_campaign_runs(const SimCampaign *self, unsigned point)
{
    return sim_campaign_point(self, point)->counted;
}

GPtrArray *
sim_campaign_samples(const SimCampaign *constant, unsigned point)
{
    SimCampaign *self = (SimCampaign *)constant; /* the cache is nobody's business */
    if (self->cache != NULL && self->cached == point)
        return g_ptr_array_ref(self->cache);
    g_clear_pointer(&self->cache, g_ptr_array_unref);
    const SimCampaignPoint *it = sim_campaign_point(self, point);
    self->cache = g_ptr_array_new_with_free_func((GDestroyNotify)sim_sample_free);
    self->cached = point;
    for (unsigned i = 0; i < it->counted; i++)
        g_ptr_array_add(self->cache, sim_sample_read(it->runs->pdata[i]));
    return g_ptr_array_ref(self->cache);
}

SimSpread *
sim_campaign_metric(SimCampaign *self, unsigned point, size_t slice, SimMetric metric)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    return sim_spread_metric((const SimSample *const *)samples->pdata, samples->len, slice, metric,
                             sim_campaign_method(self, NULL));
}

SimEstimate
sim_campaign_estimate(SimCampaign *self, unsigned point, size_t slice, SimMetric metric)
{
    g_autoptr(SimSpread) spread = sim_campaign_metric(self, point, slice, metric);
    SimEstimate estimate = sim_spread_estimate(spread, 0.95);
    if (isnan(estimate.error))
        return estimate;
    estimate.low = fmax(0, estimate.low);
    if (strcmp(sim_metric_info(metric)->unit, "1") == 0)
        estimate.high = fmin(1, estimate.high);
    return estimate;
}

void
sim_track_free(SimTrack *self)
{
    if (self == NULL)
        return;
    g_free(self->values);
    g_free(self);
}

SimTrack *
sim_campaign_mean_track(SimCampaign *self, unsigned point, SimMetric metric)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    SimTrack *mean = NULL;
    for (guint i = 0; i < samples->len; i++) {
        const SimTrack *track = sim_sample_track(samples->pdata[i], metric);
        if (track == NULL)
            continue;
        if (mean == NULL) {
            mean = g_new0(SimTrack, 1);
            *mean = *track;
            mean->values = g_new0(double, track->n);
        }
        for (size_t k = 0; k < MIN(mean->n, track->n); k++)
            mean->values[k] += track->values[k] / samples->len;
    }
    return mean;
}

bool
sim_campaign_warmup(SimCampaign *self, unsigned point, SimMetric metric, SimWarmup *out)
{
    SimTrack *track = sim_campaign_mean_track(self, point, metric);
    if (track == NULL)
        return false;
    *out = sim_warmup_check(track->values, track->n);
    sim_track_free(track);
    return true;
}

static bool
write_estimates(SimCampaign *self, unsigned point, size_t slice, const char *name, GError **error)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    for (unsigned m = 0; m < SIM_N_METRICS; m++) {
        if (!sim_sample_has(samples->pdata[0], m))
            continue;
        SimPointFigure figure = {
            .point = point,
            .population = name,
            .metric = m,
            .estimate = sim_campaign_estimate(self, point, slice, m),
            .runs = sim_campaign_runs(self, point),
        };
        if (!isnan(figure.estimate.value) &&
            !sim_database_add_estimate(self->database, &figure, error))
            return false;
    }
    return true;
}

static void
add_histogram(SimHistogram *sum, const SimHistogram *other)
{
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++)
        for (size_t c = 0; c < SIM_HISTOGRAM_CAUSES; c++)
            sum->counts[i][c] += other->counts[i][c];
    sum->total += other->total;
}

SimHistogram *
sim_campaign_histogram(SimCampaign *self, unsigned point, size_t slice, bool delay)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    SimHistogram *sum = g_new0(SimHistogram, 1);
    for (guint i = 0; i < samples->len; i++) {
        const SimSlice *it = &((SimSample *)samples->pdata[i])->slices[slice];
        add_histogram(sum, delay ? it->delay : it->stale_life);
    }
    return sum;
}

static bool
write_quantiles(SimCampaign *self, unsigned point, size_t slice, const char *name, GError **error)
{
    static const char *const names[] = {"stale-life", "registration-delay"};
    for (size_t h = 0; h < G_N_ELEMENTS(names); h++) {
        g_autofree SimHistogram *sum = sim_campaign_histogram(self, point, slice, h == 1);
        for (size_t i = 0; sum->total > 0 && i < G_N_ELEMENTS(PROBABILITIES); i++) {
            SimQuantile quantile = sim_quantile_histogram(sum, PROBABILITIES[i], 0.95);
            if (!sim_database_add_quantile(self->database, point, name, names[h], PROBABILITIES[i],
                                           &quantile, error))
                return false;
        }
    }
    return true;
}

static bool
write_warmups(SimCampaign *self, unsigned point, GError **error)
{
    for (size_t i = 0; self->tracks[i] != SIM_N_METRICS; i++) {
        SimTrack *track = sim_campaign_mean_track(self, point, self->tracks[i]);
        if (track == NULL)
            continue;
        SimWarmup warmup = sim_warmup_check(track->values, track->n);
        bool good = sim_database_add_warmup(self->database, point, track, &warmup, error);
        sim_track_free(track);
        if (!good)
            return false;
    }
    return true;
}

/* Of the metrics that were asked for; those of the warm-up alone stay in the samples. */
static bool
write_series(SimCampaign *self, unsigned point, GError **error)
{
    const SimMetric *wanted = self->options.tracks;
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    for (size_t i = 0; wanted != NULL && wanted[i] != SIM_N_METRICS; i++)
        for (guint r = 0; r < samples->len; r++) {
            const SimTrack *track = sim_sample_track(samples->pdata[r], wanted[i]);
            if (track != NULL && !sim_database_add_series(self->database, point, r, track, error))
                return false;
        }
    return true;
}

static bool
write_point(SimCampaign *self, unsigned point, GError **error)
{
    g_autoptr(GPtrArray) samples = sim_campaign_samples(self, point);
    if (samples->len == 0)
        return true;
    const SimSample *first = samples->pdata[0];
    for (size_t s = 0; s < first->n_slices; s++)
        if (!write_estimates(self, point, s, first->slices[s].name, error) ||
            !write_quantiles(self, point, s, first->slices[s].name, error))
            return false;
    return write_warmups(self, point, error) && write_series(self, point, error);
}

bool
sim_campaign_finish(SimCampaign *self, bool complete, GError **error)
{
    const char *method = self->coupling == NULL ? "phones" : "runs";
    if (!sim_database_clear(self->database, error) ||
        !sim_database_set(self->database, "method", method, error) ||
        !sim_database_set(self->database, "coupling", self->coupling != NULL ? self->coupling : "",
                          error) ||
        !sim_database_set(self->database, "complete", complete ? "yes" : "no", error))
        return false;
    for (unsigned i = 0; i < self->points->len; i++)
        if (!write_point(self, i, error))
            return false;
    return sim_database_finish(self->database, complete, error);
}
