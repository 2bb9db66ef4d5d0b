/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bindings by instance and reg-id stand beside ordinary ones and never match them, whatever their
 * contact URIs are: the two flows of one device mostly have one URI (RFC 5626 section 6). */
#include "outbound.h"

#include "option.h"
#include "path.h"

static bool
starts_with(RollText text, RollText prefix)
{
    return text.len >= prefix.len && strncasecmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

/* Section 4.1: by the rules of the URN's scheme. Case never counts in a UUID (RFC 4122
 * section 3); in other URNs it counts only in what follows the second
 * colon (RFC 2141 section 5). */
bool
roll_instance_equal(RollText a, RollText b)
{
    if (roll_text_equal(a, b))
        return true;
    if (a.len != b.len || !starts_with(a, ROLL_TEXT("urn:")))
        return false;
    if (starts_with(a, ROLL_TEXT("urn:uuid:")))
        return roll_text_equal_nocase(a, b);
    size_t head = strlen("urn:");
    while (head < a.len && a.ptr[head] != ':')
        head++;
    return strncasecmp(a.ptr, b.ptr, head) == 0 &&
           memcmp(a.ptr + head, b.ptr + head, a.len - head) == 0;
}

/* Section 6 has the registrar look at Via: one value means that no proxy is between. */
static bool
is_first_hop(const RollRequest *request)
{
    const char *end = request->via.ptr + request->via.len;
    const char *feed = request->via.len ? memchr(request->via.ptr, '\n', request->via.len) : NULL;
    return !feed || feed + 1 == end;
}

static bool
is_removal(const RollRequest *request, const RollContact *contact)
{
    int64_t expires = contact->expires >= 0 ? contact->expires : request->expires;
    return contact->star || expires == 0;
}

/* Section 6: a reg-id without an instance is not looked at. */
static bool
has_key(const RollContact *contact)
{
    return contact->reg_id > 0 && contact->instance.len > 0;
}

typedef struct {
    size_t n_reg_ids;
    size_t n_keys;
    size_t n_bound;
} Tally;

static Tally
count_contacts(const RollRequest *request)
{
    Tally tally = {0};
    for (size_t i = 0; i < request->n_contacts; i++) {
        const RollContact *contact = &request->contacts[i];
        tally.n_reg_ids += contact->reg_id > 0;
        tally.n_keys += has_key(contact);
        tally.n_bound += !is_removal(request, contact);
    }
    return tally;
}

int
roll_outbound_check(const RollRegistrar *self, const RollRequest *request, RollSubject *subject,
                    RollReply *reply)
{
    RollOutbound policy = self->config.policy.outbound;
    subject->outbound = false;
    if (policy == ROLL_OUTBOUND_OFF || request->n_contacts == 0)
        return 0;
    Tally tally = count_contacts(request);
    if (tally.n_reg_ids == 0 && policy != ROLL_OUTBOUND_REQUIRE)
        return 0;
    bool supported = roll_option_has(request->supported, ROLL_TEXT("outbound"));
    /* RFC 3261 section 21.4.16. What only removes bindings needs no extension. */
    if (policy == ROLL_OUTBOUND_REQUIRE && !supported && tally.n_bound > 0) {
        reply->require = ROLL_TEXT("outbound");
        return 421;
    }
    /* A flow ends at the first hop, which must be able to hold it. */
    if (tally.n_reg_ids > 0 && !is_first_hop(request) &&
        !roll_path_starts_outbound(roll_path_kept(self, request)))
        return supported ? 439 : 0;
    /* One registration is one flow; it may remove others. */
    if (tally.n_keys > 0 && tally.n_bound > 1)
        return 400;
    subject->outbound = tally.n_keys > 0;
    return 0;
}

uint32_t
roll_outbound_reg_id(const RollSubject *subject, const RollContact *contact)
{
    return subject->outbound && has_key(contact) ? contact->reg_id : 0;
}

RollDraft *
roll_outbound_find(RollRegistrar *self, RollRow *row, const RollContact *contact, uint32_t reg_id)
{
    for (size_t i = 0; i < self->n_drafts; i++) {
        RollDraft *draft = &self->drafts[i];
        if (draft->removed || draft->implicit || draft->reg_id != reg_id)
            continue;
        RollExtension extension;
        RollText instance = {0};
        if (draft->contact)
            instance = draft->contact->instance;
        else if (roll_binding_extension(roll_row_binding(row, i), &extension))
            instance = extension.instance;
        if (roll_instance_equal(instance, contact->instance))
            return draft;
    }
    return NULL;
}

RollEndpoint
roll_outbound_flow(const RollRequest *request)
{
    return is_first_hop(request) ? request->source : (RollEndpoint){0};
}

void
roll_outbound_reply(const RollRegistrar *self, const RollRequest *request,
                    const RollSubject *subject, RollReply *reply)
{
    if (!subject->outbound || !roll_option_has(request->supported, ROLL_TEXT("outbound")))
        return;
    reply->require = ROLL_TEXT("outbound");
    /* Section 6: only the client's own first hop knows how long it keeps a silent flow. */
    if (is_first_hop(request))
        reply->flow_timer = self->config.policy.flow_timer;
}

void
roll_registrar_drop_flow(RollRegistrar *self, RollTime now, const RollEndpoint *flow)
{
    RollRow *row;
    while ((row = roll_table_find_flow(self->table, flow))) {
        for (size_t i = 0; i < roll_row_count(row);) {
            if (roll_binding_has_flow(roll_row_binding(row, i), flow))
                roll_registrar_drop(self, now, ROLL_BINDING_DEACTIVATED, row, i);
            else
                i++;
        }
        roll_table_tidy(self->table, row);
    }
}
