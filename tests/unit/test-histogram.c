/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The histogram of durations: every value in a bin whose edges hold it, from 0 to the end. */
#include "sim/measure/histogram.h"

#include <glib.h>

static void
assert_bracketed(RollTime value)
{
    size_t bin = sim_histogram_bin(value);
    g_assert_cmpuint(bin, <, SIM_HISTOGRAM_BINS);
    g_assert_cmpint(sim_histogram_edge(bin), <=, value);
    if (value < INT64_MAX)
        g_assert_cmpint(value, <, sim_histogram_edge(bin + 1));
}

static void
test_edges_bracket_values(void)
{
    for (RollTime value = 0; value < 5000; value++)
        assert_bracketed(value);
    for (int bit = 3; bit < 63; bit++)
        for (int step = -2; step <= 2; step++)
            assert_bracketed((INT64_C(1) << bit) + step);
    assert_bracketed(INT64_MAX);
    assert_bracketed(INT64_MAX - 1);
}

static void
test_an_edge_opens_its_bin(void)
{
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS && sim_histogram_edge(i) != ROLL_NEVER; i++)
        g_assert_cmpuint(sim_histogram_bin(sim_histogram_edge(i)), ==, i);
}

static void
test_edges_rise(void)
{
    for (size_t i = 0; i + 1 < SIM_HISTOGRAM_BINS; i++) {
        g_assert_cmpint(sim_histogram_edge(i), <=, sim_histogram_edge(i + 1));
        if (sim_histogram_edge(i + 1) != ROLL_NEVER)
            g_assert_cmpint(sim_histogram_edge(i), <, sim_histogram_edge(i + 1));
    }
}

static void
test_bins_are_an_eighth_wide(void)
{
    for (size_t i = 8; sim_histogram_edge(i + 1) != ROLL_NEVER; i++) {
        RollTime low = sim_histogram_edge(i);
        g_assert_cmpint(sim_histogram_edge(i + 1) - low, <=, low / 8);
    }
}

static void
test_negative_counts_as_zero(void)
{
    g_autofree SimHistogram *histogram = g_new0(SimHistogram, 1);
    sim_histogram_add(histogram, -5, 0);
    g_assert_cmpint(histogram->counts[0][0], ==, 1);
}

static void
test_causes_are_kept_apart(void)
{
    g_autofree SimHistogram *histogram = g_new0(SimHistogram, 1);
    size_t bin = sim_histogram_bin(ROLL_HOUR);
    for (unsigned cause = 0; cause < SIM_HISTOGRAM_CAUSES; cause++)
        for (unsigned i = 0; i <= cause; i++)
            sim_histogram_add(histogram, ROLL_HOUR, cause);
    for (unsigned cause = 0; cause < SIM_HISTOGRAM_CAUSES; cause++)
        g_assert_cmpint(histogram->counts[bin][cause], ==, cause + 1);
    g_assert_cmpint(histogram->total, ==, 6);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/histogram/edges-bracket-values", test_edges_bracket_values);
    g_test_add_func("/histogram/an-edge-opens-its-bin", test_an_edge_opens_its_bin);
    g_test_add_func("/histogram/edges-rise", test_edges_rise);
    g_test_add_func("/histogram/bins-are-an-eighth-wide-at-most", test_bins_are_an_eighth_wide);
    g_test_add_func("/histogram/add/negative-counts-as-zero", test_negative_counts_as_zero);
    g_test_add_func("/histogram/add/causes-are-kept-apart", test_causes_are_kept_apart);
    return g_test_run();
}
