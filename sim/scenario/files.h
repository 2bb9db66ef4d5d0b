/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that a scenario is made of: the .ini file and what it names. All are read whole into
 * memory and have a bound, so that a wrong path cannot fill it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/**
 * SimFiles: where a scenario finds its files.
 * @folder: of the .ini file
 * @owned: takes the value tables of empirical laws
 * @named: takes a #SimNamedFile for each file that was read; may be %NULL
 */
typedef struct {
    const char *folder;
    GPtrArray *owned;
    GPtrArray *named;
} SimFiles;

/** SimNamedFile: one that the scenario names, as it names it; @digest: SHA-256 of what was in it,
 * in hexadecimal. */
typedef struct {
    char *name;
    char *digest;
} SimNamedFile;

/** sim_named_file_free: for a GPtrArray. */
void sim_named_file_free(gpointer self);

/**
 * sim_files_read:
 * @most: bytes that are still read
 * @text: (out) (transfer full): followed by a NUL that @len does not count
 * Fails with what is wrong with the file, without its name.
 */
bool sim_files_read(const char *path, size_t most, char **text, size_t *len, GError **error);

/** sim_files_check_text: that there are only lines of UTF-8 text of at most @most_line bytes.
 * @line: (out): the line that fails */
bool sim_files_check_text(const char *text, size_t len, size_t most_line, unsigned *line,
                          GError **error);

/** sim_files_read_named: reads the text file @name that the scenario names. Fails with
 * `NAME: what is wrong` or `NAME:LINE: what is wrong`. */
bool sim_files_read_named(const SimFiles *files, const char *name, char **text, size_t *len,
                          GError **error);

/** sim_files_read_values: seconds, sorted, from the first column of a CSV file; owned by @files. */
bool sim_files_read_values(const SimFiles *files, const char *name, const double **values,
                           size_t *n_values, GError **error);
