/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end of a connection as a text that people can read: `tcp:192.0.2.1:5060`,
 * `tls:[2001:db8::1]:5061`. */
#pragma once

#include <rollcall/message.h>

/** ROLL_FLOW_MAX: room for the longest. */
#define ROLL_FLOW_MAX 64

/** roll_flow_write: Returns: its length, 0 if @flow is of no family. */
size_t roll_flow_write(const RollEndpoint *flow, char out[ROLL_FLOW_MAX]);

/** roll_flow_read: @text absent or empty is no flow. Returns: false with @out untouched if @text is
 * none that roll_flow_write() makes. */
bool roll_flow_read(RollText text, RollEndpoint *out);
