/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trace of a run for people, one line for each thing that happened, and its registration
 * attempts as a table for programs. */
#pragma once

#include "sim/experiment/run.h"

/** sim_trace_line: one line without its newline. (transfer full) */
char *sim_trace_line(const SimTrace *trace, const char *name);

/** sim_attempts_header: the first line of transactions.csv. */
const char *sim_attempts_header(void);

/** sim_attempt_line: one line of transactions.csv without its newline. (transfer full) */
char *sim_attempt_line(const SimAttempt *attempt, const char *name);
