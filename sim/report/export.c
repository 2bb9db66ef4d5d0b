/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/export.h"

#include "sim/report/text.h"
#include "sim/scenario/words.h"
#include <string.h>

static const struct {
    const char *name;
    const char *sql;
} TABLES[] = {
    {"estimates", "SELECT point, population, name AS metric, unit, value, low, high, error, runs "
                  "FROM estimate JOIN metric USING (metric) ORDER BY point, population, "
                  "estimate.metric"},
    {"results", "SELECT point, replication, population, name AS metric, unit, value, error FROM "
                "value JOIN metric USING (metric) ORDER BY point, replication, population, "
                "value.metric"},
    {"runs", "SELECT point, replication, seed, stream, fingerprint, events, registrations, "
             "observed_s, longest_queue, longest_wait_s FROM run ORDER BY point, replication"},
    {"parameters", "SELECT point, key, value, number, varied FROM parameter ORDER BY point, "
                   "ordinal"},
    {"quantiles", "SELECT point, population, name, p, value_s, low_s, high_s FROM quantile ORDER "
                  "BY point, population, name, p"},
    {"warmup", "SELECT point, name AS metric, bins, cut_s, over, enough, z FROM warmup JOIN metric "
               "USING (metric) ORDER BY point, warmup.metric"},
    {"series", "SELECT point, replication, name AS metric, start_s, value FROM series JOIN metric "
               "USING (metric) ORDER BY point, replication, series.metric, start_s"},
};

const char *const sim_export_tables[] = {"estimates", "results", "runs",   "parameters",
                                         "quantiles", "warmup",  "series", NULL};

static const char *
sql_of(const char *table, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TABLES); i++)
        if (strcmp(TABLES[i].name, table) == 0)
            return TABLES[i].sql;
    sim_words_unknown(error, "--table: unknown table", table, sim_export_tables);
    return NULL;
}

typedef struct {
    GString *out;
    bool headed;
} Csv;

static void
append_cell(GString *out, const SimDatabaseCell *cell)
{
    if (cell->kind == SIM_CELL_REAL)
        sim_text_number(out, cell->real);
    else if (cell->kind != SIM_CELL_NULL)
        sim_text_csv(out, cell->text);
}

static bool
csv_row(void *data, int n, const SimDatabaseCell *cells)
{
    Csv *self = data;
    for (int i = 0; !self->headed && i < n; i++)
        g_string_append_printf(self->out, "%s%s", i > 0 ? "," : "", cells[i].name);
    if (!self->headed)
        g_string_append_c(self->out, '\n');
    self->headed = true;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            g_string_append_c(self->out, ',');
        append_cell(self->out, &cells[i]);
    }
    g_string_append_c(self->out, '\n');
    return true;
}

char *
sim_export_csv(SimDatabase *database, const char *table, GError **error)
{
    const char *sql = sql_of(table, error);
    Csv csv = {g_string_new(NULL), false};
    bool good = sql != NULL && sim_database_query(database, sql, csv_row, &csv, error);
    char *text = g_string_free(csv.out, !good);
    return good ? text : NULL;
}

static bool
json_row(void *data, int n, const SimDatabaseCell *cells)
{
    GString *out = data;
    for (int i = 0; i < n; i++) {
        g_string_append_printf(out, "%s\"%s\": ", i > 0 ? ", " : "{", cells[i].name);
        if (cells[i].kind == SIM_CELL_NULL)
            g_string_append(out, "null");
        else if (cells[i].kind == SIM_CELL_REAL)
            sim_text_number(out, cells[i].real);
        else if (cells[i].kind == SIM_CELL_INTEGER)
            g_string_append(out, cells[i].text);
        else
            sim_text_json(out, cells[i].text);
    }
    g_string_append(out, "}\n");
    return true;
}

char *
sim_export_jsonl(SimDatabase *database, const char *table, GError **error)
{
    const char *sql = sql_of(table, error);
    GString *out = g_string_new(NULL);
    bool good = sql != NULL && sim_database_query(database, sql, json_row, out, error);
    char *text = g_string_free(out, !good);
    return good ? text : NULL;
}

/* OMNeT++ quotes what is not one plain word. */
static void
append_word(GString *out, const char *word)
{
    bool plain = *word != '\0' && strpbrk(word, " \t\"\\\n\r") == NULL;
    if (!plain)
        g_string_append_c(out, '"');
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c == '\n' || *c == '\r' ? ' ' : *c);
    }
    if (!plain)
        g_string_append_c(out, '"');
}

static void
append_attribute(GString *out, const char *kind, const char *name, const char *value)
{
    g_string_append_printf(out, "%s ", kind);
    append_word(out, name);
    g_string_append_c(out, ' ');
    append_word(out, value);
    g_string_append_c(out, '\n');
}

/* The head of a run, and then its scalars. */
typedef struct {
    SimDatabase *database;
    GString *out;
    char *scenario;
    char *kind;
    GError **error;
} Sca;

static bool
itervar_row(void *data, int n, const SimDatabaseCell *cells)
{
    (void)n;
    append_attribute(data, "itervar", cells[0].text, cells[1].text);
    return true;
}

static bool
config_row(void *data, int n, const SimDatabaseCell *cells)
{
    (void)n;
    append_attribute(data, "config", cells[0].text, cells[1].text);
    return true;
}

static bool
scalar_row(void *data, int n, const SimDatabaseCell *cells)
{
    GString *out = data;
    g_autofree char *module = g_strdup_printf("rollcall.%s", cells[0].text);
    (void)n;
    g_string_append(out, "scalar ");
    append_word(out, module);
    g_string_append_printf(out, " %s ", cells[1].text);
    sim_text_number(out, cells[3].real);
    g_string_append_printf(out, "\nattr unit ");
    append_word(out, cells[2].text);
    g_string_append_c(out, '\n');
    return true;
}

static bool
query_run(Sca *self, const char *format, const char *point, const char *replication,
          bool (*row)(void *data, int n, const SimDatabaseCell *cells))
{
    g_autofree char *sql = g_strdup_printf(format, point, replication);
    return sim_database_query(self->database, sql, row, self->out, self->error);
}

static bool
run_row(void *data, int n, const SimDatabaseCell *cells)
{
    Sca *self = data;
    const char *point = cells[0].text;
    const char *replication = cells[1].text;
    g_autofree char *measurement = g_strdup_printf("point %s", point);
    g_autofree char *stream = g_strdup_printf("#%s", replication);
    (void)n;
    g_string_append_printf(self->out, "run %s-%s-%s-%s\n", self->scenario, self->kind, point,
                           replication);
    append_attribute(self->out, "attr", "configname", self->scenario);
    append_attribute(self->out, "attr", "experiment", self->kind);
    append_attribute(self->out, "attr", "fingerprint", cells[3].text);
    append_attribute(self->out, "attr", "measurement", measurement);
    append_attribute(self->out, "attr", "network", "rollcall");
    append_attribute(self->out, "attr", "replication", stream);
    append_attribute(self->out, "attr", "repetition", replication);
    append_attribute(self->out, "attr", "seedset", cells[2].text);
    if (!query_run(self,
                   "SELECT key, value FROM parameter WHERE point = %s AND varied AND %s >= 0 "
                   "ORDER BY ordinal",
                   point, replication, itervar_row) ||
        !query_run(self,
                   "SELECT key, value FROM parameter WHERE point = %s AND %s >= 0 ORDER BY ordinal",
                   point, replication, config_row))
        return false;
    g_string_append_c(self->out, '\n');
    if (!query_run(self,
                   "SELECT population, metric, unit, value FROM results WHERE point = %s AND "
                   "replication = %s ORDER BY population, metric",
                   point, replication, scalar_row))
        return false;
    g_string_append_c(self->out, '\n');
    return true;
}

char *
sim_export_sca(SimDatabase *database, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *scenario = sim_database_get(database, "scenario");
    g_autofree char *kind = sim_database_get(database, "kind");
    GString *out = g_string_new("version 3\n");
    Sca self = {database, out, scenario, kind, &local};
    bool good = scenario != NULL && kind != NULL &&
                sim_database_query(database,
                                   "SELECT point, replication, stream, fingerprint FROM run ORDER "
                                   "BY point, replication",
                                   run_row, &self, error);
    char *text = g_string_free(out, !good || local != NULL);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return good ? text : NULL;
}
