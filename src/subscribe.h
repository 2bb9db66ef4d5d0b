/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SUBSCRIBE to registration events, RFC 3680 section 4.6 and RFC 6665 section 4.2.1. */
#pragma once

#include "registrar.h"

/**
 * roll_subscribe_answer: decides on a SUBSCRIBE that is no retransmission.
 * @reply: (inout): zeroed but for @at. In a 200 the one contact is our own, and its expiry is that
 *   of the subscription
 */
void roll_subscribe_answer(RollRegistrar *registrar, RollTime now, const RollTransactionId *id,
                           const RollRequest *request, RollReply *reply);
