/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An attempt goes through start(), challenged() perhaps, and finish(). */
#include "sim/load/load.h"

#include "sim/load/answer.h"
#include "sim/load/schedule.h"
#include "sim/load/text.h"

#include <rollcall/message.h>

/* BURST: so many attempts start between two looks for answers. */
enum { BURST = 64, TRIES_MAX = 3 };

struct SimLoad {
    SimLoadPlan plan;
    SimLoadSend send;
    void *user_data;
    SimTexts *texts;
    SimUsers users;
    RollMessage *message;
    SimRandom random;
    SimLoadPhase phase;
    SimSchedule schedule;
    unsigned shares;
    RollTime begun;
    uint64_t started;
    uint32_t pending;
    bool starved;
    SimLoadTally *tally;
};

const char *
sim_load_kind_name(SimLoadKind kind)
{
    static const char *const names[SIM_LOAD_KINDS] = {
        "register", "refresh", "unauthenticated", "lookup", "fetch", "unregister",
    };
    return names[kind];
}

SimLoad *
sim_load_new(const SimLoadPlan *plan, SimLoadSend send, void *user_data)
{
    SimLoad *self = g_new0(SimLoad, 1);
    self->plan = *plan;
    self->send = send;
    self->user_data = user_data;
    self->texts = sim_texts_new(&self->plan);
    self->message = roll_message_new();
    self->random = sim_random_new(plan->seed, 0);
    self->tally = sim_load_tally_new();
    sim_users_init(&self->users, plan->users);
    return self;
}

void
sim_load_free(SimLoad *self)
{
    if (!self)
        return;
    sim_texts_free(self->texts);
    roll_message_free(self->message);
    sim_load_tally_free(self->tally);
    sim_users_clear(&self->users);
    g_free(self);
}

void
sim_load_begin(SimLoad *self, RollTime now, const SimLoadPhase *phase)
{
    g_return_if_fail(self->pending == 0);
    self->phase = *phase;
    self->begun = now;
    self->started = 0;
    self->starved = false;
    self->shares = 0;
    for (int i = 0; i < SIM_LOAD_KINDS; i++)
        self->shares += phase->shares[i];
    self->schedule =
        sim_schedule_start(phase->window ? 1 : phase->rate, phase->poisson, self->random);
    sim_load_tally_free(self->tally);
    self->tally = sim_load_tally_new();
}

static uint32_t
number_of(const SimLoad *self, const SimUser *user)
{
    return self->plan.first + (uint32_t)(user - self->users.all);
}

static void
send_text(SimLoad *self, const SimUser *user, const char *text, size_t len)
{
    unsigned line = (unsigned)(user - self->users.all) % self->plan.n_lines;
    self->tally->requests++;
    self->send(self->user_data, line, text, len);
}

static void
transmit(SimLoad *self, const SimUser *user)
{
    char text[SIM_TEXT_MAX];
    send_text(self, user, text, sim_texts_request(self->texts, number_of(self, user), user, text));
}

/* A new transaction of @user. */
static void
request(SimLoad *self, RollTime now, SimUser *user)
{
    user->cseq++;
    user->nc += user->proves;
    user->provisional = false;
    transmit(self, user);
    bool stream = self->plan.transport != ROLL_TRANSPORT_UDP;
    sim_users_wait(&self->users, user, stream ? SIM_USER_LANE_STREAM : 0, now);
}

static SimLoadKind
draw_kind(const SimLoad *self)
{
    int kind = 0;
    if (self->phase.shares[0] == self->shares)
        return 0;
    double u = sim_random_uniform(&self->random, (uint32_t)(self->started >> 32),
                                  SIM_PURPOSE_LOAD_KIND, (uint32_t)self->started, 0);
    unsigned at = (unsigned)(u * self->shares);
    while (at >= self->phase.shares[kind])
        at -= self->phase.shares[kind++];
    return (SimLoadKind)kind;
}

static void
start(SimLoad *self, RollTime now, RollTime intended)
{
    SimUser *user = sim_users_take(&self->users);
    user->kind = (uint8_t)draw_kind(self);
    user->intended = intended;
    user->sent = now;
    user->tries = 0;
    user->fresh = false;
    user->proves = user->nonce > 0 && user->kind != SIM_LOAD_REGISTER &&
                   user->kind != SIM_LOAD_UNAUTHENTICATED && user->kind != SIM_LOAD_LOOKUP;
    self->started++;
    self->pending++;
    self->tally->waited += self->starved;
    sim_load_tally_start(self->tally, now - self->begun, user->kind,
                         self->starved ? -1 : now - intended);
    request(self, now, user);
}

static void
finish(SimLoad *self, RollTime now, SimUser *user, bool effective)
{
    RollTime threshold = self->phase.threshold;
    effective = effective && (threshold == 0 || now - user->intended <= threshold);
    if (!effective && self->phase.strict)
        sim_load_stop(self);
    /* What was due meanwhile had nobody to start it. */
    if (self->phase.window == 0 && self->users.n_free == 0 &&
        self->begun + self->schedule.due < now)
        self->starved = true;
    sim_users_give(&self->users, user);
    self->pending--;
    sim_load_tally_end(self->tally, now - self->begun, user->kind, effective,
                       user->intended - self->begun, user->sent - self->begun);
}

static bool
all_started(const SimLoad *self)
{
    return self->started >= self->phase.attempts ||
           (self->phase.duration > 0 && self->schedule.due >= self->phase.duration);
}

/* When the next attempt is to start, if there is to be one and a user for it. */
static RollTime
next_start(const SimLoad *self)
{
    if (all_started(self) || self->users.n_free == 0)
        return ROLL_NEVER;
    if (self->phase.window > 0)
        return self->pending < self->phase.window ? self->begun : ROLL_NEVER;
    return self->begun + self->schedule.due;
}

/* While every user is busy the schedule stands still but the time does not: what was due then is
 * late by no fault of ours, and its delay has it. */
static void
release(SimLoad *self, RollTime now)
{
    for (int i = 0; i < BURST && next_start(self) <= now; i++) {
        start(self, now, self->phase.window > 0 ? now : self->begun + self->schedule.due);
        if (self->phase.window == 0)
            sim_schedule_step(&self->schedule);
    }
    if (self->phase.window > 0 || all_started(self))
        return;
    bool behind = self->begun + self->schedule.due <= now;
    self->starved = behind && (self->starved || self->users.n_free == 0);
}

/* Timer A of an INVITE doubles without a limit (RFC 3261 section 17.1.1.2): of the times of Timer E
 * it has 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s. */
static bool
is_due_again(const SimUser *user)
{
    static const bool calls[SIM_USER_LANES] = {true, true,  true,  true,  false,
                                               true, false, false, false, true};
    return !user->provisional && (user->kind != SIM_LOAD_LOOKUP || calls[user->lane]);
}

static void
time_out(SimLoad *self, RollTime now, SimUser *user)
{
    if (user->lane >= SIM_USER_LANE_STREAM - 1) {
        self->tally->total.timed_out++;
        self->tally->kinds[user->kind].timed_out++;
        finish(self, now, user, false);
        return;
    }
    if (is_due_again(user)) {
        self->tally->retransmissions++;
        self->tally->now.retransmissions++;
        transmit(self, user);
    }
    sim_users_wait(&self->users, user, user->lane + 1u, now);
}

void
sim_load_wake(SimLoad *self, RollTime now)
{
    SimUser *user;
    sim_load_tally_advance(self->tally, now - self->begun);
    release(self, now);
    for (int i = 0; i < BURST && (user = sim_users_due(&self->users, now)); i++)
        time_out(self, now, user);
}

RollTime
sim_load_next_wake(const SimLoad *self)
{
    return MIN(next_start(self), sim_users_next(&self->users));
}

/* RFC 3261 section 22.2: once more with credentials, unless those were refused that had been made
 * for this attempt. Those of last time may have gone stale. */
static void
challenged(SimLoad *self, RollTime now, SimUser *user, const char *data, size_t len)
{
    RollReply reply;
    bool can = user->tries < TRIES_MAX &&
               roll_message_read_reply(self->message, (const uint8_t *)data, len, &reply) &&
               reply.n_challenges > 0 && (!user->fresh || reply.challenges[0].stale) &&
               sim_texts_challenge(self->texts, &reply, number_of(self, user), user);
    if (!can) {
        user->nonce = 0;
        finish(self, now, user, false);
        return;
    }
    user->tries++;
    user->fresh = true;
    user->proves = true;
    request(self, now, user);
}

static void
acknowledge(SimLoad *self, const SimUser *user, const SimLoadAnswer *answer)
{
    char text[SIM_TEXT_MAX];
    size_t len = sim_texts_ack(self->texts, number_of(self, user), user, answer->to, text);
    self->tally->acks++;
    send_text(self, user, text, len);
}

static bool
is_effective(SimLoadKind kind, int status)
{
    if (kind == SIM_LOAD_LOOKUP)
        return status >= 300 && status < 400;
    return status < 300 || (kind == SIM_LOAD_UNAUTHENTICATED && status == 401);
}

/* An answer to what has ended or has gone on: that to an INVITE wants its ACK again. */
static void
take_late(SimLoad *self, const SimUser *user, const SimLoadAnswer *answer)
{
    self->tally->late++;
    self->tally->now.late++;
    if (user->kind == SIM_LOAD_LOOKUP && user->cseq == answer->cseq && answer->status >= 300)
        acknowledge(self, user, answer);
}

void
sim_load_receive(SimLoad *self, RollTime now, const char *data, size_t len)
{
    SimLoadAnswer answer;
    bool lookups = self->phase.shares[SIM_LOAD_LOOKUP] > 0;
    if (!sim_load_answer_read((RollText){data, len}, self->plan.run, lookups, &answer) ||
        answer.user >= self->users.n) {
        self->tally->foreign++;
        return;
    }
    SimUser *user = &self->users.all[answer.user];
    if (!user->busy || user->cseq != answer.cseq) {
        take_late(self, user, &answer);
        return;
    }
    self->tally->replies++;
    self->tally->statuses[answer.status]++;
    if (answer.status < 200) {
        user->provisional = true;
        return;
    }
    if (user->kind == SIM_LOAD_LOOKUP && answer.status >= 300)
        acknowledge(self, user, &answer);
    if (answer.status == 401 && user->kind < SIM_LOAD_KINDS && user->kind != SIM_LOAD_LOOKUP &&
        user->kind != SIM_LOAD_UNAUTHENTICATED)
        challenged(self, now, user, data, len);
    else
        finish(self, now, user, is_effective(user->kind, answer.status));
}

void
sim_load_stop(SimLoad *self)
{
    self->phase.attempts = self->started;
}

void
sim_load_abandon(SimLoad *self)
{
    sim_load_stop(self);
    for (uint32_t i = 0; i < self->users.n; i++)
        if (self->users.all[i].busy)
            sim_users_give(&self->users, &self->users.all[i]);
    self->pending = 0;
}

bool
sim_load_over(const SimLoad *self)
{
    return self->pending == 0 && all_started(self);
}

uint32_t
sim_load_pending(const SimLoad *self)
{
    return self->pending;
}

const SimLoadTally *
sim_load_tally(const SimLoad *self)
{
    return self->tally;
}

const SimLoadTally *
sim_load_close(SimLoad *self, RollTime now)
{
    sim_load_tally_close(self->tally, now - self->begun);
    return self->tally;
}
