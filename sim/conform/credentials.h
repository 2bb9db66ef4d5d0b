/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client's side of the digest, for a case. */
#pragma once

#include "sim/conform/case.h"

/**
 * SimCredentials: what is to be said; what is left out is right.
 * @algorithm: "" leaves the parameter out
 * @qop: "auth"; "" is the form without qop
 * @nc: 0 for one more than the last
 * @more: more parameters, after a comma
 * @without: a parameter to leave out
 */
typedef struct {
    const char *scheme;
    const char *username;
    const char *password;
    const char *realm;
    const char *nonce;
    const char *uri;
    const char *algorithm;
    const char *qop;
    const char *response;
    uint32_t nc;
    const char *nc_text;
    const char *more;
    const char *without;
} SimCredentials;

/** sim_credentials_take: keeps a challenge of the last reply that can be answered. */
bool sim_credentials_take(SimCase *c);

/** sim_credentials_take_algorithm: the one with @algorithm. */
bool sim_credentials_take_algorithm(SimCase *c, const char *algorithm);

/** sim_credentials_for: for @ask, by the challenge kept. Returns: (transfer full): or %NULL. */
char *sim_credentials_for(SimCase *c, const SimAsk *ask);

/** sim_credentials_write: an Authorization header line. Returns: (transfer full): */
char *sim_credentials_write(SimCase *c, const SimCredentials *say);
