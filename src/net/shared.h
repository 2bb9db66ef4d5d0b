/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Requests before a shared store: what they are about is fetched first, and claimed if they may
 * change it. */
#pragma once

#include "server.h"

RollShared *roll_shared_new(RollServer *server);
void roll_shared_free(RollShared *self);

/** roll_shared_take: Returns: false if @in needs no record, and may be decided at once. */
bool roll_shared_take(RollShared *self, uint16_t via, const RollPacket *in);

/** roll_shared_note: the registrar changed a record. */
void roll_shared_note(RollShared *self, const RollBindingEvent *event);

/** roll_shared_drain: waits until no request is under way. */
void roll_shared_drain(RollShared *self);
