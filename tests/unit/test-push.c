/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Push parameters (RFC 8599) as far as they are a registrar's: kept for the user's own proxy,
 * stripped for everybody else. */
#include "src/push.h"
#include "tests/unit/wire.h"

#define PUSH ";pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K"
#define CONTACT "sip:alice@alicemobile.example.org" PUSH

/* Folded, as in the example of section 14.1. */
static const char folded[] =
    "Contact: <sip:alice@alicemobile.example.org;pn-provider=acme;pn-param="
    "acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K>\n ;+sip.pnsreg;x=1\n";

static void
test_kept(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, folded);
    wire_expect_field(wire, "Contact", "<" CONTACT ">;+sip.pnsreg;x=1;expires=3600");
    g_assert_cmpstr(wire_list(wire, wire->to), ==, CONTACT);
}

/* Section 4.1.2: a client that gives push up removes its binding without naming the PRID. */
static void
test_removed_without_prid(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, folded);
    wire_expect(wire, 200,
                "Contact: <sip:alice@alicemobile.example.org;pn-provider=acme;pn-param=acme-param>"
                ";expires=0\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 0);
}

/* Section 4.1.1: a new PRID makes another contact (RFC 3261 section 19.1.4: a parameter in both
 * must match), unless the client is known by its instance. */
static void
test_new_prid(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@h1;pn-provider=acme;pn-prid=1>\n");
    wire_expect(wire, 200, "Contact: <sip:a@h1;pn-provider=acme;pn-prid=2>\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 2);
    wire_expect(wire, 200, "Contact: <sip:a@h1;pn-prid=3>;reg-id=1;+sip.instance=\"<urn:x:1>\"\n");
    wire_expect(wire, 200, "Contact: <sip:a@h1;pn-prid=4>;reg-id=1;+sip.instance=\"<urn:x:1>\"\n");
    g_assert_cmpuint(roll_registrar_count(wire->registrar), ==, 3);
}

/* The registrar pushes nothing, so it must not say that it does. */
static void
test_no_feature(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, folded);
    wire_expect_field(wire, "Feature-Caps", "");
    wire_expect(wire, 200, "Contact: <sip:a@h1;pn-provider>\n");
    wire_expect_field(wire, "Feature-Caps", "");
}

static void
test_stripped(void)
{
    static const struct {
        const char *contact;
        const char *shown;
    } cases[] = {
        {CONTACT, "sip:alice@alicemobile.example.org"},
        {"sip:a@h1;x=1" PUSH ";ob", "sip:a@h1;x=1;ob"},
        {"sip:a@h1;PN-Prid=1;pn-purr=2;transport=tcp?h=v", "sip:a@h1;transport=tcp?h=v"},
        {"sip:a@h1;pn-provider;pnx=1;spn-x=2", "sip:a@h1;pnx=1;spn-x=2"},
        {"sip:pn-a;pn-b=1@h1", "sip:pn-a;pn-b=1@h1"},
        {"sip:a@h1", "sip:a@h1"},
        {"tel:+1;pn-prid=1", "tel:+1;pn-prid=1"},
    };
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool changed = strcmp(cases[i].contact, cases[i].shown) != 0;
        g_assert_cmpint(roll_push_strip(roll_text(cases[i].contact), out), ==, changed);
        if (changed)
            g_assert_cmpstr(out->str, ==, cases[i].shown);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/push/8599-4.1/kept-with-the-binding", test_kept);
    g_test_add_func("/push/8599-4.1.2/removed-without-prid", test_removed_without_prid);
    g_test_add_func("/push/8599-4.1.1/a-new-prid-is-a-new-contact", test_new_prid);
    g_test_add_func("/push/8599-4.1.1/no-push-is-claimed", test_no_feature);
    g_test_add_func("/push/8599-13/other-users-do-not-see-it", test_stripped);
    return g_test_run();
}
