/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core of this program in the shape of a plug-in. */
#pragma once

#include <rollcall/plugin.h>

/** sim_conform_core: every extension on. */
extern const RollPlugin sim_conform_core;
