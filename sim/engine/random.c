/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Philox4x32-10 under the names of the simulator. */
#include "sim/engine/random.h"

#include <Random123/philox.h>

static philox4x32_ctr_t
block(const uint32_t key[2], uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    philox4x32_ctr_t counter = {{a, b, c, d}};
    philox4x32_key_t k = {{key[0], key[1]}};
    return philox4x32(counter, k);
}

SimRandom
sim_random_new(uint64_t seed, uint32_t replication)
{
    const uint32_t words[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    /* Replications are not neighbouring keys but blocks of the seed's own sequence. */
    philox4x32_ctr_t key = block(words, replication, 0, 0, UINT32_MAX);
    return (SimRandom){{key.v[0], key.v[1]}};
}

double
sim_random_uniform(const SimRandom *self, uint32_t entity, SimPurpose purpose, uint32_t ordinal,
                   uint32_t again)
{
    philox4x32_ctr_t out = block(self->key, entity, (uint32_t)purpose, ordinal, again);
    uint64_t bits = ((uint64_t)out.v[0] << 32 | out.v[1]) >> 12;
    /* The middle of one of 2^52 equal intervals: neither 0 nor 1, and exact in a double. */
    return ((double)bits + 0.5) * 0x1p-52;
}
