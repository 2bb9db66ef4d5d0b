/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Credentials are judged in one order for both forms, hashed and decoded: form, nonce, nonce count,
 * user and response. Only two steps differ: a decoded client names the nonce by its serial, and
 * says the password instead of a hash over it.
 *
 * The nonce comes before the response because RFC 7616 section 3.3 sets stale=true on nothing but
 * an invalid nonce; that saves the hash, and a stranger learns nothing from it. */
#include "auth.h"

#include <glib.h>
#include <nettle/memops.h>

static bool
is_offered(const RollConfig *config, RollAlgorithm algorithm)
{
    for (size_t i = 0; i < config->n_algorithms; i++)
        if (config->algorithms[i] == algorithm)
            return true;
    return false;
}

/* The credentials meant for us: of our realm (RFC 3261 section 22.1) and an algorithm we offered
 * (RFC 8760 section 2.3). A malformed header may not even say its realm. */
static const RollCredentials *
choose(const RollConfig *config, const RollRequest *request)
{
    RollText realm = roll_text(config->realm);
    for (size_t i = 0; i < request->n_credentials; i++) {
        const RollCredentials *c = &request->credentials[i];
        bool ours = roll_text_equal(c->realm, realm);
        if (c->malformed ? ours || !c->realm.ptr : ours && is_offered(config, c->algorithm))
            return c;
    }
    return NULL;
}

/* Takes the same time wherever two texts of one length differ. */
static bool
equal_secretly(RollText a, RollText b)
{
    return a.len == b.len && (a.len == 0 || memeql_sec(a.ptr, b.ptr, a.len));
}

static RollText
find_ha1(const RollCredentials *c, const RollSecret *secret, char buffer[ROLL_DIGEST_HEX])
{
    if (secret->ha1.ptr)
        return secret->ha1;
    roll_digest_ha1(c->algorithm, c->username, c->realm, secret->password, buffer);
    return roll_text(buffer);
}

static bool
decoded_matches(const RollCredentials *c, const RollSecret *secret)
{
    if (!secret->ha1.ptr)
        return equal_secretly(c->secret, secret->password);
    char ha1[ROLL_DIGEST_HEX];
    roll_digest_ha1(c->algorithm, c->username, c->realm, c->secret, ha1);
    return equal_secretly(roll_text(ha1), secret->ha1);
}

static bool
response_matches(const RollRequest *request, const RollCredentials *c, const RollSecret *secret)
{
    char ha1[ROLL_DIGEST_HEX];
    char expected[ROLL_DIGEST_HEX];
    /* The hash is over the uri in the header, which a proxy may have made different from the
     * Request-URI; RFC 8760 section 2.6 leaves it to us to take that. */
    RollDigestInput input = {
        .algorithm = c->algorithm,
        .ha1 = find_ha1(c, secret, ha1),
        .nonce = c->nonce,
        .uri = c->uri,
        .method = request->method,
        .cnonce = c->cnonce,
        .nc = c->nc,
        .qop = c->qop,
    };
    roll_digest_response(&input, expected);
    char given[ROLL_DIGEST_HEX];
    size_t len = strlen(expected);
    if (c->response.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        given[i] = g_ascii_tolower(c->response.ptr[i]);
    return memeql_sec(expected, given, len);
}

static bool
knows_password(const RollConfig *config, const RollRequest *request, const RollCredentials *c,
               RollText *ret_owns)
{
    RollSecret secret = {0};
    bool known = config->lookup(config->lookup_data, c->realm, c->username, c->algorithm, &secret);
    /* An unknown user costs the same hashes as a known one, so that time does not name users. */
    if (!known && !secret.ha1.ptr)
        secret = (RollSecret){.password = ROLL_TEXT("")};
    bool matches = c->decoded ? decoded_matches(c, &secret) : response_matches(request, c, &secret);
    *ret_owns = secret.owns.ptr ? secret.owns : c->username;
    return known && matches;
}

RollVerdict
roll_auth_check(const RollConfig *config, RollNonces *nonces, RollTime now,
                const RollRequest *request, RollUser *ret_user)
{
    const RollCredentials *c = choose(config, request);
    if (!c)
        return ROLL_VERDICT_NONE;
    /* A count is due with qop (RFC 7616 section 3.4), and what is missing there is a 4xx. */
    if (c->malformed || (c->qop && c->nc == 0))
        return ROLL_VERDICT_MALFORMED;
    uint64_t serial = c->decoded ? c->serial : roll_nonces_read(nonces, c->nonce);
    uint32_t *count = roll_nonces_count(nonces, now, serial);
    if (!count)
        return ROLL_VERDICT_STALE;
    /* A count that does not rise is a replay, or an honest request overtaken on its way. The
     * latter recovers at once from stale=true; without it, it would take its password for wrong.
     * The form of RFC 2069, without qop, has no count: its nonce is good for its lifetime. */
    if (c->qop && c->nc <= *count)
        return ROLL_VERDICT_STALE;
    RollText owns;
    if (!knows_password(config, request, c, &owns))
        return ROLL_VERDICT_NONE;
    if (c->qop)
        *count = c->nc;
    *ret_user = (RollUser){c->username, owns};
    return ROLL_VERDICT_GOOD;
}
