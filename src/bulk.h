/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One REGISTER for all numbers of a trunk (RFC 6140). A contact with `bnc` is bound to the trunk's
 * own address-of-record as it came; beside it each number of the trunk gets a binding of its own,
 * which lives and dies with that contact and is touched by nothing else. */
#pragma once

#include "registrar.h"

/** roll_bulk_applies: @contact stands for the numbers of a trunk. */
bool roll_bulk_applies(const RollRegistrar *self, const RollContact *contact);

/** roll_bulk_check: whether such a @contact is in order. Returns: 0 or a status. */
int roll_bulk_check(const RollRegistrar *self, const RollSubject *subject,
                    const RollContact *contact);

/** roll_bulk_has_room: the bounds of the table hold with a binding for each number. */
bool roll_bulk_has_room(RollRegistrar *self, RollTime now, const RollSubject *subject);

/**
 * roll_bulk_count_new: bindings that roll_bulk_bind() would add for the trunk's contact.
 * @added: the contact is new, and so are those of all its numbers
 */
size_t roll_bulk_count_new(const RollRegistrar *self, const RollSubject *subject, bool added);

/** roll_bulk_bind: writes the bindings of the numbers; @record is of the trunk's contact. */
void roll_bulk_bind(RollRegistrar *self, RollTime now, const RollSubject *subject,
                    const RollEntry *record);

/** roll_bulk_drop: takes the bindings of the numbers out that came with @binding of @row. */
void roll_bulk_drop(RollRegistrar *self, RollTime now, RollBindingEventKind kind, RollRow *row,
                    const RollBinding *binding);

/**
 * roll_bulk_locate: the contact that a request to the trunk's own name @aor goes to.
 * Returns: false if the name is no number; then nothing can be sent there.
 */
bool roll_bulk_locate(RollText aor, RollText contact, GString *out);
