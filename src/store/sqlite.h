/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of the SQLite store: the file (sqlite-file.c), its rows (sqlite-rows.c), and the
 * thread that writes them (sqlite.c). */
#pragma once

#include <rollcall/store.h>
#include <sqlite3.h>

/**
 * RollSqlite: an open file.
 * @lock: descriptor of PATH-lock; held as long as the file is open, so that there is one writer
 * @upsert, @cut: writes one record; deletes those from a position on
 */
typedef struct {
    char *path;
    int lock;
    sqlite3 *db;
    sqlite3_stmt *upsert;
    sqlite3_stmt *cut;
} RollSqlite;

/** roll_sqlite_open: Returns: (transfer full): or %NULL; a file that is none of ours is as it was.
 */
RollSqlite *roll_sqlite_open(const char *path, GError **error);
void roll_sqlite_close(RollSqlite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollSqlite, roll_sqlite_close)

/** roll_sqlite_execute: statements without parameters whose rows nobody wants. */
bool roll_sqlite_execute(RollSqlite *self, const char *sql, GError **error);

/** roll_sqlite_fail: what went wrong last, in the words of SQLite; with the reason of
 * the system if errno was set to 0 before. Returns: false. */
bool roll_sqlite_fail(RollSqlite *self, GError **error);

/** roll_sqlite_write: in a transaction of the caller. */
bool roll_sqlite_write(RollSqlite *self, const RollState *state, GError **error);

/** roll_sqlite_read: roll_store_load(). */
bool roll_sqlite_read(RollSqlite *self, RollRecordVisitor visitor, void *data, GError **error);
