/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A borrowed run of bytes. SIP text is cut into such runs without copying it; whoever made the run
 * says how long it lives. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/**
 * RollText:
 * @ptr: the bytes, not NUL-terminated; %NULL when the thing named is absent
 * @len: how many; 0 with @ptr set means present and empty
 */
typedef struct {
    const char *ptr;
    size_t len;
} RollText;

/** ROLL_TEXT: a run over a string literal. */
#define ROLL_TEXT(literal) ((RollText){(literal), sizeof(literal) - 1})

/** roll_text: a run over the NUL-terminated @string, absent for %NULL. Borrowed from @string. */
static inline RollText
roll_text(const char *string)
{
    return (RollText){string, string ? strlen(string) : 0};
}

/** roll_text_equal: the same bytes. */
static inline bool
roll_text_equal(RollText a, RollText b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** roll_text_equal_nocase: the same bytes but for the case of ASCII letters. */
static inline bool
roll_text_equal_nocase(RollText a, RollText b)
{
    /* Nearly always they are the same to the letter, which is told faster. */
    return roll_text_equal(a, b) || (a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0);
}
