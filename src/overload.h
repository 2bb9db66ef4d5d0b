/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Overload control by feedback in Via: RFC 7339. */
#pragma once

#include <rollcall/registrar.h>

/**
 * RollOverload: what clients are asked for now.
 * @percent: of their requests to be held back; 0 none
 * @validity: milliseconds
 * @until: when it is over by itself
 * @seq: hundred-thousandths of a second, rising with each change
 */
typedef struct {
    uint32_t percent;
    uint32_t validity;
    RollTime until;
    int64_t seq;
} RollOverload;

/** roll_overload_is_offered: whether the sender of the Via @value takes part, with "loss". */
bool roll_overload_is_offered(RollText value);

/** roll_overload_refuses: @request is one of those to be refused with 503. */
bool roll_overload_refuses(RollRegistrar *self, RollTime now, const RollRequest *request);

/** roll_overload_tell: puts the feedback for a client that takes part into @reply. */
void roll_overload_tell(RollRegistrar *self, RollTime now, RollReply *reply);

/**
 * roll_overload_answer_via: @via, every Via value of a request that takes part, each one ended by
 * LF, with the feedback of @reply in the topmost one. Lives until the next call on @self.
 */
RollText roll_overload_answer_via(RollRegistrar *self, const RollReply *reply, RollText via);

/** roll_overload_read: the feedback in @via, the topmost Via value of an answer; none, and @out is
 * left as it is, unless it can be understood. */
void roll_overload_read(RollText via, RollReply *out);
