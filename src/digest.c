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

static size_t
put_text(char *at, RollText text)
{
    if (text.len > 0)
        memcpy(at, text.ptr, text.len);
    return text.len;
}

/* HA2 is of what is asked and says nothing of who asks, and a registrar is asked for the same all
 * day: with the HA1 that its users have as it is, remembering it spares two fifths of the hashing.
 */
static RollText
find_ha2(const RollDigestInput *input)
{
    static _Thread_local struct {
        bool used;
        RollAlgorithm algorithm;
        size_t method_len;
        size_t uri_len;
        char text[128];
        char ha2[ROLL_DIGEST_HEX];
    } last;
    RollText method = {last.text, last.method_len};
    RollText uri = {last.text + last.method_len, last.uri_len};
    if (last.used && last.algorithm == input->algorithm && roll_text_equal(method, input->method) &&
        roll_text_equal(uri, input->uri))
        return roll_text(last.ha2);
    const RollText action[] = {input->method, input->uri};
    hash_pieces(input->algorithm, action, 2, last.ha2);
    last.used = input->method.len + input->uri.len <= sizeof last.text;
    if (last.used) {
        last.algorithm = input->algorithm;
        last.method_len = put_text(last.text, input->method);
        last.uri_len = put_text(last.text + last.method_len, input->uri);
    }
    return roll_text(last.ha2);
}

void
roll_digest_response(const RollDigestInput *input, char out[ROLL_DIGEST_HEX])
{
    RollText ha2 = find_ha2(input);
    if (!input->qop) {
        const RollText pieces[] = {input->ha1, input->nonce, ha2};
        hash_pieces(input->algorithm, pieces, 3, out);
        return;
    }
    char nc[8];
    for (int i = 0; i < 8; i++)
        nc[i] = "0123456789abcdef"[input->nc >> (28 - 4 * i) & 15];
    const RollText pieces[] = {input->ha1,    input->nonce,      {nc, sizeof(nc)},
                               input->cnonce, ROLL_TEXT("auth"), ha2};
    hash_pieces(input->algorithm, pieces, 6, out);
}
