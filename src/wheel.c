/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Slots of one second in a ring, each a doubly linked list, with a bitmap of those in use. The
 * cursor is the last second opened: its nodes, and any due before it, are in a heap ordered by
 * (due, tie). Opening a slot asks every node when it is due now; what lives on is filed again.
 *
 * A node due further off than the ring is long waits in the ring's last slot and is filed again
 * there: one touch every %N_SLOTS seconds, but none for turns in which nothing else is due when the
 * owner comes late. `first` caches the earliest slot in use, so asking for
 * the next wake costs nothing. */
#include "wheel.h"

#include <glib.h>
#include <stdbool.h>

/* Over two hours, so that a registration of an hour is filed once. */
enum { N_SLOTS = 8192, N_WORDS = N_SLOTS / 64 };

enum { STATE_OUT, STATE_SLOT, STATE_HEAP };

#define NO_SECOND INT64_MAX

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
    uint64_t used[N_WORDS];
    RollWheelNode *slots[N_SLOTS];
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
    return self;
}

void
roll_wheel_free(RollWheel *self)
{
    if (!self)
        return;
    g_free(self->heap);
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
    node->state = STATE_HEAP;
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

static void
slot_add(RollWheel *self, int64_t second, RollWheelNode *node)
{
    size_t slot = slot_of(second);
    node->state = STATE_SLOT;
    node->second = second;
    node->prev = NULL;
    node->next = self->slots[slot];
    if (node->next)
        node->next->prev = node;
    self->slots[slot] = node;
    self->used[slot / 64] |= (uint64_t)1 << slot % 64;
    self->first = MIN(self->first, second);
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
    if (node->next)
        node->next->prev = node->prev;
    if (node->prev)
        node->prev->next = node->next;
    else if (!(self->slots[slot_of(node->second)] = node->next))
        mark_empty(self, node->second);
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
    if (node->state == STATE_HEAP && self->heap[node->place].due <= due)
        return;
    if (node->state == STATE_SLOT && node->second <= second_of(due))
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
    if (node->state == STATE_OUT)
        return;
    if (node->state == STATE_HEAP)
        heap_remove(self, node->place);
    else
        slot_remove(self, node);
    node->state = STATE_OUT;
    self->n_armed--;
}

/* Opens the slot of @second: from now on its nodes are in the heap or filed anew. */
static void
open_slot(RollWheel *self, int64_t second)
{
    size_t slot = slot_of(second);
    RollWheelNode *node = self->slots[slot];
    self->slots[slot] = NULL;
    self->cursor = second;
    mark_empty(self, second);
    while (node) {
        RollWheelNode *next = node->next;
        RollTime due = self->due(node);
        if (next)
            __builtin_prefetch(next);
        if (due == ROLL_NEVER) {
            node->state = STATE_OUT;
            self->n_armed--;
        } else {
            file(self, due, node);
        }
        node = next;
    }
}

/* When all that is filed is in the last slot, the ring turns at once to the second in which the
 * first of it is due, or to @limit: an owner who comes back after a century need not wait. */
static void
skip_turns(RollWheel *self, int64_t limit)
{
    if (self->first != self->cursor + N_SLOTS)
        return;
    size_t from = slot_of(self->first);
    int64_t second = limit;
    for (RollWheelNode *node = self->slots[from]; node; node = node->next)
        second = MIN(second, second_of(self->due(node)));
    if (second <= self->first)
        return;
    RollWheelNode *list = self->slots[from];
    self->slots[from] = NULL;
    self->used[from / 64] &= ~((uint64_t)1 << from % 64);
    self->cursor = second - N_SLOTS;
    self->slots[slot_of(second)] = list;
    self->used[slot_of(second) / 64] |= (uint64_t)1 << slot_of(second) % 64;
    self->first = second;
    for (RollWheelNode *node = list; node; node = node->next)
        node->second = second;
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
            top.node->state = STATE_OUT;
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
