/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of RFC 3261 sections 8.2 and 10.3, each through both doors. A path names the step of
 * section 10.3, or the section, and the behaviour. */
#include "tests/unit/door.h"

static void
test_other_methods(Door *door)
{
    static const char *const known[] = {"INVITE", "OPTIONS", "CANCEL", "BYE",
                                        "NOTIFY", "MESSAGE", "PUBLISH"};
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        door_expect(door, "405", .method = known[i], .contacts = "sip:a@h1");
    door_expect(door, "501", .method = "register", .contacts = "sip:a@h1");
    door_expect(door, "501", .method = "FETCH", .contacts = "sip:a@h1");
    door_expect(door, "", .method = "ACK");
    door_expect_events(door, "");
}

static void
test_target(Door *door)
{
    door_open(door);
    door_expect(door, "416", .uri = "tel:123", .contacts = "sip:a@h1");
    door_expect(door, "404", .uri = "sip:example.com", .contacts = "sip:a@h1");
    door_expect(door, "404", .uri = "sip:sub.example.org", .contacts = "sip:a@h1");
    door_expect(door, "200 sip:a@h1 3600", .uri = "sip:EXAMPLE.org:5070", .contacts = "sip:a@h1");
    door_expect(door, "200 sip:a@h1 3600", .uri = "sips:example.net", .contacts = "sip:a@h1");
}

static void
test_merge(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 7);
    door_expect(door, "482", .contacts = "sip:a@h1", .cseq = 7);
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 7, .to_tag = "t");
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 7, .from_tag = "other");
    /* The transaction is over with Timer J, and with it the merge. */
    door->now += ROLL_TIMER_J;
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 7);
}

static void
test_require(Door *door)
{
    door_open(door);
    door_expect(door, "420 not 100rel,gin", .require = "100rel, path, gin", .contacts = "sip:a@h1");
    door_expect(door, "420 not x", .require = ", x ,", .contacts = "sip:a@h1");
    door_expect_events(door, "");
}

static void
test_aor(Door *door)
{
    g_autofree char *long_user = g_strnfill(550, 'u');
    door_open(door);
    door_expect(door, "400", .to = "tel:+4912345", .contacts = "sip:a@h1");
    door_expect(door, "404", .to = "sip:alice@example.com", .contacts = "sip:a@h1");
    door_expect(door, "400", .to = long_user, .contacts = "sip:a@h1");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1",
                .to = "sip:%61lice:pw@EXAMPLE.ORG:5099;transport=tcp;user=phone?subject=x");
    door_expect(door, "200 sip:a@h1 3600", .to = "alice");
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1");
    /* A user is case-sensitive, and sips is another address. */
    door_expect(door, "200", .to = "Alice");
    door_expect(door, "200", .to = "sips:alice@example.org");
}

static void
test_fetch(Door *door)
{
    door_open(door);
    door_expect(door, "200", .to = "alice");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 0);
    door_expect(door, "200 sip:a@h1 600 q=500", .contacts = "sip:a@h1 e=600 q=500", .cseq = 9);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 600");
    /* No check of CSeq, and Expires alone does nothing. */
    door_expect(door, "200 sip:a@h1 600 q=500", .cseq = 3, .expires = "0");
    door_expect_events(door, "");
}

static void
test_star(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 5);
    door_expect(door, "200 sip:a@h1 3600, sip:b@h2 3600", .contacts = "sip:b@h2",
                .call_id = "call-2", .cseq = 50);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600; "
                             "created sip:alice@example.org sip:b@h2 3600");
    door_expect(door, "400", .contacts = "*", .cseq = 99);
    door_expect(door, "400", .contacts = "*", .expires = "1", .cseq = 100);
    door_expect(door, "400", .contacts = "*,sip:a@h1", .expires = "0", .cseq = 101);
    door_expect(door, "400", .contacts = "sip:a@h1,*", .expires = "0", .cseq = 102);
    door_expect(door, "400", .contacts = "*,*", .expires = "0", .cseq = 103);
    door_expect_events(door, "");
    /* In order for the first binding, equal to the CSeq of the second: none goes. */
    door_expect(door, "500", .contacts = "*", .expires = "0", .call_id = "call-2", .cseq = 50,
                .from_tag = "other");
    door_expect_events(door, "");
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@h1, sip:b@h2");
    door_expect(door, "200", .contacts = "*", .expires = "0", .call_id = "call-2", .cseq = 51);
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h1; "
                             "unregistered sip:alice@example.org sip:b@h2");
    door_expect(door, "200", .contacts = "*", .expires = "0");
}

static void
test_expires(Door *door)
{
    door->config.default_expires = 1800;
    door->config.max_expires = 7200;
    door_open(door);
    door_expect(door, "200 sip:a@h1 1800", .contacts = "sip:a@h1");
    door_expect(door, "200 sip:a@h1 900", .contacts = "sip:a@h1", .expires = "900");
    door_expect(door, "200 sip:a@h1 300", .contacts = "sip:a@h1 e=300", .expires = "900");
    door_expect(door, "200 sip:a@h1 7200", .contacts = "sip:a@h1 e=7201");
    door_expect(door, "200 sip:a@h1 7200", .contacts = "sip:a@h1 e=4294967295");
    door_expect(door, "200 sip:a@h1 300, sip:b@h2 900", .contacts = "sip:a@h1 e=300,sip:b@h2",
                .expires = "900");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0,sip:b@h2", .expires = "0");
}

static void
test_brief(Door *door)
{
    door->config.min_expires = 5000;
    door_open(door);
    door_expect(door, "423 min 5000", .contacts = "sip:a@h1 e=1");
    door_expect(door, "423 min 5000", .contacts = "sip:a@h1 e=3599");
    door_expect(door, "423 min 5000", .contacts = "sip:b@h2,sip:a@h1 e=3599", .expires = "3600");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0");
    door_expect_events(door, "");
    /* From an hour on 423 is not allowed, and to grant more than asked is not either. */
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1 e=3600");
}

static void
test_minimum_is_enough(Door *door)
{
    door_open(door);
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=59");
    door_expect(door, "200 sip:a@h1 60", .contacts = "sip:a@h1 e=60");
}

static void
test_matching(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1;lr 3600", .contacts = "sip:a@h1;lr");
    /* Equal by section 19.1.4: replaced, with the new text. */
    door_expect(door, "200 sip:a@H1;x=y 3600", .contacts = "sip:a@H1;x=y");
    door_expect(door, "200 sip:a@H1;x=y 3600, sip:a@h1:5060 3600", .contacts = "sip:a@h1:5060");
    door_expect(door, "200 sip:a@H1;x=y 3600, sip:a@h1:5060 3600, sips:a@h1 3600",
                .contacts = "sips:a@h1");
    door_expect(door, "200 sip:a@h1:5060 3600, sips:a@h1 3600", .contacts = "sip:%61@h1 e=0");
    /* What is not there need not be removed. */
    door_expect(door, "200 sip:a@h1:5060 3600, sips:a@h1 3600", .contacts = "sip:c@h9 e=0");
}

static void
test_written_alike_goes_first(Door *door)
{
    door_open(door);
    /* Equality is not transitive: the first equals the two others, which differ. */
    door_expect(door, "200 sip:a@h1;x=1 3600", .contacts = "sip:a@h1;x=1");
    door_expect(door, "200 sip:a@h1;x=1 3600, sip:a@h1;x=2 3600", .contacts = "sip:a@h1;x=2");
    door_expect(door, "200 sip:a@h1;x=1 3600, sip:a@h1;x=2 100", .contacts = "sip:a@h1;x=2 e=100");
}

static void
test_order(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 10);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600");
    door->now += ROLL_TIMER_J;
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 10);
    door_expect(door, "500", .contacts = "sip:a@h1", .cseq = 9);
    door_expect(door, "500", .contacts = "sip:a@h1 e=0", .cseq = 8);
    door_expect_events(door, "");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 11);
    door_expect_events(door, "refreshed sip:alice@example.org sip:a@h1 3600");
    /* Another Call-ID: any CSeq, and the record takes both. */
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 2, .call_id = "new");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 3, .call_id = "new");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 1, .call_id = "call-1");
    /* A new contact is not measured by the CSeq of the others. */
    door_expect(door, "200 sip:a@h1 3600, sip:b@h2 3600", .contacts = "sip:b@h2", .cseq = 1,
                .from_tag = "other");
}

static void
test_all_or_nothing(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .cseq = 10, .call_id = "x");
    door_expect(door, "200 sip:a@h1 3600, sip:b@h2 3600", .contacts = "sip:b@h2", .cseq = 5);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600; "
                             "created sip:alice@example.org sip:b@h2 3600");
    const char *const before = "200 sip:a@h1 3600, sip:b@h2 3600";
    static const char *const bad[] = {
        "sip:a@h1 e=0,sip:c@h3,sip:b@h2",
        "sip:c@h3,sip:b@h2 e=0",
        "sip:a@h1 e=77,sip:b@h2 e=99",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        door_expect(door, "500", .contacts = bad[i], .cseq = 5, .to_tag = "t");
        door_expect(door, before, .cseq = 500 + (uint32_t)i);
    }
    door_expect(door, "423 min 60", .contacts = "sip:a@h1 e=0,sip:c@h3,sip:d@h4 e=5", .cseq = 20);
    door_expect(door, before, .cseq = 510);
    door_expect_events(door, "");
}

static void
test_twice_in_one_request(Door *door)
{
    door_open(door);
    door_expect(door, "500", .contacts = "sip:a@h1,sip:a@H1 e=100");
    door_expect(door, "500", .contacts = "sip:a@h1,sip:a@h1 e=0");
    door_expect_events(door, "");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600");
    /* Removed by the first, so there is none for the second to be compared with. */
    door_expect(door, "200 sip:a@h1 100", .contacts = "sip:a@h1 e=0,sip:a@h1 e=100");
    door_expect_events(door, "unregistered sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:a@h1 100");
    door_expect(door, "200", .contacts = "sip:a@h1 e=0,sip:a@h1 e=0");
}

static void
test_move(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
    door_expect(door, "200 sip:a@h2 3600", .contacts = "sip:a@h1 e=0,sip:a@h2");
    door_expect_events(door, "created sip:alice@example.org sip:a@h1 3600; "
                             "unregistered sip:alice@example.org sip:a@h1; "
                             "created sip:alice@example.org sip:a@h2 3600");
}

static void
test_listing(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1;+x=\"y\" 3600 q=300", .contacts = "sip:a@h1 q=300 p=;+x=\"y\"");
    door->now = 1;
    /* A second begun counts whole. */
    door_expect(door, "200 sip:a@h1;+x=\"y\" 3600 q=300, sip:b@h2 100",
                .contacts = "sip:b@h2 e=100");
    door->now = ROLL_SECOND;
    door_expect(door, "200 sip:a@h1;+x=\"y\" 3599 q=300, sip:b@h2 100", .to = "alice");
    door->now = ROLL_SECOND + 1;
    door_expect(door, "200 sip:a@h1;+x=\"y\" 3599 q=300, sip:b@h2 99", .to = "alice");
}

static void
test_lookup_order(Door *door)
{
    door_open(door);
    door_ask(door, &(Ask){.contacts = "sip:old@h1 q=500,sip:last@h2 q=0"});
    door->now = 10;
    door_ask(door, &(Ask){.contacts = "sip:young@h3 q=500,sip:best@h4"});
    g_assert_cmpstr(door_list(door, "alice"), ==,
                    "sip:best@h4, sip:young@h3, sip:old@h1, sip:last@h2");
    g_assert_cmpstr(door_list(door, "bob"), ==, "");
}

static void
test_limits(Door *door)
{
    door->config.max_contacts_per_request = 3;
    door->config.max_bindings_per_aor = 4;
    door->config.max_aors = 2;
    door_open(door);
    door_expect(door, "400", .contacts = "sip:a@h1,sip:b@h2,sip:c@h3,sip:d@h4");
    door_expect(door, "200 sip:a@h1 3600, sip:b@h2 3600, sip:c@h3 3600",
                .contacts = "sip:a@h1,sip:b@h2,sip:c@h3");
    door_expect(door, "503 after 60", .contacts = "sip:d@h4,sip:e@h5");
    door_expect(door, "200 sip:b@h2 3600, sip:c@h3 3600, sip:d@h4 3600, sip:e@h5 3600",
                .contacts = "sip:a@h1 e=0,sip:d@h4,sip:e@h5");
    door_expect(door, "503 after 60", .contacts = "sip:f@h6");
    door_expect(door, "200 sip:b@h2 50000, sip:c@h3 3600, sip:d@h4 3600, sip:e@h5 3600",
                .contacts = "sip:b@h2 e=50000");
    door_expect(door, "200 sip:b@h1 100", .to = "bob", .contacts = "sip:b@h1 e=100");
    door_expect(door, "503 after 60", .to = "carol", .contacts = "sip:c@h1");
    door_expect(door, "200", .to = "carol");
    g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 5);
    /* An expired record does not hold its place, though nobody purged it yet. */
    door->now = 100 * ROLL_SECOND;
    door_expect(door, "200 sip:c@h1 3600", .to = "carol", .contacts = "sip:c@h1");
}

static void
test_mark(Door *door)
{
    /* The observer counts its calls in the mark. */
    static const struct {
        Ask ask;
        uint64_t mark;
    } steps[] = {
        {{.contacts = "sip:a@h1"}, 1},
        {{.contacts = "sip:a@h1"}, 2},
        {{.contacts = "sip:a@h1 e=0,sip:b@h1"}, 4},
        {{.contacts = "sip:c@h1", .to = "bob"}, 1},
        {{.contacts = "*", .expires = "0"}, 5},
        {{.contacts = "sip:a@h1"}, 1},
    };
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        door_ask(door, &steps[i].ask);
        g_assert_cmpuint(door->mark, ==, steps[i].mark);
    }
}

static void
test_static(Door *door)
{
    door->config.max_bindings_per_aor = 2;
    door->config.max_aors = 1;
    door_open(door);
    RollRegistrar *r = door->registrar;
    g_assert_false(roll_registrar_add_static(r, 0, ROLL_TEXT("tel:1"), ROLL_TEXT("sip:a@h1")));
    g_assert_false(roll_registrar_add_static(r, 0, ROLL_TEXT("alice"), ROLL_TEXT("sip:a@h1")));
    g_assert_false(
        roll_registrar_add_static(r, 0, ROLL_TEXT("sip:alice@example.org"), ROLL_TEXT("tel:1")));
    g_assert_true(
        roll_registrar_add_static(r, 0, ROLL_TEXT("sip:alice@Example.org"), ROLL_TEXT("sip:a@h1")));
    g_assert_true(
        roll_registrar_add_static(r, 0, ROLL_TEXT("sip:alice@example.org"), ROLL_TEXT("sip:a@H1")));
    g_assert_cmpuint(roll_registrar_count(r), ==, 1);
    g_assert_false(
        roll_registrar_add_static(r, 0, ROLL_TEXT("sip:bob@example.org"), ROLL_TEXT("sip:b@h1")));
    g_assert_cmpint(roll_registrar_next_wake(r), ==, ROLL_NEVER);
    door_expect_events(door, "created sip:alice@example.org sip:a@h1; "
                             "refreshed sip:alice@example.org sip:a@H1");
    /* No REGISTER moves it. */
    door_expect(door, "200 sip:a@H1 4294967295", .contacts = "sip:a@h1 e=0");
    door_expect(door, "200 sip:a@H1 4294967295", .contacts = "sip:a@h1 e=60");
    door_expect(door, "200 sip:a@H1 4294967295", .contacts = "*", .expires = "0");
    door_expect(door, "200 sip:a@H1 4294967295, sip:b@h2 60", .contacts = "sip:b@h2 e=60");
    g_assert_false(
        roll_registrar_add_static(r, 0, ROLL_TEXT("sip:alice@example.org"), ROLL_TEXT("sip:c@h1")));
    door_run(door, 366 * ROLL_DAY);
    g_assert_cmpstr(door_list(door, "alice"), ==, "sip:a@H1");
    door_expect_events(door, "created sip:alice@example.org sip:b@h2 60; "
                             "expired sip:alice@example.org sip:b@h2");
}

static void
test_way_back(void)
{
    static const struct {
        const char *via;
        uint16_t port;
    } cases[] = {
        {"SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bK1;rport", 40000},
        {"SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bK2", 5070},
        {"SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK3", 5060},
        {"SIP/2.0/UDP [2001:db8::5070];branch=z9hG4bK4", 5060},
        {"SIP/2.0/UDP [2001:db8::1]:5071;branch=z9hG4bK5", 5071},
        {"SIP/2.0/UDP host.example.org:5072;maddr=203.0.113.1;branch=z9hG4bK6", 5072},
    };
    g_autoptr(Door) door = door_new(true);
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "REGISTER sip:example.org SIP/2.0\r\nVia: %s\r\nFrom: <sip:a@example.org>;tag=1\r\n"
            "To: <sip:a@example.org>\r\nCall-ID: c\r\nCSeq: %zu REGISTER\r\n\r\n",
            cases[i].via, i + 1);
        RollPacket in = {
            {{192, 0, 2, 9}, 4, ROLL_TRANSPORT_UDP, 40000}, (const uint8_t *)text, strlen(text)};
        roll_outbox_clear(door->outbox);
        roll_registrar_receive(door->registrar, 0, &in, door->outbox);
        g_assert_cmpuint(roll_outbox_count(door->outbox), ==, 1);
        RollPacket out = roll_outbox_get(door->outbox, 0);
        g_assert_cmpuint(out.peer.port, ==, cases[i].port);
        g_assert_cmpmem(out.peer.address, 4, in.peer.address, 4);
    }
}

/* RFC 3581 section 4: rport and received are filled in whatever the transport; RFC 3261 section
 * 18.2.2: over a connection the answer goes back on it, whatever Via says. */
static void
test_way_back_on_connections(void)
{
    static const char *const vias[] = {
        "192.0.2.9:5070;branch=z9hG4bK1;rport",
        "10.0.0.1;rport;branch=z9hG4bK2",
        "10.0.0.1:5070;branch=z9hG4bK3;maddr=203.0.113.1;rport",
    };
    static const RollTransport transports[] = {ROLL_TRANSPORT_UDP, ROLL_TRANSPORT_TCP,
                                               ROLL_TRANSPORT_TLS, ROLL_TRANSPORT_WSS};
    g_autoptr(Door) door = door_new(true);
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(vias) * G_N_ELEMENTS(transports); i++) {
        g_autofree char *text = g_strdup_printf(
            "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/X %s\r\n"
            "From: <sip:a@example.org>;tag=1\r\nTo: <sip:a@example.org>\r\nCall-ID: c%zu\r\n"
            "CSeq: 1 REGISTER\r\n\r\n",
            vias[i / G_N_ELEMENTS(transports)], i);
        RollPacket in = {
            {{192, 0, 2, 9}, 4, (uint8_t)transports[i % G_N_ELEMENTS(transports)], 40000},
            (const uint8_t *)text,
            strlen(text)};
        roll_outbox_clear(door->outbox);
        roll_registrar_receive(door->registrar, 0, &in, door->outbox);
        RollPacket out = roll_outbox_get(door->outbox, 0);
        g_autofree char *answer = g_strndup((const char *)out.data, out.len);
        g_assert_nonnull(strstr(answer, ";rport=40000"));
        g_assert_nonnull(strstr(answer, ";received=192.0.2.9\r\n"));
        g_assert_cmpmem(&out.peer, sizeof out.peer, &in.peer, sizeof in.peer);
    }
}

static void
test_noise_is_not_answered(void)
{
    g_autofree char *huge = g_strnfill(70000, 'x');
    memcpy(huge, "REGISTER sip:example.org SIP/2.0\r\n", 34);
    const char *const noise[] = {
        "",      "\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n",
        "hello", huge,       "ACK sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n"};
    g_autoptr(Door) door = door_new(true);
    door_open(door);
    for (size_t i = 0; i < G_N_ELEMENTS(noise); i++) {
        RollPacket in = {{{192, 0, 2, 9}, 4, ROLL_TRANSPORT_UDP, 5060},
                         (const uint8_t *)noise[i],
                         strlen(noise[i])};
        roll_registrar_receive(door->registrar, 0, &in, door->outbox);
        g_assert_cmpuint(roll_outbox_count(door->outbox), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/registrar/8.2.1/other-methods-are-refused", test_other_methods);
    door_add_test("/registrar/10.3-1/serves-its-domains-only", test_target);
    door_add_test("/registrar/8.2.2.2/same-request-on-another-path-is-a-loop", test_merge);
    door_add_test("/registrar/10.3-2/unknown-options-are-named", test_require);
    door_add_test("/registrar/10.3-5/to-names-the-address-in-canonical-form", test_aor);
    door_add_test("/registrar/10.3-6/without-contact-nothing-changes", test_fetch);
    door_add_test("/registrar/10.3-6/star-removes-all-or-none", test_star);
    door_add_test("/registrar/10.3-7/contact-before-header-before-default", test_expires);
    door_add_test("/registrar/10.3-7/too-brief-below-an-hour-only", test_brief);
    door_add_test("/registrar/10.3-7/the-minimum-itself-is-granted", test_minimum_is_enough);
    door_add_test("/registrar/10.3-7/contacts-match-by-uri-rules", test_matching);
    door_add_test("/registrar/10.3-7/written-alike-goes-before-equal",
                  test_written_alike_goes_first);
    door_add_test("/registrar/10.3-7/equal-or-lower-cseq-changes-nothing", test_order);
    door_add_test("/registrar/10.3-7/all-contacts-or-none", test_all_or_nothing);
    door_add_test("/registrar/10.3-7/a-contact-named-twice-is-out-of-order",
                  test_twice_in_one_request);
    door_add_test("/registrar/10.3-7/moves-in-one-request", test_move);
    door_add_test("/registrar/10.3-8/lists-what-is-left-rounded-up", test_listing);
    door_add_test("/registrar/16.6/lookup-best-first-then-youngest", test_lookup_order);
    door_add_test("/registrar/limits/hold-for-what-is-added", test_limits);
    door_add_test("/registrar/mark/lives-with-the-address", test_mark);
    door_add_test("/registrar/static/no-register-moves-it", test_static);
    g_test_add_func("/registrar/18.2.2/answers-go-where-via-says", test_way_back);
    g_test_add_func("/registrar/3581-4/rport-over-any-transport", test_way_back_on_connections);
    g_test_add_func("/registrar/receive/noise-is-not-answered", test_noise_is_not_answered);
    return g_test_run();
}
