/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The extended notation of a user's name in digest credentials: `username*` of RFC 7616 section
 * 3.4, which RFC 5987 section 3.2 spells. */
#pragma once

#include <rollcall/text.h>

/** roll_username_find_param: whether @params, those of a digest header, have @name; its value. */
bool roll_username_find_param(RollText params, const char *name, RollText *ret_value);

/**
 * roll_username_read_extended: reads `username*`, such as UTF-8''J%C3%A4son, if @params have it.
 * @room: as long as @params; what is read lies there
 * @username: (inout): what `username` says, absent without; set to the name read
 * Returns: false if both are there, or it is a hash of a name, or none in UTF-8.
 */
bool roll_username_read_extended(RollText params, char *room, RollText *username);
