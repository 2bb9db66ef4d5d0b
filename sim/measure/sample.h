/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a campaign keeps of a run: the tallies of each population by batch of phones, from which
 * every metric and its spread follow; not the series, the plots and the names of phones. A sample
 * can be sent to another process and stored, and stands by itself. */
#pragma once

#include "sim/measure/result.h"

/**
 * SimSlice: one population of a run, as SimColumns has it. All pointers are owned.
 * @batches: @n_batches; their SPAN is 0, that of the population stands in @totals
 */
typedef struct {
    char *name;
    unsigned phones;
    int64_t totals[SIM_N_TALLIES];
    int64_t (*batches)[SIM_N_TALLIES];
    size_t n_batches;
    SimHistogram *stale_life;
    SimHistogram *delay;
} SimSlice;

/**
 * SimTrack: one metric of all phones over time, for the check of the warm-up and for plots.
 * @width: of a bin, us; the last one may be shorter
 * @values: @n of them, NaN where nothing was observed
 */
typedef struct {
    SimMetric metric;
    RollTime start;
    RollTime width;
    double *values;
    size_t n;
} SimTrack;

/**
 * SimSample:
 * @slices: @n_slices: "all" first, then the groups in file order
 * @tracks: @n_tracks, of the metrics that were asked for
 * @longest_queue: requests; @longest_wait: of a request that was served, us
 */
typedef struct {
    uint64_t seed;
    uint32_t replication;
    uint64_t fingerprint;
    uint64_t events;
    uint64_t registrations;
    uint64_t longest_queue;
    RollTime longest_wait;
    RollTime observed;
    SimSlice *slices;
    size_t n_slices;
    SimTrack *tracks;
    size_t n_tracks;
} SimSample;

/** sim_sample_new: of @result. @tracks: metrics, %SIM_N_METRICS at the end. (transfer full) */
SimSample *sim_sample_new(const SimResult *result, const SimMetric *tracks);
void sim_sample_free(SimSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSample, sim_sample_free)

/** sim_sample_slice: by name, or %NULL. */
const SimSlice *sim_sample_slice(const SimSample *self, const char *name);

/** sim_sample_track: or %NULL. */
const SimTrack *sim_sample_track(const SimSample *self, SimMetric metric);

/** sim_sample_has: false for what a run without a station has nothing to say of. */
bool sim_sample_has(const SimSample *self, SimMetric metric);

/** sim_sample_write: as bytes, the same on every machine. (transfer full) */
GBytes *sim_sample_write(const SimSample *self);

/** sim_sample_read: what sim_sample_write() made; %NULL if @bytes is not that. (transfer full) */
SimSample *sim_sample_read(GBytes *bytes);
