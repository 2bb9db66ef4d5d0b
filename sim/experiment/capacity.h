/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registration rate of a scenario's registrar: the search of RFC 7502 section 4.10, applied to
 * registrations (sections 6.7 and 6.8), in virtual time. */
#pragma once

#include "sim/measure/result.h"

/**
 * SimSearch: where the search stands; its letters are those of the RFC.
 * @rate: r, to be tried next, per second
 * @up, @down: w and d
 * @best: old_r, the highest rate that was good
 * @count: successes at a rate that was not above the best
 * @done: the result is @best, and @rate was the last one tried
 */
typedef struct {
    uint64_t rate;
    double up;
    double down;
    uint64_t best;
    unsigned count;
    bool done;
} SimSearch;

/** sim_search_start: at @rate, with the weights of the RFC. */
SimSearch sim_search_start(uint64_t rate);

/** sim_search_step: @rate was tried: @good if every session was set up. */
void sim_search_step(SimSearch *self, bool good);

/**
 * SimTrial: one step: so many registrations a second.
 * @granted, @failed: attempts, of the first registrations or of the second ones
 * @delay: mean RRD in seconds
 */
typedef struct {
    uint64_t granted;
    uint64_t failed;
    double delay;
    bool good;
} SimTrial;

/**
 * sim_capacity_check: whether a search makes sense.
 * @agents: addresses of record
 * @error: the scenario has no station, or its first group cannot be as large
 */
bool sim_capacity_check(const SimScenario *scenario, unsigned agents, GError **error);

/**
 * sim_capacity_try: @agents phones of the first group register at @rate, each once.
 * @again: five minutes after the last of them they register once more, at the same rate
 * @out: (out): only of the second time if @again
 */
bool sim_capacity_try(const SimScenario *scenario, unsigned agents, uint64_t rate, bool again,
                      SimTrial *out, GError **error);
