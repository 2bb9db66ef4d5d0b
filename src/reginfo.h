/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes documents of application/reginfo+xml (RFC 3680 section 5): begin, contacts, end. Nothing
 * is decided here; what XML cannot carry becomes U+FFFD, so a document is always well-formed. */
#pragma once

#include <glib.h>
#include <rollcall/text.h>

/** RollRegState: of an address-of-record, RFC 3680 section 4.7.1. */
typedef enum { ROLL_REG_INIT, ROLL_REG_ACTIVE, ROLL_REG_TERMINATED } RollRegState;

/** RollRegEvent: what brought a contact into its state, RFC 3680 section 4.7.1. */
typedef enum {
    ROLL_REG_REGISTERED,
    ROLL_REG_CREATED,
    ROLL_REG_REFRESHED,
    ROLL_REG_SHORTENED,
    ROLL_REG_EXPIRED,
    ROLL_REG_DEACTIVATED,
    ROLL_REG_UNREGISTERED,
} RollRegEvent;

/** roll_reg_event_ends: a contact is terminated after @event, else active. */
static inline bool
roll_reg_event_ends(RollRegEvent event)
{
    return event >= ROLL_REG_EXPIRED;
}

/** ROLL_REG_UNKNOWN: a number that is left out of the document. */
#define ROLL_REG_UNKNOWN ((int64_t)-1)

/**
 * RollRegContact:
 * @id: of the contact, RFC 3680 section 5.1
 * @duration: seconds that it has been bound, or %ROLL_REG_UNKNOWN
 * @expires: seconds left, or %ROLL_REG_UNKNOWN; needed with %ROLL_REG_SHORTENED
 * @cseq: or %ROLL_REG_UNKNOWN
 * @q: thousandths, or %ROLL_REG_UNKNOWN
 * @call_id: left out when empty
 * @params: header parameters, from the first `;` on; each one becomes an unknown-param
 */
typedef struct {
    uint64_t id;
    RollRegEvent event;
    int64_t duration;
    int64_t expires;
    int64_t cseq;
    int64_t q;
    RollText call_id;
    RollText uri;
    RollText params;
} RollRegContact;

/** RollRegHead: of a document about one address-of-record. */
typedef struct {
    uint32_t version;
    bool full;
    RollText aor;
    uint64_t id;
    RollRegState state;
} RollRegHead;

void roll_reginfo_begin(GByteArray *out, const RollRegHead *head);
void roll_reginfo_contact(GByteArray *out, const RollRegContact *contact);
void roll_reginfo_end(GByteArray *out);
