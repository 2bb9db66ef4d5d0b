/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `rollcall validate` accepts, and that its figures depend on the seed alone. */
#include "sim/experiment/validate.h"

#include <math.h>

static unsigned
judged(double seen, double error, double exact, double *z)
{
    SimRow row = {.value = {"made-up", seen, error, exact}};
    sim_row_judge(&row);
    *z = row.z;
    return row.flaws;
}

static void
test_judge(void)
{
    double z;
    g_assert_cmpuint(judged(10.02, 0.01, 10, &z), ==, SIM_ROW_MET);
    g_assert_cmpfloat_with_epsilon(z, 2, 1e-9);
    g_assert_cmpuint(judged(9.961, 0.01, 10, &z), ==, SIM_ROW_MET);
    g_assert_cmpuint(judged(10.05, 0.01, 10, &z), ==, SIM_ROW_FAR);
    g_assert_cmpfloat_with_epsilon(z, 5, 1e-9);
    g_assert_cmpuint(judged(9.95, 0.01, 10, &z), ==, SIM_ROW_FAR);
    g_assert_cmpuint(judged(10, 0.2, 10, &z), ==, SIM_ROW_VAGUE);
    g_assert_cmpuint(judged(20, 0.2, 10, &z), ==, SIM_ROW_FAR | SIM_ROW_VAGUE);
    g_assert_cmpuint(judged(-10, 0.01, -10, &z), ==, SIM_ROW_MET);
}

static void
test_judge_without_spread(void)
{
    double z;
    g_assert_cmpuint(judged(1, 0, 1, &z), ==, SIM_ROW_MET);
    g_assert_cmpfloat(z, ==, 0);
    g_assert_cmpuint(judged(1.001, 0, 1, &z), ==, SIM_ROW_FAR);
    g_assert_true(isinf(z));
    g_assert_cmpuint(judged(NAN, 0.01, 1, &z), ==, SIM_ROW_FAR);
    g_assert_cmpuint(judged(1, NAN, 1, &z), ==, SIM_ROW_FAR | SIM_ROW_VAGUE);
}

/* An oracle that takes a moment: the share of the time that phones are on. @on is its case. */
typedef struct {
    double on;
    double claimed;
} Small;

static char *
small_parameters(const void *which)
{
    return g_strdup_printf("on exp(%g s)", ((const Small *)which)->on);
}

static char *
small_scenario(const void *which, unsigned point)
{
    SimOracleWorld world = {.phones = 200, .hours = 10 + point};
    return sim_oracle_text(&world, "boot = 0s\npower = on exp(%.0fs), off exp(600s)\n",
                           ((const Small *)which)->on);
}

static void
small_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const Small *c = which;
    sim_oracle_add_metric(values, run->results[0], SIM_METRIC_CORRECT_SHARE, c->claimed);
}

static const Small SMALL[] = {{600, 0.5}, {1800, 0.75}, {600, 0.56}};
static const SimOracle ONE = {
    .name = "small",
    SIM_ORACLE_CASES(SMALL),
    .parameters = small_parameters,
    .scenario = small_scenario,
    .observe = small_observe,
};

static void
second_observe(const void *which, const SimOracleRun *run, GArray *values)
{
    const SimEstimate *first = &run->results[0]->columns[0].metrics[SIM_METRIC_CORRECT_SHARE];
    const SimEstimate *longer = &run->results[1]->columns[0].metrics[SIM_METRIC_CORRECT_SHARE];
    g_assert_cmpfloat(first->value, !=, longer->value);
    sim_oracle_add(values, "mean", (first->value + longer->value) / 2, 0,
                   ((const Small *)which)->claimed);
}

static const SimOracle REPLICATED = {
    .name = "replicated",
    SIM_ORACLE_CASES(SMALL),
    .n_points = 2,
    .replications = 5,
    .parameters = small_parameters,
    .scenario = small_scenario,
    .observe = second_observe,
};

static GArray *
rows_of(const SimOracle *oracle, uint64_t seed, unsigned threads)
{
    SimValidateOptions options = {.seed = seed, .link = SIM_LINK_DIRECT, .threads = threads};
    g_autoptr(GError) error = NULL;
    GArray *rows = sim_validate_one(oracle, &options, &error);
    g_assert_no_error(error);
    return rows;
}

static const SimRow *
row_at(const GArray *rows, guint i)
{
    return &g_array_index(rows, SimRow, i);
}

static void
test_wrong_claim_is_found(void)
{
    g_autoptr(GArray) rows = rows_of(&ONE, 1, 2);
    g_assert_cmpuint(rows->len, ==, 3);
    g_assert_cmpuint(row_at(rows, 0)->flaws, ==, SIM_ROW_MET);
    g_assert_cmpuint(row_at(rows, 1)->flaws, ==, SIM_ROW_MET);
    g_assert_cmpuint(row_at(rows, 2)->flaws & SIM_ROW_FAR, ==, SIM_ROW_FAR);
    g_assert_cmpstr(row_at(rows, 1)->oracle, ==, "small");
    g_assert_cmpstr(row_at(rows, 1)->parameters, ==, "on exp(1800 s)");
    g_assert_cmpstr(row_at(rows, 1)->value.metric, ==, "correct-share");
}

static void
test_replications_tell_the_error(void)
{
    g_autoptr(GArray) rows = rows_of(&REPLICATED, 1, 2);
    g_assert_cmpuint(rows->len, ==, 3);
    g_assert_cmpfloat(row_at(rows, 0)->value.error, >, 0);
    g_assert_cmpuint(row_at(rows, 0)->flaws, ==, SIM_ROW_MET);
    g_assert_cmpuint(row_at(rows, 1)->flaws, ==, SIM_ROW_MET);
    g_assert_cmpuint(row_at(rows, 2)->flaws & SIM_ROW_FAR, ==, SIM_ROW_FAR);
}

static void
test_threads_change_nothing(void)
{
    const SimOracle *oracles[] = {&ONE, &REPLICATED};
    for (size_t i = 0; i < G_N_ELEMENTS(oracles); i++) {
        g_autoptr(GArray) alone = rows_of(oracles[i], 7, 1);
        g_autoptr(GArray) many = rows_of(oracles[i], 7, 3);
        g_autoptr(GArray) other = rows_of(oracles[i], 8, 3);
        g_assert_cmpuint(alone->len, ==, many->len);
        for (guint k = 0; k < alone->len; k++) {
            g_assert_cmpfloat(row_at(alone, k)->value.seen, ==, row_at(many, k)->value.seen);
            g_assert_cmpfloat(row_at(alone, k)->value.error, ==, row_at(many, k)->value.error);
            g_assert_cmpfloat(row_at(alone, k)->value.seen, !=, row_at(other, k)->value.seen);
        }
    }
}

static char *
broken_scenario(const void *which, unsigned point)
{
    (void)which;
    (void)point;
    return g_strdup("[scenario]\nduration = 2\n");
}

static void
test_broken_scenario(void)
{
    SimOracle broken = ONE;
    SimValidateOptions options = {.link = SIM_LINK_DIRECT, .threads = 2};
    g_autoptr(GError) error = NULL;
    broken.scenario = broken_scenario;
    g_assert_null(sim_validate_one(&broken, &options, &error));
    g_assert_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "small.ini:2: \"2\" has no unit; did you mean \"2s\"?");
}

/* A ratio whose batches differ by a known amount. */
static void
test_ratio(void)
{
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(SimOracleValue));
    SimOracleRatio ratio;
    for (unsigned b = 0; b < SIM_ORACLE_BATCHES; b++) {
        ratio.over[b] = b % 2 ? 3 : 1;
        ratio.under[b] = 10;
    }
    sim_oracle_add_ratio(values, "share", &ratio, 0.2);
    const SimOracleValue *value = &g_array_index(values, SimOracleValue, 0);
    g_assert_cmpfloat_with_epsilon(value->seen, 0.2, 1e-12);
    g_assert_cmpfloat_with_epsilon(value->error, 0.1 / sqrt(31), 1e-12);
    g_assert_cmpstr(value->metric, ==, "share");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/validate/judge", test_judge);
    g_test_add_func("/validate/judge-without-spread", test_judge_without_spread);
    g_test_add_func("/validate/wrong-claim-is-found", test_wrong_claim_is_found);
    g_test_add_func("/validate/replications-tell-the-error", test_replications_tell_the_error);
    g_test_add_func("/validate/threads-change-nothing", test_threads_change_nothing);
    g_test_add_func("/validate/broken-scenario", test_broken_scenario);
    g_test_add_func("/validate/ratio", test_ratio);
    return g_test_run();
}
