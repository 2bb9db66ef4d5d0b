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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sample/there-and-back", test_there_and_back);
    g_test_add_func("/sample/same-interval-as-the-run", test_same_interval);
    g_test_add_func("/sample/other-bytes", test_other_bytes);
    return g_test_run();
}
