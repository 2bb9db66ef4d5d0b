/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IP addresses between text and bytes. The groups of an IPv6 address are read from left to right;
 * where `::` stood, the groups behind it are moved to the end. */
#include "address.h"

enum { GROUPS = 8 };

typedef struct {
    const char *at;
    const char *end;
} Cursor;

/* Reads digits of @base; more than @max of them, or none, is -1. */
static int
read_number(Cursor *cursor, int base, int max)
{
    int value = 0;
    int digits = 0;
    for (; cursor->at < cursor->end; cursor->at++, digits++) {
        char c = *cursor->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : base;
        if (digit >= base)
            break;
        if (digits == max)
            return -1;
        value = value * base + digit;
    }
    return digits > 0 ? value : -1;
}

/* The dotted tail of an address like ::ffff:192.0.2.1. */
static bool
read_dotted(Cursor *cursor, uint16_t groups[2])
{
    int bytes[4];
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (cursor->at == cursor->end || *cursor->at++ != '.'))
            return false;
        bytes[i] = read_number(cursor, 10, 3);
        if (bytes[i] < 0 || bytes[i] > 255)
            return false;
    }
    groups[0] = (uint16_t)(bytes[0] << 8 | bytes[1]);
    groups[1] = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return cursor->at == cursor->end;
}

static bool
dotted_follows(Cursor cursor)
{
    while (cursor.at < cursor.end && *cursor.at >= '0' && *cursor.at <= '9')
        cursor.at++;
    return cursor.at < cursor.end && *cursor.at == '.';
}

/* Reads the groups; @gap is the index at which `::` stood, or -1. Returns how many, or -1. */
static int
read_groups(Cursor *cursor, uint16_t groups[GROUPS], int *gap)
{
    int n = 0;
    *gap = -1;
    while (cursor->at < cursor->end) {
        bool colon = *cursor->at == ':';
        bool pair = colon && cursor->end - cursor->at >= 2 && cursor->at[1] == ':';
        if (pair && *gap >= 0)
            return -1;
        if (pair)
            *gap = n;
        else if (colon != (n > 0))
            return -1;
        cursor->at += pair ? 2 : colon;
        if (cursor->at == cursor->end)
            return pair ? n : -1;
        if (n <= GROUPS - 2 && dotted_follows(*cursor))
            return read_dotted(cursor, groups + n) ? n + 2 : -1;
        int value = n < GROUPS ? read_number(cursor, 16, 4) : -1;
        if (value < 0)
            return -1;
        groups[n++] = (uint16_t)value;
    }
    return n;
}

bool
roll_address_read_ipv6(RollText text, uint8_t out[16])
{
    uint16_t groups[GROUPS] = {0};
    Cursor cursor = {text.ptr, text.ptr + text.len};
    int gap;
    int n = read_groups(&cursor, groups, &gap);
    if (n < 0 || (gap < 0 ? n != GROUPS : n >= GROUPS))
        return false;
    for (int i = 0; i < GROUPS; i++) {
        int from = gap < 0 || i < gap ? i : i - (GROUPS - n);
        uint16_t group = gap >= 0 && i >= gap && from < gap ? 0 : groups[from];
        out[2 * i] = (uint8_t)(group >> 8);
        out[2 * i + 1] = (uint8_t)group;
    }
    return true;
}

static char *
write_number(char *at, unsigned value, unsigned base)
{
    char digits[8];
    int n = 0;
    do
        digits[n++] = "0123456789abcdef"[value % base];
    while ((value /= base) > 0);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

/* RFC 5952 section 4.2.3: the longest run of zero groups is shortened, the first one of equals. */
static int
longest_zeros(const uint8_t *address, int *start)
{
    int best = 1;
    for (int i = 0, run = 0; i < GROUPS; i++) {
        run = address[2 * i] == 0 && address[2 * i + 1] == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *start = i + 1 - run;
        }
    }
    return best;
}

static char *
write_ipv6(char *at, const uint8_t *address)
{
    int start = GROUPS;
    int zeros = longest_zeros(address, &start);
    for (int i = 0; i < GROUPS; i++) {
        if (i == start) {
            *at++ = ':';
            i += zeros - 1;
            if (i == GROUPS - 1)
                *at++ = ':';
            continue;
        }
        if (i > 0)
            *at++ = ':';
        at = write_number(at, (unsigned)(address[2 * i] << 8 | address[2 * i + 1]), 16);
    }
    return at;
}

size_t
roll_address_write(const uint8_t *address, int family, char out[ROLL_ADDRESS_MAX])
{
    char *at = out;
    if (family == 6)
        return (size_t)(write_ipv6(at, address) - out);
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = write_number(at, address[i], 10);
    }
    return (size_t)(at - out);
}

int
roll_address_read(RollText host, uint8_t out[16])
{
    uint16_t groups[2];
    Cursor cursor = {host.ptr, host.ptr + host.len};
    memset(out, 0, 16);
    if (host.len > 2 && *host.ptr == '[')
        return roll_address_read_ipv6((RollText){host.ptr + 1, host.len - 2}, out) ? 6 : 0;
    if (!read_dotted(&cursor, groups))
        return 0;
    for (int i = 0; i < 2; i++) {
        out[2 * i] = (uint8_t)(groups[i] >> 8);
        out[2 * i + 1] = (uint8_t)groups[i];
    }
    return 4;
}
