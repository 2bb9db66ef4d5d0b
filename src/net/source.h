/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What waits in the main loop. */
#pragma once

#include <glib.h>

/** roll_source_stop: takes @source out of its loop and forgets it; %NULL is fine. */
static inline void
roll_source_stop(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}
