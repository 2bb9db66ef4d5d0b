/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The little that is read of most answers: status, and the branch, which names the user and the
 * request. Only a challenge is read whole. */
#pragma once

#include <rollcall/text.h>

/**
 * SimLoadAnswer:
 * @user, @cseq: from the branch
 * @to: value of To, for an ACK; absent without
 */
typedef struct {
    int status;
    uint32_t user;
    uint32_t cseq;
    RollText to;
} SimLoadAnswer;

/**
 * sim_load_answer_read:
 * @run: 8 digits that our branches have
 * @to: wanted, too
 * Returns: false if it is no answer, or none to a request of ours
 */
bool sim_load_answer_read(RollText text, const char *run, bool to, SimLoadAnswer *out);
