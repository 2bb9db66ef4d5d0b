/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A location store: where the records of a registrar outlive it. The registrar's own table stays
 * the working copy; a store is told, address-of-record by address-of-record, what the records are
 * to be, and says when that is so. There are two kinds of store:
 *
 * - one of its own (SQLite): it is read whole when the server starts, and written after that;
 * - a shared one (Redis): others write to it, too, so the records of an address-of-record are
 *   fetched before a request about it is decided, and claimed if the request may change them.
 *
 * Without any store the records live in memory alone.
 *
 * Times are Unix time in microseconds: the server's registrar has its RollTime 0 at the Unix epoch.
 * Everything is called from one thread, and answers come through the GMainContext that was that
 * thread's default when the store was opened, never from inside the call that asked. */
#pragma once

#include <glib.h>
#include <rollcall/record.h>

/**
 * RollState: all the records of one address-of-record, oldest binding first. Borrowed.
 * @aor: canonical
 * @n_records: 0: none is left
 */
typedef struct {
    RollText aor;
    const RollRecord *records;
    size_t n_records;
} RollState;

/** RollBatch: states to be written together. Owns copies of their texts. */
typedef struct RollBatch RollBatch;

RollBatch *roll_batch_new(void);
void roll_batch_free(RollBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollBatch, roll_batch_free)

/** roll_batch_begin: from here on records are those of @aor; one that is begun twice counts as it
 * was begun last. */
void roll_batch_begin(RollBatch *self, RollText aor);

/** roll_batch_add: the next record of the address-of-record begun last; a #RollRecordVisitor with
 * the batch as its data. */
void roll_batch_add(void *self, const RollRecord *record);

/** roll_batch_count: states in it. */
size_t roll_batch_count(const RollBatch *self);

/** roll_batch_get: the @i-th; until the batch is changed. */
RollState roll_batch_get(const RollBatch *self, size_t i);

typedef struct RollStore RollStore;

#define ROLL_STORE_ERROR roll_store_error_quark()
GQuark roll_store_error_quark(void);

/**
 * RollStoreError:
 * %ROLL_STORE_ERROR_OPEN: cannot be opened, or is none of ours
 * %ROLL_STORE_ERROR_CORRUPT: its content is damaged; nothing was changed
 * %ROLL_STORE_ERROR_FULL: no room; what was there is kept
 * %ROLL_STORE_ERROR_READ_ONLY: may not be written
 * %ROLL_STORE_ERROR_LOST: cannot be reached now; it will be tried again
 * %ROLL_STORE_ERROR_CLAIMED: another server is changing this address-of-record, or took the claim
 *   over because it was held too long; nothing was written
 * %ROLL_STORE_ERROR_FAILED: anything else
 */
typedef enum {
    ROLL_STORE_ERROR_OPEN,
    ROLL_STORE_ERROR_CORRUPT,
    ROLL_STORE_ERROR_FULL,
    ROLL_STORE_ERROR_READ_ONLY,
    ROLL_STORE_ERROR_LOST,
    ROLL_STORE_ERROR_CLAIMED,
    ROLL_STORE_ERROR_FAILED,
} RollStoreError;

/** RollStoreDone: @error: %NULL once everything is durable; else nothing of the batch is known to
 * be. Borrowed. */
typedef void (*RollStoreDone)(void *data, const GError *error);

/** RollStoreFetched: @state: the live records; %NULL with @error set. Borrowed. */
typedef void (*RollStoreFetched)(void *data, const RollState *state, const GError *error);

/**
 * roll_store_open_sqlite:
 * @path: of the database file, made if it is not there
 * @error: %ROLL_STORE_ERROR_OPEN, _CORRUPT, _FULL, _READ_ONLY with the path and the reason
 * Returns: (transfer full): or %NULL
 */
RollStore *roll_store_open_sqlite(const char *path, GError **error);

/**
 * RollRedisSettings:
 * @host, @port: of the server; @path: of a Unix socket instead, or %NULL
 * @password: or %NULL; @username: or %NULL
 * @database: number; 0 in a cluster
 * @prefix: of every key; %NULL for "rollcall"
 * @claim_ms: how long a claim lasts if its holder dies; 0 for 2000
 */
typedef struct {
    const char *host;
    uint16_t port;
    const char *path;
    const char *username;
    const char *password;
    int database;
    const char *prefix;
    uint32_t claim_ms;
} RollRedisSettings;

/**
 * roll_store_open_redis: does not wait for the server: until it answers, what is asked fails with
 * %ROLL_STORE_ERROR_LOST, and the connection is tried again by itself.
 * Returns: (transfer full): never %NULL
 */
RollStore *roll_store_open_redis(const RollRedisSettings *settings);

/** roll_store_free: waits until what was to be written is written; nobody is told any more. */
void roll_store_free(RollStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollStore, roll_store_free)

/** roll_store_name: "sqlite" or "redis". */
const char *roll_store_name(const RollStore *self);

/** roll_store_is_shared: others write to it; so roll_store_fetch() comes first. */
bool roll_store_is_shared(const RollStore *self);

/** roll_store_is_lost: it cannot be reached now; what is asked would fail. */
bool roll_store_is_lost(const RollStore *self);

/**
 * roll_store_load: shows @visitor every record; of a store that is not shared, before anything is
 * written. Those of one address-of-record come together, oldest binding first.
 * Returns: false with @error set; what was shown so far was right.
 */
bool roll_store_load(RollStore *self, RollRecordVisitor visitor, void *data, GError **error);

/**
 * roll_store_write: makes the records of each address-of-record of @batch what the batch says, all
 * or none (a shared store: of each by itself). Batches are written in the order they came. A claim
 * that is held ends with it.
 * @batch: (transfer full)
 */
void roll_store_write(RollStore *self, RollBatch *batch, RollStoreDone done, void *data);

/**
 * roll_store_fetch: asks a shared store for the records of @aor.
 * @claim: they may be changed: nobody else gets a claim on @aor until roll_store_write() or
 *   roll_store_release(), or its time is over
 */
void roll_store_fetch(RollStore *self, RollText aor, bool claim, RollStoreFetched fetched,
                      void *data);

/** roll_store_release: ends the claim on @aor with nothing changed. */
void roll_store_release(RollStore *self, RollText aor);
