/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a hash to numbers: open addressing with linear probing. The index knows neither keys nor
 * what the numbers name; whoever asks compares the candidates. Eight bytes a slot, so that a hit
 * costs one cache line. Removal shifts later entries back; there are no tombstones to clean up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROLL_INDEX_NONE UINT32_MAX

/** RollIndexSlot: @tag: low half of the hash; @value: a number, or %ROLL_INDEX_NONE when free. */
typedef struct {
    uint32_t tag;
    uint32_t value;
} RollIndexSlot;

/** RollIndex: open so that probing is inlined; change it only with the functions below. */
typedef struct {
    RollIndexSlot *slots;
    size_t mask;
    size_t count;
} RollIndex;

void roll_index_init(RollIndex *self);
void roll_index_free(RollIndex *self);
/** roll_index_clear: forgets every entry, keeps the memory. */
void roll_index_clear(RollIndex *self);
/** roll_index_add: the same pair may be added twice and then counts twice. */
void roll_index_add(RollIndex *self, uint32_t tag, uint32_t value);
/** roll_index_remove: one entry that must be there. */
void roll_index_remove(RollIndex *self, uint32_t tag, uint32_t value);

/** roll_index_prefetch: the caller will look for @tag soon. */
static inline void
roll_index_prefetch(const RollIndex *self, uint32_t tag)
{
    __builtin_prefetch(&self->slots[tag & self->mask]);
}

/**
 * roll_index_next: the candidates for @tag one after the other.
 * @step: 0 at first; kept by the caller
 * Returns: a value added under @tag, or %ROLL_INDEX_NONE after the last.
 */
static inline uint32_t
roll_index_next(const RollIndex *self, uint32_t tag, size_t *step)
{
    for (;;) {
        RollIndexSlot slot = self->slots[(tag + (*step)++) & self->mask];
        if (slot.value == ROLL_INDEX_NONE || slot.tag == tag)
            return slot.value;
    }
}
