/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIP URIs: what is read, what is refused, what is equal, and the address-of-record. */
#include "tests/unit/assert-text.h"

#include <rollcall/uri.h>

/* A copy on the heap without a NUL, so that the sanitizer sees a read past the end. */
static RollText
tight(const char *string)
{
    size_t len = strlen(string);
    return (RollText){g_memdup2(string, len ? len : 1), len};
}

static void
free_text(RollText text)
{
    g_free((char *)text.ptr);
}

typedef struct {
    const char *description;
    const char *text;
    const char *scheme, *user, *password, *host;
    int port;
    const char *params, *headers;
} Parts;

static const Parts parts[] = {
    {"host only", "sip:example.org", "sip", NULL, NULL, "example.org", -1, NULL, NULL},
    {"user and host", "sip:alice@example.org", "sip", "alice", NULL, "example.org", -1, NULL, NULL},
    {"scheme in capitals", "SIPS:a@b", "SIPS", "a", NULL, "b", -1, NULL, NULL},
    {"every part", "sips:a%20b:p%40w@h.example:5061;x;y=1?Subject=a%26b&P=", "sips", "a%20b",
     "p%40w", "h.example", 5061, ";x;y=1", "?Subject=a%26b&P="},
    {"IPv6 with port", "sip:a@[2001:db8::1]:5070;ob", "sip", "a", NULL, "[2001:db8::1]", 5070,
     ";ob", NULL},
    {"IPv6 with dotted tail", "sip:[::ffff:192.0.2.1]", "sip", NULL, NULL, "[::ffff:192.0.2.1]", -1,
     NULL, NULL},
    {"parameters inside the user", "sip:1_u~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1@h", "sip",
     "1_u~(to-be!sure)&isn't+it$/crazy?,/;;*", "&it+has=1", "h", -1, NULL, NULL},
    {"escaped @ in the user", "sip:user;par=u%40example.net@example.com", "sip",
     "user;par=u%40example.net", NULL, "example.com", -1, NULL, NULL},
    {"escaped NULs stay", "sip:%00%00@h", "sip", "%00%00", NULL, "h", -1, NULL, NULL},
    {"empty password", "sip:a:@h", "sip", "a", "", "h", -1, NULL, NULL},
    {"port 0", "sip:h:0", "sip", NULL, NULL, "h", 0, NULL, NULL},
    {"highest port", "sip:h:65535", "sip", NULL, NULL, "h", 65535, NULL, NULL},
    {"baresip's contact", "sip:u-0x562e8edb6f20@192.0.2.10:45799", "sip", "u-0x562e8edb6f20", NULL,
     "192.0.2.10", 45799, NULL, NULL},
    {"RFC 6140 bulk contact", "sip:198.51.100.3;bnc", "sip", NULL, NULL, "198.51.100.3", -1, ";bnc",
     NULL},
    {"tel", "tel:+49301234", "tel", NULL, NULL, NULL, -1, NULL, NULL},
    {"urn", "urn:service:sos", "urn", NULL, NULL, NULL, -1, NULL, NULL},
};

static void
test_parts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const Parts *row = &parts[i];
        RollText text = tight(row->text);
        RollUri uri;
        g_test_message("%s: %s", row->description, row->text);
        g_assert_true(roll_uri_parse(text, &uri));
        assert_text(uri.text, row->text);
        assert_text(uri.scheme, row->scheme);
        assert_text(uri.user, row->user);
        assert_text(uri.password, row->password);
        assert_text(uri.host, row->host);
        g_assert_cmpint(uri.port, ==, row->port);
        assert_text(uri.params, row->params);
        assert_text(uri.headers, row->headers);
        free_text(text);
    }
}

static const struct {
    const char *description;
    const char *text;
} garbage[] = {
    {"empty", ""},
    {"a word", "None"},
    {"no scheme", ":a@b"},
    {"scheme that starts with a digit", "5ip:a@b"},
    {"scheme only", "sip:"},
    {"other scheme only", "tel:"},
    {"empty host", "sip:a@"},
    {"empty host before parameters", "sip:a@;x"},
    {"empty user", "sip:@h"},
    {"empty user with password", "sip::p@h"},
    {"two @", "sip:a@b@c"},
    {"blank in the user", "sip:a b@h"},
    {"blank in front", " sip:a@h"},
    {"blank behind", "sip:a@h "},
    {"line end", "sip:a@h\r\nX: y"},
    {"tab in another scheme", "tel:1\t2"},
    {"quote in another scheme", "tel:1\"2"},
    {"brackets kept", "<sip:a@h>"},
    {"empty port", "sip:h:"},
    {"port too high", "sip:h:65536"},
    {"port that overflows", "sip:h:99999999999999999999"},
    {"port in letters", "sip:h:sip"},
    {"negative port", "sip:h:-1"},
    {"IPv6 not closed", "sip:[2001:db8::1"},
    {"IPv6 not opened", "sip:2001:db8::1]"},
    {"IPv6 without address", "sip:[]"},
    {"IPv6 with two gaps", "sip:[1::2::3]"},
    {"IPv6 with a gap for nothing", "sip:[1:2:3:4:5:6:7::8]"},
    {"IPv6 with seven groups", "sip:[1:2:3:4:5:6:7]"},
    {"IPv6 with nine groups", "sip:[1:2:3:4:5:6:7:8:9]"},
    {"IPv6 with a long group", "sip:[12345::]"},
    {"IPv6 that ends in a colon", "sip:[1:]"},
    {"IPv6 that starts with a colon", "sip:[:1::]"},
    {"IPv6 of three colons", "sip:[:::]"},
    {"IPv6 with a bad dotted tail", "sip:[::1.2.3]"},
    {"IPv6 with a high dotted tail", "sip:[::1.2.3.256]"},
    {"IPv6 with a zone", "sip:[fe80::1%25eth0]"},
    {"escape in the host", "sip:a@%68"},
    {"escape of one digit", "sip:a%4@h"},
    {"escape of no digit", "sip:100%@h"},
    {"escape of other letters", "sip:%zz@h"},
    {"parameter without name", "sip:h;=1"},
    {"two semicolons", "sip:h;;x"},
    {"semicolon at the end", "sip:h;"},
    {"header without value", "sip:h?a"},
    {"header without name", "sip:h?=a"},
    {"no header", "sip:h?"},
    {"unescaped byte above ASCII", "sip:\xc3\xa4@h"},
    {"33 parameters", "sip:h;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a"},
};

static void
test_garbage(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(garbage); i++) {
        RollText text = tight(garbage[i].text);
        RollUri uri = {.port = 4711};
        g_test_message("%s", garbage[i].description);
        g_assert_false(roll_uri_parse(text, &uri));
        g_assert_cmpint(uri.port, ==, 4711);
        free_text(text);
    }
}

static void
test_nul_inside(void)
{
    RollUri uri;
    g_assert_false(roll_uri_parse(ROLL_TEXT("sip:a\0b@h"), &uri));
    g_assert_false(roll_uri_parse(ROLL_TEXT("tel:1\0"), &uri));
}

static void
test_scheme(void)
{
    static const struct {
        const char *text;
        bool sip;
    } rows[] = {{"sip:h", true},  {"SIPS:h", true}, {"sipx:h", false},
                {"tel:1", false}, {"si:h", false},  {"ship:h", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RollUri uri;
        g_assert_true(roll_uri_parse(roll_text(rows[i].text), &uri));
        g_assert_cmpint(roll_uri_is_sip(&uri), ==, rows[i].sip);
    }
}

typedef struct {
    const char *description;
    const char *a;
    const char *b;
    bool equal;
} Pair;

static const Pair pairs[] = {
    /* The examples of RFC 3261 section 19.1.4. */
    {"RFC: escape and case", "sip:%61lice@atlanta.com;transport=TCP",
     "sip:alice@AtLanTa.CoM;Transport=tcp", true},
    {"RFC: new parameter", "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
    {"RFC: security=on", "sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
    {"RFC: two new parameters", "sip:carol@chicago.com;newparam=5",
     "sip:carol@chicago.com;security=on", true},
    {"RFC: order of parameters",
     "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
    {"RFC: order of headers", "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
     "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
    {"RFC: case of the user", "SIP:ALICE@AtLanTa.CoM;Transport=udp",
     "sip:alice@AtLanTa.CoM;Transport=UDP", false},
    {"RFC: default port", "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
    {"RFC: default transport", "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
    {"RFC: port and transport", "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp",
     false},
    {"RFC: another header", "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting",
     false},
    {"RFC: address of the name", "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
    {"RFC: security on and off", "sip:carol@chicago.com;security=on",
     "sip:carol@chicago.com;security=off", false},
    /* Rule by rule. */
    {"sip and sips", "sip:a@h", "sips:a@h", false},
    {"case of the scheme", "sip:a@h", "SIP:a@h", true},
    {"user in one only", "sip:h", "sip:a@h", false},
    {"password in one only", "sip:a@h", "sip:a:p@h", false},
    {"empty password is a password", "sip:a@h", "sip:a:@h", false},
    {"case of the password", "sip:a:p@h", "sip:a:P@h", false},
    {"escape in the password", "sip:a:p@h", "sip:a:%70@h", true},
    {"escape in lower case", "sip:a%2bb@h", "sip:a%2Bb@h", true},
    {"escape of a reserved character", "sip:a%3Bb@h", "sip:a;b@h", false},
    {"escape of another reserved one", "sip:+1@h", "sip:%2B1@h", false},
    {"escape decoded once", "sip:%2541@h", "sip:A@h", false},
    {"escaped percent sign", "sip:%25@h", "sip:%25@h;x", true},
    {"escape of an unsafe character", "sip:a%20b@h", "sip:a%20b@h;x", true},
    {"one NUL and two", "sip:%00@h", "sip:%00%00@h", false},
    {"NUL and nothing", "sip:a%00@h", "sip:a@h", false},
    {"user that goes on", "sip:a@h", "sip:ab@h", false},
    {"ports differ", "sip:a@h:5060", "sip:a@h:5061", false},
    {"case of the host", "sip:a@H.Example", "sip:a@h.example", true},
    {"IPv6 in two spellings", "sip:a@[2001:db8::1]", "sip:a@[2001:0DB8:0:0:0:0:0:1]", true},
    {"IPv6 with dotted tail", "sip:a@[::ffff:192.0.2.1]", "sip:a@[::FFFF:c000:201]", true},
    {"two IPv6 addresses", "sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false},
    {"IPv6 and a name", "sip:a@[::1]", "sip:a@localhost", false},
    {"user parameter in one only", "sip:a@h", "sip:a@h;user=ip", false},
    {"ttl in one only", "sip:a@h;ttl=1", "sip:a@h", false},
    {"method in one only", "sip:a@h", "sip:a@h;method=INVITE", false},
    {"maddr in one only", "sip:a@h;maddr=239.1.1.1", "sip:a@h", false},
    {"escaped name of maddr", "sip:a@h", "sip:a@h;%6daddr=1.1.1.1", false},
    {"transport in one only, by the letter", "sip:a@h", "sip:a@h;transport=tcp", true},
    {"default transport of sips", "sips:a@h;transport=TCP", "sips:a@h", false},
    {"transport of sips in one only", "sips:a@h", "sips:a@h;transport=udp", true},
    {"transport differs", "sip:a@h;transport=udp", "sip:a@h;transport=tcp", false},
    {"parameter with and without value", "sip:a@h;x", "sip:a@h;x=1", false},
    {"escape in a parameter", "sip:a@h;x=%41b", "sip:a@h;X=aB", true},
    {"other parameters on both sides", "sip:a@h;x=1;y=2", "sip:a@h;y=2;z=3", true},
    {"last of many differs", "sip:a@h;a;b;c;d=1", "sip:a@h;d=2;c;b;a", false},
    {"header differs", "sip:a@h?x=1", "sip:a@h?x=2", false},
    {"header more", "sip:a@h?x=1", "sip:a@h?x=1&y=2", false},
    {"header twice", "sip:a@h?x=1&x=1", "sip:a@h?x=1", false},
    {"headers paired one to one", "sip:a@h?x=1&x=1&x=2", "sip:a@h?x=1&x=2&x=2", false},
    {"header value empty", "sip:a@h?x=", "sip:a@h?X=", true},
    {"other scheme", "tel:+1", "tel:+1", true},
    {"other scheme in capitals", "TEL:+1", "tel:+1", true},
    {"other scheme, another number", "tel:+1", "tel:+2", false},
    {"sip and tel", "tel:1", "sip:1", false},
};

static void
test_equality(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        RollText left = tight(pairs[i].a);
        RollText right = tight(pairs[i].b);
        RollUri a;
        RollUri b;
        g_test_message("%s: %s, %s", pairs[i].description, pairs[i].a, pairs[i].b);
        g_assert_true(roll_uri_parse(left, &a));
        g_assert_true(roll_uri_parse(right, &b));
        g_assert_cmpint(roll_uri_equal(&a, &b), ==, pairs[i].equal);
        g_assert_cmpint(roll_uri_equal(&b, &a), ==, pairs[i].equal);
        g_assert_true(roll_uri_equal(&a, &a));
        g_assert_true(roll_uri_equal(&b, &b));
        free_text(left);
        free_text(right);
    }
}

static bool
equal_texts(const char *left, const char *right)
{
    RollUri a;
    RollUri b;
    return roll_uri_parse(roll_text(left), &a) && roll_uri_parse(roll_text(right), &b) &&
           roll_uri_equal(&a, &b);
}

static void
test_not_transitive(void)
{
    const char *on = "sip:carol@chicago.com;security=on";
    const char *plain = "sip:carol@chicago.com";
    const char *off = "sip:carol@chicago.com;security=off";
    g_assert_true(equal_texts(on, plain));
    g_assert_true(equal_texts(plain, off));
    g_assert_false(equal_texts(on, off));
}

static const struct {
    const char *description;
    const char *text;
    const char *aor;
} aors[] = {
    {"plain", "sip:alice@example.org", "sip:alice@example.org"},
    {"case of scheme and host only", "SIP:Alice@Example.ORG", "sip:Alice@example.org"},
    {"sips stays", "SIPS:a@h", "sips:a@h"},
    {"parameters, headers, password and port go", "sip:a:p@h:5060;transport=tcp?x=y", "sip:a@h"},
    {"no user", "sip:example.org;x", "sip:example.org"},
    {"letters unescaped", "sip:%61l%69ce@h", "sip:alice@h"},
    {"what a user part may hold unescaped", "sip:%2B49%3Bx@h", "sip:+49;x@h"},
    {"@ and colon stay escaped", "sip:a%40b%3ac@h", "sip:a%40b%3Ac@h"},
    {"percent sign stays escaped", "sip:%2541@h", "sip:%2541@h"},
    {"NULs stay escaped", "sip:%00%00@h", "sip:%00%00@h"},
    {"controls and bytes above ASCII stay, in capitals", "sip:%0d%c3%a4@h", "sip:%0D%C3%A4@h"},
    {"IPv6 in one spelling", "sip:a@[2001:DB8:0:0:0:0:0:1]", "sip:a@[2001:db8::1]"},
    {"IPv6, first of two gaps", "sip:a@[1:0:0:2:0:0:0:3]", "sip:a@[1:0:0:2::3]"},
    {"IPv6, equal gaps", "sip:a@[1:0:0:2:3:0:0:4]", "sip:a@[1::2:3:0:0:4]"},
    {"IPv6, one zero is no gap", "sip:a@[1::2:3:4:5:6:7]", "sip:a@[1:0:2:3:4:5:6:7]"},
    {"IPv6, all zero", "sip:[0:0:0:0:0:0:0:0]", "sip:[::]"},
    {"IPv6, gap at the end", "sip:[fe80:0:0:0:0:0:0:0]", "sip:[fe80::]"},
    {"tel has none", "tel:+1", ""},
};

static void
test_aor(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(aors); i++) {
        char out[ROLL_AOR_MAX] = "";
        RollUri uri;
        g_test_message("%s: %s", aors[i].description, aors[i].text);
        g_assert_true(roll_uri_parse(roll_text(aors[i].text), &uri));
        g_assert_cmpuint(roll_uri_write_aor(&uri, out), ==, strlen(aors[i].aor));
        g_assert_cmpstr(out, ==, aors[i].aor);
    }
}

static void
test_aor_length(void)
{
    char out[ROLL_AOR_MAX];
    for (size_t len = ROLL_AOR_MAX - 16; len < ROLL_AOR_MAX + 16; len++) {
        g_autofree char *user = g_strnfill(len - strlen("sip:@h"), 'a');
        g_autofree char *text = g_strdup_printf("sip:%s@h", user);
        RollUri uri;
        g_assert_true(roll_uri_parse(roll_text(text), &uri));
        g_assert_cmpuint(roll_uri_write_aor(&uri, out), ==, len < ROLL_AOR_MAX ? len : 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uri/parse/cuts-every-part", test_parts);
    g_test_add_func("/uri/parse/refuses-garbage-and-leaves-output", test_garbage);
    g_test_add_func("/uri/parse/refuses-a-nul", test_nul_inside);
    g_test_add_func("/uri/is-sip/in-any-case", test_scheme);
    g_test_add_func("/uri/equal/rfc3261-19.1.4", test_equality);
    g_test_add_func("/uri/equal/is-not-transitive", test_not_transitive);
    g_test_add_func("/uri/aor/is-canonical", test_aor);
    g_test_add_func("/uri/aor/refuses-what-is-too-long", test_aor_length);
    return g_test_run();
}
