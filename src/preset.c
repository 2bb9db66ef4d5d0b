/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Data, not code: the defaults of each server's own documentation and source, and what it answered
 * when it was asked (docs/presets.md). */
#include <rollcall/preset.h>

#include <string.h>

/* clang-format off */
static const RollPreset PRESETS[] = {
    {.name = "rfc",
     .description = "What the RFCs ask for.",
     .source = "RFC 3261 section 10.3 and the extensions",
     .default_expires = 3600, .min_expires = 60, .max_bindings_per_aor = 16,
     .policy = {.brief = ROLL_BRIEF_REFUSE, .order_status = 500, .full_status = 503,
                .path = ROLL_PATH_LAZY, .outbound = ROLL_OUTBOUND_ALLOW,
                .gruu = true, .bulk = true, .events = true}},
    {.name = "kamailio",
     .description = "Kamailio's registrar and usrloc with their defaults: a brief expiry is raised "
                    "in silence, contacts are compared as text, a low CSeq gets 400 but removes "
                    "all with `*`.",
     .unlike = "It is not atomic: of two contacts, one stale, it answers 400 and keeps the other. "
               "It does not answer a request without To, From, Call-ID or CSeq, takes any Require "
               "unless the script looks, and any domain in To (use_domain 0). An equal CSeq gets "
               "200 without effect within 20 s. Its 503 has no Retry-After by default.",
     .source = "Kamailio: src/modules/registrar, src/modules/usrloc; observed: 5.6.3",
     .default_expires = 3600, .min_expires = 60, .purge_interval = 60 * ROLL_SECOND,
     .max_bindings_per_aor = ROLL_PRESET_UNBOUNDED,
     .policy = {.brief = ROLL_BRIEF_RAISE, .ignore_body = true, .lax_star = true, .order_status = 400,
                .full_status = 503, .match_text = true, .path = ROLL_PATH_OFF,
                .outbound = ROLL_OUTBOUND_OFF, .gruu = true}},
    {.name = "opensips",
     .description = "OpenSIPS's registrar and usrloc with their defaults: like Kamailio's, but "
                    "contacts are compared as URIs and there are no GRUUs.",
     .unlike = "It is not atomic, takes any Require unless the script looks and any domain in To, "
               "and answers requests without To, From, Call-ID or CSeq with 500, 200, 400 and 400. "
               "An equal CSeq is taken (allow_dup_cseq). Its jitter, expires_max_deviation, also "
               "lengthens. Its 503 has no Retry-After by default.",
     .source = "OpenSIPS: modules/registrar, modules/usrloc; observed: 4.0.1",
     .default_expires = 3600, .min_expires = 60, .purge_interval = 60 * ROLL_SECOND,
     .max_bindings_per_aor = ROLL_PRESET_UNBOUNDED,
     .policy = {.brief = ROLL_BRIEF_RAISE, .ignore_body = true, .lax_star = true, .order_status = 400,
                .full_status = 503, .path = ROLL_PATH_OFF, .outbound = ROLL_OUTBOUND_OFF}},
    {.name = "asterisk-pjsip",
     .description = "Asterisk's res_pjsip_registrar: an expiry is brought between 60 s and 2 h, "
                    "the order of requests is not looked at, and a contact too many gets 403.",
     .unlike = "Its max_contacts is 0, which refuses all: here it is 1, as in most of its samples. "
               "It unbinds contacts of a TCP connection that closes. Names and domains of addresses "
               "are those of its endpoints.",
     .source = "Asterisk: res/res_pjsip_registrar.c, res/res_pjsip/pjsip_config.xml",
     .default_expires = 3600, .min_expires = 60, .max_expires = 7200,
     .purge_interval = 30 * ROLL_SECOND, .max_bindings_per_aor = 1,
     .policy = {.brief = ROLL_BRIEF_RAISE, .ignore_body = true, .lax_order = true, .order_status = 500,
                .full_status = 403, .path = ROLL_PATH_OFF, .outbound = ROLL_OUTBOUND_OFF}},
    {.name = "asterisk-chansip",
     .description = "Asterisk's chan_sip: one contact a peer, the newest; 120 s by default; a "
                    "record stands for 10 s after its end.",
     .unlike = "It looks at the Expires header before the contact's parameter.",
     .source = "Asterisk 18: channels/chan_sip.c, configs/samples/sip.conf.sample",
     .default_expires = 120, .min_expires = 60, .max_expires = 3600, .max_bindings_per_aor = 1,
     .policy = {.brief = ROLL_BRIEF_RAISE, .ignore_body = true, .lax_order = true, .order_status = 500,
                .full = ROLL_FULL_REPLACE, .full_status = 503, .late_margin = 10 * ROLL_SECOND,
                .path = ROLL_PATH_OFF, .outbound = ROLL_OUTBOUND_OFF}},
    {.name = "freeswitch",
     .description = "FreeSWITCH's mod_sofia without multiple-registrations: the newest contact of "
                    "a user replaces the one before; a record stands for 60 s after its end, and "
                    "until a sweep every 30 s.",
     .unlike = "Its expiry of a request that names none is not known: 1 h is taken. Its jitter, "
               "sip-expires-max-deviation, also lengthens. It can ping contacts and unregister "
               "those that do not answer.",
     .source = "FreeSWITCH: mod_sofia",
     .default_expires = 3600, .purge_interval = 30 * ROLL_SECOND, .max_bindings_per_aor = 1,
     .policy = {.brief = ROLL_BRIEF_RAISE, .ignore_body = true, .lax_order = true, .order_status = 500,
                .full = ROLL_FULL_REPLACE, .full_status = 503, .late_margin = 60 * ROLL_SECOND,
                .path = ROLL_PATH_OFF, .outbound = ROLL_OUTBOUND_OFF}},
};
/* clang-format on */

const RollPreset *
roll_presets(size_t *n)
{
    *n = G_N_ELEMENTS(PRESETS);
    return PRESETS;
}

const RollPreset *
roll_preset_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(PRESETS); i++)
        if (strcmp(PRESETS[i].name, name) == 0)
            return &PRESETS[i];
    return NULL;
}

void
roll_preset_apply(const RollPreset *self, RollConfig *config)
{
    config->default_expires = self->default_expires;
    config->min_expires = self->min_expires;
    config->max_expires = self->max_expires;
    config->purge_interval = self->purge_interval;
    config->max_bindings_per_aor = self->max_bindings_per_aor;
    config->policy = self->policy;
}
