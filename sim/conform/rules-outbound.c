/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 5626 section 6: several flows of one device. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

#define X ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\""
#define Y ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e129>\""
#define SUPPORTED "Supported: path, outbound"
#define SECOND_HOP "Via: SIP/2.0/UDP p.invalid;branch=z9hG4bKp\n"

#define A "sip:a@192.0.2.1"
#define B "sip:b@192.0.2.2"
#define C "sip:c@192.0.2.3"

/* Returns: false, and the rule is skipped or fails, where outbound is not done. */
static bool
has_outbound(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">" X ";reg-id=1", .headers = SUPPORTED);
    if (sim_case_status(c) == 200 && sim_message_has_token(c->reply, "Require", "outbound"))
        return true;
    sim_case_lacks(c, "outbound is not done");
    return false;
}

static void
required(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_expect_token(c, "Require", "outbound", "the 200 of a flow has Require: outbound");
    sim_ask(c, .contact = "<" A ">" X ";reg-id=1", .headers = SUPPORTED "\nRequire: outbound");
    sim_expect_status(c, 200, "outbound may be required");
}

static void
not_required(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X, .headers = SUPPORTED);
    sim_expect_status(c, 200, "an instance without reg-id is a plain Contact");
    sim_expect_no_token(c, "Require", "outbound", "its 200 has no Require: outbound");
    sim_expect_absent(c, "Flow-Timer", "nor Flow-Timer");
    sim_ask(c, .contact = "<" C ">;reg-id=1", .headers = SUPPORTED);
    sim_expect_status(c, 200, "reg-id without instance is ignored");
    sim_expect_no_token(c, "Require", "outbound", "its 200 has no Require: outbound");
    sim_ask(c, .contact = NULL, .headers = SUPPORTED);
    sim_expect_no_token(c, "Require", "outbound", "nor has that of a fetch");
}

static void
key(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X ";reg-id=1", .headers = SUPPORTED);
    sim_expect_listed(c, B, "the same instance and reg-id replace, whatever the URI");
    sim_ask(c, .contact = "<" C ">" X ";reg-id=2", .headers = SUPPORTED);
    sim_expect_listed(c, B " " C, "another reg-id is another binding");
    sim_ask(c, .contact = "<" A ">" Y ";reg-id=1", .headers = SUPPORTED);
    sim_expect_listed(c, A " " B " " C, "another instance is another binding");
    sim_ask(c, .contact = "<" A ">" Y ";reg-id=1;expires=0", .headers = SUPPORTED);
    sim_expect_listed(c, B " " C, "a flow is removed by its key");
}

static void
same_uri(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" A ">" X ";reg-id=2", .headers = SUPPORTED);
    sim_expect_count(c, 2, "two flows may have the same URI");
    sim_ask(c, .contact = "<" A ">" Y ";reg-id=1", .headers = SUPPORTED);
    sim_expect_count(c, 3, "and two devices");
}

static void
beside_plain(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">");
    sim_expect_listed(c, A " " B, "a plain binding beside a flow");
    sim_ask(c, .contact = "<" C ">" X ";reg-id=1", .headers = SUPPORTED);
    sim_expect_listed(c, B " " C, "a new URI of the flow leaves it alone");
    sim_ask(c, .contact = "<" B ">;expires=0");
    sim_expect_listed(c, C, "and it is removed by its URI");
    sim_ask(c, .contact = "*", .expires = "0");
    sim_expect_listed(c, "", "* removes flows as well");
}

static void
order(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X ";reg-id=1;expires=600", .headers = SUPPORTED, .cseq = 50);
    sim_ask(c, .contact = "<" C ">" X ";reg-id=1", .headers = SUPPORTED, .cseq = 49,
            .from_tag = "late");
    sim_expect_refused(c, "a lower CSeq of the same Call-ID for the same flow fails");
    sim_ask(c, .cseq = 60);
    sim_expect_listed(c, B, "the flow is as it was");
}

static void
several_contacts(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2, <" C ">", .headers = SUPPORTED);
    sim_expect_status(c, 400, "a flow and another Contact that are not 0: 400");
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2, <" C ">" X ";reg-id=3", .headers = SUPPORTED);
    sim_expect_status(c, 400, "two flows: 400");
    sim_expect_bindings(c, A, "nothing changed");
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2, <" A ">" X ";reg-id=1;expires=0",
            .headers = SUPPORTED);
    sim_expect_listed(c, B, "a flow and a removal are good");
}

static void
first_hop(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2", .headers = SECOND_HOP SUPPORTED);
    sim_expect_status(c, 439, "behind a proxy and without Path: 439");
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2",
            .headers = SECOND_HOP "Path: <sip:p.example.com;lr>\n" SUPPORTED);
    sim_expect_status(c, 439, "with a Path whose first URI has no ob: 439");
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2",
            .headers =
                SECOND_HOP "Path: <sip:p.example.com;lr>, <sip:q.example.com;lr;ob>\n" SUPPORTED);
    sim_expect_status(c, 439, "ob in the second URI does not count: 439");
    sim_expect_bindings(c, A, "nothing is bound");
}

static void
behind_edge(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = "<" B ">" X ";reg-id=2",
            .headers = SECOND_HOP "Path: <sip:flow@p.example.com;lr;ob>\n" SUPPORTED);
    sim_expect_status(c, 200, "with ob in the first URI of Path it is a flow");
    sim_expect_token(c, "Require", "outbound", "and the 200 says so");
}

static void
ignores_reg_id(SimCase *c)
{
    sim_ask(c, .contact = "<" A ">" X ";reg-id=1", .headers = SECOND_HOP "Supported: path");
    sim_expect_status(c, 200, "behind a proxy, without Supported: outbound, reg-id is ignored");
    sim_expect_no_token(c, "Require", "outbound", "no Require: outbound");
    sim_ask(c, .contact = "<" B ">" X ";reg-id=1", .headers = SECOND_HOP "Supported: path");
    sim_expect_listed(c, A " " B, "so another URI is another binding");
}

static void
keeps_instance(SimCase *c)
{
    if (!has_outbound(c))
        return;
    sim_ask(c, .contact = NULL);
    g_autofree char *instance = sim_contact_param(c, A, "+sip.instance");
    g_autofree char *reg_id = sim_contact_param(c, A, "reg-id");
    sim_case_check(c, instance && strstr(instance, "000a95a0e128"), "the instance is stored",
                   "+sip.instance in a fetch");
    sim_case_check(c, g_strcmp0(reg_id, "1") == 0, "reg-id is stored", "reg-id=1 in a fetch");
}

static void
pong(SimCase *c)
{
    if (!c->target->stream) {
        c->skipped = "it is about streams";
        return;
    }
    sim_ask(c, .contact = NULL);
    c->target->class->send(c->target, "\r\n\r\n", 4);
    bool came = c->target->class->receive(c->target, c->got);
    sim_case_check(c, came && c->got->len == 2, "CRLF CRLF is answered by CRLF", "CRLF");
}

const SimRule sim_rules_outbound[] = {
    {"6-require",
     5626,
     "6",
     SIM_LEVEL_MUST,
     "the 200 of a flow has Require: outbound",
     required,
     {0}},
    {"6-no-require",
     5626,
     "6",
     SIM_LEVEL_MUST,
     "without instance and reg-id there is no flow",
     not_required,
     {0}},
    {"6-key", 5626, "6", SIM_LEVEL_MUST, "instance and reg-id are the key of a flow", key, {0}},
    {"6-same-uri", 5626, "6", SIM_LEVEL_MUST, "the URI is not", same_uri, {0}},
    {"6-beside",
     5626,
     "6",
     SIM_LEVEL_MUST,
     "flows and plain bindings live together",
     beside_plain,
     {0}},
    {"6-order", 5626, "6", SIM_LEVEL_MUST, "the order of CSeq holds for flows", order, {0}},
    {"6-several",
     5626,
     "6",
     SIM_LEVEL_SHOULD,
     "one flow and nothing else is registered at a time",
     several_contacts,
     {0}},
    {"6-439", 5626, "6", SIM_LEVEL_MUST, "behind a proxy without outbound: 439", first_hop, {0}},
    {"6-edge", 5626, "6", SIM_LEVEL_MUST, "behind an edge proxy a flow works", behind_edge, {0}},
    {"6-ignored",
     5626,
     "6",
     SIM_LEVEL_MUST,
     "behind a proxy, unsupported, reg-id is ignored",
     ignores_reg_id,
     {0}},
    {"6-stores",
     5626,
     "6",
     SIM_LEVEL_MUST,
     "the parameters of the Contact are stored",
     keeps_instance,
     {0}},
    {"5.4-pong", 5626, "6, 5.4", SIM_LEVEL_MUST, "a ping over a stream gets its pong", pong, {0}},
    {NULL},
};
