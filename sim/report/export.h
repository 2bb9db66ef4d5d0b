/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A campaign's database in the formats of other tools. */
#pragma once

#include "sim/campaign/database.h"

/** sim_export_tables: what can be exported as CSV and JSON lines, %NULL-terminated. */
extern const char *const sim_export_tables[];

/** sim_export_csv: a table with its heading. Numbers read back equal; NULL is an empty cell. (transfer
 * full) */
char *sim_export_csv(SimDatabase *database, const char *table, GError **error);

/** sim_export_jsonl: a JSON object for each row. (transfer full) */
char *sim_export_jsonl(SimDatabase *database, const char *table, GError **error);

/** sim_export_sca: scalars as OMNeT++ keeps them, version 3: a run for each replication of each
 * point, with what varies as its itervars, and every metric of every population. (transfer full) */
char *sim_export_sca(SimDatabase *database, GError **error);
