/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what a configuration says to a server that runs. */
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/serve/users.h"
#include <rollcall/server.h>

/** SimService: a server and what it borrows. */
typedef struct {
    RollServer *server;
    SimUsers *users;
} SimService;

/**
 * sim_service_open:
 * @configuration: with a SimScenario.serve
 * @log, @log_data: or %NULL
 * Returns: false with @error set, and nothing is open
 */
bool sim_service_open(SimService *self, const SimScenario *configuration, RollLogger log,
                      void *log_data, GError **error);

/** sim_service_close: writes what is to be written, then closes all. */
void sim_service_close(SimService *self);
