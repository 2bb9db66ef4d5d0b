/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines at CRLF, values at commas that stand neither in quotes nor in angle brackets. */
#include "sim/script/answer.h"

#include <stdlib.h>

static RollText
trim(RollText text)
{
    while (text.len && (*text.ptr == ' ' || *text.ptr == '\t'))
        text.ptr++, text.len--;
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* Cuts what stands before @mark, outside quotes and angle brackets, off @rest. */
static RollText
take_until(RollText *rest, char mark)
{
    bool quoted = false, angled = false;
    size_t n = 0;
    for (; n < rest->len; n++) {
        char c = rest->ptr[n];
        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '<' || c == '>'))
            angled = c == '<';
        else if (c == mark && !quoted && !angled)
            break;
    }
    RollText taken = {rest->ptr, n};
    n += n < rest->len;
    *rest = (RollText){rest->ptr + n, rest->len - n};
    return trim(taken);
}

bool
sim_listed_param(RollText params, RollText name, RollText *value)
{
    while (params.len) {
        RollText one = take_until(&params, ';');
        RollText key = take_until(&one, '=');
        if (!roll_text_equal_nocase(key, name))
            continue;
        *value = trim(one);
        return true;
    }
    return false;
}

static int64_t
read_number(RollText text)
{
    int64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || number > INT64_MAX / 10 - 1)
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return text.len ? number : -1;
}

/* 0.5 as 500 */
static int
read_thousandths(RollText text)
{
    int number = 0, scale = 1000;
    bool point = false;
    for (size_t i = 0; i < text.len && scale; i++) {
        if (text.ptr[i] == '.') {
            point = true;
            continue;
        }
        if (point)
            scale /= 10;
        number += (text.ptr[i] - '0') * scale;
    }
    return number;
}

bool
sim_listed_read(RollText text, SimListed *out)
{
    const char *open = memchr(text.ptr, '<', text.len);
    const char *end = text.ptr + text.len;
    const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
    if (!close)
        return false;
    *out = (SimListed){.expires = -1, .q = -1};
    out->uri = (RollText){open + 1, (size_t)(close - open - 1)};
    out->params = trim((RollText){close + 1, (size_t)(end - close - 1)});
    RollText value;
    if (sim_listed_param(out->params, ROLL_TEXT("expires"), &value))
        out->expires = read_number(value);
    if (sim_listed_param(out->params, ROLL_TEXT("q"), &value))
        out->q = read_thousandths(value);
    return true;
}

/* Takes a line off @rest. Returns: false at the empty line or the end */
static bool
take_line(RollText *rest, RollText *line)
{
    const char *end = memmem(rest->ptr, rest->len, "\r\n", 2);
    if (!end || end == rest->ptr)
        return false;
    *line = (RollText){rest->ptr, (size_t)(end - rest->ptr)};
    size_t n = line->len + 2;
    *rest = (RollText){rest->ptr + n, rest->len - n};
    return true;
}

static bool
cut_header(RollText line, RollText *name, RollText *value)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    if (!colon)
        return false;
    size_t n = (size_t)(colon - line.ptr);
    *name = trim((RollText){line.ptr, n});
    *value = trim((RollText){colon + 1, line.len - n - 1});
    return true;
}

bool
sim_answer_header(const SimAnswer *self, const char *name, size_t which, RollText *value)
{
    RollText rest = {self->bytes, self->len};
    RollText line, key;
    while (self->bytes && take_line(&rest, &line))
        if (cut_header(line, &key, value) && roll_text_equal_nocase(key, roll_text(name)) &&
            which-- == 0)
            return true;
    return false;
}

static void
read_contacts(SimAnswer *self, RollText values)
{
    while (values.len) {
        RollText one = take_until(&values, ',');
        SimListed listed = {.uri = one, .expires = -1, .q = -1};
        sim_listed_read(one, &listed);
        if (self->n_listed < SIM_ANSWER_LISTED)
            self->listed[self->n_listed] = listed;
        self->n_listed++;
    }
}

bool
sim_answer_read(SimAnswer *self, const char *bytes, size_t len)
{
    static const char start[] = "SIP/2.0 ";
    self->status = 0;
    self->bytes = bytes;
    self->len = len;
    self->min_expires = -1;
    self->n_listed = 0;
    if (len < sizeof start + 3 || memcmp(bytes, start, sizeof start - 1) != 0)
        return false;
    int status = (int)read_number((RollText){bytes + sizeof start - 1, 3});
    if (status < 200 || status > 699)
        return false;
    self->status = status;
    RollText rest = {bytes, len};
    RollText line, name, value;
    while (take_line(&rest, &line)) {
        if (!cut_header(line, &name, &value))
            continue;
        if (roll_text_equal_nocase(name, ROLL_TEXT("Contact")))
            read_contacts(self, value);
        else if (roll_text_equal_nocase(name, ROLL_TEXT("Min-Expires")))
            self->min_expires = read_number(value);
    }
    return true;
}
