/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A block has its size before it, so that it can be copied when it is to grow. With
 * AddressSanitizer each block comes from malloc(), so that it sees what libosip2 does beyond its
 * ends. */
#include "arena.h"

#include <glib.h>
#include <osipparser2/osip_port.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 32768, ALIGN = 16 };

static _Thread_local struct {
    bool open;
    size_t used;
    _Alignas(ALIGN) char room[ROOM];
} arena;

static bool
is_inside(const void *block)
{
    return (uintptr_t)block - (uintptr_t)arena.room < ROOM;
}

static void *
arena_malloc(size_t size)
{
    size_t need = ALIGN + (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!arena.open || size > ROOM || need > ROOM - arena.used)
        return malloc(size);
    char *block = arena.room + arena.used + ALIGN;
    memcpy(block - ALIGN, &size, sizeof size);
    arena.used += need;
    return block;
}

static void
arena_free(void *block)
{
    if (!is_inside(block))
        free(block);
}

static void *
arena_realloc(void *block, size_t size)
{
    if (!is_inside(block))
        return realloc(block, size);
    size_t old;
    memcpy(&old, (char *)block - ALIGN, sizeof old);
    void *copy = arena_malloc(size);
    if (copy)
        memcpy(copy, block, MIN(old, size));
    return copy;
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

void
roll_arena_install(void)
{
    static gsize done;
    if (!g_once_init_enter(&done))
        return;
#ifndef SANITIZED
    if (!osip_malloc_func && !osip_realloc_func && !osip_free_func)
        osip_set_allocators(arena_malloc, arena_realloc, arena_free);
#else
    (void)arena_malloc;
    (void)arena_realloc;
    (void)arena_free;
#endif
    g_once_init_leave(&done, 1);
}

void
roll_arena_begin(void)
{
    arena.open = true;
    arena.used = 0;
}

void
roll_arena_end(void)
{
    arena.open = false;
}
