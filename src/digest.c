/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The digest of RFC 7616 over nettle's hashes. Everything is hashed piece by piece, so no string is
 * joined first; the algorithms differ only in the row of a table. */
#include <rollcall/digest.h>

#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>

typedef union {
    struct md5_ctx md5;
    struct sha256_ctx sha256;
    struct sha512_256_ctx sha512_256;
} Context;

typedef struct {
    const char *name;
    const struct nettle_hash *hash;
} Algorithm;

static const Algorithm algorithms[ROLL_N_ALGORITHMS] = {
    [ROLL_ALGORITHM_MD5] = {"MD5", &nettle_md5},
    [ROLL_ALGORITHM_SHA256] = {"SHA-256", &nettle_sha256},
    [ROLL_ALGORITHM_SHA512_256] = {"SHA-512-256", &nettle_sha512_256},
};

const char *
roll_algorithm_name(RollAlgorithm algorithm)
{
    return algorithm < ROLL_N_ALGORITHMS ? algorithms[algorithm].name : NULL;
}

RollAlgorithm
roll_algorithm_parse(RollText name)
{
    if (!name.ptr)
        return ROLL_ALGORITHM_MD5;
    for (RollAlgorithm i = 0; i < ROLL_N_ALGORITHMS; i++)
        if (roll_text_equal_nocase(name, roll_text(algorithms[i].name)))
            return i;
    return ROLL_ALGORITHM_UNKNOWN;
}

/* Hashes @n pieces with a colon between each two, into lower-case hexadecimal. */
static void
hash_pieces(RollAlgorithm algorithm, const RollText *pieces, size_t n, char out[ROLL_DIGEST_HEX])
{
    const struct nettle_hash *hash = algorithms[algorithm].hash;
    Context context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    hash->init(&context);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            hash->update(&context, 1, (const uint8_t *)":");
        hash->update(&context, pieces[i].len, (const uint8_t *)pieces[i].ptr);
    }
    hash->digest(&context, hash->digest_size, digest);
    for (size_t i = 0; i < hash->digest_size; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[2 * hash->digest_size] = '\0';
}

void
roll_digest_ha1(RollAlgorithm algorithm, RollText username, RollText realm, RollText password,
                char out[ROLL_DIGEST_HEX])
{
    const RollText pieces[] = {username, realm, password};
    hash_pieces(algorithm, pieces, 3, out);
}

void
roll_digest_response(const RollDigestInput *input, char out[ROLL_DIGEST_HEX])
{
    char ha2[ROLL_DIGEST_HEX];
    const RollText action[] = {input->method, input->uri};
    hash_pieces(input->algorithm, action, 2, ha2);
    if (!input->qop) {
        const RollText pieces[] = {input->ha1, input->nonce, roll_text(ha2)};
        hash_pieces(input->algorithm, pieces, 3, out);
        return;
    }
    char nc[8];
    for (int i = 0; i < 8; i++)
        nc[i] = "0123456789abcdef"[input->nc >> (28 - 4 * i) & 15];
    const RollText pieces[] = {input->ha1,    input->nonce,      {nc, sizeof(nc)},
                               input->cnonce, ROLL_TEXT("auth"), roll_text(ha2)};
    hash_pieces(input->algorithm, pieces, 6, out);
}
