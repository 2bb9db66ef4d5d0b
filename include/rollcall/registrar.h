/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The registrar core: RFC 3261 section 10.3 over a location table, without a clock, a socket, a
 * thread or a source of chance. The owner hands in the time with every call, carries packets, and
 * calls roll_registrar_wake() when roll_registrar_next_wake() comes.
 *
 * Two doors lead to one set of rules: roll_registrar_receive() takes bytes,
 * roll_registrar_register() takes a decoded request. Both match retransmissions to their
 * transaction first (RFC 3261 section 17.2.2), so that a request sent twice is acted on once. */
#pragma once

#include <rollcall/message.h>
#include <rollcall/policy.h>

typedef struct RollRegistrar RollRegistrar;

/**
 * RollSecret: what a registrar knows of a user.
 * @ha1: lower-case hexadecimal for the algorithm asked for; absent if @password is given instead
 * @password: in clear; absent if @ha1 is given
 * @owns: user part, unescaped, of the address-of-record that the user may change (RFC 3261 section
 *   10.3 step 4); absent if it is the same as the username
 * Borrowed until the next call of the lookup.
 */
typedef struct {
    RollText ha1;
    RollText password;
    RollText owns;
} RollSecret;

/**
 * RollSecretLookup: fills @out for a user of a realm. Returns: false if there is none; an @out.ha1
 * that it fills then is hashed as a known user's would be, so that time does not tell them apart.
 */
typedef bool (*RollSecretLookup)(void *data, RollText realm, RollText username,
                                 RollAlgorithm algorithm, RollSecret *out);

/**
 * RollMayRegister: whether the user @username may change @aor, which is not his own: a third-party
 * registration, such as an assistant's (RFC 3261 section 10.2, 10.3 step 4).
 * @aor: canonical; empty if To is none
 */
typedef bool (*RollMayRegister)(void *data, RollText username, RollText aor);

/**
 * RollNumbersLookup: lists the numbers of a trunk (RFC 6140).
 * @aor: the trunk's address-of-record, canonical
 * @numbers: (out): E.164 with its plus sign: `+12145550102`; what is none is passed over; borrowed
 *   until the next call of the lookup
 * Returns: how many; 0 if @aor is no trunk. One request may ask twice and must be told the same.
 */
typedef size_t (*RollNumbersLookup)(void *data, RollText aor, const RollText **numbers);

/**
 * RollConfig: an open value; start from roll_config_default() and change fields.
 * @domains: %NULL-terminated; the domains this registrar is responsible for; borrowed for
 *   roll_registrar_new() only
 * @realm: of the challenge; %NULL for the first domain
 * @default_expires, @min_expires, @max_expires: seconds (RFC 3261 section 10.3 step 7); a
 *   @max_expires of 0 is no maximum
 * @purge_interval: 0 deletes a record at the instant it expires; else expired records stay until
 *   the next multiple of it. An expired record is never listed, looked up or held against a
 *   request, wherever it still stands; with the policy's late margin it has expired that much later
 * @authenticate: challenge requests without valid credentials with 401
 * @algorithms: offered, most wanted first; @n_algorithms of them
 * @nonce_lifetime: a nonce older than this is stale
 * @nonce_limit: nonces remembered at once; beyond it the oldest goes stale
 * @key: secret that makes nonces hard to guess; the owner fills it from a source of chance
 * @lookup, @lookup_data: credentials; needed if @authenticate
 * @may_register, @may_register_data: asked of every address-of-record that is not the user's own
 *   (RollSecret.owns); %NULL allows none, and the answer is 403
 * @max_message: bytes of a request; 65535 is the longest UDP datagram. A longer one is refused with
 *   513
 * @max_contacts_per_request, @max_bindings_per_aor, @max_aors, @max_transactions: bounds; what
 *   exceeds the first is refused with 400, the next two as the policy says and the last with 503
 *   and Retry-After
 * @max_records: in the table, static ones and those of a trunk's numbers included; 0 is no bound.
 *   What exceeds it is refused, or takes the place of the oldest, as the policy says
 * @max_contact_size: bytes of the URI and the parameters of one contact; beyond it 400. With
 *   @max_bindings_per_aor it bounds the 200
 * @max_subscriptions: to registration events (RFC 3680), and 32 of them to one address-of-record;
 *   what exceeds that is refused with 503 and Retry-After
 * @policy: what the RFCs leave open, and extensions
 * @service_route: RFC 3608: URIs with `;lr` in angle brackets, joined by commas, for every 200;
 *   %NULL none; borrowed for roll_registrar_new() only
 * @numbers, @numbers_data: the numbers of trunks; %NULL if there are none, and then RFC 6140 is not
 *   supported
 * @stateless_challenges: with @authenticate, an answer to who did not show who he is takes no place
 *   of @max_transactions, so that nobody can fill them without a password (RFC 3261 sections 8.2.7
 *   and 26.3.2.4): a copy of its request is decided anew, with the same To tag and a new nonce
 * @redirect: requests for a user are answered as a redirect server does (RFC 3261 section 8.3): 302
 *   with his contacts, 480 without; and OPTIONS is answered. Else they get 405
 * @epoch: Unix time in seconds at RollTime 0, for Date
 */
typedef struct {
    const char *const *domains;
    const char *realm;
    uint32_t default_expires;
    uint32_t min_expires;
    uint32_t max_expires;
    RollTime purge_interval;
    bool authenticate;
    RollAlgorithm algorithms[ROLL_N_ALGORITHMS];
    size_t n_algorithms;
    RollTime nonce_lifetime;
    size_t nonce_limit;
    uint8_t key[32];
    RollSecretLookup lookup;
    void *lookup_data;
    RollMayRegister may_register;
    void *may_register_data;
    size_t max_message;
    size_t max_contacts_per_request;
    size_t max_contact_size;
    size_t max_bindings_per_aor;
    size_t max_aors;
    size_t max_records;
    size_t max_transactions;
    size_t max_subscriptions;
    RollPolicy policy;
    const char *service_route;
    RollNumbersLookup numbers;
    void *numbers_data;
    bool stateless_challenges;
    bool redirect;
    int64_t epoch;
} RollConfig;

/** roll_config_default: 3600 s default, 60 s minimum, no maximum, no authentication, no domain. */
RollConfig roll_config_default(void);

/**
 * RollBindingEventKind: what happened to a binding, in the words of RFC 3680 section 3.7.2.
 * %ROLL_BINDING_CREATED, %ROLL_BINDING_REFRESHED, %ROLL_BINDING_SHORTENED (by the registrar or a
 * shorter expiry than what was left), %ROLL_BINDING_EXPIRED, %ROLL_BINDING_UNREGISTERED (by the
 * user), %ROLL_BINDING_DEACTIVATED (by the registrar).
 */
typedef enum {
    ROLL_BINDING_CREATED,
    ROLL_BINDING_REFRESHED,
    ROLL_BINDING_SHORTENED,
    ROLL_BINDING_EXPIRED,
    ROLL_BINDING_UNREGISTERED,
    ROLL_BINDING_DEACTIVATED,
} RollBindingEventKind;

/**
 * RollBindingEvent: borrowed for the call.
 * @at: when the change took effect, the `now` of the call that made it
 * @aor: canonical
 * @contact: URI text
 * @registered_at: when this binding was last created or refreshed
 * @expires_at: %ROLL_NEVER for a static record
 * @mark: a word that the table keeps with the AOR for the observer; 0 when the AOR is new
 * @place: where the record is, for roll_registrar_prefetch(); for as long as the AOR has one
 */
typedef struct {
    RollBindingEventKind kind;
    RollTime at;
    RollText aor;
    RollText contact;
    RollTime registered_at;
    RollTime expires_at;
    uint64_t *mark;
    uint32_t place;
} RollBindingEvent;

/** RollObserver: told of each change of the table as it happens; must not call the registrar. */
typedef void (*RollObserver)(void *data, const RollBindingEvent *event);

/** RollOutbox: packets to send, in order. Opaque; reused. */
typedef struct RollOutbox RollOutbox;
RollOutbox *roll_outbox_new(void);
void roll_outbox_free(RollOutbox *self);
/** roll_outbox_clear: forgets the packets, keeps the memory. */
void roll_outbox_clear(RollOutbox *self);
size_t roll_outbox_count(const RollOutbox *self);
/** roll_outbox_get: the @i-th packet; its bytes live until the outbox is changed. */
RollPacket roll_outbox_get(const RollOutbox *self, size_t i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollOutbox, roll_outbox_free)

/** roll_registrar_new: Returns: (transfer full): never %NULL. @config is copied. */
RollRegistrar *roll_registrar_new(const RollConfig *config);
void roll_registrar_free(RollRegistrar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollRegistrar, roll_registrar_free)

/** roll_registrar_set_observer: at most one; %NULL for none. */
void roll_registrar_set_observer(RollRegistrar *self, RollObserver observer, void *data);

/**
 * roll_registrar_register:
 * @now: never less than in the last call
 * @request: borrowed for the call
 * @reply: (out): always set; what it points to lives until the next call on @self. A status of 0
 *   means that nothing is to be answered: the request was an ACK
 *
 * The decoded door: transaction match, then RFC 3261 section 10.3 in the order of its steps.
 */
void roll_registrar_register(RollRegistrar *self, RollTime now, const RollRequest *request,
                             RollReply *reply);

/**
 * roll_registrar_receive: the door for bytes: read, roll_registrar_register(), write. Appends the
 * answer to @out, none for what is no request; behind it every NOTIFY to subscribers of
 * registration events that is due. Answers to a NOTIFY are to be handed in here, too. A SUBSCRIBE
 * is served through this door only.
 *
 * A NOTIFY goes to the IP address in the first route or in the subscriber's Contact if one stands
 * there, the SUBSCRIBE came over UDP and users are authenticated; else to where the SUBSCRIBE came
 * from.
 */
void roll_registrar_receive(RollRegistrar *self, RollTime now, const RollPacket *in,
                            RollOutbox *out);

/**
 * roll_registrar_set_overload: asks clients to hold back @percent of their requests (RFC 7339, with
 * the "loss" algorithm) for @validity_ms milliseconds from @now; call it again to go on, with 0 to
 * end it sooner. Clients that take part say so in Via and are served; of the requests of the others
 * that share is refused with 503 without Retry-After (section 5.10.2).
 */
void roll_registrar_set_overload(RollRegistrar *self, RollTime now, uint32_t percent,
                                 uint32_t validity_ms);

/**
 * roll_registrar_prefetch: a request about the record at @place will come soon; so what it will
 * meet is fetched into the cache. With @found that was done a while ago, and the rest follows. It
 * changes nothing, and a place that is none does no harm.
 */
void roll_registrar_prefetch(const RollRegistrar *self, uint32_t place, bool found);

/** roll_registrar_next_wake: the earliest time at which there may be something to do. */
RollTime roll_registrar_next_wake(const RollRegistrar *self);

/**
 * roll_registrar_wake: deletes what has expired by @now, in order of expiry; appends to @out every
 * NOTIFY that is due, for the first time or again.
 */
void roll_registrar_wake(RollRegistrar *self, RollTime now, RollOutbox *out);

/**
 * RollLocation: one live binding of an AOR.
 * @contact: URI text; @params: Contact parameters as registered, without expires and q
 * @q: thousandths, 1000 if none was given
 * @expires_at: %ROLL_NEVER for a static record
 * @path: Route of a request to it, values joined by commas (RFC 3327); absent without
 * @instance: of +sip.instance, without angle brackets; absent without
 * @reg_id: not 0: one of the flows of @instance, of which a request may use but one at a time
 *   (RFC 5626 section 7)
 * @flow: with @reg_id: where the client's connection ends; family 0 if it is not ours
 */
typedef struct {
    RollText contact;
    RollText params;
    int q;
    RollTime registered_at;
    RollTime expires_at;
    RollText path;
    RollText instance;
    uint32_t reg_id;
    RollEndpoint flow;
} RollLocation;

/**
 * roll_registrar_lookup: the live contacts of @aor (in canonical form), highest q first and
 * youngest first among equals (RFC 3261 section 16.6).
 * @out: (out): an array that lives until the next call on @self
 * Returns: how many.
 */
size_t roll_registrar_lookup(RollRegistrar *self, RollTime now, RollText aor,
                             const RollLocation **out);

/**
 * roll_registrar_lookup_uri: the live contacts that a Request-URI stands for: those of an
 * address-of-record, or with a `gr` parameter those of one instance of it (RFC 5627 section 5.4).
 * @out, @n: (out): as of roll_registrar_lookup(); always set
 * Returns: 200; 480 if there is none now; 404 if the domain is not served or a temporary GRUU is
 * not good any more.
 */
int roll_registrar_lookup_uri(RollRegistrar *self, RollTime now, const RollUri *uri,
                              const RollLocation **out, size_t *n);

/**
 * roll_registrar_drop_flow: to be told when a connection has closed, or an ICMP error has come back
 * from @flow: removes the bindings that were made on it by RFC 5626 (section 7).
 */
void roll_registrar_drop_flow(RollRegistrar *self, RollTime now, const RollEndpoint *flow);

/**
 * roll_registrar_remove: takes a contact out of the table in the registrar's own name, as when a
 * call has found that nobody is there: `deactivated` in the words of RFC 3680. Subscribers are told
 * with the next roll_registrar_wake() or roll_registrar_receive().
 * @aor: any SIP URI of the address-of-record
 * @contact: URI text: a record with the same text is meant, several if they are flows to one URI
 *   (RFC 5626); else the first that equals it by RFC 3261 section 19.1.4
 *
 * A static record goes like any other. With the contact of a trunk (RFC 6140) go those of its
 * numbers, which cannot be removed alone.
 *
 * Returns: whether there was one; one that has expired at @now is none.
 */
bool roll_registrar_remove(RollRegistrar *self, RollTime now, RollText aor, RollText contact);

/**
 * roll_registrar_add_static: a record that never expires, for a phone that need not register.
 * Returns: false if @aor or @contact is no SIP URI or a bound is reached.
 */
bool roll_registrar_add_static(RollRegistrar *self, RollTime now, RollText aor, RollText contact);

/** roll_registrar_count: records in the table, expired ones that still stand included. */
size_t roll_registrar_count(const RollRegistrar *self);
