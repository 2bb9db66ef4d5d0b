/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state-text.h"

#include "flow.h"

#define TITLE "rollcall 1\n"

enum { N_FIELDS = 11 };

static void
put_text(GString *out, RollText text)
{
    if (text.ptr && text.len == 0)
        g_string_append(out, "\\e");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        if (c < ' ' || c == 0x7f || c == '\\')
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_c(out, (char)c);
    }
    g_string_append_c(out, '\t');
}

static void
put_number(GString *out, int64_t number, int64_t none)
{
    if (number != none)
        g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
    g_string_append_c(out, '\t');
}

static void
put_record(GString *out, const RollRecord *record)
{
    char flow[ROLL_FLOW_MAX];
    put_text(out, record->contact);
    put_text(out, record->params);
    put_text(out, record->call_id);
    put_number(out, record->cseq, -1);
    put_number(out, record->q, ROLL_Q_NONE);
    put_number(out, record->registered_at, ROLL_NEVER);
    put_number(out, record->expires_at, ROLL_NEVER);
    put_text(out, record->path);
    put_text(out, record->instance);
    put_number(out, record->reg_id, 0);
    g_string_append_len(out, flow, (gssize)roll_flow_write(&record->flow, flow));
    g_string_append_c(out, '\n');
}

void
roll_state_text_write(const RollState *state, GString *out)
{
    g_string_append(out, TITLE);
    for (size_t i = 0; i < state->n_records; i++)
        put_record(out, &state->records[i]);
}

/* In place: an escape is longer than what it stands for. */
static bool
read_text(RollText field, RollText *out)
{
    *out = (RollText){0};
    if (field.len == 0)
        return true;
    char *to = (char *)field.ptr;
    *out = (RollText){to, 0};
    if (roll_text_equal(field, ROLL_TEXT("\\e")))
        return true;
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        if (c == '\\') {
            if (field.len - i < 4 || field.ptr[i + 1] != 'x' ||
                !g_ascii_isxdigit(field.ptr[i + 2]) || !g_ascii_isxdigit(field.ptr[i + 3]))
                return false;
            c = (char)(g_ascii_xdigit_value(field.ptr[i + 2]) << 4 |
                       g_ascii_xdigit_value(field.ptr[i + 3]));
            i += 3;
        }
        *to++ = c;
    }
    out->len = (size_t)(to - out->ptr);
    return true;
}

static bool
read_number(RollText field, int64_t none, int64_t least, int64_t most, int64_t *out)
{
    char digits[24];
    if (field.len == 0) {
        *out = none;
        return true;
    }
    if (field.len >= sizeof(digits))
        return false;
    memcpy(digits, field.ptr, field.len);
    digits[field.len] = '\0';
    return g_ascii_string_to_signed(digits, 10, least, most, out, NULL);
}

/* Cuts @line, without its LF. Returns: false if there are more or fewer. */
static bool
split(RollText line, RollText fields[N_FIELDS])
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    for (int i = 0; i < N_FIELDS; i++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        if (!tab != (i == N_FIELDS - 1))
            return false;
        fields[i] = (RollText){at, (size_t)((tab ? tab : end) - at)};
        at = tab ? tab + 1 : end;
    }
    return true;
}

static bool
read_record(RollText line, RollRecord *out)
{
    RollText f[N_FIELDS];
    int64_t cseq, q, reg_id;
    RollRecord r = {0};
    if (!split(line, f) || !read_text(f[0], &r.contact) || !read_text(f[1], &r.params) ||
        !read_text(f[2], &r.call_id) || !read_number(f[3], 0, 0, UINT32_MAX, &cseq) ||
        !read_number(f[4], ROLL_Q_NONE, 0, 1000, &q) ||
        !read_number(f[5], ROLL_NEVER, INT64_MIN, INT64_MAX, &r.registered_at) ||
        !read_number(f[6], ROLL_NEVER, INT64_MIN, INT64_MAX, &r.expires_at) ||
        !read_text(f[7], &r.path) || !read_text(f[8], &r.instance) ||
        !read_number(f[9], 0, 0, UINT32_MAX, &reg_id) || !roll_flow_read(f[10], &r.flow))
        return false;
    r.cseq = (uint32_t)cseq;
    r.q = (int)q;
    r.reg_id = (uint32_t)reg_id;
    *out = r;
    return true;
}

bool
roll_state_text_read(char *text, size_t len, RollText aor, GArray *records)
{
    RollText title = ROLL_TEXT(TITLE);
    if (len < title.len || memcmp(text, title.ptr, title.len) != 0 || text[len - 1] != '\n')
        return false;
    for (const char *at = text + title.len, *end = text + len; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        RollRecord record;
        if (!read_record((RollText){at, (size_t)(stop - at)}, &record))
            return false;
        record.aor = aor;
        g_array_append_val(records, record);
        at = stop + 1;
    }
    return true;
}
