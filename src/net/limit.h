/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much is taken from one source. */
#pragma once

#include <rollcall/message.h>
#include <rollcall/time.h>

typedef struct RollLimit RollLimit;

/**
 * roll_limit_new:
 * @rate: messages a second of one source; 0 no limit
 * @burst: at once
 * @loopback: it is limited, too
 */
RollLimit *roll_limit_new(double rate, double burst, bool loopback);
void roll_limit_free(RollLimit *self);

/** roll_limit_admits: one more message from @peer at @now. */
bool roll_limit_admits(RollLimit *self, RollTime now, const RollEndpoint *peer);
