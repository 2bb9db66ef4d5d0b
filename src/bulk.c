/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bindings of the numbers are rows of the table like any other, so that a lookup needs no
 * detour; they remember the trunk by the hash of its address-of-record. A number that the owner
 * has taken from the trunk since the last REGISTER keeps its binding until that runs out. RFC 6140
 * section 7.1 GRUUs (public ones are optional, and temporary ones need a key pair shared with the
 * trunk) are not made. */
#include "bulk.h"

#include "outbound.h"

/* E.164 has 15 digits at most. */
enum { DIGITS_MAX = 15 };

/* Section 5.2: "+", then digits and nothing else. */
static bool
is_number(RollText text)
{
    if (text.len < 2 || text.len > DIGITS_MAX + 1 || text.ptr[0] != '+')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!g_ascii_isdigit(text.ptr[i]))
            return false;
    return true;
}

static size_t
list_numbers(const RollRegistrar *self, RollText aor, const RollText **out)
{
    return self->config.numbers(self->config.numbers_data, aor, out);
}

bool
roll_bulk_applies(const RollRegistrar *self, const RollContact *contact)
{
    return self->config.policy.bulk && self->config.numbers &&
           roll_uri_find_param(&contact->uri, ROLL_TEXT("bnc"), NULL);
}

int
roll_bulk_check(const RollRegistrar *self, const RollSubject *subject, const RollContact *contact)
{
    const RollText *numbers;
    /* Sections 5.2 and 5.3: neither a user part nor a user parameter; no success with them. */
    if (contact->uri.user.ptr || roll_uri_find_param(&contact->uri, ROLL_TEXT("user"), NULL) ||
        contact->uri.text.len > ROLL_BINDING_TEXT_MAX - DIGITS_MAX - 2)
        return 400;
    /* Who is no trunk has no numbers to register. */
    return list_numbers(self, subject->aor, &numbers) > 0 ? 0 : 403;
}

/* The address-of-record of @number: it differs from the trunk's in the user part. */
static RollText
write_aor(RollText trunk, RollText number, char out[ROLL_AOR_MAX])
{
    RollUri uri;
    if (!is_number(number) || !roll_uri_parse(trunk, &uri) ||
        uri.scheme.len + number.len + uri.host.len + 3 > ROLL_AOR_MAX)
        return (RollText){0};
    int len = g_snprintf(out, ROLL_AOR_MAX, "%.*s:%.*s@%.*s", (int)uri.scheme.len, uri.scheme.ptr,
                         (int)number.len, number.ptr, (int)uri.host.len, uri.host.ptr);
    return (RollText){out, (size_t)len};
}

/* Section 5.2: the number as user part, `bnc` out, all other parameters as they are. */
static void
write_contact(const RollUri *bulk, RollText number, GString *out)
{
    const char *host = bulk->host.ptr;
    const char *end = bulk->text.ptr + bulk->text.len;
    const char *params = bulk->params.ptr ? bulk->params.ptr : end;
    const char *stop = params + bulk->params.len;
    g_string_truncate(out, 0);
    g_string_append_len(out, bulk->text.ptr, host - bulk->text.ptr);
    g_string_append_printf(out, "%.*s@", (int)number.len, number.ptr);
    g_string_append_len(out, host, params - host);
    while (params < stop) {
        const char *next = memchr(params + 1, ';', (size_t)(stop - params - 1));
        next = next ? next : stop;
        RollUri one = {.params = {params, (size_t)(next - params)}};
        if (!roll_uri_find_param(&one, ROLL_TEXT("bnc"), NULL))
            g_string_append_len(out, params, next - params);
        params = next;
    }
    g_string_append_len(out, params, end - params);
}

bool
roll_bulk_locate(RollText aor, RollText contact, GString *out)
{
    RollUri trunk, uri;
    if (!roll_uri_parse(aor, &trunk) || !is_number(trunk.user) || !roll_uri_parse(contact, &uri))
        return false;
    write_contact(&uri, trunk.user, out);
    return true;
}

/* The binding of a number that belongs to the trunk's contact with @extension and @contact. */
static ptrdiff_t
find_implicit(RollRow *row, uint64_t trunk, const RollExtension *extension, const RollUri *contact)
{
    for (size_t i = 0; i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        RollExtension other;
        RollUri uri;
        if (!roll_binding_extension(binding, &other) || other.trunk != trunk ||
            other.reg_id != extension->reg_id)
            continue;
        if (other.reg_id > 0 ? roll_instance_equal(other.instance, extension->instance)
                             : roll_uri_parse(roll_binding_contact(binding), &uri) &&
                                   roll_uri_equal(&uri, contact))
            return (ptrdiff_t)i;
    }
    return -1;
}

/* The hash of an address-of-record names a trunk; 0 means none. */
static uint64_t
trunk_of(uint64_t hash)
{
    return hash ? hash : 1;
}

bool
roll_bulk_has_room(RollRegistrar *self, RollTime now, const RollSubject *subject)
{
    const RollText *numbers;
    size_t n = list_numbers(self, subject->aor, &numbers), n_rows = !subject->row;
    char aor[ROLL_AOR_MAX];
    for (size_t i = 0; i < n; i++) {
        RollText name = write_aor(subject->aor, numbers[i], aor);
        if (name.len == 0 || roll_text_equal(name, subject->aor))
            continue;
        RollRow *row = roll_table_find(self->table, name, roll_table_hash(self->table, name));
        n_rows += !row;
        /* One more stays free for a second flow of the trunk. */
        if (row && roll_row_count(row) >= UINT16_MAX - 2)
            return false;
    }
    size_t max = self->config.max_aors;
    if (roll_table_count_rows(self->table) + n_rows <= max)
        return true;
    /* A row of the trunk that has nothing left in it must not go away under the caller. */
    if (subject->row)
        return false;
    roll_registrar_purge(self, now, roll_registrar_horizon(self, now));
    return roll_table_count_rows(self->table) + n_rows <= max;
}

static bool
is_of_trunk(RollRow *row, uint64_t trunk)
{
    RollExtension extension;
    for (size_t i = 0; row && i < roll_row_count(row); i++)
        if (roll_binding_extension(roll_row_binding(row, i), &extension) &&
            extension.trunk == trunk)
            return true;
    return false;
}

size_t
roll_bulk_count_new(const RollRegistrar *self, const RollSubject *subject, bool added)
{
    const RollText *numbers;
    size_t n = list_numbers(self, subject->aor, &numbers), n_new = 0;
    char aor[ROLL_AOR_MAX];
    for (size_t i = 0; i < n; i++) {
        RollText name = write_aor(subject->aor, numbers[i], aor);
        if (name.len == 0 || roll_text_equal(name, subject->aor))
            continue;
        RollRow *row = roll_table_find(self->table, name, roll_table_hash(self->table, name));
        n_new += added || !is_of_trunk(row, trunk_of(subject->hash));
    }
    return n_new;
}

static void
bind_number(RollRegistrar *self, RollTime now, RollText aor, const RollEntry *record)
{
    RollUri uri;
    if (!roll_uri_parse(record->contact, &uri))
        return;
    uint64_t hash = roll_table_hash(self->table, aor);
    RollRow *row = roll_table_find(self->table, aor, hash);
    if (row)
        roll_registrar_expire(self, now, roll_registrar_horizon(self, now), row);
    else
        row = roll_table_add_row(self->table, aor, hash);
    ptrdiff_t at = find_implicit(row, record->extension->trunk, record->extension, &uri);
    RollBindingEventKind kind = ROLL_BINDING_CREATED;
    const RollBinding *binding;
    if (at >= 0) {
        bool shorter = record->expires_at < roll_row_binding(row, (size_t)at)->expires_at;
        kind = shorter ? ROLL_BINDING_SHORTENED : ROLL_BINDING_REFRESHED;
        binding = roll_table_update(self->table, now, row, (size_t)at, record);
    } else {
        binding = roll_table_add(self->table, now, row, record);
    }
    roll_registrar_notify(self, now, kind, row, binding);
}

void
roll_bulk_bind(RollRegistrar *self, RollTime now, const RollSubject *subject,
               const RollEntry *record)
{
    RollUri bulk;
    const RollText *numbers;
    RollExtension extension = *record->extension;
    RollEntry implicit = *record;
    if (!roll_uri_parse(record->contact, &bulk))
        return;
    extension.bulk = false;
    extension.trunk = trunk_of(subject->hash);
    implicit.extension = &extension;
    g_autoptr(GString) contact = g_string_new(NULL);
    size_t n = list_numbers(self, subject->aor, &numbers);
    for (size_t i = 0; i < n; i++) {
        char aor[ROLL_AOR_MAX];
        RollText name = write_aor(subject->aor, numbers[i], aor);
        /* A trunk named after one of its numbers needs no second binding: roll_bulk_locate(). */
        if (name.len == 0 || roll_text_equal(name, subject->aor))
            continue;
        write_contact(&bulk, numbers[i], contact);
        implicit.contact = (RollText){contact->str, contact->len};
        bind_number(self, now, name, &implicit);
    }
}

static void
drop_number(RollRegistrar *self, RollTime now, RollBindingEventKind kind, RollText aor,
            const RollExtension *implicit, RollText contact)
{
    RollUri uri;
    RollRow *row = roll_table_find(self->table, aor, roll_table_hash(self->table, aor));
    if (!row || !roll_uri_parse(contact, &uri))
        return;
    ptrdiff_t at = find_implicit(row, implicit->trunk, implicit, &uri);
    if (at < 0)
        return;
    roll_registrar_drop(self, now, kind, row, (size_t)at);
    roll_table_tidy(self->table, row);
}

void
roll_bulk_drop(RollRegistrar *self, RollTime now, RollBindingEventKind kind, RollRow *row,
               const RollBinding *binding)
{
    RollUri bulk;
    RollExtension extension;
    const RollText *numbers;
    RollText trunk = roll_row_aor(row);
    if (!roll_binding_extension(binding, &extension) || !extension.bulk ||
        !roll_uri_parse(roll_binding_contact(binding), &bulk))
        return;
    extension.trunk = trunk_of(roll_table_hash(self->table, trunk));
    g_autoptr(GString) contact = g_string_new(NULL);
    size_t n = list_numbers(self, trunk, &numbers);
    for (size_t i = 0; i < n; i++) {
        char aor[ROLL_AOR_MAX];
        RollText name = write_aor(trunk, numbers[i], aor);
        if (name.len == 0 || roll_text_equal(name, trunk))
            continue;
        write_contact(&bulk, numbers[i], contact);
        drop_number(self, now, kind, name, &extension, (RollText){contact->str, contact->len});
    }
}
