/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Path (RFC 3327) and Service-Route (RFC 3608), over the door for bytes. */
#include "tests/unit/wire.h"

#define PROXIES                                                                                    \
    "Path: <sip:p1.example.net;lr>\nContact: <sip:a@h1>\n"                                         \
    "Path: <sip:p2.example.net;lr>, \"Q, x\" <sip:p3.example.net;lr;x=1>\n"

static const char vector[] =
    "<sip:p1.example.net;lr>,<sip:p2.example.net;lr>,\"Q, x\" <sip:p3.example.net;lr;x=1>";

static void
expect_path(Wire *wire, const char *aor, const char *expected)
{
    const RollLocation *found;
    size_t n = roll_registrar_lookup(wire->registrar, wire->now, roll_text(aor), &found);
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(roll_text_equal(found[0].path, roll_text(expected)));
}

static void
test_order_is_kept(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, PROXIES "Supported: gruu, path\n");
    wire_expect_field(wire, "Path", vector);
    expect_path(wire, "sip:alice@example.org", vector);
    g_assert_cmpint(wire_resend(wire), ==, 200);
    wire_expect_field(wire, "Path", vector);
    /* A later registration over another way takes the place of the whole vector. */
    wire_expect(wire, 200, "Contact: <sip:a@h1>\nPath: <sip:p9.example.net;lr>\n");
    expect_path(wire, "sip:alice@example.org", "<sip:p9.example.net;lr>");
    wire_expect(wire, 200, "Contact: <sip:a@h1>\n");
    expect_path(wire, "sip:alice@example.org", NULL);
}

static void
test_bindings_keep_their_own(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@h1>\nPath: <sip:p1;lr>\n");
    wire_expect(wire, 200, "Contact: <sip:b@h2>;q=0.5\nPath: <sip:p2;lr>\n");
    const RollLocation *found;
    g_assert_cmpuint(
        roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT("sip:alice@example.org"), &found), ==,
        2);
    g_assert_true(roll_text_equal(found[0].path, ROLL_TEXT("<sip:p1;lr>")));
    g_assert_true(roll_text_equal(found[1].path, ROLL_TEXT("<sip:p2;lr>")));
}

static void
test_lazy(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, PROXIES);
    wire_expect_field(wire, "Path", "");
    expect_path(wire, "sip:alice@example.org", vector);
    wire_expect(wire, 200, "Require: path\nSupported: path\n" PROXIES);
}

static void
test_strict(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire->config.policy.path = ROLL_PATH_STRICT;
    wire_open(wire);
    wire_expect(wire, 420, PROXIES);
    wire_expect_field(wire, "Unsupported", "path");
    wire_expect_events(wire, "");
    wire_expect(wire, 200, PROXIES "k: PATH\n");
    wire_expect_field(wire, "Path", vector);
    wire_expect(wire, 200, "Contact: <sip:b@h1>\n");
}

static void
test_off(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire->config.policy.path = ROLL_PATH_OFF;
    wire_open(wire);
    wire_expect(wire, 200, PROXIES "Supported: path\n");
    wire_expect_field(wire, "Path", "");
    expect_path(wire, "sip:alice@example.org", NULL);
    wire_expect(wire, 420, "Require: path\n" PROXIES);
    wire_expect_field(wire, "Unsupported", "path");
}

static void
test_malformed(void)
{
    static const char *const bad[] = {"sip:p1;lr", "<sip:p1;lr", "<mailto:a@b>", "<>",
                                      "<sip:p1;lr>, p2"};
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *fields = g_strdup_printf("Contact: <sip:a@h1>\nPath: %s\n", bad[i]);
        wire_expect(wire, 400, fields);
    }
    wire_expect_events(wire, "");
}

static void
test_routes_are_not_repeated(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200,
                "Contact: <sip:a@h1>\nRecord-Route: <sip:p1;lr>\nRoute: <sip:example.org;lr>\n"
                "Route: <<\n");
    wire_expect_field(wire, "Record-Route", "");
    wire_expect_field(wire, "Route", "");
    expect_path(wire, "sip:alice@example.org", NULL);
}

static void
test_service_route(void)
{
    static const char route[] = "<sip:p2.home.example.org;lr>, <sip:hsp.example.org;lr>";
    g_autofree char *copy = g_strdup(route);
    g_autoptr(Wire) wire = wire_new();
    wire->config.service_route = copy;
    wire_open(wire);
    memset(copy, 'x', strlen(copy));
    wire_expect(wire, 200, "Contact: <sip:a@h1>\n");
    wire_expect_field(wire, "Service-Route", route);
    g_assert_cmpint(wire_resend(wire), ==, 200);
    wire_expect_field(wire, "Service-Route", route);
    wire_expect(wire, 200, "");
    wire_expect_field(wire, "Service-Route", route);
    wire_expect(wire, 420, "Require: x\n");
    wire_expect_field(wire, "Service-Route", "");
}

/* The client's side reads what the server's side wrote. */
static void
test_client_reads(void)
{
    g_autoptr(Wire) wire = wire_new();
    g_autoptr(RollMessage) reader = roll_message_new();
    RollReply reply;
    wire->config.service_route = "<sip:s;lr>";
    wire->config.policy.flow_timer = 90;
    wire_open(wire);
    wire_expect(wire, 200,
                "Supported: path, outbound\nPath: <sip:p;lr;ob>\n"
                "Contact: <sip:a@h1>;reg-id=2;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_true(roll_message_read_reply(reader, (const uint8_t *)wire->answer->str,
                                          wire->answer->len, &reply));
    g_assert_true(roll_text_equal(reply.path, ROLL_TEXT("<sip:p;lr;ob>")));
    g_assert_true(roll_text_equal(reply.service_route, ROLL_TEXT("<sip:s;lr>")));
    g_assert_true(roll_text_equal(reply.require, ROLL_TEXT("outbound")));
    g_assert_cmpuint(reply.flow_timer, ==, 90);
    g_assert_cmpuint(reply.contacts[0].reg_id, ==, 2);
    g_assert_true(roll_text_equal(reply.contacts[0].instance, ROLL_TEXT("urn:x:1")));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/3327-5.3/order-is-kept-and-copied", test_order_is_kept);
    g_test_add_func("/path/3327-5.3/each-binding-has-its-own", test_bindings_keep_their_own);
    g_test_add_func("/path/3261-8.2.4/lazy-tells-only-who-supports-it", test_lazy);
    g_test_add_func("/path/3327-5.3/strict-refuses-who-does-not", test_strict);
    g_test_add_func("/path/off-keeps-nothing", test_off);
    g_test_add_func("/path/3327-4/malformed-binds-nothing", test_malformed);
    g_test_add_func("/path/3261-10.3/routes-are-ignored", test_routes_are_not_repeated);
    g_test_add_func("/path/3608-6.3/service-route-in-every-200", test_service_route);
    g_test_add_func("/path/client-reads-what-the-registrar-writes", test_client_reads);
    return g_test_run();
}
