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

int
main(int argc, char **argv)
{
    static const uint64_t spreads[] = {1, 1000, 1000000, 3600000000, 86400000000, 31536000000000};
    g_test_init(&argc, &argv, NULL);
    source = sim_random_new(11, 0);
    g_test_add_func("/queue/ties-go-by-class-entity-ordinal", ties_go_by_class_entity_ordinal);
    g_test_add_func("/queue/nothing-after-until", nothing_after_until);
    for (size_t i = 0; i < G_N_ELEMENTS(spreads); i++) {
        g_autofree char *path =
            g_strdup_printf("/queue/comes-out-sorted/%" G_GUINT64_FORMAT "us", spreads[i]);
        g_test_add_data_func(path, &spreads[i], comes_out_sorted);
    }
    return g_test_run();
}
