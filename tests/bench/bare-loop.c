/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The floor: `bare-loop PHONES HOURS` runs the workload of `rollcall bench --suite scale` with
 * nothing in it: phones that refresh each half hour, are on for exp(8 h) and off for exp(2 h), and
 * whose record expires after an hour; no names, no registrar, no packets, no measurement. One event
 * for each phone waits in time buckets, which are sorted when their turn comes; the phones of the
 * next ones are fetched ahead. It prints events, then nanoseconds of processor for each.
 *
 * It shares no code with the simulator, so that nothing that makes that slow is in here too. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define REFRESH (1800 * SECOND)
#define EXPIRES (3600 * SECOND)
#define RING (1u << 18) /* longer than a refresh, also of ten million phones */
#define CHUNK 31u
#define NONE UINT32_MAX
#define AHEAD 8

typedef struct {
    int64_t due;
    uint64_t phone;
} Event;

typedef struct {
    Event events[CHUNK];
    uint32_t next;
} Chunk;

typedef struct {
    uint32_t first;
    uint32_t count;
} Bucket;

typedef struct {
    int64_t toggles;
    int64_t expires;
    uint64_t random;
    uint64_t on;
} Phone;

static Bucket ring[RING];
static Chunk *chunks;
static uint32_t n_chunks, free_chunk = NONE;
static Phone *phones;
static int shift = 10;

static void *
map(size_t size)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 2 << 20, size))
        exit(1);
    madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Splitmix64, then the logarithm. */
static int64_t
draw(Phone *phone, double mean_s)
{
    uint64_t z = phone->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    double u = ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
    return (int64_t)(-log(u) * mean_s * 1e6);
}

/* What is due later than the ring is long waits a turn in the bucket that is last. */
static void
push(Event event, int64_t current)
{
    int64_t at = event.due >> shift;
    if (at >= current + RING)
        at = current + RING - 1;
    Bucket *bucket = &ring[at % RING];
    if (bucket->count >= CHUNK) {
        uint32_t i = free_chunk != NONE ? free_chunk : n_chunks++;
        if (free_chunk != NONE)
            free_chunk = chunks[i].next;
        chunks[i].next = bucket->first;
        *bucket = (Bucket){i, 0};
    }
    chunks[bucket->first].events[bucket->count++] = event;
}

static size_t
drain(Bucket *bucket, Event **room, size_t *size)
{
    size_t n = 0;
    while (bucket->first != NONE) {
        Chunk *chunk = &chunks[bucket->first];
        if (n + CHUNK > *size)
            *room = realloc(*room, (*size = 2 * *size + CHUNK) * sizeof(Event));
        memcpy(*room + n, chunk->events, bucket->count * sizeof(Event));
        n += bucket->count;
        uint32_t next = chunk->next;
        chunk->next = free_chunk;
        free_chunk = bucket->first;
        *bucket = (Bucket){next, CHUNK};
    }
    *bucket = (Bucket){NONE, NONE};
    return n;
}

static void
sort(Event *events, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        Event event = events[i];
        size_t j = i;
        for (; j > 0 && event.due < events[j - 1].due; j--)
            events[j] = events[j - 1];
        events[j] = event;
    }
}

/* What is not due yet waits on. Returns: how many are. */
static size_t
put_off(Event *events, size_t n, int64_t current)
{
    size_t n_due = 0;
    for (size_t i = 0; i < n; i++) {
        if (events[i].due >> shift == current)
            events[n_due++] = events[i];
        else
            push(events[i], current);
    }
    return n_due;
}

/* Returns: when the phone is next due. */
static int64_t
handle(Phone *phone, int64_t now)
{
    if (now >= phone->toggles) {
        phone->on = !phone->on;
        phone->toggles = now + 1 + draw(phone, phone->on ? 8 * 3600 : 2 * 3600);
    }
    if (!phone->on)
        return phone->expires > now && phone->expires < phone->toggles ? phone->expires
                                                                       : phone->toggles;
    phone->expires = now + EXPIRES;
    return now + REFRESH < phone->toggles ? now + REFRESH : phone->toggles;
}

static uint64_t
run(int64_t end)
{
    Event *turn = NULL;
    size_t size = 0;
    uint64_t events = 0;
    for (int64_t current = 0; current << shift < end; current++) {
        size_t n = drain(&ring[current % RING], &turn, &size);
        n = put_off(turn, n, current);
        const Bucket *next = &ring[(current + 1) % RING];
        for (size_t i = 0; next->first != NONE && i < sizeof(Chunk); i += 64)
            __builtin_prefetch((const char *)&chunks[next->first] + i);
        sort(turn, n);
        for (size_t i = 0; i < n; i++) {
            if (i + AHEAD < n)
                __builtin_prefetch(&phones[turn[i + AHEAD].phone]);
            int64_t next_due = handle(&phones[turn[i].phone], turn[i].due);
            push((Event){next_due, turn[i].phone}, current);
        }
        events += n;
    }
    free(turn);
    return events;
}

int
main(int argc, char **argv)
{
    uint64_t n = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
    double hours = argc == 3 ? atof(argv[2]) : 0;
    if (n < 1 || n > 100000000 || hours <= 0) {
        fprintf(stderr, "Usage: bare-loop PHONES HOURS\n");
        return 2;
    }
    /* About 32 events to a bucket. */
    while (shift < 21 && (double)(INT64_C(1) << shift) * (double)n / (double)REFRESH < 32)
        shift++;
    memset(ring, 0xff, sizeof ring);
    phones = map(n * sizeof *phones);
    chunks = map((n / CHUNK + 2 * RING) * sizeof *chunks);
    for (uint64_t i = 0; i < n; i++) {
        phones[i] = (Phone){.random = i * 1442695040888963407u, .on = true};
        phones[i].toggles = draw(&phones[i], 8 * 3600);
        push((Event){(int64_t)(i * 40503u % 65536) * REFRESH / 65536, i}, 0);
    }
    double began = now_s();
    uint64_t events = run((int64_t)(hours * 3600) * SECOND);
    printf("%llu %.2f\n", (unsigned long long)events, 1e9 * (now_s() - began) / (double)events);
    return 0;
}
