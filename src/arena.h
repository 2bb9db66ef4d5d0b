/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where libosip2 gets its memory from while it reads a message: it makes some thirty small blocks
 * for one and frees them all before the next. They are cut off one piece of memory, which begins
 * anew each time: a twelfth of the instructions of a registration less. Outside of
 * roll_arena_begin() and roll_arena_end() libosip2 has the memory of malloc(), for whoever else
 * uses it in this process. */
#pragma once

/** roll_arena_install: once for the process; harmless after that, and where somebody has given
 * libosip2 allocators of his own: they stay. */
void roll_arena_install(void);

/** roll_arena_begin: what this thread asks libosip2 for from now on is freed before
 * roll_arena_end(). Calls do not nest. */
void roll_arena_begin(void);
void roll_arena_end(void);
