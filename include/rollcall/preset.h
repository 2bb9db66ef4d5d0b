/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Registrars as known servers have them, for comparison: values of RollConfig with a name. What a
 * server does that no value can express is said beside it. */
#pragma once

#include <rollcall/registrar.h>

/** ROLL_PRESET_UNBOUNDED: as many records of one AOR as can be counted. */
#define ROLL_PRESET_UNBOUNDED 65534

/**
 * RollPreset:
 * @description: what it is
 * @unlike: what the server does otherwise and this cannot; absent if there is nothing
 * @source: where the values are from
 * @default_expires and the rest: as in RollConfig
 */
typedef struct {
    const char *name;
    const char *description;
    const char *unlike;
    const char *source;
    uint32_t default_expires;
    uint32_t min_expires;
    uint32_t max_expires;
    RollTime purge_interval;
    size_t max_bindings_per_aor;
    RollPolicy policy;
} RollPreset;

/** roll_presets: all of them, @n; the first is `rfc`, which changes nothing. */
const RollPreset *roll_presets(size_t *n);

/** roll_preset_find: by name, or %NULL. */
const RollPreset *roll_preset_find(const char *name);

/** roll_preset_apply: sets what the preset knows of in @config and leaves the rest. */
void roll_preset_apply(const RollPreset *self, RollConfig *config);
