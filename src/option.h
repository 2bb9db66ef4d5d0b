/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Option tags in a list with commas, as in Require and Supported (RFC 3261 section 19.2). */
#pragma once

#include <rollcall/text.h>

/** roll_option_next: cuts the next tag off @rest; it may be empty. Returns: false at the end. */
bool roll_option_next(RollText *rest, RollText *option);

/** roll_option_has: @option is in the list @options, in any case. */
bool roll_option_has(RollText options, RollText option);
