/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/reference/roff.h"

#include <stdbool.h>
#include <string.h>

enum { WIDTH = 78 };

static void
append_escaped(GString *out, char c, bool literal)
{
    switch (c) {
    case '\\':
        g_string_append(out, "\\e");
        return;
    case '-':
        g_string_append(out, literal ? "\\-" : "-");
        return;
    case '\'':
        g_string_append(out, literal ? "\\(aq" : "'");
        return;
    case '`':
        g_string_append(out, "\\(ga");
        return;
    case '^':
        g_string_append(out, "\\(ha");
        return;
    case '~':
        g_string_append(out, "\\(ti");
        return;
    default:
        g_string_append_c(out, c);
    }
}

char *
roff_literal(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *c = text; *c; c++) {
        if ((c == text || c[-1] == '\n') && (*c == '.' || *c == '\''))
            g_string_append(out, "\\&");
        append_escaped(out, *c, true);
    }
    return g_string_free(out, FALSE);
}

char *
roff_argument(const char *text)
{
    g_autofree char *literal = roff_literal(text);
    g_auto(GStrv) parts = g_strsplit(literal, "][", -1);
    g_autofree char *joined = g_strjoinv("]\\:[", parts);
    /* In quotes, and not at its end, a bracket is not taken for a delimiter. */
    return g_strdup_printf("\"%s\\&\"", joined);
}

/* A capital behind a stop and a blank begins a sentence; "e.g. a" does not. */
static bool
ends_sentence(const char *word, const char *next)
{
    size_t len = strlen(word);
    return len > 2 && word[len - 1] == '.' && next && g_ascii_isupper(*next);
}

/* What stands between backquotes may hold blanks: it is one word here, with its quotes. */
static GPtrArray *
split_words(const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    const char *at = text;
    while (*(at += strspn(at, " \n"))) {
        const char *end = at;
        bool quoted = false;
        for (; *end && (quoted || !strchr(" \n", *end)); end++)
            if (*end == '`')
                quoted = !quoted;
        g_ptr_array_add(words, g_strndup(at, (gsize)(end - at)));
        at = end;
    }
    return words;
}

static char *
roff_word(const char *word)
{
    GString *out = g_string_new(NULL);
    bool code = false;
    for (const char *c = word; *c; c++) {
        if (*c == '`') {
            code = !code;
            g_string_append(out, code ? "\\fB" : "\\fR");
        } else {
            append_escaped(out, *c, code);
        }
    }
    return g_string_free(out, FALSE);
}

void
roff_text(GString *out, const char *text)
{
    g_autoptr(GPtrArray) words = split_words(text);
    size_t column = 0;
    for (guint i = 0; i < words->len; i++) {
        g_autofree char *word = roff_word(words->pdata[i]);
        if (column > 0 && column + 1 + strlen(word) > WIDTH) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        if (column == 0 && (*word == '.' || *word == '\''))
            g_string_append(out, "\\&");
        g_string_append_printf(out, "%s%s", column > 0 ? " " : "", word);
        column += strlen(word) + 1;
        if (i + 1 == words->len || ends_sentence(words->pdata[i], words->pdata[i + 1])) {
            g_string_append_c(out, '\n');
            column = 0;
        }
    }
}
