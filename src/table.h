/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The location table: address-of-record to bindings. It stores and finds; the rules of RFC 3261
 * are in rules.c and update.c. Rows never move, so a pointer to one is good until its row is
 * dropped. A binding pointer is good until a binding of its row is added or removed. */
#pragma once

#include "binding.h"
#include "hash.h"
#include "wheel.h"

/**
 * RollEntry: what a binding is to hold. Texts are borrowed and copied in.
 * @extension: %NULL for none
 */
typedef struct {
    RollText contact;
    RollText params;
    RollText call_id;
    RollTime registered_at;
    RollTime expires_at;
    uint32_t cseq;
    int q;
    const RollExtension *extension;
} RollEntry;

typedef struct RollRow RollRow;
typedef struct RollTable RollTable;

RollTable *roll_table_new(RollHashKey key);
void roll_table_free(RollTable *self);

/** roll_table_hash: of an AOR, for the calls below; computed once for a request. */
uint64_t roll_table_hash(const RollTable *self, RollText aor);
/** roll_table_prefetch: the caller will look for an AOR with @hash soon. */
void roll_table_prefetch(const RollTable *self, uint64_t hash);
/** roll_table_prefetch_row: some time after that: starts to fetch the row itself. */
void roll_table_prefetch_row(const RollTable *self, uint64_t hash);
/** roll_table_prefetch_place: roll_registrar_prefetch(). */
void roll_table_prefetch_place(const RollTable *self, uint32_t id, bool found);
/** roll_table_find: Returns: the row of @aor, or %NULL. */
RollRow *roll_table_find(const RollTable *self, RollText aor, uint64_t hash);
/** roll_table_add_row: a row without bindings for an @aor that has none. */
RollRow *roll_table_add_row(RollTable *self, RollText aor, uint64_t hash);
/** roll_table_find_flow: a row with a binding that came on @flow, or %NULL. */
RollRow *roll_table_find_flow(const RollTable *self, const RollEndpoint *flow);
/** roll_table_tidy: drops @row if it has no bindings. To be called after every removal. */
void roll_table_tidy(RollTable *self, RollRow *row);

/** roll_table_count: bindings; roll_table_count_rows: addresses-of-record. */
size_t roll_table_count(const RollTable *self);
size_t roll_table_count_rows(const RollTable *self);

/** roll_row_id: a number that finds the row again as long as it is the same one. */
uint32_t roll_row_id(const RollRow *row);
/** roll_table_get_row: by its number; %NULL if no row has it now. */
RollRow *roll_table_get_row(const RollTable *self, uint32_t id);
/** roll_table_limit: no row has this number or a higher one. */
uint32_t roll_table_limit(const RollTable *self);
RollText roll_row_aor(const RollRow *row);
/** roll_row_compare: the order of rows by their AORs, as of strcmp(). */
int roll_row_compare(const RollRow *a, const RollRow *b);
uint64_t *roll_row_mark(RollRow *row);
size_t roll_row_count(const RollRow *row);
/** roll_row_binding: the @i-th, oldest first. */
RollBinding *roll_row_binding(RollRow *row, size_t i);

/** roll_table_add: appends a binding. Returns: it. */
RollBinding *roll_table_add(RollTable *self, RollTime now, RollRow *row, const RollEntry *record);
/** roll_table_update: overwrites the @i-th binding. Returns: it. */
RollBinding *roll_table_update(RollTable *self, RollTime now, RollRow *row, size_t i,
                               const RollEntry *record);
/** roll_table_remove: takes the @i-th binding out; the others keep their order. */
void roll_table_remove(RollTable *self, RollRow *row, size_t i);

/**
 * roll_table_pop_expired: the next row with a binding expired by @horizon, in order of (expiry,
 * AOR). Remove from it what expired at @ret_due, then call roll_table_rearm(). %NULL for none.
 */
RollRow *roll_table_pop_expired(RollTable *self, RollTime horizon, RollTime *ret_due);
/** roll_table_rearm: puts a popped row back, or drops it when it is empty. */
void roll_table_rearm(RollTable *self, RollTime now, RollRow *row);
/** roll_table_next_expiry: no binding expires before this; roll_wheel_next(). */
RollTime roll_table_next_expiry(const RollTable *self);

/** roll_table_keep_ages: to be called on a new table that roll_table_find_oldest() is asked of. */
void roll_table_keep_ages(RollTable *self);
/** roll_table_count_fixed: bindings that roll_table_find_oldest() does not find, once it may. */
size_t roll_table_count_fixed(const RollTable *self);
/** roll_table_find_oldest: roll_ages_find(). */
RollRow *roll_table_find_oldest(RollTable *self, RollTime now, const RollRow *last, size_t *i);

/** ROLL_DUE_SLOTS: seconds further apart than this share a count; 36 hours. */
#define ROLL_DUE_SLOTS (1 << 17)

/** roll_table_keep_slots: to be called on a new table that roll_table_count_due() is asked of. */
void roll_table_keep_slots(RollTable *self);
/**
 * roll_table_count_due: the bindings that expire in the second of @at, and in those that are a
 * multiple of %ROLL_DUE_SLOTS away.
 */
size_t roll_table_count_due(const RollTable *self, RollTime at);
