/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registrar as a redirect server (RFC 3261 section 8.3): who asks for a user is told where he
 * is, and nobody learns who has an account. */
#include "tests/unit/wire.h"

static Wire *
open_wire(void)
{
    Wire *wire = wire_new();
    wire->config.redirect = true;
    wire_open(wire);
    return wire;
}

/* @to_tag: of a dialog, "" outside of any. Returns: the status, 0 without answer. */
static int
ask_with(Wire *wire, const char *method, const char *uri, const char *to_tag)
{
    wire->cseq++;
    g_string_printf(wire->sent,
                    "%s %s SIP/2.0\n"
                    "Via: SIP/2.0/UDP 192.0.2.1:5099;branch=z9hG4bK-%u;rport\n"
                    "From: <sip:caller@example.net>;tag=1\nTo: <sip:callee@example.net>%s\n"
                    "Call-ID: ask\nCSeq: %u %s\n\n",
                    method, uri, wire->cseq, to_tag, wire->cseq, method);
    return wire_resend(wire);
}

static int
ask(Wire *wire, const char *method, const char *uri)
{
    return ask_with(wire, method, uri, "");
}

static void
test_status(void)
{
    static const struct {
        const char *what;
        const char *method;
        const char *uri;
        const char *to_tag;
        int status;
    } cases[] = {
        {"a user with a record", "INVITE", "sip:alice@example.org", "", 302},
        {"for any method", "MESSAGE", "sip:alice@example.org", "", 302},
        {"even one that is unknown", "FETCH", "sip:alice@example.org", "", 302},
        {"OPTIONS goes to the user", "OPTIONS", "sip:alice@example.org", "", 302},
        {"parameters and escapes of his name", "INVITE", "sip:%61lice@EXAMPLE.org;x=y", "", 302},
        {"a user without one", "INVITE", "sip:bob@example.org", "", 480},
        {"a name is case-sensitive", "INVITE", "sip:Alice@example.org", "", 480},
        {"another domain", "INVITE", "sip:alice@example.com", "", 404},
        {"another domain, OPTIONS", "OPTIONS", "sip:example.com", "", 404},
        {"another scheme", "OPTIONS", "tel:+123", "", 416},
        {"within a dialog", "INVITE", "sip:alice@example.org", ";tag=2", 481},
        {"BYE", "BYE", "sip:alice@example.org", ";tag=2", 481},
        {"CANCEL", "CANCEL", "sip:alice@example.org", "", 200},
        {"OPTIONS of the server", "OPTIONS", "sip:example.org", "", 200},
        {"INVITE of the server", "INVITE", "sip:example.org", "", 405},
        {"nothing answers an ACK", "ACK", "sip:alice@example.org", "", 0},
    };
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].what);
        g_assert_cmpint(ask_with(wire, cases[i].method, cases[i].uri, cases[i].to_tag), ==,
                        cases[i].status);
    }
}

static void
test_order(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200,
                "Contact: <sip:low@192.0.2.7>;q=0.2, <sip:high@192.0.2.8>;q=0.9,"
                " <sip:none@192.0.2.9>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 302);
    const char *none = strstr(wire->answer->str, "sip:none@"),
               *high = strstr(wire->answer->str, "sip:high@"),
               *low = strstr(wire->answer->str, "sip:low@");
    g_assert_true(none && high && low);
    g_assert_true(high < low);
}

static void
test_expired(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>;expires=60\n");
    wire->now += 59 * ROLL_SECOND;
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 302);
    g_assert_nonnull(strstr(wire_field(wire, "Contact"), "expires=1"));
    wire->now += ROLL_SECOND;
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 480);
}

/* Section 8.3: a redirection to the URI that was asked for would go round for ever. */
static void
test_loop(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200, "Contact: <sip:alice@example.org>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 480);
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 302);
    g_assert_null(strstr(wire_field(wire, "Contact"), "sip:alice@example.org"));
}

static void
test_path(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200,
                "Supported: path\nPath: <sip:edge.example.net;lr>\nContact: <sip:a@192.0.2.7>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 480);
}

/* RFC 8599 section 13: they are for the user's own proxy, and a caller is another user. */
static void
test_push(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200,
                "Contact: <sip:a@192.0.2.7;pn-provider=x;ob;pn-prid=secret1>,"
                " <sip:b@192.0.2.8;PN-prid=secret2;transport=tcp>;q=0.5\n");
    g_assert_nonnull(strstr(wire->answer->str, "secret2"));
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 302);
    g_assert_cmpstr(wire_field(wire, "Contact"), ==,
                    "<sip:a@192.0.2.7;ob>;q=1;expires=3600 | "
                    "<sip:b@192.0.2.8;transport=tcp>;q=0.5;expires=3600");
}

/* Users and strangers: the same words, but for what the request itself brought. */
static void
test_no_names(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>\n");
    wire_expect(wire, 200, "Contact: *\nExpires: 0\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 480);
    gsize len = wire->answer->len;
    g_assert_cmpint(ask(wire, "INVITE", "sip:nobody@example.org"), ==, 480);
    g_assert_cmpuint(wire->answer->len, ==, len);
}

static void
test_again(void)
{
    g_autoptr(Wire) wire = open_wire();
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 302);
    g_autofree char *first = g_strdup(wire->answer->str);
    g_assert_cmpint(wire_resend(wire), ==, 302);
    g_assert_cmpstr(wire->answer->str, ==, first);
}

static void
test_options(void)
{
    g_autoptr(Wire) wire = open_wire();
    g_assert_cmpint(ask(wire, "OPTIONS", "sip:example.org"), ==, 200);
    g_assert_nonnull(strstr(wire_field(wire, "Allow"), "REGISTER"));
    g_assert_nonnull(strstr(wire_field(wire, "Supported"), "path"));
}

static void
test_off(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@192.0.2.7>\n");
    g_assert_cmpint(ask(wire, "INVITE", "sip:alice@example.org"), ==, 405);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/redirect/status", test_status);
    g_test_add_func("/redirect/highest-q-first", test_order);
    g_test_add_func("/redirect/what-expired-is-left-out", test_expired);
    g_test_add_func("/redirect/never-back", test_loop);
    g_test_add_func("/redirect/not-past-a-path", test_path);
    g_test_add_func("/redirect/8599-13/no-push-parameters", test_push);
    g_test_add_func("/redirect/who-was-here-and-who-never-was-look-alike", test_no_names);
    g_test_add_func("/redirect/a-copy-gets-the-same", test_again);
    g_test_add_func("/redirect/options-of-the-server", test_options);
    g_test_add_func("/redirect/only-if-it-is-on", test_off);
    return g_test_run();
}
