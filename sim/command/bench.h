/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The suites of `rollcall bench`. */
#pragma once

#include "sim/command/figures.h"
#include "sim/experiment/run.h"

/** SIM_BENCH_PHONES: the end of a scenario: as many phones as its %u says, which boot over half an
 * hour and refresh every half hour. */
#define SIM_BENCH_PHONES                                                                           \
    "[network lan]\n"                                                                              \
    "pool = 10.0.0.0/8\n"                                                                          \
    "delay = 20ms\n"                                                                               \
    "[phones desk]\n"                                                                              \
    "count = %u\n"                                                                                 \
    "network = lan\n"                                                                              \
    "expires = 1h\n"                                                                               \
    "refresh = 30min\n"                                                                            \
    "boot = uniform(0s, 30min)\n"

/** SIM_BENCH_MOST: phones of the largest run. */
#define SIM_BENCH_MOST 10000000

/** SimBenchOptions: @most: populations above it are left out; @bare: folder of the programs that
 * show what is the least it could cost, or %NULL: where the build puts them */
typedef struct {
    unsigned most;
    const char *bare;
} SimBenchOptions;

/** sim_bench_program: Returns: (transfer full): one of them; %NULL, and it says so, if it is not
 * there. */
char *sim_bench_program(const SimBenchOptions *options, const char *name);

/* Each prints what went wrong, and returns false then. */
bool sim_bench_core(SimFigures *out, const SimBenchOptions *options);
bool sim_bench_scale(SimFigures *out, const SimBenchOptions *options);
bool sim_bench_hold(SimFigures *out, const SimBenchOptions *options);
bool sim_bench_queue(SimFigures *out, const SimBenchOptions *options);
bool sim_bench_wire(SimFigures *out, const SimBenchOptions *options);

/**
 * sim_bench_registration: microseconds of processor for a registration granted to one of @phones,
 * whose credentials are `reused` or `fresh`, in a run of @minutes; NaN after an error.
 */
double sim_bench_registration(SimLinkKind link, const char *credentials, unsigned phones,
                              unsigned minutes);

/** sim_bench_run: the same, with other options. */
double sim_bench_run(const SimRunOptions *options, const char *credentials, unsigned phones,
                     unsigned minutes);
