/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a call or a reply counts as. A call is forked to the contacts of an address-of-record
 * (RFC 3261 section 16.6); each of them is a branch, which rings, is refused or stays silent. */
#pragma once

#include "sim/measure/metrics.h"
#include "sim/scenario/scenario.h"
#include <rollcall/registrar.h>

/** SIM_TIMER_B: after this long without any answer an INVITE has failed (RFC 3261 section
 * 17.1.1.2: 64*T1). */
#define SIM_TIMER_B (64 * ROLL_T1)

/** SimBranchEnd: what becomes of an INVITE that is sent to a contact. */
typedef enum {
    SIM_BRANCH_RINGS,   /* it has found the device that bound the contact */
    SIM_BRANCH_CUT_OFF, /* the device is there, but no packet gets through: silence */
    SIM_BRANCH_REFUSED, /* another device has the address and knows no such user: 404 */
    SIM_BRANCH_SILENT,  /* nobody is there */
} SimBranchEnd;

/**
 * SimBranch:
 * @phone: that has bound the contact; @address: where it leads to
 * @q: of the contact, thousandths
 * @answer: how long after the INVITE it rings or is refused; of a silent one not looked at
 * @pushed: its phone has to be woken first, which takes @push; %ROLL_NEVER: the push is lost
 * @tried: (out): the call was led to it, @began after it was made
 */
typedef struct {
    SimBranchEnd end;
    uint32_t phone;
    uint32_t address;
    int q;
    RollTime answer;
    bool pushed;
    RollTime push;
    bool tried;
    RollTime began;
} SimBranch;

/**
 * SimCallResult:
 * @wait: until the first device rings, or until the call has failed
 * @dead: branches that stay without any answer, and keep their state until Timer B
 * @ringing: which branch rang first, if one did
 */
typedef struct {
    SimTally outcome;
    size_t ringing;
    RollTime wait;
    unsigned dead;
} SimCallResult;

/**
 * sim_call_fork: leads a call to @branches, @n of them in the order of their q, highest first.
 * @anybody: a device of the address-of-record is on, wherever it is
 */
SimCallResult sim_call_fork(SimBranch *branches, size_t n, SimFork fork, bool anybody);

/** sim_reply_tally: of a final reply to a REGISTER. */
SimTally sim_reply_tally(int status);
