/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the reports say of a run in real time beside its metrics. Nothing of a run in virtual time
 * is written here. */
#pragma once

#include "sim/measure/result.h"

/** sim_live_text_warning: one line without its end if the run cannot be trusted; else %NULL.
 * (transfer full) */
char *sim_live_text_warning(const SimResult *result);

/** SimLiveFact: what a report says and what it is about, for people. */
typedef void (*SimLiveFact)(void *data, const char *name, const char *fact);

/** sim_live_text_facts: tells @add of each fact. */
void sim_live_text_facts(const SimResult *result, SimLiveFact add, void *data);

/** sim_live_text_json: appends `,\n  "live": {...}` to @out. */
void sim_live_text_json(GString *out, const SimResult *result);
