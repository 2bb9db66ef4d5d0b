/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines, then commas, then semicolons; quotes and angle brackets are minded. */
#include "sim/conform/message.h"

#include <string.h>

/* RFC 3261 section 7.3.3 and later RFCs. */
static const struct {
    char compact;
    const char *name;
} COMPACT[] = {
    {'a', "Accept-Contact"},
    {'c', "Content-Type"},
    {'e', "Content-Encoding"},
    {'f', "From"},
    {'i', "Call-ID"},
    {'k', "Supported"},
    {'l', "Content-Length"},
    {'m', "Contact"},
    {'o', "Event"},
    {'s', "Subject"},
    {'t', "To"},
    {'u', "Allow-Events"},
    {'v', "Via"},
};

static char *
long_name(const char *start, size_t len)
{
    while (len > 0 && g_ascii_isspace(start[len - 1]))
        len--;
    for (size_t i = 0; i < G_N_ELEMENTS(COMPACT); i++)
        if (len == 1 && g_ascii_tolower(*start) == COMPACT[i].compact)
            return g_strdup(COMPACT[i].name);
    return g_strndup(start, len);
}

static void
add_line(SimMessage *self, const char *line)
{
    const char *colon = strchr(line, ':');
    if (!colon)
        return;
    g_ptr_array_add(self->names, long_name(line, (size_t)(colon - line)));
    g_ptr_array_add(self->lines, g_strstrip(g_strdup(colon + 1)));
}

static void
read_status(SimMessage *self)
{
    if (g_str_has_prefix(self->start, "SIP/2.0 "))
        self->status = (int)g_ascii_strtoll(self->start + 8, NULL, 10);
}

SimMessage *
sim_message_parse(const void *data, size_t len)
{
    SimMessage *self = g_new0(SimMessage, 1);
    self->names = g_ptr_array_new_with_free_func(g_free);
    self->lines = g_ptr_array_new_with_free_func(g_free);
    /* A NUL in an answer would hide the rest; nothing that is looked for contains one. */
    g_autofree char *text = g_strndup(data, len);
    char *end = strstr(text, "\r\n\r\n");
    self->body = g_strdup(end ? end + 4 : "");
    if (end)
        *end = '\0';
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    self->start = g_strdup(lines[0] ? lines[0] : "");
    read_status(self);
    g_autoptr(GString) whole = g_string_new(NULL);
    for (char **line = lines[0] ? lines + 1 : lines; *line; line++) {
        g_string_append(whole, *line);
        bool goes_on = line[1] && (line[1][0] == ' ' || line[1][0] == '\t');
        if (goes_on)
            continue;
        add_line(self, whole->str);
        g_string_truncate(whole, 0);
    }
    return self;
}

void
sim_message_free(SimMessage *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->names);
    g_ptr_array_unref(self->lines);
    g_free(self->start);
    g_free(self->body);
    g_free(self);
}

const char *
sim_message_line(const SimMessage *self, const char *name, size_t i)
{
    for (guint n = 0; self && n < self->names->len; n++)
        if (g_ascii_strcasecmp(g_ptr_array_index(self->names, n), name) == 0 && i-- == 0)
            return g_ptr_array_index(self->lines, n);
    return NULL;
}

/* Up to the next @stop that is neither quoted nor in angle brackets; the end if there is none. */
static const char *
find_stop(const char *text, char stop)
{
    bool quoted = false, bracket = false;
    for (; *text; text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted && *text == '<')
            bracket = true;
        else if (!quoted && *text == '>')
            bracket = false;
        else if (!quoted && !bracket && *text == stop)
            break;
    }
    return text;
}

static void
cut(const char *text, char stop, GPtrArray *out)
{
    while (*text) {
        const char *end = find_stop(text, stop);
        g_ptr_array_add(out, g_strstrip(g_strndup(text, (gsize)(end - text))));
        text = *end ? end + 1 : end;
    }
}

char **
sim_message_values(const SimMessage *self, const char *name)
{
    GPtrArray *out = g_ptr_array_new();
    const char *line;
    for (size_t i = 0; (line = sim_message_line(self, name, i)); i++)
        cut(line, ',', out);
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

bool
sim_message_has_token(const SimMessage *self, const char *name, const char *token)
{
    g_auto(GStrv) values = sim_message_values(self, name);
    for (char **value = values; *value; value++)
        if (g_ascii_strcasecmp(*value, token) == 0)
            return true;
    return false;
}

char *
sim_value_uri(const char *value)
{
    g_autofree char *addr = g_strndup(value, (gsize)(find_stop(value, ';') - value));
    char *close = strrchr(addr, '>');
    if (!close)
        return g_strdup(g_strstrip(addr));
    *close = '\0';
    char *open = strrchr(addr, '<');
    return g_strdup(open ? open + 1 : addr);
}

static char *
unquote(char *value)
{
    size_t len = strlen(value);
    if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
        memmove(value, value + 1, len - 2);
        value[len - 2] = '\0';
    }
    return value;
}

/* Among `name=value` pieces from @first on. */
static char *
find_param(const GPtrArray *pieces, guint first, const char *name, bool *ret_quoted)
{
    for (guint i = first; i < pieces->len; i++) {
        const char *piece = g_ptr_array_index(pieces, i);
        const char *equals = strchr(piece, '=');
        g_autofree char *key =
            g_strstrip(g_strndup(piece, equals ? (gsize)(equals - piece) : strlen(piece)));
        if (g_ascii_strcasecmp(key, name) != 0)
            continue;
        char *value = g_strstrip(g_strdup(equals ? equals + 1 : ""));
        if (ret_quoted)
            *ret_quoted = value[0] == '"';
        return unquote(value);
    }
    return NULL;
}

char *
sim_value_param(const char *value, const char *name)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    cut(value, ';', pieces);
    return find_param(pieces, 1, name, NULL);
}

char *
sim_uri_param(const char *uri, const char *name)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    const char *host = strchr(uri, '@');
    g_autofree char *plain = g_strdup(host ? host : uri);
    char *headers = strchr(plain, '?');
    if (headers)
        *headers = '\0';
    cut(plain, ';', pieces);
    return find_param(pieces, 1, name, NULL);
}

char *
sim_auth_param(const char *value, const char *name, bool *ret_quoted)
{
    const char *space = strchr(value, ' ');
    if (!space)
        return NULL;
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    cut(space + 1, ',', pieces);
    return find_param(pieces, 0, name, ret_quoted);
}
