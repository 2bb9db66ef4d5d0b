/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests of closed forms share: draws, and the mean of many against what it should be. */
#pragma once

#include <glib.h>
#include <math.h>
#include <stdbool.h>

#define Z_MOST 4.0
#define ERROR_MOST 0.01

/* Sums over independent cycles of a value over and a value under the line. */
typedef struct {
    double n;
    double over;
    double under;
    double squares[3]; /* over over, over under, under under */
} Ratio;

static inline void
add(Ratio *self, double over, double under)
{
    self->n++;
    self->over += over;
    self->under += under;
    self->squares[0] += over * over;
    self->squares[1] += over * under;
    self->squares[2] += under * under;
}

static inline void
check(const char *what, const Ratio *self, double exact)
{
    double f = self->over / self->under;
    double squares = self->squares[0] - 2 * f * self->squares[1] + f * f * self->squares[2];
    double error = sqrt(fmax(squares, 0)) / self->under;
    g_test_message("%s: drawn %.6g, exact %.6g, standard error %.2g", what, f, exact, error);
    g_assert_cmpfloat(error, <=, ERROR_MOST * exact);
    g_assert_cmpfloat(fabs(f - exact), <=, Z_MOST * error + 1e-9 * exact);
}

/* Never 0, so that it has a logarithm. */
static inline double
uniform(GRand *rand)
{
    return 1 - g_rand_double(rand);
}

static inline double
between(GRand *rand, double from, double to)
{
    return from + (to - from) * uniform(rand);
}

static inline double
exponential(GRand *rand, double mean)
{
    return -mean * log(uniform(rand));
}

static inline bool
happens(GRand *rand, double chance)
{
    return g_rand_double(rand) < chance;
}
