/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A campaign is one SQLite file (docs/database.md has the schema). Each run is committed when it is
 * done, so that a killed process loses the runs under way and no other. When a campaign is complete
 * the file is written anew in the order of its keys: equal campaigns are equal to the byte,
 * whatever order their runs were done in. No clock and no name of a machine goes into it. */
#pragma once

#include "sim/measure/sample.h"
#include "sim/measure/statistics.h"
#include "sim/scenario/scenario.h"

/** SIM_DATABASE_SCHEMA: number of the schema, PRAGMA user_version. */
#define SIM_DATABASE_SCHEMA 1

typedef struct SimDatabase SimDatabase;

/**
 * SimCampaignFact: what two campaigns must have in common for one to go on with the runs of the
 * other.
 * @name: of what is said, unique; @value: never %NULL
 */
typedef struct {
    const char *name;
    const char *value;
} SimCampaignFact;

/**
 * sim_database_open: for writing; made if it is not there.
 * @identity: @n_identity; of a file that has runs they must be equal
 * @error: the file is of another campaign, in use by another process, damaged, ...
 * Returns: (transfer full): or %NULL
 */
SimDatabase *sim_database_open(const char *path, const SimCampaignFact *identity, size_t n_identity,
                               GError **error);

/** sim_database_read: for reading only. (transfer full) */
SimDatabase *sim_database_read(const char *path, GError **error);

/** sim_database_free: closes it as it stands. */
void sim_database_free(SimDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimDatabase, sim_database_free)

/** sim_database_get: what the identity or sim_database_set() says of @name, or %NULL. (transfer
 * full) */
char *sim_database_get(SimDatabase *self, const char *name);

/** sim_database_set: something that is told of the campaign and does not tell it from another. */
bool sim_database_set(SimDatabase *self, const char *name, const char *value, GError **error);

/**
 * SimPointParameter: one value of a scenario at a point.
 * @number: NaN if it is a word
 */
typedef struct {
    const char *key;
    const char *value;
    double number;
    bool varied;
} SimPointParameter;

/** sim_database_add_point: with the changes it is made of and all its parameters. Nothing happens
 * if it is there. */
bool sim_database_add_point(SimDatabase *self, unsigned point, const char *changes,
                            const SimPointParameter *parameters, size_t n, GError **error);

/** sim_database_add_run: and what metrics it gave; in one transaction. */
bool sim_database_add_run(SimDatabase *self, unsigned point, unsigned replication,
                          const SimSample *sample, GError **error);

/** sim_database_each_point: in their order, until @visit returns false. */
bool sim_database_each_point(SimDatabase *self,
                             bool (*visit)(void *data, unsigned point, const char *changes),
                             void *data, GError **error);

/** sim_database_each_run: by point and replication; @sample as sim_sample_write() made it. */
bool sim_database_each_run(SimDatabase *self,
                           bool (*visit)(void *data, unsigned point, unsigned replication,
                                         GBytes *sample),
                           void *data, GError **error);

/** SimPointFigure: a row of `estimate`. */
typedef struct {
    unsigned point;
    const char *population;
    SimMetric metric;
    SimEstimate estimate;
    size_t runs;
} SimPointFigure;

/** sim_database_clear: forgets estimates, quantiles, warm-ups and series, which are made anew; all
 * of the calls below until sim_database_finish() are one transaction. */
bool sim_database_clear(SimDatabase *self, GError **error);
bool sim_database_add_estimate(SimDatabase *self, const SimPointFigure *figure, GError **error);
bool sim_database_add_quantile(SimDatabase *self, unsigned point, const char *population,
                               const char *name, double p, const SimQuantile *quantile,
                               GError **error);
bool sim_database_add_warmup(SimDatabase *self, unsigned point, const SimTrack *track,
                             const SimWarmup *warmup, GError **error);
bool sim_database_add_series(SimDatabase *self, unsigned point, unsigned replication,
                             const SimTrack *track, GError **error);

/** sim_database_finish: commits and, if the campaign is @complete, writes the file anew. The
 * database is closed then in any case. */
bool sim_database_finish(SimDatabase *self, bool complete, GError **error);

typedef enum { SIM_CELL_NULL, SIM_CELL_INTEGER, SIM_CELL_REAL, SIM_CELL_TEXT } SimCellKind;

/** SimDatabaseCell: of a row; @text: of all but NULL, @real: of a real number. Borrowed. */
typedef struct {
    const char *name;
    SimCellKind kind;
    const char *text;
    double real;
} SimDatabaseCell;

/** sim_database_query: for exports: @row for each row of @sql, until it returns false. */
bool sim_database_query(SimDatabase *self, const char *sql,
                        bool (*row)(void *data, int n, const SimDatabaseCell *cells), void *data,
                        GError **error);
