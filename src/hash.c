/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SipHash-1-3: one round for every eight bytes, three at the end. A seed, the hash of the text
 * before, is taken in as one more word; hashing part after part keeps `ab`,`c` and `a`,`bc` apart,
 * which hashing the joined bytes would not. */
#include "hash.h"

static uint64_t
load64(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (len == 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        return word;
    }
#endif
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)p[i] << (8 * i);
    return word;
}

RollHashKey
roll_hash_key(const uint8_t bytes[16])
{
    return (RollHashKey){load64(bytes, 8), load64(bytes + 8, 8)};
}

static inline uint64_t
rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static inline void
take_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t
roll_hash(RollHashKey key, uint64_t seed, RollText text)
{
    uint64_t v[4] = {key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d,
                     key.k0 ^ 0x6c7967656e657261, key.k1 ^ 0x7465646279746573};
    take_word(v, seed);
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8)
        take_word(v, load64(text.ptr + i, 8));
    /* An absent text has no bytes to point at. */
    uint64_t tail = text.len > i ? load64(text.ptr + i, text.len - i) : 0;
    take_word(v, tail | (uint64_t)text.len << 56);
    v[2] ^= 0xff;
    for (int round = 0; round < 3; round++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
