/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records on their way into the table: what record.c, which loads one, shares with adopt.c, which
 * makes all of an address-of-record what somebody else says. */
#pragma once

#include "registrar.h"
#include <rollcall/record.h>

/** roll_record_find_subject: that of the owner's @aor without what has expired; @room is for its
 * canonical form. Returns: false if @aor is no SIP URI. */
bool roll_record_find_subject(RollRegistrar *self, RollTime now, RollText aor,
                              char room[ROLL_AOR_MAX], RollSubject *out);

/** roll_record_read: whether @record is one that the table may hold, its AOR and room aside.
 * @out: (out): its contact as a REGISTER would have it */
bool roll_record_read(const RollRegistrar *self, RollTime now, const RollRecord *record,
                      RollContact *out);

/** roll_record_find: the binding of @row, which may be %NULL, that a REGISTER for @record would
 * have met; or -1. */
ptrdiff_t roll_record_find(RollRow *row, const RollRecord *record, bool bulk);

/** roll_record_make_entry: for the table; good until the next one is made. */
RollEntry roll_record_make_entry(RollRegistrar *self, RollTime now, RollRow *row,
                                 const RollRecord *record, bool bulk);

/** roll_record_load: adds it, if it fits and is not there. @contact: of roll_record_read(). */
bool roll_record_load(RollRegistrar *self, RollTime now, const RollRecord *record,
                      const RollContact *contact, RollSubject *subject);
