/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is asked for comes from the request, what is granted from the policy: raised or refused
 * when brief, cut when long, and then shortened by chance, or to a second in which few others
 * expire, so that clients that came at once do not come back at once. Chance is a keyed hash of the
 * request: the core has no other, and it makes every reading of one request draw the same. */
#include "grant.h"

/* RFC 3261 section 10.3 step 7: no 423 from an hour on. */
enum { BRIEF_LIMIT = 3600 };

/* Seconds looked at for one grant. */
enum { CANDIDATES = 16 };

/* Step 7: Contact parameter before Expires header field before local default. */
static uint32_t
requested_expires(const RollRegistrar *self, const RollRequest *request, const RollContact *contact)
{
    int64_t expires = contact->expires;
    if (expires < 0)
        expires = request->expires;
    if (expires < 0)
        expires = self->config.default_expires;
    return (uint32_t)MIN(expires, UINT32_MAX);
}

/* How far below @expires the draw may go. */
static uint32_t
jitter_span(const RollRegistrar *self, uint32_t expires)
{
    const RollPolicy *policy = &self->config.policy;
    uint64_t share = (uint64_t)expires * MIN(policy->jitter_percent, 100) / 100;
    return (uint32_t)MAX(share, policy->jitter_seconds);
}

static uint64_t
draw(const RollRegistrar *self, const RollRequest *request, const RollContact *contact)
{
    uint64_t hash = roll_hash(self->tag_key, request->cseq, ROLL_TEXT("expires"));
    hash = roll_hash(self->tag_key, hash, request->call_id);
    return roll_hash(self->tag_key, hash, contact->uri.text);
}

/* The candidates are evenly spread, and shifted by chance by less than the way from one to the
 * next, so that those who come at one instant do not all get the same few. */
static uint32_t
find_calm(const RollRegistrar *self, RollTime now, uint32_t expires, uint64_t n_seconds,
          uint64_t shift)
{
    uint64_t n = MIN(n_seconds, CANDIDATES);
    uint32_t calmest = expires;
    size_t fewest = SIZE_MAX;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t candidate = expires - (uint32_t)((i * n_seconds + shift) / n);
        size_t count = roll_table_count_due(self->table, now + candidate * ROLL_SECOND);
        if (count >= fewest)
            continue;
        fewest = count;
        calmest = candidate;
    }
    return calmest;
}

/* A client that asks again with what it was granted must not be told that this is too brief, so
 * the draw stays at the minimum or above. */
static uint32_t
add_jitter(const RollRegistrar *self, RollTime now, const RollRequest *request,
           const RollContact *contact, uint32_t expires)
{
    uint32_t span = jitter_span(self, expires);
    uint32_t least = MIN(expires, MAX(self->config.min_expires, 1));
    span = MIN(span, expires - least);
    if (span == 0)
        return expires;
    uint64_t n_seconds = (uint64_t)span + 1;
    uint64_t shift = draw(self, request, contact) % n_seconds;
    if (self->config.policy.jitter_level)
        return find_calm(self, now, expires, n_seconds, shift);
    return expires - (uint32_t)shift;
}

bool
roll_grant_expires(const RollRegistrar *self, RollTime now, const RollRequest *request,
                   const RollContact *contact, uint32_t *out)
{
    uint32_t expires = requested_expires(self, request, contact);
    if (expires == 0) {
        *out = 0;
        return true;
    }
    if (expires < self->config.min_expires) {
        if (self->config.policy.brief == ROLL_BRIEF_RAISE)
            expires = self->config.min_expires;
        else if (expires < BRIEF_LIMIT)
            return false;
    }
    if (self->config.max_expires > 0)
        expires = MIN(expires, self->config.max_expires);
    uint32_t least = MIN(expires, MAX(self->config.min_expires, 1));
    expires -= MIN(self->config.policy.grant_loss, expires - least);
    *out = add_jitter(self, now, request, contact, expires);
    return true;
}
