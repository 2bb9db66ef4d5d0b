/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bin of a delay is its highest bit and the six below it; delays below 64 us have one each. */
#include "sim/load/delays.h"

#include <glib.h>
#include <math.h>

enum { FINE = 64, FINE_BITS = 6 };

static size_t
find_bin(RollTime delay)
{
    if (delay < FINE)
        return (size_t)delay;
    unsigned top = 63 - (unsigned)__builtin_clzll((uint64_t)delay);
    unsigned shift = top - FINE_BITS;
    size_t bin = FINE * (shift + 1) + (((uint64_t)delay >> shift) & (FINE - 1));
    return MIN(bin, SIM_DELAYS_BINS - 1);
}

/* The greatest delay of a bin. */
static RollTime
last_of(size_t bin)
{
    if (bin < FINE)
        return (RollTime)bin;
    unsigned shift = (unsigned)(bin / FINE) - 1;
    return ((RollTime)(FINE + bin % FINE + 1) << shift) - 1;
}

void
sim_delays_add(SimDelays *self, RollTime delay)
{
    delay = MAX(delay, 0);
    self->counts[find_bin(delay)]++;
    self->n++;
    self->sum += delay;
    self->max = MAX(self->max, delay);
}

double
sim_delays_mean(const SimDelays *self)
{
    return self->n > 0 ? (double)self->sum / (double)self->n : NAN;
}

RollTime
sim_delays_quantile(const SimDelays *self, double p)
{
    uint64_t rank = (uint64_t)ceil((double)self->n * p);
    uint64_t seen = 0;
    for (size_t i = 0; i < SIM_DELAYS_BINS && rank > 0; i++) {
        seen += self->counts[i];
        if (seen >= rank)
            return MIN(last_of(i), self->max);
    }
    return self->max;
}
