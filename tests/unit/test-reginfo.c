/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The documents of RFC 3680 section 5: what they say, and that they are well-formed whatever a
 * contact holds. GLib's parser is the judge, and xmllint too where there is one. */
#include "src/reginfo.h"

#include <gio/gio.h>

static const RollRegHead plain = {
    .version = 3,
    .aor = {"sip:alice@example.org", 21},
    .id = 0xa7,
    .state = ROLL_REG_ACTIVE,
};

static char *
write_document(const RollRegHead *head, const RollRegContact *contacts, size_t n)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    roll_reginfo_begin(out, head);
    for (size_t i = 0; i < n; i++)
        roll_reginfo_contact(out, &contacts[i]);
    roll_reginfo_end(out);
    return g_strndup((const char *)out->data, out->len);
}

static RollRegContact
blank_contact(void)
{
    return (RollRegContact){.id = 0x76,
                            .duration = ROLL_REG_UNKNOWN,
                            .expires = ROLL_REG_UNKNOWN,
                            .cseq = ROLL_REG_UNKNOWN,
                            .q = ROLL_REG_UNKNOWN,
                            .uri = ROLL_TEXT("sip:a@h1")};
}

/* What GLib's parser read, one word for each thing. */
static void
on_start(GMarkupParseContext *context, const char *name, const char **names, const char **values,
         void *data, GError **error)
{
    (void)context, (void)error;
    GString *out = data;
    g_string_append_printf(out, "<%s", name);
    for (; *names; names++, values++)
        if (strcmp(*names, "xmlns") != 0)
            g_string_append_printf(out, " %s=%s", *names, *values);
    g_string_append_c(out, '>');
}

static void
on_text(GMarkupParseContext *context, const char *text, gsize len, void *data, GError **error)
{
    (void)context, (void)error;
    if (text[0] != '\r' && text[0] != '\n')
        g_string_append_len(data, text, (gssize)len);
}

static char *
read_document(const char *text)
{
    static const GMarkupParser parser = {.start_element = on_start, .text = on_text};
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, out, NULL);
    g_markup_parse_context_parse(context, text, -1, &error);
    g_assert_no_error(error);
    g_markup_parse_context_end_parse(context, &error);
    g_assert_no_error(error);
    g_markup_parse_context_free(context);
    return g_string_free(out, FALSE);
}

static void
expect_document(const RollRegHead *head, const RollRegContact *contacts, size_t n,
                const char *expected)
{
    g_autofree char *text = write_document(head, contacts, n);
    g_autofree char *found = read_document(text);
    g_assert_cmpstr(found, ==, expected);
}

static void
test_states(void)
{
    RollRegHead head = plain;
    head.full = true;
    head.version = 0;
    head.state = ROLL_REG_INIT;
    expect_document(&head, NULL, 0,
                    "<reginfo version=0 state=full>"
                    "<registration aor=sip:alice@example.org id=00000000000000a7 state=init>");
    head.full = false;
    head.version = UINT32_MAX;
    head.state = ROLL_REG_TERMINATED;
    expect_document(&head, NULL, 0,
                    "<reginfo version=4294967295 state=partial>"
                    "<registration aor=sip:alice@example.org id=00000000000000a7 "
                    "state=terminated>");
}

#define HEAD                                                                                       \
    "<reginfo version=3 state=partial>"                                                            \
    "<registration aor=sip:alice@example.org id=00000000000000a7 state=active>"

static void
test_contacts(void)
{
    RollRegContact contacts[] = {blank_contact(), blank_contact()};
    contacts[0].event = ROLL_REG_SHORTENED;
    contacts[0].duration = 7322;
    contacts[0].expires = 60;
    contacts[0].cseq = 0;
    contacts[0].q = 800;
    contacts[0].call_id = ROLL_TEXT("call-1");
    contacts[0].params = ROLL_TEXT(";+sip.instance=\"<urn:uuid:1>\";audio");
    contacts[1].id = UINT64_MAX;
    contacts[1].event = ROLL_REG_EXPIRED;
    /* How long it would still have is no matter of a contact that is gone. */
    contacts[1].expires = 1;
    expect_document(&plain, contacts, 2,
                    HEAD
                    "<contact id=0000000000000076 state=active event=shortened "
                    "duration-registered=7322 expires=60 q=0.8 callid=call-1 cseq=0>"
                    "<uri>sip:a@h1<unknown-param name=+sip.instance>\"<urn:uuid:1>\""
                    "<unknown-param name=audio>"
                    "<contact id=ffffffffffffffff state=terminated event=expired><uri>sip:a@h1");
}

static void
test_events(void)
{
    static const char *const names[] = {
        "active event=registered",      "active event=created",     "active event=refreshed",
        "active event=shortened",       "terminated event=expired", "terminated event=deactivated",
        "terminated event=unregistered"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        RollRegContact contact = blank_contact();
        contact.event = (RollRegEvent)i;
        g_autofree char *expected =
            g_strdup_printf(HEAD "<contact id=0000000000000076 state=%s><uri>sip:a@h1", names[i]);
        expect_document(&plain, &contact, 1, expected);
    }
}

static void
test_q(void)
{
    static const struct {
        int64_t q;
        const char *text;
    } rows[] = {{0, " q=0"},     {1000, " q=1"},    {500, " q=0.5"},
                {50, " q=0.05"}, {125, " q=0.125"}, {ROLL_REG_UNKNOWN, ""}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RollRegContact contact = blank_contact();
        contact.q = rows[i].q;
        g_autofree char *expected =
            g_strdup_printf(HEAD "<contact id=0000000000000076 state=active event=registered%s>"
                                 "<uri>sip:a@h1",
                            rows[i].text);
        expect_document(&plain, &contact, 1, expected);
    }
}

/* A text, and what a reader of the document must find in its place. */
static const struct {
    const char *title;
    const char *text;
    const char *found;
} texts[] = {
    {"signs of XML", "<&>\"']]>", "<&>\"']]>"},
    {"two to four bytes", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"a lone byte",
     "a\xff"
     "b",
     "a\xef\xbf\xbd"
     "b"},
    {"a cut character", "a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd"},
    {"an overlong slash", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"a surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"U+FFFE", "\xef\xbf\xbe", "\xef\xbf\xbd"},
    {"a control character", "a\x01\x1f", "a\xef\xbf\xbd\xef\xbf\xbd"},
};

static void
check_with_xmllint(const char *text)
{
    g_autofree char *tool = g_find_program_in_path("xmllint");
    if (!tool)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                         tool, "--noout", "-", NULL);
    g_assert_no_error(error);
    g_autofree char *complaint = NULL;
    g_subprocess_communicate_utf8(process, text, NULL, NULL, &complaint, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(complaint, ==, "");
    g_assert_true(g_subprocess_get_successful(process));
}

static void
test_well_formed(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    RollRegHead head = plain;
    RollRegContact contact = blank_contact();
    RollText text = roll_text(texts[i].text);
    g_autofree char *params =
        g_strdup_printf(";p=\"x%s\"", strchr(texts[i].text, '"') ? "<&>'" : texts[i].text);
    head.aor = contact.uri = contact.call_id = text;
    contact.params = roll_text(params);
    g_autofree char *document = write_document(&head, &contact, 1);
    g_autofree char *found = read_document(document);
    g_autofree char *expected = g_strdup_printf(
        "<reginfo version=3 state=partial><registration aor=%s id=00000000000000a7 state=active>"
        "<contact id=0000000000000076 state=active event=registered callid=%s><uri>%s"
        "<unknown-param name=p>\"x%s\"",
        texts[i].found, texts[i].found, texts[i].found,
        strchr(texts[i].text, '"') ? "<&>'" : texts[i].found);
    g_assert_cmpstr(found, ==, expected);
    check_with_xmllint(document);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reginfo/rfc3680-4.7.1/states", test_states);
    g_test_add_func("/reginfo/rfc3680-5.1/contacts", test_contacts);
    g_test_add_func("/reginfo/rfc3680-5.1/events", test_events);
    g_test_add_func("/reginfo/rfc3261-25.1/q", test_q);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *path = g_strconcat("/reginfo/well-formed/", texts[i].title, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_well_formed);
    }
    return g_test_run();
}
