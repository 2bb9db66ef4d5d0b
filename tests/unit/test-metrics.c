/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists of metrics and tallies: well formed, complete, and worth what they say. */
#include "sim/measure/metrics.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static void
test_kebab_case_and_unique(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        const char *name = sim_metric_info(i)->name;
        g_assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", name, 0, 0));
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
    }
}

static void
test_every_entry_is_filled(void)
{
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        const SimMetricInfo *info = sim_metric_info(i);
        g_assert_cmpuint(info->over, !=, 0);
        g_assert_cmpuint(info->under, !=, 0);
        g_assert_cmpfloat(info->scale, >, 0);
        g_assert_cmpuint(strlen(info->unit), >, 0);
        g_assert_cmpuint(strlen(info->meaning), >, 0);
    }
    for (SimTally i = 0; i < SIM_N_TALLIES; i++) {
        g_assert_nonnull(sim_tally_id(i));
        g_assert_nonnull(sim_tally_meaning(i));
    }
}

static void
test_every_tally_is_used(void)
{
    uint64_t used = 0;
    for (SimMetric i = 0; i < SIM_N_METRICS; i++)
        used |= sim_metric_info(i)->over | sim_metric_info(i)->under;
    for (SimTally i = 0; i < SIM_N_TALLIES; i++)
        if (!(used >> i & 1))
            g_test_message("no metric uses %s", sim_tally_id(i));
    g_assert_cmphex(used, ==, (UINT64_C(1) << SIM_N_TALLIES) - 1);
}

/* A share is of a part: what is above is also below, but for records, which are a sum. */
static void
test_shares_are_parts(void)
{
    for (SimMetric i = 0; i < SIM_N_METRICS; i++) {
        const SimMetricInfo *info = sim_metric_info(i);
        bool of_one_kind = i != SIM_METRIC_STALE_RECORD_RATE && i != SIM_METRIC_MISDIRECTED_SHARE &&
                           i != SIM_METRIC_INEFFECTIVE_ATTEMPTS &&
                           i != SIM_METRIC_FAILED_BUT_FRESH && i != SIM_METRIC_NO_ADDRESS_SHARE;
        if (strcmp(info->unit, "1") == 0 && of_one_kind)
            g_assert_cmphex(info->over & ~info->under, ==, 0);
    }
}

static void
test_find_is_the_inverse_of_name(void)
{
    for (SimMetric i = 0; i < SIM_N_METRICS; i++)
        g_assert_cmpint(sim_metric_find(sim_metric_info(i)->name), ==, i);
    g_assert_cmpint(sim_metric_find("stale"), ==, SIM_N_METRICS);
    g_assert_cmpint(sim_metric_find(""), ==, SIM_N_METRICS);
}

static void
test_nothing_observed_is_nan(void)
{
    int64_t tallies[SIM_N_TALLIES] = {0};
    for (SimMetric i = 0; i < SIM_N_METRICS; i++)
        g_assert_true(isnan(sim_metric_value(i, tallies)));
}

static void
test_values_have_their_units(void)
{
    int64_t tallies[SIM_N_TALLIES] = {
        [SIM_TALLY_CORRECT] = 3 * INT64_C(3600000000),
        [SIM_TALLY_STALE] = 1 * INT64_C(3600000000),
        [SIM_TALLY_REFRESH] = 7200,
        [SIM_TALLY_STALE_BORN] = 5,
        [SIM_TALLY_STALE_TIME] = 90000000,
        [SIM_TALLY_STALE_ENDED] = 3,
        [SIM_TALLY_SPAN] = INT64_C(3600000000),
    };
    g_assert_cmpfloat(sim_metric_value(SIM_METRIC_LOCATION_ACCURACY, tallies), ==, 0.75);
    g_assert_cmpfloat(sim_metric_value(SIM_METRIC_REACHABILITY, tallies), ==, 1);
    g_assert_cmpfloat(sim_metric_value(SIM_METRIC_REGISTER_RATE, tallies), ==, 2);
    g_assert_cmpfloat(sim_metric_value(SIM_METRIC_STALE_BORN_RATE, tallies), ==, 5);
    g_assert_cmpfloat_with_epsilon(sim_metric_value(SIM_METRIC_STALE_LIFE, tallies), 30, 1e-12);
}

/* A million phones for two years: each integral fits 64 bits, their sum does not. */
static void
test_long_runs_do_not_overflow(void)
{
    int64_t tallies[SIM_N_TALLIES] = {[SIM_TALLY_CORRECT] = INT64_MAX,
                                      [SIM_TALLY_ABSENT] = INT64_MAX,
                                      [SIM_TALLY_STALE] = INT64_MAX,
                                      [SIM_TALLY_MISSING] = INT64_MAX};
    g_assert_cmpfloat(sim_metric_value(SIM_METRIC_LOCATION_ACCURACY, tallies), ==, 0.5);
}

static void
test_formula_names_tallies(void)
{
    g_autofree char *formula = sim_metric_formula(SIM_METRIC_REACHABILITY);
    g_assert_cmpstr(formula, ==, "correct / (correct + wrong-address + unreachable + missing)");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/metrics/every-name-is-kebab-case-and-unique", test_kebab_case_and_unique);
    g_test_add_func("/metrics/every-entry-is-filled", test_every_entry_is_filled);
    g_test_add_func("/metrics/every-tally-is-used", test_every_tally_is_used);
    g_test_add_func("/metrics/shares-are-parts-of-a-whole", test_shares_are_parts);
    g_test_add_func("/metrics/find-is-the-inverse-of-name", test_find_is_the_inverse_of_name);
    g_test_add_func("/metrics/value/nothing-observed-is-nan", test_nothing_observed_is_nan);
    g_test_add_func("/metrics/value/has-its-unit", test_values_have_their_units);
    g_test_add_func("/metrics/value/long-runs-do-not-overflow", test_long_runs_do_not_overflow);
    g_test_add_func("/metrics/formula-names-tallies", test_formula_names_tallies);
    return g_test_run();
}
