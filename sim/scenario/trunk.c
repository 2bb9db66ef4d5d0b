/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order in which a line is cut decides what its odd characters mean, and it is Asterisk's:
 * the last `@` first, so that a secret may hold one; then in the part before it `?`, `://`, `:`,
 * and in the part after it `~`, `/`, `:`. A secret can therefore hold neither `:` nor `/` nor `?`.
 * Where Asterisk would go on with a guess (a bad port, an unknown transport), this is an error. */
#include "sim/scenario/trunk.h"

#include "sim/scenario/words.h"
#include <string.h>

#define FORM                                                                                       \
    "[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]"

void
sim_trunk_clear(SimTrunkLine *self)
{
    g_clear_pointer(&self->peer, g_free);
    g_clear_pointer(&self->transport, g_free);
    g_clear_pointer(&self->user, g_free);
    g_clear_pointer(&self->domain, g_free);
    g_clear_pointer(&self->secret, g_free);
    g_clear_pointer(&self->auth_user, g_free);
    g_clear_pointer(&self->host, g_free);
    g_clear_pointer(&self->extension, g_free);
}

static bool
fail_part(GError **error, const char *part, const char *what)
{
    g_autofree char *quoted = sim_words_quote(part);
    return sim_words_fail(error, "register line: %s %s", quoted, what);
}

/* A part that may be in double quotes; an empty one is absent. */
static char *
dup_part(const char *part)
{
    g_autofree char *own = g_strstrip(g_strdup(part));
    size_t n = strlen(own);
    if (n >= 2 && own[0] == '"' && own[n - 1] == '"')
        return n > 2 ? g_strndup(own + 1, n - 2) : NULL;
    return n ? g_steal_pointer(&own) : NULL;
}

/* Ends @text at @at and returns what follows. */
static char *
cut(char *at, size_t skip)
{
    if (!at)
        return NULL;
    *at = '\0';
    return at + skip;
}

static bool
read_number(const char *text, const char *what, guint64 most, guint64 *out, GError **error)
{
    if (!g_ascii_string_to_unsigned(text, 10, 1, most, out, NULL)) {
        g_autofree char *quoted = sim_words_quote(text);
        return sim_words_fail(error,
                              "register line: %s %s is not a number from 1 to %" G_GUINT64_FORMAT,
                              what, quoted, most);
    }
    return true;
}

static bool
read_transport(char *name, SimTrunkLine *out, GError **error)
{
    static const char *const known[] = {"udp", "tcp", "tls", NULL};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (!g_strv_contains(known, lower))
        return sim_words_unknown(error, "register line: unknown transport", name, known);
    out->transport = g_steal_pointer(&lower);
    return true;
}

/* user[@domain][:secret[:authuser]], or user@domain:port:secret:authuser. */
static bool
read_user(char *text, SimTrunkLine *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 5);
    guint n = g_strv_length(parts);
    guint64 port;
    if (n > 4)
        return fail_part(error, text, "has too many colons");
    if (n == 4 && !read_number(parts[1], "the domain's port", 65535, &port, error))
        return false;
    guint secret = n == 4 ? 2 : 1;
    out->domain = n ? dup_part(cut(strchr(parts[0], '@'), 1) ?: "") : NULL;
    out->user = n ? dup_part(parts[0]) : NULL;
    out->secret = n > secret ? dup_part(parts[secret]) : NULL;
    out->auth_user = n > secret + 1 ? dup_part(parts[secret + 1]) : NULL;
    return out->user ? true : fail_part(error, text, "names no user");
}

/* [peer?][transport://] and then the user. */
static bool
read_front(char *text, SimTrunkLine *out, GError **error)
{
    char *rest = cut(strchr(text, '?'), 1);
    if (rest) {
        if (strpbrk(text, ":@/"))
            return fail_part(error, text, "before a \"?\" is no name of a peer");
        out->peer = dup_part(text);
        text = rest;
    }
    rest = cut(strstr(text, "://"), 3);
    if (rest && !read_transport(text, out, error))
        return false;
    text = rest ?: text;
    if (strchr(text, '/'))
        return fail_part(error, text, "has a \"/\" but no transport");
    return read_user(text, out, error);
}

/* host[:port]; an IPv6 address stands in brackets. */
static bool
read_host(char *text, SimTrunkLine *out, GError **error)
{
    char *bracket = *text == '[' ? strchr(text, ']') : text;
    if (!bracket)
        return fail_part(error, text, "has no closing bracket");
    char *colon = strchr(bracket, ':');
    guint64 port;
    if (colon && !read_number(colon + 1, "the port", 65535, &port, error))
        return false;
    if (colon)
        out->port = (unsigned)port;
    cut(colon, 1);
    out->host = dup_part(text);
    return out->host ? true : fail_part(error, text, "after the last \"@\" names no host");
}

static bool
read_back(char *text, SimTrunkLine *out, GError **error)
{
    char *expiry = cut(strchr(text, '~'), 1);
    char *extension = cut(strchr(text, '/'), 1);
    guint64 seconds = 0;
    if (expiry && !read_number(expiry, "the expiry", G_MAXUINT32, &seconds, error))
        return false;
    out->expiry = (uint32_t)seconds;
    out->extension = extension ? dup_part(extension) : NULL;
    return read_host(text, out, error);
}

bool
sim_trunk_parse(const char *text, SimTrunkLine *out, GError **error)
{
    g_autofree char *own = g_strstrip(g_strdup(text));
    SimTrunkLine line = {0};
    char *back = cut(strrchr(own, '@'), 1);
    if (!back) {
        return fail_part(error, own, "has no \"@host\"; the form is " FORM);
    }
    if (!read_front(own, &line, error) || !read_back(back, &line, error)) {
        sim_trunk_clear(&line);
        return false;
    }
    *out = line;
    return true;
}

/* Takes comments off a line. @depth: how many `;--` are open; they nest, as in Asterisk. `\;` is
 * a plain semicolon. */
static void
drop_comments(char *line, unsigned *depth)
{
    char *to = line;
    for (char *p = line; *p;) {
        if (*depth == 0 && p[0] == '\\' && p[1] == ';') {
            *to++ = ';';
            p += 2;
        } else if (strncmp(p, ";--", 3) == 0 && p[3] != '-') {
            ++*depth;
            p += 3;
        } else if (*depth && strncmp(p, "--;", 3) == 0) {
            --*depth;
            p += 3;
        } else if (*depth == 0 && *p == ';') {
            break;
        } else if (*depth == 0) {
            *to++ = *p++;
        } else {
            p++;
        }
    }
    *to = '\0';
}

/* One line without comments. @general: whether it stands in [general]. */
static bool
read_conf_line(char *text, bool *general, GArray *lines, unsigned number, GError **error)
{
    if (*text == '[') {
        *general = g_ascii_strncasecmp(text, "[general]", 9) == 0;
        return true;
    }
    if (!*general)
        return true;
    if (g_str_has_prefix(text, "#include") || g_str_has_prefix(text, "#exec"))
        return sim_words_fail(error, "#include and #exec are not followed; put the lines here");
    char *value = cut(strchr(text, '='), 1);
    if (!value || g_ascii_strcasecmp(g_strchomp(text), "register") != 0)
        return true;
    if (*value == '>')
        value++;
    SimTrunkLine line;
    if (!sim_trunk_parse(value, &line, error))
        return false;
    line.line = number;
    g_array_append_val(lines, line);
    return true;
}

bool
sim_trunk_read_conf(const char *text, GArray *lines, unsigned *line, GError **error)
{
    g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
    unsigned depth = 0;
    bool general = false;
    for (guint i = 0; rows[i]; i++) {
        *line = i + 1;
        drop_comments(rows[i], &depth);
        if (!read_conf_line(g_strstrip(rows[i]), &general, lines, *line, error))
            return false;
    }
    if (depth)
        return sim_words_fail(error,
                              "a comment that starts with \";--\" does not end; close it with --;");
    return true;
}
