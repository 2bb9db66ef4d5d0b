/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sample as bytes: numbers of 64 bits, little endian, in a fixed order; of tallies and histograms
 * only what is not zero. What is read may be anything, so each count is held against what is left
 * before memory is taken for it. */
#include "sim/measure/sample.h"

#include <string.h>

#define MAGIC UINT64_C(0x31656c706d615352) /* "RSample1" */
#define MOST_SLICES 1001
#define MOST_NAME 64
/* Entries of a histogram, so few that those of all runs of a point can be added up. */
#define MOST_ENTRIES (INT64_MAX / 65536)

typedef struct {
    const uint8_t *at;
    size_t left;
    bool bad;
} Reader;

static void
put(GByteArray *out, uint64_t value)
{
    uint64_t bytes = GUINT64_TO_LE(value);
    g_byte_array_append(out, (const guint8 *)&bytes, sizeof bytes);
}

static void
put_real(GByteArray *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(out, bits);
}

static uint64_t
get(Reader *in)
{
    uint64_t bytes = 0;
    if (in->left < sizeof bytes) {
        in->bad = true;
        return 0;
    }
    memcpy(&bytes, in->at, sizeof bytes);
    in->at += sizeof bytes;
    in->left -= sizeof bytes;
    return GUINT64_FROM_LE(bytes);
}

static double
get_real(Reader *in)
{
    uint64_t bits = get(in);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A count of things of which each takes @each numbers at least. */
static size_t
get_count(Reader *in, size_t most, size_t each)
{
    uint64_t n = get(in);
    if (n > most || n * each * sizeof n > in->left) {
        in->bad = true;
        return 0;
    }
    return (size_t)n;
}

static void
put_name(GByteArray *out, const char *name)
{
    char room[MOST_NAME] = "";
    g_strlcpy(room, name, sizeof room);
    g_byte_array_append(out, (const guint8 *)room, sizeof room);
}

static char *
get_name(Reader *in)
{
    if (in->left < MOST_NAME) {
        in->bad = true;
        return g_strdup("");
    }
    char *name = g_strndup((const char *)in->at, MOST_NAME - 1);
    in->at += MOST_NAME;
    in->left -= MOST_NAME;
    in->bad = in->bad || !g_utf8_validate(name, -1, NULL);
    return name;
}

static void
put_histogram(GByteArray *out, const SimHistogram *histogram)
{
    uint64_t used = 0;
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++)
        for (size_t c = 0; c < SIM_HISTOGRAM_CAUSES; c++)
            used += histogram->counts[i][c] != 0;
    put(out, used);
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++)
        for (size_t c = 0; c < SIM_HISTOGRAM_CAUSES; c++)
            if (histogram->counts[i][c] != 0) {
                put(out, i * SIM_HISTOGRAM_CAUSES + c);
                put(out, (uint64_t)histogram->counts[i][c]);
            }
}

static SimHistogram *
get_histogram(Reader *in)
{
    SimHistogram *histogram = g_new0(SimHistogram, 1);
    size_t used = get_count(in, SIM_HISTOGRAM_BINS * SIM_HISTOGRAM_CAUSES, 2);
    for (size_t k = 0; k < used && !in->bad; k++) {
        uint64_t place = get(in);
        int64_t count = (int64_t)get(in);
        in->bad = place >= SIM_HISTOGRAM_BINS * SIM_HISTOGRAM_CAUSES || count <= 0 ||
                  count > MOST_ENTRIES - histogram->total;
        if (in->bad)
            break;
        histogram->counts[place / SIM_HISTOGRAM_CAUSES][place % SIM_HISTOGRAM_CAUSES] = count;
        histogram->total += count;
    }
    return histogram;
}

static void
put_tallies(GByteArray *out, const int64_t *tallies)
{
    uint64_t set = 0;
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        if (tallies[i] != 0)
            set |= UINT64_C(1) << i;
    put(out, set);
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        if (set >> i & 1)
            put(out, (uint64_t)tallies[i]);
}

static void
get_tallies(Reader *in, int64_t *tallies)
{
    uint64_t set = get(in);
    in->bad = in->bad || (SIM_N_TALLIES < 64 && set >> SIM_N_TALLIES != 0);
    for (unsigned i = 0; i < SIM_N_TALLIES && !in->bad; i++)
        tallies[i] = set >> i & 1 ? (int64_t)get(in) : 0;
}

static void
put_slice(GByteArray *out, const SimSlice *slice)
{
    put_name(out, slice->name);
    put(out, slice->phones);
    put_tallies(out, slice->totals);
    put(out, slice->n_batches);
    for (size_t i = 0; i < slice->n_batches; i++)
        put_tallies(out, slice->batches[i]);
    put_histogram(out, slice->stale_life);
    put_histogram(out, slice->delay);
}

static void
get_slice(Reader *in, SimSlice *slice)
{
    slice->name = get_name(in);
    slice->phones = (unsigned)get(in);
    get_tallies(in, slice->totals);
    slice->n_batches = get_count(in, SIM_BATCHES, 1);
    slice->batches = g_malloc0_n(MAX(slice->n_batches, 1), sizeof *slice->batches);
    for (size_t i = 0; i < slice->n_batches; i++)
        get_tallies(in, slice->batches[i]);
    slice->stale_life = get_histogram(in);
    slice->delay = get_histogram(in);
}

static void
put_track(GByteArray *out, const SimTrack *track)
{
    put_name(out, sim_metric_info(track->metric)->name);
    put(out, (uint64_t)track->start);
    put(out, (uint64_t)track->width);
    put(out, track->n);
    for (size_t i = 0; i < track->n; i++)
        put_real(out, track->values[i]);
}

static void
get_track(Reader *in, SimTrack *track)
{
    g_autofree char *name = get_name(in);
    track->metric = sim_metric_find(name);
    in->bad = in->bad || track->metric == SIM_N_METRICS;
    track->start = (RollTime)get(in);
    track->width = (RollTime)get(in);
    track->n = get_count(in, SIZE_MAX / 16, 1);
    track->values = g_new0(double, MAX(track->n, 1));
    for (size_t i = 0; i < track->n; i++)
        track->values[i] = get_real(in);
}

GBytes *
sim_sample_write(const SimSample *self)
{
    GByteArray *out = g_byte_array_new();
    put(out, MAGIC);
    put(out, self->seed);
    put(out, self->replication);
    put(out, self->fingerprint);
    put(out, self->events);
    put(out, self->registrations);
    put(out, self->longest_queue);
    put(out, (uint64_t)self->longest_wait);
    put(out, (uint64_t)self->observed);
    put(out, self->n_slices);
    for (size_t i = 0; i < self->n_slices; i++)
        put_slice(out, &self->slices[i]);
    put(out, self->n_tracks);
    for (size_t i = 0; i < self->n_tracks; i++)
        put_track(out, &self->tracks[i]);
    return g_byte_array_free_to_bytes(out);
}

SimSample *
sim_sample_read(GBytes *bytes)
{
    g_autoptr(SimSample) self = g_new0(SimSample, 1);
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    Reader in = {data, size, false};
    if (get(&in) != MAGIC)
        return NULL;
    self->seed = get(&in);
    self->replication = (uint32_t)get(&in);
    self->fingerprint = get(&in);
    self->events = get(&in);
    self->registrations = get(&in);
    self->longest_queue = get(&in);
    self->longest_wait = (RollTime)get(&in);
    self->observed = (RollTime)get(&in);
    size_t n_slices = get_count(&in, MOST_SLICES, MOST_NAME / 8 + 4);
    self->slices = g_new0(SimSlice, MAX(n_slices, 1));
    for (; self->n_slices < n_slices && !in.bad; self->n_slices++)
        get_slice(&in, &self->slices[self->n_slices]);
    size_t n_tracks = get_count(&in, SIM_N_METRICS + 2, MOST_NAME / 8 + 3);
    self->tracks = g_new0(SimTrack, MAX(n_tracks, 1));
    for (; self->n_tracks < n_tracks && !in.bad; self->n_tracks++)
        get_track(&in, &self->tracks[self->n_tracks]);
    return in.bad || in.left != 0 || self->n_slices == 0 ? NULL : g_steal_pointer(&self);
}
