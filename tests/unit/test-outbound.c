/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connections that the client began (RFC 5626), over the door for bytes. */
#include "tests/unit/wire.h"

#define UUID "urn:uuid:00000000-0000-1000-8000-000A95A0E128"
#define INSTANCE ";+sip.instance=\"<" UUID ">\""
#define AOR "sip:alice@example.org"
#define SUPPORTED "Supported: path, outbound\n"
#define SECOND_VIA "Via: SIP/2.0/UDP ua.example.net;branch=z9hG4bK-ua\n"

static void
test_key(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, SUPPORTED "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    wire_expect_events(wire, "created " AOR " sip:a@h1");
    /* Another address, another Call-ID: the same flow of the same device. */
    wire->call_id = "call-2";
    wire_expect(wire, 200, SUPPORTED "Contact: <sip:a@h2>;reg-id=1" INSTANCE "\n");
    wire_expect_events(wire, "refreshed " AOR " sip:a@h2");
    g_assert_cmpstr(wire_list(wire, AOR), ==, "sip:a@h2");
    /* The same address, but another flow or another device. */
    wire_expect(wire, 200, SUPPORTED "Contact: <sip:a@h2>;reg-id=2" INSTANCE "\n");
    wire_expect(wire, 200,
                SUPPORTED "Contact: <sip:a@h2>;reg-id=1;+sip.instance=\"<urn:uuid:other>\"\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
    /* Hexadecimal digits of a UUID have no case (RFC 4122 section 3). */
    wire_expect(wire, 200,
                SUPPORTED "Contact: <sip:a@h3>;reg-id=2;+sip.instance="
                          "\"<URN:UUID:00000000-0000-1000-8000-000a95a0e128>\"\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
}

static void
test_order(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire->cseq = 10;
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    wire->cseq = 5;
    wire_expect(wire, 500, "Contact: <sip:a@h2>;reg-id=1" INSTANCE "\n");
    g_assert_cmpstr(wire_list(wire, AOR), ==, "sip:a@h1");
}

static void
test_plain_beside(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    wire_expect(wire, 200, "Contact: <sip:a@h1>\n");
    wire_expect(wire, 200, "Contact: <sip:a@h1>" INSTANCE "\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    wire_expect(wire, 200, "Contact: <sip:a@h1>;expires=0\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 1);
    wire_expect(wire, 200, "Contact: <sip:elsewhere@h9>;expires=0;reg-id=1" INSTANCE "\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);
}

static void
test_require_in_answer(void)
{
    static const struct {
        const char *what;
        const char *fields;
        const char *require;
    } cases[] = {
        {"outbound done", SUPPORTED "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", "outbound"},
        {"not supported", "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", ""},
        {"no reg-id", SUPPORTED "Contact: <sip:b@h1>" INSTANCE "\n", ""},
        {"no instance", SUPPORTED "Contact: <sip:c@h1>;reg-id=1\n", ""},
        {"reg-id 0", SUPPORTED "Contact: <sip:d@h1>;reg-id=0" INSTANCE "\n", ""},
        {"reg-id no number", SUPPORTED "Contact: <sip:e@h1>;reg-id=x" INSTANCE "\n", ""},
        {"reg-id too big", SUPPORTED "Contact: <sip:f@h1>;reg-id=2147483648" INSTANCE "\n", ""},
        {"fetch", SUPPORTED, ""},
        {"star", SUPPORTED "Expires: 0\nContact: *\n", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].what);
        g_autoptr(Wire) wire = wire_new();
        wire->config.policy.flow_timer = 120;
        wire_open(wire);
        bool done = *cases[i].require;
        wire_expect(wire, 200, cases[i].fields);
        wire_expect_field(wire, "Require", cases[i].require);
        wire_expect_field(wire, "Flow-Timer", done ? "120" : "");
        g_assert_cmpint(wire_resend(wire), ==, 200);
        wire_expect_field(wire, "Require", cases[i].require);
        wire_expect_field(wire, "Flow-Timer", done ? "120" : "");
    }
}

static void
test_first_hop(void)
{
    static const struct {
        const char *what;
        const char *fields;
        int status;
        uint32_t reg_id;
    } cases[] = {
        {"no Path", SUPPORTED, 439, 0},
        {"no Path, no support", "", 200, 0},
        {"Path without ob", SUPPORTED "Path: <sip:p1;lr>\n", 439, 0},
        {"ob in a later one", SUPPORTED "Path: <sip:p1;lr>, <sip:p2;lr;ob>\n", 439, 0},
        {"ob as header parameter", SUPPORTED "Path: <sip:p1;lr>;ob\n", 439, 0},
        {"Path without ob, no support", "Path: <sip:p1;lr>\n", 200, 0},
        {"Path with ob", SUPPORTED "Path: <sip:p1;lr;ob>, <sip:p2;lr>\n", 200, 1},
        {"Path with ob, no support", "Path: <sip:p1;OB;lr>\n", 200, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].what);
        g_autofree char *fields =
            g_strconcat(cases[i].fields, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n", NULL);
        g_autoptr(Wire) wire = wire_new();
        wire->config.policy.flow_timer = 120;
        wire_open(wire);
        wire->via = SECOND_VIA;
        wire_expect(wire, cases[i].status, fields);
        /* The timer is the edge proxy's to say. */
        wire_expect_field(wire, "Flow-Timer", "");
        const RollLocation *found;
        size_t n = roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT(AOR), &found);
        g_assert_cmpuint(n, ==, cases[i].status == 200);
        g_assert_cmpuint(n ? found[0].reg_id : 0, ==, cases[i].reg_id);
        g_assert_cmpint(n ? found[0].flow.family : 0, ==, 0);
    }
}

static void
test_one_flow_a_request(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 400,
                "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\nContact: <sip:a@h1>;reg-id=2" INSTANCE
                "\n");
    wire_expect(wire, 400, "Contact: <sip:a@h1>;reg-id=1" INSTANCE ", <sip:b@h1>\n");
    wire_expect_events(wire, "");
    /* Others may be removed by the way; the reg-id of one without instance is not looked at. */
    wire_expect(wire, 200,
                "Contact: <sip:a@h1>;reg-id=1" INSTANCE ", <sip:a@h0>;reg-id=2;expires=0" INSTANCE
                "\n");
    wire_expect(wire, 200, "Contact: <sip:b@h1>;reg-id=1, <sip:c@h1>\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
}

/* As pjsua does when its address changes: the new contact, then the old one with expires=0. */
static void
test_move(void)
{
    static const char *const moves[] = {
        "Contact: <sip:a@h2>;reg-id=1" INSTANCE "\nContact: <sip:a@h1>;reg-id=1;expires=0" INSTANCE
        "\n",
        "Contact: <sip:a@h1>;reg-id=1;expires=0" INSTANCE "\nContact: <sip:a@h2>;reg-id=1" INSTANCE
        "\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        g_autoptr(Wire) wire = wire_new();
        wire_open(wire);
        wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
        wire_expect(wire, 200, moves[i]);
        g_assert_cmpstr(wire_list(wire, AOR), ==, "sip:a@h2");
        wire_expect(wire, 500,
                    "Contact: <sip:a@h3>;reg-id=1" INSTANCE
                    ", <sip:a@h3>;reg-id=1;expires=0" INSTANCE "\n");
        g_assert_cmpstr(wire_list(wire, AOR), ==, "sip:a@h2");
    }
}

static void
test_modes(void)
{
    static const char flow[] = SUPPORTED "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n";
    g_autoptr(Wire) off = wire_new();
    off->config.policy.outbound = ROLL_OUTBOUND_OFF;
    wire_open(off);
    wire_expect(off, 420, "Require: outbound\n");
    wire_expect_field(off, "Unsupported", "outbound");
    wire_expect(off, 200, flow);
    wire_expect_field(off, "Require", "");
    off->via = SECOND_VIA;
    wire_expect(off, 200, flow);

    g_autoptr(Wire) must = wire_new();
    must->config.policy.outbound = ROLL_OUTBOUND_REQUIRE;
    wire_open(must);
    wire_expect(must, 421, "Contact: <sip:a@h1>\n");
    wire_expect_field(must, "Require", "outbound");
    wire_expect_events(must, "");
    g_assert_cmpint(wire_resend(must), ==, 421);
    wire_expect_field(must, "Require", "outbound");
    wire_expect(must, 200, "");
    wire_expect(must, 200, "Contact: <sip:a@h1>;expires=0\n");
    wire_expect(must, 200, "Contact: *\nExpires: 0\n");
    wire_expect(must, 200, "Contact: <sip:a@h1>\nSupported: outbound\n");
    wire_expect(must, 200, "Require: outbound\n" SUPPORTED);
}

static void
test_star(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    /* Section 4.2.3: nothing may stand with the star. */
    wire_expect(wire, 400, "Contact: *;reg-id=1" INSTANCE "\nExpires: 0\n");
    wire_expect(wire, 200, "Contact: *\nExpires: 0\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);
}

static void
test_locations(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire->peer.transport = ROLL_TRANSPORT_TCP;
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=7;x=y" INSTANCE "\n");
    wire_expect_field(wire, "Contact", "<sip:a@h1>;reg-id=7;x=y" INSTANCE ";expires=3600");
    const RollLocation *found;
    g_assert_cmpuint(roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT(AOR), &found), ==, 1);
    g_assert_true(roll_text_equal(found[0].instance, ROLL_TEXT(UUID)));
    g_assert_true(roll_text_equal(found[0].params, ROLL_TEXT(";reg-id=7;x=y" INSTANCE)));
    g_assert_cmpuint(found[0].reg_id, ==, 7);
    g_assert_cmpmem(&found[0].flow, sizeof found[0].flow, &wire->peer, sizeof wire->peer);
}

/* Section 7: a connection closes and what was bound on it goes, whoever it was of. */
static void
test_drop_flow(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire->peer.transport = ROLL_TRANSPORT_TCP;
    RollEndpoint first = wire->peer;
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    wire_expect(wire, 200, "Contact: <sip:plain@h1>\n");
    wire->to = "sip:bob@example.org";
    wire_expect(wire, 200, "Contact: <sip:b@h1>;reg-id=1" INSTANCE "\n");
    wire->to = AOR;
    wire->peer.port++;
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=2" INSTANCE "\n");
    g_string_truncate(wire->events, 0);

    /* What an address of the family does not use does not count. */
    memset(first.address + 4, 0x55, 12);
    wire->now = ROLL_SECOND;
    roll_registrar_drop_flow(wire->registrar, wire->now, &first);
    g_assert_nonnull(strstr(wire->events->str, "deactivated " AOR " sip:a@h1"));
    g_assert_nonnull(strstr(wire->events->str, "deactivated sip:bob@example.org sip:b@h1"));
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    g_string_truncate(wire->events, 0);
    roll_registrar_drop_flow(wire->registrar, wire->now, &first);
    wire_expect_events(wire, "");

    /* A refresh on a new connection takes the binding with it. */
    RollEndpoint second = wire->peer;
    wire->peer.port++;
    wire_expect(wire, 200, "Contact: <sip:a@h1>;reg-id=2" INSTANCE "\n");
    roll_registrar_drop_flow(wire->registrar, wire->now, &second);
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    roll_registrar_drop_flow(wire->registrar, wire->now, &wire->peer);
    g_assert_cmpstr(wire_list(wire, AOR), ==, "sip:plain@h1");
}

/* The index of connections agrees with the table whatever happens to the bindings. */
static void
test_flows_in_number(void)
{
    enum { USERS = 40, STEPS = 4000 };
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire->peer.transport = ROLL_TRANSPORT_TLS;
    for (int i = 0; i < STEPS; i++) {
        g_autofree char *to =
            g_strdup_printf("sip:u%d@example.org", g_test_rand_int_range(0, USERS));
        g_autofree char *fields =
            g_strdup_printf("Contact: <sip:a@h1>;reg-id=%d;expires=%d" INSTANCE "\n",
                            g_test_rand_int_range(1, 4), g_test_rand_int_range(0, 3) ? 60 : 0);
        wire->to = to;
        wire->peer.port = (uint16_t)g_test_rand_int_range(1, 30);
        wire_expect(wire, 200, fields);
        wire->now += g_test_rand_int_range(0, (int)ROLL_SECOND);
        roll_registrar_wake(wire->registrar, wire->now, wire->outbox);
        g_string_truncate(wire->events, 0);
        if (i % 50 == 0)
            roll_registrar_drop_flow(wire->registrar, wire->now, &wire->peer);
    }
    for (uint16_t port = 1; port < 30; port++) {
        wire->peer.port = port;
        roll_registrar_drop_flow(wire->registrar, wire->now, &wire->peer);
    }
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outbound/5626-6/instance-and-reg-id-are-the-key", test_key);
    g_test_add_func("/outbound/3261-10.3-7/order-holds-for-flows", test_order);
    g_test_add_func("/outbound/5626-6/plain-bindings-beside-flows", test_plain_beside);
    g_test_add_func("/outbound/5626-6/the-answer-says-when-it-was-done", test_require_in_answer);
    g_test_add_func("/outbound/5626-6/the-first-hop-must-hold-the-flow", test_first_hop);
    g_test_add_func("/outbound/5626-6/one-flow-a-request", test_one_flow_a_request);
    g_test_add_func("/outbound/5626-6/a-flow-moves-in-one-request", test_move);
    g_test_add_func("/outbound/3261-21.4.16/off-and-required", test_modes);
    g_test_add_func("/outbound/5626-4.2.3/star-stands-alone", test_star);
    g_test_add_func("/outbound/5626-7/lookup-tells-flows-apart", test_locations);
    g_test_add_func("/outbound/5626-7/a-closed-connection-takes-its-bindings", test_drop_flow);
    g_test_add_func("/outbound/5626-7/connections-in-number", test_flows_in_number);
    return g_test_run();
}
