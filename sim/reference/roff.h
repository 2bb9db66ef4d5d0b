/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text as mdoc wants it. */
#pragma once

#include <glib.h>

/** roff_literal: for a block that is shown as it stands: what roff would change is escaped. */
char *roff_literal(const char *text);

/** roff_argument: for the end of a macro line: @text may be broken before a bracket. */
char *roff_argument(const char *text);

/**
 * roff_text: sentences for a paragraph, each on a line of its own and no line longer than roff's
 * authors like; `code` between backquotes becomes a literal.
 */
void roff_text(GString *out, const char *text);
