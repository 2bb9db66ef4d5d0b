/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing files so that a reader never meets half of one: each is written beside its name, brought
 * to the disk and renamed. An error is one line with the path and the reason. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/** sim_output_directory: makes @path and its parents; fine if it exists. */
bool sim_output_directory(const char *path, GError **error);

/** sim_output_write: @len bytes of @content, or up to its NUL if @len is negative. */
bool sim_output_write(const char *path, const char *content, gssize len, GError **error);

/** sim_output_move: a finished file to its final name, brought to the disk first. */
bool sim_output_move(const char *from, const char *to, GError **error);

/** sim_output_read: (transfer full): text of a file, or %NULL. */
char *sim_output_read(const char *path, GError **error);

/** sim_output_scratch: (transfer full): path of a new folder within @dir, or %NULL. */
char *sim_output_scratch(const char *dir, GError **error);

/** sim_output_discard: removes a folder and the files in it; silent, for cleaning up. */
void sim_output_discard(const char *dir);
