/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The suites of `rollcall bench`. */
#pragma once

#include "sim/command/figures.h"
#include "sim/experiment/run.h"

/** SIM_BENCH_MOST: phones of the largest run. */
#define SIM_BENCH_MOST 10000000

/** SimBenchOptions: @most: populations above it are left out; @bare: the program of the bare loop,
 * or %NULL */
typedef struct {
    unsigned most;
    const char *bare;
} SimBenchOptions;

/* Each prints what went wrong, and returns false then. */
bool sim_bench_core(SimFigures *out, const SimBenchOptions *options);
bool sim_bench_scale(SimFigures *out, const SimBenchOptions *options);

/**
 * sim_bench_registration: microseconds of processor for a registration granted to one of @phones,
 * whose credentials are `reused` or `fresh`, in a run of @minutes; NaN after an error.
 */
double sim_bench_registration(SimLinkKind link, const char *credentials, unsigned phones,
                              unsigned minutes);
