/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bulk registration of a trunk's numbers (RFC 6140), over the door for bytes. */
#include "tests/unit/wire.h"

#define TRUNK "sip:pbx@example.org"
#define PARTNER "sip:pbx-2@example.org"
#define FIRST "sip:+12145550102@example.org"
#define LAST "sip:+12145550105@example.org"
#define GIN "Require: gin\nProxy-Require: gin\nSupported: path\n"

static size_t
lookup_numbers(void *data, RollText aor, const RollText **numbers)
{
    static const RollText list[] = {
        {"+12145550102", 12}, {"+1214555-0103", 13}, {"12145550104", 11}, {"+", 1},
        {"+12145550105", 12},
    };
    static const RollText own[] = {{"+49301", 6}, {"+49302", 6}};
    (void)data;
    *numbers = list;
    if (roll_text_equal(aor, ROLL_TEXT(TRUNK)) || roll_text_equal(aor, ROLL_TEXT(PARTNER)))
        return G_N_ELEMENTS(list);
    *numbers = own;
    return roll_text_equal(aor, ROLL_TEXT("sip:+49301@example.org")) ? G_N_ELEMENTS(own) : 0;
}

static Wire *
open_trunk(void)
{
    Wire *wire = wire_new();
    wire->config.numbers = lookup_numbers;
    wire->to = TRUNK;
    return wire;
}

static void
test_one_binding_a_number(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire_expect(wire, 200,
                GIN "Contact: <sip:198.51.100.3:5060;x=1;bnc;transport=tcp>;q=0.5;a=b\n"
                    "Path: <sip:p1;lr>\n");
    /* What the trunk has bound is listed as it bound it. */
    wire_expect_field(wire, "Contact",
                      "<sip:198.51.100.3:5060;x=1;bnc;transport=tcp>;a=b;q=0.5;expires=3600");
    wire_expect_field(wire, "Path", "<sip:p1;lr>");
    /* Only what is E.164 is bound. */
    wire_expect_events(wire,
                       "created " TRUNK " sip:198.51.100.3:5060;x=1;bnc;transport=tcp; "
                       "created " FIRST " sip:+12145550102@198.51.100.3:5060;x=1;transport=tcp; "
                       "created " LAST " sip:+12145550105@198.51.100.3:5060;x=1;transport=tcp");
    const RollLocation *found;
    g_assert_cmpuint(roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT(LAST), &found), ==, 1);
    g_assert_true(roll_text_equal(
        found[0].contact, ROLL_TEXT("sip:+12145550105@198.51.100.3:5060;x=1;transport=tcp")));
    g_assert_true(roll_text_equal(found[0].params, ROLL_TEXT(";a=b")));
    g_assert_true(roll_text_equal(found[0].path, ROLL_TEXT("<sip:p1;lr>")));
    g_assert_cmpint(found[0].q, ==, 500);
    /* Nothing can be sent to the name of the trunk itself. */
    g_assert_cmpstr(wire_list(wire, TRUNK), ==, "");
}

static void
test_lives_and_dies_with_the_trunk(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;expires=60\n");
    wire->now = 50 * ROLL_SECOND;
    g_string_truncate(wire->events, 0);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;expires=60\n");
    wire_expect_events(wire, "refreshed " TRUNK " sip:h1;bnc; refreshed " FIRST
                             " sip:+12145550102@h1; refreshed " LAST " sip:+12145550105@h1");
    wire->now = 109 * ROLL_SECOND;
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h1");
    wire->now = 110 * ROLL_SECOND;
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "");
    roll_registrar_wake(wire->registrar, wire->now, wire->outbox);
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);

    static const char *const removals[] = {"Contact: <sip:h1;bnc>;expires=0\n",
                                           "Contact: *\nExpires: 0\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(removals); i++) {
        wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
        g_string_truncate(wire->events, 0);
        wire_expect(wire, 200, removals[i]);
        wire_expect_events(wire, "unregistered " FIRST " sip:+12145550102@h1; unregistered " LAST
                                 " sip:+12145550105@h1; unregistered " TRUNK " sip:h1;bnc");
        g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);
    }
}

static void
test_single_number_cannot_touch_it(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
    g_string_truncate(wire->events, 0);
    wire->to = FIRST;
    wire->call_id = "call-2";
    /* As if it were not registered: a success that lists what is. */
    wire_expect(wire, 200, "Contact: <sip:+12145550102@h1>;expires=0\n");
    wire_expect_field(wire, "Contact", "<sip:+12145550102@h1>;expires=3600");
    wire_expect(wire, 200, "Contact: *\nExpires: 0\n");
    wire_expect_events(wire, "");
    /* A registration of its own stands beside it, even under the same contact. */
    wire_expect(wire, 200, "Contact: <sip:+12145550102@h1>;expires=100\n");
    wire_expect(wire, 200, "Contact: <sip:ext@h2>;expires=100\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 5);
    wire->to = TRUNK;
    wire->call_id = "call-1";
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;expires=0\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h1, sip:ext@h2");
}

static void
test_user_is_refused(void)
{
    static const char *const bad[] = {"sip:+12145550102@h1;bnc", "sip:h1;bnc;user=phone",
                                      "sip:h1;user=ip;BNC=1"};
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *fields = g_strdup_printf(GIN "Contact: <%s>\n", bad[i]);
        wire_expect(wire, 400, fields);
    }
    wire->to = "sip:alice@example.org";
    wire_expect(wire, 403, GIN "Contact: <sip:h1;bnc>\n");
    wire_expect_events(wire, "");
}

static void
test_all_or_nothing(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire->config.max_aors = 2;
    wire_open(wire);
    wire_expect(wire, 503, GIN "Contact: <sip:h1;bnc>\n");
    wire_expect(wire, 500, GIN "Contact: <sip:h1;bnc>, <sip:h1;bnc>\n");
    wire_expect_events(wire, "");
    /* Three names are needed and two are had. */
    wire->to = "sip:+49301@example.org";
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
}

static void
test_trunk_named_after_a_number(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire->to = "sip:+49301@example.org";
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc;x=1>\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    g_assert_cmpstr(wire_list(wire, "sip:+49301@example.org"), ==, "sip:+49301@h1;x=1");
    g_assert_cmpstr(wire_list(wire, "sip:+49302@example.org"), ==, "sip:+49302@h1;x=1");
    /* The same URI but for bnc is equal, and yet another thing. */
    wire_expect(wire, 200, "Contact: <sip:h1;x=1>\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
}

/* A trunk with two flows (RFC 5626) gives each number two, and drops what a dead one carried. */
static void
test_flows(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire->peer.transport = ROLL_TRANSPORT_TLS;
    RollEndpoint first = wire->peer;
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;reg-id=1;+sip.instance=\"<urn:x:1>\"\n");
    wire->peer.port++;
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;reg-id=2;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 6);
    const RollLocation *found;
    g_assert_cmpuint(roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT(FIRST), &found), ==, 2);
    g_assert_true(roll_text_equal(found[0].instance, found[1].instance));
    g_assert_cmpuint(found[0].reg_id + found[1].reg_id, ==, 3);
    g_assert_cmpuint(found[0].flow.port, !=, found[1].flow.port);
    /* The key of a flow gives a single number no hold on it either. */
    wire->to = FIRST;
    wire_expect(wire, 200, "Contact: <sip:h1>;expires=0;reg-id=1;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 6);
    wire->to = TRUNK;
    wire_expect(wire, 200, GIN "Contact: <sip:h2;bnc>;reg-id=2;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h1, sip:+12145550102@h2");
    roll_registrar_drop_flow(wire->registrar, 0, &first);
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h2");
    /* A flow that stands for the trunk no longer stands for its numbers. */
    wire_expect(wire, 200, "Contact: <sip:p@h2>;reg-id=2;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 1);
}

/* A number may be reached through two trunks; each has its own hold on it. */
static void
test_shared_number(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire_open(wire);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
    wire->to = PARTNER;
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 6);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>;expires=0\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h1");
}

static void
test_not_replaced(void)
{
    g_autoptr(Wire) wire = open_trunk();
    wire->config.max_bindings_per_aor = 1;
    wire->config.policy.full = ROLL_FULL_REPLACE;
    wire_open(wire);
    wire_expect(wire, 200, GIN "Contact: <sip:h1;bnc>\n");
    wire->to = FIRST;
    wire_expect(wire, 503, "Contact: <sip:a@h2>\n");
    g_assert_cmpstr(wire_list(wire, FIRST), ==, "sip:+12145550102@h1");
}

static void
test_off(void)
{
    for (int i = 0; i < 3; i++) {
        g_autoptr(Wire) wire = open_trunk();
        wire->config.policy.bulk = i != 0;
        wire->config.policy.path = i == 2 ? ROLL_PATH_OFF : ROLL_PATH_LAZY;
        if (i == 1)
            wire->config.numbers = NULL;
        wire_open(wire);
        wire_expect(wire, 420, GIN "Contact: <sip:h1;bnc>\n");
        wire_expect_field(wire, "Unsupported", "gin");
        wire_expect_events(wire, "");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bulk/6140-5.2/one-binding-a-number", test_one_binding_a_number);
    g_test_add_func("/bulk/6140-5.2/lives-and-dies-with-the-trunk",
                    test_lives_and_dies_with_the_trunk);
    g_test_add_func("/bulk/6140-5.2/a-single-number-cannot-touch-it",
                    test_single_number_cannot_touch_it);
    g_test_add_func("/bulk/6140-5.3/no-success-with-a-user", test_user_is_refused);
    g_test_add_func("/bulk/3261-10.3-7/all-numbers-or-none", test_all_or_nothing);
    g_test_add_func("/bulk/a-trunk-named-after-a-number", test_trunk_named_after_a_number);
    g_test_add_func("/bulk/5626-6/flows-of-a-trunk", test_flows);
    g_test_add_func("/bulk/a-number-of-two-trunks", test_shared_number);
    g_test_add_func("/bulk/6140-5.2/never-replaced-by-policy", test_not_replaced);
    g_test_add_func("/bulk/3261-8.2.2.3/off", test_off);
    return g_test_run();
}
