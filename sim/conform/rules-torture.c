/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4475 where it tells a registrar what to answer, and mistakes of its kind. Its messages carry
 * no credentials, so they are sent where none are asked for. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#define TOP "REGISTER sip:{domain} SIP/2.0\nVia: SIP/2.0/{transport} {by};branch={branch};rport\n"
#define FROM_TO "From: <{aor}>;tag=t\nTo: <{aor}>\n"
#define REST "Max-Forwards: 70\nContent-Length: 0\n\n"

/* Returns: false, and the rule is skipped, where fixed messages cannot be judged. */
static bool
takes_fixed_messages(SimCase *c)
{
    if (c->target->authenticates)
        c->skipped = "the messages are fixed and have no credentials";
    return !c->skipped;
}

static void
unknown_scheme_in_to(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, TOP "To: isbn:2983792873\nFrom: <http://www.example.com>;tag=3234233\n"
                         "Call-ID: {call}\nCSeq: 234902 REGISTER\n"
                         "Contact: <name:John_Smith>\n" REST);
    sim_expect_status(c, 400, "To: isbn:... is refused with 400");
}

static void
missing_headers(SimCase *c)
{
    static const struct {
        const char *text;
        const char *name;
    } messages[] = {
        {TOP "From: <{aor}>;tag=t\nCall-ID: {call}\nCSeq: 1 REGISTER\n" REST, "no To: 400"},
        {TOP "To: <{aor}>\nCall-ID: {call}\nCSeq: 1 REGISTER\n" REST, "no From: 400"},
        {TOP FROM_TO "CSeq: 1 REGISTER\n" REST, "no Call-ID: 400"},
        {TOP FROM_TO "Call-ID: {call}\n" REST, "no CSeq: 400"},
    };
    if (!takes_fixed_messages(c))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        sim_case_send(c, messages[i].text);
        sim_expect_status(c, 400, messages[i].name);
    }
    sim_expect_bindings(c, "", "it lives on, with nothing bound");
}

static void
repeated_headers(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, TOP FROM_TO "Call-ID: {call}\nCall-ID: {call}-b\nCSeq: 5 REGISTER\n"
                                 "CSeq: 59 REGISTER\nContact: <sip:a@192.0.2.1>\n" REST);
    sim_expect_status(c, 400, "two Call-IDs and two CSeqs are refused with 400");
    sim_case_send(c, TOP FROM_TO "To: <sip:other@{domain}>\nCall-ID: {call}-c\n"
                                 "CSeq: 5 REGISTER\nContact: <sip:a@192.0.2.1>\n" REST);
    sim_expect_status(c, 400, "two Tos are refused with 400");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
version(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, "REGISTER sip:{domain} SIP/7.0\n"
                     "Via: SIP/2.0/{transport} {by};branch={branch};rport\n" FROM_TO
                     "Call-ID: {call}\nCSeq: 1 REGISTER\nContact: <sip:a@192.0.2.1>\n" REST);
    sim_expect_status(c, 505, "SIP/7.0 is refused with 505");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
cseq_method(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, TOP FROM_TO "Call-ID: {call}\nCSeq: 8 INVITE\n"
                                 "Contact: <sip:a@192.0.2.1>\n" REST);
    sim_expect_status(c, 400, "a CSeq of another method is refused with 400");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
scalars(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, TOP FROM_TO "Call-ID: {call}\nCSeq: 36893488147419103232 REGISTER\n"
                                 "Contact: <sip:a@192.0.2.1>;expires=280297596632815\n" REST);
    sim_expect_status(c, 400, "a CSeq beyond 2^32-1 is refused with 400");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
escaped_header(SimCase *c)
{
    sim_ask(c, .contact = "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>");
    sim_expect_status(c, 200, "a Contact with an escaped header is accepted");
    sim_expect_bindings(c, "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
                        "a fetch has the escaped header, escaped");
}

static void
missing_brackets(SimCase *c)
{
    sim_ask(c, .contact = "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
    if (sim_case_status(c) == 200)
        sim_expect_bindings(c, "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
                            "the brackets are inferred");
    else
        sim_expect_status(c, 400, "a Contact with ? outside of brackets is refused with 400");
}

static void
contact_param(SimCase *c)
{
    sim_ask(c, .contact = "sip:+19725552222@192.0.2.1;unknownparam");
    sim_expect_status(c, 200, "a Contact without brackets is accepted");
    sim_expect_bindings(c, "sip:+19725552222@192.0.2.1",
                        "its parameter is not one of the URI in a fetch");
}

static void
url_param(SimCase *c)
{
    sim_ask(c, .contact = "<sip:+19725552222@192.0.2.1;unknownparam>");
    sim_expect_status(c, 200, "a URI with a parameter is accepted");
    sim_expect_bindings(c, "sip:+19725552222@192.0.2.1;unknownparam", "a fetch has the parameter");
}

static void
percent(SimCase *c)
{
    sim_ask(c, .contact = "<sip:sips%3Auser%40example.com@192.0.2.1>");
    sim_expect_listed(c, "sip:sips%3Auser%40example.com@192.0.2.1",
                      "reserved characters come back escaped");
    sim_ask(c, .contact = "*", .expires = "0");
    sim_ask(c, .contact = "<sip:user;par=u%40x.example@192.0.2.1>");
    sim_expect_listed(c, "sip:user;par=u%40x.example@192.0.2.1",
                      "semicolons in the user stay there");
}

static void
empty_contact(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>");
    sim_ask(c, .contact = "");
    sim_expect_status(c, 400, "an empty Contact is no query: 400");
    sim_ask(c, .contact = " , ");
    sim_expect_status(c, 400, "a lone comma neither");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "nothing changed");
}

static void
star_with_param(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>");
    sim_ask(c, .contact = "*;expires=0");
    sim_expect_status(c, 400, "*;expires=0 is refused with 400");
    sim_ask(c, .contact = "<*>", .expires = "0");
    sim_expect_status(c, 400, "<*> is refused with 400");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "nothing changed");
}

static void
odd_contacts(SimCase *c)
{
    static const char *const bad[] = {"None",
                                      "<sip:a@192.0.2.1",
                                      "<sip:>",
                                      "\"open <sip:a@192.0.2.1>",
                                      "<sip:a@192.0.2.1:99999>",
                                      "<sip:a@192.0.2.1>;q=2.0x"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *name = g_strdup_printf("Contact: %s is refused with 400", bad[i]);
        sim_ask(c, .contact = bad[i]);
        sim_expect_status(c, 400, name);
    }
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
unknown_transport(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>",
            .headers = "Via: SIP/2.0/UNKNOWN t6.invalid;branch=z9hG4bK06\n"
                       "Via: SIP / 2.0 / SCTP\n t2.invalid ;branch=z9hG4bK02");
    sim_expect_status(c, 200, "unknown transports below the topmost Via do no harm");
}

static void
old_client(SimCase *c)
{
    if (!takes_fixed_messages(c))
        return;
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\nVia: SIP/2.0/{transport} {by}\n"
                     "From: <{aor}>\nTo: <{aor}>\nCall-ID: {call}\nCSeq: 1 REGISTER\n"
                     "Contact: <sip:a@192.0.2.1>\nContent-Length: 0\n\n");
    sim_expect_status(c, 200, "no branch, no tag, no Max-Forwards: an RFC 2543 client is served");
    sim_expect_listed(c, "sip:a@192.0.2.1", "its Contact is bound");
}

const SimRule sim_rules_torture[] = {
    {"3.3.4-scheme-in-to",
     4475,
     "3.3.4",
     SIM_LEVEL_SHOULD,
     "To with another scheme gets 400",
     unknown_scheme_in_to,
     {0}},
    {"3.3.1-missing",
     4475,
     "3.3.1",
     SIM_LEVEL_SHOULD,
     "a request that lacks a needed header gets 400",
     missing_headers,
     {0}},
    {"3.3.8-repeated",
     4475,
     "3.3.8",
     SIM_LEVEL_SHOULD,
     "a header that is there twice and may not be gets 400",
     repeated_headers,
     {0}},
    {"3.1.2.16-version",
     4475,
     "3.1.2.16",
     SIM_LEVEL_SHOULD,
     "an unknown version gets 505",
     version,
     {0}},
    {"3.1.2.17-mismatch",
     4475,
     "3.1.2.17",
     SIM_LEVEL_MUST,
     "a CSeq with another method gets 400",
     cseq_method,
     {0}},
    {"3.1.2.4-cseq",
     4475,
     "3.1.2.4",
     SIM_LEVEL_SHOULD,
     "a CSeq out of range gets 400",
     scalars,
     {0}},
    {"3.3.14-regescrt",
     4475,
     "3.3.14",
     SIM_LEVEL_SHOULD,
     "an escaped header in a Contact is kept",
     escaped_header,
     {0}},
    {"3.1.2.13-regbadct",
     4475,
     "3.1.2.13",
     SIM_LEVEL_SHOULD,
     "a header outside of brackets gets 400, or the brackets are inferred",
     missing_brackets,
     {0}},
    {"3.3.12-cparam01",
     4475,
     "3.3.12",
     SIM_LEVEL_MUST,
     "a parameter outside of brackets is the Contact's",
     contact_param,
     {0}},
    {"3.3.13-cparam02",
     4475,
     "3.3.13",
     SIM_LEVEL_MUST,
     "a parameter inside of brackets is the URI's",
     url_param,
     {0}},
    {"3.1.1.3-escapes",
     4475,
     "3.1.1.3, 3.1.1.9",
     SIM_LEVEL_MUST,
     "a URI comes back with its escapes",
     percent,
     {0}},
    {"25.1-empty-contact",
     3261,
     "25.1",
     SIM_LEVEL_SHOULD,
     "an empty Contact gets 400",
     empty_contact,
     {0}},
    {"25.1-star",
     3261,
     "25.1",
     SIM_LEVEL_SHOULD,
     "* takes no parameter and no brackets",
     star_with_param,
     {0}},
    {"21.4.1-contact",
     3261,
     "21.4.1",
     SIM_LEVEL_SHOULD,
     "a Contact that cannot be read gets 400",
     odd_contacts,
     {0}},
    {"3.1.1.10-transports",
     4475,
     "3.1.1.10",
     SIM_LEVEL_MUST,
     "unknown transports in Via do no harm",
     unknown_transport,
     {0}},
    {"3.4.1-2543",
     4475,
     "3.4.1",
     SIM_LEVEL_SHOULD,
     "a client of RFC 2543 is served",
     old_client,
     {0}},
    {NULL},
};
