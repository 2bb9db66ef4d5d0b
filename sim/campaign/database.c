/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening, committing, writing anew. Tables are keyed by what their rows are about (WITHOUT ROWID),
 * so that their order does not depend on when a row came. */
#include "sim/campaign/database.h"
#include "sim/campaign/database-parts.h"

#include "sim/scenario/words.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char SCHEMA[] =
    "CREATE TABLE campaign (name TEXT PRIMARY KEY, value TEXT NOT NULL,"
    " identity INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE metric (metric INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL,"
    " formula TEXT NOT NULL, meaning TEXT NOT NULL);"
    "CREATE TABLE point (point INTEGER PRIMARY KEY, changes TEXT NOT NULL);"
    "CREATE TABLE parameter (point INTEGER, ordinal INTEGER, key TEXT NOT NULL,"
    " value TEXT NOT NULL, number REAL, varied INTEGER NOT NULL,"
    " PRIMARY KEY (point, ordinal)) WITHOUT ROWID;"
    "CREATE TABLE run (point INTEGER, replication INTEGER, seed TEXT NOT NULL,"
    " stream INTEGER NOT NULL, fingerprint TEXT NOT NULL, events INTEGER NOT NULL,"
    " registrations INTEGER NOT NULL, observed_s REAL NOT NULL, longest_queue INTEGER NOT NULL,"
    " longest_wait_s REAL NOT NULL, sample BLOB NOT NULL,"
    " PRIMARY KEY (point, replication)) WITHOUT ROWID;"
    "CREATE TABLE value (point INTEGER, replication INTEGER, population TEXT, metric INTEGER,"
    " value REAL NOT NULL, error REAL, PRIMARY KEY (point, replication, population, metric))"
    " WITHOUT ROWID;"
    "CREATE TABLE estimate (point INTEGER, population TEXT, metric INTEGER, value REAL NOT NULL,"
    " low REAL, high REAL, error REAL, runs INTEGER NOT NULL,"
    " PRIMARY KEY (point, population, metric)) WITHOUT ROWID;"
    "CREATE TABLE quantile (point INTEGER, population TEXT, name TEXT, p REAL, value_s REAL,"
    " low_s REAL, high_s REAL, PRIMARY KEY (point, population, name, p)) WITHOUT ROWID;"
    "CREATE TABLE warmup (point INTEGER, metric INTEGER, bins INTEGER NOT NULL,"
    " cut_s REAL NOT NULL, over INTEGER NOT NULL, enough INTEGER NOT NULL, z REAL,"
    " PRIMARY KEY (point, metric)) WITHOUT ROWID;"
    "CREATE TABLE series (point INTEGER, replication INTEGER, metric INTEGER, start_s REAL,"
    " value REAL, PRIMARY KEY (point, replication, metric, start_s)) WITHOUT ROWID;"
    "CREATE VIEW results AS SELECT point, replication, population, metric.name AS metric, unit,"
    " value, error FROM value JOIN metric USING (metric);"
    "CREATE VIEW estimates AS SELECT point, population, metric.name AS metric, unit, value, low,"
    " high, error, runs FROM estimate JOIN metric USING (metric);";

#define APPLICATION 0x726f6c6c /* "roll", for file(1) */

bool
sim_database_fail(SimDatabase *self, GError **error)
{
    g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID, "%s: %s", self->path,
                sqlite3_errmsg(self->db));
    return false;
}

bool
sim_database_execute(SimDatabase *self, const char *sql, GError **error)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           sim_database_fail(self, error);
}

sqlite3_stmt *
sim_database_prepare(SimDatabase *self, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK)
        return statement;
    sim_database_fail(self, error);
    return NULL;
}

bool
sim_database_end_rows(SimDatabase *self, sqlite3_stmt *statement, int code, GError **error)
{
    bool good = code == SQLITE_DONE || code == SQLITE_ROW;
    if (statement != NULL && !good)
        sim_database_fail(self, error);
    sqlite3_finalize(statement);
    return good;
}

bool
sim_database_step(SimDatabase *self, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);
    bool good = code == SQLITE_DONE || code == SQLITE_ROW;
    if (!good)
        sim_database_fail(self, error);
    sqlite3_reset(statement);
    return good;
}

void
sim_database_bind_real(sqlite3_stmt *statement, int i, double value)
{
    if (isfinite(value))
        sqlite3_bind_double(statement, i, value);
    else
        sqlite3_bind_null(statement, i);
}

/* One process at a time writes; how many read is SQLite's business. */
static bool
lock(SimDatabase *self, GError **error)
{
    self->lock_path = g_strconcat(self->path, ".lock", NULL);
    self->lock = g_open(self->lock_path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (self->lock < 0)
        return sim_words_fail(error, "%s: %s", self->lock_path, g_strerror(errno));
    if (flock(self->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    close(self->lock);
    self->lock = -1;
    return sim_words_fail(error,
                          "%s is being written by another process; wait for it, or choose another "
                          "place with --output",
                          self->path);
}

static void
unlock(SimDatabase *self)
{
    if (self->lock < 0)
        return;
    g_unlink(self->lock_path);
    close(self->lock);
    self->lock = -1;
}

static void
close_file(SimDatabase *self)
{
    for (size_t i = 0; i < SIM_N_STATEMENTS; i++)
        g_clear_pointer(&self->statements[i], sqlite3_finalize);
    sqlite3_close(self->db);
    self->db = NULL;
}

void
sim_database_free(SimDatabase *self)
{
    if (self == NULL)
        return;
    close_file(self);
    unlock(self);
    g_free(self->lock_path);
    g_free(self->path);
    g_free(self);
}

static int64_t
pragma(SimDatabase *self, const char *sql)
{
    g_autoptr(GError) error = NULL;
    sqlite3_stmt *statement = sim_database_prepare(self, sql, &error);
    int64_t value = -1;
    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static bool
list_metrics(SimDatabase *self, GError **error)
{
    sqlite3_stmt *statement =
        sim_database_prepare(self, "INSERT INTO metric VALUES (?, ?, ?, ?, ?)", error);
    bool good = statement != NULL;
    for (unsigned i = 0; good && i < SIM_N_METRICS; i++) {
        const SimMetricInfo *info = sim_metric_info(i);
        g_autofree char *formula = sim_metric_formula(i);
        sqlite3_bind_int(statement, 1, (int)i);
        sqlite3_bind_text(statement, 2, info->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, info->unit, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 4, formula, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(statement, 5, info->meaning, -1, SQLITE_STATIC);
        good = sim_database_step(self, statement, error);
    }
    sqlite3_finalize(statement);
    return good;
}

static bool
say(SimDatabase *self, const char *name, const char *value, bool identity, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_SAY, "INSERT OR REPLACE INTO campaign VALUES (?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(statement, 3, identity);
    return sim_database_step(self, statement, error);
}

bool
sim_database_set(SimDatabase *self, const char *name, const char *value, GError **error)
{
    return say(self, name, value, false, error);
}

static bool
create(SimDatabase *self, const SimCampaignFact *identity, size_t n, GError **error)
{
    g_autofree char *numbers = g_strdup_printf(
        "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION, SIM_DATABASE_SCHEMA);
    if (!sim_database_execute(self, "BEGIN", error) || !sim_database_execute(self, SCHEMA, error) ||
        !sim_database_execute(self, numbers, error) || !list_metrics(self, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!say(self, identity[i].name, identity[i].value, true, error))
            return false;
    return sim_database_execute(self, "COMMIT", error);
}

/* A text of many lines, such as a scenario, is not shown. */
static bool
check_identity(SimDatabase *self, const SimCampaignFact *identity, GError **error)
{
    g_autofree char *there = sim_database_get(self, identity->name);
    if (g_strcmp0(there, identity->value) == 0)
        return true;
    bool show = there != NULL && strchr(there, '\n') == NULL && strlen(there) < 100 &&
                strchr(identity->value, '\n') == NULL && strlen(identity->value) < 100;
    if (show)
        return sim_words_fail(error,
                              "%s holds another campaign: its %s is \"%s\", not \"%s\"; remove it "
                              "or choose another place with --output",
                              self->path, identity->name, there, identity->value);
    return sim_words_fail(error,
                          "%s holds another campaign: its %s is not the same; remove it or choose "
                          "another place with --output",
                          self->path, identity->name);
}

static bool
check_kind(SimDatabase *self, GError **error)
{
    if (pragma(self, "PRAGMA application_id") != APPLICATION)
        return sim_words_fail(error, "%s is not a database of rollcall", self->path);
    int64_t schema = pragma(self, "PRAGMA user_version");
    if (schema == SIM_DATABASE_SCHEMA)
        return true;
    return sim_words_fail(error, "%s has schema %d; this program knows schema %d", self->path,
                          (int)schema, SIM_DATABASE_SCHEMA);
}

/* A file in which nothing was ever committed is as good as none. */
static bool
is_empty(SimDatabase *self)
{
    return pragma(self, "SELECT count(*) FROM sqlite_schema") == 0;
}

static bool
check_campaign(SimDatabase *self, const SimCampaignFact *identity, size_t n, GError **error)
{
    if (!check_kind(self, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!check_identity(self, &identity[i], error))
            return false;
    return true;
}

static bool
prepare_file(SimDatabase *self, const SimCampaignFact *identity, size_t n, GError **error)
{
    bool empty = is_empty(self);
    /* Before anything is written: what is refused stays as it is, to the byte. */
    if (!empty && !check_campaign(self, identity, n, error))
        return false;
    /* FULL: what is acknowledged survives a power failure, too. */
    if (!sim_database_execute(self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", error))
        return false;
    return !empty || create(self, identity, n, error);
}

static SimDatabase *
new_database(const char *path)
{
    SimDatabase *self = g_new0(SimDatabase, 1);
    self->path = g_strdup(path);
    self->lock = -1;
    return self;
}

SimDatabase *
sim_database_open(const char *path, const SimCampaignFact *identity, size_t n_identity,
                  GError **error)
{
    g_autoptr(SimDatabase) self = new_database(path);
    if (!lock(self, error))
        return NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, &self->db, flags, NULL) != SQLITE_OK) {
        sim_database_fail(self, error);
        return NULL;
    }
    sqlite3_busy_timeout(self->db, 10000);
    return prepare_file(self, identity, n_identity, error) ? g_steal_pointer(&self) : NULL;
}

SimDatabase *
sim_database_read(const char *path, GError **error)
{
    g_autoptr(SimDatabase) self = new_database(path);
    if (sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        sim_database_fail(self, error);
        return NULL;
    }
    sqlite3_busy_timeout(self->db, 10000);
    return check_kind(self, error) ? g_steal_pointer(&self) : NULL;
}

sqlite3_stmt *
sim_database_statement(SimDatabase *self, SimStatement which, const char *sql, GError **error)
{
    if (self->statements[which] == NULL)
        self->statements[which] = sim_database_prepare(self, sql, error);
    return self->statements[which];
}

char *
sim_database_get(SimDatabase *self, const char *name)
{
    sqlite3_stmt *statement =
        sim_database_prepare(self, "SELECT value FROM campaign WHERE name = ?", NULL);
    char *value = NULL;
    if (statement == NULL)
        return NULL;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

/* VACUUM INTO writes the rows in the order of their keys and no page that was ever free. It counts
 * the schema up, and how often that happened before is nobody's business. */
static bool
write_anew(SimDatabase *self, GError **error)
{
    g_autofree char *fresh = g_strconcat(self->path, ".new", NULL);
    g_unlink(fresh);
    if (!sim_database_execute(self, "PRAGMA schema_version = 1", error))
        return false;
    sqlite3_stmt *statement = sim_database_prepare(self, "VACUUM INTO ?", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, fresh, -1, SQLITE_TRANSIENT);
    bool good = sim_database_step(self, statement, error);
    sqlite3_finalize(statement);
    close_file(self);
    if (!good)
        return false;
    if (g_rename(fresh, self->path) == 0)
        return true;
    return sim_words_fail(error, "%s: %s", self->path, g_strerror(errno));
}

bool
sim_database_finish(SimDatabase *self, bool complete, GError **error)
{
    if (!sim_database_execute(self, "COMMIT", error))
        return false;
    if (complete)
        return write_anew(self, error);
    close_file(self);
    return true;
}
