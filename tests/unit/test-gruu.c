/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Globally routable user agent URIs (RFC 5627), over the door for bytes. */
#include "tests/unit/wire.h"

#define AOR "sip:alice@example.org"
#define URN "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
#define INSTANCE ";+sip.instance=\"<" URN ">\""
#define OTHER ";+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-000000000002>\""
#define GRUU "Supported: gruu\n"

/* A REGISTER that must succeed. Returns: (transfer full): the temporary GRUU listed for @uri. */
static char *
get_temp(Wire *wire, const char *uri, const char *fields)
{
    g_autofree char *all = g_strconcat(GRUU, fields, NULL);
    g_assert_cmpint(wire_send(wire, all), ==, 200);
    char *temp = wire_param(wire, uri, "temp-gruu");
    g_assert_nonnull(temp);
    return temp;
}

static void
test_given_who_supports_it(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    wire_expect(wire, 200, "Contact: <sip:a@h1>" INSTANCE "\n");
    wire_expect_field(wire, "Contact", "<sip:a@h1>" INSTANCE ";expires=3600");
    wire_expect(wire, 200, GRUU "Contact: <sip:b@h1>\nRequire: gruu\n");
    g_autofree char *pub = wire_param(wire, "sip:a@h1", "pub-gruu");
    g_assert_cmpstr(pub, ==, AOR ";gr=" URN);
    g_autofree char *temp = wire_param(wire, "sip:a@h1", "temp-gruu");
    g_assert_true(g_str_has_prefix(temp, "sip:tgruu."));
    g_assert_true(g_str_has_suffix(temp, "@example.org;gr"));
    /* Only the contact of an instance has them, and the answer does not ask for the extension. */
    g_auto(GStrv) contacts = g_strsplit(wire_field(wire, "Contact"), " | ", -1);
    g_assert_cmpstr(contacts[1], ==, "<sip:b@h1>;expires=3600");
    wire_expect_field(wire, "Require", "");
    wire_expect_field(wire, "Supported", "");
}

static void
test_fetch_gives_the_newest(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *first = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    g_autofree char *second = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    g_assert_cmpstr(first, !=, second);
    g_assert_cmpint(wire_resend(wire), ==, 200);
    g_autofree char *again = wire_param(wire, "sip:a@h1", "temp-gruu");
    g_assert_cmpstr(again, ==, second);
    g_autofree char *fetched = get_temp(wire, "sip:a@h1", "");
    g_assert_cmpstr(fetched, ==, second);
    g_assert_cmpstr(wire_lookup(wire, first), ==, "200 sip:a@h1");
    g_assert_cmpstr(wire_lookup(wire, second), ==, "200 sip:a@h1");
}

static void
test_new_call_id_invalidates(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *old = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    g_autofree char *other = get_temp(wire, "sip:b@h1", "Contact: <sip:b@h1>" OTHER "\n");
    wire->call_id = "call-2";
    g_autofree char *new = get_temp(wire, "sip:a@h2", "Contact: <sip:a@h2>" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(wire, old), ==, "404");
    /* Every contact of the instance is under the new one; other instances do not notice. */
    g_assert_cmpstr(wire_lookup(wire, new), ==, "200 sip:a@h1 sip:a@h2");
    g_assert_cmpstr(wire_lookup(wire, AOR ";gr=" URN), ==, "200 sip:a@h1 sip:a@h2");
    g_assert_cmpstr(wire_lookup(wire, other), ==, "200 sip:b@h1");
}

/* Section 5.1: of flows, each is held against its own last registration. */
static void
test_flows_have_call_ids_of_their_own(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *first =
        get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>;reg-id=1" INSTANCE "\n");
    wire->call_id = "call-2";
    g_autofree char *second =
        get_temp(wire, "sip:a@h2", "Contact: <sip:a@h2>;reg-id=2" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(wire, first), ==, "200 sip:a@h1 sip:a@h2");
    g_assert_cmpstr(wire_lookup(wire, second), ==, "200 sip:a@h1 sip:a@h2");
    /* Both flows are listed with the newest one. */
    g_assert_cmpint(wire_send(wire, GRUU), ==, 200);
    g_autofree char *newest = wire_param(wire, "sip:a@h1", "temp-gruu");
    g_assert_cmpstr(newest, ==, second);
    wire->call_id = "call-3";
    g_autofree char *third =
        get_temp(wire, "sip:a@h2", "Contact: <sip:a@h2>;reg-id=2" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(wire, first), ==, "404");
    g_assert_cmpstr(wire_lookup(wire, second), ==, "404");
    g_assert_cmpstr(wire_lookup(wire, third), ==, "200 sip:a@h1 sip:a@h2");
}

static void
test_last_contact_ends_it(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *temp =
        get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>;expires=60" INSTANCE "\n");
    wire->now = 61 * ROLL_SECOND;
    g_assert_cmpstr(wire_lookup(wire, temp), ==, "404");
    roll_registrar_wake(wire->registrar, wire->now, wire->outbox);
    g_assert_cmpstr(wire_lookup(wire, temp), ==, "404");
    g_assert_cmpstr(wire_lookup(wire, AOR ";gr=" URN), ==, "480");
    /* Registered anew, perhaps in the row of old, by the same Call-ID: still another one. */
    g_autofree char *new = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(wire, temp), ==, "404");
    g_assert_cmpstr(wire_lookup(wire, new), ==, "200 sip:a@h1");
    g_assert_cmpstr(wire_lookup(wire, AOR ";gr=" URN), ==, "200 sip:a@h1");
}

static void
test_contact_must_lead_on(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *temp = get_temp(wire, "sip:b@h1", "Contact: <sip:b@h1>" INSTANCE "\n");
    g_autofree char *loop = g_strdup_printf("Contact: <%s>" INSTANCE "\n", temp);
    g_string_truncate(wire->events, 0);
    wire_expect(wire, 403, loop);
    wire_expect(wire, 403, "Contact: <sip:alice@EXAMPLE.org>" INSTANCE "\n");
    wire_expect(wire, 403, "Contact: <" AOR ";gr=" URN ">" INSTANCE "\n");
    wire_expect(wire, 403, "Contact: <tel:+4930123>" INSTANCE "\n");
    wire_expect(wire, 403, "Contact: <sip:c@h1>, <tel:+4930123>" INSTANCE "\n");
    wire_expect_events(wire, "");
    /* The rule is for contacts of an instance that are to be bound. */
    wire_expect(wire, 200, "Contact: <tel:+4930123>\n");
    wire_expect(wire, 200, "Contact: <tel:+4930124>;expires=0" INSTANCE "\n");
    wire_expect(wire, 200, "Contact: <" AOR ";gr=" URN ">\n");
}

static void
test_offered_ones_are_ignored(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *temp = get_temp(wire, "sip:a@h1",
                                     "Contact: <sip:a@h1>;pub-gruu=\"sip:x@evil\";x=y"
                                     ";temp-gruu=\"sip:y@evil;gr\"" INSTANCE "\n");
    g_assert_nonnull(temp);
    g_assert_null(strstr(wire->answer->str, "evil"));
    g_assert_nonnull(strstr(wire->answer->str, ";x=y"));
    const RollLocation *found;
    roll_registrar_lookup(wire->registrar, 0, ROLL_TEXT(AOR), &found);
    g_assert_true(roll_text_equal(found[0].params, ROLL_TEXT(";x=y" INSTANCE)));
}

static void
test_off(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire->config.policy.gruu = false;
    wire_open(wire);
    wire_expect(wire, 200, GRUU "Contact: <" AOR ">" INSTANCE "\n");
    g_assert_null(strstr(wire->answer->str, "gruu"));
    wire_expect(wire, 420, "Require: gruu\n");
    wire_expect_field(wire, "Unsupported", "gruu");
}

static void
test_lookup(void)
{
    g_autoptr(Wire) wire = wire_new();
    wire_open(wire);
    g_autofree char *temp = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    wire_expect(wire, 200, "Contact: <sip:b@h1>;q=0.5\n");
    wire_expect(wire, 200,
                GRUU "Contact: <sip:c@h1>;q=0.1;+sip.instance=\"<urn:odd:a;b=\\c d>\"\n");
    g_assert_nonnull(strstr(wire->answer->str, AOR ";gr=urn:odd:a%3Bb%3D%5Cc%20d\""));
    g_autofree char *forged = g_strdup(temp);
    forged[20] = forged[20] == '0' ? '1' : '0';
    g_autofree char *signed_wrongly = g_strdup(temp);
    char *last = strchr(signed_wrongly, '@') - 1;
    *last = *last == '0' ? '1' : '0';
    const struct {
        const char *uri;
        const char *expected;
    } cases[] = {
        {"sip:%61lice@EXAMPLE.org:5070;x=y", "200 sip:a@h1 sip:b@h1 sip:c@h1"},
        {AOR ";gr=" URN, "200 sip:a@h1"},
        {AOR ";GR=URN:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6;x", "200 sip:a@h1"},
        {AOR ";gr=urn:odd:a%3bb%3d%5cc%20d", "200 sip:c@h1"},
        {AOR ";gr=urn:odd:", "480"},
        {"sip:bob@example.org;gr=" URN, "480"},
        {temp, "200 sip:a@h1"},
        {forged, "404"},
        {signed_wrongly, "404"},
        {"sip:tgruu.00@example.org;gr", "404"},
        {AOR ";gr", "404"},
        {AOR ";gr=", "404"},
        {"sip:bob@example.org", "480"},
        {"sip:alice@example.com", "404"},
        {"tel:+4930123", "404"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(wire_lookup(wire, cases[i].uri), ==, cases[i].expected);
}

/* Section 5.1: two of them do not show whether they are of one device. Of a block cipher this can
 * only be shown by what would give it away: a common part. */
static void
test_opaque(void)
{
    g_autoptr(Wire) wire = wire_new();
    memset(wire->config.key, 7, sizeof wire->config.key);
    wire_open(wire);
    g_autofree char *first = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    g_autofree char *second = get_temp(wire, "sip:a@h1", "Contact: <sip:a@h1>" INSTANCE "\n");
    size_t n_same = 0, start = strlen("sip:tgruu."), end = start + 52;
    g_assert_cmpuint(strcspn(first, "@"), ==, end);
    for (size_t i = start; i < end; i++)
        n_same += first[i] == second[i];
    g_assert_cmpuint(n_same, <, 16);
    /* Another registrar's are not ours. */
    g_autoptr(Wire) other = wire_new();
    wire_open(other);
    wire_expect(other, 200, "Contact: <sip:a@h1>" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(other, first), ==, "404");
    /* Nor are those of an earlier run with the same key. */
    g_autoptr(Wire) later = wire_new();
    later->config = wire->config;
    later->config.epoch = 1;
    wire_open(later);
    wire_expect(later, 200, "Contact: <sip:a@h1>" INSTANCE "\n");
    g_assert_cmpstr(wire_lookup(later, first), ==, "404");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gruu/5627-5.2/given-to-who-supports-it", test_given_who_supports_it);
    g_test_add_func("/gruu/5627-5.2/a-fetch-gives-the-newest", test_fetch_gives_the_newest);
    g_test_add_func("/gruu/5627-5.1/a-new-call-id-invalidates", test_new_call_id_invalidates);
    g_test_add_func("/gruu/5627-5.1/flows-have-call-ids-of-their-own",
                    test_flows_have_call_ids_of_their_own);
    g_test_add_func("/gruu/5627-5.3/the-last-contact-ends-it", test_last_contact_ends_it);
    g_test_add_func("/gruu/5627-5.1/a-contact-must-lead-on", test_contact_must_lead_on);
    g_test_add_func("/gruu/5627-5.1/offered-ones-are-ignored", test_offered_ones_are_ignored);
    g_test_add_func("/gruu/off", test_off);
    g_test_add_func("/gruu/5627-5.4/a-gruu-leads-to-its-instance", test_lookup);
    g_test_add_func("/gruu/5627-5.1/nobody-can-tell-whose-it-is", test_opaque);
    return g_test_run();
}
