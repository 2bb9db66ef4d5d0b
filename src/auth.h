/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a request carries credentials of a user: RFC 3261 section 22, RFC 7616, RFC 8760. */
#pragma once

#include "nonce.h"
#include <rollcall/registrar.h>

/**
 * RollVerdict:
 * %ROLL_VERDICT_GOOD: the named user knows the password
 * %ROLL_VERDICT_NONE: no credentials for the realm, or wrong ones: 401
 * %ROLL_VERDICT_STALE: the nonce is not good, whatever the rest: 401 with stale=true
 * %ROLL_VERDICT_MALFORMED: 400
 */
typedef enum {
    ROLL_VERDICT_GOOD,
    ROLL_VERDICT_NONE,
    ROLL_VERDICT_STALE,
    ROLL_VERDICT_MALFORMED,
} RollVerdict;

/**
 * RollUser: borrowed from the request, or until the next lookup.
 * @owns: the user part of the address-of-record that is the user's own
 */
typedef struct {
    RollText username;
    RollText owns;
} RollUser;

/**
 * roll_auth_check:
 * @config: algorithms, realm and lookup
 * @nonces: the nonce count of good credentials is noted here
 * @ret_user: (out): who it is; set only with %ROLL_VERDICT_GOOD
 */
RollVerdict roll_auth_check(const RollConfig *config, RollNonces *nonces, RollTime now,
                            const RollRequest *request, RollUser *ret_user);
