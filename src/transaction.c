/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every transaction lives equally long, so they end in the order they began: a ring. A slot keeps
 * one block of memory for all it remembers and uses it again, so nothing is allocated once the ring
 * has seen its traffic. Two indexes lead into the ring: by branch, and by what makes two requests
 * the same one on different paths. */
#include "transaction.h"

#include "index.h"
#include "rebase.h"
#include <glib.h>

enum { FIRST_SIZE = 64, BLOCK_STEP = 128 };

/* The texts that a request is recognised by. */
enum { METHOD, SENT_BY, BRANCH, CALL_ID, FROM_TAG, TO_TAG, TARGET, N_FIELDS };

typedef struct {
    RollTime ends_at;
    RollTransactionId id;
    uint32_t cseq;
    RollText fields[N_FIELDS];
    RollReply reply;
    char *block;
    size_t block_size;
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

static bool
fields_equal(const Transaction *a, const RollText b[N_FIELDS], unsigned which)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (which & 1u << i && !roll_text_equal(a->fields[i], b[i]))
            return false;
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

bool
roll_transactions_find(const RollTransactions *self, const RollTransactionId *id,
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
            *out = self->ring[i].reply;
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

/* Copies @text to @at and says so in it. Returns: the end of the copy. */
static char *
keep_text(RollText *text, char *at)
{
    if (!text->ptr)
        return at;
    memcpy(at, text->ptr, text->len);
    text->ptr = at;
    return at + text->len;
}

static char *
keep_uri(RollUri *uri, char *at)
{
    RollText text = uri->text;
    char *end = keep_text(&text, at);
    roll_uri_rebase(uri, at);
    return end;
}

static size_t
measure(const RollText fields[N_FIELDS], const RollReply *reply)
{
    size_t need = reply->n_contacts * sizeof(RollContact) +
                  reply->n_challenges * sizeof(RollChallenge) + reply->unsupported.len;
    for (size_t i = 0; i < N_FIELDS; i++)
        need += fields[i].len;
    for (size_t i = 0; i < reply->n_contacts; i++)
        need += reply->contacts[i].uri.text.len + reply->contacts[i].params.len;
    return need;
}

/* Block: contacts, challenges, then every text. */
static void
fill(Transaction *slot, const RollReply *reply)
{
    size_t need = measure(slot->fields, reply);
    if (need > slot->block_size) {
        g_free(slot->block);
        slot->block_size = (need + BLOCK_STEP - 1) / BLOCK_STEP * BLOCK_STEP;
        slot->block = g_malloc(slot->block_size);
    }
    RollContact *contacts = (RollContact *)slot->block;
    RollChallenge *challenges = (RollChallenge *)(contacts + reply->n_contacts);
    char *at = (char *)(challenges + reply->n_challenges);
    for (size_t i = 0; i < N_FIELDS; i++)
        at = keep_text(&slot->fields[i], at);
    for (size_t i = 0; i < reply->n_contacts; i++) {
        contacts[i] = reply->contacts[i];
        at = keep_uri(&contacts[i].uri, at);
        at = keep_text(&contacts[i].params, at);
    }
    for (size_t i = 0; i < reply->n_challenges; i++)
        challenges[i] = reply->challenges[i];
    slot->reply = *reply;
    slot->reply.contacts = contacts;
    slot->reply.challenges = challenges;
    keep_text(&slot->reply.unsupported, at);
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
    slot->ends_at = now + ROLL_TIMER_J;
    slot->id = *id;
    slot->cseq = request->cseq;
    get_fields(request, slot->fields);
    if (id->has_cookie)
        slot->fields[TO_TAG] = slot->fields[TARGET] = (RollText){0};
    fill(slot, reply);
    index_slot(self, i);
    /* The next slot to be written; its block was last used a whole round ago. */
    __builtin_prefetch(self->ring[(i + 1) & (self->size - 1)].block, 1);
}
