/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which record of a table was written longest ago, for a registrar that gives the places of old
 * ones to new ones. A wheel over the rows, ordered by the oldest record of each; as it is armed
 * lazily, a refresh does not touch it. */
#pragma once

#include "table.h"

typedef struct RollAges RollAges;

RollAges *roll_ages_new(void);
void roll_ages_free(RollAges *self);

/** roll_ages_is_fixed: @binding keeps its place: it is static or goes with a trunk. */
bool roll_ages_is_fixed(const RollBinding *binding);

/** roll_ages_note: @row has got a binding, or one of its bindings an earlier time. */
void roll_ages_note(RollAges *self, RollTime now, RollRow *row);

/** roll_ages_forget: @row is about to be dropped. */
void roll_ages_forget(RollAges *self, const RollRow *row);

/**
 * roll_ages_find: the binding that was registered or refreshed longest ago and is not fixed; of
 * equals, the one with the first AOR, but one of @last after all others.
 * @i: (out): its place in the row; set if there is one
 * Returns: its row, or %NULL.
 */
RollRow *roll_ages_find(RollAges *self, RollTime now, const RollRow *last, size_t *i);
