/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Slots of one second in a ring, each a bag of nodes, with a bitmap of those in use. A bag is a
 * list of chunks that point to nodes, not a list through the nodes: a wheel of a million rows would
 * else wait for each row to come from memory before it knew the next. All chunks but the first of a
 * bag are full, so a node that is taken out leaves its place to the last one of the first. The
 * cursor is the last second opened: its nodes, and any due before it, are in a heap ordered by
 * (due, tie). Opening a slot asks every node when it is due now; what lives on is filed again.
 *
 * A node due further off than the ring is long waits in the ring's last slot and is filed again
 * there: one touch every %N_SLOTS seconds, but none for turns in which nothing else is due when the
 * owner comes late. `first` caches the earliest slot in use, so asking for
 * the next wake costs nothing. */
#include "wheel.h"

#include <glib.h>
#include <rollcall/pages.h>
#include <stdbool.h>
#include <string.h>

/* Over two hours, so that a registration of an hour is filed once. */
enum { N_SLOTS = 8192, N_WORDS = N_SLOTS / 64 };

/* What the word `where` of a node says: which slot, behind these. */
enum { OUT, IN_HEAP, IN_SLOT };

/* Nodes to a chunk, which has 256 bytes; and how far ahead nodes are fetched. */
enum { CHUNK = 31, AHEAD = 8 };
/* Chunks to a slab: the first one is enough for many a wheel, the others are a huge page each. */
enum { FEW = 16, SLAB = 8192 };

#define NO_SECOND INT64_MAX
#define NO_CHUNK UINT32_MAX

typedef struct {
    RollWheelNode *nodes[CHUNK];
    uint32_t next;
} Chunk;

/* How many nodes are in its first chunk stands here. */
typedef struct {
    uint32_t first;
    uint32_t count;
} Slot;

typedef struct {
    RollTime due;
    RollWheelNode *node;
} HeapEntry;

struct RollWheel {
    RollWheelDue due;
    RollWheelTie tie;
    int64_t cursor;
    int64_t first;
    size_t n_armed;
    HeapEntry *heap;
    size_t n_heap;
    size_t heap_size;
    Chunk few[FEW];
    GPtrArray *slabs;
    uint32_t n_chunks;
    uint32_t first_free;
    uint64_t used[N_WORDS];
    Slot slots[N_SLOTS];
};

static int64_t
second_of(RollTime at)
{
    /* Times may be negative; division must round down. */
    return at >= 0 ? at / ROLL_SECOND : -((-(at + 1)) / ROLL_SECOND) - 1;
}

static size_t
slot_of(int64_t second)
{
    return (uint64_t)second % N_SLOTS;
}

RollWheel *
roll_wheel_new(RollWheelDue due, RollWheelTie tie)
{
    RollWheel *self = g_new0(RollWheel, 1);
    self->due = due;
    self->tie = tie;
    self->first = NO_SECOND;
    self->first_free = NO_CHUNK;
    self->slabs = g_ptr_array_new();
    memset(self->slots, 0xff, sizeof self->slots);
    return self;
}

void
roll_wheel_free(RollWheel *self)
{
    if (!self)
        return;
    g_free(self->heap);
    for (guint i = 0; i < self->slabs->len; i++)
        roll_pages_free(g_ptr_array_index(self->slabs, i), SLAB * sizeof(Chunk));
    g_ptr_array_unref(self->slabs);
    g_free(self);
}

static bool
entry_before(const RollWheel *self, HeapEntry a, HeapEntry b)
{
    return a.due != b.due ? a.due < b.due : self->tie(a.node, b.node) < 0;
}

static void
heap_set(RollWheel *self, size_t i, HeapEntry entry)
{
    self->heap[i] = entry;
    entry.node->place = (uint32_t)i;
}

static void
heap_up(RollWheel *self, size_t i, HeapEntry entry)
{
    while (i > 0 && entry_before(self, entry, self->heap[(i - 1) / 2])) {
        heap_set(self, i, self->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    heap_set(self, i, entry);
}

static void
heap_down(RollWheel *self, size_t i, HeapEntry entry)
{
    for (size_t child = 2 * i + 1; child < self->n_heap; child = 2 * i + 1) {
        if (child + 1 < self->n_heap &&
            entry_before(self, self->heap[child + 1], self->heap[child]))
            child++;
        if (!entry_before(self, self->heap[child], entry))
            break;
        heap_set(self, i, self->heap[child]);
        i = child;
    }
    heap_set(self, i, entry);
}

static void
heap_add(RollWheel *self, RollTime due, RollWheelNode *node)
{
    if (self->n_heap == self->heap_size) {
        self->heap_size = MAX(2 * self->heap_size, 64);
        self->heap = g_renew(HeapEntry, self->heap, self->heap_size);
    }
    node->where = IN_HEAP;
    heap_up(self, self->n_heap++, (HeapEntry){due, node});
}

static void
heap_remove(RollWheel *self, size_t i)
{
    HeapEntry last = self->heap[--self->n_heap];
    if (i == self->n_heap)
        return;
    if (i > 0 && entry_before(self, last, self->heap[(i - 1) / 2]))
        heap_up(self, i, last);
    else
        heap_down(self, i, last);
}

/* The earliest slot in use after the cursor; the ring holds cursor + 1 .. cursor + N_SLOTS. */
static int64_t
find_first(const RollWheel *self)
{
    size_t start = slot_of(self->cursor + 1);
    for (size_t i = 0; i <= N_WORDS; i++) {
        size_t word = (start / 64 + i) % N_WORDS;
        uint64_t bits = self->used[word];
        if (i == 0)
            bits &= UINT64_MAX << start % 64;
        if (i == N_WORDS)
            bits &= ~(UINT64_MAX << start % 64);
        if (bits) {
            size_t slot = word * 64 + (size_t)__builtin_ctzll(bits);
            return self->cursor + 1 + (int64_t)((slot - start) % N_SLOTS);
        }
    }
    return NO_SECOND;
}

static Chunk *
chunk_at(RollWheel *self, uint32_t i)
{
    if (i < FEW)
        return &self->few[i];
    Chunk *slab = g_ptr_array_index(self->slabs, (i - FEW) / SLAB);
    return &slab[(i - FEW) % SLAB];
}

static uint32_t
take_chunk(RollWheel *self)
{
    uint32_t i = self->first_free;
    if (i != NO_CHUNK) {
        self->first_free = chunk_at(self, i)->next;
        return i;
    }
    if (self->n_chunks == FEW + self->slabs->len * SLAB)
        g_ptr_array_add(self->slabs, roll_pages_new(SLAB * sizeof(Chunk)));
    return self->n_chunks++;
}

/* Returns: the chunk after it. */
static uint32_t
free_chunk(RollWheel *self, uint32_t i)
{
    Chunk *chunk = chunk_at(self, i);
    uint32_t next = chunk->next;
    chunk->next = self->first_free;
    self->first_free = i;
    return next;
}

static void
slot_add(RollWheel *self, int64_t second, RollWheelNode *node)
{
    size_t i = slot_of(second);
    Slot *slot = &self->slots[i];
    if (slot->count >= CHUNK) {
        uint32_t chunk = take_chunk(self);
        chunk_at(self, chunk)->next = slot->first;
        *slot = (Slot){chunk, 0};
    }
    node->where = IN_SLOT + (uint32_t)i;
    node->place = slot->first * CHUNK + slot->count;
    chunk_at(self, slot->first)->nodes[slot->count++] = node;
    self->used[i / 64] |= (uint64_t)1 << i % 64;
    self->first = MIN(self->first, second);
}

/* The second under which a node is filed that is in a slot. */
static int64_t
filed_under(const RollWheel *self, const RollWheelNode *node)
{
    size_t ahead = (node->where - IN_SLOT - slot_of(self->cursor + 1)) % N_SLOTS;
    return self->cursor + 1 + (int64_t)ahead;
}

static void
mark_empty(RollWheel *self, int64_t second)
{
    size_t slot = slot_of(second);
    self->used[slot / 64] &= ~((uint64_t)1 << slot % 64);
    if (second == self->first)
        self->first = find_first(self);
}

static void
slot_remove(RollWheel *self, RollWheelNode *node)
{
    Slot *slot = &self->slots[node->where - IN_SLOT];
    RollWheelNode *last = chunk_at(self, slot->first)->nodes[--slot->count];
    chunk_at(self, node->place / CHUNK)->nodes[node->place % CHUNK] = last;
    last->place = node->place;
    if (slot->count > 0)
        return;
    *slot = (Slot){free_chunk(self, slot->first), CHUNK};
    if (slot->first == NO_CHUNK)
        mark_empty(self, filed_under(self, node));
}

static void
file(RollWheel *self, RollTime due, RollWheelNode *node)
{
    int64_t second = second_of(due);
    if (second <= self->cursor)
        heap_add(self, due, node);
    else
        slot_add(self, MIN(second, self->cursor + N_SLOTS), node);
}

void
roll_wheel_arm(RollWheel *self, RollTime now, RollWheelNode *node)
{
    RollTime due = self->due(node);
    if (node->where == IN_HEAP && self->heap[node->place].due <= due)
        return;
    if (node->where >= IN_SLOT && filed_under(self, node) <= second_of(due))
        return;
    roll_wheel_disarm(self, node);
    if (due == ROLL_NEVER)
        return;
    /* An idle wheel need not turn through the time it slept. */
    if (self->n_armed == 0)
        self->cursor = second_of(now);
    self->n_armed++;
    file(self, due, node);
}

void
roll_wheel_disarm(RollWheel *self, RollWheelNode *node)
{
    if (node->where == OUT)
        return;
    if (node->where == IN_HEAP)
        heap_remove(self, node->place);
    else
        slot_remove(self, node);
    node->where = OUT;
    self->n_armed--;
}

static void
refile(RollWheel *self, RollWheelNode *node)
{
    RollTime due = self->due(node);
    if (due == ROLL_NEVER) {
        node->where = OUT;
        self->n_armed--;
    } else {
        file(self, due, node);
    }
}

/* Opens the slot of @second: from now on its nodes are in the heap or filed anew. */
static void
open_slot(RollWheel *self, int64_t second)
{
    size_t i = slot_of(second);
    Slot slot = self->slots[i];
    self->slots[i] = (Slot){NO_CHUNK, NO_CHUNK};
    self->cursor = second;
    mark_empty(self, second);
    while (slot.first != NO_CHUNK) {
        RollWheelNode **nodes = chunk_at(self, slot.first)->nodes;
        for (uint32_t n = 0; n < slot.count + AHEAD; n++) {
            if (n < slot.count)
                __builtin_prefetch(nodes[n]);
            if (n >= AHEAD)
                refile(self, nodes[n - AHEAD]);
        }
        slot = (Slot){free_chunk(self, slot.first), CHUNK};
    }
}

/* The first second in which something of @slot is due, if that is before @limit. */
static int64_t
first_due(RollWheel *self, Slot slot, int64_t limit)
{
    for (; slot.first != NO_CHUNK; slot = (Slot){chunk_at(self, slot.first)->next, CHUNK})
        for (uint32_t n = 0; n < slot.count; n++)
            limit = MIN(limit, second_of(self->due(chunk_at(self, slot.first)->nodes[n])));
    return limit;
}

/* When all that is filed is in the last slot, the ring turns at once to the second in which the
 * first of it is due, or to @limit: an owner who comes back after a century need not wait. The slot
 * is opened next, so its nodes need not know where they have been meanwhile. */
static void
skip_turns(RollWheel *self, int64_t limit)
{
    if (self->first != self->cursor + N_SLOTS)
        return;
    Slot *from = &self->slots[slot_of(self->first)];
    int64_t second = first_due(self, *from, limit);
    if (second <= self->first)
        return;
    Slot *to = &self->slots[slot_of(second)];
    Slot slot = *from;
    mark_empty(self, self->first);
    *from = (Slot){NO_CHUNK, NO_CHUNK};
    *to = slot;
    self->used[slot_of(second) / 64] |= (uint64_t)1 << slot_of(second) % 64;
    self->cursor = second - N_SLOTS;
    self->first = second;
}

/* The top of the heap if it is due by @horizon; what was refreshed meanwhile is filed anew. */
static RollWheelNode *
pop_heap(RollWheel *self, RollTime horizon)
{
    while (self->n_heap > 0 && self->heap[0].due <= horizon) {
        HeapEntry top = self->heap[0];
        RollTime due = self->due(top.node);
        heap_remove(self, 0);
        if (due == top.due || due == ROLL_NEVER) {
            top.node->where = OUT;
            self->n_armed--;
        }
        if (due == top.due)
            return top.node;
        if (due != ROLL_NEVER)
            file(self, due, top.node);
    }
    return NULL;
}

RollWheelNode *
roll_wheel_pop(RollWheel *self, RollTime horizon)
{
    for (;;) {
        /* What is in the heap is due before anything in a slot. */
        RollWheelNode *node = pop_heap(self, horizon);
        if (node)
            return node;
        if (self->first <= second_of(horizon)) {
            skip_turns(self, second_of(horizon));
            open_slot(self, self->first);
            continue;
        }
        /* Nothing is filed up to the horizon: the ring may reach that much further. */
        self->cursor = MAX(self->cursor, second_of(horizon));
        return NULL;
    }
}

RollTime
roll_wheel_next(const RollWheel *self)
{
    RollTime next = self->first == NO_SECOND ? ROLL_NEVER : self->first * ROLL_SECOND;
    return self->n_heap > 0 ? MIN(next, self->heap[0].due) : next;
}
