/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Option tags. They are tokens, so commas and blanks are all there is to look for, and their case
 * does not count (RFC 3261 section 7.3.1). */
#include "option.h"

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
roll_option_next(RollText *rest, RollText *option)
{
    if (!rest->ptr)
        return false;
    const char *comma = memchr(rest->ptr, ',', rest->len);
    *option = (RollText){rest->ptr, comma ? (size_t)(comma - rest->ptr) : rest->len};
    *rest = comma ? (RollText){comma + 1, rest->len - option->len - 1} : (RollText){0};
    while (option->len > 0 && is_blank(option->ptr[0]))
        *option = (RollText){option->ptr + 1, option->len - 1};
    while (option->len > 0 && is_blank(option->ptr[option->len - 1]))
        option->len--;
    return true;
}

bool
roll_option_has(RollText options, RollText option)
{
    RollText found;
    while (roll_option_next(&options, &found))
        if (roll_text_equal_nocase(found, option))
            return true;
    return false;
}
