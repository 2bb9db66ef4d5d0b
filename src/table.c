/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of two and a half cache lines in chunks that stay where they are; an index from the keyed
 * hash of the AOR to the number of its row. What the wheel asks of a row, when it expires, is in
 * one line, whatever the row. The AOR and the texts of the first binding, which a refresh compares,
 * stand one behind the other at its end, if they fit; few bindings are second ones.
 *
 * A binding's texts share one block, kept as long as they fit, so refreshing allocates nothing. */
#include "table.h"

#include "ages.h"
#include "index.h"
#include <glib.h>
#include <rollcall/pages.h>

enum {
    CHUNK_ROWS = 1024,
    /* But for the first one, which is enough for many, chunks are made together: five huge pages.
     */
    SLAB_CHUNKS = 64,
    INLINE = 84,
    /* Blocks come in steps of this, so that a Call-ID a little longer still fits. */
    TEXT_STEP = 32,
};

struct RollRow {
    RollWheelNode node;
    uint32_t id;
    uint16_t n_bindings;
    uint16_t aor_len;
    RollBinding first;
    uint64_t mark;
    RollBinding *more;
    union {
        struct {
            char bytes[INLINE];
            uint32_t tag; /* of the index; here it fills a gap */
        };
        char *ptr;
        RollRow *next_free;
    } aor;
};
G_STATIC_ASSERT(sizeof(RollRow) == 160);
#define CHUNK_SIZE (CHUNK_ROWS * sizeof(RollRow))

struct RollTable {
    RollHashKey key;
    RollIndex index;
    /* From the hash of a connection to the rows of its bindings, once for each. */
    RollIndex flows;
    RollWheel *wheel;
    GPtrArray *chunks;
    uint32_t n_used; /* rows that have ever been; the others are zero */
    RollRow *free_rows;
    size_t n_rows;
    size_t n_bindings;
    /* NULL, and n_fixed is not counted, unless somebody wants to know. */
    RollAges *ages;
    size_t n_fixed;
    /* NULL, or the bindings by the second in which they expire. */
    uint32_t *due_slots;
};

static RollRow *
row_of(const RollWheelNode *node)
{
    return (RollRow *)((char *)node - offsetof(RollRow, node));
}

static RollTime
node_due(const RollWheelNode *node)
{
    RollRow *row = row_of(node);
    RollTime due = ROLL_NEVER;
    for (size_t i = 0; i < row->n_bindings; i++)
        due = MIN(due, roll_row_binding(row, i)->expires_at);
    return due;
}

/* Records that expire together go in the order of their AORs, whatever the order they came in. */
static int
node_tie(const RollWheelNode *a, const RollWheelNode *b)
{
    return roll_row_compare(row_of(a), row_of(b));
}

RollTable *
roll_table_new(RollHashKey key)
{
    RollTable *self = g_new0(RollTable, 1);
    self->key = key;
    roll_index_init(&self->index);
    roll_index_init(&self->flows);
    self->wheel = roll_wheel_new(node_due, node_tie);
    self->chunks = g_ptr_array_new();
    return self;
}

/* Unless they stand in the row itself. */
static void
free_texts(const RollRow *row, RollBinding *binding)
{
    uintptr_t offset = (uintptr_t)binding->text - (uintptr_t)row;
    if (offset >= sizeof *row)
        g_free(binding->text);
}

static void
free_row_memory(RollRow *row)
{
    for (size_t i = 0; i < row->n_bindings; i++)
        free_texts(row, roll_row_binding(row, i));
    g_free(row->more);
    if (row->aor_len > INLINE)
        g_free(row->aor.ptr);
}

static RollRow *
row_at(const RollTable *self, uint32_t id)
{
    RollRow *chunk = g_ptr_array_index(self->chunks, id / CHUNK_ROWS);
    return &chunk[id % CHUNK_ROWS];
}

/* How many chunks are made when there are @n_chunks. */
static size_t
slab_chunks(size_t n_chunks)
{
    return n_chunks == 0 ? 1 : SLAB_CHUNKS;
}

void
roll_table_free(RollTable *self)
{
    if (!self)
        return;
    for (uint32_t i = 0; i < self->n_used; i++)
        free_row_memory(row_at(self, i));
    for (size_t i = 0; i < self->chunks->len; i += slab_chunks(i))
        roll_pages_free(g_ptr_array_index(self->chunks, i), slab_chunks(i) * CHUNK_SIZE);
    g_ptr_array_unref(self->chunks);
    roll_wheel_free(self->wheel);
    roll_ages_free(self->ages);
    g_free(self->due_slots);
    roll_index_free(&self->index);
    roll_index_free(&self->flows);
    g_free(self);
}

uint64_t
roll_table_hash(const RollTable *self, RollText aor)
{
    return roll_hash(self->key, 0, aor);
}

void
roll_table_prefetch(const RollTable *self, uint64_t hash)
{
    roll_index_prefetch(&self->index, (uint32_t)hash);
}

static void
prefetch_row(const RollRow *row)
{
    for (size_t line = 0; line < sizeof *row; line += 64)
        __builtin_prefetch((const char *)row + line);
}

void
roll_table_prefetch_row(const RollTable *self, uint64_t hash)
{
    size_t step = 0;
    uint32_t id = roll_index_next(&self->index, (uint32_t)hash, &step);
    if (id == ROLL_INDEX_NONE)
        return;
    prefetch_row(row_at(self, id));
}

void
roll_table_prefetch_place(const RollTable *self, uint32_t id, bool found)
{
    if (id >= self->n_used)
        return;
    const RollRow *row = row_at(self, id);
    if (found)
        roll_index_prefetch(&self->index, row->aor.tag);
    else
        prefetch_row(row);
}

RollRow *
roll_table_find(const RollTable *self, RollText aor, uint64_t hash)
{
    size_t step = 0;
    for (;;) {
        uint32_t id = roll_index_next(&self->index, (uint32_t)hash, &step);
        if (id == ROLL_INDEX_NONE)
            return NULL;
        RollRow *row = row_at(self, id);
        if (roll_text_equal(roll_row_aor(row), aor))
            return row;
    }
}

static void
add_slab(RollTable *self)
{
    size_t n = slab_chunks(self->chunks->len);
    char *slab = roll_pages_new(n * CHUNK_SIZE);
    for (size_t i = 0; i < n; i++)
        g_ptr_array_add(self->chunks, slab + i * CHUNK_SIZE);
}

/* Rows come in the order of their numbers, so that equal histories give equal tables. */
static RollRow *
take_row(RollTable *self)
{
    RollRow *row = self->free_rows;
    if (row) {
        self->free_rows = row->aor.next_free;
        return row;
    }
    if (self->n_used == self->chunks->len * CHUNK_ROWS)
        add_slab(self);
    row = row_at(self, self->n_used);
    row->id = self->n_used++;
    return row;
}

RollRow *
roll_table_add_row(RollTable *self, RollText aor, uint64_t hash)
{
    RollRow *row = take_row(self);
    row->aor.tag = (uint32_t)hash;
    row->mark = 0;
    row->aor_len = (uint16_t)aor.len;
    if (aor.len > INLINE)
        row->aor.ptr = g_memdup2(aor.ptr, aor.len);
    else
        memcpy(row->aor.bytes, aor.ptr, aor.len);
    roll_index_add(&self->index, row->aor.tag, row->id);
    self->n_rows++;
    return row;
}

void
roll_table_tidy(RollTable *self, RollRow *row)
{
    if (row->n_bindings > 0)
        return;
    roll_wheel_disarm(self->wheel, &row->node);
    if (self->ages)
        roll_ages_forget(self->ages, row);
    roll_index_remove(&self->index, row->aor.tag, row->id);
    free_row_memory(row);
    uint32_t id = row->id;
    memset(row, 0, sizeof *row);
    row->id = id;
    row->aor.next_free = self->free_rows;
    self->free_rows = row;
    self->n_rows--;
}

size_t
roll_table_count(const RollTable *self)
{
    return self->n_bindings;
}

size_t
roll_table_count_rows(const RollTable *self)
{
    return self->n_rows;
}

uint32_t
roll_row_id(const RollRow *row)
{
    return row->id;
}

RollRow *
roll_table_get_row(const RollTable *self, uint32_t id)
{
    if (id >= self->n_used)
        return NULL;
    RollRow *row = row_at(self, id);
    return row->n_bindings > 0 ? row : NULL;
}

uint32_t
roll_table_limit(const RollTable *self)
{
    return self->n_used;
}

RollText
roll_row_aor(const RollRow *row)
{
    return (RollText){row->aor_len > INLINE ? row->aor.ptr : row->aor.bytes, row->aor_len};
}

int
roll_row_compare(const RollRow *a, const RollRow *b)
{
    RollText aor_a = roll_row_aor(a);
    RollText aor_b = roll_row_aor(b);
    int order = memcmp(aor_a.ptr, aor_b.ptr, MIN(aor_a.len, aor_b.len));
    return order ? order : (aor_a.len > aor_b.len) - (aor_a.len < aor_b.len);
}

uint64_t *
roll_row_mark(RollRow *row)
{
    return &row->mark;
}

size_t
roll_row_count(const RollRow *row)
{
    return row->n_bindings;
}

RollBinding *
roll_row_binding(RollRow *row, size_t i)
{
    return i == 0 ? &row->first : &row->more[i - 1];
}

static uint32_t
flow_tag(const RollTable *self, const RollEndpoint *clean)
{
    return (uint32_t)roll_hash(self->key, 0, (RollText){(const char *)clean, sizeof *clean});
}

RollRow *
roll_table_find_flow(const RollTable *self, const RollEndpoint *flow)
{
    RollEndpoint clean = roll_binding_clean_flow(flow);
    uint32_t tag = flow_tag(self, &clean);
    size_t step = 0;
    for (;;) {
        uint32_t id = roll_index_next(&self->flows, tag, &step);
        if (id == ROLL_INDEX_NONE)
            return NULL;
        RollRow *row = row_at(self, id);
        for (size_t i = 0; i < row->n_bindings; i++)
            if (roll_binding_has_flow(roll_row_binding(row, i), &clean))
                return row;
    }
}

/* The connection that @binding is found by; of family 0 for none. What came with a trunk's contact
 * goes with that, and thousands of entries for one connection would make the index slow. */
static RollEndpoint
indexed_flow(const RollBinding *binding)
{
    RollExtension extension;
    bool found = roll_binding_extension(binding, &extension) && extension.trunk == 0;
    return found ? extension.flow : (RollEndpoint){0};
}

/* A binding of @row that had come on @old is now one that came on @new. */
static void
move_flow(RollTable *self, const RollRow *row, RollEndpoint old, RollEndpoint new)
{
    if (memcmp(&old, &new, sizeof old) == 0)
        return;
    if (old.family != 0)
        roll_index_remove(&self->flows, flow_tag(self, &old), row->id);
    if (new.family != 0)
        roll_index_add(&self->flows, flow_tag(self, &new), row->id);
}

/* The texts of @binding need more room than they had: in the row behind the AOR, if it is the first
 * one and they fit there, or in a block. */
static void
make_room(RollRow *row, RollBinding *binding, size_t need)
{
    size_t left = row->aor_len < INLINE ? INLINE - (size_t)row->aor_len : 0;
    free_texts(row, binding);
    if (binding == &row->first && need <= left) {
        binding->text = row->aor.bytes + row->aor_len;
        binding->text_size = (uint32_t)left & INT32_MAX;
        return;
    }
    binding->text_size = (uint32_t)((need + TEXT_STEP - 1) / TEXT_STEP * TEXT_STEP) & INT32_MAX;
    binding->text = g_malloc(binding->text_size);
}

static void
write_texts(RollRow *row, RollBinding *binding, const RollEntry *record)
{
    const RollExtension *extension = record->extension;
    size_t need = record->contact.len + record->params.len + record->call_id.len;
    if (extension)
        need += sizeof *extension + extension->instance.len + extension->path.len;
    if (!binding->text || need > binding->text_size)
        make_room(row, binding, need);
    char *p = binding->text;
    const RollText parts[] = {record->contact, record->params, record->call_id};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].len > 0)
            memcpy(p, parts[i].ptr, parts[i].len);
        p += parts[i].len;
    }
    binding->contact_len = (uint16_t)record->contact.len;
    binding->params_len = (uint16_t)record->params.len;
    binding->call_id_len = (uint16_t)record->call_id.len;
    binding->extended = extension != NULL;
    if (extension)
        roll_binding_write_extension(p, extension);
}

static void
write_binding(RollRow *row, RollBinding *binding, const RollEntry *record)
{
    /* Nearly always the texts are those of the last time: then their lines stay clean. */
    if (!binding->text || binding->extended || record->extension ||
        !roll_text_equal(roll_binding_contact(binding), record->contact) ||
        !roll_text_equal(roll_binding_params(binding), record->params) ||
        !roll_text_equal(roll_binding_call_id(binding), record->call_id))
        write_texts(row, binding, record);
    binding->registered_at = record->registered_at;
    binding->expires_at = record->expires_at;
    binding->cseq = record->cseq;
    binding->q = (int16_t)record->q;
}

/* Times may be negative; division must round down. */
static size_t
slot_of(RollTime at)
{
    RollTime second = at >= 0 ? at / ROLL_SECOND : -((-(at + 1)) / ROLL_SECOND) - 1;
    return (uint64_t)second % ROLL_DUE_SLOTS;
}

/* What is counted of @binding when it comes, is changed or goes. */
static void
count_binding(RollTable *self, const RollBinding *binding, bool comes)
{
    size_t sign = comes ? 1 : (size_t)-1;
    if (self->ages && roll_ages_is_fixed(binding))
        self->n_fixed += sign;
    if (self->due_slots && binding->expires_at != ROLL_NEVER)
        self->due_slots[slot_of(binding->expires_at)] += (uint32_t)sign;
}

/* How many there is room for follows from how many there are: two, then the next power of two. */
static void
make_room_for_more(RollRow *row)
{
    size_t n = row->n_bindings > 0 ? (size_t)row->n_bindings - 1 : 0;
    bool full = n > 1 ? (n & (n - 1)) == 0 : row->n_bindings == 1 && !row->more;
    if (full)
        row->more = g_renew(RollBinding, row->more, MAX(2 * n, 2));
}

RollBinding *
roll_table_add(RollTable *self, RollTime now, RollRow *row, const RollEntry *record)
{
    make_room_for_more(row);
    RollBinding *binding = roll_row_binding(row, row->n_bindings++);
    *binding = (RollBinding){0};
    write_binding(row, binding, record);
    if (binding->extended)
        move_flow(self, row, (RollEndpoint){0}, indexed_flow(binding));
    self->n_bindings++;
    count_binding(self, binding, true);
    if (self->ages)
        roll_ages_note(self->ages, now, row);
    roll_wheel_arm(self->wheel, now, &row->node);
    return binding;
}

RollBinding *
roll_table_update(RollTable *self, RollTime now, RollRow *row, size_t i, const RollEntry *record)
{
    RollBinding *binding = roll_row_binding(row, i);
    bool earlier = record->expires_at < binding->expires_at;
    bool older = record->registered_at < binding->registered_at;
    count_binding(self, binding, false);
    if (binding->extended || record->extension) {
        RollEndpoint old = indexed_flow(binding);
        write_binding(row, binding, record);
        move_flow(self, row, old, indexed_flow(binding));
    } else {
        write_binding(row, binding, record);
    }
    count_binding(self, binding, true);
    if (earlier)
        roll_wheel_arm(self->wheel, now, &row->node);
    if (self->ages && older)
        roll_ages_note(self->ages, now, row);
    return binding;
}

void
roll_table_remove(RollTable *self, RollRow *row, size_t i)
{
    count_binding(self, roll_row_binding(row, i), false);
    if (roll_row_binding(row, i)->extended)
        move_flow(self, row, indexed_flow(roll_row_binding(row, i)), (RollEndpoint){0});
    free_texts(row, roll_row_binding(row, i));
    for (; i + 1 < row->n_bindings; i++)
        *roll_row_binding(row, i) = *roll_row_binding(row, i + 1);
    *roll_row_binding(row, i) = (RollBinding){0};
    row->n_bindings--;
    self->n_bindings--;
}

RollRow *
roll_table_pop_expired(RollTable *self, RollTime horizon, RollTime *ret_due)
{
    RollWheelNode *node = roll_wheel_pop(self->wheel, horizon);
    if (!node)
        return NULL;
    *ret_due = node_due(node);
    return row_of(node);
}

void
roll_table_rearm(RollTable *self, RollTime now, RollRow *row)
{
    if (row->n_bindings > 0)
        roll_wheel_arm(self->wheel, now, &row->node);
    else
        roll_table_tidy(self, row);
}

RollTime
roll_table_next_expiry(const RollTable *self)
{
    return roll_wheel_next(self->wheel);
}

void
roll_table_keep_ages(RollTable *self)
{
    self->ages = roll_ages_new();
}

size_t
roll_table_count_fixed(const RollTable *self)
{
    return self->n_fixed;
}

RollRow *
roll_table_find_oldest(RollTable *self, RollTime now, const RollRow *last, size_t *i)
{
    return roll_ages_find(self->ages, now, last, i);
}

void
roll_table_keep_slots(RollTable *self)
{
    self->due_slots = g_new0(uint32_t, ROLL_DUE_SLOTS);
}

size_t
roll_table_count_due(const RollTable *self, RollTime at)
{
    return self->due_slots[slot_of(at)];
}
