/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registrar presets as values of the keys of [registrar], so that they give way to what the
 * scenario sets itself, as device profiles do. */
#pragma once

#include "sim/scenario/profiles.h"
#include <glib.h>
#include <rollcall/preset.h>

/**
 * sim_preset_profile: the keys that @preset sets; what has no key comes from the preset itself.
 * @owned: (element-type utf8): gets the values, which live as long
 */
SimProfile sim_preset_profile(const RollPreset *preset, GPtrArray *owned);

/** sim_preset_names: Returns: (transfer container): %NULL-terminated; free with g_free() */
const char **sim_preset_names(void);
