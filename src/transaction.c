/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every transaction lives equally long, so they end in the order they began: a ring. A slot keeps
 * one block of memory for all it remembers and uses it again, so nothing is allocated once the ring
 * has seen its traffic. Nearly all answers are remembered in vain, so they are packed small, to
 * spare the cache, and taken apart only for a retransmission. Two indexes lead into the ring: by
 * branch, and by what makes two requests the same one on different paths. */
#include "transaction.h"

#include "contact.h"
#include "index.h"
#include <glib.h>

enum { FIRST_SIZE = 64, BLOCK_STEP = 64 };

/* The texts that a request is recognised by. */
enum { METHOD, SENT_BY, BRANCH, CALL_ID, FROM_TAG, TO_TAG, TARGET, N_FIELDS };

/* A listed contact; its URI, parameters and GRUUs are in the block. */
typedef struct {
    int64_t expires;
    uint32_t uri_len;
    uint32_t params_len;
    uint32_t pub_gruu_len;
    uint32_t temp_gruu_len;
    int q;
} KeptContact;

typedef struct {
    RollText realm;
    uint64_t serial;
    RollAlgorithm algorithm;
    bool stale;
    bool qop;
} KeptChallenge;

/* @block: contacts, challenges, then the texts: fields, what the contacts say,
 * unsupported, require, path. */
typedef struct {
    RollTime ends_at;
    char *block;
    uint32_t block_size;
    RollTransactionId id;
    uint32_t cseq;
    uint32_t field_len[N_FIELDS];
    uint32_t unsupported_len;
    uint32_t require_len;
    uint32_t path_len;
    uint32_t flow_timer;
    uint32_t min_expires;
    uint32_t retry_after;
    uint32_t n_contacts;
    uint16_t n_challenges;
    uint16_t status;
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
    g_free(self->ring);
    g_free(self->contacts);
    roll_index_free(&self->by_branch);
    roll_index_free(&self->by_merge);
    g_free(self);
}

static void
get_fields(const RollRequest *request, RollText fields[N_FIELDS])
{
    fields[METHOD] = request->method;
    fields[SENT_BY] = request->sent_by;
    fields[BRANCH] = request->branch;
    fields[CALL_ID] = request->call_id;
    fields[FROM_TAG] = request->from_tag;
    fields[TO_TAG] = request->to_tag;
    fields[TARGET] = request->uri.text;
}

RollTransactionId
roll_transactions_identify(const RollTransactions *self, const RollRequest *request)
{
    static const RollText cookie = {"z9hG4bK", 7};
    RollTransactionId id = {0};
    /* Over a reliable transport nothing comes twice: Timer J is zero (section 17.2.2). */
    id.applies = request->branch.ptr && request->source.transport == ROLL_TRANSPORT_UDP;
    if (!id.applies)
        return id;
    id.has_cookie = request->branch.len > cookie.len &&
                    memcmp(request->branch.ptr, cookie.ptr, cookie.len) == 0;
    id.tag = (uint32_t)roll_hash(self->key, 0, request->branch);
    roll_index_prefetch(&self->by_branch, id.tag);
    /* Section 8.2.2.2: without a To tag only; without a From tag nothing identifies the sender. */
    id.may_merge = !request->to_tag.ptr && request->from_tag.ptr;
    if (id.may_merge) {
        id.merge_tag = (uint32_t)roll_hash(
            self->key, roll_hash(self->key, request->cseq, request->from_tag), request->call_id);
        roll_index_prefetch(&self->by_merge, id.merge_tag);
    }
    return id;
}

void
roll_transactions_expire(RollTransactions *self, RollTime now)
{
    while (self->count > 0 && self->ring[self->head].ends_at <= now) {
        const Transaction *oldest = &self->ring[self->head];
        roll_index_remove(&self->by_branch, oldest->id.tag, (uint32_t)self->head);
        if (oldest->id.may_merge)
            roll_index_remove(&self->by_merge, oldest->id.merge_tag, (uint32_t)self->head);
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

static char *
kept_texts(const Transaction *self)
{
    return (char *)(kept_challenges(self) + self->n_challenges);
}

static bool
fields_equal(const Transaction *a, const RollText b[N_FIELDS], unsigned which)
{
    const char *at = kept_texts(a);
    for (size_t i = 0; i < N_FIELDS; i++) {
        RollText field = {at, a->field_len[i]};
        if (which & 1u << i && !roll_text_equal(field, b[i]))
            return false;
        at += field.len;
    }
    return true;
}

/* Section 17.2.3. A branch without the cookie comes from an RFC 2543 client and may be the same
 * in every request; then the rest of what such a client keeps in a retransmission counts too. */
static bool
matches(const Transaction *a, const RollTransactionId *id, const RollRequest *request)
{
    enum { BY_COOKIE = 1 << METHOD | 1 << SENT_BY | 1 << BRANCH, BY_ALL = (1 << N_FIELDS) - 1 };
    RollText fields[N_FIELDS];
    get_fields(request, fields);
    if (id->has_cookie)
        return fields_equal(a, fields, BY_COOKIE);
    return a->cseq == request->cseq && fields_equal(a, fields, BY_ALL);
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
    for (size_t i = 0; i < N_FIELDS; i++)
        at += slot->field_len[i];
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
        .min_expires = slot->min_expires,
        .retry_after = slot->retry_after,
        .flow_timer = slot->flow_timer,
    };
    out->unsupported = take_text(&at, slot->unsupported_len);
    out->require = take_text(&at, slot->require_len);
    out->path = take_text(&at, slot->path_len);
}

bool
roll_transactions_find(RollTransactions *self, const RollTransactionId *id,
                       const RollRequest *request, RollReply *out)
{
    if (!id->applies)
        return false;
    size_t step = 0;
    for (;;) {
        uint32_t i = roll_index_next(&self->by_branch, id->tag, &step);
        if (i == ROLL_INDEX_NONE)
            return false;
        if (matches(&self->ring[i], id, request)) {
            unpack(self, &self->ring[i], out);
            return true;
        }
    }
}

bool
roll_transactions_is_merged(const RollTransactions *self, const RollTransactionId *id,
                            const RollRequest *request)
{
    if (!id->may_merge)
        return false;
    RollText fields[N_FIELDS];
    get_fields(request, fields);
    size_t step = 0;
    for (;;) {
        uint32_t i = roll_index_next(&self->by_merge, id->merge_tag, &step);
        if (i == ROLL_INDEX_NONE)
            return false;
        const Transaction *other = &self->ring[i];
        if (other->cseq == request->cseq &&
            fields_equal(other, fields, 1 << METHOD | 1 << CALL_ID | 1 << FROM_TAG))
            return true;
    }
}

RollTime
roll_transactions_wait(const RollTransactions *self, RollTime now)
{
    return self->count < self->limit ? 0 : self->ring[self->head].ends_at - now;
}

static void
index_slot(RollTransactions *self, size_t i)
{
    const RollTransactionId *id = &self->ring[i].id;
    roll_index_add(&self->by_branch, id->tag, (uint32_t)i);
    if (id->may_merge)
        roll_index_add(&self->by_merge, id->merge_tag, (uint32_t)i);
}

/* Twice the ring, unwound so that it starts at slot 0. Slots get new numbers. */
static void
grow(RollTransactions *self)
{
    size_t size = MAX(2 * self->size, FIRST_SIZE);
    Transaction *ring = g_new0(Transaction, size);
    for (size_t i = 0; i < self->size; i++)
        ring[i] = self->ring[(self->head + i) & (self->size - 1)];
    g_free(self->ring);
    self->ring = ring;
    self->size = size;
    self->head = 0;
    roll_index_clear(&self->by_branch);
    roll_index_clear(&self->by_merge);
    for (size_t i = 0; i < self->count; i++)
        index_slot(self, i);
}

static size_t
measure(const RollText fields[N_FIELDS], const RollReply *reply)
{
    size_t need = reply->n_contacts * sizeof(KeptContact) +
                  reply->n_challenges * sizeof(KeptChallenge) + reply->unsupported.len +
                  reply->require.len + reply->path.len;
    for (size_t i = 0; i < N_FIELDS; i++)
        need += fields[i].len;
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
pack(Transaction *slot, const RollText fields[N_FIELDS], const RollReply *reply)
{
    slot->status = (uint16_t)reply->status;
    slot->n_contacts = (uint32_t)reply->n_contacts;
    slot->n_challenges = (uint16_t)reply->n_challenges;
    slot->min_expires = reply->min_expires;
    slot->retry_after = reply->retry_after;
    slot->unsupported_len = (uint32_t)reply->unsupported.len;
    slot->require_len = (uint32_t)reply->require.len;
    slot->path_len = (uint32_t)reply->path.len;
    slot->flow_timer = reply->flow_timer;
    char *at = kept_texts(slot);
    for (size_t i = 0; i < N_FIELDS; i++) {
        slot->field_len[i] = (uint32_t)fields[i].len;
        at = put_text(at, fields[i]);
    }
    for (size_t i = 0; i < reply->n_contacts; i++) {
        const RollContact *c = &reply->contacts[i];
        kept_contacts(slot)[i] = (KeptContact){.expires = c->expires,
                                               .uri_len = (uint32_t)c->uri.text.len,
                                               .params_len = (uint32_t)c->params.len,
                                               .pub_gruu_len = (uint32_t)c->pub_gruu.len,
                                               .temp_gruu_len = (uint32_t)c->temp_gruu.len,
                                               .q = c->q};
        at = put_text(put_text(at, c->uri.text), c->params);
        at = put_text(put_text(at, c->pub_gruu), c->temp_gruu);
    }
    for (size_t i = 0; i < reply->n_challenges; i++) {
        const RollChallenge *c = &reply->challenges[i];
        kept_challenges(slot)[i] =
            (KeptChallenge){c->realm, c->serial, c->algorithm, c->stale, c->qop};
    }
    at = put_text(at, reply->unsupported);
    at = put_text(at, reply->require);
    put_text(at, reply->path);
}

static void
make_room(Transaction *slot, size_t need)
{
    if (need <= slot->block_size)
        return;
    g_free(slot->block);
    slot->block_size = (uint32_t)((need + BLOCK_STEP - 1) / BLOCK_STEP * BLOCK_STEP);
    slot->block = g_malloc(slot->block_size);
}

void
roll_transactions_store(RollTransactions *self, RollTime now, const RollTransactionId *id,
                        const RollRequest *request, const RollReply *reply)
{
    if (!id->applies)
        return;
    if (self->count == self->size)
        grow(self);
    size_t i = (self->head + self->count++) & (self->size - 1);
    Transaction *slot = &self->ring[i];
    /* The answer was given now, so its time need not be kept. */
    slot->ends_at = now + ROLL_TIMER_J;
    slot->id = *id;
    slot->cseq = request->cseq;
    RollText fields[N_FIELDS];
    get_fields(request, fields);
    if (id->has_cookie)
        fields[TO_TAG] = fields[TARGET] = (RollText){0};
    make_room(slot, measure(fields, reply));
    pack(slot, fields, reply);
    index_slot(self, i);
    /* The next slot to be written; its block was last used a whole round ago. */
    __builtin_prefetch(self->ring[(i + 1) & (self->size - 1)].block, 1);
}
