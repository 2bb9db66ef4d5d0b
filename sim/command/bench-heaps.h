/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What else could hold the events of a run: the usual structures, as a textbook has them, for
 * `rollcall bench --suite queue`. */
#pragma once

#include "sim/engine/event.h"

#include <stddef.h>

/**
 * SimEventLoad: what is known beforehand; each takes of it what it can use.
 * @size: events it will hold, and one more for a moment
 * @per_second: events that are popped in a second of simulated time
 * @lanes: of them that are due exactly 500 ms or 5 ms after they are pushed: a phone's timer T1 and
 *   a line of constant delay
 */
typedef struct {
    size_t size;
    double per_second;
    double lanes;
} SimEventLoad;

/**
 * SimEventSet: a set of events of which the first is taken.
 * @most: events with which it is measured; with more it takes too long
 * @pop: it is not empty
 */
typedef struct {
    const char *name;
    size_t most;
    void *(*create)(const SimEventLoad *load);
    void (*push)(void *self, const SimEvent *event);
    void (*pop)(void *self, SimEvent *out);
    void (*destroy)(void *self);
} SimEventSet;

extern const SimEventSet sim_bench_heap2;
extern const SimEventSet sim_bench_heap4;
extern const SimEventSet sim_bench_pairing;
extern const SimEventSet sim_bench_gtree;
extern const SimEventSet sim_bench_gsequence;
