/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the load generator knows of its users, in one flat array: memory is bounded by their number,
 * whatever the far end does. A user has one transaction at a time, as a phone has (RFC 3261 section
 * 10.2), so the transaction is kept in the user: its branch names the user, and finding it is an
 * index. Those who wait for an answer stand in lanes by the timer that runs: in a lane all wait
 * equally long, so the first one is due first, and a timer costs no search. */
#pragma once

#include <rollcall/digest.h>
#include <rollcall/time.h>

#include <glib.h>
#include <stdbool.h>

/** SIM_USER_NONE: no user. */
#define SIM_USER_NONE UINT32_MAX
/** SIM_USER_LANES: ten gaps of Timer E, one before Timer F; one for streams, of Timer F alone. */
#define SIM_USER_LANES 12
/** SIM_USER_LANE_STREAM: of transactions that are not sent again (RFC 3261 section 17.1.2.2). */
#define SIM_USER_LANE_STREAM 11
/** SIM_USER_CHALLENGE: room for nonce and opaque of a challenge, bytes. */
#define SIM_USER_CHALLENGE 120

/**
 * SimUser:
 * @intended: when its attempt was due; @sent: when the first request of it left; @due: its timer
 * @cseq: of the request under way, or of the last one
 * @nc: of the nonce
 * @kind, @busy, @lane, @tries: of the attempt; @tries: challenges met
 * @proves: the request under way has credentials; @fresh: from a challenge of this attempt
 * @provisional: a 1xx came: not sent again
 * @challenge: @nonce bytes of the nonce, then @opaque bytes; @nonce is 0 without
 * @ha1: for @hashed and @realm, see users of it
 */
typedef struct {
    RollTime intended;
    RollTime sent;
    RollTime due;
    uint32_t next;
    uint32_t previous;
    uint32_t cseq;
    uint32_t nc;
    uint8_t kind;
    uint8_t lane;
    uint8_t tries;
    bool busy : 1;
    bool proves : 1;
    bool fresh : 1;
    bool provisional : 1;
    bool qop : 1;
    bool hashed : 1;
    uint8_t algorithm;
    uint8_t realm;
    uint8_t nonce;
    uint8_t opaque;
    char challenge[SIM_USER_CHALLENGE];
    char ha1[ROLL_DIGEST_HEX - 1];
} SimUser;

/**
 * SimUsers:
 * @all: @n of them
 * @free: ring of those without an attempt, @n_free from @first on: who was free longest is next
 */
typedef struct {
    SimUser *all;
    uint32_t n;
    uint32_t *free;
    uint32_t first;
    uint32_t n_free;
    struct {
        uint32_t head;
        uint32_t tail;
    } lanes[SIM_USER_LANES];
} SimUsers;

void sim_users_init(SimUsers *self, uint32_t n);
void sim_users_clear(SimUsers *self);

/** sim_users_take: the user whose turn it is, busy now. There must be a free one. */
SimUser *sim_users_take(SimUsers *self);

/** sim_users_give: @user has no attempt any more, and no timer. */
void sim_users_give(SimUsers *self, SimUser *user);

/** sim_users_wait: @user is the last in @lane now, due when that lane's time has passed. */
void sim_users_wait(SimUsers *self, SimUser *user, unsigned lane, RollTime now);

/** sim_users_due: a user whose timer has run out at @now, or %NULL; stays in its lane. */
SimUser *sim_users_due(const SimUsers *self, RollTime now);

/** sim_users_next: when the next timer runs out; %ROLL_NEVER for none. */
RollTime sim_users_next(const SimUsers *self);
