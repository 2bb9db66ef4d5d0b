/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client's side of RFC 3261 section 10.2, one small function for each thing that can happen.
 * At most one transaction is under way (section 10.2, last paragraph); an address change that the
 * phone notices ends it like a transport error (section 8.1.3.1), since no reply can come any
 * more. */
#include "sim/model/phone.h"

#include <math.h>
#include <string.h>

/* A server that challenges for ever must not be followed for ever. */
#define MOST_ROUNDS 4

static RollTime
timeout_of(const SimPhone *self, const SimGroup *group)
{
    return self->state == SIM_PHONE_LEAVING ? MIN(group->timeout, group->linger) : group->timeout;
}

/* Each wait is twice the one before, up to T2. */
static RollTime
timer_e(const SimPhone *self)
{
    enum { LONGEST = ROLL_T2 / ROLL_T1, DOUBLED = 3 }; /* T1 << DOUBLED is T2 */
    RollTime waits = self->copies <= DOUBLED
                         ? (2 << self->copies) - 1
                         : 2 * LONGEST - 1 + LONGEST * (RollTime)(self->copies - DOUBLED);
    return self->sent + waits * ROLL_T1;
}

RollTime
sim_phone_next(const SimPhone *self, const SimGroup *group)
{
    if (self->state == SIM_PHONE_OFF)
        return ROLL_NEVER;
    bool under_way = self->state == SIM_PHONE_TRYING || self->state == SIM_PHONE_LEAVING;
    RollTime next =
        under_way ? MIN(timer_e(self), self->sent + timeout_of(self, group)) : self->timer;
    return MIN(next, self->notice);
}

static void
switch_off(SimPhone *self)
{
    self->state = SIM_PHONE_OFF;
    self->notice = ROLL_NEVER;
}

/* What was registered before the contact that is asked for now, of a phone that removes it. */
static uint32_t
old_contact(const SimPhone *self, const SimGroup *group)
{
    return group->removes_old && self->registered != self->contact ? self->registered : 0;
}

static void
fill_request(const SimPhone *self, const SimGroup *group, uint32_t id, SimAction *action)
{
    action->send = true;
    action->request = (SimRequest){
        .phone = id,
        .contact = self->contact,
        .source = self->address,
        .old_contact = old_contact(self, group),
        .call_id = self->call_id,
        .cseq = self->cseq,
        .branch = self->branch,
        .boot = self->boots,
        .expires = self->kind == SIM_SEND_UNREGISTER ? 0 : self->expires,
        .nonce = self->credentials ? self->nonce : 0,
        .nc = self->nc,
        .kind = self->rounds > 0 ? SIM_SEND_CHALLENGED : self->kind,
        .copy = (uint8_t)MIN(self->copies, UINT8_MAX),
        .algorithm = self->algorithm,
    };
}

/* A new transaction: next CSeq, new branch, Timer E at T1. */
static void
transmit(SimPhone *self, const SimGroup *group, uint32_t id, RollTime now, SimAction *action)
{
    self->cseq++;
    self->branch++;
    self->copies = 0;
    self->sent = now;
    self->bound = false;
    self->credentials = self->nonce != 0;
    if (self->credentials)
        self->nc++;
    fill_request(self, group, id, action);
}

static void
begin_attempt(SimPhone *self, const SimGroup *group, uint32_t id, RollTime now, SimSendKind kind,
              SimAction *action)
{
    if (group->call_id == SIM_CALL_ID_REQUEST) {
        self->call_id++;
        self->cseq = 0;
    }
    if (group->credentials == SIM_CREDENTIALS_FRESH)
        self->nonce = 0;
    self->kind = kind;
    self->rounds = 0;
    self->began = now;
    self->state = kind == SIM_SEND_UNREGISTER ? SIM_PHONE_LEAVING : SIM_PHONE_TRYING;
    self->contact = kind == SIM_SEND_UNREGISTER ? self->registered : self->address;
    transmit(self, group, id, now, action);
}

void
sim_phone_learn(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, SimAction *action)
{
    if (self->state == SIM_PHONE_TRYING) {
        self->contact = self->address;
        if (self->kind == SIM_SEND_REFRESH)
            self->kind = SIM_SEND_MOVE;
    }
    fill_request(self, setting->group, id, action);
}

static double
draw(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, SimPurpose purpose)
{
    return sim_random_uniform(setting->random, id, purpose, self->draws++, 0);
}

RollTime
sim_retry_interval(const SimRetry *law, unsigned failures, double u)
{
    double doubled = ldexp((double)law->base, (int)MIN(failures - 1, 62u));
    if (law->attempts > 0 && failures > law->attempts)
        return ROLL_NEVER;
    switch (law->kind) {
    case SIM_RETRY_NONE:
        return ROLL_NEVER;
    case SIM_RETRY_LAW:
        return sim_law_draw(&law->law, u);
    case SIM_RETRY_DOUBLING:
        return (RollTime)MIN(doubled, (double)law->cap);
    case SIM_RETRY_LINEAR:
        return MIN((RollTime)failures * law->base, law->cap);
    case SIM_RETRY_RFC5626:
        /* RFC 5626 section 4.5: W = min(cap, base 2^failures), then uniform over its upper half. */
        return (RollTime)(MIN(2 * doubled, (double)law->cap) * (0.5 + 0.5 * u));
    }
    return ROLL_NEVER;
}

static RollTime
point(const SimPoint *self, uint32_t granted)
{
    return (RollTime)(self->fraction * granted * (double)ROLL_SECOND) + self->offset;
}

RollTime
sim_refresh_interval(const SimRefresh *law, uint32_t granted, double u)
{
    RollTime whole = granted * ROLL_SECOND;
    RollTime from = point(&law->from, granted);
    RollTime to = point(&law->to, granted);
    if (granted <= law->short_up_to)
        from = to = point(&law->short_point, granted);
    RollTime interval = from + (RollTime)(u * (double)(to - from));
    /* A grant shorter than the law reckons with: half of it, rather than never or too late. */
    return interval > 0 && interval <= whole ? interval : whole / 2;
}

RollTime
sim_push_lead(RollTime granted)
{
    return MIN(120 * ROLL_SECOND, granted / 2);
}

RollTime
sim_group_interval(const SimGroup *group, uint32_t granted, double u)
{
    RollTime whole = granted * ROLL_SECOND;
    if (!group->push.on)
        return sim_refresh_interval(&group->refresh, granted, u);
    return whole - sim_push_lead(whole) + sim_law_draw(&group->push.after, MIN(u, 1 - 1e-9));
}

static void
fail(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
     uint32_t retry_after, SimAction *action)
{
    action->end = SIM_END_FAILED;
    self->nonce = 0;
    if (self->state == SIM_PHONE_LEAVING) {
        switch_off(self);
        return;
    }
    self->failures += self->failures < UINT8_MAX;
    self->state = SIM_PHONE_WAITING;
    RollTime wait = sim_retry_interval(&setting->group->retry, self->failures,
                                       draw(self, setting, id, SIM_PURPOSE_RETRY));
    if (wait != ROLL_NEVER)
        wait = MAX(wait, (RollTime)retry_after * ROLL_SECOND);
    RollTime from = setting->group->retry.from_sending ? self->sent : now;
    self->timer = wait == ROLL_NEVER ? ROLL_NEVER : MAX(from + wait, now);
}

uint32_t
sim_phone_asks(const SimGroup *group, uint32_t id)
{
    uint32_t own = group->lines != NULL ? group->lines[id - group->first].expiry : 0;
    return own > 0 ? own : group->expires;
}

void
sim_phone_power_on(SimPhone *self, const SimPhoneSetting *setting, uint32_t id,
                   RollTime first_register)
{
    self->boots++;
    if (setting->group->call_id == SIM_CALL_ID_BOOT)
        self->call_id++;
    if (setting->group->call_id != SIM_CALL_ID_REQUEST)
        self->cseq = 0;
    self->state = SIM_PHONE_BOOTING;
    self->registered = 0;
    self->nonce = 0;
    self->failures = 0;
    self->expires = sim_phone_asks(setting->group, id);
    self->notice = ROLL_NEVER;
    self->timer = setting->group->registers ? first_register : ROLL_NEVER;
}

void
sim_phone_power_off(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                    bool goodbye, SimAction *action)
{
    self->notice = ROLL_NEVER;
    if (goodbye && self->registered != 0 && self->state != SIM_PHONE_OFF) {
        begin_attempt(self, setting->group, id, now, SIM_SEND_UNREGISTER, action);
        return;
    }
    switch_off(self);
}

void
sim_phone_set_address(SimPhone *self, uint32_t address, RollTime notice)
{
    self->address = address;
    if (self->state == SIM_PHONE_OFF || self->state == SIM_PHONE_LEAVING)
        return;
    self->notice = notice;
}

/* Most phones refresh after the same part of what they were granted each time; then the number is
 * not looked at. */
static double
draw_refresh(SimPhone *self, const SimPhoneSetting *setting, uint32_t id)
{
    const SimRefresh *law = &setting->group->refresh;
    if (law->from.fraction != law->to.fraction || law->from.offset != law->to.offset)
        return draw(self, setting, id, SIM_PURPOSE_REFRESH);
    self->draws++;
    return 0.5;
}

static void
granted(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
        const SimResponse *response, SimAction *action)
{
    if (self->state == SIM_PHONE_LEAVING) {
        action->end = SIM_END_UNREGISTERED;
        self->registered = 0;
        switch_off(self);
        return;
    }
    if (response->granted == 0) {
        /* A 200 that does not list the contact has not bound it. */
        fail(self, setting, id, now, 0, action);
        return;
    }
    action->end = SIM_END_GRANTED;
    self->failures = 0;
    self->state = SIM_PHONE_REGISTERED;
    self->registered = self->contact;
    if (setting->group->asks_as_granted)
        self->expires = response->granted;
    double u = draw_refresh(self, setting, id);
    self->timer = now + sim_refresh_interval(&setting->group->refresh, response->granted, u);
    if (setting->group->push.on)
        self->timer = ROLL_NEVER;
}

void
sim_phone_called(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                 uint32_t granted, RollTime until)
{
    if (self->state != SIM_PHONE_REGISTERED)
        return;
    double u = draw_refresh(self, setting, id);
    RollTime wait = sim_refresh_interval(&setting->group->refresh, granted, u);
    self->timer = MAX(self->timer, MIN(now + wait, until - ROLL_SECOND));
}

static void
challenged(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
           const SimResponse *response, SimAction *action)
{
    /* RFC 3261 section 22.1: credentials that were rejected are not sent again, unless only the
     * nonce was stale. */
    if ((self->credentials && !response->stale) || self->rounds >= MOST_ROUNDS ||
        response->nonce == 0) {
        fail(self, setting, id, now, 0, action);
        return;
    }
    self->rounds++;
    self->nonce = response->nonce;
    self->nc = 0;
    self->algorithm = response->algorithm;
    transmit(self, setting->group, id, now, action);
}

static void
too_brief(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
          const SimResponse *response, SimAction *action)
{
    if (response->min_expires <= self->expires || self->rounds >= MOST_ROUNDS) {
        fail(self, setting, id, now, 0, action);
        return;
    }
    self->rounds++;
    self->expires = response->min_expires;
    if (setting->group->credentials == SIM_CREDENTIALS_FRESH)
        self->nonce = 0;
    transmit(self, setting->group, id, now, action);
}

void
sim_phone_receive(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                  const SimResponse *response, SimAction *action)
{
    bool under_way = self->state == SIM_PHONE_TRYING || self->state == SIM_PHONE_LEAVING;
    if (!under_way || response->branch != self->branch)
        return;
    if (response->status / 100 == 2)
        granted(self, setting, id, now, response, action);
    else if (response->status == 401)
        challenged(self, setting, id, now, response, action);
    else if (response->status == 423)
        too_brief(self, setting, id, now, response, action);
    else
        fail(self, setting, id, now, response->retry_after, action);
}

/* Timer E fires: the same request again, the next copy after twice the time, at most T2. */
static void
retransmit(SimPhone *self, const SimGroup *group, uint32_t id, SimAction *action)
{
    self->copies++;
    fill_request(self, group, id, action);
}

static void
wake_in_transaction(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                    SimAction *action)
{
    if (now >= self->sent + timeout_of(self, setting->group))
        fail(self, setting, id, now, 0, action);
    else if (now >= timer_e(self))
        retransmit(self, setting->group, id, action);
}

static SimSendKind
next_kind(const SimPhone *self)
{
    switch (self->state) {
    case SIM_PHONE_BOOTING:
        return SIM_SEND_INITIAL;
    case SIM_PHONE_WAITING:
        return SIM_SEND_RETRY;
    default:
        return self->registered != self->address ? SIM_SEND_MOVE : SIM_SEND_REFRESH;
    }
}

/* The interface tells of another address: what is under way is lost, a new binding is due. */
static void
notice(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now, SimAction *action)
{
    self->notice = ROLL_NEVER;
    bool asked = self->state == SIM_PHONE_TRYING && self->contact == self->address;
    if (self->state == SIM_PHONE_BOOTING || asked || self->address == self->registered)
        return;
    self->nonce = 0;
    begin_attempt(self, setting->group, id, now, SIM_SEND_MOVE, action);
}

void
sim_phone_pushed(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
                 SimAction *action)
{
    if (self->state == SIM_PHONE_REGISTERED || self->state == SIM_PHONE_WAITING)
        begin_attempt(self, setting->group, id, now, next_kind(self), action);
}

void
sim_phone_wake(SimPhone *self, const SimPhoneSetting *setting, uint32_t id, RollTime now,
               SimAction *action)
{
    if (now >= self->notice) {
        notice(self, setting, id, now, action);
        return;
    }
    switch (self->state) {
    case SIM_PHONE_OFF:
        switch_off(self);
        return;
    case SIM_PHONE_TRYING:
    case SIM_PHONE_LEAVING:
        wake_in_transaction(self, setting, id, now, action);
        return;
    default:
        begin_attempt(self, setting->group, id, now, next_kind(self), action);
    }
}
