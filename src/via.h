/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The Via header fields of a message: what the topmost one says, and what an answer repeats. */
#pragma once

#include "fields.h"
#include <rollcall/message.h>

/**
 * RollVia: of a client. Texts live as long as the fields.
 * @value: the whole, as it stands
 * @sent_by: host and port without blanks
 * @rport: asked for, and not filled in (RFC 3581)
 */
typedef struct {
    RollText value;
    RollText host;
    RollText sent_by;
    RollText branch;
    bool rport;
} RollVia;

/** roll_via_read_top: Returns: false if there is no Via that could be cut. */
bool roll_via_read_top(RollFields *fields, RollVia *out);

/**
 * roll_via_read_list: every Via value, each with a line end, the topmost one completed by what
 * @peer, its source, adds.
 * @top: what the topmost one says; %NULL if that is not known
 */
RollText roll_via_read_list(RollFields *fields, const RollVia *top, const RollEndpoint *peer);
