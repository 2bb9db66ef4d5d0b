/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fingerprint is a chain, so it is made again from the entries of all parts in their order.
 *
 * Of the events, those of a phone are the same in every split, and the strikes of the world and
 * the bins come in each part, but count once. How often a registrar is woken is another matter: a
 * part knows of its own records only. But it is woken by a simple rule, and when the next record
 * needs it, among all, is the least of what the parts say; so the rule is followed here once more.
 */
#include "sim/experiment/merge.h"

#include <glib.h>

#define WAKE_ORDER sim_order(SIM_CLASS_REGISTRAR, 0, 0)

SimMerge *
sim_merge_new(size_t n_parts)
{
    SimMerge *self = g_new0(SimMerge, 1);
    self->n_parts = n_parts;
    self->fingerprint = SIM_FINGERPRINT_START;
    self->next = g_new(RollTime, n_parts);
    for (size_t i = 0; i < n_parts; i++)
        self->next[i] = ROLL_NEVER;
    self->armed = ROLL_NEVER;
    self->queue = g_array_new(FALSE, FALSE, sizeof(RollTime));
    return self;
}

void
sim_merge_free(SimMerge *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->queue);
    g_free(self->next);
    g_free(self);
}

static inline bool
before(const SimLogEntry *a, const SimLogEntry *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    return a->order != b->order ? a->order < b->order : a->tie < b->tie;
}

static inline uint64_t
mix(uint64_t hash, const SimLogEntry *entry)
{
    hash = sim_fingerprint_mix(hash, (uint64_t)entry->at);
    hash = sim_fingerprint_mix(hash, entry->what);
    hash = sim_fingerprint_mix(hash, entry->where);
    return sim_fingerprint_mix(hash, entry->number);
}

typedef struct {
    const SimLogEntry *at;
    const SimLogEntry *end;
} Cursor;

/* Which of two is next is anybody's guess, so no branch is made of it: what takes the time is then
 * the chain alone. */
static uint64_t
mix_two(uint64_t hash, Cursor *a, Cursor *b)
{
    while (a->at < a->end && b->at < b->end) {
        bool second = before(b->at, a->at);
        const SimLogEntry *entry = second ? b->at : a->at;
        a->at += !second;
        b->at += second;
        hash = mix(hash, entry);
    }
    return hash;
}

/* Cursors in a heap, the next one on top. */
static void
sift(Cursor *heap, size_t n, size_t i)
{
    Cursor cursor = heap[i];
    for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && before(heap[child + 1].at, heap[child].at))
            child++;
        if (!before(heap[child].at, cursor.at))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = cursor;
}

static void
mix_entries(SimMerge *self, SimLogWindow *const *windows)
{
    g_autofree Cursor *heap = g_new(Cursor, self->n_parts);
    uint64_t hash = self->fingerprint;
    size_t n = 0;
    for (size_t i = 0; i < self->n_parts; i++)
        if (windows[i]->n_entries > 0)
            heap[n++] = (Cursor){windows[i]->entries, windows[i]->entries + windows[i]->n_entries};
    for (size_t i = n / 2; i-- > 0;)
        sift(heap, n, i);
    while (n > 2) {
        hash = mix(hash, heap[0].at++);
        if (heap[0].at == heap[0].end)
            heap[0] = heap[--n];
        sift(heap, n, 0);
    }
    if (n == 2)
        hash = mix_two(hash, &heap[0], &heap[1]);
    for (size_t i = 0; i < n; i++)
        for (; heap[i].at < heap[i].end; heap[i].at++)
            hash = mix(hash, heap[i].at);
    self->fingerprint = hash;
}

static void
push_wake(SimMerge *self, RollTime due)
{
    guint i = self->queue->len;
    while (i > 0 && g_array_index(self->queue, RollTime, i - 1) < due)
        i--;
    g_array_insert_val(self->queue, i, due);
}

static RollTime
first_wake(const SimMerge *self)
{
    return self->queue->len > 0 ? g_array_index(self->queue, RollTime, self->queue->len - 1)
                                : ROLL_NEVER;
}

/* sim_run_arm_registrar() for all parts at once. */
static void
arm(SimMerge *self, RollTime now)
{
    RollTime wake = ROLL_NEVER;
    for (size_t i = 0; i < self->n_parts; i++)
        wake = MIN(wake, self->next[i]);
    if (wake >= self->armed)
        return;
    self->armed = MAX(wake, now);
    push_wake(self, self->armed);
}

/* Takes the first event of the registrar. Returns: whether that wakes it. */
static bool
pop_wake(SimMerge *self)
{
    RollTime due = first_wake(self);
    g_array_set_size(self->queue, self->queue->len - 1);
    self->wakes++;
    if (self->armed != due)
        return false;
    self->armed = ROLL_NEVER;
    return true;
}

/* Wakes in which no part found anything that makes its next one another. */
static void
pass_wakes(SimMerge *self, RollTime at, uint64_t order)
{
    for (;;) {
        RollTime due = first_wake(self);
        if (due == ROLL_NEVER || due > at || (due == at && WAKE_ORDER >= order))
            return;
        if (pop_wake(self))
            arm(self, due);
    }
}

static bool
wake_before(const SimLogWake *a, const SimLogWake *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static const SimLogWake *
find_first(const SimMerge *self, SimLogWindow *const *windows, const size_t *places)
{
    const SimLogWake *first = NULL;
    for (size_t i = 0; i < self->n_parts; i++) {
        if (places[i] == windows[i]->n_wakes)
            continue;
        const SimLogWake *wake = &windows[i]->wakes[places[i]];
        if (first == NULL || wake_before(wake, first))
            first = wake;
    }
    return first;
}

/* What the parts say of one event: that of one phone, or a wake, which is theirs together. */
static void
take_changes(SimMerge *self, SimLogWindow *const *windows, size_t *places, const SimLogWake *event)
{
    for (size_t i = 0; i < self->n_parts; i++)
        while (places[i] < windows[i]->n_wakes &&
               !wake_before(event, &windows[i]->wakes[places[i]]))
            self->next[i] = windows[i]->wakes[places[i]++].next;
}

static void
replay_wakes(SimMerge *self, SimLogWindow *const *windows)
{
    g_autofree size_t *places = g_new0(size_t, self->n_parts);
    const SimLogWake *first;
    while ((first = find_first(self, windows, places)) != NULL) {
        SimLogWake event = *first;
        pass_wakes(self, event.at, event.order);
        /* A part that finds something finds it when the whole would be woken; see docs/method.md.
         */
        bool woken = event.order != WAKE_ORDER || (first_wake(self) == event.at && pop_wake(self));
        g_warn_if_fail(woken);
        take_changes(self, windows, places, &event);
        arm(self, event.at);
    }
    pass_wakes(self, windows[0]->end, UINT64_MAX);
}

void
sim_merge_add(SimMerge *self, SimLogWindow *const *windows)
{
    mix_entries(self, windows);
    replay_wakes(self, windows);
    self->now = windows[0]->end;
    self->events = self->wakes + windows[0]->common;
    for (size_t i = 0; i < self->n_parts; i++)
        self->events += windows[i]->own;
}
