/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All get the memory that the queue of the simulator has, huge pages included, so that what is
 * compared is what they do with it. */
#include "sim/command/bench-heaps.h"

#include <glib.h>
#include <rollcall/pages.h>

/* A heap in an array in which each event has up to @arity children. */
typedef struct {
    size_t room;
    size_t len;
    SimEvent *events;
} Heap;

static void *
heap_create(const SimEventLoad *load)
{
    Heap *self = g_new0(Heap, 1);
    self->room = load->size + 1;
    self->events = roll_pages_new(self->room * sizeof(SimEvent));
    return self;
}

static void
heap_destroy(void *data)
{
    Heap *self = data;
    roll_pages_free(self->events, self->room * sizeof(SimEvent));
    g_free(self);
}

static inline void
heap_push(Heap *self, const SimEvent *event, size_t arity)
{
    size_t i = self->len++;
    for (; i > 0 && sim_event_before(event, &self->events[(i - 1) / arity]); i = (i - 1) / arity)
        self->events[i] = self->events[(i - 1) / arity];
    self->events[i] = *event;
}

static inline size_t
first_child(const Heap *self, size_t i, size_t arity)
{
    size_t first = arity * i + 1;
    size_t end = MIN(first + arity, self->len);
    for (size_t child = first + 1; child < end; child++)
        if (sim_event_before(&self->events[child], &self->events[first]))
            first = child;
    return first;
}

static inline void
heap_pop(Heap *self, SimEvent *out, size_t arity)
{
    *out = self->events[0];
    SimEvent last = self->events[--self->len];
    size_t i = 0;
    while (arity * i + 1 < self->len) {
        size_t child = first_child(self, i, arity);
        if (!sim_event_before(&self->events[child], &last))
            break;
        self->events[i] = self->events[child];
        i = child;
    }
    self->events[i] = last;
}

static void
heap2_push(void *self, const SimEvent *event)
{
    heap_push(self, event, 2);
}

static void
heap2_pop(void *self, SimEvent *out)
{
    heap_pop(self, out, 2);
}

static void
heap4_push(void *self, const SimEvent *event)
{
    heap_push(self, event, 4);
}

static void
heap4_pop(void *self, SimEvent *out)
{
    heap_pop(self, out, 4);
}

/* A pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986) with two passes. Nodes are numbered
 * from 1; 0 is none. */
typedef struct {
    SimEvent event;
    uint32_t child;
    uint32_t next; /* sibling; or the next free one */
} Node;

typedef struct {
    size_t room;
    uint32_t used;
    uint32_t free;
    uint32_t root;
    Node *nodes;
} Pairing;

static void *
pairing_create(const SimEventLoad *load)
{
    Pairing *self = g_new0(Pairing, 1);
    self->room = load->size + 2;
    self->nodes = roll_pages_new(self->room * sizeof(Node));
    return self;
}

static void
pairing_destroy(void *data)
{
    Pairing *self = data;
    roll_pages_free(self->nodes, self->room * sizeof(Node));
    g_free(self);
}

static inline uint32_t
link_pair(Pairing *self, uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return a + b;
    if (sim_event_before(&self->nodes[b].event, &self->nodes[a].event)) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    self->nodes[b].next = self->nodes[a].child;
    self->nodes[a].child = b;
    return a;
}

static void
pairing_push(void *data, const SimEvent *event)
{
    Pairing *self = data;
    uint32_t i = self->free;
    if (i != 0)
        self->free = self->nodes[i].next;
    else
        i = ++self->used;
    self->nodes[i] = (Node){*event, 0, 0};
    self->root = link_pair(self, self->root, i);
}

static void
pairing_pop(void *data, SimEvent *out)
{
    Pairing *self = data;
    uint32_t root = self->root;
    uint32_t pairs = 0;
    *out = self->nodes[root].event;
    for (uint32_t a = self->nodes[root].child, rest; a != 0; a = rest) {
        uint32_t b = self->nodes[a].next;
        rest = b != 0 ? self->nodes[b].next : 0;
        uint32_t pair = link_pair(self, a, b);
        self->nodes[pair].next = pairs;
        pairs = pair;
    }
    self->root = 0;
    for (uint32_t pair = pairs, rest; pair != 0; pair = rest) {
        rest = self->nodes[pair].next;
        self->root = link_pair(self, self->root, pair);
    }
    self->nodes[root].next = self->free;
    self->free = root;
}

static int
compare(const void *a, const void *b, G_GNUC_UNUSED void *data)
{
    return sim_event_before(a, b) ? -1 : sim_event_before(b, a);
}

/* GLib's containers hold pointers; the events stand in an array, and the place of the one that was
 * popped is that of the next one pushed. */
typedef struct {
    size_t room;
    SimEvent *events;
    size_t used;
    SimEvent *free;
    GTree *tree;
    GSequence *sequence;
} Glib;

static Glib *
glib_create(const SimEventLoad *load)
{
    Glib *self = g_new0(Glib, 1);
    self->room = load->size + 1;
    self->events = roll_pages_new(self->room * sizeof(SimEvent));
    return self;
}

static void *
gtree_create(const SimEventLoad *load)
{
    Glib *self = glib_create(load);
    self->tree = g_tree_new_with_data(compare, NULL);
    return self;
}

static void *
gsequence_create(const SimEventLoad *load)
{
    Glib *self = glib_create(load);
    self->sequence = g_sequence_new(NULL);
    return self;
}

static void
glib_destroy(void *data)
{
    Glib *self = data;
    g_clear_pointer(&self->tree, g_tree_unref);
    g_clear_pointer(&self->sequence, g_sequence_free);
    roll_pages_free(self->events, self->room * sizeof(SimEvent));
    g_free(self);
}

static SimEvent *
glib_place(Glib *self, const SimEvent *event)
{
    SimEvent *place = self->free != NULL ? self->free : &self->events[self->used++];
    self->free = NULL;
    *place = *event;
    return place;
}

static void
gtree_push(void *data, const SimEvent *event)
{
    Glib *self = data;
    g_tree_insert_node(self->tree, glib_place(self, event), NULL);
}

static void
gtree_pop(void *data, SimEvent *out)
{
    Glib *self = data;
    SimEvent *first = g_tree_node_key(g_tree_node_first(self->tree));
    g_tree_remove(self->tree, first);
    self->free = first;
    *out = *first;
}

static void
gsequence_push(void *data, const SimEvent *event)
{
    Glib *self = data;
    g_sequence_insert_sorted(self->sequence, glib_place(self, event), compare, NULL);
}

static void
gsequence_pop(void *data, SimEvent *out)
{
    Glib *self = data;
    GSequenceIter *begin = g_sequence_get_begin_iter(self->sequence);
    self->free = g_sequence_get(begin);
    *out = *self->free;
    g_sequence_remove(begin);
}

const SimEventSet sim_bench_heap2 = {"heap2",    SIZE_MAX,  heap_create,
                                     heap2_push, heap2_pop, heap_destroy};
const SimEventSet sim_bench_heap4 = {"heap4",    SIZE_MAX,  heap_create,
                                     heap4_push, heap4_pop, heap_destroy};
const SimEventSet sim_bench_pairing = {"pairing",    SIZE_MAX,    pairing_create,
                                       pairing_push, pairing_pop, pairing_destroy};
const SimEventSet sim_bench_gtree = {"gtree",    1000000,   gtree_create,
                                     gtree_push, gtree_pop, glib_destroy};
const SimEventSet sim_bench_gsequence = {"gsequence",    1000000,       gsequence_create,
                                         gsequence_push, gsequence_pop, glib_destroy};
