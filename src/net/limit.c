/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A token bucket for each source: an IPv4 address, or the /64 of an IPv6 one, as a subscriber has
 * as many addresses there as he likes. The buckets stand in a table of fixed size, a few beside
 * each other for each hash; the one that was quiet longest gives way. So memory is bounded whoever
 * sends, and a flood from made-up sources can at worst make the limit of others forget. */
#include "limit.h"

#include "endpoint.h"
#include <glib.h>
#include <string.h>

enum { WAYS = 4, SETS = 1 << 14 };

typedef struct {
    uint64_t source;
    float tokens;
    uint32_t unused;
    RollTime at;
} Bucket;

struct RollLimit {
    double rate;
    double burst;
    bool loopback;
    uint64_t seed;
    Bucket *buckets;
};

RollLimit *
roll_limit_new(double rate, double burst, bool loopback)
{
    RollLimit *self = g_new0(RollLimit, 1);
    self->rate = rate;
    self->burst = MAX(burst, 1);
    self->loopback = loopback;
    self->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    if (rate > 0)
        self->buckets = g_new0(Bucket, (size_t)WAYS * SETS);
    return self;
}

void
roll_limit_free(RollLimit *self)
{
    if (!self)
        return;
    g_free(self->buckets);
    g_free(self);
}

/* Never 0, which is an empty bucket. */
static uint64_t
source_of(const RollEndpoint *peer)
{
    uint64_t source = 0;
    memcpy(&source, peer->address, peer->family == 6 ? 8 : 4);
    return source ^ (uint64_t)peer->family << 56 ^ UINT64_C(1) << 63;
}

static Bucket *
find(RollLimit *self, RollTime now, uint64_t source)
{
    uint64_t mixed = (source ^ self->seed) * UINT64_C(0x9e3779b97f4a7c15);
    Bucket *set = self->buckets + (mixed >> 50) * WAYS, *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].source == source)
            return &set[i];
        if (set[i].at < oldest->at)
            oldest = &set[i];
    }
    *oldest = (Bucket){.source = source, .tokens = (float)self->burst, .at = now};
    return oldest;
}

bool
roll_limit_admits(RollLimit *self, RollTime now, const RollEndpoint *peer)
{
    if (!self->buckets || (!self->loopback && roll_endpoint_is_loopback(peer)))
        return true;
    Bucket *bucket = find(self, now, source_of(peer));
    double grown = (double)(now - bucket->at) / ROLL_SECOND * self->rate;
    bucket->tokens = (float)MIN(self->burst, bucket->tokens + grown);
    bucket->at = now;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}
