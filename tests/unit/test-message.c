/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIP messages read: every field, what tortures a parser, what is refused and how. */
#include "tests/unit/assert-text.h"

#include <rollcall/message.h>

static const RollEndpoint peer = {.address = {192, 0, 2, 99}, .family = 4, .port = 50601};

/* Reads a copy without a NUL, so that the sanitizer sees a read past the end. The copy is gone
 * before @out is looked at: the reader's memory is what it borrows from. */
static int
read_bytes(RollMessage *message, const char *data, size_t len, RollEndpoint from, RollRequest *out)
{
    g_autofree uint8_t *copy = g_memdup2(data, len ? len : 1);
    RollPacket packet = {.peer = from, .data = copy, .len = len};
    return roll_message_read_request(message, &packet, out);
}

static int
read_string(RollMessage *message, const char *string, RollRequest *out)
{
    return read_bytes(message, string, strlen(string), peer, out);
}

/* A good REGISTER but for @lines, whole header lines that stand in it. */
static char *
compose(const char *lines)
{
    return g_strconcat("REGISTER sip:example.org SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:alice@example.org>;tag=f\r\n"
                       "To: <sip:alice@example.org>\r\n"
                       "Call-ID: c@192.0.2.1\r\n"
                       "CSeq: 7 REGISTER\r\n",
                       lines, "\r\n", NULL);
}

static void
test_plain(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autofree char *text = compose("Contact: \"A. \\\" <B>\" <sip:alice@192.0.2.1:5070;ob>"
                                    ";+sip.instance=\"<urn:uuid:1>\";q=0.25;expires=60\r\n"
                                    "Expires: 3600\r\n"
                                    "Require: path , gruu\r\nRequire: outbound\r\n"
                                    "Supported:\r\n"
                                    "User-Agent: a phone\r\n"
                                    "Content-Length: 0\r\n");
    RollRequest request;
    g_assert_cmpint(read_string(message, text, &request), ==, 0);
    assert_text(request.method, "REGISTER");
    assert_text(request.uri.host, "example.org");
    assert_text(request.from.user, "alice");
    assert_text(request.from_tag, "f");
    assert_text(request.to.text, "sip:alice@example.org");
    assert_text(request.to_tag, NULL);
    assert_text(request.call_id, "c@192.0.2.1");
    g_assert_cmpuint(request.cseq, ==, 7);
    assert_text(request.branch, "z9hG4bKa");
    assert_text(request.sent_by, "192.0.2.1");
    assert_text(request.from_text, "<sip:alice@example.org>;tag=f");
    assert_text(request.to_text, "<sip:alice@example.org>");
    assert_text(request.cseq_text, "7 REGISTER");
    g_assert_cmpuint(request.n_contacts, ==, 1);
    assert_text(request.contacts[0].uri.text, "sip:alice@192.0.2.1:5070;ob");
    assert_text(request.contacts[0].display, "\"A. \\\" <B>\"");
    assert_text(request.contacts[0].params, ";+sip.instance=\"<urn:uuid:1>\";q=0.25;expires=60");
    g_assert_cmpint(request.contacts[0].q, ==, 250);
    g_assert_cmpint(request.contacts[0].expires, ==, 60);
    g_assert_cmpint(request.expires, ==, 3600);
    g_assert_cmpuint(request.n_credentials, ==, 0);
    assert_text(request.require, "path,gruu,outbound");
    assert_text(request.supported, NULL);
    assert_text(request.user_agent, "a phone");
    g_assert_cmpuint(request.source.port, ==, peer.port);
}

static void
test_device_forms(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    RollRequest request;
    /* Compact names, line feeds only, folding, blanks around everything, leading line ends. */
    const char *text = "\r\n\r\nREGISTER sip:h SIP/2.0\n"
                       "v:SIP / 2.0 /UDP  h1 : 5062 ;branch = old\n ,SIP/2.0/TCP h2;branch=b2\n"
                       "f:\"A\"<sip:a@h>;tag=x^\n"
                       "TO :\n\tsip:a@h ;   tag    = 1918181833n\n"
                       "i:1\n"
                       "cseq: 0009\n REGISTER\n"
                       "m:<sip:a@h1>;pn-prid=\"1,2\"\n  ;pn-provider=x,\n <sip:b@h1>;dt=544\n"
                       "m: sip:c@h1;expires=5\n"
                       "l:  2\n"
                       "\nxyz";
    g_assert_cmpint(read_string(message, text, &request), ==, 0);
    assert_text(request.branch, "old");
    assert_text(request.sent_by, "h1:5062");
    assert_text(request.from_tag, "x^");
    assert_text(request.to.text, "sip:a@h");
    assert_text(request.to_tag, "1918181833n");
    g_assert_cmpuint(request.cseq, ==, 9);
    g_assert_cmpuint(request.n_contacts, ==, 3);
    assert_text(request.contacts[0].uri.text, "sip:a@h1");
    assert_text(request.contacts[1].params, ";dt=544");
    assert_text(request.contacts[2].uri.text, "sip:c@h1");
    g_assert_cmpint(request.contacts[2].expires, ==, 5);
    assert_text(request.contacts[0].display, NULL);
    g_assert_cmpint(request.contacts[0].q, ==, ROLL_Q_NONE);
}

static void
test_contact_lists(void)
{
    static const struct {
        const char *description;
        const char *lines;
        int status;
        size_t n;
    } rows[] = {
        {"none is a query", "", 0, 0},
        {"one", "Contact: <sip:a@h>\r\n", 0, 1},
        {"two fields and a list", "Contact: <sip:a@h>\r\nm: <sip:b@h>,sip:c@h\r\n", 0, 3},
        {"commas that do not count", "Contact: \"a, b\" <sip:a,b@h>;x=\"c, d\"\r\n", 0, 1},
        {"two NUL users stay two (escnull)", "Contact: <sip:%00@h>\r\nContact: <sip:%00%00@h>\r\n",
         0, 2},
        {"URI header outside <> (regbadct)", "Contact: sip:u@h?Route=%3Csip:sip.example.com%3E\r\n",
         400, 0},
        {"URI header inside <> (regescrt)", "M: <sip:u@h?Route=%3Csip:s.example.com%3E>\r\n", 0, 1},
        {"empty is no query", "Contact:\r\n", 400, 0},
        {"blank is no query", "Contact: \t \r\n", 400, 0},
        {"comma at the end", "Contact: <sip:a@h>,\r\n", 400, 1},
        {"one good, one bad", "Contact: <sip:a@h>, None\r\n", 400, 1},
        {"star with expires", "Contact: *;expires=0\r\n", 400, 0},
        {"star and another is the registrar's affair", "Contact: *, <sip:a@h>\r\n", 0, 2},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = compose(rows[i].lines);
        RollRequest request;
        g_test_message("%s", rows[i].description);
        g_assert_cmpint(read_string(message, text, &request), ==, rows[i].status);
        g_assert_cmpuint(request.n_contacts, ==, rows[i].n);
    }
}

static void
test_star(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autofree char *text = compose("Contact:  * \r\nExpires: 0\r\n");
    RollRequest request;
    g_assert_cmpint(read_string(message, text, &request), ==, 0);
    g_assert_cmpuint(request.n_contacts, ==, 1);
    g_assert_true(request.contacts[0].star);
    assert_text(request.contacts[0].uri.text, NULL);
    g_assert_cmpint(request.expires, ==, 0);
}

/* A message of header lines behind a good start line and Via. */
static const struct {
    const char *description;
    const char *start;
    const char *lines;
    int status;
} heads[] = {
#define GOOD "REGISTER sip:h SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"
#define REST "From: <sip:a@h>;tag=f\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
    {"good", GOOD, VIA REST "\r\n", 0},
    {"no Via: nobody to answer", GOOD, REST "\r\n", -1},
    {"no From", GOOD, VIA "To: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"no To", GOOD, VIA "From: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"no Call-ID", GOOD, VIA "From: <sip:a@h>\r\nTo: <sip:a@h>\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"empty Call-ID", GOOD,
     VIA "From: <sip:a@h>\r\nTo: <sip:a@h>\r\nCall-ID:\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"no CSeq", GOOD, VIA "From: <sip:a@h>\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n\r\n", 400},
    {"only Via", GOOD, VIA "\r\n", 400},
    {"a second From", GOOD, VIA REST "f: <sip:b@h>\r\n\r\n", 400},
    {"a second CSeq", GOOD, VIA REST "CSeq: 2 REGISTER\r\n\r\n", 400},
    {"a second Expires", GOOD, VIA REST "Expires: 1\r\nExpires: 2\r\n\r\n", 400},
    {"From that is no address", GOOD,
     VIA "From: a\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"From with two tags", GOOD,
     VIA "From: <sip:a@h>;tag=a;tag=b\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n",
     400},
    {"To without <> and blank after the name", GOOD,
     VIA "From: <sip:a@h>\r\nTo:poo <bear@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n", 400},
    {"extra separators (badinv01)", GOOD, "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n" REST "\r\n", 400},
    {"Via that is none", GOOD, "Via: x\r\n" REST "\r\n", 400},
    {"Via parameter without value", GOOD, "Via: SIP/2.0/UDP h;branch=b;rport=\r\n" REST "\r\n",
     400},
    {"Via parameter in two words", GOOD, "Via: SIP/2.0/UDP h;branch=b (x)\r\n" REST "\r\n", 400},
    {"empty Via", GOOD, "Via:\r\n" REST "\r\n", -1},
    {"no colon in a line", GOOD, VIA REST "nonsense\r\n\r\n", 400},
    {"no name in a line", GOOD, VIA REST ": x\r\n\r\n", 400},
    {"blank in a name", GOOD, VIA REST "X y: z\r\n\r\n", 400},
    {"control character in a line that is not needed", GOOD, VIA REST "X: \x01\r\n\r\n", 400},
    {"carriage return alone", GOOD, VIA REST "X: a\rb\r\n\r\n", 400},
    {"no end of the head", GOOD, VIA REST, 400},
    {"cut in a line", GOOD, VIA REST "Contact: <sip:a@h", 400},
    {"malformed header that is not needed", GOOD, VIA REST "Accept: ;;,\r\nDate: ?\r\n\r\n", 0},
    {"Content-Length of a body that is cut", GOOD, VIA REST "Content-Length: 4\r\n\r\nabc", 400},
    {"Content-Length less than the body", GOOD, VIA REST "Content-Length: 2\r\n\r\nabc", 0},
    {"negative Content-Length", GOOD, VIA REST "Content-Length: -1\r\n\r\n", 400},
    {"Content-Length in words", GOOD, VIA REST "Content-Length: none\r\n\r\n", 400},
    {"Content-Length that overflows", GOOD, VIA REST "Content-Length: 18446744073709551616\r\n\r\n",
     400},
    {"SIP/7.0 (badvers)", "REGISTER sip:h SIP/7.0\r\n", VIA REST "\r\n", 505},
    {"version in small letters", "REGISTER sip:h sip/2.0\r\n", VIA REST "\r\n", 0},
    {"blanks in the start line (lwsstart)", "REGISTER  sip:h  SIP/2.0\r\n", VIA REST "\r\n", 400},
    {"blank at the end of the start line (trws)", "REGISTER sip:h SIP/2.0 \r\n", VIA REST "\r\n",
     400},
    {"blanks in the Request-URI (lwsruri)", "REGISTER sip:a@h; lr SIP/2.0\r\n", VIA REST "\r\n",
     400},
    {"<> around the Request-URI (ltgtruri)", "REGISTER <sip:h> SIP/2.0\r\n", VIA REST "\r\n", 400},
    {"unknown scheme is the registrar's affair (unkscm)", "REGISTER nobody:knows SIP/2.0\r\n",
     VIA REST "\r\n", 0},
    {"method differs from CSeq (mismatch01)", "OPTIONS sip:h SIP/2.0\r\n", VIA REST "\r\n", 400},
    {"a reply", "SIP/2.0 200 OK\r\n", VIA REST "\r\n", -1},
    {"a web browser", "GET / HTTP/1.1\r\n", "Host: h\r\n\r\n", -1},
    {"a bad ACK is never answered", "ACK sip:h SIP/2.0\r\n", VIA REST "\r\n", -1},
    {"method that is no token", "REG(STER sip:h SIP/2.0\r\n", VIA REST "\r\n", -1},
    {"start line of one word", "REGISTER\r\n", VIA REST "\r\n", -1},
    {"keep-alive", "\r\n\r\n", "", -1},
    {"nothing", "", "", -1},
};

static void
test_heads(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autofree char *text = g_strconcat(heads[i].start, heads[i].lines, NULL);
        RollRequest request;
        g_test_message("%s", heads[i].description);
        g_assert_cmpint(read_string(message, text, &request), ==, heads[i].status);
    }
}

static void
test_cseq_and_expires(void)
{
    static const struct {
        const char *description;
        const char *cseq;
        const char *expires;
        int status;
        uint32_t number;
        int64_t seconds;
    } rows[] = {
        {"zero", "0 REGISTER", "0", 0, 0, 0},
        {"highest", "2147483647 REGISTER", "4294967295", 0, 2147483647, 4294967295},
        {"2^31", "2147483648 REGISTER", "1", 400, 0, 1},
        {"scalar02", "36893488147419103232 REGISTER", "10000000000000000000000000000000000", 400, 0,
         ROLL_EXPIRES_NONE},
        {"negative", "-1 REGISTER", "-1", 400, 0, ROLL_EXPIRES_NONE},
        {"plus sign", "+1 REGISTER", "+1", 400, 0, ROLL_EXPIRES_NONE},
        {"words", "one REGISTER", "Thu, 01 Dec 1994 16:00:00 GMT", 400, 0, ROLL_EXPIRES_NONE},
        {"2^32", "1 REGISTER", "4294967296", 0, 1, ROLL_EXPIRES_NONE},
        {"empty expires", "1 REGISTER", "", 0, 1, ROLL_EXPIRES_NONE},
        {"no method", "1", "60", 400, 0, 60},
        {"method in small letters", "1 register", "60", 400, 1, 60},
        {"word behind the method", "1 REGISTER now", "60", 400, 1, 60},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            GOOD VIA "From: <sip:a@h>\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: %s\r\n"
                     "Expires: %s\r\n\r\n",
            rows[i].cseq, rows[i].expires);
        RollRequest request;
        g_test_message("%s", rows[i].description);
        g_assert_cmpint(read_string(message, text, &request), ==, rows[i].status);
        g_assert_cmpuint(request.cseq, ==, rows[i].number);
        g_assert_cmpint(request.expires, ==, rows[i].seconds);
        assert_text(request.cseq_text, rows[i].cseq);
    }
}

static void
test_via(void)
{
    static const RollEndpoint nobody = {0};
    static const RollEndpoint v6 = {
        .address = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .family = 6, .port = 5060};
    static const struct {
        const char *description;
        const char *lines;
        const RollEndpoint *from;
        bool rport;
        const char *sent_by;
        const char *branch;
        const char *via;
    } rows[] = {
        {"same address: as it came", "Via: SIP/2.0/UDP 192.0.2.99:5060;branch=b\r\n", &peer, false,
         "192.0.2.99:5060", "b", "SIP/2.0/UDP 192.0.2.99:5060;branch=b\n"},
        {"other address", "Via: SIP/2.0/UDP 10.0.0.1;branch=b\r\n", &peer, false, "10.0.0.1", "b",
         "SIP/2.0/UDP 10.0.0.1;branch=b;received=192.0.2.99\n"},
        {"a name", "Via: SIP/2.0/TCP pc.example.org\r\n", &peer, false, "pc.example.org", NULL,
         "SIP/2.0/TCP pc.example.org;received=192.0.2.99\n"},
        {"rport, same address", "Via: SIP/2.0/UDP 192.0.2.99;rport;branch=b\r\n", &peer, true,
         "192.0.2.99", "b", "SIP/2.0/UDP 192.0.2.99;rport=50601;branch=b;received=192.0.2.99\n"},
        {"rport with a value stays", "Via: SIP/2.0/UDP 192.0.2.99;rport=1;branch=b\r\n", &peer,
         false, "192.0.2.99", "b", "SIP/2.0/UDP 192.0.2.99;rport=1;branch=b\n"},
        {"received of the sender goes", "Via: SIP/2.0/UDP h;received=1.1.1.1;branch=b\r\n", &peer,
         false, "h", "b", "SIP/2.0/UDP h;branch=b;received=192.0.2.99\n"},
        {"unknown source", "Via: SIP/2.0/UDP 10.0.0.1;rport;branch=b\r\n", &nobody, true,
         "10.0.0.1", "b", "SIP/2.0/UDP 10.0.0.1;rport;branch=b\n"},
        {"IPv6, same address", "Via: SIP/2.0/UDP [2001:db8::1]:5061;branch=b\r\n", &v6, false,
         "[2001:db8::1]:5061", "b", "SIP/2.0/UDP [2001:db8::1]:5061;branch=b\n"},
        {"IPv6, rport", "Via: SIP/2.0/UDP [2001:db8::2];branch=b;rport\r\n", &v6, true,
         "[2001:db8::2]", "b",
         "SIP/2.0/UDP [2001:db8::2];branch=b;rport=5060;received=2001:db8::1\n"},
        {"only the topmost changes",
         "Via: SIP/2.0/UDP p;branch=b, SIP/2.0/TCP q;rport\r\nv: SIP/2.0/UDP r;branch=c\r\n", &peer,
         false, "p", "b",
         "SIP/2.0/UDP p;branch=b;received=192.0.2.99\nSIP/2.0/TCP q;rport\n"
         "SIP/2.0/UDP r;branch=c\n"},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(GOOD, rows[i].lines, REST "\r\n", NULL);
        RollRequest request;
        g_test_message("%s", rows[i].description);
        g_assert_cmpint(read_bytes(message, text, strlen(text), *rows[i].from, &request), ==, 0);
        assert_text(request.via, rows[i].via);
        assert_text(request.sent_by, rows[i].sent_by);
        assert_text(request.branch, rows[i].branch);
        g_assert_cmpint(request.rport, ==, rows[i].rport);
    }
}

#define BASE "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:h\", response=\"x\""
static const struct {
    const char *description;
    const char *value;
    size_t n;
    bool malformed;
    bool qop;
    uint32_t nc;
    RollAlgorithm algorithm;
    const char *nonce;
} credentials_rows[] = {
    {"RFC 2069 form", BASE, 1, false, false, 0, ROLL_ALGORITHM_MD5, "n"},
    {"qop", BASE ", qop=auth, cnonce=\"c\", nc=0000000a", 1, false, true, 10, ROLL_ALGORITHM_MD5,
     "n"},
    {"quoted qop and nc", BASE ", qop=\"auth\", cnonce=\"c\", nc=\"00000001\"", 1, false, true, 1,
     ROLL_ALGORITHM_MD5, "n"},
    {"scheme in capitals",
     "DIGEST  username=\"u\",realm=\"r\",nonce=\"\\\"\",uri=\"s:h\","
     "response=\"x\",algorithm=sha-256",
     1, false, false, 0, ROLL_ALGORITHM_SHA256, "\\\""},
    {"unknown algorithm", BASE ", algorithm=MD5-sess", 1, false, false, 0, ROLL_ALGORITHM_UNKNOWN,
     "n"},
    {"empty nonce and response, as IMS phones begin",
     "Digest username=\"u\",realm=\"r\",nonce=\"\",uri=\"sip:h\",response=\"\"", 1, false, false, 0,
     ROLL_ALGORITHM_MD5, ""},
    {"qop without cnonce and nc (svcrack)", BASE ", qop=auth", 1, true, true, 0, ROLL_ALGORITHM_MD5,
     "n"},
    {"nc of seven digits", BASE ", qop=auth, cnonce=\"c\", nc=0000001", 1, true, true, 0,
     ROLL_ALGORITHM_MD5, "n"},
    {"nc in capitals hashes otherwise", BASE ", qop=auth, cnonce=\"c\", nc=0000000A", 1, true, true,
     0, ROLL_ALGORITHM_MD5, "n"},
    {"qop=auth-int", BASE ", qop=auth-int, cnonce=\"c\", nc=00000001", 1, true, true, 1,
     ROLL_ALGORITHM_MD5, "n"},
    {"no nonce", "Digest username=\"u\",realm=\"r\",uri=\"sip:h\",response=\"x\"", 1, true, false,
     0, ROLL_ALGORITHM_MD5, NULL},
    {"both names of the user", BASE ", username*=UTF-8''u", 1, true, false, 0, ROLL_ALGORITHM_MD5,
     "n"},
    {"asterisk in a value", BASE ", opaque=\"username*=\"", 1, false, false, 0, ROLL_ALGORITHM_MD5,
     "n"},
    {"realm without quotes", "Digest username=\"u\", realm=r", 1, true, false, 0,
     ROLL_ALGORITHM_MD5, NULL},
    {"scheme only", "Digest", 0, false, false, 0, ROLL_ALGORITHM_MD5, NULL},
    {"Basic is none", "Basic dTpw", 0, false, false, 0, ROLL_ALGORITHM_MD5, NULL},
    {"empty is none", "", 0, false, false, 0, ROLL_ALGORITHM_MD5, NULL},
};

static void
test_credentials(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(credentials_rows); i++) {
        g_autofree char *line = g_strdup_printf("Authorization: %s\r\n", credentials_rows[i].value);
        g_autofree char *text = compose(line);
        RollRequest request;
        g_test_message("%s", credentials_rows[i].description);
        g_assert_cmpint(read_string(message, text, &request), ==, 0);
        g_assert_cmpuint(request.n_credentials, ==, credentials_rows[i].n);
        if (credentials_rows[i].n == 0)
            continue;
        const RollCredentials *credentials = &request.credentials[0];
        g_assert_cmpint(credentials->malformed, ==, credentials_rows[i].malformed);
        g_assert_cmpint(credentials->qop, ==, credentials_rows[i].qop);
        g_assert_cmpuint(credentials->nc, ==, credentials_rows[i].nc);
        g_assert_cmpint(credentials->algorithm, ==, credentials_rows[i].algorithm);
        g_assert_false(credentials->decoded);
        assert_text(credentials->nonce, credentials_rows[i].nonce);
    }
}

static void
test_several_credentials(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autofree char *text = compose("Authorization: " BASE "\r\n"
                                    "Authorization: Basic dTpw\r\n"
                                    "Proxy-Authorization: " BASE "\r\n"
                                    "Authorization: " BASE ", algorithm=SHA-256\r\n");
    RollRequest request;
    g_assert_cmpint(read_string(message, text, &request), ==, 0);
    g_assert_cmpuint(request.n_credentials, ==, 2);
    g_assert_cmpint(request.credentials[0].algorithm, ==, ROLL_ALGORITHM_MD5);
    g_assert_cmpint(request.credentials[1].algorithm, ==, ROLL_ALGORITHM_SHA256);
}

static char *
repeat(const char *line, size_t n)
{
    GString *all = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append(all, line);
    return g_string_free(all, FALSE);
}

static void
test_bounds(void)
{
    static const struct {
        const char *description;
        const char *line;
        size_t n;
        int status;
    } rows[] = {
        {"64 contacts", "Contact: <sip:a@h>\r\n", 64, 0},
        {"65 contacts", "Contact: <sip:a@h>\r\n", 65, 400},
        {"100 lines", "X: y\r\n", 100, 0},
        {"130 lines", "X: y\r\n", 130, 400},
        {"64 kB of lines", "X: y\r\n", 10000, 400},
        {"64 kB in one line", " folded\r\n", 7000, 0},
        {"8 credentials", "Authorization: " BASE "\r\n", 8, 0},
        {"9 credentials", "Authorization: " BASE "\r\n", 9, 400},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    g_autofree char *params = repeat(";a", 30000);
    g_autofree char *via = g_strconcat(GOOD "Via: SIP/2.0/UDP h", params, "\r\n" REST "\r\n", NULL);
    RollRequest long_via;
    g_assert_cmpint(read_string(message, via, &long_via), ==, 400);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *lines = repeat(rows[i].line, rows[i].n);
        g_autofree char *text = compose(lines);
        RollRequest request;
        g_test_message("%s", rows[i].description);
        /* What folds belongs to CSeq, the last line before. */
        int status = *rows[i].line == ' ' ? 400 : rows[i].status;
        g_assert_cmpint(read_string(message, text, &request), ==, status);
    }
}

static void
test_refusal_repeats_request(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollRequest request;
    const char *text = GOOD "Via: SIP/2.0/UDP h;branch=b;rport\r\n"
                            "From: <sip:a@h>;tag=f\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n"
                            "CSeq: 36893488147419103232 REGISTER\r\n\r\n";
    g_assert_cmpint(read_string(message, text, &request), ==, 400);
    RollReply reply = {.status = 400};
    roll_message_write_reply(&request, &reply, ROLL_TEXT("t"), 0, out);
    assert_text((RollText){(char *)out->data, out->len},
                "SIP/2.0 400 Bad Request\r\n"
                "Via: SIP/2.0/UDP h;branch=b;rport=50601;received=192.0.2.99\r\n"
                "From: <sip:a@h>;tag=f\r\nTo: <sip:a@h>;tag=t\r\nCall-ID: c\r\n"
                "CSeq: 36893488147419103232 REGISTER\r\nContent-Length: 0\r\n\r\n");
}

/* Every prefix of a message, and the message with every byte made a NUL, reads without harm. */
static void
test_survives(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autofree char *text = compose("Contact: \"A\" <sip:a@h>;q=0.5;expires=60\r\n"
                                    "Authorization: " BASE ", opaque=\"o\"\r\n"
                                    "Content-Length: 0\r\n");
    size_t len = strlen(text);
    RollRequest request;
    for (size_t i = 0; i < len; i++) {
        g_assert_cmpint(read_bytes(message, text, i, peer, &request), !=, 0);
        g_autofree char *copy = g_strdup(text);
        copy[i] = '\0';
        g_assert_cmpint(read_bytes(message, copy, len, peer, &request), !=, 0);
    }
}

/* What is read at a glance says the same as in a form that only libosip2 reads: with a second
 * blank, or with a parameter in quotes. */
static void
test_via_both_ways(void)
{
    static const char *const rests[] = {
        "10.0.0.1",
        "pc.example.org:5070;branch=z9hG4bK.a-b~c",
        "h;branch",
        "h:5060;RPORT;Branch=b",
        "h;rport=17;branch=b;received=192.0.2.4",
        "h;rport;rport=1;branch=b;branch=c",
        "h;alias;oc;oc-algo=loss;ttl=1;maddr=224.0.1.75",
        "h;branch=b;rport;x=(1)",
        "h:;branch=b",
        "h:x;branch=b",
        "h;branch=",
        "h;=b",
        "h;;branch=b",
    };
    g_autoptr(RollMessage) one = roll_message_new(), other = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rests); i++) {
        g_autofree char *text =
            g_strconcat(GOOD "Via: SIP/2.0/UDP ", rests[i], "\r\n" REST "\r\n", NULL);
        RollRequest a = {0};
        int status = read_string(one, text, &a);
        const char *const forms[][2] = {{"SIP/2.0/UDP  ", ""}, {"SIP/2.0/UDP ", ";q=\"a\""}};
        for (size_t j = 0; j < G_N_ELEMENTS(forms); j++) {
            RollRequest b = {0};
            g_autofree char *again = g_strconcat(GOOD "Via: ", forms[j][0], rests[i], forms[j][1],
                                                 "\r\n" REST "\r\n", NULL);
            g_test_message("%s", again);
            g_assert_cmpint(read_string(other, again, &b), ==, status);
            if (status != 0)
                continue;
            g_assert_true(roll_text_equal(a.branch, b.branch));
            g_assert_true(roll_text_equal(a.sent_by, b.sent_by));
            g_assert_true(a.rport == b.rport && a.oc == b.oc);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/request/every-field", test_plain);
    g_test_add_func("/message/request/compact-folded-and-blank-forms", test_device_forms);
    g_test_add_func("/message/request/contact-lists", test_contact_lists);
    g_test_add_func("/message/request/star", test_star);
    g_test_add_func("/message/request/refuses-with-the-right-status", test_heads);
    g_test_add_func("/message/request/numbers-are-range-checked", test_cseq_and_expires);
    g_test_add_func("/message/request/via-tells-the-source", test_via);
    g_test_add_func("/message/request/via-is-the-same-at-a-glance", test_via_both_ways);
    g_test_add_func("/message/request/digest-credentials", test_credentials);
    g_test_add_func("/message/request/other-schemes-are-passed-over", test_several_credentials);
    g_test_add_func("/message/request/is-bounded", test_bounds);
    g_test_add_func("/message/request/refusal-repeats-the-request", test_refusal_repeats_request);
    g_test_add_func("/message/request/survives-prefixes-and-nuls", test_survives);
    return g_test_run();
}
