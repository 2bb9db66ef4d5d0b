/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Manual pages: the prose is in docs/man, and what the program knows itself comes from its tables.
 *
 * A file of prose is mdoc with lines that begin with `@`. In the page of a command
 * (docs/man/run.mdoc):
 *
 *     (first)        what stands under DESCRIPTION
 *     @option NAME   what the page says of an option in place of the line of --help
 *     @more          whole sections between OPTIONS and EXIT STATUS
 *     @see NAME N, ...
 *
 * In every page `@keys GROUP` is the list of the keys of a group of a scenario; in one that is not
 * about a command, `@commands` is the list of commands, and `@date` the date of all pages. */
#pragma once

#include "sim/command/command.h"

/** man_command: the page of a command. @prose: its file. Returns: (nullable) (transfer full): mdoc
 */
char *man_command(const SimCommand *command, const char *prose, GError **error);

/** man_page: another page. Returns: (nullable) (transfer full): mdoc */
char *man_page(const char *prose, GError **error);
