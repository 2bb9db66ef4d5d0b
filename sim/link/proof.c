/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/link/proof.h"

/* A phone with a wrong password hashes that; and HA1s are kept for one realm. */
static RollText
own_ha1(const SimIdentity *identity, const SimRequest *asked, const RollCredentials *credentials,
        bool right, SimProof *proof)
{
    RollAlgorithm algorithm = credentials->algorithm;
    RollText kept = roll_text(sim_identity_domains(identity)[0]);
    if ((right || sim_identity_group(identity, asked->phone)->wrong_password <= 0) &&
        roll_text_equal(credentials->realm, kept))
        return sim_identity_ha1(identity, asked->phone, algorithm);
    RollText password = sim_identity_password(identity, asked->phone, !right, proof->password);
    roll_digest_ha1(algorithm, credentials->username, credentials->realm, password, proof->ha1);
    return roll_text(proof->ha1);
}

void
sim_proof_make(const SimIdentity *identity, const SimRequest *asked, const RollRequest *request,
               const SimTerms *terms, SimProof *proof, RollCredentials *out)
{
    uint64_t mixed = ((uint64_t)asked->branch << 32 | asked->phone) * UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < 16; i++)
        proof->cnonce[i] = "0123456789abcdef"[mixed >> (60 - 4 * i) & 0xf];
    *out = (RollCredentials){
        .qop = terms->qop,
        .algorithm = asked->algorithm,
        .nc = asked->nc,
        .username = sim_identity_username(identity, asked->phone, &request->to),
        .realm = terms->realm,
        .nonce = terms->nonce,
        .cnonce = terms->qop ? (RollText){proof->cnonce, 16} : (RollText){0},
        .opaque = terms->opaque,
        .uri = request->uri.text,
    };
    if (!out->realm.ptr)
        out->realm = roll_text(sim_identity_domains(identity)[0]);
    RollDigestInput input = {
        .algorithm = out->algorithm,
        .ha1 = own_ha1(identity, asked, out, terms->right, proof),
        .nonce = out->nonce,
        .uri = out->uri,
        .method = request->method,
        .cnonce = out->cnonce,
        .nc = out->nc,
        .qop = terms->qop,
    };
    roll_digest_response(&input, proof->response);
    out->response = roll_text(proof->response);
}
