/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the registrar core share: registrar.c opens the doors, rules.c answers a
 * request in the steps of RFC 3261 section 10.3, update.c is steps 6 and 7. */
#pragma once

#include "nonce.h"
#include "overload.h"
#include "table.h"
#include "transaction.h"
#include <rollcall/registrar.h>

/**
 * RollDraft: a binding as a request would leave it; nothing is written until all are decided.
 * @exists: the draft of a binding in the table, else one to be added
 * @contact: what is to be written; %NULL to leave it as it is
 * @expires: seconds from now, with @contact
 * @removed: to be taken out
 * @replaced: taken out by policy, to make room
 * @reg_id: not 0: it is known by its instance and this (RFC 5626)
 * @bulk: its contact stands for the numbers of a trunk (RFC 6140)
 * @implicit: of a number of a trunk; nothing but the trunk's registration changes it
 */
typedef struct {
    bool exists;
    bool removed;
    bool replaced;
    bool bulk;
    bool implicit;
    uint32_t reg_id;
    const RollContact *contact;
    uint32_t expires;
} RollDraft;

/**
 * RollSubject: the address-of-record a request is about.
 * @row: %NULL while it has no record
 * @outbound: the request registers a flow (RFC 5626)
 */
typedef struct {
    RollText aor;
    uint64_t hash;
    RollRow *row;
    bool outbound;
} RollSubject;

typedef struct RollGruus RollGruus;

typedef struct RollEvents RollEvents;

/**
 * RollRegistrar:
 * @known: the request under way came with valid credentials
 * @gruus: %NULL if the policy makes none
 * @service_route: %NULL for none
 * @events: %NULL until somebody subscribes
 */
struct RollRegistrar {
    RollConfig config;
    char **domains;
    char *realm;
    RollHashKey tag_key;
    RollTable *table;
    RollTransactions *transactions;
    RollNonces *nonces;
    RollMessage *message;
    bool known;
    RollGruus *gruus;
    char *service_route;
    RollEvents *events;
    RollOverload overload;
    RollObserver observer;
    void *observer_data;

    /* Scratch, used again by every call. */
    RollChallenge challenges[ROLL_N_ALGORITHMS];
    char nonce_text[ROLL_NONCE_TEXT];
    GString *unsupported;
    GString *params;
    GString *via;
    GStringChunk *texts;
    RollExtension extension;
    RollContact *contacts;
    size_t contacts_size;
    RollLocation *locations;
    size_t locations_size;
    RollDraft *drafts;
    size_t drafts_size;
    size_t n_drafts;
};

/** roll_registrar_horizon: what expires by then does not count any more at @now. */
RollTime roll_registrar_horizon(const RollRegistrar *self, RollTime now);

/** roll_registrar_purge: deletes what has expired by @horizon, in order of expiry, at @now. */
void roll_registrar_purge(RollRegistrar *self, RollTime now, RollTime horizon);

/** ROLL_TO_TAG_TEXT: room for a To tag with its NUL. */
#define ROLL_TO_TAG_TEXT 17

/**
 * roll_registrar_to_tag: the To tag of every answer to @request that had none, RFC 3261 sections
 * 8.2.6.2 and 19.3; made from the request alone, so that a refusal that is not remembered and is
 * given again carries the same one.
 */
RollText roll_registrar_to_tag(const RollRegistrar *self, const RollRequest *request,
                               char out[ROLL_TO_TAG_TEXT]);

/** roll_registrar_notify: tells the observer and the subscribers of @binding of @row. */
void roll_registrar_notify(RollRegistrar *self, RollTime now, RollBindingEventKind kind,
                           RollRow *row, const RollBinding *binding);

/** roll_registrar_drop: tells them, then takes the @i-th binding of @row out. */
void roll_registrar_drop(RollRegistrar *self, RollTime now, RollBindingEventKind kind,
                           RollRow *row, size_t i);

/** roll_registrar_expire: removes what expired in @row by @horizon; the row stays, even empty. */
void roll_registrar_expire(RollRegistrar *self, RollTime now, RollTime horizon, RollRow *row);

/**
 * roll_rules_answer: decides on a request that is no retransmission.
 * @reply: (inout): zeroed but for @at; the answer
 */
void roll_rules_answer(RollRegistrar *self, RollTime now, const RollTransactionId *id,
                       const RollRequest *request, RollSubject *subject, RollReply *reply);

/**
 * roll_rules_admit: the steps that a SUBSCRIBE shares with a REGISTER, RFC 3261 section 8.2.
 * @owner: the address-of-record that the user must own
 * Returns: 0, or the status of the refusal.
 */
int roll_rules_admit(RollRegistrar *self, RollTime now, const RollTransactionId *id,
                     const RollRequest *request, const RollUri *owner, RollReply *reply);

/** roll_rules_serves: @host is one of our domains. */
bool roll_rules_serves(const RollRegistrar *self, RollText host);

/** roll_rules_supports: the extension is one that a request may require. */
bool roll_rules_supports(const RollRegistrar *self, RollText option);

/** roll_update_find: the binding of @row that @contact names, or -1. */
ptrdiff_t roll_update_find(RollRow *row, const RollUri *contact);

/** roll_update_is_in_order: @request may change @binding (step 7: Call-ID and CSeq). */
bool roll_update_is_in_order(const RollRegistrar *self, const RollBinding *binding,
                             const RollRequest *request);

/**
 * roll_update_check: steps 6 and 7 up to the commit; changes nothing.
 * @reply: (inout): gets what a refusal carries beside its status
 * Returns: 0, and roll_update_commit() may follow; else the status of the refusal.
 */
int roll_update_check(RollRegistrar *self, RollTime now, const RollRequest *request,
                      const RollSubject *subject, RollReply *reply);

/** roll_update_commit: writes what roll_update_check() decided. It cannot fail. */
void roll_update_commit(RollRegistrar *self, RollTime now, const RollRequest *request,
                        RollSubject *subject);

/** roll_update_write: overwrites the @i-th binding of @row and tells of it. */
void roll_update_write(RollRegistrar *self, RollTime now, RollRow *row, size_t i,
                       const RollEntry *record);

/** roll_registrar_room_for_contacts: makes @contacts hold @n. */
void roll_registrar_room_for_contacts(RollRegistrar *self, size_t n);
