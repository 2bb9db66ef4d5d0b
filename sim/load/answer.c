/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/answer.h"

#include <glib.h>

/* The branch is this, eight digits of the run, eight of the user, eight of the request. */
#define COOKIE "z9hG4bK"
enum { COOKIE_LEN = sizeof COOKIE - 1, BRANCH = COOKIE_LEN + 24 };

/* Takes the next line off @rest, without its end. Returns: false at the end of the head */
static bool
next_line(RollText *rest, RollText *line)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!end)
        return false;
    size_t len = (size_t)(end - rest->ptr);
    *line = (RollText){rest->ptr, len > 0 && end[-1] == '\r' ? len - 1 : len};
    *rest = (RollText){end + 1, rest->len - len - 1};
    return line->len > 0;
}

/* The value of a header line that has one of two names; absent if it has another. */
static RollText
value_of(RollText line, RollText name, char compact)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    if (!colon)
        return (RollText){NULL, 0};
    RollText found = {line.ptr, (size_t)(colon - line.ptr)};
    while (found.len > 0 && (found.ptr[found.len - 1] == ' ' || found.ptr[found.len - 1] == '\t'))
        found.len--;
    bool small = found.len == 1 && g_ascii_tolower(found.ptr[0]) == compact;
    if (!small && !roll_text_equal_nocase(found, name))
        return (RollText){NULL, 0};
    RollText value = {colon + 1, line.len - (size_t)(colon + 1 - line.ptr)};
    while (value.len > 0 && (*value.ptr == ' ' || *value.ptr == '\t'))
        value = (RollText){value.ptr + 1, value.len - 1};
    return value;
}

static bool
read_hex(const char *at, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < 8; i++) {
        int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

static bool
read_branch(RollText via, const char *run, SimLoadAnswer *out)
{
    const char *at = memmem(via.ptr, via.len, COOKIE, COOKIE_LEN);
    return at && (size_t)(via.ptr + via.len - at) >= BRANCH &&
           memcmp(at + COOKIE_LEN, run, 8) == 0 && read_hex(at + COOKIE_LEN + 8, &out->user) &&
           read_hex(at + COOKIE_LEN + 16, &out->cseq);
}

/* SIP/2.0 and a status of three digits. */
static bool
read_status(RollText line, int *out)
{
    const char *at = line.ptr;
    if (line.len < 12 || g_ascii_strncasecmp(at, "SIP/2.0 ", 8) != 0 || at[8] < '1' ||
        at[8] > '6' || !g_ascii_isdigit(at[9]) || !g_ascii_isdigit(at[10]))
        return false;
    *out = 100 * (at[8] - '0') + 10 * (at[9] - '0') + (at[10] - '0');
    return true;
}

bool
sim_load_answer_read(RollText text, const char *run, bool to, SimLoadAnswer *out)
{
    SimLoadAnswer answer = {0};
    RollText line;
    bool found = false;
    if (!next_line(&text, &line) || !read_status(line, &answer.status))
        return false;
    while ((!found || (to && !answer.to.ptr)) && next_line(&text, &line)) {
        char first = g_ascii_tolower(line.ptr[0]);
        if (first == 'v' && !found) {
            RollText via = value_of(line, ROLL_TEXT("Via"), 'v');
            if (via.ptr && !read_branch(via, run, &answer))
                return false;
            found = via.ptr != NULL;
        } else if (first == 't' && !answer.to.ptr) {
            answer.to = value_of(line, ROLL_TEXT("To"), 't');
        }
    }
    if (found)
        *out = answer;
    return found;
}
