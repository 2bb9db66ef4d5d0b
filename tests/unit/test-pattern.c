/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/pattern.h"

#include <glib.h>
#include <math.h>

static const SimPatternPart OFFICE[] = {
    {0x7f, 0, ROLL_DAY, 0.5},
    {0x1f, 8 * ROLL_HOUR, 18 * ROLL_HOUR, 4},
    {0x10, 12 * ROLL_HOUR, 13 * ROLL_HOUR, 0},
};

static void
test_mean_pace_is_one(void)
{
    SimPattern *self = sim_pattern_new(OFFICE, G_N_ELEMENTS(OFFICE));
    double sum = 0;
    for (int m = 0; m < 7 * 24 * 60; m++)
        sum += sim_pattern_pace(self, m * ROLL_MINUTE + ROLL_SECOND);
    g_assert_cmpfloat(fabs(sum / (7 * 24 * 60) - 1), <, 1e-12);
    double night = sim_pattern_pace(self, 3 * ROLL_HOUR);
    g_assert_cmpfloat(fabs(sim_pattern_pace(self, 9 * ROLL_HOUR) / night - 8), <, 1e-9);
    g_assert_cmpfloat(fabs(sim_pattern_pace(self, -7 * ROLL_DAY + 9 * ROLL_HOUR) / night - 8), <,
                      1e-9);
    /* a later part goes before an earlier one: Friday noon is silent */
    g_assert_cmpfloat(sim_pattern_pace(self, 4 * ROLL_DAY + 12 * ROLL_HOUR), ==, 0);
    sim_pattern_free(self);
}

/* What passes between two instants is the integral of the pace between them. */
static void
test_after_inverts_the_integral(void)
{
    SimPattern *self = sim_pattern_new(OFFICE, G_N_ELEMENTS(OFFICE));
    const RollTime starts[] = {0, 5 * ROLL_DAY + 17, -3 * ROLL_DAY - 1, 4 * ROLL_DAY + 43200000000};
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        for (double steady = 1e6; steady < 3e12; steady *= 7) {
            RollTime end = sim_pattern_after(self, starts[i], steady);
            double passed = 0;
            for (RollTime t = starts[i]; t < end;) {
                RollTime minute = t / ROLL_MINUTE * ROLL_MINUTE;
                minute -= minute > t ? ROLL_MINUTE : 0;
                RollTime stop = MIN(minute + ROLL_MINUTE, end);
                passed += sim_pattern_pace(self, t) * (double)(stop - t);
                t = stop;
            }
            g_assert_cmpfloat(fabs(passed - steady), <, 1e-6 * steady + 10);
        }
    sim_pattern_free(self);
}

static void
test_a_flat_week_changes_nothing(void)
{
    SimPattern *self = sim_pattern_new(NULL, 0);
    g_assert_cmpint(sim_pattern_after(self, 12345, 1e9), ==, 12345 + 1000000000);
    sim_pattern_free(self);
}

static void
test_a_silent_week_is_none(void)
{
    const SimPatternPart silent = {0x7f, 0, ROLL_DAY, 0};
    g_assert_null(sim_pattern_new(&silent, 1));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pattern/mean-pace-is-one", test_mean_pace_is_one);
    g_test_add_func("/pattern/after-inverts-the-integral", test_after_inverts_the_integral);
    g_test_add_func("/pattern/a-flat-week-changes-nothing", test_a_flat_week_changes_nothing);
    g_test_add_func("/pattern/a-silent-week-is-none", test_a_silent_week_is_none);
    return g_test_run();
}
