/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * STUN on the SIP port, as a keep-alive over UDP (RFC 5626 sections 4.4.2 and 8): a Binding request
 * is told the address it came from (RFC 5389). */
#pragma once

#include <rollcall/message.h>

/** ROLL_STUN_ANSWER: room for the longest answer. */
#define ROLL_STUN_ANSWER 44

/** roll_stun_answer: Returns: the length of the answer in @out; 0 if @in is no Binding request. */
size_t roll_stun_answer(const RollPacket *in, uint8_t out[ROLL_STUN_ANSWER]);
