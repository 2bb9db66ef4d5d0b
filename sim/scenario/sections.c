/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line by line: `[group]`, `[group name]`, `key = value`; `#` and `;` start a comment at the start
 * of a line or after a blank. Every word must be known and stand once. */
#include "sim/scenario/sections.h"

#include "sim/scenario/keys.h"
#include "sim/scenario/words.h"
#include <string.h>

#define MOST_SECTIONS 1000
#define MOST_NAME 32

static const char *const KINDS[] = {"scenario", "registrar", "station", "network", "phones",
                                    "event",    "calls",     "expect",  "script",  "variant",
                                    "sweep",    "serve",     NULL};
/* Of these each line is taken as it stands. */
static const char *const LINES[] = {"expect", "script", "sweep", NULL};
static const char *const NAMED[] = {"network", "phones", "event", "variant", NULL};
/* Other things that stand in results/NAME/, or that an option says. */
static const char *const TAKEN[] = {"plots", "none", NULL};

static void
free_entry(gpointer data)
{
    SimEntry *entry = data;
    g_free(entry->key);
    g_free(entry->value);
    g_free(entry->change);
    g_free(entry);
}

static void
free_section(gpointer data)
{
    SimSection *section = data;
    g_free(section->kind);
    g_free(section->name);
    g_ptr_array_unref(section->entries);
    g_free(section);
}

const SimEntry *
sim_section_find(const SimSection *self, const char *key)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const SimEntry *entry = self->entries->pdata[i];
        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

static SimSection *
find_section(const GPtrArray *sections, const char *kind, const char *name)
{
    for (guint i = 0; i < sections->len; i++) {
        SimSection *section = sections->pdata[i];
        if (strcmp(section->kind, kind) == 0 && g_strcmp0(section->name, name) == 0)
            return section;
    }
    return NULL;
}

static SimSection *
add_section(GPtrArray *sections, const char *kind, const char *name, unsigned line)
{
    SimSection *section = g_new0(SimSection, 1);
    section->kind = g_strdup(kind);
    section->name = g_strdup(name);
    section->line = line;
    section->entries = g_ptr_array_new_with_free_func(free_entry);
    g_ptr_array_add(sections, section);
    return section;
}

static void
add_entry(SimSection *section, const char *key, const char *value, unsigned line,
          const char *change)
{
    SimEntry *entry = g_new0(SimEntry, 1);
    entry->key = g_strdup(key);
    entry->value = g_strdup(value);
    entry->line = line;
    entry->change = g_strdup(change);
    g_ptr_array_add(section->entries, entry);
}

/* Ends the line where a comment starts; a tab counts as a blank everywhere. */
static char *
tidy_line(char *line)
{
    for (char *p = line; *p; p++) {
        if ((*p == '#' || *p == ';') && (p == line || p[-1] == ' ')) {
            *p = '\0';
            break;
        }
        if (*p == '\t' || *p == '\r')
            *p = ' ';
    }
    return g_strstrip(line);
}

static bool
check_name(const char *kind, const char *name, GError **error)
{
    bool named = g_strv_contains(NAMED, kind);
    if (!named && name)
        return sim_words_fail(error, "[%s] has no name; leave the name out", kind);
    if (!named)
        return true;
    if (!name)
        return sim_words_fail(error, "[%s] needs a name, such as [%s home]", kind, kind);
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t n = strlen(name);
    g_autofree char *quoted = sim_words_quote(name);
    if (strspn(name, letters) != n)
        return sim_words_fail(error, "name %s: use letters, digits, - and _ only", quoted);
    if (n > MOST_NAME)
        return sim_words_fail(error, "name %s is longer than %d letters; take a shorter one",
                              quoted, MOST_NAME);
    if (strcmp(kind, "variant") == 0 && g_strv_contains(TAKEN, name))
        return sim_words_fail(error, "no variant can have the name %s; take another", quoted);
    if (strcmp(name, "all") == 0)
        return sim_words_fail(error,
                              "the name \"all\" is taken: it stands for all phones; take another");
    return true;
}

/* `[kind]` or `[kind name]` */
static SimSection *
read_header(GPtrArray *sections, char *text, unsigned line, GError **error)
{
    size_t n = strlen(text);
    g_autofree char *quoted = sim_words_quote(text);
    if (text[n - 1] != ']') {
        sim_words_fail(error, "%s does not end with ]; close the bracket", quoted);
        return NULL;
    }
    text[n - 1] = '\0';
    char *kind = g_strstrip(text + 1);
    char *name = strchr(kind, ' ');
    if (name) {
        *name++ = '\0';
        g_strchug(name);
    }
    if (!g_strv_contains(KINDS, kind)) {
        sim_words_unknown(error, "unknown group", kind, KINDS);
        return NULL;
    }
    if (!check_name(kind, name, error))
        return NULL;
    const SimSection *before = find_section(sections, kind, name);
    if (before) {
        sim_words_fail(error, "group %s stands in line %u already; join them or take another name",
                       quoted, before->line);
        return NULL;
    }
    if (sections->len == MOST_SECTIONS) {
        sim_words_fail(error, "more than %d groups; take some of them out", MOST_SECTIONS);
        return NULL;
    }
    return add_section(sections, kind, name, line);
}

static bool
read_entry(SimSection *section, char *text, unsigned line, GError **error)
{
    if (g_strv_contains(LINES, section->kind)) {
        add_entry(section, "", text, line, NULL);
        return true;
    }
    char *value = strchr(text, '=');
    g_autofree const char **names = sim_key_names(section->kind);
    if (!value) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(
            error, "%s is neither a [group] nor key = value; a comment starts with #", quoted);
    }
    *value++ = '\0';
    g_strchomp(text);
    bool variant = strcmp(section->kind, "variant") == 0;
    const SimKey *key = sim_key_find(section->kind, text);
    g_autofree char *what = g_strdup_printf("unknown key in [%s]:", section->kind);
    if (!key && !variant)
        return sim_words_unknown(error, what, text, names);
    const SimEntry *before = sim_section_find(section, text);
    if (before && (variant || !(key->flags & SIM_KEY_REPEATS)))
        return sim_words_fail(error, "key \"%s\" stands in line %u already; take one of them out",
                              text, before->line);
    add_entry(section, text, g_strchug(value), line, NULL);
    return true;
}

static bool
read_line(GPtrArray *sections, SimSection **section, char *text, unsigned line, GError **error)
{
    text = tidy_line(text);
    if (!*text)
        return true;
    if (*text == '[') {
        *section = read_header(sections, text, line, error);
        return *section != NULL;
    }
    if (*section)
        return read_entry(*section, text, line, error);
    g_autofree char *quoted = sim_words_quote(text);
    return sim_words_fail(
        error, "%s stands before the first [group]; put it behind the group it is of", quoted);
}

GPtrArray *
sim_sections_read(const char *text, unsigned *line, GError **error)
{
    g_autoptr(GPtrArray) sections = g_ptr_array_new_with_free_func(free_section);
    SimSection *section = NULL;
    *line = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        g_autofree char *row = g_strndup(text, n);
        ++*line;
        if (!read_line(sections, &section, row, *line, error))
            return NULL;
        text += n + (text[n] == '\n');
    }
    return g_steal_pointer(&sections);
}

/* Names of the groups of a kind, %NULL-terminated. */
static const char **
list_names(const GPtrArray *sections, const char *kind)
{
    const char **names = g_new0(const char *, sections->len + 1);
    size_t n = 0;
    for (guint i = 0; i < sections->len; i++) {
        const SimSection *section = sections->pdata[i];
        if (strcmp(section->kind, kind) == 0)
            names[n++] = section->name;
    }
    return names;
}

/* The section that a change is for; one without a name is made if the file has none. */
static SimSection *
find_changed(GPtrArray *sections, const char *kind, const char *name, GError **error)
{
    SimSection *section = find_section(sections, kind, name);
    if (section)
        return section;
    if (!name)
        return add_section(sections, kind, NULL, 0);
    g_autofree const char **names = list_names(sections, kind);
    g_autofree char *what = g_strdup_printf("no [%s] group has the name", kind);
    sim_words_unknown(error, what, name, names);
    return NULL;
}

static void
set_entry(SimSection *section, const char *key, const SimEntry *entry)
{
    for (guint i = section->entries->len; i-- > 0;) {
        const SimEntry *old = section->entries->pdata[i];
        if (strcmp(old->key, key) == 0)
            g_ptr_array_remove_index(section->entries, i);
    }
    add_entry(section, key, entry->value, entry->line, entry->change);
}

/* A `*` in a name stands for any letters: each group of the kind that fits is changed. */
static bool
set_all(GPtrArray *sections, const char *kind, const char *pattern, const char *key,
        const SimEntry *entry, GError **error)
{
    bool found = false;
    for (guint i = 0; i < sections->len; i++) {
        SimSection *section = sections->pdata[i];
        if (strcmp(section->kind, kind) != 0 || !g_pattern_match_simple(pattern, section->name))
            continue;
        set_entry(section, key, entry);
        found = true;
    }
    if (found)
        return true;
    g_autofree const char **names = list_names(sections, kind);
    g_autofree char *what = g_strdup_printf("no [%s] group fits", kind);
    return sim_words_unknown(error, what, pattern, names);
}

/* What can be said by `--set` and in a variant. */
static bool
check_kind(const char *kind, GError **error)
{
    if (!g_strv_contains(KINDS, kind))
        return sim_words_unknown(error, "unknown group", kind, KINDS);
    if (strcmp(kind, "expect") == 0)
        return sim_words_fail(error, "expectations can be set in the file only; write them there");
    if (strcmp(kind, "sweep") == 0)
        return sim_words_fail(error, "a sweep can be set in the file or with --vary only");
    if (strcmp(kind, "script") == 0 || strcmp(kind, "variant") == 0)
        return sim_words_fail(error, "a %s can be set in the file only; write it there", kind);
    return true;
}

static bool
apply_change(GPtrArray *sections, const GStrv path, const SimEntry *entry, GError **error)
{
    const char *kind = path[0];
    if (!check_kind(kind, error))
        return false;
    bool named = g_strv_contains(NAMED, kind);
    if (g_strv_length(path) != (named ? 3 : 2))
        return sim_words_fail(error, "the form is %s.KEY=VALUE", named ? "GROUP.NAME" : kind);
    const char *name = named ? path[1] : NULL;
    const char *key = path[named ? 2 : 1];
    g_autofree const char **names = sim_key_names(kind);
    g_autofree char *what = g_strdup_printf("unknown key in [%s]:", kind);
    if (!sim_key_find(kind, key))
        return sim_words_unknown(error, what, key, names);
    if (name && strchr(name, '*'))
        return set_all(sections, kind, name, key, entry, error);
    SimSection *section = find_changed(sections, kind, name, error);
    if (section)
        set_entry(section, key, entry);
    return section != NULL;
}

bool
sim_sections_set(GPtrArray *sections, const SimEntry *entry, GError **error)
{
    g_auto(GStrv) path = g_strsplit(entry->key, ".", 4);
    if (!path[0])
        return sim_words_fail(error, "the form is GROUP.NAME.KEY=VALUE");
    return apply_change(sections, path, entry, error);
}

bool
sim_sections_change(GPtrArray *sections, const char *change, GError **error)
{
    const char *equals = strchr(change, '=');
    if (!g_utf8_validate(change, -1, NULL) || strpbrk(change, "\r\n"))
        return sim_words_fail(error, "not one line of UTF-8 text; write it without line breaks");
    if (!equals)
        return sim_words_fail(error, "the form is GROUP.NAME.KEY=VALUE");
    g_autofree char *left = g_strstrip(g_strndup(change, (gsize)(equals - change)));
    g_autofree char *value = g_strstrip(g_strdup(equals + 1));
    SimEntry entry = {.key = left, .value = value, .change = (char *)change};
    return sim_sections_set(sections, &entry, error);
}
