/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One subscription to registration events (RFC 3680): the dialog it lives in, the changes it has
 * not been told of, and the NOTIFY that is under way (RFC 6665 section 4.2.2). events.c decides
 * when something is sent; here is what is sent, and where to. */
#pragma once

#include "reginfo.h"
#include "registrar.h"

/** ROLL_BRANCH_TEXT: room for the branch of a NOTIFY with its NUL. */
#define ROLL_BRANCH_TEXT 32

/** RollChange: what happened last to one contact since the last document. */
typedef struct {
    RollRegContact contact;
    RollTime registered_at;
    RollTime expires_at;
    char texts[];
} RollChange;

/**
 * RollSubscription:
 * @id: its slot; @number: counts subscriptions, so that ties have an order
 * @aor: canonical; @aor_hash, @dialog_hash: what it is found by
 * @party, @peer: From and To of a NOTIFY, with their tags
 * @target, @route: remote target and route set (RFC 3261 section 12.1.1); @route: %NULL for none
 * @contact: our own; @event_id: of the Event header field, %NULL for none
 * @direct: the target is known to be a user's, so a NOTIFY may go to an address it names
 * @ended: the next NOTIFY is the last one
 * @due: a NOTIFY is to be sent now, whatever was sent before
 * @full: the next document is to have the full state
 * @changed_at: when the next document became due but for the rate
 * @notified_at: of the last NOTIFY
 * @changes: of #RollChange, one for each contact
 * @answer: what the 200 to its SUBSCRIBE says
 * @packet: the NOTIFY under way, %NULL for none
 */
typedef struct {
    RollWheelNode node;
    uint32_t id;
    uint64_t number;
    char *aor;
    uint64_t aor_hash;
    uint64_t dialog_hash;
    char *call_id;
    char *local_tag;
    char *remote_tag;
    char *party;
    char *peer;
    char *target;
    char *route;
    char *contact;
    char *event_id;
    RollEndpoint source;
    bool direct;
    uint32_t remote_cseq;
    uint32_t cseq;
    uint32_t version;
    RollTime expires_at;
    RollTime changed_at;
    RollTime notified_at;
    bool ended;
    bool due;
    bool full;
    GPtrArray *changes;
    GByteArray *packet;
    RollEndpoint destination;
    char branch[ROLL_BRANCH_TEXT];
    RollTime resend_at;
    RollTime resend_after;
    RollTime gives_up_at;
    RollContact answer;
} RollSubscription;

void roll_subscription_free(RollSubscription *self);

/** roll_subscription_note: remembers what happened to a contact until the next document. */
void roll_subscription_note(RollSubscription *self, const RollRegContact *contact,
                            const RollBinding *binding);

/** roll_subscription_compose: makes @packet the next NOTIFY and forgets the changes it tells. */
void roll_subscription_compose(RollSubscription *self, RollTime now, RollRegistrar *registrar);

/** roll_notify_contact_id: the same for URIs that are written differently, mostly. */
uint64_t roll_notify_contact_id(RollHashKey key, uint64_t aor_hash, RollText contact);
