/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/table.h"

struct SimTable {
    GPtrArray *rows; /* GPtrArray of char * */
};

static void
row_free(gpointer data)
{
    g_ptr_array_unref(data);
}

SimTable *
sim_table_new(void)
{
    SimTable *self = g_new0(SimTable, 1);
    self->rows = g_ptr_array_new_with_free_func(row_free);
    sim_table_row(self);
    return self;
}

void
sim_table_free(SimTable *self)
{
    g_ptr_array_unref(self->rows);
    g_free(self);
}

void
sim_table_row(SimTable *self)
{
    g_ptr_array_add(self->rows, g_ptr_array_new_with_free_func(g_free));
}

void
sim_table_take(SimTable *self, char *text)
{
    g_ptr_array_add(self->rows->pdata[self->rows->len - 1], text);
}

void
sim_table_cell(SimTable *self, const char *text)
{
    sim_table_take(self, g_strdup(text));
}

static glong
width_of(const SimTable *self, guint column)
{
    glong width = 0;
    for (guint i = 0; i < self->rows->len; i++) {
        const GPtrArray *row = self->rows->pdata[i];
        if (column < row->len)
            width = MAX(width, g_utf8_strlen(row->pdata[column], -1));
    }
    return width;
}

char *
sim_table_text(const SimTable *self)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < self->rows->len; i++) {
        const GPtrArray *row = self->rows->pdata[i];
        for (guint k = 0; k < row->len; k++) {
            g_string_append(out, row->pdata[k]);
            glong pad = width_of(self, k) + 2 - g_utf8_strlen(row->pdata[k], -1);
            for (glong b = 0; k + 1 < row->len && b < pad; b++)
                g_string_append_c(out, ' ');
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
