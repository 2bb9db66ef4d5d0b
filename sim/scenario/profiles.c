/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data, not code. What a source does not tell is left to the defaults of keys.c, and the
 * description says so; so it does where a client does what no key can express. `Observed` means
 * that the client's REGISTERs were captured, `manual` that a maker's page says so and nobody
 * measured it. */
#include "sim/scenario/profiles.h"

#include <glib.h>
#include <string.h>

/* clang-format off */
static const SimProfile PROFILES[] = {
    {"generic", "What the keys default to: refresh at half the grant, retry after 30 s.",
     "RFC 3261 section 10.2", {{NULL, NULL}}},
    {"pjsua", "PJSIP's own client and library. Not expressed: the first retry comes at once; CRLF "
              "keep-alives. It learns a new address from the answer to a refresh.",
     "pjsua.h, sip_config.h; observed: pjsua 2.17-dev",
     {{"expires", "300s"}, {"refresh", "expires-5s"}, {"retry", "uniform(290s, 310s)"},
      {"leaves", "unregisters"}, {"linger", "4s"}, {"old-contact", "removed"},
      {"credentials", "fresh"}}},
    {"baresip", "Not expressed: the expiry asked for is 0 to 255 s longer, drawn at start.",
     "re: src/sipreg/reg.c; observed: baresip 1.0.0",
     {{"expires", "1h"}, {"refresh", "90%"}, {"retry", "rfc5626(30s, 30min)"},
      {"leaves", "unregisters"}, {"credentials", "fresh"}}},
    {"linphone", "The last nonce is used again, so that a refresh is one message. Not expressed: "
                 "retries at once when a connection breaks; Retry-After.",
     "belle-sip: refresher.c; observed: linphonec 5.1.65",
     {{"expires", "1h"}, {"refresh", "90%"}, {"retry", "60s"}, {"leaves", "unregisters"},
      {"credentials", "reused"}, {"old-contact", "removed"}}},
    {"jssip", "Phones in a browser. Retry is left to the page: the default is taken. Not "
              "expressed: no refresh before 10 s.",
     "JsSIP: src/Registrator.js",
     {{"expires", "600s"}, {"refresh", "uniform(50%, expires-32s), expires-5s up to 64s"},
      {"leaves", "unregisters"}}},
    {"sip.js", "Phones in a browser. The application can refresh at 50% to 99%, and retries "
               "itself: the default is taken.",
     "SIP.js: src/api/registerer.ts",
     {{"expires", "600s"}, {"refresh", "99%"}, {"leaves", "unregisters"}}},
    {"asterisk-chansip", "The `register =>` lines of sip.conf. Not expressed: 403 and 404 end "
                         "all tries; the margin is never below 500 ms.",
     "Asterisk 18: channels/chan_sip.c, configs/samples/sip.conf.sample",
     {{"expires", "120s"}, {"refresh", "expires-15s, 80% up to 30s"}, {"retry", "20s from sending"},
      {"timeout", "20s"}, {"leaves", "silently"}, {"call-id", "boot"},
      {"start-spacing", "100ms within 2min"}, {"boot", "5s"}}},
    {"asterisk-pjsip", "res_pjsip_outbound_registration; the first REGISTER is put off by up to "
                       "10 s. Not expressed: after rejected credentials it stops; Retry-After.",
     "Asterisk: res/res_pjsip_outbound_registration.c, res/res_pjsip/pjsip_config.xml",
     {{"expires", "1h"}, {"refresh", "expires-10s"}, {"retry", "60s, 10 times"},
      {"leaves", "unregisters"}, {"boot", "uniform(0s, 10s)"}}},
    {"kamailio-uac", "A proxy as a client. A timer of 90 s registers whatever has 93 s or less to "
                     "live; no retry, and a new Call-ID each time. The expiry is a column of its "
                     "table: the default is taken.",
     "Kamailio: src/modules/uac",
     {{"refresh", "uniform(expires-93s, expires-3s), 50% up to 93s"}, {"retry", "none"},
      {"call-id", "request"}, {"leaves", "silently"}}},
    {"freeswitch", "A gateway of mod_sofia. Not expressed: 503 and 908 do not lengthen the retry.",
     "FreeSWITCH: mod_sofia",
     {{"expires", "1h"}, {"refresh", "expires-15s, expires-2s up to 60s"},
      {"retry", "linear(30s)"}, {"leaves", "unregisters"}}},
    {"sems", "db_reg_agent. Not expressed: with minimum_reregister_interval it moves a refresh to "
             "the emptiest slot; uniform(40%, 50%) comes near.",
     "SEMS: apps/db_reg_agent/etc/db_reg_agent.conf",
     {{"expires", "2h"}, {"refresh", "50%"}, {"retry", "5min"}}},
    {"polycom", "Desk phones with UC software; a reboot leaves the record.", "manual page",
     {{"expires", "1h"}, {"refresh", "expires-60s, 50% up to 60s"},
      {"retry", "rfc5626(60s, 60s)"}, {"leaves", "silently"}}},
    {"yealink", "Desk phones. Their overlap is automatic by default, of unknown size: the default "
                "refresh is taken. `surge` is their reg_surge_prevention, which is off by default.",
     "manual page",
     {{"expires", "1h"}, {"refresh", "50%"}, {"retry", "30s"}, {"leaves", "silently"}}},
    {"cisco-spa", "Linksys and Cisco adapters. When they refresh is not documented: the default is "
                  "taken. Not expressed: the long retry of 1200 s after some answers.",
     "manual page", {{"expires", "1h"}, {"retry", "30s"}}},
    {"cisco-cp79xx", "Desk phones, refreshing 5 s before the end: 120 s gives 115 s. Their retry "
                     "is not documented: the default is taken.",
     "manual page", {{"expires", "1h"}, {"refresh", "expires-5s"}}},
    {"grandstream", "Refreshes when the record ends (0 s before), so that it is missing until the "
                    "answer. Not expressed: it may unregister its old contact at boot.",
     "manual page", {{"expires", "1h"}, {"refresh", "expires"}, {"retry", "20s"}}},
    {"panasonic", "KX-UT and KX-TGP; the KX-HDV refresh at 50%.", "manual page",
     {{"expires", "1h"}, {"refresh", "90%"}, {"retry", "10s"}}},
    {"aastra", "Aastra and Mitel desk phones. The expiry is not documented: the default is taken.",
     "manual page", {{"refresh", "expires-15s"}, {"retry", "2min"}}},
    {"bria", "Softphone. When it refreshes is not documented: the default is taken.", "manual page",
     {{"expires", "1h"}, {"retry", "doubling(20s, 30min)"}, {"leaves", "unregisters"}}},
};
/* clang-format on */

const SimProfile *
sim_profiles(size_t *n)
{
    *n = G_N_ELEMENTS(PROFILES);
    return PROFILES;
}

const SimProfile *
sim_profile_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(PROFILES); i++)
        if (strcmp(PROFILES[i].name, name) == 0)
            return &PROFILES[i];
    return NULL;
}

const char *
sim_profile_get(const SimProfile *self, const char *key)
{
    for (const SimProfileSetting *s = self->settings; s->key; s++)
        if (strcmp(s->key, key) == 0)
            return s->value;
    return NULL;
}
