/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3261 section 10.3: the steps of a registrar, but for expiry and the comparison of URIs. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"
#define C "sip:c@192.0.2.3"

static void
foreign_aor(SimCase *c)
{
    sim_ask(c, .to = "<sip:{user}@elsewhere.invalid>", .contact = "<" A ">");
    sim_expect_status(c, 404, "To in another domain is refused with 404");
    sim_expect_bindings(c, "", "nothing is bound to the same user here");
}

static void
aor_canonical(SimCase *c)
{
    sim_ask(c, .to = "\"A. Bell\" <{aor};transport=tcp;user=phone;x=y>", .contact = "<" A ">");
    sim_expect_status(c, 200, "To with URI parameters is accepted");
    sim_expect_bindings(c, A, "URI parameters are not part of the address-of-record");
    sim_ask(c, .to = "<sip:{escaped}@{domain}>");
    sim_expect_listed(c, A, "an escaped letter is that letter");
    sim_ask(c, .to = "<SIP:{user}@{DOMAIN}>");
    sim_expect_listed(c, A, "the case of scheme and domain does not count");
    sim_ask(c, .to = "{aor}");
    sim_expect_listed(c, A, "To without angle brackets is the same");
}

static void
aor_port(SimCase *c)
{
    sim_ask(c, .to = "<{aor}:5099>", .contact = "<" A ">");
    sim_expect_status(c, 200, "To with a port is accepted");
    sim_expect_bindings(c, A, "the port is not part of the address-of-record");
}

static void
aor_user_case(SimCase *c)
{
    if (c->target->only_user) {
        c->skipped = "there is one user only";
        return;
    }
    sim_ask(c, .to = "<sip:CASE{user}@{domain}>", .contact = "<" A ">");
    sim_ask(c, .to = "<sip:case{user}@{domain}>");
    sim_expect_listed(c, "", "another case is another user");
    sim_ask(c, .to = "<sip:CASE{user}@{domain}>");
    sim_expect_listed(c, A, "the same case is the same user");
}

static void
third_party(SimCase *c)
{
    sim_ask(c, .from = "<sip:secretary@{domain}>", .contact = "<" A ">");
    if (sim_case_status(c) == 403) {
        c->skipped = "the registrar lets nobody register for others";
        return;
    }
    sim_expect_status(c, 200, "From may differ from To");
    sim_expect_bindings(c, A, "To says whose binding it is");
}

static void
fetch(SimCase *c)
{
    sim_ask(c, .contact = NULL);
    sim_expect_listed(c, "", "nothing registered: 200 without Contact");
    sim_ask(c, .contact = "<" A ">, <" B ">", .cseq = 50);
    sim_ask(c, .expires = "0");
    sim_expect_listed(c, A " " B, "Expires: 0 without Contact removes nothing");
    sim_ask(c, .cseq = 3);
    sim_expect_listed(c, A " " B, "a query is not out of order");
    sim_expect_bindings(c, A " " B, "both are still bound");
}

static void
star(SimCase *c)
{
    sim_ask(c, .contact = "*", .expires = "0");
    sim_expect_status(c, 200, "nothing to remove is no error");
    sim_ask(c, .contact = "<" A ">");
    sim_ask(c, .contact = "<" B ">", .call_id = "{call}-other", .cseq = 90);
    sim_expect_bindings(c, A " " B, "two bindings of two Call-IDs");
    sim_ask(c, .contact = "*", .expires = "0", .call_id = "{call}-third", .cseq = 1);
    sim_expect_listed(c, "", "a third Call-ID may remove them all");
    sim_expect_bindings(c, "", "they are gone");
    sim_ask(c, .contact = "<" A ">", .cseq = 200);
    sim_ask(c, .contact = "*", .expires = "0", .cseq = 201);
    sim_expect_listed(c, "", "the same Call-ID with a higher CSeq removes");
}

static void
star_alone(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_ask(c, .contact = "*, <" B ">", .expires = "0");
    sim_expect_status(c, 400, "* and a Contact: 400");
    sim_ask(c, .contact = "<" A ">, *", .expires = "0");
    sim_expect_status(c, 400, "a Contact and *: 400");
    sim_ask(c, .contact = "*", .expires = "0", .headers = "Contact: <" B ">");
    sim_expect_status(c, 400, "* and a Contact in another line: 400");
    sim_expect_bindings(c, A, "nothing changed");
}

static void
star_expires(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_ask(c, .contact = "*", .expires = "1");
    sim_expect_status(c, 400, "* with Expires: 1: 400");
    sim_ask(c, .contact = "*", .expires = "3600");
    sim_expect_status(c, 400, "* with Expires: 3600: 400");
    sim_expect_bindings(c, A, "nothing changed");
}

static void
star_without_expires(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_ask(c, .contact = "*");
    sim_expect_status(c, 400, "* without Expires: 400");
    sim_expect_bindings(c, A, "nothing changed");
}

static void
star_order(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .cseq = 10, .call_id = "{call}-first");
    sim_ask(c, .contact = "<" B ">", .cseq = 50);
    sim_expect_bindings(c, A " " B, "two bindings");
    sim_ask(c, .contact = "*", .expires = "0", .cseq = 49, .from_tag = "late");
    sim_expect_refused(c, "a lower CSeq than that of one binding fails");
    sim_expect_bindings(c, A " " B, "and removes neither");
    sim_ask(c, .contact = "*", .expires = "0", .cseq = 50, .from_tag = "late");
    sim_expect_refused(c, "an equal CSeq fails");
    sim_ask(c, .cseq = 60);
    sim_expect_listed(c, A " " B, "and removes neither");
    sim_ask(c, .contact = "*", .expires = "0", .cseq = 61);
    sim_expect_listed(c, "", "a higher one removes both");
}

static void
add_update_remove(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_expect_listed(c, A, "what is not bound is added");
    sim_ask(c, .contact = "<" B ">");
    sim_expect_listed(c, A " " B, "another one beside it");
    sim_ask(c, .contact = "<" A ">;expires=700");
    sim_expect_listed(c, A " " B, "what is bound is updated, not added again");
    sim_ask(c, .contact = "<" A ">;expires=0");
    sim_expect_listed(c, B, "expires=0 removes it");
    sim_ask(c, .contact = "<" B ">", .expires = "0");
    sim_expect_listed(c, "", "Expires: 0 removes it");
}

static void
remove_absent(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=0");
    sim_expect_listed(c, "", "to remove what is not bound is no error");
    sim_ask(c, .contact = "<" B ">, <" A ">;expires=0");
    sim_expect_listed(c, B, "beside a new one neither");
}

static void
several(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">, <" B ">, <" C ">");
    sim_expect_listed(c, A " " B " " C, "three in one request");
    sim_ask(c, .contact = "<" B ">;expires=0, <" A ">;expires=600");
    sim_expect_listed(c, A " " C, "one removed, one updated, one left alone");
    sim_ask(c, .contact = "<" A ">, <" C ">", .expires = "0");
    sim_expect_listed(c, "", "all removed by one Expires: 0");
}

static void
other_call_id(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 100);
    sim_ask(c, .contact = "<" A ">;expires=900", .cseq = 1, .call_id = "{call}-new");
    sim_expect_listed(c, A, "another Call-ID with a low CSeq updates");
    sim_expect_expires(c, A, 601, 900, "with the new expiry");
    sim_ask(c, .contact = "<" A ">;expires=0", .cseq = 1, .call_id = "{call}-newer");
    sim_expect_listed(c, "", "another Call-ID with a low CSeq removes");
}

static void
higher_cseq(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 5);
    sim_ask(c, .contact = "<" A ">;expires=900", .cseq = 6);
    sim_expect_expires(c, A, 601, 900, "one more updates");
    sim_ask(c, .contact = "<" A ">;expires=700", .cseq = 1000000);
    sim_expect_expires(c, A, 1, 700, "many more updates");
    sim_ask(c, .contact = "<" A ">;expires=0", .cseq = 1000001);
    sim_expect_listed(c, "", "a higher one removes");
}

static void
lower_cseq(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 10);
    sim_ask(c, .contact = "<" A ">;expires=900", .cseq = 9, .from_tag = "late");
    sim_expect_refused(c, "a lower CSeq fails");
    sim_ask(c, .contact = "<" A ">;expires=0", .cseq = 8, .from_tag = "late");
    sim_expect_refused(c, "a removal with a lower CSeq fails");
    sim_ask(c, .cseq = 20);
    sim_expect_expires(c, A, 1, 600, "the binding is as it was");
}

static void
equal_cseq(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 10);
    sim_ask(c, .contact = "<" A ">;expires=900", .cseq = 10, .from_tag = "late");
    sim_expect_refused(c, "an equal CSeq in a new transaction fails");
    sim_ask(c, .contact = "<" A ">;expires=0", .cseq = 10, .from_tag = "later");
    sim_expect_refused(c, "a removal with an equal CSeq fails");
    sim_ask(c, .cseq = 20);
    sim_expect_expires(c, A, 1, 600, "the binding is as it was");
}

static void
own_cseq(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .cseq = 50);
    sim_ask(c, .contact = "<" B ">", .cseq = 10, .from_tag = "late");
    sim_expect_listed(c, A " " B, "a new Contact is not measured by the CSeq of another one");
    sim_ask(c, .contact = "<" B ">;expires=600", .cseq = 11, .from_tag = "late");
    sim_expect_expires(c, B, 1, 600, "it has a CSeq of its own");
}

static void
records_order(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .cseq = 50);
    sim_ask(c, .contact = "<" A ">", .cseq = 7, .call_id = "{call}-new");
    sim_ask(c, .contact = "<" A ">;expires=0", .cseq = 7, .call_id = "{call}-new",
            .from_tag = "late");
    sim_expect_refused(c, "an update leaves its own Call-ID and CSeq behind");
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 8, .call_id = "{call}-new");
    sim_expect_expires(c, A, 1, 600, "the next CSeq of that Call-ID updates");
    sim_ask(c, .contact = "<" A ">;expires=500", .cseq = 2);
    sim_expect_expires(c, A, 1, 500, "the first Call-ID is another one now");
}

static void
all_or_nothing(SimCase *c)
{
    static const char *const mixed[] = {
        "<" A ">;expires=900, <" B ">",
        "<" B ">, <" A ">;expires=900",
        "<" C ">;expires=0, <" A ">;expires=900",
        "<" B ">, <" C ">;expires=900, <" A ">;expires=0",
    };
    sim_ask(c, .contact = "<" C ">;expires=600", .cseq = 1, .call_id = "{call}-c");
    sim_ask(c, .contact = "<" A ">;expires=600", .cseq = 50);
    for (size_t i = 0; i < G_N_ELEMENTS(mixed); i++) {
        sim_ask(c, .contact = mixed[i], .cseq = 40 + (uint32_t)i, .from_tag = "late");
        sim_expect_refused(c, "one stale Contact of several fails the request");
        sim_ask(c, .cseq = 60 + (uint32_t)i);
        sim_expect_listed(c, A " " C, "none is added, none removed");
        sim_expect_expires(c, C, 1, 600, "none updated");
    }
}

static void
failed_update(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .cseq = 50);
    sim_ask(c, .contact = "<" A ">", .cseq = 49, .from_tag = "late");
    sim_expect_status(c, 500, "an update that fails gets 500");
}

static void
lists_all(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">", .call_id = "{call}-1");
    sim_ask(c, .contact = "<" B ">", .call_id = "{call}-2");
    sim_ask(c, .contact = "\"C, the \\\"third\\\";\" <" C ">;q=0.5", .call_id = "{call}-3");
    sim_expect_listed(c, A " " B " " C, "the 200 lists what others registered too");
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    bool all = values[0] != NULL;
    for (char **value = values; *value; value++) {
        g_autofree char *expires = sim_value_param(*value, "expires");
        all &= expires && *expires && strspn(expires, "0123456789") == strlen(expires);
    }
    sim_case_check(c, all, "each with expires", "an expires parameter in each Contact");
}

static void
date(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">");
    sim_expect_present(c, "Date", "the 200 has a Date");
    const char *line = c->reply ? sim_message_line(c->reply, "Date", 0) : NULL;
    if (!line)
        return;
    bool form = g_regex_match_simple("^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May"
                                     "|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
                                     "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT$",
                                     line, 0, 0);
    sim_case_check(c, form, "it is an RFC 1123 date in GMT", "Date: Sat, 13 Nov 2010 23:29:00 GMT");
}

static void
keeps_params(SimCase *c)
{
    sim_ask(c, .contact = "<" A ";x=y>;q=0.7;+sip.rendering=\"no\";audio");
    sim_expect_status(c, 200, "a Contact with parameters is accepted");
    sim_ask(c, .contact = NULL);
    g_autofree char *q = sim_contact_param(c, A ";x=y", "q");
    g_autofree char *tag = sim_contact_param(c, A ";x=y", "+sip.rendering");
    g_autofree char *bare = sim_contact_param(c, A ";x=y", "audio");
    sim_case_check(c, q && g_ascii_strtod(q, NULL) == 0.7, "q is listed", "q=0.7");
    sim_case_check(c, g_strcmp0(tag, "no") == 0, "a feature tag is listed",
                   "+sip.rendering=\"no\"");
    sim_case_check(c, bare != NULL, "a feature tag without value is listed", "audio");
}

static void
other_schemes(SimCase *c)
{
    sim_ask(c, .contact = "<mailto:a@example.com>");
    sim_expect_status(c, 200, "a mailto: Contact is accepted");
    sim_ask(c, .contact = "<tel:+15550100>");
    sim_expect_status(c, 200, "a tel: Contact is accepted");
    sim_expect_bindings(c, "mailto:a@example.com tel:+15550100", "both are bound");
}

const SimRule sim_rules_register[] = {
    {"10.3.5-foreign",
     3261,
     "10.3 step 5",
     SIM_LEVEL_MUST,
     "an address-of-record of another domain gets 404",
     foreign_aor,
     {0}},
    {"10.3.5-canonical",
     3261,
     "10.3 step 5",
     SIM_LEVEL_MUST,
     "the address-of-record is To without parameters and escapes",
     aor_canonical,
     {0}},
    {"19.1.1-port-in-to",
     3261,
     "19.1.1",
     SIM_LEVEL_SHOULD,
     "a port in To is ignored",
     aor_port,
     {0}},
    {"19.1.4-user-of-aor",
     3261,
     "10.3 step 5, 19.1.4",
     SIM_LEVEL_MUST,
     "the user of an address-of-record is case-sensitive",
     aor_user_case,
     {0}},
    {"10.2-third-party",
     3261,
     "10.2",
     SIM_LEVEL_MAY,
     "To, not From, says whose binding it is",
     third_party,
     {0}},
    {"10.3.6-fetch",
     3261,
     "10.3 step 6",
     SIM_LEVEL_MUST,
     "without Contact nothing changes and all is listed",
     fetch,
     {0}},
    {"10.3.6-star", 3261, "10.3 step 6", SIM_LEVEL_MUST, "* removes every binding", star, {0}},
    {"10.3.6-star-alone",
     3261,
     "10.3 step 6",
     SIM_LEVEL_MUST,
     "* with another Contact gets 400",
     star_alone,
     {0}},
    {"10.3.6-star-expires",
     3261,
     "10.3 step 6",
     SIM_LEVEL_MUST,
     "* with an expiry other than 0 gets 400",
     star_expires,
     {0}},
    {"10.2.2-star-bare",
     3261,
     "10.2.2, 10.3 step 6",
     SIM_LEVEL_MUST,
     "* without Expires gets 400",
     star_without_expires,
     {0}},
    {"10.3.6-star-order",
     3261,
     "10.3 step 6",
     SIM_LEVEL_MUST,
     "* with the Call-ID of a binding and no higher CSeq fails and removes nothing",
     star_order,
     {0}},
    {"10.3.7-update",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "a binding is added, updated, removed",
     add_update_remove,
     {0}},
    {"10.3.7-remove-absent",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "to remove what is not there is no error",
     remove_absent,
     {0}},
    {"10.3.7-several",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "several Contacts are processed each in turn",
     several,
     {0}},
    {"10.3.7-other-call-id",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "another Call-ID updates or removes whatever the CSeq",
     other_call_id,
     {0}},
    {"10.3.7-higher",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "the same Call-ID with a higher CSeq updates or removes",
     higher_cseq,
     {0}},
    {"10.3.7-lower",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "the same Call-ID with a lower CSeq fails",
     lower_cseq,
     {0}},
    {"10.3.7-equal",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "the same Call-ID with an equal CSeq fails",
     equal_cseq,
     {0}},
    {"10.3.7-own-order",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "the CSeq is compared with that of the same binding",
     own_cseq,
     {0}},
    {"10.3.7-records",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "each binding records the Call-ID and CSeq of its update",
     records_order,
     {0}},
    {"10.3.7-atomic",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MUST,
     "all Contacts of a request are bound, or none",
     all_or_nothing,
     {0}},
    {"10.3.7-500",
     3261,
     "10.3 step 7",
     SIM_LEVEL_MAY,
     "a request that is out of order gets 500 (the status is not named)",
     failed_update,
     {0}},
    {"10.3.8-all",
     3261,
     "10.3 step 8",
     SIM_LEVEL_MUST,
     "the 200 lists every binding with its expires",
     lists_all,
     {0}},
    {"10.3.8-date", 3261, "10.3 step 8, 20.17", SIM_LEVEL_SHOULD, "the 200 has a Date", date, {0}},
    {"10.3.8-params",
     3261,
     "10.2.1, 10.3 step 8",
     SIM_LEVEL_MAY,
     "the parameters of a Contact come back",
     keeps_params,
     {0}},
    {"10.2.1-any-scheme",
     3261,
     "10.2.1",
     SIM_LEVEL_MAY,
     "a Contact may have any scheme",
     other_schemes,
     {0}},
    {NULL},
};
