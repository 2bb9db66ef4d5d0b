/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * States to be written together. Their texts are in blocks that are freed at once; the records
 * stand in one array, those of a state side by side. */
#include <rollcall/store.h>

#include "src/hash.h"

#define TEXT_BLOCK 16384

/* The records of a state are @n of them from @first on. */
typedef struct {
    RollText aor;
    size_t first;
    size_t n;
} State;

struct RollBatch {
    GStringChunk *texts;
    GArray *records;
    GPtrArray *states;
    GHashTable *by_aor;
    State *last;
};

/* Clients choose addresses-of-record. */
static RollHashKey
secret_key(void)
{
    static RollHashKey key;
    static gsize once;
    if (g_once_init_enter(&once)) {
        key.k0 = (uint64_t)g_random_int() << 32 | g_random_int();
        key.k1 = (uint64_t)g_random_int() << 32 | g_random_int();
        g_once_init_leave(&once, 1);
    }
    return key;
}

static guint
hash_state(gconstpointer state)
{
    return (guint)roll_hash(secret_key(), 0, ((const State *)state)->aor);
}

static gboolean
equal_states(gconstpointer a, gconstpointer b)
{
    return roll_text_equal(((const State *)a)->aor, ((const State *)b)->aor);
}

RollBatch *
roll_batch_new(void)
{
    RollBatch *self = g_new0(RollBatch, 1);
    self->texts = g_string_chunk_new(TEXT_BLOCK);
    self->records = g_array_new(FALSE, FALSE, sizeof(RollRecord));
    self->states = g_ptr_array_new_with_free_func(g_free);
    self->by_aor = g_hash_table_new(hash_state, equal_states);
    return self;
}

void
roll_batch_free(RollBatch *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->by_aor);
    g_ptr_array_unref(self->states);
    g_array_unref(self->records);
    g_string_chunk_free(self->texts);
    g_free(self);
}

static RollText
copy(RollBatch *self, RollText text)
{
    if (!text.ptr)
        return text;
    return (RollText){g_string_chunk_insert_len(self->texts, text.ptr, (gssize)text.len), text.len};
}

void
roll_batch_begin(RollBatch *self, RollText aor)
{
    State *state = g_hash_table_lookup(self->by_aor, &(State){.aor = aor});
    if (!state) {
        state = g_new0(State, 1);
        state->aor = copy(self, aor);
        g_ptr_array_add(self->states, state);
        g_hash_table_add(self->by_aor, state);
    }
    state->first = self->records->len;
    state->n = 0;
    self->last = state;
}

void
roll_batch_add(void *data, const RollRecord *record)
{
    RollBatch *self = data;
    g_return_if_fail(self->last);
    RollRecord own = *record;
    own.aor = self->last->aor;
    own.contact = copy(self, record->contact);
    own.params = copy(self, record->params);
    own.call_id = copy(self, record->call_id);
    own.path = copy(self, record->path);
    own.instance = copy(self, record->instance);
    g_array_append_val(self->records, own);
    self->last->n++;
}

size_t
roll_batch_count(const RollBatch *self)
{
    return self->states->len;
}

RollState
roll_batch_get(const RollBatch *self, size_t i)
{
    const State *state = g_ptr_array_index(self->states, i);
    const RollRecord *records = &g_array_index(self->records, RollRecord, state->first);
    return (RollState){state->aor, state->n > 0 ? records : NULL, state->n};
}
