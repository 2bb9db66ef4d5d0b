/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One place for runs and scripts, so that a key of `[registrar]` means the same in both. */
#include "sim/experiment/config.h"

#include <string.h>

RollConfig
sim_registrar_config(const SimRegistrarSpec *spec)
{
    RollConfig config = roll_config_default();
    if (spec->preset)
        roll_preset_apply(spec->preset, &config);
    config.realm = spec->domain;
    config.default_expires = spec->default_expires;
    config.min_expires = spec->min_expires;
    config.max_expires = spec->max_expires;
    config.purge_interval = spec->purge_interval;
    config.authenticate = spec->digest;
    memcpy(config.algorithms, spec->algorithms, sizeof config.algorithms);
    config.n_algorithms = spec->n_algorithms;
    config.nonce_lifetime = spec->nonce_lifetime;
    if (spec->max_bindings > 0)
        config.max_bindings_per_aor = spec->max_bindings;
    config.max_records = spec->max_records;
    config.policy.table_full = spec->table_full;
    config.policy.brief = spec->brief;
    config.policy.jitter_percent = spec->jitter_percent;
    config.policy.jitter_seconds = spec->jitter_seconds;
    config.policy.jitter_level = spec->jitter_level;
    config.policy.grant_loss = spec->grant_loss;
    config.policy.lax_order = spec->lax_order;
    config.policy.full = spec->full;
    config.policy.replace_by_instance = spec->replace_by_instance;
    config.policy.match_text = spec->match_text;
    config.policy.late_margin = spec->late_margin;
    config.epoch = SIM_EPOCH;
    return config;
}
