/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A keyed hash of short texts, SipHash-1-3 (Aumasson and Bernstein). What a stranger may choose
 * (addresses, branches, Call-IDs) is hashed with a key he does not know, so he cannot make a table
 * slow by sending texts that collide. */
#pragma once

#include <rollcall/text.h>

/** RollHashKey: 128 bits of secret. */
typedef struct {
    uint64_t k0;
    uint64_t k1;
} RollHashKey;

/** roll_hash_key: the key in 16 bytes, read little-endian so that every machine hashes alike. */
RollHashKey roll_hash_key(const uint8_t bytes[16]);

/** roll_hash: of @text. @seed: the hash of the text before it when several are hashed, else 0. */
uint64_t roll_hash(RollHashKey key, uint64_t seed, RollText text);
