/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records that come, go or are shown by another way than a REGISTER: from the owner. What he hands
 * in may be a file's, so it is held against the same bounds as what a client sends. */
#include <rollcall/record.h>

#include "record.h"

#include "bulk.h"
#include "contact.h"
#include "gruu.h"
#include "header.h"
#include "outbound.h"
#include "registrar.h"

static bool
is_full(const RollRegistrar *self, const RollRow *row, size_t n_more)
{
    size_t max = self->config.max_records;
    return (max > 0 && roll_table_count(self->table) + n_more > max) ||
           (!row && roll_table_count_rows(self->table) >= self->config.max_aors);
}

/* For @n_more records, one of them in @row. Nothing expired may take the room or be mistaken for a
 * record that is still there. */
static bool
has_room(RollRegistrar *self, RollTime now, const RollRow *row, size_t n_more)
{
    if (row && roll_row_count(row) >= self->config.max_bindings_per_aor)
        return false;
    if (is_full(self, row, n_more))
        roll_registrar_purge(self, now, roll_registrar_horizon(self, now));
    return !is_full(self, row, n_more);
}

bool
roll_record_find_subject(RollRegistrar *self, RollTime now, RollText aor, char room[ROLL_AOR_MAX],
                         RollSubject *out)
{
    RollUri uri;
    if (!roll_uri_parse(aor, &uri))
        return false;
    *out = (RollSubject){.aor = {room, roll_uri_write_aor(&uri, room)}};
    if (out->aor.len == 0)
        return false;
    out->hash = roll_table_hash(self->table, out->aor);
    out->row = roll_table_find(self->table, out->aor, out->hash);
    if (out->row)
        roll_registrar_expire(self, now, roll_registrar_horizon(self, now), out->row);
    return true;
}

static void
put(RollRegistrar *self, RollTime now, RollSubject *subject, const RollEntry *entry)
{
    if (!subject->row)
        subject->row = roll_table_add_row(self->table, subject->aor, subject->hash);
    const RollBinding *binding = roll_table_add(self->table, now, subject->row, entry);
    roll_registrar_notify(self, now, ROLL_BINDING_CREATED, subject->row, binding);
}

static bool
put_static(RollRegistrar *self, RollTime now, RollSubject *subject, const RollUri *contact)
{
    RollEntry entry = {
        .contact = contact->text, .registered_at = now, .expires_at = ROLL_NEVER, .q = ROLL_Q_NONE};
    ptrdiff_t same = subject->row ? roll_update_find(subject->row, contact) : -1;
    if (same < 0) {
        bool fits = has_room(self, now, subject->row, 1);
        if (fits)
            put(self, now, subject, &entry);
        return fits;
    }
    const RollBinding *binding =
        roll_table_update(self->table, now, subject->row, (size_t)same, &entry);
    roll_registrar_notify(self, now, ROLL_BINDING_REFRESHED, subject->row, binding);
    return true;
}

bool
roll_registrar_add_static(RollRegistrar *self, RollTime now, RollText aor, RollText contact)
{
    RollUri uri;
    RollSubject subject;
    char room[ROLL_AOR_MAX];
    if (!roll_uri_parse(contact, &uri) || !roll_uri_is_sip(&uri) ||
        contact.len > ROLL_BINDING_TEXT_MAX ||
        !roll_record_find_subject(self, now, aor, room, &subject))
        return false;
    bool done = put_static(self, now, &subject, &uri);
    if (subject.row)
        roll_table_tidy(self->table, subject.row);
    return done;
}

static bool
is_removable(const RollBinding *binding)
{
    RollExtension extension;
    return !roll_binding_extension(binding, &extension) || extension.trunk == 0;
}

/* Of the bindings of @row those with this text; or the first one with an equal URI. */
static bool
remove_named(RollRegistrar *self, RollTime now, RollRow *row, RollText contact)
{
    RollUri uri;
    size_t n_before = roll_row_count(row);
    for (size_t i = 0; i < roll_row_count(row);) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (is_removable(binding) && roll_text_equal(roll_binding_contact(binding), contact))
            roll_registrar_drop(self, now, ROLL_BINDING_DEACTIVATED, row, i);
        else
            i++;
    }
    if (roll_row_count(row) < n_before)
        return true;
    for (size_t i = 0; i < n_before && roll_uri_parse(contact, &uri); i++) {
        RollUri bound;
        const RollBinding *binding = roll_row_binding(row, i);
        if (!is_removable(binding) || !roll_uri_parse(roll_binding_contact(binding), &bound) ||
            !roll_uri_equal(&bound, &uri))
            continue;
        roll_registrar_drop(self, now, ROLL_BINDING_DEACTIVATED, row, i);
        return true;
    }
    return false;
}

bool
roll_registrar_remove(RollRegistrar *self, RollTime now, RollText aor, RollText contact)
{
    RollSubject subject;
    char room[ROLL_AOR_MAX];
    if (!roll_record_find_subject(self, now, aor, room, &subject) || !subject.row)
        return false;
    bool found = remove_named(self, now, subject.row, contact);
    roll_table_tidy(self->table, subject.row);
    return found;
}

static RollRecord
show(const RollRow *row, const RollBinding *binding, const RollExtension *extension)
{
    return (RollRecord){
        .aor = roll_row_aor(row),
        .contact = roll_binding_contact(binding),
        .params = roll_binding_params(binding),
        .call_id = roll_binding_call_id(binding),
        .cseq = binding->cseq,
        .q = binding->q,
        .registered_at = binding->registered_at,
        .expires_at = binding->expires_at,
        .path = extension->path,
        .instance = extension->instance,
        .reg_id = extension->reg_id,
        .flow = extension->flow,
    };
}

static void
visit(RollTime horizon, RollRow *row, RollRecordVisitor visitor, void *data)
{
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollExtension extension = {0};
        roll_binding_extension(binding, &extension);
        if (binding->expires_at <= horizon || extension.trunk != 0)
            continue;
        RollRecord record = show(row, binding, &extension);
        visitor(data, &record);
    }
}

void
roll_registrar_each(const RollRegistrar *self, RollTime now, RollRecordVisitor visitor, void *data)
{
    RollTime horizon = roll_registrar_horizon(self, now);
    uint32_t limit = roll_table_limit(self->table);
    for (uint32_t id = 0; id < limit; id++)
        visit(horizon, roll_table_get_row(self->table, id), visitor, data);
}

void
roll_registrar_each_of(const RollRegistrar *self, RollTime now, RollText aor,
                       RollRecordVisitor visitor, void *data)
{
    RollRow *row = roll_table_find(self->table, aor, roll_table_hash(self->table, aor));
    visit(roll_registrar_horizon(self, now), row, visitor, data);
}

static bool
is_in_time(const RollRegistrar *self, RollTime now, RollTime expires_at)
{
    if (expires_at == ROLL_NEVER)
        return true;
    return expires_at > roll_registrar_horizon(self, now) &&
           (expires_at <= now ||
            (uint64_t)expires_at - (uint64_t)now <= (uint64_t)UINT32_MAX * (uint64_t)ROLL_SECOND);
}

/* What is kept of parameters by themselves must have been out of them already. */
static bool
are_params_good(RollText params)
{
    RollParam param;
    int more = 0;
    while (params.ptr && (more = roll_header_next_param(&params, &param)) == 1)
        if (roll_contact_has_field(param.name))
            return false;
    return more == 0;
}

static bool
is_in_bounds(const RollRegistrar *self, RollTime now, const RollRecord *record)
{
    size_t max = self->config.max_contact_size;
    return record->contact.len <= ROLL_BINDING_TEXT_MAX &&
           record->params.len <= ROLL_BINDING_TEXT_MAX &&
           record->call_id.len <= ROLL_BINDING_TEXT_MAX &&
           record->contact.len + record->params.len <= max && record->instance.len <= max &&
           record->path.len <= self->config.max_message &&
           (record->q == ROLL_Q_NONE || (record->q >= 0 && record->q <= 1000)) &&
           (record->reg_id == 0 || record->instance.len > 0) &&
           is_in_time(self, now, record->expires_at) && are_params_good(record->params);
}

bool
roll_record_read(const RollRegistrar *self, RollTime now, const RollRecord *record,
                 RollContact *out)
{
    RollContact contact = {.params = record->params, .instance = record->instance};
    if (!is_in_bounds(self, now, record) || !roll_uri_parse(record->contact, &contact.uri) ||
        (record->expires_at == ROLL_NEVER && !roll_uri_is_sip(&contact.uri)))
        return false;
    *out = contact;
    return true;
}

/* By the text of its URI, or by its flow. */
ptrdiff_t
roll_record_find(RollRow *row, const RollRecord *record, bool bulk)
{
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollExtension other = {0};
        roll_binding_extension(binding, &other);
        if (other.trunk != 0 || other.reg_id != record->reg_id)
            continue;
        if (record->reg_id > 0
                ? roll_instance_equal(other.instance, record->instance)
                : other.bulk == bulk &&
                      roll_text_equal(roll_binding_contact(binding), record->contact))
            return (ptrdiff_t)i;
    }
    return -1;
}

static const RollExtension *
extend(RollRegistrar *self, RollTime now, RollRow *row, const RollRecord *record, bool bulk)
{
    if (record->instance.len == 0 && !record->path.ptr && !bulk)
        return NULL;
    self->extension = (RollExtension){
        .instance = record->instance, .path = record->path, .reg_id = record->reg_id, .bulk = bulk};
    if (record->reg_id > 0)
        self->extension.flow = record->flow;
    roll_gruu_grant(self, now, row, record->call_id, &self->extension);
    return &self->extension;
}

RollEntry
roll_record_make_entry(RollRegistrar *self, RollTime now, RollRow *row, const RollRecord *record,
                       bool bulk)
{
    return (RollEntry){
        .contact = record->contact,
        .params = record->params,
        .call_id = record->call_id,
        .registered_at = record->registered_at,
        .expires_at = record->expires_at,
        .cseq = record->cseq,
        .q = record->q,
        .extension = extend(self, now, row, record, bulk),
    };
}

bool
roll_record_load(RollRegistrar *self, RollTime now, const RollRecord *record,
                 const RollContact *contact, RollSubject *subject)
{
    bool bulk = roll_bulk_applies(self, contact);
    size_t n_numbers = bulk ? roll_bulk_count_new(self, subject, true) : 0;
    if (roll_record_find(subject->row, record, bulk) >= 0 ||
        !has_room(self, now, subject->row, 1 + n_numbers))
        return false;
    if (bulk &&
        (roll_bulk_check(self, subject, contact) != 0 || !roll_bulk_has_room(self, now, subject)))
        return false;
    RollEntry entry = roll_record_make_entry(self, now, subject->row, record, bulk);
    put(self, now, subject, &entry);
    if (bulk)
        roll_bulk_bind(self, now, subject, &entry);
    return true;
}

bool
roll_registrar_load(RollRegistrar *self, RollTime now, const RollRecord *record)
{
    RollSubject subject;
    RollContact contact;
    char room[ROLL_AOR_MAX];
    if (!roll_record_read(self, now, record, &contact) ||
        !roll_record_find_subject(self, now, record->aor, room, &subject))
        return false;
    bool done = roll_record_load(self, now, record, &contact, &subject);
    if (subject.row)
        roll_table_tidy(self->table, subject.row);
    return done;
}
