/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples of real runs, as bytes and back; and bytes that are none. */
#include "sim/measure/sample.h"
#include "tests/simulate.h"

#include "sim/measure/statistics.h"
#include <math.h>

static const char TEXT[] = "[scenario]\nduration = 6h\n[registrar]\nauth = none\n"
                           "[network n]\npool = 10.0.0.0/16\naddress = changes exp(1h)\n"
                           "[phones desk]\ncount = 40\nnetwork = n\nexpires = 10min\n"
                           "power = fails exp(1h), back after exp(20min)\n"
                           "[phones lab]\ncount = 3\nnetwork = n\n";

static SimSample *
take(Simulated *run)
{
    static const SimMetric tracks[] = {SIM_METRIC_STALE_SHARE, SIM_METRIC_CALL_SUCCESS,
                                       SIM_N_METRICS};
    *run = simulate(TEXT, SIM_LINK_DIRECT);
    return sim_sample_new(run->result, tracks);
}

static void
same_slice(const SimSlice *a, const SimSlice *b)
{
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpuint(a->phones, ==, b->phones);
    g_assert_cmpmem(a->totals, sizeof a->totals, b->totals, sizeof b->totals);
    g_assert_cmpmem(a->batches, a->n_batches * sizeof *a->batches, b->batches,
                    b->n_batches * sizeof *b->batches);
    g_assert_cmpmem(a->stale_life, sizeof *a->stale_life, b->stale_life, sizeof *b->stale_life);
    g_assert_cmpmem(a->delay, sizeof *a->delay, b->delay, sizeof *b->delay);
}

static void
test_there_and_back(void)
{
    g_auto(Simulated) run = {0};
    g_autoptr(SimSample) sample = take(&run);
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    g_autoptr(SimSample) read = sim_sample_read(bytes);
    g_autoptr(GBytes) again = sim_sample_write(read);
    g_assert_true(g_bytes_equal(bytes, again));
    g_assert_cmpuint(read->fingerprint, ==, run.result->fingerprint);
    g_assert_cmpuint(read->n_slices, ==, 3);
    for (size_t i = 0; i < 3; i++)
        same_slice(&sample->slices[i], &read->slices[i]);
    g_assert_cmpuint(sim_sample_slice(read, "lab")->n_batches, ==, 3);
    g_assert_null(sim_sample_slice(read, "none"));
    g_assert_nonnull(sim_sample_track(read, SIM_METRIC_STALE_SHARE));
    g_assert_null(sim_sample_track(read, SIM_METRIC_REACHABILITY));
    g_assert_true(isnan(sim_sample_track(read, SIM_METRIC_CALL_SUCCESS)->values[0]));
}

/* A run's own intervals, and those that a campaign makes of the same run. */
static void
test_same_interval(void)
{
    g_auto(Simulated) run = {0};
    g_autoptr(SimSample) sample = take(&run);
    const SimSample *const samples[] = {sample};
    for (size_t s = 0; s < sample->n_slices; s++)
        for (unsigned m = 0; m < SIM_N_METRICS; m++) {
            const SimEstimate *own = &run.result->columns[s].metrics[m];
            g_autoptr(SimSpread) spread = sim_spread_metric(samples, 1, s, m, SIM_METHOD_PHONES);
            if (isnan(own->value)) {
                g_assert_true(isnan(spread->value));
                continue;
            }
            g_assert_cmpfloat_with_epsilon(spread->value, own->value,
                                           1e-9 * fabs(own->value) + 1e-15);
            if (!isnan(own->error))
                g_assert_cmpfloat_with_epsilon(sim_spread_error(spread), own->error,
                                               1e-9 * own->error + 1e-15);
        }
}

/* Cut short anywhere, or with any bit of it turned: nothing, or a sample, but no crash. */
static void
test_other_bytes(void)
{
    g_auto(Simulated) run = {0};
    g_autoptr(SimSample) sample = take(&run);
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    for (gsize n = 0; n < size; n += n < 400 ? 1 : 97) {
        g_autoptr(GBytes) part = g_bytes_new(data, n);
        g_autoptr(SimSample) none = sim_sample_read(part);
        g_assert_null(none);
    }
    for (gsize i = 0; i < size; i += i < 400 ? 1 : 61) {
        g_autofree uint8_t *copy = g_memdup2(data, size);
        copy[i] ^= (uint8_t)(1u << (i % 8));
        g_autoptr(GBytes) turned = g_bytes_new(copy, size);
        g_autoptr(SimSample) other = sim_sample_read(turned);
        g_assert_true(other == NULL || other->n_slices > 0);
    }
}

/* A sample of one phone with one stale life, small enough to know where each number is. */
static SimSample *
make_small(void)
{
    SimSample *sample = g_new0(SimSample, 1);
    *sample = (SimSample){.seed = UINT64_MAX,
                          .replication = 2,
                          .fingerprint = 3,
                          .events = 4,
                          .registrations = 5,
                          .longest_queue = 6,
                          .longest_wait = 7,
                          .observed = 8,
                          .n_slices = 1,
                          .n_tracks = 1};
    sample->slices = g_new0(SimSlice, 1);
    SimSlice *slice = &sample->slices[0];
    slice->name = g_strdup("all");
    slice->phones = 1;
    slice->batches = g_malloc0(sizeof *slice->batches);
    slice->stale_life = g_new0(SimHistogram, 1);
    slice->delay = g_new0(SimHistogram, 1);
    sim_histogram_add(slice->stale_life, 3, 2);
    sample->tracks = g_new0(SimTrack, 1);
    sample->tracks[0] = (SimTrack){SIM_METRIC_STALE_SHARE, 9, 10, g_new0(double, 2), 2};
    sample->tracks[0].values[1] = 0.5;
    return sample;
}

/* Where the numbers of that sample are, in words of eight bytes. */
enum {
    AT_MAGIC,
    AT_SLICES = 9,
    AT_NAME = 10,
    AT_TOTALS = AT_NAME + 9,
    AT_BATCHES,
    AT_STALE_LIVES,
    AT_PLACE,
    AT_COUNT,
    AT_DELAYS,
    AT_TRACKS,
    AT_METRIC,
    AT_VALUES = AT_METRIC + 10,
    N_WORDS = AT_VALUES + 3
};

static void
test_head(void)
{
    g_autoptr(SimSample) sample = make_small();
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    g_autoptr(SimSample) read = sim_sample_read(bytes);
    g_assert_nonnull(read);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 8 * N_WORDS);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), 8, "RSample1", 8);
    g_assert_cmpuint(read->seed, ==, UINT64_MAX);
    g_assert_cmpuint(read->replication, ==, 2);
    g_assert_cmpuint(read->fingerprint, ==, 3);
    g_assert_cmpuint(read->events, ==, 4);
    g_assert_cmpuint(read->registrations, ==, 5);
    g_assert_cmpuint(read->longest_queue, ==, 6);
    g_assert_cmpint(read->longest_wait, ==, 7);
    g_assert_cmpint(read->observed, ==, 8);
    g_assert_cmpint(read->slices[0].stale_life->counts[3][2], ==, 1);
    g_assert_cmpint(read->slices[0].stale_life->total, ==, 1);
    g_assert_cmpint(read->tracks[0].start, ==, 9);
    g_assert_cmpint(read->tracks[0].width, ==, 10);
    g_assert_cmpuint(read->tracks[0].n, ==, 2);
    g_assert_cmpfloat(read->tracks[0].values[1], ==, 0.5);
}

/* One number that cannot be: nothing is read, and no memory taken for it. */
static void
test_other_numbers(void)
{
    static const struct {
        size_t at;
        uint64_t value;
    } rows[] = {{AT_MAGIC, 1},
                {AT_SLICES, 0},
                {AT_SLICES, 2},
                {AT_SLICES, UINT64_MAX},
                {AT_NAME, 0xffff},
                {AT_TOTALS, UINT64_C(1) << 63},
                {AT_BATCHES, SIM_BATCHES + 1},
                {AT_BATCHES, UINT64_C(1) << 61},
                {AT_STALE_LIVES, 2},
                {AT_STALE_LIVES, UINT64_C(1) << 60},
                {AT_PLACE, SIM_HISTOGRAM_BINS * SIM_HISTOGRAM_CAUSES},
                {AT_COUNT, 0},
                {AT_COUNT, UINT64_MAX},
                {AT_COUNT, INT64_MAX},
                {AT_TRACKS, 2},
                {AT_TRACKS, UINT64_C(1) << 61},
                {AT_METRIC, 0x21},
                {AT_VALUES, 1},
                {AT_VALUES, 3},
                {AT_VALUES, UINT64_C(1) << 57},
                {AT_VALUES, UINT64_C(1) << 61}};
    g_autoptr(SimSample) sample = make_small();
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint64_t words[N_WORDS];
        memcpy(words, g_bytes_get_data(bytes, NULL), sizeof words);
        words[rows[i].at] = GUINT64_TO_LE(rows[i].value);
        g_autoptr(GBytes) turned = g_bytes_new(words, sizeof words);
        g_autoptr(SimSample) none = sim_sample_read(turned);
        g_assert_null(none);
    }
    uint8_t longer[8 * N_WORDS + 1] = {0};
    memcpy(longer, g_bytes_get_data(bytes, NULL), 8 * N_WORDS);
    g_autoptr(GBytes) turned = g_bytes_new(longer, sizeof longer);
    g_assert_null(sim_sample_read(turned));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sample/there-and-back", test_there_and_back);
    g_test_add_func("/sample/same-interval-as-the-run", test_same_interval);
    g_test_add_func("/sample/other-bytes", test_other_bytes);
    g_test_add_func("/sample/head", test_head);
    g_test_add_func("/sample/other-numbers", test_other_numbers);
    return g_test_run();
}
