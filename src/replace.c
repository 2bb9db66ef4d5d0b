/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Works on the drafts of update.c, so that a request that fails in the end has replaced nothing.
 * A static record is the operator's and is never replaced. */
#include "replace.h"

#include "bulk.h"
#include "contact.h"

static bool
may_replace(const RollDraft *draft, const RollBinding *binding)
{
    return draft->exists && !draft->removed && !draft->implicit && !draft->contact &&
           binding->expires_at != ROLL_NEVER;
}

static RollDraft *
find_oldest(RollRegistrar *self, RollRow *row)
{
    RollDraft *oldest = NULL;
    RollTime since = ROLL_NEVER;
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (!may_replace(&self->drafts[i], binding) || binding->registered_at >= since)
            continue;
        oldest = &self->drafts[i];
        since = binding->registered_at;
    }
    return oldest;
}

bool
roll_replace_oldest(RollRegistrar *self, RollRow *row, size_t n)
{
    size_t n_found = 0;
    if (self->config.policy.full != ROLL_FULL_REPLACE)
        return false;
    for (size_t i = 0; row && i < roll_row_count(row); i++)
        n_found += may_replace(&self->drafts[i], roll_row_binding(row, i));
    if (n_found < n)
        return false;
    while (n-- > 0) {
        RollDraft *draft = find_oldest(self, row);
        draft->removed = draft->replaced = true;
    }
    return true;
}

static bool
is_of_instance(const RollBinding *binding, RollText instance)
{
    RollContact contact = {.params = roll_binding_params(binding)};
    return contact.params.ptr && roll_contact_scan(&contact) && contact.reg_id == 0 &&
           roll_text_equal(contact.instance, instance);
}

/* Such a record is not the place of another contact: the request says itself what becomes of it. */
static bool
is_named(const RollBinding *binding, const RollRequest *request)
{
    for (size_t i = 0; i < request->n_contacts; i++)
        if (roll_text_equal(roll_binding_contact(binding), request->contacts[i].uri.text))
            return true;
    return false;
}

/* A record with another URI ends and a new one begins, rather than one that changes its URI:
 * whoever is told of the table knows records by their URIs. */
bool
roll_replace_instance(RollRegistrar *self, const RollRequest *request, const RollContact *contact,
                      RollRow *row, const RollDraft *same)
{
    if (!self->config.policy.replace_by_instance || contact->instance.len == 0 ||
        contact->reg_id != 0)
        return true;
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        RollDraft *draft = &self->drafts[i];
        const RollBinding *binding = roll_row_binding(row, i);
        if (draft == same || !may_replace(draft, binding) || is_named(binding, request) ||
            !is_of_instance(binding, contact->instance))
            continue;
        if (!roll_update_is_in_order(self, binding, request))
            return false;
        draft->removed = draft->replaced = true;
    }
    return true;
}

/* What a request does to the number of records. */
typedef struct {
    size_t n_added;
    size_t n_removed;
    size_t n_updated;
    size_t n_numbers;
} Balance;

static Balance
draw_balance(const RollRegistrar *self, const RollSubject *subject)
{
    Balance balance = {0};
    for (size_t i = 0; i < self->n_drafts; i++) {
        const RollDraft *draft = &self->drafts[i];
        bool added = !draft->exists && !draft->removed;
        balance.n_added += added;
        balance.n_removed += draft->exists && draft->removed;
        balance.n_updated += draft->exists && draft->contact;
        if (draft->bulk && draft->contact)
            balance.n_numbers += roll_bulk_count_new(self, subject, added);
    }
    return balance;
}

bool
roll_replace_has_room(RollRegistrar *self, RollTime now, const RollSubject *subject)
{
    size_t max = self->config.max_records;
    if (max == 0)
        return true;
    Balance balance = draw_balance(self, subject);
    size_t more = balance.n_added + balance.n_numbers;
    if (more == 0 || roll_table_count(self->table) - balance.n_removed + more <= max)
        return true;
    /* What has expired goes before anything that lives. */
    roll_registrar_purge(self, now, roll_registrar_horizon(self, now));
    size_t n_kept = roll_table_count(self->table) - balance.n_removed;
    if (n_kept + more <= max)
        return true;
    if (self->config.policy.table_full != ROLL_FULL_REPLACE || balance.n_numbers > 0)
        return false;
    /* What the request itself has written is not given up for it. */
    size_t n_fixed = roll_table_count_fixed(self->table) + balance.n_updated;
    return n_fixed + more <= max;
}

void
roll_replace_make_room(RollRegistrar *self, RollTime now, RollSubject *subject)
{
    size_t max = self->config.max_records;
    while (max > 0 && roll_table_count(self->table) >= max) {
        size_t i;
        RollRow *row = roll_table_find_oldest(self->table, now, subject->row, &i);
        g_return_if_fail(row);
        roll_registrar_drop(self, now, ROLL_BINDING_DEACTIVATED, row, i);
        if (row != subject->row)
            roll_table_tidy(self->table, row);
        /* With a trunk's contact a number may have gone that was all there was of the subject. */
        subject->row = roll_table_find(self->table, subject->aor, subject->hash);
    }
}
