/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The registration event package (RFC 3680) on the event framework (RFC 6665): who watches which
 * address-of-record, and when a NOTIFY is due. A registrar has a RollEvents from its first
 * subscription on; until then a change of a binding costs it the look at a pointer. */
#pragma once

#include "registrar.h"

/** roll_events_free: without a word to the subscribers. */
void roll_events_free(RollEvents *self);

/**
 * roll_events_answer: decides on a SUBSCRIBE that is no retransmission.
 * @reply: (inout): zeroed but for @at. In a 200 the one contact is our own, and its expiry is that
 *   of the subscription
 */
void roll_events_answer(RollRegistrar *registrar, RollTime now, const RollTransactionId *id,
                        const RollRequest *request, RollReply *reply);

/** roll_events_note: @binding of @row has changed. */
void roll_events_note(RollEvents *self, RollTime now, RollBindingEventKind kind, RollRow *row,
                      const RollBinding *binding);

/** roll_events_rename: @binding of @row is about to get @contact for its URI. */
void roll_events_rename(RollEvents *self, RollTime now, RollRow *row, const RollBinding *binding,
                        RollText contact);

/** roll_events_read_reply: takes an answer to a NOTIFY; anything else is passed over. */
void roll_events_read_reply(RollEvents *self, RollTime now, const RollPacket *in);

/** roll_events_next: nothing is to be sent before this. */
RollTime roll_events_next(const RollEvents *self);

/** roll_events_send: appends every NOTIFY that is due by @now. */
void roll_events_send(RollEvents *self, RollTime now, RollOutbox *out);

/** roll_events_count: subscriptions, ended ones included whose last NOTIFY is under way. */
size_t roll_events_count(const RollEvents *self);
