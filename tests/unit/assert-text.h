/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text cut out of another, against what it has to be. */
#pragma once

#include <glib.h>
#include <rollcall/text.h>

/* @expected: %NULL if there must be none. */
static inline void
assert_text(RollText text, const char *expected)
{
    if (!expected) {
        g_assert_null(text.ptr);
        return;
    }
    g_assert_nonnull(text.ptr);
    g_assert_cmpmem(text.ptr, text.len, expected, strlen(expected));
}
