/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A SIP phone as a registrar's client: it registers when it boots, answers challenges, retransmits
 * (Timer E and F, RFC 3261 section 17.1.2), refreshes by its law, retries by its law, and says
 * goodbye or not. It sees no link, no metric and no socket: the owner tells it what happens, calls
 * sim_phone_wake() when @wake comes, and carries what it wants to send. */
#pragma once

#include "sim/engine/random.h"
#include "sim/scenario/scenario.h"

/** SimSendKind: why a REGISTER is sent. */
typedef enum {
    SIM_SEND_INITIAL,
    SIM_SEND_REFRESH,
    SIM_SEND_MOVE,
    SIM_SEND_UNREGISTER,
    SIM_SEND_RETRY,
    SIM_SEND_CHALLENGED, /* again, with credentials or with the expiry a 423 asked for */
} SimSendKind;

/**
 * SimRequest: a REGISTER decoded, as small as it can be; links render it.
 * @copy: 0, or which retransmission
 * @contact: IPv4 address it asks to bind; @source: the one it is sent from
 * @old_contact: bound to be removed with expires=0; 0 for none
 * @call_id, @cseq, @branch, @boot: serial numbers, rendered by the link; @boot makes the From tag
 * @nonce: which challenge its credentials answer; 0 for no credentials
 */
typedef struct {
    uint32_t phone;
    uint32_t contact;
    uint32_t source;
    uint32_t old_contact;
    uint32_t call_id;
    uint32_t cseq;
    uint32_t branch;
    uint32_t boot;
    uint32_t expires;
    uint64_t nonce;
    uint32_t nc;
    uint8_t kind;
    uint8_t copy;
    uint8_t algorithm;
} SimRequest;

/**
 * SimResponse: a final reply decoded.
 * @granted: seconds for the contact that was asked for; 0 if the reply does not list it
 * @nonce: names the challenge of a 401
 * @oc: overload feedback is given, the rest of which is as in RollReply
 */
typedef struct {
    uint32_t phone;
    uint32_t branch;
    uint32_t cseq;
    uint16_t status;
    uint8_t algorithm;
    bool stale;
    uint32_t granted;
    uint32_t min_expires;
    uint32_t retry_after;
    uint64_t nonce;
    bool oc;
    uint8_t oc_percent;
    uint32_t oc_validity;
    int64_t oc_seq;
} SimResponse;

typedef enum {
    SIM_PHONE_OFF,
    SIM_PHONE_BOOTING, /* on, the first REGISTER still to come */
    SIM_PHONE_TRYING,  /* a transaction is under way */
    SIM_PHONE_WAITING, /* a failure behind it, the next try still to come, or never */
    SIM_PHONE_REGISTERED,
    SIM_PHONE_LEAVING, /* off for its user, waiting for the answer to its unregistration */
} SimPhoneState;

/**
 * SimPhone: as small as it can be, since a large run waits for them to come from memory. Zero but
 * for @timer, @notice and @armed, %ROLL_NEVER, is a phone that is off.
 * @armed: for the owner, when it will be called
 * @timer: its boot, refresh or retry timer
 * @began: first REGISTER of the attempt under way (RFC 6076 section 4.1)
 * @sent: start of the transaction under way; @copies: retransmissions in it
 * @notice: when it will notice that its address changed
 * @bound: for the owner: the registrar has granted the transaction under way
 * @place: for the owner: where its record is, plus 1
 */
typedef struct {
    RollTime armed;
    union {
        RollTime timer; /* while no transaction is under way */
        RollTime sent;  /* while one is */
    };
    RollTime began;
    RollTime notice;
    uint64_t nonce;
    uint32_t nc;
    uint32_t address;    /* what it has */
    uint32_t contact;    /* what the request under way asks for */
    uint32_t registered; /* what was last granted; 0 for nothing */
    uint32_t expires;
    uint32_t call_id;
    uint32_t cseq;
    uint32_t branch;
    uint32_t boots;
    uint32_t draws; /* ordinal of its refresh and retry draws */
    uint32_t place;
    uint16_t group;
    uint16_t network; /* the one it is in */
    uint16_t copies;
    uint8_t state : 4;
    uint8_t kind : 4;
    uint8_t algorithm : 6;
    uint8_t credentials : 1; /* the request under way carries them */
    uint8_t bound : 1;
    uint8_t rounds; /* challenges answered in this attempt */
    uint8_t failures;
} SimPhone;
/* Not longer: so it lies in two lines of the cache, wherever it begins. */
G_STATIC_ASSERT(sizeof(SimPhone) <= 96);

/** SimPhoneEnd: how the attempt under way ended in a call, if it did. */
typedef enum { SIM_END_NONE, SIM_END_GRANTED, SIM_END_UNREGISTERED, SIM_END_FAILED } SimPhoneEnd;

/** SimAction: what a phone wants after a call: @send a request, and tell that an attempt ended. */
typedef struct {
    bool send;
    SimRequest request;
    SimPhoneEnd end;
} SimAction;

/** SimPhoneSetting: what phones of a group share. Borrowed. */
typedef struct {
    const SimGroup *group;
    const SimRandom *random;
} SimPhoneSetting;

/** sim_phone_power_on: boots, to register first at @first_register. */
void sim_phone_power_on(SimPhone *self, const SimPhoneSetting *setting, uint32_t id,
                        RollTime first_register);

/** sim_phone_power_off: at once and silently, or with an unregistration if @goodbye. */
void sim_phone_power_off(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                         bool goodbye, SimAction *action);

/** sim_phone_set_address: it has @address from now on and notices at @notice (or %ROLL_NEVER). */
void sim_phone_set_address(SimPhone *self, uint32_t address, RollTime notice);

/** sim_phone_receive: a reply reached it. */
void sim_phone_receive(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                       const SimResponse *response, SimAction *action);

/** sim_phone_next: when it next has something to do. */
RollTime sim_phone_next(const SimPhone *self, const SimGroup *group);

/** sim_phone_wake: sim_phone_next() has come. */
void sim_phone_wake(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                    SimAction *action);

/**
 * sim_phone_called: a call reached it and so showed where it is: its next refresh is put off as
 * after a registration, but not past the end of its record.
 * @granted, @until: seconds that the record was given, and its end
 */
void sim_phone_called(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                      uint32_t granted, RollTime until);

/**
 * sim_phone_learn: the NAT has given it another port, which it learnt before it sends what is in
 * @action, the first copy of a request: its contact names the new one.
 */
void sim_phone_learn(SimPhone *self, const SimPhoneSetting *setting, uint32_t id,
                     SimAction *action);

/** sim_phone_pushed: a push reached it: unless it is registering already, or still boots, it
 * registers from where it is now (RFC 8599 section 4.1.2). */
void sim_phone_pushed(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                      SimAction *action);

/** sim_phone_asks: the expiry in seconds that phone @id of @group asks for. */
uint32_t sim_phone_asks(const SimGroup *group, uint32_t id);

/** sim_refresh_interval: how long after a grant of @granted seconds, for a uniform number @u. */
RollTime sim_refresh_interval(const SimRefresh *law, uint32_t granted, double u);

/** sim_push_lead: how long before the end of a record its phone is pushed: 120 s (RFC 8599 section
 * 5.5), or half of @granted, us, if that is less. */
RollTime sim_push_lead(RollTime granted);

/** sim_group_interval: from a grant of @granted seconds to the next refresh of a phone of @group,
 * by its own timer or by a push that is not lost, for a uniform number @u. */
RollTime sim_group_interval(const SimGroup *group, uint32_t granted, double u);

/** sim_retry_interval: after @failures in a row (1, 2, ...). %ROLL_NEVER: it gives up. */
RollTime sim_retry_interval(const SimRetry *law, unsigned failures, double u);
