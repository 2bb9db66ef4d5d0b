/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list in server.h, line by line; samples of one metric stand together there. */
#include "metrics.h"

#include "connections.h"
#include "journal.h"
#include <inttypes.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *labels;
    const char *meaning;
    size_t offset;
} Row;

static const Row ROWS[] = {
#define ROW(field, name, labels, meaning) {name, labels, meaning, offsetof(RollCounters, field)},
    ROLL_SERVER_COUNTERS(ROW)
#undef ROW
};

static void
put_gauge(GString *out, const char *name, const char *meaning, uint64_t value)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, meaning,
                           name, name, value);
}

void
roll_metrics_write(const RollServer *server, GString *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const Row *row = &ROWS[i];
        if (i == 0 || strcmp(row->name, ROWS[i - 1].name) != 0)
            g_string_append_printf(out, "# HELP %s %s\n# TYPE %s counter\n", row->name,
                                   row->meaning, row->name);
        uint64_t value;
        memcpy(&value, (const char *)&server->counters + row->offset, sizeof value);
        g_string_append_printf(out, "%s%s %" PRIu64 "\n", row->name, row->labels, value);
    }
    put_gauge(out, "rollcall_bindings", "Bindings in the location table.",
              roll_registrar_count(server->registrar));
    put_gauge(out, "rollcall_connections", "Open TCP and TLS connections.",
              roll_connections_count(server->connections));
    put_gauge(out, "rollcall_store_up", "1 while the store takes what is written.",
              !server->journal || !roll_journal_is_failed(server->journal));
}
