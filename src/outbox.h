/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The side of RollOutbox that only the library sees: adding a packet. */
#pragma once

#include <rollcall/registrar.h>

/** roll_outbox_begin: Returns: where to append the bytes of one packet. */
GByteArray *roll_outbox_begin(RollOutbox *self);
/** roll_outbox_end: what was appended since roll_outbox_begin() is a packet to @peer. */
void roll_outbox_end(RollOutbox *self, const RollEndpoint *peer);
