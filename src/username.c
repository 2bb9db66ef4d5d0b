/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * charset "'" [language] "'" value: the language is passed over. UTF-8 is the one charset that
 * every recipient must know (RFC 5987 section 3.2.1), and the one that passwords are hashed in. */
#include "username.h"

#include "header.h"

#include <glib.h>

/* RFC 5987 section 3.2.1: attr-char, what needs no percent sign. */
static bool
is_plain(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$&+-.^_`|~", c));
}

/* Finds the value behind the charset and the language. */
static bool
cut_value(RollText text, RollText *value)
{
    const char *first = text.len > 0 ? memchr(text.ptr, '\'', text.len) : NULL;
    if (!first)
        return false;
    size_t left = (size_t)(text.ptr + text.len - first - 1);
    const char *second = memchr(first + 1, '\'', left);
    RollText charset = {text.ptr, (size_t)(first - text.ptr)};
    if (!second || !roll_text_equal_nocase(charset, ROLL_TEXT("UTF-8")))
        return false;
    *value = (RollText){second + 1, (size_t)(text.ptr + text.len - second - 1)};
    return value->len > 0;
}

static bool
decode(RollText text, char *out, size_t *ret_len)
{
    RollText value;
    size_t n = 0;
    if (!cut_value(text, &value))
        return false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] != '%') {
            if (!is_plain(value.ptr[i]))
                return false;
            out[n++] = value.ptr[i];
            continue;
        }
        if (i + 2 >= value.len || !g_ascii_isxdigit(value.ptr[i + 1]) ||
            !g_ascii_isxdigit(value.ptr[i + 2]))
            return false;
        int byte =
            g_ascii_xdigit_value(value.ptr[i + 1]) << 4 | g_ascii_xdigit_value(value.ptr[i + 2]);
        if (byte < 0x20 || byte == 0x7f)
            return false;
        out[n++] = (char)byte;
        i += 2;
    }
    if (!g_utf8_validate(out, (gssize)n, NULL))
        return false;
    *ret_len = n;
    return true;
}

bool
roll_username_find_param(RollText params, const char *name, RollText *ret_value)
{
    RollText item;
    while (roll_header_next_item(&params, &item)) {
        const char *equals = memchr(item.ptr, '=', item.len);
        size_t len = equals ? (size_t)(equals - item.ptr) : item.len;
        if (!roll_text_equal_nocase(roll_text_trim((RollText){item.ptr, len}), roll_text(name)))
            continue;
        size_t skip = len + (equals != NULL);
        if (ret_value)
            *ret_value = roll_text_trim((RollText){item.ptr + skip, item.len - skip});
        return true;
    }
    return false;
}

bool
roll_username_read_extended(RollText params, char *room, RollText *username)
{
    RollText value, hashed, name = {room, 0};
    if (!roll_username_find_param(params, "username*", &value))
        return true;
    /* RFC 7616 section 3.4: both names are an error. A hash was not asked for, and is not written
     * in this notation. */
    bool is_hashed = roll_username_find_param(params, "userhash", &hashed) &&
                     roll_text_equal_nocase(roll_text_unquote(hashed), ROLL_TEXT("true"));
    if (username->ptr || is_hashed || !decode(value, room, &name.len))
        return false;
    *username = name;
    return true;
}
