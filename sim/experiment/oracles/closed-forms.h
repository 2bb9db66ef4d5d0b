/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a simulation has to come to, where it can be known exactly: seconds, rates per second, no
 * network delay, records removed at the instant they expire. tests/oracles holds each against a
 * plain simulation of its definition; docs/method.md says where each comes from. */
#pragma once

/**
 * SimExactPower: a phone that is on for Exp(@lambda), registers at once when it comes on and again
 * after intervals that are uniform in [@from, @to], never longer than the granted @expiry.
 */
typedef struct {
    double lambda;
    double from;
    double to;
    double expiry;
} SimExactPower;

/** sim_exact_stale: mean stale time in one cycle, off-times Exp(@delta). */
double sim_exact_stale(const SimExactPower *power, double delta);

/** sim_exact_stale_fixed_off: the same for an off-time that is always @off; needs @from == @to. */
double sim_exact_stale_fixed_off(const SimExactPower *power, double off);

/** sim_exact_register_rate: REGISTERs per second if on and off together last @cycle on average. */
double sim_exact_register_rate(const SimExactPower *power, double cycle);

/**
 * sim_exact_boot_missing: mean time in one cycle in which a phone boots and has no record. It boots
 * for @boot, then is on for U[0, n @refresh], n a whole number, and off for Exp(@delta).
 * @boot at most @expiry - @refresh.
 */
double sim_exact_boot_missing(double delta, double boot, double refresh, double expiry);

/**
 * sim_exact_left: share of the records that are left after a failure of all phones, on average over
 * the time from @since to @until after it; refreshes each @refresh, in no step with the failure.
 */
double sim_exact_left(double refresh, double expiry, double since, double until);

/**
 * SimExactMove: a phone that is always on, refreshes after U[@from, @to], and whose address changes
 * at rate @mu, never to an old one.
 */
typedef struct {
    double mu;
    double from;
    double to;
    double expiry;
} SimExactMove;

/** sim_exact_wrong: time share under a wrong address, nothing noticed. */
double sim_exact_wrong(const SimExactMove *move);

/**
 * sim_exact_wrong_noticed: the same if a share @noticed of the changes leads to a REGISTER at once,
 * which starts the refresh timer anew; needs @from == @to, and 0 < @noticed < 1.
 */
double sim_exact_wrong_noticed(const SimExactMove *move, double noticed);

/** sim_exact_move_rate: its REGISTERs per second. */
double sim_exact_move_rate(const SimExactMove *move, double noticed);

/** sim_exact_wrong_periodic: changes every @period, which is at least @refresh, nothing noticed. */
double sim_exact_wrong_periodic(double period, double refresh);

/** sim_exact_stale_contacts: dead records at a registrar that keeps old ones; nothing noticed. */
double sim_exact_stale_contacts(const SimExactMove *move);

/** sim_exact_contacts: all records. */
double sim_exact_contacts(const SimExactMove *move);

/** sim_exact_stale_contacts_noticed: dead records if each change is noticed, the old one left. */
double sim_exact_stale_contacts_noticed(const SimExactMove *move);

/** sim_exact_contacts_are: P(@n records), nothing noticed, @expiry a whole number of refreshes. */
double sim_exact_contacts_are(const SimExactMove *move, unsigned n);

/** SIM_EXACT_COPIES: that a request is sent before Timer F, all unanswered. */
#define SIM_EXACT_COPIES 11

/** sim_exact_copy: when copy @i (0, 1, ...) is sent, after the first (RFC 3261, 17.1.2.2). */
double sim_exact_copy(unsigned i);

/** sim_exact_fails: P(no answer to any copy), each packet lost with probability @loss. */
double sim_exact_fails(double loss);

/** sim_exact_unheard: P(no copy arrives). */
double sim_exact_unheard(double loss);

/** sim_exact_delay: mean time to the answer, if there is one. */
double sim_exact_delay(double loss);

/**
 * SimExactRefresh: a phone that refreshes with Timer E, @refresh after each answer.
 * @lapse: P(the record expires before a copy of the next refresh arrives), per refresh
 * @missing: time share without a record
 */
typedef struct {
    double lapse;
    double missing;
} SimExactRefresh;

/** sim_exact_refresh: transactions that fail altogether are neglected: @loss at most .2. */
SimExactRefresh sim_exact_refresh(double loss, double refresh, double expiry);

/** sim_exact_soft_state: the same for one packet every @refresh and no other; @expiry no multiple.
 */
SimExactRefresh sim_exact_soft_state(double loss, double refresh, double expiry);

/**
 * SimExactCost: @per_register for each REGISTER, and 1 for each second of a stale record, of a
 * phone that is on for Exp of mean @on, off for Exp of mean @off, and refreshes at @share of its
 * expiry.
 */
typedef struct {
    double on;
    double off;
    double share;
    double per_register;
} SimExactCost;

/** sim_exact_cost: per phone and second. */
double sim_exact_cost(const SimExactCost *cost, double expiry);

/** sim_exact_best_expiry: where that is least, between 1 s and 30 times the off-time. */
double sim_exact_best_expiry(const SimExactCost *cost);

/** sim_exact_erlang_b: share of Poisson arrivals, @load of them in a mean stay, that find all
 * @places taken, whatever the law of the stays (M/G/k/k). */
double sim_exact_erlang_b(unsigned places, double load);

/** sim_exact_outlives: mean time that a record outlives its phone, if the phone is gone for good.
 */
double sim_exact_outlives(const SimExactPower *power);

/**
 * sim_exact_evicted: share of the phones whose record is given to another while they are still
 * there: a full table of @places, of which each newcomer takes the oldest; @present phones are
 * there on average, and stay for exponential times.
 */
double sim_exact_evicted(unsigned places, double present);

/** sim_exact_reached: share of calls that reach one of @devices, each there with chance @there. */
double sim_exact_reached(double there, unsigned devices);

/**
 * SimExactTimer: a phone that is called at rate @calls and registers @timer after its last call or
 * registration; each REGISTER costs @per_register, a call @per_age for each second since then.
 */
typedef struct {
    double calls;
    double timer;
    double per_register;
    double per_age;
} SimExactTimer;

/** sim_exact_timer_rate: REGISTERs per second. */
double sim_exact_timer_rate(const SimExactTimer *timer);

/** sim_exact_timer_age: mean time since the phone was last heard of when a call comes. */
double sim_exact_timer_age(const SimExactTimer *timer);

/** sim_exact_timer_cost: per second. */
double sim_exact_timer_cost(const SimExactTimer *timer);

/** sim_exact_best_timer: where that is least. */
double sim_exact_best_timer(const SimExactTimer *timer);

/**
 * sim_exact_qualified: mean stale time in one cycle of a phone that is off for Exp(@delta), whose
 * record would live on for longer, but is asked every @period and removed @wait after the last of
 * @misses questions without an answer.
 */
double sim_exact_qualified(double delta, double period, unsigned misses, double wait);

/**
 * sim_exact_restart: time share without a record over the first @part of a refresh interval after a
 * registrar restarts; times in refresh intervals. Phones are always on and refresh in no step with
 * it.
 * @expiry: granted, a whole number
 * @saved: age of the table it has then, at most @expiry; more, or infinity, if that is empty
 * @part: at most 1
 */
double sim_exact_restart(unsigned expiry, double saved, double part);

/** sim_exact_replica_wrong: time share of a wrong address at a replica that is behind by @lag, of a
 * phone that is always on and registers at once when its address changes, at rate @mu. */
double sim_exact_replica_wrong(double mu, double lag);

/**
 * SimExactPool: @used of @addresses are in use. Each user gets another address at rate @nu, drawn
 * from the free ones while it still has the old one.
 */
typedef struct {
    unsigned addresses;
    unsigned used;
    double nu;
} SimExactPool;

/**
 * sim_exact_misdirected: of an address that a user has at time 0: the share of the time until
 * @span in which another has it; the next address is any free one.
 */
double sim_exact_misdirected(const SimExactPool *pool, double span);

/** sim_exact_misdirected_oldest: the same if the next address is the one that was given up first.
 */
double sim_exact_misdirected_oldest(const SimExactPool *pool, double span);

/** SimExactStorm: so many requests come uniformly over @spread seconds to a server of one worker
 * that serves @rate a second, each in the same time. */
typedef struct {
    double phones;
    double spread;
    double rate;
} SimExactStorm;

/** sim_exact_storm_line: the longest line, the one in service included; NaN if the server keeps up.
 */
double sim_exact_storm_line(const SimExactStorm *storm);

/** sim_exact_storm_wait: mean wait; of an M/D/1 queue if the server keeps up. */
double sim_exact_storm_wait(const SimExactStorm *storm);

/**
 * sim_exact_harmonic: amplitude of the harmonic at 1/r among the arrivals of phones that started
 * together, each after so many refreshes with intervals uniform over a width of @ratio times r.
 */
double sim_exact_harmonic(double ratio, unsigned refreshes);
/* Lines and NATs: closed-forms-line.c */
/** sim_exact_fails_directed: an attempt, with a loss for each direction. */
double sim_exact_fails_directed(double up, double down);
/** sim_exact_fresh_directed: fails although the registrar granted it. */
double sim_exact_fresh_directed(double up, double down);
/**
 * sim_exact_burst_lapse: of the refreshes, the share whose copies all find the line down until the
 * record has run out.
 * @works, @down: mean times, both exponential; @refresh, @expiry: less than 32 s apart
 */
double sim_exact_burst_lapse(double works, double down, double refresh, double expiry);
/** sim_exact_idle: share of the time in which a NAT has forgotten a phone that sends at intervals
 * uniform between @from and @to, less than it. */
double sim_exact_idle(double idle, double from, double to);
