/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The raw scanner of header.h. It keeps to what a line-by-line reading can decide; URIs go to
 * uri.c, and Via, CSeq and the digest headers to libosip2 in message.c. */
#include "header.h"

typedef struct {
    RollText name;
    RollText compact;
    bool list;
} Name;

#define NAME(text)                                                                                 \
    {                                                                                              \
        {text, sizeof(text) - 1}, {NULL, 0}, false                                                 \
    }
#define SHORT_NAME(text, letter)                                                                   \
    {                                                                                              \
        {text, sizeof(text) - 1}, {letter, 1}, false                                               \
    }
#define LIST(text)                                                                                 \
    {                                                                                              \
        {text, sizeof(text) - 1}, {NULL, 0}, true                                                  \
    }
#define SHORT_LIST(text, letter)                                                                   \
    {                                                                                              \
        {text, sizeof(text) - 1}, {letter, 1}, true                                                \
    }

static const Name names[ROLL_N_HEADERS] = {
    [ROLL_HEADER_OTHER] = {{NULL, 0}, {NULL, 0}, true},
    [ROLL_HEADER_VIA] = SHORT_LIST("Via", "v"),
    [ROLL_HEADER_FROM] = SHORT_NAME("From", "f"),
    [ROLL_HEADER_TO] = SHORT_NAME("To", "t"),
    [ROLL_HEADER_CALL_ID] = SHORT_NAME("Call-ID", "i"),
    [ROLL_HEADER_CSEQ] = NAME("CSeq"),
    [ROLL_HEADER_CONTACT] = SHORT_LIST("Contact", "m"),
    [ROLL_HEADER_EXPIRES] = NAME("Expires"),
    [ROLL_HEADER_AUTHORIZATION] = LIST("Authorization"),
    [ROLL_HEADER_WWW_AUTHENTICATE] = LIST("WWW-Authenticate"),
    [ROLL_HEADER_REQUIRE] = LIST("Require"),
    [ROLL_HEADER_SUPPORTED] = SHORT_LIST("Supported", "k"),
    [ROLL_HEADER_UNSUPPORTED] = LIST("Unsupported"),
    [ROLL_HEADER_USER_AGENT] = NAME("User-Agent"),
    [ROLL_HEADER_CONTENT_LENGTH] = SHORT_NAME("Content-Length", "l"),
    [ROLL_HEADER_CONTENT_TYPE] = SHORT_NAME("Content-Type", "c"),
    [ROLL_HEADER_CONTENT_DISPOSITION] = NAME("Content-Disposition"),
    [ROLL_HEADER_MIN_EXPIRES] = NAME("Min-Expires"),
    [ROLL_HEADER_RETRY_AFTER] = NAME("Retry-After"),
    [ROLL_HEADER_PATH] = LIST("Path"),
    [ROLL_HEADER_PROXY_REQUIRE] = LIST("Proxy-Require"),
    [ROLL_HEADER_SERVICE_ROUTE] = LIST("Service-Route"),
    [ROLL_HEADER_FLOW_TIMER] = NAME("Flow-Timer"),
    [ROLL_HEADER_EVENT] = SHORT_NAME("Event", "o"),
    [ROLL_HEADER_ACCEPT] = LIST("Accept"),
    [ROLL_HEADER_RECORD_ROUTE] = LIST("Record-Route"),
};

bool
roll_header_is_list(RollHeader kind)
{
    return names[kind].list;
}

bool
roll_text_is_clean(RollText text)
{
    /* Eight bytes at a time: a byte below 0x20 borrows from its own top bit and had none. */
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t found = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, sizeof(word));
        found |= (word - ones * 0x20) & ~word & (ones * 0x80);
    }
    for (; i < text.len; i++)
        found |= (uint8_t)text.ptr[i] < 0x20;
    return found == 0;
}

bool
roll_text_is_token(RollText text)
{
    static const bool token[256] = {
        ['!'] = true, ['%'] = true,         ['\''] = true,        ['*'] = true,
        ['+'] = true, ['-'] = true,         ['.'] = true,         ['0' ... '9'] = true,
        ['_'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['`'] = true,
        ['~'] = true,
    };
    for (size_t i = 0; i < text.len; i++)
        if (!token[(uint8_t)text.ptr[i]])
            return false;
    return text.len > 0;
}

static bool
is_blank(char c)
{
    return c == ' ';
}

RollText
roll_text_trim(RollText text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    while (text.len > 0 && is_blank(*text.ptr)) {
        text.ptr++;
        text.len--;
    }
    return text;
}

RollText
roll_text_unquote(RollText text)
{
    if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
        return text;
    return (RollText){text.ptr + 1, text.len - 2};
}

bool
roll_text_number(RollText text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = (uint8_t)(text.ptr[i] - '0');
        if (digit > 9)
            return false;
        value = value > max ? value : value * 10 + digit;
    }
    *out = value > max ? max + 1 : value;
    return true;
}

/* Tabs become blanks; any other control character makes the line unclean. */
static bool
clean_line(char *at, const char *end)
{
    bool clean = true;
    for (; at < end; at++) {
        if (*at == '\t')
            *at = ' ';
        clean &= (uint8_t)*at >= 0x20;
    }
    return clean;
}

RollLine
roll_head_next(RollHead *self, RollText *line, bool *clean)
{
    char *start = self->at;
    char *at = start;
    char *stop;
    for (;;) {
        char *feed = memchr(at, '\n', (size_t)(self->end - at));
        if (!feed)
            return ROLL_LINE_CUT;
        stop = feed > start && feed[-1] == '\r' ? feed - 1 : feed;
        at = feed + 1;
        if (stop == start || at == self->end || (*at != ' ' && *at != '\t'))
            break;
        memset(stop, ' ', (size_t)(at - stop));
    }
    self->at = at;
    *line = (RollText){start, (size_t)(stop - start)};
    *clean = roll_text_is_clean(*line) || clean_line(start, stop);
    return stop == start ? ROLL_LINE_BLANK : ROLL_LINE_TEXT;
}

bool
roll_head_read_status(RollText line, int *status)
{
    static const RollText version = {"SIP/2.0 ", 8};
    uint64_t value;
    if (line.len < version.len + 3 ||
        !roll_text_equal_nocase((RollText){line.ptr, version.len}, version))
        return false;
    RollText rest = {line.ptr + version.len, line.len - version.len};
    if (!roll_text_number((RollText){rest.ptr, 3}, 699, &value) || value < 100 || value > 699 ||
        (rest.len > 3 && rest.ptr[3] != ' '))
        return false;
    *status = (int)value;
    return true;
}

/* Told by length and first letter, for most names are others. */
static bool
may_equal(RollText name, RollText known)
{
    return name.len == known.len && ((name.ptr[0] ^ known.ptr[0]) & 0xdf) == 0;
}

static RollHeader
find_name(RollText name)
{
    for (RollHeader i = ROLL_HEADER_OTHER + 1; name.len > 0 && i < ROLL_N_HEADERS; i++) {
        RollText known = name.len > 1 ? names[i].name : names[i].compact;
        if (may_equal(name, known) && roll_text_equal_nocase(name, known))
            return i;
    }
    return ROLL_HEADER_OTHER;
}

bool
roll_header_cut(RollText line, RollHeader *kind, RollText *value)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    if (!colon || is_blank(*line.ptr))
        return false;
    size_t len = (size_t)(colon - line.ptr);
    RollText name = roll_text_trim((RollText){line.ptr, len});
    RollHeader found = find_name(name);
    if (found == ROLL_HEADER_OTHER && !roll_text_is_token(name))
        return false;
    *kind = found;
    *value = roll_text_trim((RollText){colon + 1, line.len - len - 1});
    return true;
}

/* The position after the quoted string that starts at @at, or @end + 1 if it does not end. */
static const char *
skip_quoted(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at + 1 : end + 1;
}

bool
roll_header_next_item(RollText *rest, RollText *item)
{
    if (!rest->ptr)
        return false;
    const char *end = rest->ptr + rest->len;
    /* Most lists have one value. */
    const char *at = memchr(rest->ptr, ',', rest->len) ? rest->ptr : end;
    bool bracket = false;
    while (at < end && (bracket || *at != ',')) {
        if (*at == '"' && !bracket) {
            at = skip_quoted(at, end);
            continue;
        }
        bracket = bracket ? *at != '>' : *at == '<';
        at++;
    }
    at = at < end ? at : end;
    *item = roll_text_trim((RollText){rest->ptr, (size_t)(at - rest->ptr)});
    *rest = at < end ? (RollText){at + 1, (size_t)(end - at - 1)} : (RollText){0};
    return true;
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *
skip_name(const char *at, const char *end)
{
    while (at < end && *at != ';' && *at != '=' && *at != '"' && !is_blank(*at))
        at++;
    return at;
}

/* A token, or a quoted string; more leniently than the grammar, for tags like `abc^` exist. */
static const char *
skip_value(const char *at, const char *end)
{
    if (at < end && *at == '"')
        return skip_quoted(at, end);
    while (at < end && *at != ';' && *at != '"' && !is_blank(*at))
        at++;
    return at;
}

int
roll_header_next_param(RollText *rest, RollParam *out)
{
    if (rest->ptr == NULL)
        return 0;
    const char *end = rest->ptr + rest->len;
    const char *start = skip_blanks(rest->ptr, end);
    if (start == end)
        return 0;
    if (*start != ';')
        return -1;
    const char *name = skip_blanks(start + 1, end);
    const char *stop = skip_name(name, end);
    if (stop == name)
        return -1;
    RollText value = {0};
    const char *at = skip_blanks(stop, end);
    if (at < end && *at == '=') {
        const char *from = skip_blanks(at + 1, end);
        const char *to = skip_value(from, end);
        if (to > end)
            return -1;
        value = (RollText){from, (size_t)(to - from)};
        at = skip_blanks(to, end);
    }
    if (at < end && *at != ';')
        return -1;
    out->name = (RollText){name, (size_t)(stop - name)};
    out->value = value;
    out->text = roll_text_trim((RollText){start, (size_t)(at - start)});
    *rest = (RollText){at, (size_t)(end - at)};
    return 1;
}

/* What may lead up to `<`: a quoted string or some words. NULL if there is no `<` to find. */
static const char *
find_bracket(RollText value)
{
    const char *end = value.ptr + value.len;
    const char *at = value.ptr;
    if (value.len > 0 && *at == '"') {
        at = skip_quoted(at, end);
        at = at < end ? skip_blanks(at, end) : end;
        return at < end && *at == '<' ? at : NULL;
    }
    while (at < end && *at != '<' && *at != ';' && *at != '"')
        at++;
    return at < end && *at == '<' ? at : NULL;
}

static bool
cut_addr_spec(RollText value, RollAddress *out)
{
    const char *semicolon = memchr(value.ptr, ';', value.len);
    size_t len = semicolon ? (size_t)(semicolon - value.ptr) : value.len;
    if (memchr(value.ptr, '?', len) || memchr(value.ptr, ',', len))
        return false;
    *out = (RollAddress){.uri = roll_text_trim((RollText){value.ptr, len})};
    if (semicolon)
        out->params = (RollText){semicolon, value.len - len};
    return true;
}

bool
roll_header_cut_address(RollText value, RollAddress *out)
{
    if (value.len == 0)
        return false;
    const char *open = find_bracket(value);
    if (!open)
        return cut_addr_spec(value, out);
    const char *end = value.ptr + value.len;
    const char *close = memchr(open, '>', (size_t)(end - open));
    if (!close)
        return false;
    const char *rest = skip_blanks(close + 1, end);
    if (rest < end && *rest != ';')
        return false;
    RollText display = roll_text_trim((RollText){value.ptr, (size_t)(open - value.ptr)});
    *out = (RollAddress){
        .display = display.len > 0 ? display : (RollText){0},
        .uri = {open + 1, (size_t)(close - open - 1)},
        .params = rest < end ? (RollText){rest, (size_t)(end - rest)} : (RollText){0},
    };
    return true;
}
