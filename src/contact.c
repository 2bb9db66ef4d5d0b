/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a Contact value: address, expiry and preference. Whether the contact may be bound is the
 * registrar's to say. */
#include "contact.h"

#include "header.h"

/* RFC 3261 section 10.2.1.1: what a malformed expires parameter counts as. */
enum { EXPIRES_MALFORMED = 3600 };

static int64_t
read_expires(RollText value)
{
    uint64_t seconds;
    if (!roll_text_number(value, UINT32_MAX, &seconds))
        return EXPIRES_MALFORMED;
    return (int64_t)MIN(seconds, UINT32_MAX);
}

/* A qvalue of RFC 3261 section 25.1 in thousandths, or -1. */
static int
read_q(RollText value)
{
    if (value.len == 0 || value.len > 5 || (value.ptr[0] != '0' && value.ptr[0] != '1'))
        return -1;
    if (value.len > 1 && value.ptr[1] != '.')
        return -1;
    int q = (value.ptr[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < value.len; i++, unit /= 10) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return -1;
        q += (value.ptr[i] - '0') * (int)unit;
    }
    return q <= 1000 ? q : -1;
}

/* RFC 5626 section 4.2: DQUOTE "<" instance-val ">" DQUOTE. The angle brackets are no part of the
 * URN; a value without them is taken as it stands, for it names the device as well. */
static RollText
read_instance(RollText value)
{
    RollText text = roll_text_unquote(value);
    if (text.len < 2 || text.ptr[0] != '<' || text.ptr[text.len - 1] != '>')
        return text;
    return (RollText){text.ptr + 1, text.len - 2};
}

/* RFC 5626 section 11.1: 1*DIGIT, from 1 to 2^31 - 1. A reg-id that is none is no reg-id: the
 * contact is then an ordinary one. */
static uint32_t
read_reg_id(RollText value)
{
    uint64_t number;
    return roll_text_number(value, INT32_MAX, &number) && number <= INT32_MAX ? (uint32_t)number
                                                                              : 0;
}

bool
roll_contact_has_field(RollText name)
{
    return roll_text_equal_nocase(name, ROLL_TEXT("expires")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("q")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("pub-gruu")) ||
           roll_text_equal_nocase(name, ROLL_TEXT("temp-gruu"));
}

bool
roll_contact_scan(RollContact *contact)
{
    RollText rest = contact->params;
    RollParam param;
    int found;
    while ((found = roll_header_next_param(&rest, &param)) == 1) {
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("expires"))) {
            if (contact->expires != ROLL_EXPIRES_NONE)
                return false;
            contact->expires = read_expires(param.value);
        } else if (roll_text_equal_nocase(param.name, ROLL_TEXT("q"))) {
            if (contact->q != ROLL_Q_NONE || (contact->q = read_q(param.value)) < 0)
                return false;
        } else if (roll_text_equal_nocase(param.name, ROLL_TEXT("+sip.instance"))) {
            contact->instance = read_instance(param.value);
        } else if (roll_text_equal_nocase(param.name, ROLL_TEXT("reg-id"))) {
            contact->reg_id = read_reg_id(param.value);
        } else if (roll_text_equal_nocase(param.name, ROLL_TEXT("pub-gruu"))) {
            contact->pub_gruu = roll_text_unquote(param.value);
        } else if (roll_text_equal_nocase(param.name, ROLL_TEXT("temp-gruu"))) {
            contact->temp_gruu = roll_text_unquote(param.value);
        }
    }
    return found == 0;
}

bool
roll_contact_read(RollText value, RollContact *out)
{
    *out = (RollContact){.expires = ROLL_EXPIRES_NONE, .q = ROLL_Q_NONE};
    if (roll_text_equal(value, ROLL_TEXT("*"))) {
        out->star = true;
        return true;
    }
    RollAddress address;
    if (!roll_header_cut_address(value, &address) || !roll_uri_parse(address.uri, &out->uri))
        return false;
    out->display = address.display;
    out->params = address.params;
    return roll_contact_scan(out);
}
