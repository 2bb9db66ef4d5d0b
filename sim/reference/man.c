/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names, options, examples and exit statuses of a page are those of --help. */
#include "sim/reference/man.h"

#include "sim/reference/range.h"
#include "sim/reference/roff.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/words.h"

#include <string.h>

static const char DATE[] = "November 27, 2026";

/* What a command gave to the reader of its options. */
typedef struct {
    GArray *entries; /* GOptionEntry; names borrowed from the program */
    char *usage;
    char *help;
} Options;

/* The file of prose, taken apart. */
typedef struct {
    GString *description;
    GHashTable *options; /* long name -> prose */
    GString *more;
    char *see;
} Prose;

static void
options_clear(Options *self)
{
    g_clear_pointer(&self->entries, g_array_unref);
    g_free(self->usage);
    g_free(self->help);
}

static void
prose_clear(Prose *self)
{
    g_string_free(self->description, TRUE);
    g_string_free(self->more, TRUE);
    g_hash_table_unref(self->options);
    g_free(self->see);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Prose, prose_clear)

static void
take_options(const GOptionEntry *entries, const char *usage, const char *help, void *data)
{
    Options *self = data;
    self->entries = g_array_new(FALSE, FALSE, sizeof(GOptionEntry));
    for (; entries->long_name; entries++)
        g_array_append_val(self->entries, *entries);
    self->usage = g_strdup(usage);
    self->help = g_strdup(help);
}

static bool
append_keys(GString *out, const char *group, GError **error)
{
    size_t n, shown = 0;
    const SimKey *keys = sim_keys(&n);
    g_string_append(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < n; i++) {
        const SimKey *key = &keys[i];
        if (strcmp(key->group, group) != 0)
            continue;
        shown++;
        g_autofree char *format = roff_argument(key->format);
        g_autofree char *example = roff_literal(key->example);
        g_string_append_printf(out, ".It Ic %s No = Ar %s\n", key->name, format);
        roff_text(out, key->meaning);
        g_autofree char *range = reference_range(key);
        if (range)
            g_string_append_printf(out, "Range: %s.\n", range);
        if (key->flags & SIM_KEY_REQUIRED)
            g_string_append(out, "Required.\n");
        if (key->otherwise)
            g_string_append_printf(out, "Default:\n.Li %s .\n", key->otherwise);
        g_string_append_printf(out, "Example:\n.Li %s\n", example);
    }
    g_string_append(out, ".El\n");
    return shown > 0 || sim_words_fail(error, "@keys %s: no such group", group);
}

static bool
take_directive(Prose *self, const char *line, GString **to, GError **error)
{
    if (g_str_has_prefix(line, "@option ")) {
        *to = g_string_new(NULL);
        g_hash_table_insert(self->options, g_strdup(line + strlen("@option ")), *to);
    } else if (strcmp(line, "@more") == 0) {
        *to = self->more;
    } else if (g_str_has_prefix(line, "@see ")) {
        self->see = g_strdup(line + strlen("@see "));
    } else if (g_str_has_prefix(line, "@keys ")) {
        return append_keys(*to, line + strlen("@keys "), error);
    } else {
        return sim_words_fail(error, "unknown directive: %s", line);
    }
    return true;
}

static void
free_string(void *string)
{
    g_string_free(string, TRUE);
}

static bool
read_prose(Prose *self, const char *text, GError **error)
{
    self->description = g_string_new(NULL);
    self->more = g_string_new(NULL);
    self->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_string);
    GString *to = self->description;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, ".\\\""))
            continue;
        if (**line == '@') {
            if (!take_directive(self, *line, &to, error))
                return false;
        } else if (**line) {
            g_string_append_printf(to, "%s\n", *line);
        }
    }
    return self->see || sim_words_fail(error, "no @see");
}

static void
append_header(GString *out, const char *name, const char *does)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    g_string_append_printf(out,
                           ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n.Dd %s\n"
                           ".Dt ROLLCALL-%s 1\n.Os rollcall " SIM_VERSION
                           "\n.Sh NAME\n.Nm rollcall-%s\n.Nd ",
                           DATE, upper, name);
    roff_text(out, does);
}

/* "A [B]" and "FILE...", as --help has them. */
static void
append_synopsis(GString *out, const char *name, const char *usage)
{
    g_string_append_printf(out, ".Sh SYNOPSIS\n.Nm rollcall %s\n.Op Ar option ...\n", name);
    g_auto(GStrv) words = g_strsplit(usage, " ", -1);
    for (char **word = words; *word && **word; word++) {
        bool optional = **word == '[';
        g_autofree char *bare = g_strndup(*word + optional, strlen(*word) - 2 * optional);
        bool several = g_str_has_suffix(bare, "...");
        if (several)
            bare[strlen(bare) - 3] = '\0';
        g_string_append_printf(out, ".%sAr %s%s\n", optional ? "Op " : "", bare,
                               several ? " ..." : "");
    }
}

/* As a sentence: the table's lines have no stop, and a few no capital. */
static void
append_sentence(GString *out, const char *text)
{
    g_autofree char *sentence = g_strconcat(text, g_str_has_suffix(text, ".") ? "" : ".", NULL);
    *sentence = g_ascii_toupper(*sentence);
    roff_text(out, sentence);
}

static bool
append_option(GString *out, const GOptionEntry *entry, Prose *prose)
{
    g_autofree char *argument =
        entry->arg_description ? g_strdup_printf(" Ar %s", entry->arg_description) : g_strdup("");
    g_string_append(out, ".It ");
    if (entry->short_name)
        g_string_append_printf(out, "Fl %c%s , ", entry->short_name, argument);
    g_string_append_printf(out, "Fl -%s%s%s\n", entry->long_name, *argument ? " Ns = Ns" : "",
                           argument);
    GString *told = g_hash_table_lookup(prose->options, entry->long_name);
    if (told)
        g_string_append(out, told->str);
    else
        append_sentence(out, entry->description);
    return g_hash_table_remove(prose->options, entry->long_name);
}

static bool
append_options(GString *out, const Options *options, Prose *prose, GError **error)
{
    g_string_append(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
    for (guint i = 0; i < options->entries->len; i++)
        append_option(out, &g_array_index(options->entries, GOptionEntry, i), prose);
    g_string_append(out, ".It Fl h , Fl -help\nPrint the options with a line for each.\n.El\n");
    GHashTableIter iter;
    void *name;
    g_hash_table_iter_init(&iter, prose->options);
    if (g_hash_table_iter_next(&iter, &name, NULL))
        return sim_words_fail(error, "@option %s: the command has no such option", (char *)name);
    return true;
}

/* Of --help, what stands behind "@title:" up to an empty line; or %NULL. */
static char *
find_paragraph(const char *help, const char *title)
{
    const char *at = strstr(help, title);
    if (!at)
        return NULL;
    at += strlen(title);
    const char *end = strstr(at, "\n\n");
    return g_strndup(at, end ? (gsize)(end - at) : strlen(at));
}

/* "0 done, 2 bad input; 130 interrupted." */
static bool
append_statuses(GString *out, const char *help, GError **error)
{
    g_autofree char *text = find_paragraph(help, "Exit: ");
    if (!text)
        return sim_words_fail(error, "--help has no line \"Exit: \"");
    g_autoptr(GRegex) between = g_regex_new("[,;]\\s+(?=\\d+\\s)", 0, 0, NULL);
    g_auto(GStrv) parts = g_regex_split(between, g_strstrip(text), 0);
    g_string_append(out, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
    for (char **part = parts; *part; part++) {
        size_t digits = strspn(*part, "0123456789");
        g_string_append_printf(out, ".It %.*s\n", (int)digits, *part);
        append_sentence(out, g_strstrip(*part + digits));
    }
    g_string_append(out, ".El\n");
    return true;
}

static bool
append_examples(GString *out, const char *help, GError **error)
{
    g_autofree char *several = find_paragraph(help, "Examples:\n");
    g_autofree char *one = find_paragraph(help, "Example:\n");
    const char *text = several ? several : one;
    if (!text)
        return sim_words_fail(error, "--help has no examples");
    g_autofree char *literal = roff_literal(text);
    g_auto(GStrv) lines = g_strsplit(literal, "\n", -1);
    g_string_append(out, ".Sh EXAMPLES\n.Bd -literal\n");
    for (char **line = lines; *line; line++)
        if (**line)
            g_string_append_printf(out, "%s\n", g_str_has_prefix(*line, "  ") ? *line + 2 : *line);
    g_string_append(out, ".Ed\n");
    return true;
}

static void
append_see(GString *out, const char *see)
{
    g_auto(GStrv) pages = g_strsplit(see, ", ", -1);
    g_string_append(out, ".Sh SEE ALSO\n");
    for (char **page = pages; *page; page++)
        g_string_append_printf(out, ".Xr %s%s\n", *page, page[1] ? " ," : "");
}

char *
man_command(const SimCommand *command, const char *prose_text, GError **error)
{
    g_auto(Options) options = {0};
    g_auto(Prose) prose = {0};
    g_autoptr(GString) out = g_string_new(NULL);
    if (!read_prose(&prose, prose_text, error))
        return NULL;
    sim_command_describe(command, take_options, &options);
    append_header(out, command->name, command->does);
    append_synopsis(out, command->name, options.usage);
    g_string_append_printf(out, ".Sh DESCRIPTION\n%s", prose.description->str);
    if (!append_options(out, &options, &prose, error))
        return NULL;
    g_string_append(out, prose.more->str);
    if (!append_statuses(out, options.help, error) || !append_examples(out, options.help, error))
        return NULL;
    append_see(out, prose.see);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
append_commands(GString *out)
{
    size_t n;
    const SimCommand *commands = sim_commands(&n);
    g_string_append(out, ".Bl -tag -width rollcall-validate(1)\n");
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(out, ".It Xr rollcall-%s 1\n", commands[i].name);
        append_sentence(out, commands[i].does);
    }
    g_string_append(out, ".El\n");
}

char *
man_page(const char *prose, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(prose, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (strcmp(*line, "@date") == 0)
            g_string_append_printf(out, ".Dd %s\n", DATE);
        else if (strcmp(*line, ".Os") == 0)
            g_string_append(out, ".Os rollcall " SIM_VERSION "\n");
        else if (strcmp(*line, "@commands") == 0)
            append_commands(out);
        else if (g_str_has_prefix(*line, "@keys ")) {
            if (!append_keys(out, *line + strlen("@keys "), error))
                return NULL;
        } else if (**line) {
            g_string_append_printf(out, "%s\n", *line);
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
