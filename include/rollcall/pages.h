/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory for large arrays that are visited in no order. Where the system has huge pages it is made
 * of them: most of what a visit costs is then finding the line, not the page. */
#pragma once

#include <stddef.h>

/** ROLL_PAGE_HUGE: bytes; smaller blocks come from the heap. */
#define ROLL_PAGE_HUGE ((size_t)2 << 20)

/** roll_pages_new: @size zeroed bytes. What is not touched of a large block takes no memory.
 * Returns: (transfer full): does not fail. */
void *roll_pages_new(size_t size);

/** roll_pages_free: @self of @size bytes; %NULL is fine. */
void roll_pages_free(void *self, size_t size);
