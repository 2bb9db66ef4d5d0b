/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who gets which address of a pool. */
#include "sim/model/pool.h"

#include <string.h>

#define BASE 0x0a000001u

typedef struct {
    SimNetworkSpec network;
    GHashTable *holders;
    SimPool *pool;
    uint32_t draws;
} Fixture;

static Fixture *
fixture_new(SimAssign assign, uint32_t size)
{
    Fixture *self = g_new0(Fixture, 1);
    self->network = (SimNetworkSpec){.pool_base = BASE, .pool_size = size, .assign = assign};
    self->holders = g_hash_table_new(NULL, NULL);
    self->pool = sim_pool_new(&self->network, sim_random_new(1, 0), self->holders);
    return self;
}

static void
fixture_free(Fixture *self)
{
    sim_pool_free(self->pool);
    g_hash_table_unref(self->holders);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

/* Returns: the offset of what device @id gets, or -1 */
static int
take(Fixture *self, uint32_t id)
{
    uint32_t address = sim_pool_take(self->pool, id, self->draws++);
    if (address == 0)
        return -1;
    g_assert_true(g_hash_table_add(self->holders, GUINT_TO_POINTER(address)));
    g_assert_true(sim_pool_has(self->pool, address));
    return (int)(address - BASE);
}

static void
give(Fixture *self, int offset)
{
    g_assert_true(g_hash_table_remove(self->holders, GUINT_TO_POINTER(BASE + offset)));
    sim_pool_give(self->pool, BASE + (uint32_t)offset);
}

static void
test_oldest(void)
{
    g_autoptr(Fixture) self = fixture_new(SIM_ASSIGN_OLDEST, 5);
    for (int i = 0; i < 3; i++)
        g_assert_cmpint(take(self, 7), ==, i);
    give(self, 1);
    give(self, 0);
    /* Those that nobody ever had have been free for longest. */
    static const int next[] = {3, 4, 1, 0, -1};
    for (size_t i = 0; i < G_N_ELEMENTS(next); i++)
        g_assert_cmpint(take(self, 7), ==, next[i]);
}

static void
test_oldest_cycles(void)
{
    g_autoptr(Fixture) self = fixture_new(SIM_ASSIGN_OLDEST, 100);
    for (int i = 0; i < 60; i++)
        g_assert_cmpint(take(self, 1), ==, i);
    /* 40 free: an address that is given back is the 40th after it, whatever happens. */
    int held = 0;
    for (int i = 0; i < 10000; i++) {
        int expected = (60 + i) % 100;
        g_assert_cmpint(take(self, 1), ==, expected);
        give(self, held);
        held = (held + 1) % 100;
    }
}

static void
test_sticky(void)
{
    g_autoptr(Fixture) self = fixture_new(SIM_ASSIGN_STICKY, 4);
    for (uint32_t id = 0; id < 4; id++)
        g_assert_cmpint(take(self, id), ==, (int)id);
    give(self, 0);
    give(self, 1);
    give(self, 2);
    g_assert_cmpint(take(self, 2), ==, 2); /* its former one, though others are free for longer */
    g_assert_cmpint(take(self, 9), ==, 0); /* the oldest */
    g_assert_cmpint(take(self, 0), ==, 1); /* its former one is another's */
    g_assert_cmpint(take(self, 1), ==, -1);
    give(self, 1);
    g_assert_cmpint(take(self, 0), ==, 1); /* the last it had, not the first */
    give(self, 0);
    g_assert_cmpint(take(self, 5), ==, 0); /* what had been passed over is not given twice */
    g_assert_cmpint(take(self, 6), ==, -1);
}

static void
test_random(void)
{
    g_autoptr(Fixture) self = fixture_new(SIM_ASSIGN_RANDOM, 10);
    unsigned seen[10] = {0};
    for (int i = 0; i < 10; i++)
        g_assert_cmpint(take(self, 3), >=, 0);
    g_assert_cmpint(take(self, 3), ==, -1);
    for (int i = 0; i < 4; i++)
        give(self, 2 * i);
    for (int i = 0; i < 20000; i++) {
        int offset = take(self, 3);
        seen[offset]++;
        give(self, offset);
    }
    for (int i = 0; i < 10; i++) {
        bool free = i % 2 == 0 && i < 8;
        g_assert_cmpuint(seen[i], >=, free ? 4750 : 0);
        g_assert_cmpuint(seen[i], <=, free ? 5250 : 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pool/oldest/first-given-first-taken", test_oldest);
    g_test_add_func("/pool/oldest/an-address-rests-while-the-others-are-given", test_oldest_cycles);
    g_test_add_func("/pool/sticky/the-former-one-else-the-oldest", test_sticky);
    g_test_add_func("/pool/random/any-that-is-free-and-no-other", test_random);
    return g_test_run();
}
