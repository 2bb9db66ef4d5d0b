/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The registration event package (RFC 3680) on the event framework (RFC 6665): who watches which
 * address-of-record, and when a NOTIFY is due. A registrar has a RollEvents from its first
 * subscription on; until then a change of a binding costs it the look at a pointer. */
#pragma once

#include "notify.h"

/** roll_events_free: without a word to the subscribers. */
void roll_events_free(RollEvents *self);

/** roll_events_new: to be filed in @registrar, which it borrows. */
RollEvents *roll_events_new(RollRegistrar *registrar);

/**
 * roll_events_find_dialog: the subscription whose dialog @request is in, by its Call-ID and both
 * tags (RFC 3261 section 12.2.2); %NULL if there is none. @self may be %NULL.
 */
RollSubscription *roll_events_find_dialog(const RollEvents *self, const RollRequest *request);

/** roll_events_count_watchers: subscriptions to @aor, which has @hash in the table. */
size_t roll_events_count_watchers(const RollEvents *self, RollText aor, uint64_t hash);

/** roll_events_add: takes @s over, and gives it its slot and hashes. */
void roll_events_add(RollEvents *self, RollSubscription *s);

/** roll_events_arm: to be called when something is due for @s earlier than before. */
void roll_events_arm(RollEvents *self, RollTime now, RollSubscription *s);

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
