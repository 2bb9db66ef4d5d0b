/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The location table: address-of-record to bindings. It stores and finds; the rules of RFC 3261
 * are in rules.c and update.c. Rows never move, so a pointer to one is good until its row is
 * dropped. A binding pointer is good until a binding of its row is added or removed. */
#pragma once

#include "hash.h"
#include "wheel.h"
#include <rollcall/message.h>

/**
 * RollBinding: one record.
 * @expires_at: %ROLL_NEVER for a static record
 * @text: contact URI, header parameters and Call-ID, one behind the other, and the extension
 * @cseq: of the request that wrote it last
 * @q: thousandths, or %ROLL_Q_NONE
 */
typedef struct {
    RollTime registered_at;
    RollTime expires_at;
    char *text;
    uint32_t text_size : 31;
    uint32_t extended : 1;
    uint32_t cseq;
    uint16_t contact_len;
    uint16_t params_len;
    uint16_t call_id_len;
    int16_t q;
} RollBinding;

/** ROLL_BINDING_TEXT_MAX: the longest contact, parameters or Call-ID that fits. */
#define ROLL_BINDING_TEXT_MAX UINT16_MAX

static inline RollText
roll_binding_contact(const RollBinding *self)
{
    return (RollText){self->text, self->contact_len};
}

/** roll_binding_params: absent when the contact had none. */
static inline RollText
roll_binding_params(const RollBinding *self)
{
    const char *params = self->text + self->contact_len;
    return (RollText){self->params_len ? params : NULL, self->params_len};
}

static inline RollText
roll_binding_call_id(const RollBinding *self)
{
    return (RollText){self->text + self->contact_len + self->params_len, self->call_id_len};
}

/**
 * RollExtension: what only the bindings of clients with extensions have; kept behind their texts,
 * so that the others pay nothing for it.
 * @gruu: names the temporary GRUUs of the instance that are good now; 0 none (gruu.h)
 * @gruu_count: of those the one made for this binding last
 * @trunk: not 0: the binding was made by the registration of this trunk (bulk.h)
 * @instance: absent without; @path: absent without (RFC 3327)
 * @flow: the connection it came on; of family 0 if none is kept (RFC 5626)
 * @reg_id: not 0: it is bound by @instance and this (RFC 5626)
 * @bulk: its contact stands for the numbers of a trunk (RFC 6140)
 */
typedef struct {
    uint64_t gruu;
    uint64_t gruu_count;
    uint64_t trunk;
    RollText instance;
    RollText path;
    RollEndpoint flow;
    uint32_t reg_id;
    bool bulk;
} RollExtension;

/** roll_binding_extension: Returns: false, @out untouched, if @self has none. */
bool roll_binding_extension(const RollBinding *self, RollExtension *out);
/** roll_binding_set_gruu: on a binding with an extension. */
void roll_binding_set_gruu(RollBinding *self, uint64_t gruu);
/** roll_binding_has_flow: it came on the connection @flow. */
bool roll_binding_has_flow(const RollBinding *self, const RollEndpoint *flow);

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
