/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buckets of equal width stand in a ring that spans one revolution. Events of later revolutions
 * wait in a second, coarse ring and are dealt out when their revolution begins. A bucket is a list
 * of chunks from a pool, so the memory is that of the events there are, whatever they did before.
 */
#include "sim/engine/queue.h"

#include <stdlib.h>
#include <string.h>

#define RING_BITS 14
#define RING (1u << RING_BITS)
#define FAR 256u
#define CHUNK 21u
#define NONE UINT32_MAX

typedef struct {
    uint32_t next;
    uint32_t count;
    SimEvent events[CHUNK];
} Chunk;

struct SimQueue {
    RollTime start;
    unsigned shift;   /* log2 of the width of a bucket, us */
    uint64_t current; /* the bucket in turn, counted from the start */
    uint64_t marked[RING / 64];
    uint32_t ring[RING];
    uint32_t far[FAR];
    GArray *chunks; /* Chunk */
    uint32_t free_chunk;
    SimEvent *turn; /* the bucket in turn, sorted */
    size_t turn_at;
    size_t turn_len;
    size_t turn_room;
    SimEvent *late; /* heap of what came for the bucket in turn */
    size_t late_len;
    size_t late_room;
    size_t size;
};

static inline bool
before(const SimEvent *a, const SimEvent *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static int
compare(const void *a, const void *b)
{
    return before(a, b) ? -1 : before(b, a);
}

SimQueue *
sim_queue_new(RollTime start, double per_second)
{
    SimQueue *self = g_new0(SimQueue, 1);
    self->start = start;
    /* About 32 events to a bucket, between 2 ms and 8 s wide. */
    self->shift = 11;
    while (self->shift < 23 && (double)(UINT64_C(1) << self->shift) * 1e-6 * per_second < 32)
        self->shift++;
    memset(self->ring, 0xff, sizeof self->ring);
    memset(self->far, 0xff, sizeof self->far);
    self->chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
    self->free_chunk = NONE;
    return self;
}

void
sim_queue_free(SimQueue *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->chunks);
    g_free(self->late);
    g_free(self->turn);
    g_free(self);
}

static inline Chunk *
chunk_at(SimQueue *self, uint32_t i)
{
    return &g_array_index(self->chunks, Chunk, i);
}

static uint32_t
take_chunk(SimQueue *self, uint32_t next)
{
    uint32_t i = self->free_chunk;
    if (i == NONE) {
        i = self->chunks->len;
        g_array_set_size(self->chunks, i + 1);
    } else {
        self->free_chunk = chunk_at(self, i)->next;
    }
    chunk_at(self, i)->next = next;
    chunk_at(self, i)->count = 0;
    return i;
}

static void
append(SimQueue *self, uint32_t *head, const SimEvent *event)
{
    if (*head == NONE || chunk_at(self, *head)->count == CHUNK)
        *head = take_chunk(self, *head);
    Chunk *chunk = chunk_at(self, *head);
    chunk->events[chunk->count++] = *event;
}

static void
push_late(SimQueue *self, SimEvent event)
{
    if (self->late_len == self->late_room) {
        self->late_room = MAX(2 * self->late_room, 64);
        self->late = g_renew(SimEvent, self->late, self->late_room);
    }
    SimEvent *heap = self->late;
    size_t i = self->late_len++;
    for (; i > 0 && before(&event, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = event;
}

static SimEvent
pop_late(SimQueue *self)
{
    SimEvent *heap = self->late;
    SimEvent top = heap[0];
    size_t n = --self->late_len;
    SimEvent last = heap[n];
    size_t i = 0;
    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

static inline uint64_t
bucket_of(const SimQueue *self, RollTime due)
{
    return (uint64_t)(due - self->start) >> self->shift;
}

static void
push_ring(SimQueue *self, uint64_t bucket, const SimEvent *event)
{
    uint32_t i = bucket & (RING - 1);
    self->marked[i / 64] |= UINT64_C(1) << (i % 64);
    append(self, &self->ring[i], event);
}

void
sim_queue_push(SimQueue *self, SimEvent event)
{
    uint64_t bucket = bucket_of(self, event.due);
    self->size++;
    if (bucket <= self->current)
        push_late(self, event);
    else if (bucket >> RING_BITS == self->current >> RING_BITS)
        push_ring(self, bucket, &event);
    else
        append(self, &self->far[(bucket >> RING_BITS) % FAR], &event);
}

/* Empties the list at @head into @room, which grows as needed. */
static size_t
drain(SimQueue *self, uint32_t *head, SimEvent **room, size_t *capacity)
{
    size_t n = 0;
    while (*head != NONE) {
        Chunk *chunk = chunk_at(self, *head);
        if (n + chunk->count > *capacity) {
            *capacity = MAX(*capacity * 2, 256);
            *room = g_renew(SimEvent, *room, *capacity);
        }
        memcpy(*room + n, chunk->events, chunk->count * sizeof(SimEvent));
        n += chunk->count;
        uint32_t next = chunk->next;
        chunk->next = self->free_chunk;
        self->free_chunk = *head;
        *head = next;
    }
    return n;
}

/* Deals out what waits for the revolution that begins; what belongs to a later one waits on. */
static void
begin_revolution(SimQueue *self, uint64_t revolution)
{
    g_autofree SimEvent *events = NULL;
    size_t capacity = 0;
    size_t n = drain(self, &self->far[revolution % FAR], &events, &capacity);
    for (size_t i = 0; i < n; i++) {
        uint64_t bucket = bucket_of(self, events[i].due);
        if (bucket >> RING_BITS == revolution)
            push_ring(self, bucket, &events[i]);
        else
            append(self, &self->far[revolution % FAR], &events[i]);
    }
}

static void
sort(SimEvent *events, size_t n)
{
    if (n > 64) {
        qsort(events, n, sizeof *events, compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        SimEvent event = events[i];
        size_t j = i;
        for (; j > 0 && before(&event, &events[j - 1]); j--)
            events[j] = events[j - 1];
        events[j] = event;
    }
}

/* The next bucket of this revolution that holds something, from @from on; RING if none does. */
static uint32_t
next_marked(const SimQueue *self, uint32_t from)
{
    for (uint32_t word = from / 64; word < RING / 64; word++) {
        uint64_t bits = self->marked[word];
        if (word == from / 64)
            bits &= ~UINT64_C(0) << (from % 64);
        if (bits != 0)
            return word * 64 + (uint32_t)__builtin_ctzll(bits);
    }
    return RING;
}

/* Makes the next bucket with events the one in turn. The queue is not empty; bucket in turn is. */
static void
advance(SimQueue *self)
{
    uint32_t i = self->current & (RING - 1);
    uint32_t next = i + 1 < RING ? next_marked(self, i + 1) : RING;
    while (next == RING) {
        uint64_t revolution = (self->current >> RING_BITS) + 1;
        self->current = revolution << RING_BITS;
        begin_revolution(self, revolution);
        next = next_marked(self, 0);
    }
    self->current = (self->current & ~(uint64_t)(RING - 1)) | next;
    self->marked[next / 64] &= ~(UINT64_C(1) << (next % 64));
    self->turn_len = drain(self, &self->ring[next], &self->turn, &self->turn_room);
    self->turn_at = 0;
    sort(self->turn, self->turn_len);
}

bool
sim_queue_pop(SimQueue *self, RollTime until, SimEvent *out)
{
    if (self->size == 0)
        return false;
    while (self->turn_at == self->turn_len && self->late_len == 0)
        advance(self);
    const SimEvent *late = self->late_len > 0 ? &self->late[0] : NULL;
    const SimEvent *turn = self->turn_at < self->turn_len ? &self->turn[self->turn_at] : NULL;
    bool take_late = turn == NULL || (late != NULL && before(late, turn));
    if ((take_late ? late : turn)->due > until)
        return false;
    *out = take_late ? pop_late(self) : self->turn[self->turn_at++];
    self->size--;
    return true;
}

const SimEvent *
sim_queue_ahead(const SimQueue *self, size_t n)
{
    return self->turn_at + n < self->turn_len ? &self->turn[self->turn_at + n] : NULL;
}

size_t
sim_queue_size(const SimQueue *self)
{
    return self->size;
}
