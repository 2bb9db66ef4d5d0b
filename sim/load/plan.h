/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to be asked of a registrar, by whom and how often. */
#pragma once

#include "sim/load/names.h"
#include <rollcall/message.h>

/**
 * SimLoadKind: what an attempt is.
 * %SIM_LOAD_REGISTER: REGISTER, 401, REGISTER with credentials, 200: a phone that starts
 * %SIM_LOAD_REFRESH: REGISTER with the nonce of last time, counted up, 200: a phone that goes on.
 *   Without a nonce that is still good it is as above
 * %SIM_LOAD_UNAUTHENTICATED: REGISTER, 401, and that is all
 * %SIM_LOAD_LOOKUP: INVITE, 302, ACK
 * %SIM_LOAD_FETCH: REGISTER without Contact, with credentials as above
 * %SIM_LOAD_UNREGISTER: the user's contact is taken out, with credentials as above
 */
typedef enum {
    SIM_LOAD_REGISTER,
    SIM_LOAD_REFRESH,
    SIM_LOAD_UNAUTHENTICATED,
    SIM_LOAD_LOOKUP,
    SIM_LOAD_FETCH,
    SIM_LOAD_UNREGISTER,
    SIM_LOAD_KINDS,
} SimLoadKind;

/** sim_load_kind_name: "register", "refresh", ... */
const char *sim_load_kind_name(SimLoadKind kind);

/**
 * SimLoadPlan: who asks, and where. Strings are borrowed for the life of the load.
 * @users: how many; their numbers begin with @first
 * @expires: seconds, asked for
 * @algorithm: the only one a challenge is answered in, or %ROLL_ALGORITHM_UNKNOWN for the first one
 *   of the challenge
 * @lines: @n_lines: of each socket the host and port for Via; user i has line i modulo @n_lines
 * @seed: of Poisson arrivals and kinds. @run: 8 hexadecimal digits in Call-IDs and branches, which
 *   must differ from run to run, for a registrar keeps Call-IDs for as long as their records
 */
typedef struct {
    SimNames user;
    SimNames password;
    uint32_t users;
    uint32_t first;
    RollText domain;
    RollTransport transport;
    uint32_t expires;
    RollAlgorithm algorithm;
    const char *const *lines;
    unsigned n_lines;
    uint64_t seed;
    char run[9];
} SimLoadPlan;

/**
 * SimLoadPhase: what is asked for a while.
 * @rate: attempts a second, whatever comes back; or with @window instead as fast as answers come,
 *   so many attempts at a time
 * @attempts: how many there are in all
 * @duration: none is due then or later, us; 0 without such an end, and with @window
 * @threshold: an attempt that takes longer, from when it was due, has failed (the Establishment
 *   Threshold Time of RFC 7501 section 3.3.2), us; 0 without, when Timer F alone ends it
 * @strict: after the first one that failed no other starts
 * @shares: of each kind, in any unit
 */
typedef struct {
    double rate;
    bool poisson;
    uint32_t window;
    uint64_t attempts;
    RollTime duration;
    RollTime threshold;
    bool strict;
    unsigned shares[SIM_LOAD_KINDS];
} SimLoadPhase;
