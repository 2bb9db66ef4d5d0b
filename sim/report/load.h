/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a load, for people, for programs, and second by second. */
#pragma once

#include "sim/load/drive.h"

/**
 * SimLoadReport:
 * @to: the far end, as it was named
 * @max_lag: beyond it, at 99 %, the load is not what was asked for, us
 * @partial: it was stopped
 */
typedef struct {
    const char *to;
    const SimLoadPlan *plan;
    const SimLoadPhase *phase;
    const SimDriveResult *result;
    RollTime max_lag;
    bool partial;
} SimLoadReport;

/** sim_load_report_doubt: why the figures cannot be trusted, in words; %NULL if they can.
 * (transfer full) */
char *sim_load_report_doubt(const SimLoadReport *self);

void sim_load_report_text(const SimLoadReport *self, GString *out);
void sim_load_report_json(const SimLoadReport *self, GString *out);
void sim_load_report_csv(const SimLoadReport *self, GString *out);
