/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names of the phones: `group.0042`, or the user of a `register =>` line. */
#pragma once

#include "sim/scenario/scenario.h"

/** sim_phone_digits: how many digits the numbers of @group's phones have. */
unsigned sim_phone_digits(const SimGroup *group);

/** sim_phone_name: (transfer full): the name of phone @id. */
char *sim_phone_name(const SimScenario *scenario, uint32_t id);

/**
 * sim_phone_find:
 * @name: as sim_phone_name() has it; zeros before the number may be left out
 * @out: its number in the scenario
 * @error: when there is none of that name, with the nearest one
 */
bool sim_phone_find(const SimScenario *scenario, const char *name, uint32_t *out, GError **error);
