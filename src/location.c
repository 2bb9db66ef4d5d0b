/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The other side of the table: where a request for a name is to go. A proxy that asks here still
 * has to fork with care: of the locations of one instance it may use only one at a time, and the
 * next one when that flow fails (RFC 5626 section 7). */
#include "registrar.h"

#include "bulk.h"
#include "gruu.h"

static bool
comes_before(const RollLocation *a, const RollLocation *b)
{
    return a->q != b->q ? a->q > b->q : a->registered_at > b->registered_at;
}

/* RFC 3261 section 16.6: by q; sorted by insertion, since an AOR has few. */
static void
insert_location(RollLocation *locations, size_t n, RollLocation location)
{
    for (; n > 0 && comes_before(&location, &locations[n - 1]); n--)
        locations[n] = locations[n - 1];
    locations[n] = location;
}

/* What the extension of a binding says of it. Returns: false if nothing can be sent there. */
static bool
extend_location(RollRegistrar *self, const RollRow *row, const RollExtension *extension,
                RollLocation *location)
{
    location->instance = extension->instance;
    location->reg_id = extension->reg_id;
    location->path = extension->path;
    location->flow = extension->flow;
    if (!extension->bulk)
        return true;
    g_autoptr(GString) contact = g_string_new(NULL);
    if (!roll_bulk_locate(roll_row_aor(row), location->contact, contact))
        return false;
    location->contact.ptr =
        g_string_chunk_insert_len(self->texts, contact->str, (gssize)contact->len);
    location->contact.len = contact->len;
    return true;
}

/* The live bindings of @row; with @target those that a GRUU stands for. */
static size_t
gather(RollRegistrar *self, RollTime now, RollRow *row, const RollGruuTarget *target)
{
    size_t n_bindings = row ? roll_row_count(row) : 0;
    if (n_bindings > self->locations_size) {
        self->locations_size = MAX(n_bindings, 16);
        self->locations = g_renew(RollLocation, self->locations, self->locations_size);
    }
    RollTime horizon = roll_registrar_horizon(self, now);
    size_t n = 0;
    for (size_t i = 0; i < n_bindings; i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (binding->expires_at <= horizon)
            continue;
        RollLocation location = {
            .contact = roll_binding_contact(binding),
            .params = roll_binding_params(binding),
            .q = binding->q == ROLL_Q_NONE ? 1000 : binding->q,
            .registered_at = binding->registered_at,
            .expires_at = binding->expires_at,
        };
        RollExtension extension;
        bool extended = roll_binding_extension(binding, &extension);
        if (target && !(extended && roll_gruu_matches(target, &extension)))
            continue;
        if (extended && !extend_location(self, row, &extension, &location))
            continue;
        insert_location(self->locations, n++, location);
    }
    return n;
}

size_t
roll_registrar_lookup(RollRegistrar *self, RollTime now, RollText aor, const RollLocation **out)
{
    RollRow *row = roll_table_find(self->table, aor, roll_table_hash(self->table, aor));
    g_string_chunk_clear(self->texts);
    size_t n = gather(self, now, row, NULL);
    *out = self->locations;
    return n;
}

int
roll_registrar_lookup_uri(RollRegistrar *self, RollTime now, const RollUri *uri,
                          const RollLocation **out, size_t *n)
{
    char aor[ROLL_AOR_MAX];
    RollGruuTarget target = {0};
    *n = 0;
    *out = self->locations;
    int found = roll_gruu_read(self, uri, &target);
    RollText name = {aor, roll_uri_write_aor(uri, aor)};
    if (found < 0 || name.len == 0 || !roll_rules_serves(self, uri->host))
        return 404;
    bool temporary = found > 0 && target.serial != 0;
    RollRow *row = temporary
                       ? roll_table_get_row(self->table, target.row)
                       : roll_table_find(self->table, name, roll_table_hash(self->table, name));
    g_string_chunk_clear(self->texts);
    *n = gather(self, now, row, found > 0 ? &target : NULL);
    *out = self->locations;
    if (*n > 0)
        return 200;
    /* RFC 5627 section 5.3: a temporary GRUU goes with the last contact, a public one stays. */
    return temporary ? 404 : 480;
}
