/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <rollcall/pages.h>

#include <glib.h>
#include <stdint.h>
#include <sys/mman.h>

static size_t
round_up(size_t size)
{
    return (size + ROLL_PAGE_HUGE - 1) / ROLL_PAGE_HUGE * ROLL_PAGE_HUGE;
}

/* A huge page more than is asked for is mapped; what lies before and after the aligned part goes
 * back at once. */
static char *
map_aligned(size_t size)
{
    size_t mapped = size + ROLL_PAGE_HUGE;
    char *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    size_t before = round_up((uintptr_t)memory) - (uintptr_t)memory;
    size_t after = mapped - before - size;
    if (before > 0)
        munmap(memory, before);
    if (after > 0)
        munmap(memory + before + size, after);
    return memory + before;
}

void *
roll_pages_new(size_t size)
{
    if (size < ROLL_PAGE_HUGE)
        return g_malloc0(size);
    char *memory = map_aligned(round_up(size));
    if (!memory)
        g_error("out of memory: %zu bytes", size);
    madvise(memory, round_up(size), MADV_HUGEPAGE);
    return memory;
}

void
roll_pages_free(void *self, size_t size)
{
    if (size < ROLL_PAGE_HUGE)
        g_free(self);
    else if (self)
        munmap(self, round_up(size));
}
