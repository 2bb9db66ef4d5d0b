/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table of texts with aligned columns; the first row is the heading. */
#pragma once

#include <glib.h>

typedef struct SimTable SimTable;
SimTable *sim_table_new(void);
void sim_table_free(SimTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimTable, sim_table_free)

/** sim_table_row: begins the next row. */
void sim_table_row(SimTable *self);

/** sim_table_cell: the next cell of the row. */
void sim_table_cell(SimTable *self, const char *text);

/** sim_table_take: the same; takes @text. */
void sim_table_take(SimTable *self, char *text);

/** sim_table_text: two blanks between columns, none at the ends of lines. (transfer full) */
char *sim_table_text(const SimTable *self);
