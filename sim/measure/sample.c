/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/measure/sample.h"

#include <string.h>

static SimHistogram *
copy_histogram(const SimHistogram *histogram)
{
    return histogram != NULL ? g_memdup2(histogram, sizeof *histogram) : g_new0(SimHistogram, 1);
}

static void
fill_slice(SimSlice *self, const SimColumns *columns)
{
    self->name = g_strdup(columns->name);
    self->phones = columns->phones;
    memcpy(self->totals, columns->tallies, sizeof self->totals);
    self->n_batches = columns->n_batches;
    self->batches = g_memdup2(columns->batches, columns->n_batches * sizeof *columns->batches);
    self->stale_life = copy_histogram(columns->stale_life);
    self->delay = copy_histogram(columns->delay);
}

static void
fill_track(SimTrack *self, const SimResult *result, SimMetric metric)
{
    self->metric = metric;
    self->n = result->n_bins;
    self->start = result->n_bins > 0 ? result->bins[0].start : 0;
    self->width = result->n_bins > 0 ? result->bins[0].end - result->bins[0].start : 0;
    self->values = g_new0(double, result->n_bins);
    for (size_t i = 0; i < result->n_bins; i++)
        self->values[i] = sim_metric_value(metric, result->bins[i].tallies[0]);
}

SimSample *
sim_sample_new(const SimResult *result, const SimMetric *tracks)
{
    SimSample *self = g_new0(SimSample, 1);
    self->seed = result->scenario->seed;
    self->replication = result->scenario->replication;
    self->fingerprint = result->fingerprint;
    self->events = result->events;
    self->registrations = result->registrations;
    self->longest_queue = result->longest_queue;
    self->longest_wait = result->longest_wait;
    self->observed = result->observed;
    self->n_slices = result->n_columns;
    self->slices = g_new0(SimSlice, result->n_columns);
    for (size_t i = 0; i < result->n_columns; i++)
        fill_slice(&self->slices[i], &result->columns[i]);
    while (tracks != NULL && tracks[self->n_tracks] != SIM_N_METRICS)
        self->n_tracks++;
    self->tracks = g_new0(SimTrack, self->n_tracks);
    for (size_t i = 0; i < self->n_tracks; i++)
        fill_track(&self->tracks[i], result, tracks[i]);
    return self;
}

void
sim_sample_free(SimSample *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->n_slices; i++) {
        g_free(self->slices[i].name);
        g_free(self->slices[i].batches);
        g_free(self->slices[i].stale_life);
        g_free(self->slices[i].delay);
    }
    for (size_t i = 0; i < self->n_tracks; i++)
        g_free(self->tracks[i].values);
    g_free(self->slices);
    g_free(self->tracks);
    g_free(self);
}

const SimSlice *
sim_sample_slice(const SimSample *self, const char *name)
{
    for (size_t i = 0; i < self->n_slices; i++)
        if (strcmp(self->slices[i].name, name) == 0)
            return &self->slices[i];
    return NULL;
}

const SimTrack *
sim_sample_track(const SimSample *self, SimMetric metric)
{
    for (size_t i = 0; i < self->n_tracks; i++)
        if (self->tracks[i].metric == metric)
            return &self->tracks[i];
    return NULL;
}

bool
sim_sample_has(const SimSample *self, SimMetric metric)
{
    const SimMetricInfo *info = sim_metric_info(metric);
    return (info->over & SIM_STATION) == 0 || self->slices[0].totals[SIM_TALLY_OFFERED] > 0;
}
