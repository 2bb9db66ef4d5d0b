/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trace of a run for people, one line for each thing that happened, and its registration
 * attempts as a table for programs. */
#pragma once

#include "sim/experiment/run.h"

/** sim_trace_line: one line without its newline. (transfer full) */
char *sim_trace_line(const SimScenario *scenario, const SimTrace *trace, const char *name);

/** sim_trace_words: what happened, without when and to whom. (transfer full) */
char *sim_trace_words(const SimScenario *scenario, const SimTrace *trace);

/** sim_trace_clock: hours, minutes, seconds and microseconds of virtual time. (transfer full) */
char *sim_trace_clock(RollTime at);

/** sim_trace_address: in dotted form, with its port if a NAT gave it one. (transfer full) */
char *sim_trace_address(const SimScenario *scenario, uint32_t address);

/** sim_trace_send_name: of a #SimSendKind. */
const char *sim_trace_send_name(uint32_t kind);

/** sim_trace_call: what became of a call, a #SimTally. */
const char *sim_trace_call(uint32_t outcome);

/** sim_attempts_header: the first line of transactions.csv. */
const char *sim_attempts_header(void);

/** sim_attempt_line: one line of transactions.csv without its newline. (transfer full) */
char *sim_attempt_line(const SimAttempt *attempt, const char *name);
