/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 3261 section 10.3 steps 6 and 7: what the Contact header fields of a REGISTER do to the
 * bindings of an address-of-record. Every contact is decided on drafts of the bindings, each one
 * against what the contacts before it left; only when all are decided is the table written. So a
 * request is done completely or not at all, and there is nothing to undo.
 *
 * A static record is the operator's: no REGISTER changes or removes it. */
#include "registrar.h"

#include "bulk.h"
#include "contact.h"
#include "events.h"
#include "grant.h"
#include "gruu.h"
#include "header.h"
#include "outbound.h"
#include "path.h"
#include "replace.h"

/* A limit of the table was hit. Room comes with the next expiry, which nobody can tell; a minute
 * keeps the client from hammering. */
enum { LIMIT_RETRY_AFTER = 60 };

/* "The update MUST be aborted and the request fails" (steps 6 and 7). No sentence names the status
 * alone, but the end of step 7 does: if any of the binding updates fails, "the request MUST fail
 * with a 500 (Server Error) response". Section 12.2.2 answers a CSeq out of order in a dialog with
 * 500 as well. Others answer 400; the policy says. */
static int
out_of_order(const RollRegistrar *self)
{
    return self->config.policy.order_status;
}

static bool
is_static(const RollBinding *binding)
{
    return binding->expires_at == ROLL_NEVER;
}

/* Step 7: the Call-ID differs, or the CSeq is higher. */
bool
roll_update_is_in_order(const RollRegistrar *self, const RollBinding *binding,
                        const RollRequest *request)
{
    return self->config.policy.lax_order ||
           !roll_text_equal(roll_binding_call_id(binding), request->call_id) ||
           request->cseq > binding->cseq;
}

static void
start_drafts(RollRegistrar *self, RollRow *row, size_t n_contacts)
{
    size_t n_bindings = row ? roll_row_count(row) : 0;
    size_t need = n_bindings + n_contacts;
    if (need > self->drafts_size) {
        self->drafts_size = MAX(need, 16);
        self->drafts = g_renew(RollDraft, self->drafts, self->drafts_size);
    }
    for (size_t i = 0; i < n_bindings; i++) {
        RollExtension extension;
        self->drafts[i] = (RollDraft){.exists = true};
        if (!roll_binding_extension(roll_row_binding(row, i), &extension))
            continue;
        self->drafts[i].reg_id = extension.reg_id;
        self->drafts[i].bulk = extension.bulk;
        self->drafts[i].implicit = extension.trunk != 0;
    }
    self->n_drafts = n_bindings;
}

static bool
binding_equals(const RollBinding *binding, const RollUri *contact)
{
    RollUri uri;
    return roll_uri_parse(roll_binding_contact(binding), &uri) && roll_uri_equal(&uri, contact);
}

/* What a contact URI names: no flow (RFC 5626), no number of a trunk, and the contact of a trunk
 * only by another one (RFC 6140). */
static bool
has_name(const RollDraft *draft, bool bulk)
{
    return !draft->removed && draft->reg_id == 0 && !draft->implicit && draft->bulk == bulk;
}

/* Equality is not transitive (section 19.1.4), so a contact may equal two bindings. One that is
 * written the same is meant before one that is only equal. */
static RollDraft *
find_draft(RollRegistrar *self, RollRow *row, const RollUri *contact, bool bulk)
{
    for (size_t i = 0; i < self->n_drafts; i++) {
        RollDraft *draft = &self->drafts[i];
        RollText text = draft->contact ? draft->contact->uri.text
                                       : roll_binding_contact(roll_row_binding(row, i));
        if (has_name(draft, bulk) && roll_text_equal(text, contact->text))
            return draft;
    }
    if (self->config.policy.match_text)
        return NULL;
    for (size_t i = 0; i < self->n_drafts; i++) {
        RollDraft *draft = &self->drafts[i];
        if (has_name(draft, bulk) &&
            (draft->contact ? roll_uri_equal(&draft->contact->uri, contact)
                            : binding_equals(roll_row_binding(row, i), contact)))
            return draft;
    }
    return NULL;
}

static bool
binding_has_name(const RollBinding *binding)
{
    RollExtension extension;
    return !roll_binding_extension(binding, &extension) ||
           (extension.reg_id == 0 && extension.trunk == 0 && !extension.bulk);
}

ptrdiff_t
roll_update_find(RollRow *row, const RollUri *contact)
{
    for (size_t i = 0; i < roll_row_count(row); i++)
        if (binding_has_name(roll_row_binding(row, i)) &&
            roll_text_equal(roll_binding_contact(roll_row_binding(row, i)), contact->text))
            return (ptrdiff_t)i;
    for (size_t i = 0; i < roll_row_count(row); i++)
        if (binding_has_name(roll_row_binding(row, i)) &&
            binding_equals(roll_row_binding(row, i), contact))
            return (ptrdiff_t)i;
    return -1;
}

/* Step 6: `*` stands alone, with Expires: 0, and removes every binding or none. */
static int
draft_star(RollRegistrar *self, const RollRequest *request, RollRow *row)
{
    if (request->n_contacts > 1 || request->expires != 0)
        return 400;
    start_drafts(self, row, 0);
    for (size_t i = 0; i < self->n_drafts; i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (is_static(binding) || self->drafts[i].implicit)
            continue;
        if (!self->config.policy.lax_star && !roll_update_is_in_order(self, binding, request))
            return out_of_order(self);
        self->drafts[i].removed = true;
    }
    return 0;
}

/* What a contact may not be, whatever is bound already. */
static int
check_contact(const RollRegistrar *self, const RollSubject *subject, const RollContact *contact,
              bool bulk, uint32_t expires)
{
    int status = bulk ? roll_bulk_check(self, subject, contact) : 0;
    /* RFC 5627 section 5.1. */
    if (!status && self->gruus && contact->instance.len > 0 && expires > 0 &&
        !roll_gruu_may_bind(self, subject, contact))
        status = 403;
    return status;
}

/* Step 7 for one contact. */
static int
draft_contact(RollRegistrar *self, RollTime now, const RollRequest *request,
              const RollContact *contact, const RollSubject *subject)
{
    RollRow *row = subject->row;
    if (contact->uri.text.len == 0 || contact->uri.text.len > ROLL_BINDING_TEXT_MAX ||
        contact->params.len > ROLL_BINDING_TEXT_MAX ||
        contact->uri.text.len + contact->params.len > self->config.max_contact_size)
        return 400;
    uint32_t expires;
    if (!roll_grant_expires(self, now, request, contact, &expires))
        return 423;
    bool bulk = roll_bulk_applies(self, contact);
    uint32_t reg_id = roll_outbound_reg_id(subject, contact);
    int status = check_contact(self, subject, contact, bulk, expires);
    if (status)
        return status;
    RollDraft *draft = reg_id ? roll_outbound_find(self, row, contact, reg_id)
                              : find_draft(self, row, &contact->uri, bulk);
    if (expires > 0 && !roll_replace_instance(self, request, contact, row, draft))
        return out_of_order(self);
    if (!draft) {
        /* To remove what is not there is nothing, and no error. */
        if (expires > 0)
            self->drafts[self->n_drafts++] =
                (RollDraft){.contact = contact, .expires = expires, .reg_id = reg_id, .bulk = bulk};
        return 0;
    }
    /* RFC 5626 section 6: the request has put another contact in the place of the one that it
     * removes here, so that is gone already. */
    if (reg_id && draft->contact && expires == 0 &&
        !roll_uri_equal(&draft->contact->uri, &contact->uri))
        return 0;
    /* A contact named twice in one request: the draft has the Call-ID and the CSeq of this very
     * request, and that is not higher. */
    if (draft->contact && !self->config.policy.lax_order)
        return out_of_order(self);
    if (!draft->exists) {
        draft->removed = expires == 0;
        draft->contact = contact;
        draft->expires = expires;
        return 0;
    }
    const RollBinding *binding = roll_row_binding(row, (size_t)(draft - self->drafts));
    if (is_static(binding))
        return 0;
    if (!roll_update_is_in_order(self, binding, request))
        return out_of_order(self);
    draft->removed = expires == 0;
    draft->contact = draft->removed ? NULL : contact;
    draft->expires = expires;
    draft->bulk = bulk;
    return 0;
}

/* Room for another address-of-record. */
static bool
lacks_rows(RollRegistrar *self, RollTime now)
{
    if (roll_table_count_rows(self->table) < self->config.max_aors)
        return false;
    /* Expired records that wait to be purged are not held against the request. */
    roll_registrar_purge(self, now, roll_registrar_horizon(self, now));
    return roll_table_count_rows(self->table) >= self->config.max_aors;
}

/* The bounds hold for what the request adds; what is there stays there. */
static int
check_limits(RollRegistrar *self, RollTime now, const RollSubject *subject, RollReply *reply)
{
    size_t n_left = 0, n_new = 0, n_bulk = 0;
    for (size_t i = 0; i < self->n_drafts; i++) {
        n_left += !self->drafts[i].removed;
        n_new += !self->drafts[i].exists && !self->drafts[i].removed;
        n_bulk += self->drafts[i].bulk && self->drafts[i].contact;
    }
    size_t limit = self->config.max_bindings_per_aor;
    bool full = n_bulk > 0 && !roll_bulk_has_room(self, now, subject);
    full |= n_new > 0 && n_left > limit && !roll_replace_oldest(self, subject->row, n_left - limit);
    full |= n_new > 0 && !subject->row && lacks_rows(self, now);
    full |= n_new + n_bulk > 0 && !roll_replace_has_room(self, now, subject);
    if (!full)
        return 0;
    int status = self->config.policy.full_status;
    reply->retry_after = status == 503 ? LIMIT_RETRY_AFTER : 0;
    return status;
}

static bool
has_star(const RollRequest *request)
{
    for (size_t i = 0; i < request->n_contacts; i++)
        if (request->contacts[i].star)
            return true;
    return false;
}

int
roll_update_check(RollRegistrar *self, RollTime now, const RollRequest *request,
                  const RollSubject *subject, RollReply *reply)
{
    if (request->n_contacts > self->config.max_contacts_per_request ||
        request->call_id.len > ROLL_BINDING_TEXT_MAX)
        return 400;
    if (has_star(request))
        return draft_star(self, request, subject->row);
    start_drafts(self, subject->row, request->n_contacts);
    for (size_t i = 0; i < request->n_contacts; i++) {
        int status = draft_contact(self, now, request, &request->contacts[i], subject);
        if (status == 423)
            reply->min_expires = self->config.min_expires;
        if (status)
            return status;
    }
    return check_limits(self, now, subject, reply);
}

/* The parameters to keep: expires and q have fields of their own and are listed from there, and
 * nobody can tell us his GRUUs (RFC 5627 section 5.1). */
static RollText
keep_params(RollRegistrar *self, RollText params)
{
    if (!params.ptr)
        return params;
    RollParam param;
    g_string_truncate(self->params, 0);
    while (roll_header_next_param(&params, &param) == 1)
        if (!roll_contact_has_field(param.name))
            g_string_append_len(self->params, param.text.ptr, (gssize)param.text.len);
    return (RollText){self->params->str, self->params->len};
}

/* What a binding keeps for extensions; most keep nothing. */
static const RollExtension *
make_extension(RollRegistrar *self, RollTime now, const RollRequest *request,
               const RollSubject *subject, const RollDraft *draft)
{
    RollText instance = draft->contact->instance;
    RollText path = roll_path_kept(self, request);
    if (instance.len == 0 && !path.ptr && !draft->bulk)
        return NULL;
    self->extension = (RollExtension){
        .instance = instance, .path = path, .reg_id = draft->reg_id, .bulk = draft->bulk};
    if (draft->reg_id > 0)
        self->extension.flow = roll_outbound_flow(request);
    roll_gruu_grant(self, now, subject->row, request->call_id, &self->extension);
    return &self->extension;
}

static RollEntry
make_record(RollRegistrar *self, RollTime now, const RollRequest *request,
            const RollSubject *subject, const RollDraft *draft)
{
    return (RollEntry){
        .contact = draft->contact->uri.text,
        .params = keep_params(self, draft->contact->params),
        .call_id = request->call_id,
        .registered_at = now,
        .expires_at = now + draft->expires * ROLL_SECOND,
        .cseq = request->cseq,
        .q = draft->contact->q,
        .extension = make_extension(self, now, request, subject, draft),
    };
}

void
roll_update_write(RollRegistrar *self, RollTime now, RollRow *row, size_t i,
                  const RollEntry *record)
{
    RollTime old = roll_row_binding(row, i)->expires_at;
    if (!record->extension || !record->extension->bulk)
        roll_bulk_drop(self, now, ROLL_BINDING_UNREGISTERED, row, roll_row_binding(row, i));
    if (self->events)
        roll_events_rename(self->events, now, row, roll_row_binding(row, i), record->contact);
    const RollBinding *binding = roll_table_update(self->table, now, row, i, record);
    roll_registrar_notify(
        self, now, record->expires_at < old ? ROLL_BINDING_SHORTENED : ROLL_BINDING_REFRESHED, row,
        binding);
}

static void
commit_add(RollRegistrar *self, RollTime now, RollSubject *subject, const RollEntry *record)
{
    roll_replace_make_room(self, now, subject);
    if (!subject->row)
        subject->row = roll_table_add_row(self->table, subject->aor, subject->hash);
    const RollBinding *binding = roll_table_add(self->table, now, subject->row, record);
    roll_registrar_notify(self, now, ROLL_BINDING_CREATED, subject->row, binding);
}

void
roll_update_commit(RollRegistrar *self, RollTime now, const RollRequest *request,
                   RollSubject *subject)
{
    size_t at = 0;
    for (size_t i = 0; i < self->n_drafts; i++) {
        const RollDraft *draft = &self->drafts[i];
        if (draft->removed) {
            if (draft->exists)
                roll_registrar_drop(self, now,
                                    draft->replaced ? ROLL_BINDING_DEACTIVATED
                                                    : ROLL_BINDING_UNREGISTERED,
                                    subject->row, at);
            continue;
        }
        if (draft->contact) {
            RollEntry record = make_record(self, now, request, subject, draft);
            if (draft->exists)
                roll_update_write(self, now, subject->row, at, &record);
            else
                commit_add(self, now, subject, &record);
            if (draft->bulk)
                roll_bulk_bind(self, now, subject, &record);
        }
        at++;
    }
}
