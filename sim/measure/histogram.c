/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bin of a value is its highest bit and the three bits below it, so no logarithm is taken and
 * the edges are exact. Values below 8 have a bin each. */
#include "sim/measure/histogram.h"

#include <glib.h>

/* 2^63 would be the lower edge of the first bin that no RollTime reaches. */
#define UNREACHED (8 * 61)

G_STATIC_ASSERT(UNREACHED < SIM_HISTOGRAM_BINS);

size_t
sim_histogram_bin(RollTime value)
{
    if (value < 8)
        return value < 0 ? 0 : (size_t)value;
    unsigned top = 63 - (unsigned)__builtin_clzll((uint64_t)value);
    return 8 * (top - 2) + (((uint64_t)value >> (top - 3)) & 7);
}

RollTime
sim_histogram_edge(size_t i)
{
    if (i < 8)
        return (RollTime)i;
    if (i >= UNREACHED)
        return ROLL_NEVER;
    return (RollTime)(8 + i % 8) << (i / 8 - 1);
}

void
sim_histogram_add(SimHistogram *self, RollTime value, unsigned cause)
{
    g_return_if_fail(cause < SIM_HISTOGRAM_CAUSES);
    self->counts[sim_histogram_bin(value)][cause]++;
    self->total++;
}

void
sim_histogram_merge(SimHistogram *self, const SimHistogram *other)
{
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++)
        for (size_t c = 0; c < SIM_HISTOGRAM_CAUSES; c++)
            self->counts[i][c] += other->counts[i][c];
    self->total += other->total;
}
