/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The credentials with which a phone answers a challenge, as text (RFC 7616). */
#pragma once

#include "sim/link/identity.h"

/**
 * SimTerms: what a challenge asked for.
 * @realm: absent: that of the registrar of the scenario
 * @opaque: absent if it had none
 * @qop: it offers qop=auth
 * @right: answer with the password that the registrar knows, whatever the phone believes
 */
typedef struct {
    RollText nonce;
    RollText realm;
    RollText opaque;
    bool qop;
    bool right;
} SimTerms;

/** SimProof: texts the credentials borrow from. */
typedef struct {
    char password[SIM_NAME_MAX];
    char ha1[ROLL_DIGEST_HEX];
    char response[ROLL_DIGEST_HEX];
    char cnonce[17];
} SimProof;

/**
 * sim_proof_make: what the phone of @asked puts into @request, which it is about to send.
 * @out: (out): borrows from @proof, @request and @terms
 */
void sim_proof_make(const SimIdentity *identity, const SimRequest *asked,
                    const RollRequest *request, const SimTerms *terms, SimProof *proof,
                    RollCredentials *out);
