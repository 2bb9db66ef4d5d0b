/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Server transactions of requests other than INVITE, in the one state a registrar needs: Completed
 * (RFC 3261 section 17.2.2). Each remembers the answer until Timer J, so that a request that comes
 * again is answered again and acted on once. */
#pragma once

#include "hash.h"
#include <rollcall/message.h>

/**
 * RollTransactionId: what a request is recognised by.
 * @applies: false for a request that belongs to no transaction kept here
 * @match: of what a retransmission has in common with it (RFC 3261 section 17.2.3)
 * @merge: of what it has in common on all its paths, with @may_merge
 * @may_merge: the request is to be checked for a merge (section 8.2.2.2)
 */
typedef struct {
    uint64_t match;
    uint64_t merge;
    bool applies;
    bool may_merge;
} RollTransactionId;

typedef struct RollTransactions RollTransactions;

/** roll_transactions_new: remembers @limit answers at most. */
RollTransactions *roll_transactions_new(RollHashKey key, size_t limit);
void roll_transactions_free(RollTransactions *self);

/** roll_transactions_identify: computes the id of @request and warms the cache for it. */
RollTransactionId roll_transactions_identify(const RollTransactions *self,
                                             const RollRequest *request);

/** roll_transactions_expire: forgets those whose Timer J fired by @now. */
void roll_transactions_expire(RollTransactions *self, RollTime now);

/**
 * roll_transactions_find: whether the request with @id is a retransmission.
 * @out: (out): the answer given then; lives until the next call that gives one
 */
bool roll_transactions_find(RollTransactions *self, const RollTransactionId *id, RollReply *out);

/** roll_transactions_is_merged: another transaction carries this request already. */
bool roll_transactions_is_merged(const RollTransactions *self, const RollTransactionId *id);

/** roll_transactions_wait: µs from @now until there is room for one more; 0 if there is now. */
RollTime roll_transactions_wait(const RollTransactions *self, RollTime now);

/**
 * roll_transactions_store: remembers @reply, given at @now. There must be room. Texts are copied,
 * but the realms of the challenges must outlive @self. The Service-Route is not kept: it is the
 * same for every answer.
 */
void roll_transactions_store(RollTransactions *self, RollTime now, const RollTransactionId *id,
                             const RollReply *reply);
