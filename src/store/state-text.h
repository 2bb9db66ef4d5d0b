/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The records of an address-of-record as one text, for stores that know nothing but texts. It can
 * be read by people, and by programs of any version:
 *
 *     rollcall 1
 *     CONTACT TAB PARAMS TAB CALL-ID TAB CSEQ TAB Q TAB REGISTERED TAB EXPIRES TAB PATH TAB
 *         INSTANCE TAB REG-ID TAB FLOW                                     (one line, ended by LF)
 *
 * q is in thousandths, times are Unix microseconds, FLOW is as of flow.h. What is absent is an
 * empty field; a text that is there and empty is `\e`. In texts `\xHH` stands for a control
 * character and for the backslash. */
#pragma once

#include <rollcall/store.h>

/** roll_state_text_write: appends to @out; a @state without records is the first line alone. */
void roll_state_text_write(const RollState *state, GString *out);

/**
 * roll_state_text_read: appends the records to @records.
 * @text: (inout): ends up as the texts of the records; its last byte must be LF
 * Returns: false if it is none that roll_state_text_write() makes.
 */
bool roll_state_text_read(char *text, size_t len, RollText aor, GArray *records);
