/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log of a server: a line an event, for people or for machines. */
#pragma once

#include <rollcall/server.h>

/** SimServerLog: @json: an object a line; @least: the least important level that is written */
typedef struct {
    bool json;
    RollLogLevel least;
} SimServerLog;

/** sim_server_log_format: the line without its end. @at: Unix time in microseconds. */
void sim_server_log_format(GString *out, bool json, int64_t at, RollLogLevel level,
                           const char *event, const RollLogField *fields, size_t n_fields);
