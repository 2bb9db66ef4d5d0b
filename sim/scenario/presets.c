/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes the values of a preset as a scenario would, so that there is one way to read them. */
#include "sim/scenario/presets.h"

#include "sim/scenario/values.h"

typedef struct {
    SimProfile *profile;
    size_t n;
    GPtrArray *owned;
} Writer;

static void
set(Writer *self, const char *key, char *value)
{
    g_return_if_fail(self->n + 1 < SIM_PROFILE_SETTINGS);
    g_ptr_array_add(self->owned, value);
    self->profile->settings[self->n++] = (SimProfileSetting){key, value};
}

static void
set_time(Writer *self, const char *key, RollTime time)
{
    set(self, key, sim_value_show_time(time));
}

static void
set_word(Writer *self, const char *key, const char *word)
{
    set(self, key, g_strdup(word));
}

SimProfile
sim_preset_profile(const RollPreset *preset, GPtrArray *owned)
{
    SimProfile profile = {preset->name, preset->description, preset->source, {{NULL, NULL}}};
    Writer self = {&profile, 0, owned};
    const RollPolicy *policy = &preset->policy;
    set_time(&self, "default-expires", preset->default_expires * ROLL_SECOND);
    set_time(&self, "min-expires", preset->min_expires * ROLL_SECOND);
    if (preset->max_expires > 0)
        set_time(&self, "max-expires", preset->max_expires * ROLL_SECOND);
    set_time(&self, "purge-interval", preset->purge_interval);
    set(&self, "max-bindings", g_strdup_printf("%zu", preset->max_bindings_per_aor));
    set_word(&self, "brief", policy->brief == ROLL_BRIEF_RAISE ? "raise" : "refuse");
    if (policy->jitter_seconds > 0)
        set_time(&self, "expires-jitter", policy->jitter_seconds * ROLL_SECOND);
    else
        set(&self, "expires-jitter", g_strdup_printf("%u%%", policy->jitter_percent));
    set_word(&self, "order", policy->lax_order ? "lax" : "strict");
    set_word(&self, "when-full", policy->full == ROLL_FULL_REPLACE ? "replace" : "refuse");
    set_word(&self, "replace-by-instance", policy->replace_by_instance ? "yes" : "no");
    set_word(&self, "match", policy->match_text ? "text" : "uri");
    set_time(&self, "late-margin", policy->late_margin);
    return profile;
}

const char **
sim_preset_names(void)
{
    size_t n;
    const RollPreset *presets = roll_presets(&n);
    const char **names = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = presets[i].name;
    return names;
}
