/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The digest of RFC 7616 as SIP uses it (RFC 3261 section 22.4, RFC 8760), for both sides: the
 * registrar checks a response with it, a client computes one. */
#pragma once

#include <rollcall/text.h>

/** RollAlgorithm: in the words of the `algorithm` parameter: MD5, SHA-256, SHA-512-256. */
typedef enum {
    ROLL_ALGORITHM_MD5,
    ROLL_ALGORITHM_SHA256,
    ROLL_ALGORITHM_SHA512_256,
    ROLL_N_ALGORITHMS,
    ROLL_ALGORITHM_UNKNOWN = ROLL_N_ALGORITHMS,
} RollAlgorithm;

/** ROLL_DIGEST_HEX: room for the longest hash in hexadecimal, with its NUL. */
#define ROLL_DIGEST_HEX 65

/** roll_algorithm_name: "MD5", "SHA-256", "SHA-512-256"; never %NULL for a known algorithm. */
const char *roll_algorithm_name(RollAlgorithm algorithm);

/** roll_algorithm_parse: by name, in any case; absent text is MD5 (RFC 7616 section 3.3). */
RollAlgorithm roll_algorithm_parse(RollText name);

/** roll_digest_ha1: H(username ":" realm ":" password) in lower-case hexadecimal. */
void roll_digest_ha1(RollAlgorithm algorithm, RollText username, RollText realm, RollText password,
                     char out[ROLL_DIGEST_HEX]);

/**
 * RollDigestInput:
 * @ha1: lower-case hexadecimal, from roll_digest_ha1() or a password file
 * @nonce: as the server sent it
 * @uri: the digest-uri, as it stands in the header
 * @method: REGISTER
 * @cnonce: absent when @qop is false
 * @nc: nonce count
 * @qop: true for qop=auth, false for none (the form of RFC 2069)
 */
typedef struct {
    RollAlgorithm algorithm;
    RollText ha1;
    RollText nonce;
    RollText uri;
    RollText method;
    RollText cnonce;
    uint32_t nc;
    bool qop;
} RollDigestInput;

/** roll_digest_response: the `response` value in lower-case hexadecimal, RFC 7616 section 3.4.1. */
void roll_digest_response(const RollDigestInput *input, char out[ROLL_DIGEST_HEX]);
