/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a call or a reply counts as. */
#pragma once

#include "sim/measure/metrics.h"
#include "sim/model/world.h"
#include <rollcall/registrar.h>

/** sim_call_outcome: of a call to phone @id that is led to all of @contacts, @n of them. */
SimTally sim_call_outcome(const SimWorld *world, uint32_t id, const RollLocation *contacts,
                          size_t n);

/** sim_reply_tally: of a final reply to a REGISTER. */
SimTally sim_reply_tally(int status);
