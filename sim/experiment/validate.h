/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulator against every oracle: runs them, on as many threads as one likes, and judges the
 * values. */
#pragma once

#include "sim/experiment/oracles/oracle.h"

/** SIM_ROW_MOST_Z, SIM_ROW_MOST_ERROR: standard errors from the exact value, and the largest
 * standard error as a share of the value with which agreement means anything. */
#define SIM_ROW_MOST_Z 4.0
#define SIM_ROW_MOST_ERROR 0.01

/** SimRowFlaws: what is wrong with a row, as bits. */
typedef enum {
    SIM_ROW_MET = 0,
    SIM_ROW_FAR = 1,   /* further from the exact value than chance takes it */
    SIM_ROW_VAGUE = 2, /* the standard error is too large, or unknown */
} SimRowFlaws;

/**
 * SimRow: a line of the table.
 * @oracle: borrowed, a literal; @parameters: owned
 * @z: (seen - exact) / standard error; 0 if they are equal without one
 */
typedef struct {
    const char *oracle;
    char *parameters;
    SimOracleValue value;
    double z;
    unsigned flaws;
} SimRow;

/** sim_row_judge: sets @z and @flaws from @value. */
void sim_row_judge(SimRow *self);

/**
 * SimValidateOptions:
 * @only: oracles whose name has this in it, or, with `*`, fits it as a whole; %NULL for all
 * @threads: that run at the same time; no result depends on it
 * @progress: called after each run, on the thread of the caller; may be %NULL
 */
typedef struct {
    const char *only;
    uint64_t seed;
    SimLinkKind link;
    unsigned threads;
    void (*progress)(void *data, unsigned done, unsigned all);
    void *progress_data;
} SimValidateOptions;

/**
 * sim_validate: Returns: (transfer full): SimRow, in the order of SIM_ORACLES and of their cases;
 * empty if @only fits none; %NULL if a scenario cannot be run.
 */
GArray *sim_validate(const SimValidateOptions *options, GError **error);

/** sim_validate_one: the same for one oracle, whatever @only says. */
GArray *sim_validate_one(const SimOracle *oracle, const SimValidateOptions *options,
                         GError **error);
