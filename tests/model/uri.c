/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * URIs by section 19.1.4, for the forms that model.h names: everything is copied apart first and
 * then compared piece by piece. */
#include "tests/model/uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_PARAMS = 6 };

typedef struct {
    char scheme[MODEL_TEXT];
    bool has_user;
    char user[MODEL_TEXT]; /* as it compares: escapes of reserved characters kept */
    char host[MODEL_TEXT];
    char port[MODEL_TEXT]; /* "" if absent */
    size_t n_params;
    char names[MOST_PARAMS][MODEL_TEXT];
    char values[MOST_PARAMS][MODEL_TEXT];
} Parts;

/* RFC 2396 section 2.2 */
static bool
is_reserved(int c)
{
    return c && strchr(";/?:@&=+$,", c);
}

static void
take(char out[MODEL_TEXT], const char *from, size_t n)
{
    if (n >= MODEL_TEXT)
        abort();
    memcpy(out, from, n);
    out[n] = '\0';
}

static void
lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* A character and its escape are the same, unless the character is reserved. */
static void
unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        char digits[3] = "";
        if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2]))
            memcpy(digits, from + 1, 2);
        int c = (int)strtol(digits, NULL, 16);
        if (!*digits || c == 0 || is_reserved(c)) {
            *to++ = *from;
            continue;
        }
        *to++ = (char)c;
        from += 2;
    }
    *to = '\0';
}

static void
cut_params(const char *text, Parts *out)
{
    while (*text == ';') {
        text++;
        size_t n = strcspn(text, ";");
        size_t name = strcspn(text, ";=");
        if (out->n_params == MOST_PARAMS)
            abort();
        take(out->names[out->n_params], text, name);
        lower(out->names[out->n_params]);
        take(out->values[out->n_params], text + name, n - name);
        lower(out->values[out->n_params]);
        out->n_params++;
        text += n;
    }
}

static bool
cut(const char *uri, Parts *out)
{
    memset(out, 0, sizeof *out);
    size_t n = strcspn(uri, ":");
    take(out->scheme, uri, n);
    lower(out->scheme);
    if (!uri[n] || (strcmp(out->scheme, "sip") != 0 && strcmp(out->scheme, "sips") != 0))
        return false;
    const char *rest = uri + n + 1;
    const char *at = strchr(rest, '@');
    out->has_user = at != NULL;
    if (at) {
        take(out->user, rest, (size_t)(at - rest));
        unescape(out->user);
        rest = at + 1;
    }
    n = strcspn(rest, ":;");
    take(out->host, rest, n);
    lower(out->host);
    rest += n;
    if (*rest == ':') {
        n = strcspn(rest + 1, ";");
        take(out->port, rest + 1, n);
        rest += 1 + n;
    }
    cut_params(rest, out);
    return true;
}

static const char *
find_param(const Parts *parts, const char *name)
{
    for (size_t i = 0; i < parts->n_params; i++)
        if (strcmp(parts->names[i], name) == 0)
            return parts->values[i];
    return NULL;
}

/* A parameter that one of two URIs has and the other has not: does it tell them apart? */
static bool
matters_alone(const char *scheme, const char *name, const char *value)
{
    /* An omitted component differs from its explicit default, which is udp for sip and tcp for sips
     * (section 19.1.1). Any other transport is ignored, by the letter. */
    if (strcmp(name, "transport") == 0)
        return strcmp(value, strcmp(scheme, "sip") == 0 ? "=udp" : "=tcp") == 0;
    return strcmp(name, "user") == 0 || strcmp(name, "ttl") == 0 || strcmp(name, "method") == 0 ||
           strcmp(name, "maddr") == 0;
}

static bool
params_agree(const Parts *a, const Parts *b)
{
    for (size_t i = 0; i < a->n_params; i++) {
        const char *other = find_param(b, a->names[i]);
        if (other ? strcmp(a->values[i], other) != 0
                  : matters_alone(a->scheme, a->names[i], a->values[i]))
            return false;
    }
    return true;
}

bool
model_uri_equal(const char *a, const char *b)
{
    Parts x, y;
    if (!cut(a, &x) || !cut(b, &y))
        return strcmp(a, b) == 0;
    return strcmp(x.scheme, y.scheme) == 0 && x.has_user == y.has_user &&
           strcmp(x.user, y.user) == 0 && strcmp(x.host, y.host) == 0 &&
           strcmp(x.port, y.port) == 0 && params_agree(&x, &y) && params_agree(&y, &x);
}

bool
model_uri_host(const char *uri, char host[MODEL_TEXT])
{
    Parts parts;
    if (!cut(uri, &parts))
        return false;
    strcpy(host, parts.host);
    return true;
}

void
model_uri_canonical(const char *uri, char out[MODEL_TEXT])
{
    Parts parts;
    if (!cut(uri, &parts) ||
        strlen(parts.scheme) + strlen(parts.user) + strlen(parts.host) + 3 > MODEL_TEXT)
        abort();
    strcpy(out, parts.scheme);
    strcat(out, ":");
    strcat(out, parts.user);
    strcat(out, parts.has_user ? "@" : "");
    strcat(out, parts.host);
}

bool
model_method_known(const char *method)
{
    static const char *const known[] = {"INVITE",  "ACK",    "BYE",       "CANCEL", "OPTIONS",
                                        "MESSAGE", "NOTIFY", "SUBSCRIBE", "INFO",   "PUBLISH",
                                        "UPDATE",  "REFER",  "PRACK"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], method) == 0)
            return true;
    return false;
}
