/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes into the tables, and what is read back. */
#include "sim/campaign/database-parts.h"

#include <inttypes.h>
#include <math.h>

static bool
add_parameter(SimDatabase *self, unsigned point, unsigned ordinal,
              const SimPointParameter *parameter, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_PARAMETER, "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int64(statement, 2, ordinal);
    sqlite3_bind_text(statement, 3, parameter->key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement, 4, parameter->value, -1, SQLITE_TRANSIENT);
    sim_database_bind_real(statement, 5, parameter->number);
    sqlite3_bind_int(statement, 6, parameter->varied);
    return sim_database_step(self, statement, error);
}

static bool
insert_point(SimDatabase *self, unsigned point, const char *changes,
             const SimPointParameter *parameters, size_t n, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_POINT, "INSERT OR IGNORE INTO point VALUES (?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_text(statement, 2, changes, -1, SQLITE_TRANSIENT);
    if (!sim_database_step(self, statement, error))
        return false;
    bool fresh = sqlite3_changes(self->db) == 1;
    for (size_t i = 0; fresh && i < n; i++)
        if (!add_parameter(self, point, (unsigned)i, &parameters[i], error))
            return false;
    return true;
}

/* All or nothing. */
static bool
end(SimDatabase *self, bool good, GError **error)
{
    if (good)
        return sim_database_execute(self, "COMMIT", error);
    sim_database_execute(self, "ROLLBACK", NULL);
    return false;
}

bool
sim_database_add_point(SimDatabase *self, unsigned point, const char *changes,
                       const SimPointParameter *parameters, size_t n, GError **error)
{
    return sim_database_execute(self, "BEGIN", error) &&
           end(self, insert_point(self, point, changes, parameters, n, error), error);
}

static bool
insert_run(SimDatabase *self, unsigned point, unsigned replication, const SimSample *sample,
           GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_RUN,
        "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    g_autoptr(GBytes) bytes = sim_sample_write(sample);
    char seed[24];
    char fingerprint[24];
    g_snprintf(seed, sizeof seed, "%" PRIu64, sample->seed);
    g_snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, sample->fingerprint);
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int64(statement, 2, replication);
    sqlite3_bind_text(statement, 3, seed, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 4, sample->replication);
    sqlite3_bind_text(statement, 5, fingerprint, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)sample->events);
    sqlite3_bind_int64(statement, 7, (sqlite3_int64)sample->registrations);
    sqlite3_bind_double(statement, 8, (double)sample->observed / ROLL_SECOND);
    sqlite3_bind_int64(statement, 9, (sqlite3_int64)sample->longest_queue);
    sqlite3_bind_double(statement, 10, (double)sample->longest_wait / ROLL_SECOND);
    sqlite3_bind_blob64(statement, 11, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                        SQLITE_TRANSIENT);
    return sim_database_step(self, statement, error);
}

static bool
insert_value(SimDatabase *self, unsigned point, unsigned replication, const char *population,
             SimMetric metric, const SimSpread *spread, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_VALUE, "INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int64(statement, 2, replication);
    sqlite3_bind_text(statement, 3, population, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(statement, 4, (int)metric);
    sqlite3_bind_double(statement, 5, spread->value);
    sim_database_bind_real(statement, 6, sim_spread_error(spread));
    return sim_database_step(self, statement, error);
}

static bool
insert_values(SimDatabase *self, unsigned point, unsigned replication, const SimSample *sample,
              GError **error)
{
    for (size_t s = 0; s < sample->n_slices; s++)
        for (unsigned m = 0; m < SIM_N_METRICS; m++) {
            if (!sim_sample_has(sample, m))
                continue;
            g_autoptr(SimSpread) spread = sim_spread_metric(&sample, 1, s, m, SIM_METHOD_PHONES);
            if (!isnan(spread->value) &&
                !insert_value(self, point, replication, sample->slices[s].name, m, spread, error))
                return false;
        }
    return true;
}

bool
sim_database_add_run(SimDatabase *self, unsigned point, unsigned replication,
                     const SimSample *sample, GError **error)
{
    return sim_database_execute(self, "BEGIN", error) &&
           end(self,
               insert_run(self, point, replication, sample, error) &&
                   insert_values(self, point, replication, sample, error),
               error);
}

bool
sim_database_each_point(SimDatabase *self,
                        bool (*visit)(void *data, unsigned point, const char *changes), void *data,
                        GError **error)
{
    sqlite3_stmt *statement =
        sim_database_prepare(self, "SELECT point, changes FROM point ORDER BY point", error);
    int code = SQLITE_ERROR;
    while (statement != NULL && (code = sqlite3_step(statement)) == SQLITE_ROW)
        if (!visit(data, (unsigned)sqlite3_column_int64(statement, 0),
                   (const char *)sqlite3_column_text(statement, 1)))
            break;
    return sim_database_end_rows(self, statement, code, error);
}

bool
sim_database_each_run(SimDatabase *self,
                      bool (*visit)(void *data, unsigned point, unsigned replication,
                                    GBytes *sample),
                      void *data, GError **error)
{
    sqlite3_stmt *statement = sim_database_prepare(
        self, "SELECT point, replication, sample FROM run ORDER BY point, replication", error);
    int code = SQLITE_ERROR;
    while (statement != NULL && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        g_autoptr(GBytes) bytes = g_bytes_new(sqlite3_column_blob(statement, 2),
                                              (gsize)sqlite3_column_bytes(statement, 2));
        if (!visit(data, (unsigned)sqlite3_column_int64(statement, 0),
                   (unsigned)sqlite3_column_int64(statement, 1), bytes))
            break;
    }
    return sim_database_end_rows(self, statement, code, error);
}

bool
sim_database_clear(SimDatabase *self, GError **error)
{
    return sim_database_execute(self,
                                "BEGIN; DELETE FROM estimate; DELETE FROM quantile;"
                                "DELETE FROM warmup; DELETE FROM series;",
                                error);
}

bool
sim_database_add_estimate(SimDatabase *self, const SimPointFigure *figure, GError **error)
{
    sqlite3_stmt *statement =
        sim_database_statement(self, SIM_STATEMENT_ESTIMATE,
                               "INSERT INTO estimate VALUES (?, ?, ?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, figure->point);
    sqlite3_bind_text(statement, 2, figure->population, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(statement, 3, (int)figure->metric);
    sqlite3_bind_double(statement, 4, figure->estimate.value);
    sim_database_bind_real(statement, 5, figure->estimate.low);
    sim_database_bind_real(statement, 6, figure->estimate.high);
    sim_database_bind_real(statement, 7, figure->estimate.error);
    sqlite3_bind_int64(statement, 8, (sqlite3_int64)figure->runs);
    return sim_database_step(self, statement, error);
}

bool
sim_database_add_quantile(SimDatabase *self, unsigned point, const char *population,
                          const char *name, double p, const SimQuantile *quantile, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_QUANTILE, "INSERT INTO quantile VALUES (?, ?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_text(statement, 2, population, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(statement, 3, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_double(statement, 4, p);
    sim_database_bind_real(statement, 5, quantile->value);
    sim_database_bind_real(statement, 6, quantile->low);
    sim_database_bind_real(statement, 7, quantile->high);
    return sim_database_step(self, statement, error);
}

bool
sim_database_add_warmup(SimDatabase *self, unsigned point, const SimTrack *track,
                        const SimWarmup *warmup, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_WARMUP, "INSERT INTO warmup VALUES (?, ?, ?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, point);
    sqlite3_bind_int(statement, 2, (int)track->metric);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)track->n);
    sqlite3_bind_double(statement, 4, (double)warmup->cut * (double)track->width / ROLL_SECOND);
    sqlite3_bind_int(statement, 5, warmup->over);
    sqlite3_bind_int(statement, 6, warmup->enough);
    sim_database_bind_real(statement, 7, warmup->z);
    return sim_database_step(self, statement, error);
}

bool
sim_database_add_series(SimDatabase *self, unsigned point, unsigned replication,
                        const SimTrack *track, GError **error)
{
    sqlite3_stmt *statement = sim_database_statement(
        self, SIM_STATEMENT_SERIES, "INSERT INTO series VALUES (?, ?, ?, ?, ?)", error);
    if (statement == NULL)
        return false;
    for (size_t i = 0; i < track->n; i++) {
        RollTime start = track->start + (RollTime)i * track->width;
        sqlite3_bind_int64(statement, 1, point);
        sqlite3_bind_int64(statement, 2, replication);
        sqlite3_bind_int(statement, 3, (int)track->metric);
        sqlite3_bind_double(statement, 4, (double)start / ROLL_SECOND);
        sim_database_bind_real(statement, 5, track->values[i]);
        if (!sim_database_step(self, statement, error))
            return false;
    }
    return true;
}

static SimDatabaseCell
read_cell(sqlite3_stmt *statement, int i)
{
    static const SimCellKind kinds[] = {
        [SQLITE_INTEGER] = SIM_CELL_INTEGER, [SQLITE_FLOAT] = SIM_CELL_REAL,
        [SQLITE_TEXT] = SIM_CELL_TEXT,       [SQLITE_BLOB] = SIM_CELL_NULL,
        [SQLITE_NULL] = SIM_CELL_NULL,
    };
    SimDatabaseCell cell = {.name = sqlite3_column_name(statement, i),
                            .kind = kinds[sqlite3_column_type(statement, i)]};
    /* As a number first: the text of it has fewer figures. */
    if (cell.kind == SIM_CELL_REAL)
        cell.real = sqlite3_column_double(statement, i);
    if (cell.kind != SIM_CELL_NULL)
        cell.text = (const char *)sqlite3_column_text(statement, i);
    return cell;
}

bool
sim_database_query(SimDatabase *self, const char *sql,
                   bool (*row)(void *data, int n, const SimDatabaseCell *cells), void *data,
                   GError **error)
{
    sqlite3_stmt *statement = sim_database_prepare(self, sql, error);
    int code;
    if (statement == NULL)
        return false;
    int n = sqlite3_column_count(statement);
    g_autofree SimDatabaseCell *cells = g_new0(SimDatabaseCell, (size_t)n);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < n; i++)
            cells[i] = read_cell(statement, i);
        if (!row(data, n, cells))
            break;
    }
    return sim_database_end_rows(self, statement, code, error);
}
