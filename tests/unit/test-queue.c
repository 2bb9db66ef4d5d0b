/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The event queue against a sorted array. */
#include "sim/engine/queue.h"
#include "sim/engine/random.h"

#include <stdlib.h>

static SimRandom source;

static uint64_t
number(uint32_t i, uint32_t stream, uint64_t below)
{
    return (uint64_t)(sim_random_uniform(&source, stream, SIM_PURPOSE_START, i, 0) * (double)below);
}

static void
ties_go_by_class_entity_ordinal(void)
{
    g_autoptr(SimQueue) queue = sim_queue_new(0, 1);
    const uint64_t order[] = {
        sim_order(SIM_CLASS_WORLD, 9, 0),     sim_order(SIM_CLASS_DELIVERY, 2, 7),
        sim_order(SIM_CLASS_DELIVERY, 2, 8),  sim_order(SIM_CLASS_DELIVERY, 3, 0),
        sim_order(SIM_CLASS_REGISTRAR, 0, 0), sim_order(SIM_CLASS_PHONE, 1, 0),
        sim_order(SIM_CLASS_SAMPLING, 0, 0),
    };
    for (size_t i = G_N_ELEMENTS(order); i-- > 0;)
        sim_queue_push(queue, (SimEvent){1000, order[i], 0, 0});
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        SimEvent event;
        g_assert_true(sim_queue_pop(queue, ROLL_NEVER, &event));
        g_assert_cmpuint(event.order, ==, order[i]);
    }
    g_assert_cmpuint(sim_queue_size(queue), ==, 0);
}

static void
nothing_after_until(void)
{
    g_autoptr(SimQueue) queue = sim_queue_new(-5 * ROLL_HOUR, 1);
    SimEvent event;
    sim_queue_push(queue, (SimEvent){-ROLL_HOUR, 0, 1, 0});
    sim_queue_push(queue, (SimEvent){ROLL_DAY, 0, 2, 0});
    g_assert_false(sim_queue_pop(queue, -2 * ROLL_HOUR, &event));
    g_assert_true(sim_queue_pop(queue, -ROLL_HOUR, &event));
    g_assert_cmpuint(event.what, ==, 1);
    g_assert_false(sim_queue_pop(queue, 0, &event));
    /* Something still comes for the time before the one that was looked at. */
    sim_queue_push(queue, (SimEvent){5, 0, 3, 0});
    g_assert_true(sim_queue_pop(queue, 10, &event));
    g_assert_cmpuint(event.what, ==, 3);
    g_assert_true(sim_queue_pop(queue, ROLL_NEVER, &event));
    g_assert_cmpuint(event.what, ==, 2);
}

static int
compare(const void *a, const void *b)
{
    const SimEvent *x = a;
    const SimEvent *y = b;
    if (x->due != y->due)
        return x->due < y->due ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* @spread: of the due times; from one bucket to many revolutions. Half the events come while the
 * queue is being emptied, never before what was last taken. */
static void
comes_out_sorted(gconstpointer data)
{
    enum { N = 20000 };
    uint64_t spread = *(const uint64_t *)data;
    RollTime start = -(RollTime)(spread / 3);
    g_autoptr(SimQueue) queue = sim_queue_new(start, 1e12 / (double)spread);
    g_autofree SimEvent *seen = g_new(SimEvent, N);
    g_autofree SimEvent *sorted = g_new(SimEvent, N);
    size_t pushed = 0;
    RollTime now = start;
    for (size_t popped = 0; popped < N; popped++) {
        for (unsigned k = 0; pushed < N && (pushed < N / 2 || k < 2); k++, pushed++) {
            uint32_t i = (uint32_t)pushed;
            SimEvent event = {now + (RollTime)number(i, 1, spread), number(i, 2, 1000), i, 0};
            if (event.due == now && popped > 0)
                event.due++;
            sorted[pushed] = event;
            sim_queue_push(queue, event);
        }
        g_assert_true(sim_queue_pop(queue, ROLL_NEVER, &seen[popped]));
        g_assert_cmpint(seen[popped].due, >=, now);
        now = seen[popped].due;
    }
    g_assert_false(sim_queue_pop(queue, ROLL_NEVER, &seen[0]));
    qsort(sorted, N, sizeof *sorted, compare);
    for (size_t i = 1; i < N; i++)
        g_assert_cmpint(compare(&seen[i - 1], &seen[i]), <=, 0);
    for (size_t i = 1; i < N; i++)
        g_assert_cmpint(seen[i].due, ==, sorted[i].due);
}

typedef struct {
    size_t told;
    RollTime ahead;
} Watched;

static void
on_pushed(void *data, RollTime now, const SimEvent *event)
{
    Watched *self = data;
    self->told++;
    self->ahead = event->due - now;
}

static void
each_push_is_told(void)
{
    g_autoptr(SimQueue) queue = sim_queue_new(0, 1);
    Watched watched = {0};
    SimEvent event = {7, 1, 0, 0};
    sim_queue_add_lane(queue, 50);
    sim_queue_watch(queue, on_pushed, &watched);
    sim_queue_push(queue, event);
    g_assert_cmpint(watched.ahead, ==, 7);
    g_assert_true(sim_queue_pop(queue, ROLL_NEVER, &event));
    sim_queue_push(queue, (SimEvent){57, 1, 0, 0});
    g_assert_cmpuint(watched.told, ==, 2);
    g_assert_cmpint(watched.ahead, ==, 50);
}

#define LANE_A (500 * ROLL_MILLISECOND)
#define LANE_B (5 * ROLL_MILLISECOND)

/* From the same moment to a month ahead; half of them exactly as far as a lane. */
static RollTime
ahead(uint32_t i)
{
    static const uint64_t spans[] = {2, 10000, 1000000, 600000000, 86400000000, 3000000000000};
    uint64_t kind = number(i, 3, 12);
    if (kind >= 6)
        return kind % 2 ? LANE_A : LANE_B;
    return (RollTime)number(i, 4, spans[kind]);
}

/* The hold model with and without lanes, and in a plain sequence that is always in order. */
static void
hold_pops_what_a_sorted_list_pops(gconstpointer data)
{
    enum { N = 500, ROUNDS = 30000 };
    double per_second = *(const double *)data;
    g_autoptr(SimQueue) plain = sim_queue_new(0, per_second);
    g_autoptr(SimQueue) lanes = sim_queue_new(0, per_second);
    g_autoptr(GSequence) list = g_sequence_new(g_free);
    sim_queue_add_lane(lanes, LANE_A);
    sim_queue_add_lane(lanes, LANE_B);
    for (uint32_t i = 0; i < N + ROUNDS; i++) {
        SimEvent event = {ahead(i), sim_order(SIM_CLASS_PHONE, i, 0), i, 0};
        SimEvent other = event;
        if (i >= N) {
            const SimEvent *first = g_sequence_get(g_sequence_get_begin_iter(list));
            g_assert_true(sim_queue_pop(plain, ROLL_NEVER, &event));
            g_assert_true(sim_queue_pop(lanes, ROLL_NEVER, &other));
            g_assert_cmpmem(&event, sizeof event, first, sizeof *first);
            g_assert_cmpmem(&other, sizeof other, first, sizeof *first);
            g_sequence_remove(g_sequence_get_begin_iter(list));
            event.due += ahead(i);
            event.order = sim_order((SimClass)(i % 6), sim_event_entity(&event), 0);
        }
        sim_queue_push(plain, event);
        sim_queue_push(lanes, event);
        g_sequence_insert_sorted(list, g_memdup2(&event, sizeof event),
                                 (GCompareDataFunc)(void (*)(void))compare, NULL);
    }
    g_assert_cmpuint(sim_queue_size(plain), ==, N);
    g_assert_cmpuint(sim_queue_size(lanes), ==, N);
}

typedef struct {
    uint32_t popped;
    uint32_t told_at[500]; /* by entity: how many had been popped, plus 1 */
    size_t told;
    size_t told_in_lane;
} Told;

static void
on_ahead(void *data, const SimEvent *events, size_t n, bool in_lane)
{
    Told *self = data;
    g_assert_cmpuint(n, >, 0);
    g_assert_cmpuint(n, <=, SIM_QUEUE_BLOCK);
    for (size_t i = 0; i < n; i++) {
        uint32_t *told_at = &self->told_at[sim_event_entity(&events[i])];
        g_assert_cmpuint(*told_at, ==, 0);
        g_assert_true(events[i].what == in_lane);
        *told_at = self->popped + 1;
    }
    self->told += n;
    self->told_in_lane += in_lane ? n : 0;
}

/* Where no event comes between others late, each is told once, and some time before its turn. */
static void
what_comes_is_told_by_the_block(void)
{
    enum { N = 500, ROUNDS = 20000 };
    g_autoptr(SimQueue) queue = sim_queue_new(0, 1000);
    Told told = {0};
    sim_queue_add_lane(queue, LANE_A);
    sim_queue_look_ahead(queue, on_ahead, &told);
    for (uint32_t i = 0; i < N; i++)
        sim_queue_push(queue, (SimEvent){(RollTime)number(i, 5, 2 * ROLL_SECOND),
                                         sim_order(SIM_CLASS_PHONE, i, 0), 0, 0});
    for (uint32_t i = 0; i < ROUNDS; i++) {
        SimEvent event;
        g_assert_true(sim_queue_pop(queue, ROLL_NEVER, &event));
        uint32_t *told_at = &told.told_at[sim_event_entity(&event)];
        if (i > N) {
            g_assert_cmpuint(*told_at, >, 0);
            g_assert_cmpuint(i + 1 - *told_at, >=, SIM_QUEUE_BLOCK / 2 - 1);
        }
        *told_at = 0;
        told.popped = i + 1;
        event.what = number(i, 6, 2) == 0;
        event.due +=
            event.what ? LANE_A : ROLL_SECOND + (RollTime)number(i, 7, (uint64_t)ROLL_SECOND);
        sim_queue_push(queue, event);
    }
    g_assert_cmpuint(told.told, >, ROUNDS);
    g_assert_cmpuint(told.told_in_lane, >, ROUNDS / 3);
}

int
main(int argc, char **argv)
{
    static const uint64_t spreads[] = {1, 1000, 1000000, 3600000000, 86400000000, 31536000000000};
    static const double rates[] = {0.01, 1000, 1000000};
    g_test_init(&argc, &argv, NULL);
    source = sim_random_new(11, 0);
    g_test_add_func("/queue/ties-go-by-class-entity-ordinal", ties_go_by_class_entity_ordinal);
    g_test_add_func("/queue/nothing-after-until", nothing_after_until);
    for (size_t i = 0; i < G_N_ELEMENTS(spreads); i++) {
        g_autofree char *path =
            g_strdup_printf("/queue/comes-out-sorted/%" G_GUINT64_FORMAT "us", spreads[i]);
        g_test_add_data_func(path, &spreads[i], comes_out_sorted);
    }
    g_test_add_func("/queue/each-push-is-told", each_push_is_told);
    g_test_add_func("/queue/what-comes-is-told-by-the-block", what_comes_is_told_by_the_block);
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_autofree char *path =
            g_strdup_printf("/queue/hold-pops-what-a-sorted-list-pops/%g-per-second", rates[i]);
        g_test_add_data_func(path, &rates[i], hold_pops_what_a_sorted_list_pops);
    }
    return g_test_run();
}
