/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every parameter that begins with `pn-` is taken for one of push: an unknown one of the family is
 * better not told than told. The answer to a user's own REGISTER has them all; only what goes to
 * others (a NOTIFY of RFC 3680, a 302 to a caller) is stripped. */
#include "push.h"

static bool
is_push(RollText param)
{
    return param.len > 3 && strncasecmp(param.ptr, "pn-", 3) == 0;
}

bool
roll_push_strip(RollText contact, GString *out)
{
    RollUri uri;
    if (!memchr(contact.ptr, ';', contact.len) || !roll_uri_parse(contact, &uri) ||
        uri.params.len == 0)
        return false;
    const char *end = uri.params.ptr + uri.params.len;
    g_string_truncate(out, 0);
    g_string_append_len(out, contact.ptr, uri.params.ptr - contact.ptr);
    for (const char *at = uri.params.ptr; at < end;) {
        const char *next = memchr(at + 1, ';', (size_t)(end - at - 1));
        next = next ? next : end;
        /* An escape in the name would only hide it: no client writes one. */
        if (!is_push((RollText){at + 1, (size_t)(next - at - 1)}))
            g_string_append_len(out, at, next - at);
        at = next;
    }
    g_string_append_len(out, end, contact.ptr + contact.len - end);
    return out->len < contact.len;
}
