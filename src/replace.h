/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records that a REGISTER takes the place of without naming them, as the policy says: the device's
 * own ones from another address, and the oldest when there are too many. */
#pragma once

#include "registrar.h"

/**
 * roll_replace_oldest: drafts the removal of the @n records of @row registered longest ago. Those
 * that the request names and static ones stay.
 * Returns: false, and changes nothing, if the policy refuses instead or there are not so many.
 */
bool roll_replace_oldest(RollRegistrar *self, RollRow *row, size_t n);

/**
 * roll_replace_instance: drafts the removal of the other records of the device that @contact is of,
 * known by its +sip.instance. Flows of RFC 5626 stay: a device has several of them on purpose.
 * @same: the record that @contact is; %NULL for none
 * Returns: false if @request is out of order for one of them.
 */
bool roll_replace_instance(RollRegistrar *self, const RollRequest *request,
                           const RollContact *contact, RollRow *row, const RollDraft *same);

/**
 * roll_replace_has_room: what is drafted fits into `max_records`, if need be by the removal of
 * records that the policy gives up. Changes nothing but that expired records may be purged.
 */
bool roll_replace_has_room(RollRegistrar *self, RollTime now, const RollSubject *subject);

/**
 * roll_replace_make_room: removes as many records, oldest first, as keep one more from fitting in.
 * To be called when all that the request says of records in the table is done.
 * @subject: (inout): its row may be another afterwards, or none
 */
void roll_replace_make_room(RollRegistrar *self, RollTime now, RollSubject *subject);
