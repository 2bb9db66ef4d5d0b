/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program knows itself of the pages in docs/. Such a list stands between two comments,
 *
 *     <!-- generated: keys registrar -->
 *     <!-- end -->
 *
 * and is written anew by `./quickstart docs`. The lists are `keys GROUP`, `profiles`, `presets`,
 * `metrics SECTION` and `tallies`. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/**
 * markdown_fill: @text with its lists written anew.
 * @placed: the names of the lists that were found are added to it
 * Returns: (nullable) (transfer full)
 */
char *markdown_fill(const char *text, GHashTable *placed, GError **error);

/** markdown_all_placed: whether every list there is stands in @placed. */
bool markdown_all_placed(GHashTable *placed, GError **error);
