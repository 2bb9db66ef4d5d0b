/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The database file: whose it is, whether it is sound, who may write it. The first bytes are read
 * before SQLite sees the file, since SQLite may write to what it opens, if only to tidy up behind
 * whoever had it open last.
 *
 * A write-ahead log with synchronous=FULL: a commit is one write and one fsync() at the end of the
 * log, and survives a power failure; others can read at the same time. */
#include "sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION 0x726c6f63 /* "rloc", for file(1) */
#define SCHEMA 1
/* Where the header of a database has them, big-endian. */
#define AT_USER_VERSION 60
#define AT_APPLICATION 68
#define HEADER_SIZE 100
#define BUSY_MS 10000

/* Small pages: a record changes one, and all of it is written twice, into the log and into the
 * file. */
static const char CREATE[] =
    "PRAGMA page_size = 2048;"
    "BEGIN EXCLUSIVE;"
    "PRAGMA application_id = " G_STRINGIFY(
        APPLICATION) ";"
                     "PRAGMA user_version = " G_STRINGIFY(
                         SCHEMA) ";"
                                 "CREATE TABLE location (aor TEXT NOT NULL, position INTEGER NOT "
                                 "NULL, contact TEXT NOT NULL,"
                                 " params TEXT, call_id TEXT, cseq INTEGER NOT NULL, q INTEGER, "
                                 "registered_at INTEGER NOT NULL,"
                                 " expires_at INTEGER, path TEXT, instance TEXT, reg_id INTEGER, "
                                 "flow TEXT,"
                                 " PRIMARY KEY (aor, position)) WITHOUT ROWID;"
                                 "CREATE VIEW readable AS SELECT aor, contact, q / 1000.0 AS q,"
                                 " datetime(registered_at / 1000000, 'unixepoch') AS registered,"
                                 " datetime(expires_at / 1000000, 'unixepoch') AS expires, path, "
                                 "instance, reg_id, flow"
                                 " FROM location"
                                 " WHERE expires_at IS NULL OR expires_at > strftime('%s', 'now') "
                                 "* 1000000;"
                                 "COMMIT;";

/* The log is copied into the file when it has this many pages (sqlite.c), not at each commit. */
static const char TUNE[] = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                           "PRAGMA cache_size = -65536; PRAGMA cell_size_check = ON;";

static RollStoreError
kind_of(int code, int cause)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return ROLL_STORE_ERROR_FULL;
    case SQLITE_READONLY:
        return ROLL_STORE_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ROLL_STORE_ERROR_CORRUPT;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
            return ROLL_STORE_ERROR_FULL;
        if (cause == EROFS || cause == EACCES || cause == EPERM)
            return ROLL_STORE_ERROR_READ_ONLY;
        return code == SQLITE_CANTOPEN ? ROLL_STORE_ERROR_OPEN : ROLL_STORE_ERROR_FAILED;
    default:
        return ROLL_STORE_ERROR_FAILED;
    }
}

bool
roll_sqlite_fail(RollSqlite *self, GError **error)
{
    /* Of a statement that failed SQLite does not keep the reason of the system. */
    int cause = errno;
    int code = sqlite3_extended_errcode(self->db);
    if (sqlite3_system_errno(self->db) != 0)
        cause = sqlite3_system_errno(self->db);
    bool by_system = ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN) && cause;
    g_set_error(error, ROLL_STORE_ERROR, kind_of(code, cause), "%s: %s%s%s", self->path,
                sqlite3_errmsg(self->db), by_system ? ": " : "",
                by_system ? g_strerror(cause) : "");
    return false;
}

bool
roll_sqlite_execute(RollSqlite *self, const char *sql, GError **error)
{
    errno = 0;
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           roll_sqlite_fail(self, error);
}

static bool
fail_by_system(const char *path, GError **error)
{
    int cause = errno;
    g_set_error(error, ROLL_STORE_ERROR,
                cause == EROFS || cause == EACCES || cause == EPERM ? ROLL_STORE_ERROR_READ_ONLY
                : cause == ENOSPC || cause == EDQUOT                ? ROLL_STORE_ERROR_FULL
                                                                    : ROLL_STORE_ERROR_OPEN,
                "%s: %s", path, g_strerror(cause));
    return false;
}

static bool
refuse(RollSqlite *self, GError **error, RollStoreError kind, const char *why)
{
    g_set_error(error, ROLL_STORE_ERROR, kind, "%s: %s", self->path, why);
    return false;
}

/* A file of its own: SQLite's locks are those of the process, and lost as soon as it closes any
 * descriptor of the database. It is left where it is: who deletes a lock may delete another's. */
static bool
lock(RollSqlite *self, GError **error)
{
    g_autofree char *path = g_strconcat(self->path, "-lock", NULL);
    self->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (self->lock < 0)
        return fail_by_system(self->path, error);
    if (flock(self->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail_by_system(self->path, error);
    return refuse(self, error, ROLL_STORE_ERROR_OPEN,
                  "another process has this database open; end it, or name another file");
}

static uint32_t
read_number(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool
is_ours(RollSqlite *self, const uint8_t *header, size_t n, GError **error)
{
    if (n == 0)
        return true;
    if (n < HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0)
        return refuse(self, error, ROLL_STORE_ERROR_OPEN, "is no database; name another file");
    if (read_number(header + AT_APPLICATION) != APPLICATION)
        return refuse(self, error, ROLL_STORE_ERROR_OPEN,
                      "is the database of another program; name another file");
    if (read_number(header + AT_USER_VERSION) == SCHEMA)
        return true;
    g_autofree char *why =
        g_strdup_printf("has schema %u; this program knows schema " G_STRINGIFY(SCHEMA),
                        read_number(header + AT_USER_VERSION));
    return refuse(self, error, ROLL_STORE_ERROR_OPEN, why);
}

static bool
inspect(RollSqlite *self, GError **error)
{
    uint8_t header[HEADER_SIZE];
    int file = open(self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail_by_system(self->path, error);
    ssize_t n = read(file, header, sizeof(header));
    bool good =
        n >= 0 ? is_ours(self, header, (size_t)n, error) : fail_by_system(self->path, error);
    close(file);
    return good;
}

/* The first column of the first row as a text; (transfer full), or %NULL. */
static char *
ask(RollSqlite *self, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    char *answer = NULL;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        answer = g_strdup((const char *)sqlite3_column_text(statement, 0));
    if (!answer)
        roll_sqlite_fail(self, error);
    sqlite3_finalize(statement);
    return answer;
}

static bool
prepare(RollSqlite *self, GError **error)
{
    /* Cheaper than REPLACE, which deletes and inserts. */
    static const char UPSERT[] =
        "INSERT INTO location (aor, position, contact, params, call_id, cseq, q, registered_at,"
        " expires_at, path, instance, reg_id, flow) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET contact = excluded.contact, params = excluded.params,"
        " call_id = excluded.call_id, cseq = excluded.cseq, q = excluded.q,"
        " registered_at = excluded.registered_at, expires_at = excluded.expires_at,"
        " path = excluded.path, instance = excluded.instance, reg_id = excluded.reg_id,"
        " flow = excluded.flow";
    static const char CUT[] = "DELETE FROM location WHERE aor = ? AND position >= ?";
    unsigned lasting = SQLITE_PREPARE_PERSISTENT;
    return (sqlite3_prepare_v3(self->db, UPSERT, -1, lasting, &self->upsert, NULL) == SQLITE_OK &&
            sqlite3_prepare_v3(self->db, CUT, -1, lasting, &self->cut, NULL) == SQLITE_OK) ||
           roll_sqlite_fail(self, error);
}

/* Whole trees are read, which takes as long as reading the records does; that comes next anyway. */
static bool
check(RollSqlite *self, GError **error)
{
    g_autofree char *found = ask(self, "PRAGMA quick_check(1)", error);
    if (!found)
        return false;
    if (g_str_equal(found, "ok"))
        return true;
    g_autofree char *why =
        g_strdup_printf("is damaged: %s", strrchr(found, '\n') ? strrchr(found, '\n') + 1 : found);
    return refuse(self, error, ROLL_STORE_ERROR_CORRUPT, why);
}

static bool
fill(RollSqlite *self, GError **error)
{
    g_autofree char *n = ask(self, "SELECT count(*) FROM sqlite_schema", error);
    if (!n)
        return false;
    /* The application's mark comes with the first transaction, before there is a log. */
    if (g_str_equal(n, "0") ? !roll_sqlite_execute(self, CREATE, error) : !check(self, error))
        return false;
    g_autofree char *mode = ask(self, "PRAGMA journal_mode = WAL", error);
    if (!mode)
        return false;
    if (!g_str_equal(mode, "wal"))
        return refuse(self, error, ROLL_STORE_ERROR_OPEN,
                      "its file system allows no shared memory; put it on a local disk");
    return roll_sqlite_execute(self, TUNE, error) && prepare(self, error);
}

static bool
connect_file(RollSqlite *self, GError **error)
{
    if (sqlite3_open_v2(self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return roll_sqlite_fail(self, error);
    sqlite3_extended_result_codes(self->db, 1);
    sqlite3_busy_timeout(self->db, BUSY_MS);
    if (sqlite3_db_readonly(self->db, "main") == 1)
        return refuse(self, error, ROLL_STORE_ERROR_READ_ONLY,
                      "may only be read; make it writable for this user");
    /* Until it is known to be sound. */
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (!fill(self, error))
        return false;
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return true;
}

RollSqlite *
roll_sqlite_open(const char *path, GError **error)
{
    g_autoptr(RollSqlite) self = g_new0(RollSqlite, 1);
    self->path = g_strdup(path);
    self->lock = -1;
    bool good = lock(self, error) && inspect(self, error) && connect_file(self, error);
    return good ? g_steal_pointer(&self) : NULL;
}

void
roll_sqlite_close(RollSqlite *self)
{
    sqlite3_finalize(self->upsert);
    sqlite3_finalize(self->cut);
    sqlite3_close(self->db);
    if (self->lock >= 0)
        close(self->lock);
    g_free(self->path);
    g_free(self);
}
