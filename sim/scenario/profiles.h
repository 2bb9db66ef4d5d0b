/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Device profiles: how known clients register, as values of the keys of [phones]. */
#pragma once

#include <stddef.h>

#define SIM_PROFILE_SETTINGS 16

/** SimProfileSetting: what the profile sets @key of [phones] to. */
typedef struct {
    const char *key;
    const char *value;
} SimProfileSetting;

/**
 * SimProfile:
 * @description: what it is, and what of the client the settings cannot express
 * @source: where the values are from
 * @settings: ended by a %NULL key
 */
typedef struct {
    const char *name;
    const char *description;
    const char *source;
    SimProfileSetting settings[SIM_PROFILE_SETTINGS];
} SimProfile;

/** sim_profiles: all of them; the first is what a group without `profile` has. */
const SimProfile *sim_profiles(size_t *n);

/** sim_profile_find: or %NULL. */
const SimProfile *sim_profile_find(const char *name);

/** sim_profile_get: the value of @key, or %NULL if the profile does not set it. */
const char *sim_profile_get(const SimProfile *self, const char *key);
