/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every transaction lives equally long, so they end in the order they began: a ring. A slot keeps
 * one block of memory for all it remembers and uses it again, so nothing is allocated once the ring
 * has seen its traffic. Nearly all answers are remembered in vain, so they are packed small, to
 * spare the cache, and taken apart only for a retransmission. Two indexes lead into the ring: by
 * what a retransmission has in common with the first request, and by what makes two requests the
 * same one on different paths. Of both nothing is kept but 64 bits of a hash whose key nobody
 * knows: among a million transactions one request in 10^13 would be taken for another's copy. */
#include "transaction.h"

#include "contact.h"
#include "index.h"
#include <glib.h>
#include <rollcall/pages.h>

/* BLOCK_OVERHEAD: what the allocator puts before a block; with it a step fills cache lines. */
enum { FIRST_SIZE = 64, BLOCK_STEP = 64, BLOCK_OVERHEAD = 8 };

/* A listed contact; its URI, parameters and GRUUs are in the block.
 * @expires: seconds; of no meaning without @has_expires */
typedef struct {
    uint32_t expires;
    uint32_t uri_len;
    uint32_t params_len;
    uint32_t pub_gruu_len;
    uint32_t temp_gruu_len;
    int16_t q;
    bool has_expires;
} KeptContact;
G_STATIC_ASSERT(sizeof(KeptContact) == 24);

typedef struct {
    RollText realm;
    uint64_t serial;
    RollAlgorithm algorithm;
    bool stale;
    bool qop;
} KeptChallenge;

/* What few answers have; its texts are in the block. */
typedef struct {
    uint32_t unsupported_len;
    uint32_t require_len;
    uint32_t path_len;
    uint32_t flow_timer;
    uint32_t min_expires;
    uint32_t retry_after;
} KeptRest;

/* @block: contacts, challenges, the rest if there is one, then the texts: what the contacts say,
 * unsupported, require, path. */
typedef struct {
    RollTime ends_at;
    uint64_t match;
    uint64_t merge;
    char *block;
    uint32_t block_size;
    uint32_t n_contacts;
    uint16_t status;
    uint8_t n_challenges;
    bool may_merge;
    bool has_rest;
} Transaction;

struct RollTransactions {
    RollHashKey key;
    size_t limit;
    Transaction *ring;
    size_t size;
    size_t head;
    size_t count;
    RollIndex by_branch;
    RollIndex by_merge;
    RollContact *contacts;
    size_t contacts_size;
    RollChallenge challenges[ROLL_N_ALGORITHMS];
};

RollTransactions *
roll_transactions_new(RollHashKey key, size_t limit)
{
    RollTransactions *self = g_new0(RollTransactions, 1);
    self->key = key;
    self->limit = CLAMP(limit, 1, ROLL_INDEX_NONE - 1);
    roll_index_init(&self->by_branch);
    roll_index_init(&self->by_merge);
    return self;
}

void
roll_transactions_free(RollTransactions *self)
{
    if (!self)
        return;
    for (size_t i = 0; i < self->size; i++)
        g_free(self->ring[i].block);
    roll_pages_free(self->ring, self->size * sizeof *self->ring);
    g_free(self->contacts);
    roll_index_free(&self->by_branch);
    roll_index_free(&self->by_merge);
    g_free(self);
}

/* Section 17.2.3. A branch without the cookie comes from an RFC 2543 client and may be the same
 * in every request; then the rest of what such a client keeps in a retransmission counts too. */
static uint64_t
match_of(const RollTransactions *self, const RollRequest *request)
{
    static const RollText cookie = {"z9hG4bK", 7};
    uint64_t hash = roll_hash(self->key, 0, request->branch);
    hash = roll_hash(self->key, hash, request->sent_by);
    hash = roll_hash(self->key, hash, request->method);
    if (request->branch.len > cookie.len &&
        memcmp(request->branch.ptr, cookie.ptr, cookie.len) == 0)
        return hash;
    const RollText others[] = {request->call_id, request->from_tag, request->to_tag,
                               request->uri.text};
    hash ^= request->cseq;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        hash = roll_hash(self->key, hash, others[i]);
    return hash;
}

/* Section 8.2.2.2. */
static uint64_t
merge_of(const RollTransactions *self, const RollRequest *request)
{
    uint64_t hash = roll_hash(self->key, request->cseq, request->from_tag);
    return roll_hash(self->key, roll_hash(self->key, hash, request->call_id), request->method);
}

RollTransactionId
roll_transactions_identify(const RollTransactions *self, const RollRequest *request)
{
    RollTransactionId id = {0};
    /* Over a reliable transport nothing comes twice: Timer J is zero (section 17.2.2). */
    id.applies = request->branch.ptr && request->source.transport == ROLL_TRANSPORT_UDP;
    if (!id.applies)
        return id;
    id.match = match_of(self, request);
    roll_index_prefetch(&self->by_branch, (uint32_t)id.match);
    /* Section 8.2.2.2: without a To tag only; without a From tag nothing identifies the sender. */
    id.may_merge = !request->to_tag.ptr && request->from_tag.ptr;
    if (id.may_merge) {
        id.merge = merge_of(self, request);
        roll_index_prefetch(&self->by_merge, (uint32_t)id.merge);
    }
    return id;
}

void
roll_transactions_expire(RollTransactions *self, RollTime now)
{
    while (self->count > 0 && self->ring[self->head].ends_at <= now) {
        const Transaction *oldest = &self->ring[self->head];
        roll_index_remove(&self->by_branch, (uint32_t)oldest->match, (uint32_t)self->head);
        if (oldest->may_merge)
            roll_index_remove(&self->by_merge, (uint32_t)oldest->merge, (uint32_t)self->head);
        self->head = (self->head + 1) & (self->size - 1);
        self->count--;
    }
}

static KeptContact *
kept_contacts(const Transaction *self)
{
    return (KeptContact *)self->block;
}

static KeptChallenge *
kept_challenges(const Transaction *self)
{
    return (KeptChallenge *)(kept_contacts(self) + self->n_contacts);
}

static KeptRest *
kept_rest(const Transaction *self)
{
    return (KeptRest *)(kept_challenges(self) + self->n_challenges);
}

static char *
kept_texts(const Transaction *self)
{
    return (char *)(kept_rest(self) + self->has_rest);
}

/* The next @len bytes of a block; nothing kept is absent. */
static RollText
take_text(const char **at, size_t len)
{
    RollText text = {len > 0 ? *at : NULL, len};
    *at += len;
    return text;
}

static void
unpack_contact(RollContact *out, const KeptContact *kept, const char **at)
{
    *out = (RollContact){.expires = kept->expires, .q = kept->q};
    if (!kept->has_expires)
        out->expires = ROLL_EXPIRES_NONE;
    RollText uri = take_text(at, kept->uri_len);
    if (!roll_uri_parse(uri, &out->uri))
        out->uri.text = uri;
    out->params = take_text(at, kept->params_len);
    if (out->params.ptr)
        roll_contact_scan(out);
    out->pub_gruu = take_text(at, kept->pub_gruu_len);
    out->temp_gruu = take_text(at, kept->temp_gruu_len);
}

static void
unpack(RollTransactions *self, const Transaction *slot, RollReply *out)
{
    const char *at = kept_texts(slot);
    if (slot->n_contacts > self->contacts_size) {
        self->contacts_size = slot->n_contacts;
        self->contacts = g_renew(RollContact, self->contacts, self->contacts_size);
    }
    for (size_t i = 0; i < slot->n_contacts; i++)
        unpack_contact(&self->contacts[i], &kept_contacts(slot)[i], &at);
    for (size_t i = 0; i < slot->n_challenges; i++) {
        const KeptChallenge *kept = &kept_challenges(slot)[i];
        self->challenges[i] = (RollChallenge){.algorithm = kept->algorithm,
                                              .stale = kept->stale,
                                              .qop = kept->qop,
                                              .realm = kept->realm,
                                              .serial = kept->serial};
    }
    *out = (RollReply){
        .status = slot->status,
        .at = slot->ends_at - ROLL_TIMER_J,
        .contacts = self->contacts,
        .n_contacts = slot->n_contacts,
        .challenges = self->challenges,
        .n_challenges = slot->n_challenges,
    };
    if (!slot->has_rest)
        return;
    const KeptRest *rest = kept_rest(slot);
    out->min_expires = rest->min_expires;
    out->retry_after = rest->retry_after;
    out->flow_timer = rest->flow_timer;
    out->unsupported = take_text(&at, rest->unsupported_len);
    out->require = take_text(&at, rest->require_len);
    out->path = take_text(&at, rest->path_len);
}

bool
roll_transactions_find(RollTransactions *self, const RollTransactionId *id, RollReply *out)
{
    size_t step = 0;
    uint32_t i = ROLL_INDEX_NONE;
    while (id->applies &&
           (i = roll_index_next(&self->by_branch, (uint32_t)id->match, &step)) != ROLL_INDEX_NONE)
        if (self->ring[i].match == id->match) {
            unpack(self, &self->ring[i], out);
            return true;
        }
    return false;
}

bool
roll_transactions_is_merged(const RollTransactions *self, const RollTransactionId *id)
{
    size_t step = 0;
    uint32_t i;
    while (id->may_merge &&
           (i = roll_index_next(&self->by_merge, (uint32_t)id->merge, &step)) != ROLL_INDEX_NONE)
        if (self->ring[i].merge == id->merge)
            return true;
    return false;
}

RollTime
roll_transactions_wait(const RollTransactions *self, RollTime now)
{
    return self->count < self->limit ? 0 : self->ring[self->head].ends_at - now;
}

static void
index_slot(RollTransactions *self, size_t i)
{
    const Transaction *slot = &self->ring[i];
    roll_index_add(&self->by_branch, (uint32_t)slot->match, (uint32_t)i);
    if (slot->may_merge)
        roll_index_add(&self->by_merge, (uint32_t)slot->merge, (uint32_t)i);
}

/* Twice the ring, unwound so that it starts at slot 0. Slots get new numbers. */
static void
grow(RollTransactions *self)
{
    size_t size = MAX(2 * self->size, FIRST_SIZE);
    Transaction *ring = roll_pages_new(size * sizeof *ring);
    for (size_t i = 0; i < self->size; i++)
        ring[i] = self->ring[(self->head + i) & (self->size - 1)];
    roll_pages_free(self->ring, self->size * sizeof *ring);
    self->ring = ring;
    self->size = size;
    self->head = 0;
    roll_index_clear(&self->by_branch);
    roll_index_clear(&self->by_merge);
    for (size_t i = 0; i < self->count; i++)
        index_slot(self, i);
}

static bool
has_rest(const RollReply *reply)
{
    return reply->unsupported.len > 0 || reply->require.len > 0 || reply->path.len > 0 ||
           reply->flow_timer > 0 || reply->min_expires > 0 || reply->retry_after > 0;
}

static size_t
measure(const RollReply *reply)
{
    size_t need = reply->n_contacts * sizeof(KeptContact) +
                  reply->n_challenges * sizeof(KeptChallenge) + reply->unsupported.len +
                  reply->require.len + reply->path.len + (has_rest(reply) ? sizeof(KeptRest) : 0);
    for (size_t i = 0; i < reply->n_contacts; i++) {
        const RollContact *c = &reply->contacts[i];
        need += c->uri.text.len + c->params.len + c->pub_gruu.len + c->temp_gruu.len;
    }
    return need;
}

static char *
put_text(char *at, RollText text)
{
    if (text.len > 0)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

static void
pack(Transaction *slot, const RollReply *reply)
{
    slot->status = (uint16_t)reply->status;
    slot->n_contacts = (uint32_t)reply->n_contacts;
    slot->n_challenges = (uint8_t)reply->n_challenges;
    slot->has_rest = has_rest(reply);
    char *at = kept_texts(slot);
    for (size_t i = 0; i < reply->n_contacts; i++) {
        const RollContact *c = &reply->contacts[i];
        kept_contacts(slot)[i] =
            (KeptContact){.expires = (uint32_t)CLAMP(c->expires, 0, UINT32_MAX),
                          .has_expires = c->expires >= 0,
                          .uri_len = (uint32_t)c->uri.text.len,
                          .params_len = (uint32_t)c->params.len,
                          .pub_gruu_len = (uint32_t)c->pub_gruu.len,
                          .temp_gruu_len = (uint32_t)c->temp_gruu.len,
                          .q = (int16_t)c->q};
        at = put_text(put_text(at, c->uri.text), c->params);
        at = put_text(put_text(at, c->pub_gruu), c->temp_gruu);
    }
    for (size_t i = 0; i < reply->n_challenges; i++) {
        const RollChallenge *c = &reply->challenges[i];
        kept_challenges(slot)[i] =
            (KeptChallenge){c->realm, c->serial, c->algorithm, c->stale, c->qop};
    }
    if (!slot->has_rest)
        return;
    *kept_rest(slot) = (KeptRest){.unsupported_len = (uint32_t)reply->unsupported.len,
                                  .require_len = (uint32_t)reply->require.len,
                                  .path_len = (uint32_t)reply->path.len,
                                  .flow_timer = reply->flow_timer,
                                  .min_expires = reply->min_expires,
                                  .retry_after = reply->retry_after};
    put_text(put_text(put_text(at, reply->unsupported), reply->require), reply->path);
}

static void
make_room(Transaction *slot, size_t need)
{
    if (need <= slot->block_size)
        return;
    g_free(slot->block);
    size_t steps = (need + BLOCK_OVERHEAD + BLOCK_STEP - 1) / BLOCK_STEP;
    slot->block_size = (uint32_t)(steps * BLOCK_STEP - BLOCK_OVERHEAD);
    slot->block = g_malloc(slot->block_size);
}

void
roll_transactions_store(RollTransactions *self, RollTime now, const RollTransactionId *id,
                        const RollReply *reply)
{
    if (!id->applies)
        return;
    if (self->count == self->size)
        grow(self);
    size_t i = (self->head + self->count++) & (self->size - 1);
    Transaction *slot = &self->ring[i];
    /* The answer was given now, so its time need not be kept. */
    slot->ends_at = now + ROLL_TIMER_J;
    slot->match = id->match;
    slot->merge = id->merge;
    slot->may_merge = id->may_merge;
    make_room(slot, measure(reply));
    pack(slot, reply);
    index_slot(self, i);
    /* The next slot to be written; its block was last used a whole round ago. */
    __builtin_prefetch(self->ring[(i + 1) & (self->size - 1)].block, 1);
}
