/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3261 sections 7, 8.2, 17.2 and 18: a registrar is a UAS like any other; RFC 3581 with it. */
#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

static void
method_known(SimCase *c)
{
    sim_ask(c, .method = "MESSAGE", .contact = "<sip:a@192.0.2.1>");
    sim_expect_either(c, 405, 501, "MESSAGE is refused with 405, or with 501 where unknown");
    if (sim_case_status(c) == 405)
        sim_expect_token(c, "Allow", "REGISTER", "Allow of the 405 names REGISTER");
    sim_expect_bindings(c, "", "its Contact is not bound");
}

static void
method_unknown(SimCase *c)
{
    sim_ask(c, .method = "FROBNICATE", .contact = "<sip:a@192.0.2.1>");
    sim_expect_either(c, 501, 405, "a method nobody knows is refused with 501 or 405");
    sim_ask(c, .method = "register", .contact = "<sip:a@192.0.2.1>");
    sim_expect_refused(c, "the method in small letters is another one");
    sim_expect_bindings(c, "", "neither binds its Contact");
}

static void
ack(SimCase *c)
{
    sim_ask(c, .method = "ACK", .plain = true);
    sim_expect_silence(c, "an ACK that fits nothing is not answered");
    sim_expect_bindings(c, "", "the next request is");
}

static void
scheme(SimCase *c)
{
    sim_ask(c, .uri = "nobodyknows:this", .contact = "<sip:a@192.0.2.1>");
    sim_expect_status(c, 416, "an unknown scheme in the Request-URI is refused with 416");
    sim_ask(c, .uri = "tel:+15550100", .contact = "<sip:a@192.0.2.1>");
    sim_expect_either(c, 416, 404, "tel is refused with 416, or with 404 where some are taken");
    sim_expect_bindings(c, "", "neither binds its Contact");
}

static void
foreign_uri(SimCase *c)
{
    sim_ask(c, .uri = "sip:elsewhere.invalid", .to = "<sip:{user}@elsewhere.invalid>",
            .contact = "<sip:a@192.0.2.1>");
    int status = sim_case_status(c);
    sim_case_check(c, status != 200, "another domain in the Request-URI is not served",
                   "404, or what a proxy makes of it");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
merged(SimCase *c)
{
    /* RFC 3261 section 17.2.2: Timer J is 0 there. */
    if (c->target->stream) {
        c->skipped = "over a stream a transaction ends with its answer";
        return;
    }
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .cseq = 7, .from_tag = "one");
    sim_expect_status(c, 200, "a first REGISTER is accepted");
    uint32_t cseq = 7;
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .cseq = cseq, .from_tag = "one");
    sim_expect_status(c, 482, "the same From tag, Call-ID and CSeq by another branch get 482");
}

static bool
is_never_sent_twice(SimCase *c)
{
    if (c->target->stream)
        c->skipped = "nothing is sent twice over a stream";
    return c->target->stream;
}

static void
retransmission(SimCase *c)
{
    if (is_never_sent_twice(c))
        return;
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .expires = "600");
    sim_expect_status(c, 200, "a first REGISTER is accepted");
    g_autofree char *to = g_strdup(c->reply ? sim_message_line(c->reply, "To", 0) : NULL);
    sim_case_repeat(c);
    sim_expect_status(c, 200, "the same bytes get the same status, not that of a stale CSeq");
    sim_expect_header(c, "To", to ? to : "", "and the same To tag");
    sim_expect_expires(c, "sip:a@192.0.2.1", 598, 600, "and the same Contact");
    sim_case_repeat(c);
    sim_expect_status(c, 200, "a third time too");
}

static void
retransmission_of_refusal(SimCase *c)
{
    if (is_never_sent_twice(c))
        return;
    sim_ask(c, .contact = "*", .expires = "60");
    sim_expect_status(c, 400, "a bad REGISTER is refused");
    g_autofree char *to = g_strdup(c->reply ? sim_message_line(c->reply, "To", 0) : NULL);
    sim_case_repeat(c);
    sim_expect_status(c, 400, "the same bytes are refused alike");
    sim_expect_header(c, "To", to ? to : "", "with the same To tag");
}

static void
copies(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .from = "\"A. Bell\" <{aor}>", .from_tag = "f1^x",
            .call_id = "{call}-(x)@%z", .cseq = 17,
            .headers = "Via: SIP/2.0/TCP p1.invalid;branch=z9hG4bKp1, "
                       "SIP/2.0/UDP p0.invalid:5080;branch=z9hG4bKp0;x=y");
    sim_expect_status(c, 200, "a REGISTER that passed two proxies is accepted");
    sim_expect_header(c, "From", "\"A. Bell\" <{aor}>;tag=f1^x", "From is that of the request");
    sim_expect_header(c, "Call-ID", "{call}-(x)@%z", "Call-ID is that of the request");
    g_autoptr(SimMessage) sent = sim_message_parse(c->sent->str, c->sent->len);
    sim_expect_header(c, "CSeq", sim_message_line(sent, "CSeq", 0), "CSeq is that of the request");
    g_auto(GStrv) vias = c->reply ? sim_message_values(c->reply, "Via") : g_new0(char *, 1);
    bool ordered = g_strv_length(vias) == 3 && strstr(vias[0], c->target->sent_by) &&
                   strstr(vias[1], "z9hG4bKp1") && strstr(vias[2], "z9hG4bKp0");
    sim_case_check(c, ordered, "every Via is there, in order", "three Via values in order");
}

static void
to_tag(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>");
    const char *to = c->reply ? sim_message_line(c->reply, "To", 0) : NULL;
    g_autofree char *uri = to ? sim_value_uri(to) : NULL;
    g_autofree char *tag = to ? sim_value_param(to, "tag") : NULL;
    sim_case_check(c, g_strcmp0(uri, c->aor) == 0, "the URI of To stays", "To with {aor}");
    sim_case_check(c, tag && *tag, "To gets a tag", "To with a tag");
    sim_ask(c, .to_tag = "given");
    sim_expect_header(c, "To", "<{aor}>;tag=given", "a tag that was there stays");
}

static void
require(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .headers = "Require: no-such-thing");
    sim_expect_status(c, 420, "an option nobody knows is refused with 420");
    sim_expect_token(c, "Unsupported", "no-such-thing", "Unsupported names it");
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .headers = "Require: no-such-thing, neither-this");
    sim_expect_token(c, "Unsupported", "no-such-thing", "of two, Unsupported names the first");
    sim_expect_token(c, "Unsupported", "neither-this", "and the second");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
require_known(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>",
            .headers = "Require: path, no-such-thing\nSupported: path");
    sim_expect_status(c, 420, "one known option and one unknown are refused with 420");
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .headers = "Require: path\nSupported: path");
    bool known = sim_case_status(c) == 200;
    sim_ask(c, .contact = "<sip:b@192.0.2.1>",
            .headers = "Require: path, no-such-thing\nSupported: path");
    if (known)
        sim_expect_no_token(c, "Unsupported", "path", "Unsupported does not name the known one");
    else
        sim_case_lacks(c, "path cannot be required");
}

static void
unasked_extension(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>;+sip.instance=\"<urn:uuid:0>\";reg-id=1",
            .headers = "Path: <sip:p.invalid;lr;ob>");
    sim_expect_absent(c, "Require", "no extension is applied that Supported did not name");
    sim_expect_absent(c, "Flow-Timer", "no Flow-Timer without outbound");
    g_auto(GStrv) values = c->reply ? sim_message_values(c->reply, "Contact") : g_new0(char *, 1);
    g_autofree char *all = g_strjoinv(",", values);
    sim_case_check(c, !strstr(all, "gruu="), "no GRUU without gruu", "Contact without a GRUU");
}

static void
body(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .headers = "Content-Type: application/x-unheard-of",
            .body = "what?");
    sim_expect_status(c, 415, "a body of an unknown type is refused with 415");
    sim_expect_present(c, "Accept", "with Accept");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
optional_body(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>",
            .headers = "Content-Type: application/x-unheard-of\n"
                       "Content-Disposition: session;handling=optional",
            .body = "what?");
    sim_expect_status(c, 200, "a body of an unknown type that is optional does no harm");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "the Contact is bound");
}

static void
unknown_header(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>",
            .headers = "X-Unheard-Of: \"unbalanced\nMood: (good; (very)) <sip:");
    sim_expect_status(c, 200, "headers nobody knows are ignored");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "the Contact is bound");
}

static void
malformed_header(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>",
            .headers = "Date: yesterday afternoon\nSubject:\nTimestamp: soon");
    sim_expect_status(c, 200, "malformed headers that are not needed are ignored");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "the Contact is bound");
}

static void
compact(SimCase *c)
{
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\n"
                     "v: SIP/2.0/{transport} {by};branch={branch};rport\n"
                     "f: <{aor}>;tag=c\nt: <{aor}>\ni: {call}-compact\nCSeq: 1 REGISTER\n"
                     "Max-Forwards: 70\nm: <sip:a@192.0.2.1>\nl: 0\n\n");
    if (c->target->authenticates) {
        c->skipped = "the message is fixed and has no credentials";
        return;
    }
    sim_expect_status(c, 200, "compact names are understood");
    sim_expect_listed(c, "sip:a@192.0.2.1", "m is Contact");
}

static void
line_forms(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>\n ;expires=\n\t300");
    sim_expect_expires(c, "sip:a@192.0.2.1", 1, 300, "a header may go on in the next line");
    sim_ask(c, .headers = "cOnTaCt  :   <sip:b@192.0.2.2>  ");
    sim_expect_bindings(c, "sip:a@192.0.2.1 sip:b@192.0.2.2",
                        "the case of a name and blanks around the colon do not count");
}

static void
line_per_value(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>, <sip:b@192.0.2.2>",
            .headers = "Contact: <sip:c@192.0.2.3>");
    sim_expect_status(c, 200, "values joined by commas and values in lines of their own");
    sim_expect_bindings(c, "sip:a@192.0.2.1 sip:b@192.0.2.2 sip:c@192.0.2.3", "are the same");
}

static void
datagram_length(SimCase *c)
{
    if (c->target->stream || c->target->authenticates) {
        c->skipped = c->target->stream ? "it is about datagrams"
                                       : "the message is fixed and has no credentials";
        return;
    }
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\n"
                     "Via: SIP/2.0/{transport} {by};branch={branch};rport\n"
                     "From: <{aor}>;tag=c\nTo: <{aor}>\nCall-ID: {call}\nCSeq: 1 REGISTER\n"
                     "Max-Forwards: 70\nContact: <sip:a@192.0.2.1>\n\n");
    sim_expect_status(c, 200, "Content-Length may be missing in a datagram");
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\n"
                     "Via: SIP/2.0/{transport} {by};branch={branch};rport\n"
                     "From: <{aor}>;tag=c\nTo: <{aor}>\nCall-ID: {call}\nCSeq: 2 REGISTER\n"
                     "Max-Forwards: 70\nContact: <sip:a@192.0.2.1>\nContent-Length: 0\n\n"
                     "INVITE sip:x@{domain} SIP/2.0\r\n");
    sim_expect_status(c, 200, "bytes beyond Content-Length are dropped");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "the Contact is bound");
}

static void
short_datagram(SimCase *c)
{
    if (c->target->stream || c->target->authenticates) {
        c->skipped = c->target->stream ? "it is about datagrams"
                                       : "the message is fixed and has no credentials";
        return;
    }
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\n"
                     "Via: SIP/2.0/{transport} {by};branch={branch};rport\n"
                     "From: <{aor}>;tag=c\nTo: <{aor}>\nCall-ID: {call}\nCSeq: 1 REGISTER\n"
                     "Max-Forwards: 70\nContact: <sip:a@192.0.2.1>\nContent-Length: 99\n\nshort");
    sim_expect_status(c, 400, "a datagram that ends before its body does is refused with 400");
    sim_expect_bindings(c, "", "nothing is bound");
}

static void
record_route(SimCase *c)
{
    sim_ask(c, .contact = "<sip:a@192.0.2.1>", .headers = "Record-Route: <sip:p.invalid;lr>");
    sim_expect_status(c, 200, "Record-Route in a REGISTER is ignored");
    sim_expect_absent(c, "Record-Route", "and not in the 200");
    sim_ask(c, .contact = "*", .expires = "5", .headers = "Record-Route: <sip:p.invalid;lr>");
    sim_expect_absent(c, "Record-Route", "and not in a refusal");
}

static void
no_6xx(SimCase *c)
{
    static const SimAsk bad[] = {
        {.contact = "*"},
        {.contact = "*, <sip:a@192.0.2.1>", .expires = "0"},
        {.headers = "Require: no-such-thing"},
        {.to = "<sip:nobody@elsewhere.invalid>", .contact = "<sip:a@192.0.2.1>"},
        {.to = "<tel:+15550100>", .contact = "<sip:a@192.0.2.1>"},
        {.contact = "<sip:a@192.0.2.1>;expires=1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        sim_case_ask(c, &bad[i]);
        sim_case_check(c, sim_case_status(c) < 600, "a refusal is not 6xx", "no 6xx");
    }
}

static void
max_forwards(SimCase *c)
{
    if (c->target->authenticates) {
        c->skipped = "the message is fixed and has no credentials";
        return;
    }
    sim_case_send(c, "REGISTER sip:{domain} SIP/2.0\n"
                     "Via: SIP/2.0/{transport} {by};branch={branch};rport\n"
                     "From: <{aor}>;tag=c\nTo: <{aor}>\nCall-ID: {call}\nCSeq: 1 REGISTER\n"
                     "Max-Forwards: 0\nContact: <sip:a@192.0.2.1>\nContent-Length: 0\n\n");
    sim_expect_status(c, 200, "Max-Forwards: 0 is good where the request ends");
    sim_expect_bindings(c, "sip:a@192.0.2.1", "the Contact is bound");
}

static char *
via_param(const SimCase *c, const char *name)
{
    g_auto(GStrv) vias = c->reply ? sim_message_values(c->reply, "Via") : g_new0(char *, 1);
    return vias[0] ? sim_value_param(vias[0], name) : NULL;
}

static void
rport(SimCase *c)
{
    c->target->source.port = 34567;
    sim_ask(c, .via = "SIP/2.0/{transport} {by};rport;branch={branch}");
    g_autofree char *port = via_param(c, "rport");
    g_autofree char *received = via_param(c, "received");
    const char *colon = strrchr(c->target->sent_by, ':');
    const char *wanted = c->target->in_process ? "34567" : colon + 1;
    sim_case_check(c, g_strcmp0(port, wanted) == 0, "an empty rport is filled",
                   "rport with the port of the source");
    g_autofree char *host = g_strndup(c->target->sent_by, (gsize)(colon - c->target->sent_by));
    sim_case_check(c, received && strstr(host, received),
                   "received is added, though it equals sent-by",
                   "received with the address of the source");
    if (c->target->in_process)
        sim_case_check(c, c->target->went_to.port == 34567, "the answer goes to the source's port",
                       "an answer sent to port 34567");
}

static void
received(SimCase *c)
{
    c->target->source.port = 34567;
    sim_ask(c, .via = "SIP/2.0/{transport} phone.invalid:5070;branch={branch};rport");
    g_autofree char *address = via_param(c, "received");
    sim_case_check(c, address && *address, "received is added where sent-by is a name",
                   "received with the address of the source");
    if (!c->target->in_process)
        return;
    sim_ask(c, .via = "SIP/2.0/{transport} 198.51.100.9:5071;branch={branch}");
    g_autofree char *other = via_param(c, "received");
    sim_case_check(c, g_strcmp0(other, "192.0.2.10") == 0,
                   "received is added where sent-by is another address", "received=192.0.2.10");
    const RollEndpoint *to = &c->target->went_to;
    sim_case_check(c, to->address[0] == 192 && to->address[3] == 10 && to->port == 5071,
                   "without rport the answer goes to received and the port of sent-by",
                   "an answer sent to 192.0.2.10:5071");
    sim_ask(c, .via = "SIP/2.0/{transport} 198.51.100.9;branch={branch}");
    sim_case_check(c, c->target->went_to.port == 5060, "or to 5060 where sent-by has no port",
                   "an answer sent to port 5060");
}

static void
in_order(SimCase *c)
{
    enum { N = 8 };
    for (unsigned i = 1; i <= N; i++) {
        g_autofree char *contact = g_strdup_printf("<sip:a@192.0.2.1>;expires=%u", i % 2 ? 600 : 0);
        sim_post(c, .contact = contact);
    }
    sim_case_wait(c);
    sim_expect_bindings(c, "", "of REGISTERs sent at once the last one counts");
}

const SimRule sim_rules_request[] = {
    {"8.2.1-known-method",
     3261,
     "8.2.1",
     SIM_LEVEL_MUST,
     "another method gets 405 with Allow",
     method_known,
     {0}},
    {"21.5.2-unknown-method",
     3261,
     "21.5.2",
     SIM_LEVEL_SHOULD,
     "an unknown method gets 501, and methods are case-sensitive",
     method_unknown,
     {0}},
    {"17.1.1.3-ack", 3261, "17.1.1.3", SIM_LEVEL_MUST, "nothing answers an ACK", ack, {0}},
    {"8.2.2.1-scheme",
     3261,
     "8.2.2.1",
     SIM_LEVEL_SHOULD,
     "a scheme it does not support gets 416",
     scheme,
     {0}},
    {"10.3.1-domain",
     3261,
     "10.3 step 1",
     SIM_LEVEL_SHOULD,
     "another domain's REGISTER is not served as ours",
     foreign_uri,
     {0}},
    {"8.2.2.2-merged", 3261, "8.2.2.2", SIM_LEVEL_SHOULD, "a merged request gets 482", merged, {0}},
    {"17.2.2-retransmission",
     3261,
     "17.2.2",
     SIM_LEVEL_MUST,
     "a retransmission gets the first answer again",
     retransmission,
     {0}},
    {"8.2.7-refusal-again",
     3261,
     "8.2.7",
     SIM_LEVEL_MUST,
     "a refusal is given again with the same To tag",
     retransmission_of_refusal,
     {0}},
    {"8.2.6.2-copies",
     3261,
     "8.2.6.2",
     SIM_LEVEL_MUST,
     "From, Call-ID, CSeq and every Via are copied",
     copies,
     {0}},
    {"8.2.6.2-to-tag",
     3261,
     "8.2.6.2",
     SIM_LEVEL_MUST,
     "To gets a tag if it has none",
     to_tag,
     {0}},
    {"8.2.2.3-require",
     3261,
     "8.2.2.3",
     SIM_LEVEL_MUST,
     "an unknown option in Require gets 420 with Unsupported",
     require,
     {0}},
    {"8.2.2.3-only-unknown",
     3261,
     "8.2.2.3",
     SIM_LEVEL_MUST,
     "Unsupported lists just the unknown options",
     require_known,
     {0}},
    {"8.2.4-unasked",
     3261,
     "8.2.4",
     SIM_LEVEL_MUST,
     "no extension is applied that the request does not support",
     unasked_extension,
     {0}},
    {"8.2.3-body",
     3261,
     "8.2.3",
     SIM_LEVEL_MUST,
     "a body of an unknown type gets 415 with Accept",
     body,
     {0}},
    {"8.2.3-optional-body",
     3261,
     "8.2.3",
     SIM_LEVEL_MUST,
     "a body with handling=optional is passed over",
     optional_body,
     {0}},
    {"8.2.2-unknown-header",
     3261,
     "8.2.2",
     SIM_LEVEL_MUST,
     "an unknown header is ignored",
     unknown_header,
     {0}},
    {"8.2.2-malformed-header",
     3261,
     "8.2.2",
     SIM_LEVEL_SHOULD,
     "a malformed header that is not needed is ignored",
     malformed_header,
     {0}},
    {"7.3.3-compact",
     3261,
     "7.3.3",
     SIM_LEVEL_MUST,
     "compact header names are accepted",
     compact,
     {0}},
    {"7.3.1-lines",
     3261,
     "7.3.1",
     SIM_LEVEL_MUST,
     "folded lines and names in any case are accepted",
     line_forms,
     {0}},
    {"7.3.1-values",
     3261,
     "7.3.1",
     SIM_LEVEL_MUST,
     "several lines are one list joined by commas",
     line_per_value,
     {0}},
    {"18.3-datagram",
     3261,
     "18.3",
     SIM_LEVEL_MUST,
     "a datagram may lack Content-Length, and what is beyond it is dropped",
     datagram_length,
     {0}},
    {"18.3-short",
     3261,
     "18.3",
     SIM_LEVEL_SHOULD,
     "a datagram shorter than Content-Length gets 400",
     short_datagram,
     {0}},
    {"10.3-record-route",
     3261,
     "10.3",
     SIM_LEVEL_MUST,
     "Record-Route is ignored and never answered",
     record_route,
     {0}},
    {"10.3-no-6xx", 3261, "10.3", SIM_LEVEL_MUST, "no answer is 6xx", no_6xx, {0}},
    {"10.3-in-order",
     3261,
     "10.3",
     SIM_LEVEL_MUST,
     "REGISTERs are processed in the order received",
     in_order,
     {0}},
    {"3.3.11-max-forwards",
     4475,
     "3.3.11",
     SIM_LEVEL_SHOULD,
     "Max-Forwards: 0 is processed by the endpoint",
     max_forwards,
     {0}},
    {"4-rport",
     3581,
     "4",
     SIM_LEVEL_MUST,
     "an empty rport is filled, with received, and obeyed",
     rport,
     {0}},
    {"18.2.1-received",
     3261,
     "18.2.1, 18.2.2",
     SIM_LEVEL_MUST,
     "received is added where sent-by is not the source",
     received,
     {0}},
    {NULL},
};
