/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the RFCs leave to a registrar, and the extensions it may speak. A policy is data: the
 * presets that imitate known servers are nothing but values of it. */
#pragma once

#include <rollcall/text.h>
#include <rollcall/time.h>

/**
 * RollBrief: what an expiry below the minimum gets (RFC 3261 section 10.3 step 7).
 * %ROLL_BRIEF_REFUSE: 423 with Min-Expires. Peers: Kamailio min_expires_mode 1, repro.
 * %ROLL_BRIEF_RAISE: the minimum. Peers: Kamailio min_expires_mode 0, OpenSIPS, Asterisk.
 */
typedef enum { ROLL_BRIEF_REFUSE, ROLL_BRIEF_RAISE } RollBrief;

/**
 * RollFull: what a contact beyond `max_bindings_per_aor` gets.
 * %ROLL_FULL_REFUSE: the request fails. Peers: Kamailio max_contacts, Asterisk max_contacts.
 * %ROLL_FULL_REPLACE: the record registered longest ago makes room. Peers: Asterisk
 *   remove_existing, chan_sip (one contact a peer).
 */
typedef enum { ROLL_FULL_REFUSE, ROLL_FULL_REPLACE } RollFull;

/**
 * RollPath: RFC 3327 section 5.3.
 * %ROLL_PATH_OFF: Path is not kept. %ROLL_PATH_LAZY: kept, and copied to the 200 if the request
 * supports it. %ROLL_PATH_STRICT: 420 naming `path` if the request has Path without supporting it.
 * Peers: Kamailio path_mode 0, 1, 2.
 */
typedef enum { ROLL_PATH_OFF, ROLL_PATH_LAZY, ROLL_PATH_STRICT } RollPath;

/**
 * RollOutbound: RFC 5626.
 * %ROLL_OUTBOUND_OFF: reg-id is ignored, `Require: outbound` gets 420. %ROLL_OUTBOUND_ALLOW: done
 * where the request asks. %ROLL_OUTBOUND_REQUIRE: 421 where it does not support it.
 * Peers: Kamailio outbound_mode 0, 1, 2.
 */
typedef enum { ROLL_OUTBOUND_OFF, ROLL_OUTBOUND_ALLOW, ROLL_OUTBOUND_REQUIRE } RollOutbound;

/** ROLL_MARGIN_MAX: the longest @late_margin. */
#define ROLL_MARGIN_MAX (365 * ROLL_DAY)

/**
 * RollPolicy:
 * @jitter_percent: a granted expiry e is drawn from [e - e * percent / 100, e] (Kamailio
 *   expires_range, Flexisip register-expire-randomizer-max); never below the minimum
 * @jitter_seconds: or from [e - s, e] (OpenSIPS expires_max_deviation, FreeSWITCH
 *   sip-expires-max-deviation); never below the minimum
 * @jitter_level: of that range, the second is granted in which the fewest records of the table
 *   expire, out of at most 16 that are spread evenly over it, rather than any by chance; of equals
 *   the longest (SEMS db_reg_agent levels the load of its own registrations so). Seconds 36 hours
 *   apart count as one
 * @grant_loss: seconds by which a grant falls short of what was asked for, never below the minimum: a
 *   fault that Asterisk and OpenSIPS had, to be studied. A client that asks again for what it was
 *   granted comes ever sooner
 * @lax_order: a CSeq that is not higher updates all the same, for clients that start again low
 *   after a reboot (Asterisk, repro have no check)
 * @lax_star: `*` removes every binding whatever its CSeq (Kamailio, OpenSIPS, repro)
 * @order_status: of a request out of order; 500 by section 10.3, 400 at Kamailio and OpenSIPS
 * @full_status: of a request beyond a bound of the table; 503 with Retry-After, or 403 (Asterisk)
 * @table_full: what a contact beyond `max_records` gets. With %ROLL_FULL_REPLACE the record of any
 *   AOR that was registered or refreshed longest ago makes room (of equals the one of the first
 *   AOR), after all that have expired, unless it is static or of a trunk's number. What a trunk's
 *   registration would have bound beyond it is refused all the same. (The implicit deregistration of
 *   a full location database in cellular networks.)
 * @replace_by_instance: a contact with the +sip.instance of a record takes its place, for clients
 *   with a new address or Call-ID every time (repro's key, Flexisip unique-id-parameters)
 * @ignore_body: a body of a REGISTER is passed over even if it has to be understood, for phones
 *   that send alarms that way (Cisco 7970); no peer refuses it
 * @match_text: contacts match only as the same bytes (Kamailio), not by section 19.1.4
 * @late_margin: how long past its expiry a record still counts, in lists (as 1 s) and lookups too
 *   (FreeSWITCH sip-expires-late-margin); up to %ROLL_MARGIN_MAX
 * @flow_timer: seconds, in a 200 of outbound; 0 none (RFC 5626 section 4.4)
 * @gruu: RFC 5627. @bulk: RFC 6140. @events: RFC 3680
 */
typedef struct {
    RollBrief brief;
    uint32_t jitter_percent;
    uint32_t jitter_seconds;
    bool jitter_level;
    uint32_t grant_loss;
    bool lax_order;
    bool lax_star;
    int order_status;
    RollFull full;
    int full_status;
    RollFull table_full;
    bool replace_by_instance;
    bool ignore_body;
    bool match_text;
    RollTime late_margin;
    RollPath path;
    RollOutbound outbound;
    uint32_t flow_timer;
    bool gruu;
    bool bulk;
    bool events;
} RollPolicy;

/** roll_policy_default: what the RFCs ask for, every extension on. */
RollPolicy roll_policy_default(void);
