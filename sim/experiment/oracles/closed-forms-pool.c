/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses that are given up and used again by others. */
#include "sim/experiment/oracles/closed-forms.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* Of N addresses K are used, and a user leaves at rate nu. A free one is taken at rate
 * K nu / (N - K), by one of the others in K - 1 of K cases. With these three states, the user's
 * own, free, another's, P(another has it at s) = (1 - 1/K) (r - exp(-nu s) + (1 - r) exp(-k s)),
 * r = K/N and k = nu / (1 - r). */
double
sim_exact_misdirected(const SimExactPool *pool, double span)
{
    double used = (double)pool->used / pool->addresses;
    double a = pool->nu * span;
    double b = a / (1 - used);
    return (1 - 1.0 / pool->used) * (used + expm1(-a) / a - (1 - used) * expm1(-b) / b);
}

/* An address that is given up waits for as many moves of any user as there are free ones; these
 * come at rate K nu. So the chain that is watched at each move goes from the own address to the end
 * of the line with probability 1/K, up the line step by step, and from its head to the user itself
 * with probability 1/K, else to another. The mean over time is that over moves, weighted with how
 * much of the span passes between each and the next. */
double
sim_exact_misdirected_oldest(const SimExactPool *pool, double span)
{
    unsigned free = pool->addresses - pool->used;
    double leaves = 1.0 / pool->used;
    double moves = pool->used * pool->nu * span;
    double own = 1, other = 0, sum = 0;
    g_autofree double *line = g_new0(double, free);
    unsigned head = 0; /* line[head] has waited longest; behind it, round the array, the others */
    for (unsigned k = 0; k < moves + 12 * sqrt(moves) + 12; k++) {
        sum += gsl_cdf_poisson_Q(k, moves) / moves * other;
        double taken = line[head];
        line[head] = (own + other) * leaves;
        head = (head + 1) % free;
        own += taken * leaves - own * leaves;
        other += taken * (1 - leaves) - other * leaves;
    }
    return sum;
}
