/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scenario file as groups of entries, before any value is read. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/**
 * SimEntry: `key = value`; in [expect], [script] and [sweep] a whole line, with @key "".
 * @line: in the file; 0 if @change set it
 * @change: (nullable): the `--set` text it comes from
 */
typedef struct {
    char *key;
    char *value;
    unsigned line;
    char *change;
} SimEntry;

/** SimSection: `[kind name]`; @name is %NULL for a kind of which there is one. */
typedef struct {
    char *kind;
    char *name;
    unsigned line;
    GPtrArray *entries;
} SimSection;

/**
 * sim_sections_read: of a text without control characters.
 * @text: NUL-terminated
 * @line: (out): the line that fails
 * Returns: (transfer full): of #SimSection, or %NULL
 */
GPtrArray *sim_sections_read(const char *text, unsigned *line, GError **error);

/** sim_sections_change: puts `group.name.key=value` in place of what the file says, or adds it; the
 * name `*` stands for all groups of the kind, of which there must be one. */
bool sim_sections_change(GPtrArray *sections, const char *change, GError **error);

/** sim_sections_set: the same for an entry of a variant, whose key is `group.name.key`. */
bool sim_sections_set(GPtrArray *sections, const SimEntry *entry, GError **error);

/** sim_section_find: the entry of @key, or %NULL. */
const SimEntry *sim_section_find(const SimSection *self, const char *key);
