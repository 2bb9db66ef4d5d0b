/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States as texts, to compare what went into a store with what came out; and waiting for its
 * answers. */
#pragma once

#include <rollcall/store.h>

static inline void
note_text(GString *out, const char *name, RollText text)
{
    if (text.ptr)
        g_string_append_printf(out, " %s=\"%.*s\"", name, (int)text.len, text.ptr);
    else
        g_string_append_printf(out, " no-%s", name);
}

/* A RollRecordVisitor with a GString. */
static inline void
note_record(void *data, const RollRecord *r)
{
    GString *out = data;
    g_string_append_printf(out, "%.*s", (int)r->aor.len, r->aor.ptr);
    note_text(out, "contact", r->contact);
    note_text(out, "params", r->params);
    note_text(out, "call-id", r->call_id);
    note_text(out, "path", r->path);
    note_text(out, "instance", r->instance);
    g_string_append_printf(out,
                           " cseq=%u q=%d at=%" G_GINT64_FORMAT " till=%" G_GINT64_FORMAT
                           " reg-id=%u flow=%d/%d/%d/",
                           r->cseq, r->q, r->registered_at, r->expires_at, r->reg_id,
                           r->flow.family, r->flow.transport, r->flow.port);
    for (int i = 0; i < (r->flow.family == 6 ? 16 : r->flow.family); i++)
        g_string_append_printf(out, "%02x", r->flow.address[i]);
    g_string_append_c(out, '\n');
}

static inline void
note_state(GString *out, const RollState *state)
{
    for (size_t i = 0; i < state->n_records; i++)
        note_record(out, &state->records[i]);
    if (state->n_records == 0)
        g_string_append_printf(out, "%.*s has none\n", (int)state->aor.len, state->aor.ptr);
}

/* One with everything in it, told apart by @i. Its texts are @room's. */
static inline RollRecord
full_record(GStringChunk *room, unsigned i)
{
    g_autofree char *contact = g_strdup_printf("sip:u%u@192.0.2.1:5060;transport=tcp", i);
    g_autofree char *call_id = g_strdup_printf("%u\xc3\xa9'\"\x01%%@h", i);
    return (RollRecord){
        .contact = roll_text(g_string_chunk_insert(room, contact)),
        .params = ROLL_TEXT(";+sip.instance=\"<urn:uuid:1>\";reg-id=1"),
        .call_id = roll_text(g_string_chunk_insert(room, call_id)),
        .cseq = UINT32_MAX - i,
        .q = (int)(i % 1001),
        .registered_at = 1700000000123456 + i,
        .expires_at = 1700003600123456 + i,
        .path = ROLL_TEXT("<sip:p1.example.org;lr>,<sip:p2.example.org;lr>"),
        .instance = ROLL_TEXT("urn:uuid:1"),
        .reg_id = i + 1,
        .flow = {.address = {192, 0, 2, 9},
                 .family = 4,
                 .transport = ROLL_TRANSPORT_TLS,
                 .port = 65535},
    };
}

/* As little as can be, but for texts that are there and empty. */
static inline RollRecord
empty_record(void)
{
    return (RollRecord){.contact = ROLL_TEXT("sip:b@[2001:db8::1]"),
                        .params = ROLL_TEXT(""),
                        .call_id = ROLL_TEXT(""),
                        .q = 0,
                        .registered_at = -1,
                        .expires_at = ROLL_NEVER,
                        .path = ROLL_TEXT(""),
                        .instance = ROLL_TEXT("")};
}

static inline RollRecord
bare_record(void)
{
    return (RollRecord){.contact = ROLL_TEXT("tel:+12145550102"),
                        .q = ROLL_Q_NONE,
                        .registered_at = 0,
                        .expires_at = 1,
                        .flow = {.address = {0x20, 0x01, 0x0d, 0xb8, [15] = 7},
                                 .family = 6,
                                 .transport = ROLL_TRANSPORT_WSS,
                                 .port = 0}};
}

/* An answer that is waited for. */
typedef struct {
    bool given;
    GError *error;
} Answer;

/* A RollStoreDone. */
static inline void
note_answer(void *data, const GError *error)
{
    Answer *answer = data;
    g_assert_false(answer->given);
    answer->given = true;
    g_clear_error(&answer->error);
    answer->error = error ? g_error_copy(error) : NULL;
}

/* A RollStoreDone of which nothing must come any more. */
static inline void
not_told(void *data, const GError *error)
{
    (void)data, (void)error;
    g_assert_not_reached();
}

static inline void
await(const bool *given)
{
    while (!*given)
        g_main_context_iteration(NULL, TRUE);
}

/* Writes and waits. Returns: (transfer full): the error. */
static inline GError *
write_and_wait(RollStore *store, RollBatch *batch)
{
    Answer answer = {0};
    roll_store_write(store, batch, note_answer, &answer);
    g_assert_false(answer.given);
    await(&answer.given);
    return answer.error;
}
