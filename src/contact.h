/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One Contact header field value, read from its raw text. */
#pragma once

#include <rollcall/message.h>

/**
 * roll_contact_read: @value is one value of the comma-separated list (RFC 3261 section 20.10).
 * Returns: false, @out undefined, if it is malformed.
 */
bool roll_contact_read(RollText value, RollContact *out);

/** roll_contact_has_field: the parameter @name has a field beside @params when it is listed. */
bool roll_contact_has_field(RollText name);

/**
 * roll_contact_scan: sets the fields that @params tells; those of @self must be unset.
 * Returns: false if @params is malformed.
 */
bool roll_contact_scan(RollContact *self);
