/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The records of an address-of-record as another server, with the same store, has left them. What
 * is the same in the table is not touched, so that nobody is told of what is no change. */
#include "record.h"

#include "bulk.h"
#include "outbound.h"

/* Where the record of a binding is among those that are to be; @used: what has its binding. */
typedef struct {
    RollRegistrar *registrar;
    RollTime now;
    RollSubject *subject;
    const RollRecord *records;
    size_t n;
    bool *used;
} Adoption;

static bool
is_same_flow(const RollEndpoint *a, const RollEndpoint *b)
{
    RollEndpoint x = roll_binding_clean_flow(a), y = roll_binding_clean_flow(b);
    if (x.family == 0 || y.family == 0)
        return x.family == y.family;
    return x.family == y.family && x.transport == y.transport && x.port == y.port &&
           memcmp(x.address, y.address, sizeof(x.address)) == 0;
}

static bool
is_same(const RollBinding *binding, const RollExtension *extension, const RollRecord *record)
{
    return binding->registered_at == record->registered_at &&
           binding->expires_at == record->expires_at && binding->cseq == record->cseq &&
           binding->q == record->q &&
           roll_text_equal(roll_binding_contact(binding), record->contact) &&
           roll_text_equal(roll_binding_params(binding), record->params) &&
           roll_text_equal(roll_binding_call_id(binding), record->call_id) &&
           roll_text_equal(extension->path, record->path) &&
           roll_text_equal(extension->instance, record->instance) &&
           (record->reg_id == 0 || is_same_flow(&extension->flow, &record->flow));
}

/* The record that takes the place of the @i-th binding; or %NULL. */
static const RollRecord *
find_record(const Adoption *self, size_t i, RollContact *contact)
{
    for (size_t j = 0; j < self->n; j++) {
        const RollRecord *record = &self->records[j];
        if (self->used[j] || !roll_record_read(self->registrar, self->now, record, contact))
            continue;
        bool bulk = roll_bulk_applies(self->registrar, contact);
        if (roll_record_find(self->subject->row, record, bulk) != (ptrdiff_t)i ||
            (bulk && roll_bulk_check(self->registrar, self->subject, contact) != 0))
            continue;
        self->used[j] = true;
        return record;
    }
    return NULL;
}

static void
change(Adoption *self, size_t i, const RollRecord *record, const RollContact *contact)
{
    RollRow *row = self->subject->row;
    bool bulk = roll_bulk_applies(self->registrar, contact);
    RollEntry entry = roll_record_make_entry(self->registrar, self->now, row, record, bulk);
    roll_update_write(self->registrar, self->now, row, i, &entry);
    if (bulk)
        roll_bulk_bind(self->registrar, self->now, self->subject, &entry);
}

/* A static record that the others do not know is this server's own. */
static void
adopt_bound(Adoption *self)
{
    RollRow *row = self->subject->row;
    for (size_t i = 0; row && i < roll_row_count(row);) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollExtension extension = {0};
        RollContact contact;
        roll_binding_extension(binding, &extension);
        const RollRecord *record = extension.trunk ? NULL : find_record(self, i, &contact);
        if (record && !is_same(binding, &extension, record))
            change(self, i, record, &contact);
        if (record || extension.trunk || binding->expires_at == ROLL_NEVER)
            i++;
        else
            roll_registrar_drop(self->registrar, self->now, ROLL_BINDING_UNREGISTERED, row, i);
    }
}

static bool
adopt_new(Adoption *self)
{
    bool good = true;
    for (size_t j = 0; j < self->n; j++) {
        RollContact contact;
        const RollRecord *record = &self->records[j];
        if (!self->used[j])
            good &= roll_record_read(self->registrar, self->now, record, &contact) &&
                    roll_record_load(self->registrar, self->now, record, &contact, self->subject);
    }
    return good;
}

bool
roll_registrar_replace(RollRegistrar *self, RollTime now, RollText aor, const RollRecord *records,
                       size_t n)
{
    RollSubject subject;
    char room[ROLL_AOR_MAX];
    if (!roll_record_find_subject(self, now, aor, room, &subject))
        return false;
    g_autofree bool *used = g_new0(bool, n + 1);
    Adoption adoption = {self, now, &subject, records, n, used};
    adopt_bound(&adoption);
    /* To make room for the new ones expired rows may be purged, and a row without bindings with
     * them. */
    if (subject.row && roll_row_count(subject.row) == 0) {
        roll_table_tidy(self->table, subject.row);
        subject.row = NULL;
    }
    bool good = adopt_new(&adoption);
    if (subject.row)
        roll_table_tidy(self->table, subject.row);
    return good;
}
