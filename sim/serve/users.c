/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both sources end as lines of `user:realm:HA1`, which the library reads: one form, one check. */
#include "sim/serve/users.h"

#include "sim/scenario/files.h"
#include "sim/scenario/words.h"
#include <sqlite3.h>
#include <string.h>

/* Ten million users. */
enum { MOST_BYTES = 1 << 30 };

struct SimUsers {
    char *source;
    RollHtdigest *digests;
};

/* A colon or an end of line in a name would make it another line. */
static bool
is_plain(const char *text)
{
    return text != NULL && *text && strpbrk(text, ":\r\n") == NULL;
}

static bool
read_rows(sqlite3_stmt *rows, GString *lines, GError **error)
{
    int status;
    for (unsigned n = 1; (status = sqlite3_step(rows)) == SQLITE_ROW; n++) {
        const char *username = (const char *)sqlite3_column_text(rows, 0);
        const char *realm = (const char *)sqlite3_column_text(rows, 1);
        const char *ha1 = (const char *)sqlite3_column_text(rows, 2);
        if (!is_plain(username) || realm == NULL || strpbrk(realm, "\r\n") != NULL || ha1 == NULL ||
            strpbrk(ha1, "\r\n") != NULL)
            return sim_words_fail(error,
                                  "row %u of users: no good username, realm or ha1; write them as "
                                  "a htdigest file has them",
                                  n);
        g_string_append_printf(lines, "%s:%s:%s\n", username, realm, ha1);
    }
    return status == SQLITE_DONE ||
           sim_words_fail(error, "%s", sqlite3_errmsg(sqlite3_db_handle(rows)));
}

static bool
read_database(const char *path, GString *lines, GError **error)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *rows = NULL;
    bool good = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(database, "SELECT username, realm, ha1 FROM users", -1, &rows,
                                   NULL) == SQLITE_OK;
    if (good)
        good = read_rows(rows, lines, error);
    else
        sim_words_fail(error, "%s", sqlite3_errmsg(database));
    sqlite3_finalize(rows);
    sqlite3_close(database);
    return good;
}

static RollHtdigest *
read_source(const char *source, GError **error)
{
    g_autofree char *quoted = sim_words_quote(source);
    if (g_str_has_prefix(source, "sqlite:")) {
        g_autoptr(GString) lines = g_string_new(NULL);
        if (read_database(source + 7, lines, error))
            return roll_htdigest_parse(source, lines->str, lines->len, error);
        g_prefix_error(error, "users %s: ", quoted);
        return NULL;
    }
    g_autofree char *text = NULL;
    size_t len;
    if (sim_files_read(source, MOST_BYTES, &text, &len, error))
        return roll_htdigest_parse(source, text, len, error);
    g_prefix_error(error, "users %s: ", quoted);
    return NULL;
}

SimUsers *
sim_users_new(const char *source, GError **error)
{
    RollHtdigest *digests = read_source(source, error);
    if (digests == NULL)
        return NULL;
    SimUsers *self = g_new0(SimUsers, 1);
    self->source = g_strdup(source);
    self->digests = digests;
    return self;
}

void
sim_users_free(SimUsers *self)
{
    if (self == NULL)
        return;
    roll_htdigest_free(self->digests);
    g_free(self->source);
    g_free(self);
}

bool
sim_users_reload(SimUsers *self, GError **error)
{
    RollHtdigest *digests = read_source(self->source, error);
    if (digests == NULL)
        return false;
    roll_htdigest_free(self->digests);
    self->digests = digests;
    return true;
}

bool
sim_users_lookup(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
                 RollSecret *out)
{
    const SimUsers *self = data;
    return roll_htdigest_lookup(self->digests, realm, username, algorithm, out);
}
