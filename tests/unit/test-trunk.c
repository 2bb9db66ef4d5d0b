/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Register lines of Asterisk in all their forms, and the sip.conf around them. */
#include "sim/scenario/trunk.h"

#define FORM                                                                                       \
    "[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]"

typedef struct {
    const char *description;
    const char *text;
    SimTrunkLine line;
} Case;

static const Case cases[] = {
    {"the least", "name@host", {.user = "name", .host = "host"}},
    {"secret", "name:pass@host", {.user = "name", .secret = "pass", .host = "host"}},
    {"domain, secret and authentication name",
     "name@domain:pass:auth@host",
     {.user = "name", .domain = "domain", .secret = "pass", .auth_user = "auth", .host = "host"}},
    {"extension",
     "name:pass@host/4711",
     {.user = "name", .secret = "pass", .host = "host", .extension = "4711"}},
    {"everything",
     "peer?tls://name@domain:pass:auth@host:1234/ext~111",
     {"peer", "tls", "name", "domain", "pass", "auth", "host", 1234, "ext", 111, 0}},
    {"peer without transport", "peer?name@host", {.peer = "peer", .user = "name", .host = "host"}},
    {"transport in capitals",
     "TCP://name@host",
     {.transport = "tcp", .user = "name", .host = "host"}},
    {"domain with a port, for a registrar that is not the domain",
     "name@domain:4321:pass:auth@host",
     {.user = "name", .domain = "domain", .secret = "pass", .auth_user = "auth", .host = "host"}},
    {"domain with a port, nothing else",
     "name@domain:4321::@host",
     {.user = "name", .domain = "domain", .host = "host"}},
    {"a secret with an at sign",
     "name:p@ss@host",
     {.user = "name", .secret = "p@ss", .host = "host"}},
    {"a secret that ends with one",
     "name:pass@@host",
     {.user = "name", .secret = "pass@", .host = "host"}},
    {"a secret with hash, equals and percent",
     "name:#a=b%c@host",
     {.user = "name", .secret = "#a=b%c", .host = "host"}},
    {"authentication name without secret",
     "name::auth@host",
     {.user = "name", .auth_user = "auth", .host = "host"}},
    {"a telephone number", "+4930123:s@host", {.user = "+4930123", .secret = "s", .host = "host"}},
    {"quoted parts",
     "\"name\":\"pa ss\"@host/\"s\"",
     {.user = "name", .secret = "pa ss", .host = "host", .extension = "s"}},
    {"IPv4 with port", "name@192.0.2.1:5070", {.user = "name", .host = "192.0.2.1", .port = 5070}},
    {"IPv6", "name@[2001:db8::1]", {.user = "name", .host = "[2001:db8::1]"}},
    {"IPv6 with port",
     "name@[2001:db8::1]:5070/s~60",
     {.user = "name", .host = "[2001:db8::1]", .port = 5070, .extension = "s", .expiry = 60}},
    {"expiry without extension",
     "name@host~3600",
     {.user = "name", .host = "host", .expiry = 3600}},
    {"an extension with a slash",
     "name@host/a/b",
     {.user = "name", .host = "host", .extension = "a/b"}},
    {"blanks around",
     "  name : pass @ host / 1 ",
     {.user = "name", .secret = "pass", .host = "host", .extension = "1"}},
};

static void
test_forms(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const SimTrunkLine *expected = &cases[i].line;
        SimTrunkLine line;
        g_test_message("%s", cases[i].description);
        sim_trunk_parse(cases[i].text, &line, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(line.peer, ==, expected->peer);
        g_assert_cmpstr(line.transport, ==, expected->transport);
        g_assert_cmpstr(line.user, ==, expected->user);
        g_assert_cmpstr(line.domain, ==, expected->domain);
        g_assert_cmpstr(line.secret, ==, expected->secret);
        g_assert_cmpstr(line.auth_user, ==, expected->auth_user);
        g_assert_cmpstr(line.host, ==, expected->host);
        g_assert_cmpuint(line.port, ==, expected->port);
        g_assert_cmpstr(line.extension, ==, expected->extension);
        g_assert_cmpuint(line.expiry, ==, expected->expiry);
        sim_trunk_clear(&line);
    }
}

static void
assert_message(const GError *error, const char *expected)
{
    g_autofree char *whole = g_strconcat("register line: ", expected, NULL);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, whole);
}

static void
test_errors(void)
{
    static const struct {
        const char *text;
        const char *message;
    } errors[] = {
        {"", "\"\" has no \"@host\"; the form is " FORM},
        {"name:pass", "\"name:pass\" has no \"@host\"; the form is " FORM},
        {"@host", "\"\" names no user"},
        {":pass@host", "\":pass\" names no user"},
        {"name@", "\"\" after the last \"@\" names no host"},
        {"name@:5060", "\"\" after the last \"@\" names no host"},
        {"name@host:0", "the port \"0\" is not a number from 1 to 65535"},
        {"name@host:70000", "the port \"70000\" is not a number from 1 to 65535"},
        {"name@host:sip", "the port \"sip\" is not a number from 1 to 65535"},
        {"name@host~2h", "the expiry \"2h\" is not a number from 1 to 4294967295"},
        {"name@host~", "the expiry \"\" is not a number from 1 to 4294967295"},
        {"name@host~0", "the expiry \"0\" is not a number from 1 to 4294967295"},
        {"tsl://name@host", "unknown transport \"tsl\"; did you mean \"tls\"?"},
        {"quic://name@host", "unknown transport \"quic\"; known: udp, tcp, tls"},
        {"name:pa/ss@host", "\"name:pa/ss\" has a \"/\" but no transport"},
        {"name:pa?ss@host", "\"name:pa\" before a \"?\" is no name of a peer"},
        {"name:a:b:c:d@host", "\"name:a:b:c:d\" has too many colons"},
        {"name@domain:x:pass:auth@host", "the domain's port \"x\" is not a number from 1 to 65535"},
        {"name@[2001:db8::1", "\"[2001:db8::1\" has no closing bracket"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autoptr(GError) error = NULL;
        SimTrunkLine line = {.port = 4711};
        g_assert_false(sim_trunk_parse(errors[i].text, &line, &error));
        assert_message(error, errors[i].message);
        g_assert_cmpuint(line.port, ==, 4711);
        g_assert_null(line.user);
    }
}

static GArray *
new_lines(void)
{
    GArray *lines = g_array_new(FALSE, TRUE, sizeof(SimTrunkLine));
    g_array_set_clear_func(lines, (GDestroyNotify)sim_trunk_clear);
    return lines;
}

static void
test_conf(void)
{
    static const char text[] = "register => early:x@host ; before any section\n"
                               "[general](!)\n"
                               "context=default\n"
                               "; register => out:x@host\n"
                               "register => one:x@host ; a comment\n"
                               "REGISTER=two:x\\;y@host\r\n"
                               "\tregister=>three:x@host\n"
                               ";-- register => out:x@host\n"
                               "register => out:x@host ;-- deeper --;\n"
                               "still --; register = four:x@host\n"
                               ";------------ a line of dashes\n"
                               "registertimeout = 20\n"
                               "[peer]\n"
                               "#include \"more.conf\"\n"
                               "register => out:x@host\n"
                               "[General]\n"
                               "register => five:x@host";
    static const struct {
        const char *user;
        unsigned line;
    } expected[] = {{"one", 5}, {"two", 6}, {"three", 7}, {"four", 10}, {"five", 17}};
    g_autoptr(GArray) lines = new_lines();
    g_autoptr(GError) error = NULL;
    unsigned line;
    sim_trunk_read_conf(text, lines, &line, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lines->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < lines->len; i++) {
        const SimTrunkLine *got = &g_array_index(lines, SimTrunkLine, i);
        g_assert_cmpstr(got->user, ==, expected[i].user);
        g_assert_cmpuint(got->line, ==, expected[i].line);
    }
    g_assert_cmpstr(g_array_index(lines, SimTrunkLine, 1).secret, ==, "x;y");
}

static void
test_conf_errors(void)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *message;
    } errors[] = {
        {"[general]\n\nregister => nobody\n", 3,
         "register line: "
         "\"nobody\" has no \"@host\"; the form is " FORM},
        {"[general]\n#include trunks.conf\n", 2,
         "#include and #exec are not followed; put the lines here"},
        {"[general]\nregister => a@b\n;-- open\n", 4,
         "a comment that starts with \";--\" does not end; close it with --;"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        g_autoptr(GArray) lines = new_lines();
        g_autoptr(GError) error = NULL;
        unsigned line;
        g_assert_false(sim_trunk_read_conf(errors[i].text, lines, &line, &error));
        g_assert_cmpstr(error->message, ==, errors[i].message);
        g_assert_cmpuint(line, ==, errors[i].line);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trunk/line/every-form-of-asterisk", test_forms);
    g_test_add_func("/trunk/line/says-what-is-wrong", test_errors);
    g_test_add_func("/trunk/sip-conf/reads-general-without-comments", test_conf);
    g_test_add_func("/trunk/sip-conf/says-which-line-is-wrong", test_conf_errors);
    return g_test_run();
}
