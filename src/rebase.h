/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moving a URI that is in parts already: a copy of its text needs no second parsing. */
#pragma once

#include <rollcall/uri.h>

/** roll_uri_rebase: makes the parts of @uri point into @copy, which holds the same text. */
static inline void
roll_uri_rebase(RollUri *uri, const char *copy)
{
    const char *old = uri->text.ptr;
    RollText *parts[] = {&uri->text, &uri->scheme, &uri->user,   &uri->password,
                         &uri->host, &uri->params, &uri->headers};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i]->ptr)
            parts[i]->ptr = copy + (parts[i]->ptr - old);
}
