/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms of storms, each against a plain simulation of its definition: instants drawn and
 * sorted, and a worker that takes one after the other. */
#include "sim/experiment/oracles/closed-forms.h"
#include "tests/oracles/drawn.h"

#include <stdlib.h>

#define MOST 20000

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* @line: the longest; in it those that have come and whose service has not ended */
static void
play(GRand *rand, const SimExactStorm *storm, double *wait, double *line)
{
    static double at[MOST], done[MOST];
    unsigned n = (unsigned)storm->phones, gone = 0;
    double free_at = 0;
    *wait = *line = 0;
    for (unsigned i = 0; i < n; i++)
        at[i] = g_rand_double_range(rand, 0, storm->spread);
    qsort(at, n, sizeof *at, by_size);
    for (unsigned i = 0; i < n; i++) {
        double begins = MAX(at[i], free_at);
        *wait += begins - at[i];
        done[i] = free_at = begins + 1 / storm->rate;
        while (done[gone] <= at[i])
            gone++;
        *line = MAX(*line, i + 1.0 - gone);
    }
}

static void
test_storm(void)
{
    static const SimExactStorm cases[] = {
        {6000, 0.2, 10000}, {20000, 0.3, 33333}, {20000, 40, 1000}, {20000, 25, 1000}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(21);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio waits = {0}, lines = {0};
        double wait, line;
        for (int run = 0; run < 100; run++) {
            play(rand, &cases[i], &wait, &line);
            add(&waits, wait, cases[i].phones);
            add(&lines, line, 1);
        }
        check("wait", &waits, sim_exact_storm_wait(&cases[i]));
        if (cases[i].phones > cases[i].rate * cases[i].spread)
            check("line", &lines, sim_exact_storm_line(&cases[i]));
    }
}

static void
test_harmonic(void)
{
    static const struct {
        double width;
        unsigned refreshes;
    } cases[] = {{0.2, 5}, {0.5, 2}, {0.4, 3}, {0.9, 1}};
    g_autoptr(GRand) rand = g_rand_new_with_seed(22);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Ratio harmonic = {0};
        for (int phone = 0; phone < 400000; phone++) {
            double at = 0;
            for (unsigned k = 0; k < cases[i].refreshes; k++)
                at += 1 + cases[i].width * (g_rand_double(rand) - 0.5);
            add(&harmonic, cos(2 * M_PI * at), 1);
        }
        check("harmonic", &harmonic, sim_exact_harmonic(cases[i].width, cases[i].refreshes));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closed-forms/storm", test_storm);
    g_test_add_func("/closed-forms/harmonic", test_harmonic);
    return g_test_run();
}
