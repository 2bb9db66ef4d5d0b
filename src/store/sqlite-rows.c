/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A record as a row: an absent text is NULL, as is a q that was not given, a record that never
 * expires, and a flow that is none. */
#include "flow.h"
#include "sqlite.h"

#include <errno.h>

/* Columns of the table; parameters of the upsert are numbered from 1. */
enum {
    AOR,
    POSITION,
    CONTACT,
    PARAMS,
    CALL_ID,
    CSEQ,
    Q,
    REGISTERED_AT,
    EXPIRES_AT,
    PATH,
    INSTANCE,
    REG_ID,
    FLOW,
};

/* Borrowed until the next one is bound: the batch lives until it is written. */
static void
bind_text(sqlite3_stmt *statement, int column, RollText text)
{
    if (text.ptr)
        sqlite3_bind_text(statement, column + 1, text.ptr, (int)text.len, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, column + 1);
}

static void
bind_number(sqlite3_stmt *statement, int column, int64_t number, int64_t none)
{
    if (number == none)
        sqlite3_bind_null(statement, column + 1);
    else
        sqlite3_bind_int64(statement, column + 1, number);
}

static void
bind(sqlite3_stmt *statement, const RollRecord *record, char flow[ROLL_FLOW_MAX])
{
    size_t flow_len = roll_flow_write(&record->flow, flow);
    bind_text(statement, CONTACT, record->contact.ptr ? record->contact : ROLL_TEXT(""));
    bind_text(statement, PARAMS, record->params);
    bind_text(statement, CALL_ID, record->call_id);
    sqlite3_bind_int64(statement, CSEQ + 1, record->cseq);
    bind_number(statement, Q, record->q, ROLL_Q_NONE);
    sqlite3_bind_int64(statement, REGISTERED_AT + 1, record->registered_at);
    bind_number(statement, EXPIRES_AT, record->expires_at, ROLL_NEVER);
    bind_text(statement, PATH, record->path);
    bind_text(statement, INSTANCE, record->instance);
    bind_number(statement, REG_ID, record->reg_id, 0);
    bind_text(statement, FLOW, (RollText){flow_len > 0 ? flow : NULL, flow_len});
}

static bool
step(RollSqlite *self, sqlite3_stmt *statement, GError **error)
{
    errno = 0;
    bool good = sqlite3_step(statement) == SQLITE_DONE || roll_sqlite_fail(self, error);
    sqlite3_reset(statement);
    return good;
}

bool
roll_sqlite_write(RollSqlite *self, const RollState *state, GError **error)
{
    char flow[ROLL_FLOW_MAX];
    bind_text(self->upsert, AOR, state->aor);
    for (size_t i = 0; i < state->n_records; i++) {
        sqlite3_bind_int64(self->upsert, POSITION + 1, (sqlite3_int64)i);
        bind(self->upsert, &state->records[i], flow);
        if (!step(self, self->upsert, error))
            return false;
    }
    bind_text(self->cut, AOR, state->aor);
    sqlite3_bind_int64(self->cut, POSITION + 1, (sqlite3_int64)state->n_records);
    return step(self, self->cut, error);
}

static RollText
read_text(sqlite3_stmt *row, int column)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return (RollText){0};
    const char *text = (const char *)sqlite3_column_text(row, column);
    return (RollText){text ? text : "", (size_t)sqlite3_column_bytes(row, column)};
}

static int64_t
read_number(sqlite3_stmt *row, int column, int64_t none)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? none
                                                           : sqlite3_column_int64(row, column);
}

/* Others may have written, and damage need not show in the structure of the file. */
static bool
read_record(sqlite3_stmt *row, RollRecord *out)
{
    int64_t cseq = sqlite3_column_int64(row, CSEQ), q = read_number(row, Q, ROLL_Q_NONE);
    int64_t reg_id = read_number(row, REG_ID, 0);
    *out = (RollRecord){
        .aor = read_text(row, AOR),
        .contact = read_text(row, CONTACT),
        .params = read_text(row, PARAMS),
        .call_id = read_text(row, CALL_ID),
        .cseq = (uint32_t)cseq,
        .q = (int)q,
        .registered_at = sqlite3_column_int64(row, REGISTERED_AT),
        .expires_at = read_number(row, EXPIRES_AT, ROLL_NEVER),
        .path = read_text(row, PATH),
        .instance = read_text(row, INSTANCE),
        .reg_id = (uint32_t)reg_id,
    };
    return cseq >= 0 && cseq <= UINT32_MAX && q >= ROLL_Q_NONE && q <= 1000 && reg_id >= 0 &&
           reg_id <= UINT32_MAX && roll_flow_read(read_text(row, FLOW), &out->flow);
}

static bool
read_rows(RollSqlite *self, sqlite3_stmt *rows, RollRecordVisitor visitor, void *data,
          GError **error)
{
    RollRecord record;
    int code;
    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        if (!read_record(rows, &record)) {
            g_set_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CORRUPT,
                        "%s: table location, aor %.*s: a number or the flow is out of range",
                        self->path, (int)record.aor.len, record.aor.ptr);
            return false;
        }
        visitor(data, &record);
    }
    return code == SQLITE_DONE || roll_sqlite_fail(self, error);
}

bool
roll_sqlite_read(RollSqlite *self, RollRecordVisitor visitor, void *data, GError **error)
{
    static const char ROWS[] = "SELECT aor, position, contact, params, call_id, cseq, q, "
                               "registered_at, expires_at, path, instance, reg_id, flow "
                               "FROM location ORDER BY aor, position";
    sqlite3_stmt *rows = NULL;
    bool good = sqlite3_prepare_v2(self->db, ROWS, -1, &rows, NULL) == SQLITE_OK
                    ? read_rows(self, rows, visitor, data, error)
                    : roll_sqlite_fail(self, error);
    sqlite3_finalize(rows);
    return good;
}
