/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what a scenario says of its registrar to what the core is told. */
#pragma once

#include "sim/scenario/scenario.h"
#include <rollcall/registrar.h>

/** SIM_EPOCH: time 0 of every run in Unix time: a Monday, 1 January 2024, 00:00 UTC. */
#define SIM_EPOCH INT64_C(1704067200)

/** sim_registrar_config: all that follows from @spec alone; domains, key, lookup and the bounds
 * that depend on the number of phones are left to the caller. Borrows @spec's texts. */
RollConfig sim_registrar_config(const SimRegistrarSpec *spec);
