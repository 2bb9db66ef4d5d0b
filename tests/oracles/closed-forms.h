/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a simulation has to come to, where it can be known exactly. All rates per second, all times
 * in seconds, no network delay, records removed at the instant they expire.
 *
 * A phone is on for Exp(lambda), registers at once when it comes on, and again after intervals X
 * that are no longer than the granted expiry E; then it is off for Exp(delta). With phi(s) the
 * Laplace transform of X and A the age of its last REGISTER when it fails,
 *   E exp(delta A) = lambda (1 - phi(lambda - delta)) / ((lambda - delta) (1 - phi(lambda)))
 * by renewal theory, and its record outlives it by Z = E - A, so that it is stale for
 * min(D, Z): E[S] = (1 - exp(-delta E) E exp(delta A)) / delta. */
#pragma once

#include <math.h>

/* Laplace transform of the refresh interval: uniform in [from, to], or fixed where they are one. */
static inline double
phi(double s, double from, double to)
{
    if (from == to)
        return exp(-s * from);
    return (exp(-s * from) - exp(-s * to)) / (s * (to - from));
}

/* Mean stale time in one cycle of a power-failing phone. */
static inline double
stale_per_cycle(double lambda, double delta, double from, double to, double expiry)
{
    double factor = lambda * (1 - phi(lambda - delta, from, to)) /
                    ((lambda - delta) * (1 - phi(lambda, from, to)));
    return (1 - exp(-delta * expiry) * factor) / delta;
}

/* The same for a fixed off time @off: the time min(off, E - A), A exponential cut at @refresh. */
static inline double
stale_per_cycle_fixed(double lambda, double off, double refresh, double expiry)
{
    double norm = 1 - exp(-lambda * refresh);
    double mean_age = 1 / lambda - refresh * exp(-lambda * refresh) / norm;
    if (off <= expiry - refresh)
        return off;
    if (off >= expiry)
        return expiry - mean_age;
    /* Ages below a leave more than @off: it is off that is reached first. */
    double a = expiry - off;
    double g_refresh =
        exp(-lambda * refresh) / lambda - (expiry - refresh) * exp(-lambda * refresh);
    double g_a = exp(-lambda * a) / lambda - (expiry - a) * exp(-lambda * a);
    return (off * (1 - exp(-lambda * a)) + g_refresh - g_a) / norm;
}

/* REGISTERs per second of one such phone whose whole cycle lasts @cycle on average. */
static inline double
register_rate(double lambda, double from, double to, double cycle)
{
    return 1 / ((1 - phi(lambda, from, to)) * cycle);
}

/* A phone that is always on and whose address changes at rate mu, never to an old one. It notices
 * a share @noticed of the changes and registers at once, which starts its refresh timer anew. */
static inline double
wrong_address_share(double mu, double refresh, double noticed)
{
    double nu = mu * noticed;
    double unnoticed = mu - nu;
    if (nu == 0)
        return 1 - (1 - exp(-mu * refresh)) / (mu * refresh);
    double mean = (1 - exp(-nu * refresh)) / nu;
    double transform = nu * (1 - exp(-(nu + unnoticed) * refresh)) / (nu + unnoticed) +
                       exp(-(nu + unnoticed) * refresh);
    return 1 - (1 - transform) / (unnoticed * mean);
}

/* Its REGISTERs per second. */
static inline double
move_register_rate(double mu, double refresh, double noticed)
{
    double nu = mu * noticed;
    return nu == 0 ? 1 / refresh : nu / (1 - exp(-nu * refresh));
}

/* Stale contacts of its AOR at a registrar that keeps old ones until they expire; none noticed. */
static inline double
stale_contacts(double mu, double refresh, double expiry)
{
    double gone = 1 - exp(-mu * refresh);
    return (expiry * gone - (1 - exp(-mu * refresh) * (1 + mu * refresh)) / mu) / refresh;
}

/* All contacts of its AOR. */
static inline double
all_contacts(double mu, double refresh, double expiry)
{
    return 1 + (1 - exp(-mu * refresh)) * (expiry - refresh) / refresh;
}
