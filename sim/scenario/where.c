/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a message before its first blank. */
#include "sim/scenario/where.h"

#include <string.h>

#define MOST_CHANGE 80

char *
sim_where_show(const char *path)
{
    char *shown = g_filename_display_name(path);
    return g_strdelimit(shown, "\r\n\t\v\f\033", '?');
}

bool
sim_where_line(GError **error, const char *path, unsigned line)
{
    if (line)
        g_prefix_error(error, "%s:%u: ", path, line);
    else
        g_prefix_error(error, "%s: ", path);
    return false;
}

bool
sim_where_entry(GError **error, const char *path, const SimEntry *entry)
{
    if (!entry->change)
        return sim_where_line(error, path, entry->line);
    g_autofree char *change = g_utf8_make_valid(entry->change, -1);
    bool cut = g_utf8_strlen(change, -1) > MOST_CHANGE;
    g_autofree char *start = g_utf8_substring(change, 0, cut ? MOST_CHANGE : -1);
    g_strdelimit(start, "\r\n\t\v\f\033", '?');
    g_prefix_error(error, "--set %s%s: ", start, cut ? "..." : "");
    return false;
}

bool
sim_where_keys(GError **error, const char *path, const SimSection *section, const char *key,
               const char *other)
{
    const SimEntry *entry = section && key ? sim_section_find(section, key) : NULL;
    if (!entry && section && other)
        entry = sim_section_find(section, other);
    if (entry)
        return sim_where_entry(error, path, entry);
    return sim_where_line(error, path, section ? section->line : 0);
}
