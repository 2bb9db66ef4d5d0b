/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the database share: the connection, and statements that are prepared once. */
#pragma once

#include "sim/campaign/database.h"

#include <sqlite3.h>

typedef enum {
    SIM_STATEMENT_SAY,
    SIM_STATEMENT_POINT,
    SIM_STATEMENT_PARAMETER,
    SIM_STATEMENT_RUN,
    SIM_STATEMENT_VALUE,
    SIM_STATEMENT_ESTIMATE,
    SIM_STATEMENT_QUANTILE,
    SIM_STATEMENT_WARMUP,
    SIM_STATEMENT_SERIES,
    SIM_N_STATEMENTS,
} SimStatement;

struct SimDatabase {
    sqlite3 *db;
    char *path;
    int lock;
    char *lock_path;
    sqlite3_stmt *statements[SIM_N_STATEMENTS];
};

/** sim_database_fail: @error from SQLite's message. Returns: false */
bool sim_database_fail(SimDatabase *self, GError **error);
bool sim_database_execute(SimDatabase *self, const char *sql, GError **error);

/** sim_database_prepare: finalized by the caller; %NULL with @error. */
sqlite3_stmt *sim_database_prepare(SimDatabase *self, const char *sql, GError **error);

/** sim_database_statement: the one of that name, prepared if it was not yet; borrowed. */
sqlite3_stmt *sim_database_statement(SimDatabase *self, SimStatement which, const char *sql,
                                     GError **error);

/** sim_database_end_rows: finalizes @statement (or %NULL), whose last sqlite3_step() gave @code.
 * Returns: false with @error if that was neither a row nor the end */
bool sim_database_end_rows(SimDatabase *self, sqlite3_stmt *statement, int code, GError **error);

/** sim_database_step: runs it, and resets it for the next time. */
bool sim_database_step(SimDatabase *self, sqlite3_stmt *statement, GError **error);

/** sim_database_bind_real: NaN and infinity as NULL. */
void sim_database_bind_real(sqlite3_stmt *statement, int i, double value);
