/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an error stands: the line of the file, or the `--set` that made it. */
#pragma once

#include "sim/scenario/sections.h"

/** sim_where_show: @path fit for a message: UTF-8 in one line. Returns: (transfer full) */
char *sim_where_show(const char *path);

/** sim_where_line: puts `path:line: ` before the message; `path: ` if @line is 0. Returns: false */
bool sim_where_line(GError **error, const char *path, unsigned line);

/** sim_where_entry: puts the place of @entry before the message. Returns: false */
bool sim_where_entry(GError **error, const char *path, const SimEntry *entry);

/** sim_where_keys: puts the place of @key of @section before the message, else that of @other,
 * else that of the section; each may be %NULL. Returns: false */
bool sim_where_keys(GError **error, const char *path, const SimSection *section, const char *key,
                    const char *other);
