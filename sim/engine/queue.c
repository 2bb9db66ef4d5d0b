/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buckets of equal width stand in a ring that spans one revolution. Events of later revolutions
 * wait in a second, coarse ring and are dealt out when their revolution begins. A bucket is a list
 * of chunks from a pool, so the memory is that of the events there are, whatever they did before.
 */
#include "sim/engine/queue.h"
#include "sim/engine/lane.h"

#include <rollcall/pages.h>
#include <stdlib.h>
#include <string.h>

#define RING_BITS 12
#define RING (1u << RING_BITS)
#define FAR 256u
#define CHUNK 21u
#define NONE UINT32_MAX
#define MOST_LANES 8
#define PART_BITS 5
#define PARTS (1u << PART_BITS)
#define FEW 32
#define LEAD (SIM_QUEUE_BLOCK / 2)

/* Half a kilobyte; a slab of them is a huge page. */
typedef struct {
    uint32_t next;
    SimEvent events[CHUNK];
} Chunk;
#define SLAB_BITS 12
#define SLAB_SIZE (sizeof(Chunk) << SLAB_BITS)

/* How many events its first chunk holds stands here, so that appending to it reads nothing. */
typedef struct {
    uint32_t first;
    uint32_t count;
} Bucket;

struct SimQueue {
    RollTime start;
    RollTime now;     /* when the event popped last was due */
    unsigned shift;   /* log2 of the width of a bucket, us */
    uint64_t current; /* the bucket in turn, counted from the start */
    uint64_t marked[RING / 64];
    Bucket ring[RING];
    Bucket far[FAR];
    GPtrArray *slabs;
    uint32_t n_chunks;
    uint32_t first_free;
    SimEvent *drained; /* what was in a bucket, as it came */
    size_t drained_room;
    SimEvent *turn; /* the buckets in turn, sorted; the current one is the last of them */
    size_t turn_at;
    size_t turn_len;
    size_t turn_told; /* of how many from turn_at on somebody has been told */
    size_t turn_room;
    SimEvent *late; /* heap of what came for a bucket in turn */
    size_t late_len;
    size_t late_room;
    SimLane lanes[MOST_LANES];
    unsigned n_lanes;
    size_t size;
    size_t in_lanes;
    size_t in_ring;
    void (*pushed)(void *data, RollTime now, const SimEvent *event);
    void *pushed_data;
    SimQueueAhead ahead;
    void *ahead_data;
};

static int
compare(const void *a, const void *b)
{
    return sim_event_before(a, b) ? -1 : sim_event_before(b, a);
}

SimQueue *
sim_queue_new(RollTime start, double per_second)
{
    SimQueue *self = g_new0(SimQueue, 1);
    self->start = self->now = start;
    /* About 64 events to a bucket, between 2 ms and 8 s wide. Fewer leave more of the chunks empty,
     * and the ring does not fit into the first cache. */
    self->shift = 11;
    while (self->shift < 23 && (double)(UINT64_C(1) << self->shift) * 1e-6 * per_second < 64)
        self->shift++;
    memset(self->ring, 0xff, sizeof self->ring);
    memset(self->far, 0xff, sizeof self->far);
    self->slabs = g_ptr_array_new();
    self->first_free = NONE;
    return self;
}

void
sim_queue_free(SimQueue *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->slabs->len; i++)
        roll_pages_free(g_ptr_array_index(self->slabs, i), SLAB_SIZE);
    g_ptr_array_unref(self->slabs);
    for (unsigned i = 0; i < self->n_lanes; i++)
        sim_lane_clear(&self->lanes[i]);
    g_free(self->late);
    g_free(self->turn);
    g_free(self->drained);
    g_free(self);
}

void
sim_queue_add_lane(SimQueue *self, RollTime delay)
{
    for (unsigned i = 0; i < self->n_lanes; i++)
        if (self->lanes[i].delay == delay)
            return;
    if (self->n_lanes < MOST_LANES)
        self->lanes[self->n_lanes++] = (SimLane){.delay = delay};
}

void
sim_queue_watch(SimQueue *self, void (*pushed)(void *data, RollTime now, const SimEvent *event),
                void *data)
{
    self->pushed = pushed;
    self->pushed_data = data;
}

void
sim_queue_look_ahead(SimQueue *self, SimQueueAhead ahead, void *data)
{
    self->ahead = ahead;
    self->ahead_data = data;
}

static inline Chunk *
chunk_at(const SimQueue *self, uint32_t i)
{
    Chunk *slab = g_ptr_array_index(self->slabs, i >> SLAB_BITS);
    return &slab[i & ((1u << SLAB_BITS) - 1)];
}

static uint32_t
take_chunk(SimQueue *self)
{
    uint32_t i = self->first_free;
    if (i != NONE) {
        self->first_free = chunk_at(self, i)->next;
        return i;
    }
    if (self->n_chunks >> SLAB_BITS == self->slabs->len)
        g_ptr_array_add(self->slabs, roll_pages_new(SLAB_SIZE));
    return self->n_chunks++;
}

static void
prefetch_chunk(const SimQueue *self, uint32_t i)
{
    const char *chunk = i != NONE ? (const char *)chunk_at(self, i) : NULL;
    for (size_t line = 0; chunk != NULL && line < sizeof(Chunk); line += 64)
        __builtin_prefetch(chunk + line);
}

/* Returns: the chunk after it. */
static uint32_t
free_chunk(SimQueue *self, uint32_t i)
{
    Chunk *chunk = chunk_at(self, i);
    uint32_t next = chunk->next;
    chunk->next = self->first_free;
    self->first_free = i;
    return next;
}

static inline void
append(SimQueue *self, Bucket *bucket, const SimEvent *event)
{
    if (bucket->count >= CHUNK) {
        uint32_t i = take_chunk(self);
        chunk_at(self, i)->next = bucket->first;
        *bucket = (Bucket){i, 0};
    }
    chunk_at(self, bucket->first)->events[bucket->count++] = *event;
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
    for (; i > 0 && sim_event_before(&event, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = event;
}

static void
drop_late(SimQueue *self)
{
    SimEvent *heap = self->late;
    size_t n = --self->late_len;
    SimEvent last = heap[n];
    size_t i = 0;
    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && sim_event_before(&heap[child + 1], &heap[child]))
            child++;
        if (!sim_event_before(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
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
    self->in_ring++;
}

static bool
push_lane(SimQueue *self, const SimEvent *event)
{
    RollTime delay = event->due - self->now;
    for (unsigned i = 0; i < self->n_lanes; i++)
        if (self->lanes[i].delay == delay)
            return sim_lane_push(&self->lanes[i], event);
    return false;
}

void
sim_queue_push(SimQueue *self, SimEvent event)
{
    uint64_t bucket = bucket_of(self, event.due);
    if (G_UNLIKELY(self->pushed != NULL))
        self->pushed(self->pushed_data, self->now, &event);
    self->size++;
    if (push_lane(self, &event))
        self->in_lanes++;
    else if (bucket <= self->current)
        push_late(self, event);
    else if (bucket >> RING_BITS == self->current >> RING_BITS)
        push_ring(self, bucket, &event);
    else
        append(self, &self->far[(bucket >> RING_BITS) % FAR], &event);
}

/* Empties @bucket into @drained. Returns: how many there are. */
static size_t
drain(SimQueue *self, Bucket *bucket)
{
    size_t n = 0;
    while (bucket->first != NONE) {
        const Chunk *chunk = chunk_at(self, bucket->first);
        if (n + CHUNK > self->drained_room) {
            self->drained_room = MAX(2 * self->drained_room, 256);
            self->drained = g_renew(SimEvent, self->drained, self->drained_room);
        }
        memcpy(self->drained + n, chunk->events, bucket->count * sizeof(SimEvent));
        n += bucket->count;
        *bucket = (Bucket){free_chunk(self, bucket->first), CHUNK};
    }
    *bucket = (Bucket){NONE, NONE};
    return n;
}

/* Deals out what waits for the revolution that begins; what belongs to a later one waits on. */
static void
begin_revolution(SimQueue *self, uint64_t revolution)
{
    Bucket *far = &self->far[revolution % FAR];
    Bucket waiting = *far;
    *far = (Bucket){NONE, NONE};
    while (waiting.first != NONE) {
        const Chunk *chunk = chunk_at(self, waiting.first);
        prefetch_chunk(self, chunk->next);
        for (uint32_t i = 0; i < waiting.count; i++) {
            const SimEvent *event = &chunk->events[i];
            uint64_t bucket = bucket_of(self, event->due);
            if (bucket >> RING_BITS == revolution)
                push_ring(self, bucket, event);
            else
                append(self, far, event);
        }
        waiting = (Bucket){free_chunk(self, waiting.first), CHUNK};
    }
}

static void
sort_few(SimEvent *events, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (!sim_event_before(&events[i], &events[i - 1]))
            continue;
        SimEvent event = events[i];
        size_t j = i;
        for (; j > 0 && sim_event_before(&event, &events[j - 1]); j--)
            events[j] = events[j - 1];
        events[j] = event;
    }
}

/* Into @out, in order: dealt out to equal parts of the width of the bucket, which leaves little to
 * be compared. */
static void
sort(const SimQueue *self, const SimEvent *events, size_t n, SimEvent *out)
{
    uint32_t ends[PARTS] = {0};
    unsigned shift = self->shift - PART_BITS;
    for (size_t i = 0; i < n; i++)
        ends[(events[i].due - self->start) >> shift & (PARTS - 1)]++;
    for (uint32_t part = 0, sum = 0; part < PARTS; part++) {
        uint32_t count = ends[part];
        ends[part] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        out[ends[(events[i].due - self->start) >> shift & (PARTS - 1)]++] = events[i];
    for (uint32_t part = 0, from = 0; part < PARTS; from = ends[part++]) {
        size_t count = ends[part] - from;
        if (count > FEW)
            qsort(&out[from], count, sizeof(SimEvent), compare);
        else if (count > 1)
            sort_few(&out[from], count);
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

static uint32_t
next_bucket(const SimQueue *self)
{
    uint32_t i = self->current & (RING - 1);
    return i + 1 < RING ? next_marked(self, i + 1) : RING;
}

/* The bucket @next of this revolution joins those in turn, behind what is left of them. */
static void
take_turn(SimQueue *self, uint32_t next)
{
    size_t left = self->turn_len - self->turn_at;
    size_t n = drain(self, &self->ring[next]);
    self->in_ring -= n;
    if (left > 0)
        memmove(self->turn, self->turn + self->turn_at, left * sizeof(SimEvent));
    if (self->turn_room < left + n) {
        self->turn_room = 2 * (left + n);
        self->turn = g_renew(SimEvent, self->turn, self->turn_room);
    }
    sort(self, self->drained, n, self->turn + left);
    self->turn_at = 0;
    self->turn_len = left + n;
    self->current = (self->current & ~(uint64_t)(RING - 1)) | next;
    self->marked[next / 64] &= ~(UINT64_C(1) << (next % 64));
    uint32_t after = next_bucket(self);
    if (after != RING)
        prefetch_chunk(self, self->ring[after].first);
}

/* Makes the next bucket with events the one in turn. There is one; no other is in turn. */
static void
advance(SimQueue *self)
{
    uint32_t next = next_bucket(self);
    while (next == RING) {
        uint64_t revolution = (self->current >> RING_BITS) + 1;
        self->current = revolution << RING_BITS;
        begin_revolution(self, revolution);
        next = next_marked(self, 0);
    }
    take_turn(self, next);
}

/* Whoever looks ahead shall see the first events of a bucket before it has come. */
static void
look_further(SimQueue *self)
{
    if (self->in_ring > 0)
        take_turn(self, next_bucket(self));
}

/* The first of all lanes, if it comes before @other. */
static SimLane *
first_lane(SimQueue *self, const SimEvent *other)
{
    SimLane *first = NULL;
    for (unsigned i = 0; i < self->n_lanes; i++) {
        SimLane *lane = &self->lanes[i];
        if (lane->len == 0)
            continue;
        const SimEvent *head = sim_lane_get(lane, 0);
        if (other == NULL || sim_event_before(head, other)) {
            other = head;
            first = lane;
        }
    }
    return first;
}

/* Whether the events after the first @told of @len are to be told now. They are told by the block:
 * what they need is fetched all at once then, and not one after the other. */
static inline bool
is_time_to_tell(size_t told, size_t len)
{
    return len > told && (told == 0 || (told <= LEAD && len - told >= SIM_QUEUE_BLOCK));
}

static void
tell_lane(SimQueue *self, SimLane *lane)
{
    size_t at = (lane->head + lane->told) & (lane->size - 1);
    size_t n = MIN(MIN(lane->len - lane->told, SIM_QUEUE_BLOCK), lane->size - at);
    lane->told += n;
    self->ahead(self->ahead_data, &lane->ring[at], n, true);
}

static void
tell_turn(SimQueue *self)
{
    size_t at = self->turn_at + self->turn_told;
    size_t n = MIN(self->turn_len - at, SIM_QUEUE_BLOCK);
    self->turn_told += n;
    self->ahead(self->ahead_data, &self->turn[at], n, false);
}

static void
drop_lane(SimQueue *self, SimLane *lane)
{
    sim_lane_drop(lane);
    self->in_lanes--;
    lane->told -= lane->told > 0;
    if (self->ahead != NULL && is_time_to_tell(lane->told, lane->len))
        tell_lane(self, lane);
}

static void
drop_turn(SimQueue *self)
{
    self->turn_at++;
    self->turn_told -= self->turn_told > 0;
    if (self->turn_len - self->turn_at < LEAD + SIM_QUEUE_BLOCK)
        look_further(self);
    if (self->ahead != NULL && is_time_to_tell(self->turn_told, self->turn_len - self->turn_at))
        tell_turn(self);
}

/* The first event; there is one. @ret_lane: (out): where it waits, %NULL if that is no lane. */
static inline const SimEvent *
find_first(SimQueue *self, SimLane **ret_lane)
{
    while (self->turn_at == self->turn_len && self->late_len == 0 && self->size > self->in_lanes)
        advance(self);
    const SimEvent *late = self->late_len > 0 ? &self->late[0] : NULL;
    const SimEvent *first = self->turn_at < self->turn_len ? &self->turn[self->turn_at] : NULL;
    if (first == NULL || (late != NULL && sim_event_before(late, first)))
        first = late;
    *ret_lane = self->in_lanes > 0 ? first_lane(self, first) : NULL;
    return *ret_lane != NULL ? sim_lane_get(*ret_lane, 0) : first;
}

bool
sim_queue_pop(SimQueue *self, RollTime until, SimEvent *out)
{
    SimLane *lane;
    if (self->size == 0)
        return false;
    const SimEvent *first = find_first(self, &lane);
    if (first->due > until)
        return false;
    *out = *first;
    self->now = first->due;
    self->size--;
    if (lane != NULL)
        drop_lane(self, lane);
    else if (self->late_len > 0 && first == &self->late[0])
        drop_late(self);
    else
        drop_turn(self);
    return true;
}

RollTime
sim_queue_next(SimQueue *self)
{
    SimLane *lane;
    return self->size > 0 ? find_first(self, &lane)->due : ROLL_NEVER;
}

size_t
sim_queue_size(const SimQueue *self)
{
    return self->size;
}
