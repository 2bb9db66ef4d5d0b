/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms of lines and NATs against a plain simulation of their definition. */
#include "sim/experiment/oracles/closed-forms.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>

enum { DRAWS = 400000 };

static double
exponential(GRand *rand, double mean)
{
    return -mean * log(1 - g_rand_double(rand));
}

static void
test_directed(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    double failed = 0;
    double fresh = 0;
    for (int i = 0; i < DRAWS; i++) {
        bool heard = false;
        bool answered = false;
        for (int copy = 0; copy < 11; copy++) {
            bool arrives = g_rand_double(rand) >= 0.7;
            heard = heard || arrives;
            answered = answered || (arrives && g_rand_double(rand) >= 0.2);
        }
        failed += !answered;
        fresh += heard && !answered;
    }
    g_assert_cmpfloat(fabs(failed / DRAWS - sim_exact_fails_directed(0.7, 0.2)), <, 0.0015);
    g_assert_cmpfloat(fabs(fresh / DRAWS - sim_exact_fresh_directed(0.7, 0.2)), <, 0.0012);
}

static void
test_burst(void)
{
    static const double copies[] = {0, 0.5, 1.5, 3.5};
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);
    double lapses = 0;
    for (int i = 0; i < DRAWS; i++) {
        bool up = true;
        bool all_down = true;
        double change = exponential(rand, 120);
        for (size_t c = 0; c < G_N_ELEMENTS(copies); c++) {
            for (; change < 60 + copies[c]; up = !up)
                change += exponential(rand, up ? 20 : 120);
            all_down = all_down && !up;
        }
        lapses += all_down;
    }
    g_assert_cmpfloat(fabs(lapses / DRAWS - sim_exact_burst_lapse(120, 20, 60, 66)), <, 0.002);
}

static void
test_idle(void)
{
    static const double cases[][3] = {{120, 60, 300}, {30, 100, 500}, {400, 60, 300}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        double over = 0;
        double all = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = g_rand_double_range(rand, cases[c][1], cases[c][2]);
            over += fmax(x - cases[c][0], 0);
            all += x;
        }
        g_assert_cmpfloat(fabs(over / all - sim_exact_idle(cases[c][0], cases[c][1], cases[c][2])),
                          <, 0.003);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closed-forms/loss-in-one-direction", test_directed);
    g_test_add_func("/closed-forms/outages", test_burst);
    g_test_add_func("/closed-forms/idle-nat", test_idle);
    return g_test_run();
}
