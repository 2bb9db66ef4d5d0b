/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance by counter: reproducible, in range, and each draw independent of all others. */
#include "sim/engine/random.h"

#include <glib.h>
#include <math.h>

static void
same_counter_same_number(void)
{
    SimRandom a = sim_random_new(7, 0);
    SimRandom b = sim_random_new(7, 0);
    double first = sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_ON, 5, 0);
    for (uint32_t i = 0; i < 100; i++)
        sim_random_uniform(&a, i, SIM_PURPOSE_REFRESH, i, 0);
    g_assert_cmpfloat(first, ==, sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_ON, 5, 0));
    g_assert_cmpfloat(first, ==, sim_random_uniform(&b, 3, SIM_PURPOSE_POWER_ON, 5, 0));
}

static void
every_coordinate_matters(void)
{
    SimRandom a = sim_random_new(7, 0);
    SimRandom seed = sim_random_new(8, 0);
    SimRandom replication = sim_random_new(7, 1);
    double x = sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_ON, 5, 0);
    g_assert_cmpfloat(x, !=, sim_random_uniform(&seed, 3, SIM_PURPOSE_POWER_ON, 5, 0));
    g_assert_cmpfloat(x, !=, sim_random_uniform(&replication, 3, SIM_PURPOSE_POWER_ON, 5, 0));
    g_assert_cmpfloat(x, !=, sim_random_uniform(&a, 4, SIM_PURPOSE_POWER_ON, 5, 0));
    g_assert_cmpfloat(x, !=, sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_OFF, 5, 0));
    g_assert_cmpfloat(x, !=, sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_ON, 6, 0));
    g_assert_cmpfloat(x, !=, sim_random_uniform(&a, 3, SIM_PURPOSE_POWER_ON, 5, 1));
}

/* Mean, variance and correlation of neighbours of N uniforms lie within 5 standard errors. */
static void
looks_uniform(void)
{
    enum { N = 200000 };
    SimRandom random = sim_random_new(1, 0);
    double sum = 0;
    double squares = 0;
    double products = 0;
    double last = 0.5;
    for (uint32_t i = 0; i < N; i++) {
        double u = sim_random_uniform(&random, i % 100, SIM_PURPOSE_CALL, i / 100, 0);
        g_assert_true(u > 0 && u < 1);
        sum += u - 0.5;
        squares += (u - 0.5) * (u - 0.5);
        products += (u - 0.5) * (last - 0.5);
        last = u;
    }
    g_assert_cmpfloat(fabs(sum / N), <, 5 * sqrt(1.0 / 12 / N));
    g_assert_cmpfloat(fabs(squares / N - 1.0 / 12), <, 5 * sqrt(1.0 / 180 / N));
    g_assert_cmpfloat(fabs(products / N), <, 5 / 12.0 / sqrt(N));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/random/same-counter-same-number", same_counter_same_number);
    g_test_add_func("/random/every-coordinate-matters", every_coordinate_matters);
    g_test_add_func("/random/looks-uniform", looks_uniform);
    return g_test_run();
}
