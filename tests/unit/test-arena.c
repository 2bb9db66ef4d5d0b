/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory of libosip2, in and outside of the arena, and that of large arrays. */
#include "src/arena.h"

#include <glib.h>
#include <osipparser2/osip_port.h>
#include <rollcall/pages.h>
#include <stdint.h>
#include <string.h>

static char *
filled(size_t size, char with)
{
    char *block = osip_malloc(size);
    g_assert_nonnull(block);
    g_assert_cmpuint((uintptr_t)block % 16, ==, 0);
    memset(block, with, size);
    return block;
}

static void
assert_holds(const char *block, size_t size, char what)
{
    for (size_t i = 0; i < size; i++)
        g_assert_cmpint(block[i], ==, what);
}

/* More than there is room for, so that the last ones come from elsewhere. */
static void
blocks_keep_apart(void)
{
    enum { N = 600 };
    char *blocks[N];
    roll_arena_begin();
    for (size_t i = 0; i < N; i++)
        blocks[i] = filled(i % 200 + 1, (char)i);
    for (size_t i = 0; i < N; i++) {
        assert_holds(blocks[i], i % 200 + 1, (char)i);
        osip_free(blocks[i]);
    }
    roll_arena_end();
}

static void
growing_keeps_what_is_there(void)
{
    roll_arena_begin();
    char *block = filled(10, 'a');
    char *other = filled(10, 'b');
    block = osip_realloc(block, 5000);
    assert_holds(block, 10, 'a');
    assert_holds(other, 10, 'b');
    block = osip_realloc(block, 100000);
    assert_holds(block, 10, 'a');
    block = osip_realloc(block, 4);
    assert_holds(block, 4, 'a');
    osip_free(block);
    osip_free(other);
    roll_arena_end();
}

/* osip_free() is a macro that may evaluate its argument twice. */
static void
take_and_give_back(void)
{
    char *block = filled(40, 'y');
    osip_free(block);
}

/* What somebody else asks libosip2 for lives as long as he wants. */
static void
outside_it_is_malloc(void)
{
    char *before = filled(40, 'x');
    roll_arena_begin();
    take_and_give_back();
    roll_arena_end();
    char *after = filled(40, 'z');
    roll_arena_begin();
    take_and_give_back();
    before = osip_realloc(before, 80);
    roll_arena_end();
    assert_holds(before, 40, 'x');
    assert_holds(after, 40, 'z');
    osip_free(before);
    osip_free(after);
}

static void
pages_are_zero(void)
{
    const size_t sizes[] = {1, 5000, ROLL_PAGE_HUGE - 1, ROLL_PAGE_HUGE, 3 * ROLL_PAGE_HUGE + 1};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *block = roll_pages_new(sizes[i]);
        assert_holds(block, sizes[i], 0);
        if (sizes[i] >= ROLL_PAGE_HUGE)
            g_assert_cmpuint((uintptr_t)block % ROLL_PAGE_HUGE, ==, 0);
        memset(block, 1, sizes[i]);
        roll_pages_free(block, sizes[i]);
    }
    roll_pages_free(NULL, 1);
    roll_pages_free(NULL, ROLL_PAGE_HUGE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    roll_arena_install();
    roll_arena_install();
    g_test_add_func("/arena/blocks-keep-apart", blocks_keep_apart);
    g_test_add_func("/arena/growing-keeps-what-is-there", growing_keeps_what_is_there);
    g_test_add_func("/arena/outside-it-is-malloc", outside_it_is_malloc);
    g_test_add_func("/pages/are-zero", pages_are_zero);
    return g_test_run();
}
