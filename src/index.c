/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The home of an entry is its tag under the mask; the tag is in the slot, so growing and removing
 * never look at what the values name. At most five eighths of the slots are taken, which keeps a
 * probe short and makes sure that it ends. */
#include "index.h"

#include <rollcall/pages.h>
#include <glib.h>

enum { FIRST_SIZE = 64 };

static RollIndexSlot *
new_slots(size_t n)
{
    RollIndexSlot *slots = roll_pages_new(n * sizeof *slots);
    for (size_t i = 0; i < n; i++)
        slots[i] = (RollIndexSlot){0, ROLL_INDEX_NONE};
    return slots;
}

void
roll_index_init(RollIndex *self)
{
    *self = (RollIndex){new_slots(FIRST_SIZE), FIRST_SIZE - 1, 0};
}

void
roll_index_free(RollIndex *self)
{
    roll_pages_free(self->slots, (self->mask + 1) * sizeof *self->slots);
    self->slots = NULL;
}

void
roll_index_clear(RollIndex *self)
{
    for (size_t i = 0; i <= self->mask; i++)
        self->slots[i].value = ROLL_INDEX_NONE;
    self->count = 0;
}

static void
place(RollIndex *self, RollIndexSlot entry)
{
    size_t i = entry.tag & self->mask;
    while (self->slots[i].value != ROLL_INDEX_NONE)
        i = (i + 1) & self->mask;
    self->slots[i] = entry;
}

static void
grow(RollIndex *self)
{
    RollIndexSlot *old = self->slots;
    size_t n = self->mask + 1;
    self->slots = new_slots(2 * n);
    self->mask = 2 * n - 1;
    for (size_t i = 0; i < n; i++)
        if (old[i].value != ROLL_INDEX_NONE)
            place(self, old[i]);
    roll_pages_free(old, n * sizeof *old);
}

void
roll_index_add(RollIndex *self, uint32_t tag, uint32_t value)
{
    if ((self->count + 1) * 8 > (self->mask + 1) * 5)
        grow(self);
    place(self, (RollIndexSlot){tag, value});
    self->count++;
}

void
roll_index_remove(RollIndex *self, uint32_t tag, uint32_t value)
{
    size_t hole = tag & self->mask;
    while (self->slots[hole].tag != tag || self->slots[hole].value != value) {
        g_return_if_fail(self->slots[hole].value != ROLL_INDEX_NONE);
        hole = (hole + 1) & self->mask;
    }
    /* Whatever probed past the hole on its way from home must move into it. */
    for (size_t i = (hole + 1) & self->mask; self->slots[i].value != ROLL_INDEX_NONE;
         i = (i + 1) & self->mask) {
        size_t from_home = (i - self->slots[i].tag) & self->mask;
        if (from_home >= ((i - hole) & self->mask)) {
            self->slots[hole] = self->slots[i];
            hole = i;
        }
    }
    self->slots[hole].value = ROLL_INDEX_NONE;
    self->count--;
}
