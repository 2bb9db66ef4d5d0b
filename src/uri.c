/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SIP and SIPS URIs (RFC 3261 sections 19.1 and 25.1). Reading walks a table of character classes
 * once and copies nothing. Comparing decodes escapes as it goes, so it needs no memory either: a
 * registrar compares a contact with each stored one. What a part means beyond its grammar (a user
 * part that is a telephone number, a maddr) is left to the caller. */
#include <rollcall/uri.h>

#include "address.h"

/* More parameters or headers than any device sends; keeps comparing from taking quadratic time. */
enum { ITEMS_MAX = 32 };

enum {
    USER = 1,
    PASSWORD = 2,
    HOST = 4,
    PARAM = 8,
    HEADER = 16,
    SCHEME = 32,
    VISIBLE = 64,
};

#define MARK (USER | PASSWORD | PARAM | HEADER | VISIBLE)
#define ALNUM (MARK | HOST | SCHEME)

static const uint8_t classes[256] = {
    ['!'] = MARK,
    ['#'] = VISIBLE,
    ['$'] = MARK,
    ['%'] = VISIBLE,
    ['&'] = USER | PASSWORD | PARAM | VISIBLE,
    ['\''] = MARK,
    ['('] = MARK,
    [')'] = MARK,
    ['*'] = MARK,
    ['+'] = MARK | SCHEME,
    [','] = USER | PASSWORD | VISIBLE,
    ['-'] = MARK | HOST | SCHEME,
    ['.'] = MARK | HOST | SCHEME,
    ['/'] = USER | PARAM | HEADER | VISIBLE,
    ['0' ... '9'] = ALNUM,
    [':'] = PARAM | HEADER | VISIBLE,
    [';'] = USER | VISIBLE,
    ['='] = USER | PASSWORD | VISIBLE,
    ['?'] = USER | HEADER | VISIBLE,
    ['@'] = VISIBLE,
    ['A' ... 'Z'] = ALNUM,
    ['['] = PARAM | HEADER | VISIBLE,
    [']'] = PARAM | HEADER | VISIBLE,
    ['_'] = MARK | HOST, /* no host name has it, yet networks do name hosts so */
    ['a' ... 'z'] = ALNUM,
    ['~'] = MARK,
};

typedef struct {
    const char *at;
    const char *end;
} Cursor;

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static char
lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
next_is(const Cursor *cursor, char c)
{
    return cursor->at < cursor->end && *cursor->at == c;
}

/* Takes the characters of @class and, but for host and scheme, escapes with two digits. */
static RollText
take(Cursor *cursor, uint8_t class)
{
    const char *start = cursor->at;
    bool escapes = !(class & (HOST | SCHEME));
    for (; cursor->at < cursor->end; cursor->at++) {
        if (classes[(uint8_t)*cursor->at] & class)
            continue;
        if (*cursor->at != '%' || !escapes || cursor->end - cursor->at < 3 ||
            hex_digit(cursor->at[1]) < 0 || hex_digit(cursor->at[2]) < 0)
            break;
        cursor->at += 2;
    }
    return (RollText){start, (size_t)(cursor->at - start)};
}

static bool
read_scheme(Cursor *cursor, RollUri *uri)
{
    uri->scheme = take(cursor, SCHEME);
    char first = uri->scheme.len > 0 ? lower_case(*uri->scheme.ptr) : '\0';
    if (first < 'a' || first > 'z' || !next_is(cursor, ':'))
        return false;
    cursor->at++;
    return true;
}

static bool
read_userinfo(Cursor *cursor, RollUri *uri)
{
    /* No `@` stands unescaped in any other part, so one anywhere ends the userinfo. */
    const char *at_sign = memchr(cursor->at, '@', (size_t)(cursor->end - cursor->at));
    if (!at_sign)
        return true;
    uri->user = take(cursor, USER);
    if (next_is(cursor, ':')) {
        cursor->at++;
        uri->password = take(cursor, PASSWORD);
    }
    if (cursor->at != at_sign || uri->user.len == 0)
        return false;
    cursor->at++;
    return true;
}

static bool
read_host(Cursor *cursor, RollUri *uri)
{
    if (!next_is(cursor, '[')) {
        uri->host = take(cursor, HOST);
        return uri->host.len > 0;
    }
    const char *close = memchr(cursor->at, ']', (size_t)(cursor->end - cursor->at));
    uint8_t address[16];
    if (!close)
        return false;
    RollText inside = {cursor->at + 1, (size_t)(close - cursor->at - 1)};
    if (!roll_address_read_ipv6(inside, address))
        return false;
    uri->host = (RollText){cursor->at, inside.len + 2};
    cursor->at = close + 1;
    return true;
}

static bool
read_port(Cursor *cursor, RollUri *uri)
{
    if (!next_is(cursor, ':'))
        return true;
    const char *start = ++cursor->at;
    int32_t port = 0;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        port = port * 10 + (*cursor->at - '0');
        if (port > UINT16_MAX)
            return false;
    }
    uri->port = port;
    return cursor->at > start;
}

static bool
read_params(Cursor *cursor, RollUri *uri)
{
    if (!next_is(cursor, ';'))
        return true;
    const char *start = cursor->at;
    for (int n = 0; next_is(cursor, ';'); n++) {
        cursor->at++;
        if (n == ITEMS_MAX || take(cursor, PARAM).len == 0)
            return false;
        if (next_is(cursor, '=')) {
            cursor->at++;
            take(cursor, PARAM);
        }
    }
    uri->params = (RollText){start, (size_t)(cursor->at - start)};
    return true;
}

static bool
read_headers(Cursor *cursor, RollUri *uri)
{
    if (!next_is(cursor, '?'))
        return true;
    const char *start = cursor->at;
    for (int n = 0; n == 0 || next_is(cursor, '&'); n++) {
        cursor->at++;
        if (n == ITEMS_MAX || take(cursor, HEADER).len == 0 || !next_is(cursor, '='))
            return false;
        cursor->at++;
        take(cursor, HEADER);
    }
    uri->headers = (RollText){start, (size_t)(cursor->at - start)};
    return true;
}

static bool
read_rest_visible(Cursor *cursor)
{
    return cursor->at < cursor->end && take(cursor, VISIBLE).len > 0;
}

bool
roll_uri_parse(RollText text, RollUri *out)
{
    RollUri uri = {.text = text, .port = ROLL_PORT_NONE};
    Cursor cursor = {text.ptr, text.ptr + text.len};
    if (text.len == 0 || !read_scheme(&cursor, &uri))
        return false;
    bool good = roll_uri_is_sip(&uri)
                    ? read_userinfo(&cursor, &uri) && read_host(&cursor, &uri) &&
                          read_port(&cursor, &uri) && read_params(&cursor, &uri) &&
                          read_headers(&cursor, &uri)
                    : read_rest_visible(&cursor);
    if (!good || cursor.at != cursor.end)
        return false;
    *out = uri;
    return true;
}

bool
roll_uri_is_sip(const RollUri *uri)
{
    const char *scheme = uri->scheme.ptr;
    return (uri->scheme.len == 3 || (uri->scheme.len == 4 && (scheme[3] | 0x20) == 's')) &&
           (scheme[0] | 0x20) == 's' && (scheme[1] | 0x20) == 'i' && (scheme[2] | 0x20) == 'p';
}

/* What an escape of a reserved character counts as: unlike every plain character. */
enum { RESERVED = 0x100 };

static bool
is_reserved(int c)
{
    return c != 0 && strchr(";/?:@&=+$,", c) != NULL;
}

/* The next character, its escape decoded once (RFC 3261 section 19.1.4, RFC 2396 section 2.2). */
static int
next_character(Cursor *cursor)
{
    char c = *cursor->at++;
    if (c != '%' || cursor->end - cursor->at < 2)
        return (uint8_t)c;
    int decoded = hex_digit(cursor->at[0]) << 4 | hex_digit(cursor->at[1]);
    cursor->at += 2;
    return is_reserved(decoded) ? RESERVED | decoded : decoded;
}

static int
fold_case(int c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool
same_decoded(RollText a, RollText b, bool ignore_case)
{
    if (roll_text_equal(a, b))
        return true;
    Cursor left = {a.ptr, a.ptr + a.len};
    Cursor right = {b.ptr, b.ptr + b.len};
    while (left.at < left.end && right.at < right.end) {
        int l = next_character(&left);
        int r = next_character(&right);
        if (l != r && (!ignore_case || fold_case(l) != fold_case(r)))
            return false;
    }
    return left.at == left.end && right.at == right.end;
}

/* User and password: both absent, or both there and the same but for escapes. */
static bool
same_userinfo(RollText a, RollText b)
{
    return !a.ptr == !b.ptr && same_decoded(a, b, false);
}

/* RFC 5954 section 4.2: two spellings of one IPv6 address are the same host. */
static bool
same_host(RollText a, RollText b)
{
    if (roll_text_equal_nocase(a, b))
        return true;
    if (*a.ptr != '[' || *b.ptr != '[')
        return false;
    uint8_t left[16];
    uint8_t right[16];
    return roll_address_read_ipv6((RollText){a.ptr + 1, a.len - 2}, left) &&
           roll_address_read_ipv6((RollText){b.ptr + 1, b.len - 2}, right) &&
           memcmp(left, right, sizeof(left)) == 0;
}

typedef struct {
    RollText name;
    RollText value;
} Item;

/* Cuts the first item, led by its separator, off @rest. Items of a URI that was parsed end at the
 * next @separator. */
static bool
next_item(RollText *rest, char separator, Item *out)
{
    if (rest->len == 0)
        return false;
    const char *start = rest->ptr + 1;
    const char *end = rest->ptr + rest->len;
    const char *stop = memchr(start, separator, (size_t)(end - start));
    stop = stop ? stop : end;
    const char *equals = memchr(start, '=', (size_t)(stop - start));
    out->name = (RollText){start, (size_t)((equals ? equals : stop) - start)};
    out->value = equals ? (RollText){equals + 1, (size_t)(stop - equals - 1)} : (RollText){0};
    *rest = (RollText){stop, (size_t)(end - stop)};
    return true;
}

bool
roll_uri_find_param(const RollUri *uri, RollText name, RollText *value)
{
    RollText rest = uri->params;
    Item item;
    while (next_item(&rest, ';', &item)) {
        if (!same_decoded(item.name, name, true))
            continue;
        if (value)
            *value = item.value;
        return true;
    }
    return false;
}

/* Finds @name in @params. Returns: false if some value there differs from @value. */
static bool
agrees(RollText params, const Item *item, bool *found)
{
    Item other;
    *found = false;
    while (next_item(&params, ';', &other)) {
        if (!same_decoded(other.name, item->name, true))
            continue;
        *found = true;
        if (!same_decoded(other.value, item->value, true))
            return false;
    }
    return true;
}

/* Parameters that must stand in both URIs or in none; so must a transport that is the default of
 * the scheme, as the omitted one is not equal to it. */
static bool
is_never_ignored(const Item *item, bool secure)
{
    static const char *const names[] = {"user", "ttl", "method", "maddr"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (same_decoded(item->name, roll_text(names[i]), true))
            return true;
    return same_decoded(item->name, ROLL_TEXT("transport"), true) &&
           same_decoded(item->value, secure ? ROLL_TEXT("tcp") : ROLL_TEXT("udp"), true);
}

static bool
params_fit(RollText a, RollText b, bool secure)
{
    Item item;
    while (next_item(&a, ';', &item)) {
        bool found;
        if (!agrees(b, &item, &found) || (!found && is_never_ignored(&item, secure)))
            return false;
    }
    return true;
}

static bool
same_params(RollText a, RollText b, bool secure)
{
    return roll_text_equal(a, b) || (params_fit(a, b, secure) && params_fit(b, a, secure));
}

/* Every header of one URI is paired with one of the other; none is left over. */
static bool
same_headers(RollText a, RollText b)
{
    if (!a.ptr != !b.ptr)
        return false;
    uint32_t paired = 0;
    size_t n = 0;
    Item left;
    Item right;
    for (; next_item(&a, '&', &left); n++) {
        RollText rest = b;
        bool found = false;
        for (size_t i = 0; !found && next_item(&rest, '&', &right); i++) {
            found = !(paired >> i & 1) && same_decoded(left.name, right.name, true) &&
                    same_decoded(left.value, right.value, true);
            paired |= (uint32_t)found << i;
        }
        if (!found)
            return false;
    }
    for (; next_item(&b, '&', &right); n--)
        ;
    return n == 0;
}

bool
roll_uri_equal(const RollUri *a, const RollUri *b)
{
    if (roll_text_equal(a->text, b->text))
        return true;
    if (!roll_text_equal_nocase(a->scheme, b->scheme))
        return false;
    if (!roll_uri_is_sip(a)) {
        RollText left = {a->text.ptr + a->scheme.len, a->text.len - a->scheme.len};
        RollText right = {b->text.ptr + b->scheme.len, b->text.len - b->scheme.len};
        return roll_text_equal(left, right);
    }
    bool secure = a->scheme.len == strlen("sips");
    return same_userinfo(a->user, b->user) && same_userinfo(a->password, b->password) &&
           a->port == b->port && same_host(a->host, b->host) &&
           same_params(a->params, b->params, secure) && same_headers(a->headers, b->headers);
}

/* Unescapes what may stand plainly in a user part; every other escape stays, in upper case, so
 * that `%40` is no `@` and `%00` is not nothing. */
/* Eight letters at a time: a byte from A to Z, and no other, is over 0x80 with the one number added
 * and not with the other. */
static void
copy_lower(RollText text, char *out)
{
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, 8);
        uint64_t seven = word & UINT64_C(0x7f7f7f7f7f7f7f7f);
        uint64_t from_a = seven + (0x80 - 'A') * UINT64_C(0x0101010101010101);
        uint64_t past_z = seven + (0x80 - 'Z' - 1) * UINT64_C(0x0101010101010101);
        uint64_t upper = from_a & ~past_z & ~word & UINT64_C(0x8080808080808080);
        word |= upper >> 2;
        memcpy(out + i, &word, 8);
    }
    for (; i < text.len; i++)
        out[i] = lower_case(text.ptr[i]);
}

static size_t
write_user(RollText user, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    char *at = out;
    if (!memchr(user.ptr, '%', user.len)) {
        memcpy(out, user.ptr, user.len);
        return user.len;
    }
    for (size_t i = 0; i < user.len; i++) {
        if (user.ptr[i] != '%') {
            *at++ = user.ptr[i];
            continue;
        }
        int c = hex_digit(user.ptr[i + 1]) << 4 | hex_digit(user.ptr[i + 2]);
        i += 2;
        if (classes[c] & USER) {
            *at++ = (char)c;
            continue;
        }
        *at++ = '%';
        *at++ = digits[c >> 4];
        *at++ = digits[c & 15];
    }
    return (size_t)(at - out);
}

static size_t
write_host(RollText host, char *out)
{
    uint8_t address[16];
    if (*host.ptr == '[' &&
        roll_address_read_ipv6((RollText){host.ptr + 1, host.len - 2}, address)) {
        char text[ROLL_ADDRESS_MAX];
        size_t len = roll_address_write(address, 6, text);
        out[0] = '[';
        memcpy(out + 1, text, len);
        out[len + 1] = ']';
        return len + 2;
    }
    copy_lower(host, out);
    return host.len;
}

size_t
roll_uri_write_aor(const RollUri *uri, char out[ROLL_AOR_MAX])
{
    /* What is written is never longer than what was read, but for an IPv6 host: a `::` that
     * stands for a single group is spelt out. */
    size_t host_room = uri->host.len + (uri->host.len > 0 && *uri->host.ptr == '[' ? 2 : 0);
    if (!roll_uri_is_sip(uri) || uri->host.len == 0 ||
        uri->scheme.len + uri->user.len + host_room + sizeof(":@") > ROLL_AOR_MAX)
        return 0;
    size_t len = 0;
    copy_lower(uri->scheme, out);
    len += uri->scheme.len;
    out[len++] = ':';
    if (uri->user.ptr) {
        len += write_user(uri->user, out + len);
        out[len++] = '@';
    }
    len += write_host(uri->host, out + len);
    out[len] = '\0';
    return len;
}
