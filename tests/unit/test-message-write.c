/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIP messages written, byte for byte, and read back: what one side says is what the other hears.
 */
#include "tests/unit/assert-text.h"

#include <rollcall/message.h>

static void
assert_written(const GByteArray *out, const char *expected)
{
    g_autofree char *text = g_strndup((const char *)out->data, out->len);
    g_assert_cmpstr(text, ==, expected);
}

static RollUri
uri(const char *text)
{
    RollUri out;
    g_assert_true(roll_uri_parse(roll_text(text), &out));
    return out;
}

static int
read_back(RollMessage *message, const GByteArray *bytes, RollRequest *out)
{
    RollPacket packet = {.data = bytes->data, .len = bytes->len};
    return roll_message_read_request(message, &packet, out);
}

/* What a decoded client of the simulator hands over: no texts, only values. */
static RollRequest
client_request(const RollContact *contact, const RollCredentials *credentials)
{
    return (RollRequest){
        .method = ROLL_TEXT("REGISTER"),
        .uri = uri("sip:example.org"),
        .from = uri("sip:alice@example.org"),
        .to = uri("sip:alice@example.org"),
        .from_tag = ROLL_TEXT("f1"),
        .call_id = ROLL_TEXT("c1"),
        .cseq = 2147483647,
        .branch = ROLL_TEXT("z9hG4bKa"),
        .sent_by = ROLL_TEXT("192.0.2.1:5060"),
        .contacts = contact,
        .n_contacts = contact ? 1 : 0,
        .expires = ROLL_EXPIRES_NONE,
        .credentials = credentials,
        .n_credentials = credentials ? 1 : 0,
    };
}

static void
test_request(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollContact contact = {.uri = uri("sip:alice@192.0.2.1;ob"),
                           .params = ROLL_TEXT(";reg-id=1"),
                           .expires = 3600,
                           .q = 50};
    RollCredentials credentials = {.algorithm = ROLL_ALGORITHM_SHA256,
                                   .qop = true,
                                   .nc = 0xab,
                                   .username = ROLL_TEXT("alice"),
                                   .realm = ROLL_TEXT("example.org"),
                                   .nonce = ROLL_TEXT("n"),
                                   .cnonce = ROLL_TEXT("cn"),
                                   .opaque = ROLL_TEXT(""),
                                   .uri = ROLL_TEXT("sip:example.org"),
                                   .response = ROLL_TEXT("00ff")};
    RollRequest request = client_request(&contact, &credentials);
    request.expires = 0;
    request.supported = ROLL_TEXT("path,gruu");
    request.user_agent = ROLL_TEXT("rollcall");
    roll_message_write_request(&request, out);
    assert_written(out, "REGISTER sip:example.org SIP/2.0\r\n"
                        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport\r\n"
                        "Max-Forwards: 70\r\n"
                        "From: <sip:alice@example.org>;tag=f1\r\n"
                        "To: <sip:alice@example.org>\r\n"
                        "Call-ID: c1\r\n"
                        "CSeq: 2147483647 REGISTER\r\n"
                        "Contact: <sip:alice@192.0.2.1;ob>;reg-id=1;q=0.05;expires=3600\r\n"
                        "Expires: 0\r\n"
                        "Supported: path,gruu\r\n"
                        "User-Agent: rollcall\r\n"
                        "Authorization: Digest username=\"alice\", realm=\"example.org\", "
                        "nonce=\"n\", uri=\"sip:example.org\", response=\"00ff\", "
                        "algorithm=SHA-256, cnonce=\"cn\", qop=auth, nc=000000ab, opaque=\"\"\r\n"
                        "Content-Length: 0\r\n\r\n");
}

static void
test_request_round_trip(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollContact contact = {.uri = uri("sip:%00a@192.0.2.1;ob?X=y"),
                           .display = ROLL_TEXT("\"A, B\""),
                           .expires = 4294967295,
                           .q = 999};
    RollCredentials credentials = {.username = ROLL_TEXT("a"),
                                   .realm = ROLL_TEXT("r"),
                                   .nonce = ROLL_TEXT("n"),
                                   .uri = ROLL_TEXT("sip:h"),
                                   .response = ROLL_TEXT("x"),
                                   .opaque = ROLL_TEXT("o")};
    RollRequest request = client_request(&contact, &credentials);
    RollRequest heard;
    request.source.transport = ROLL_TRANSPORT_TLS;
    roll_message_write_request(&request, out);
    g_assert_cmpint(read_back(message, out, &heard), ==, 0);
    assert_text(heard.via, "SIP/2.0/TLS 192.0.2.1:5060;branch=z9hG4bKa;rport\n");
    g_assert_true(heard.rport);
    assert_text(heard.uri.text, "sip:example.org");
    assert_text(heard.to.text, "sip:alice@example.org");
    assert_text(heard.from_tag, "f1");
    g_assert_cmpuint(heard.cseq, ==, request.cseq);
    g_assert_cmpint(heard.expires, ==, ROLL_EXPIRES_NONE);
    assert_text(heard.contacts[0].uri.text, "sip:%00a@192.0.2.1;ob?X=y");
    assert_text(heard.contacts[0].display, "\"A, B\"");
    g_assert_cmpint(heard.contacts[0].expires, ==, 4294967295);
    g_assert_cmpint(heard.contacts[0].q, ==, 999);
    g_assert_false(heard.credentials[0].malformed);
    g_assert_false(heard.credentials[0].qop);
    assert_text(heard.credentials[0].opaque, "o");
    assert_text(heard.credentials[0].response, "x");
    /* And what was heard is written as it was. */
    g_autoptr(GByteArray) again = g_byte_array_new();
    heard.via = (RollText){0};
    heard.source.transport = ROLL_TRANSPORT_TLS;
    RollContact stripped = heard.contacts[0];
    stripped.params = (RollText){0};
    heard.contacts = &stripped;
    roll_message_write_request(&heard, again);
    g_assert_cmpmem(again->data, again->len, out->data, out->len);
}

static void
test_decoded_credentials_have_no_text(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollCredentials credentials = {.decoded = true, .serial = 1};
    RollContact star = {.star = true, .expires = ROLL_EXPIRES_NONE, .q = ROLL_Q_NONE};
    RollRequest request = client_request(&star, &credentials);
    roll_message_write_request(&request, out);
    g_autofree char *text = g_strndup((const char *)out->data, out->len);
    g_assert_null(strstr(text, "Authorization"));
    g_assert_nonnull(strstr(text, "\r\nContact: *\r\n"));
}

/* Whatever a value says, it stays in its line and in its quotes. */
static void
test_injection(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollContact contact = {.uri = uri("sip:a@h"),
                           .params = ROLL_TEXT(";x=1\r\nContact: <sip:evil@h>"),
                           .expires = ROLL_EXPIRES_NONE,
                           .q = ROLL_Q_NONE};
    RollCredentials credentials = {.username = ROLL_TEXT("a\", realm=\"evil"),
                                   .realm = ROLL_TEXT("r\\\"ok"),
                                   .nonce = ROLL_TEXT("n\r\nExpires: 7\\"),
                                   .uri = ROLL_TEXT("sip:h"),
                                   .response = ROLL_TEXT("x")};
    RollRequest request = client_request(&contact, &credentials);
    RollRequest heard;
    request.user_agent = ROLL_TEXT("a\nExpires: 8\0b");
    roll_message_write_request(&request, out);
    g_assert_cmpint(read_back(message, out, &heard), ==, 400);
    g_assert_cmpint(heard.expires, ==, ROLL_EXPIRES_NONE);
    g_assert_cmpuint(heard.n_contacts, ==, 0);
    assert_text(heard.user_agent, "a Expires: 8 b");
    assert_text(heard.credentials[0].username, "a\\\", realm=\\\"evil");
    assert_text(heard.credentials[0].realm, "r\\\"ok");
    assert_text(heard.credentials[0].nonce, "n  Expires: 7\\\\");
}

static RollRequest
server_request(void)
{
    RollRequest request = client_request(NULL, NULL);
    request.via = ROLL_TEXT("SIP/2.0/UDP a;branch=z9hG4bKa;received=192.0.2.9\nSIP/2.0/TCP b\n");
    request.from_text = ROLL_TEXT("\"A\" <sip:alice@example.org>;tag=f1");
    request.to_text = ROLL_TEXT("sip:alice@example.org");
    request.cseq_text = ROLL_TEXT("0007 REGISTER");
    return request;
}

#define HEAD                                                                                       \
    "Via: SIP/2.0/UDP a;branch=z9hG4bKa;received=192.0.2.9\r\n"                                    \
    "Via: SIP/2.0/TCP b\r\n"                                                                       \
    "From: \"A\" <sip:alice@example.org>;tag=f1\r\n"                                               \
    "To: sip:alice@example.org;tag=t1\r\n"                                                         \
    "Call-ID: c1\r\n"                                                                              \
    "CSeq: 0007 REGISTER\r\n"
#define TAIL "Content-Length: 0\r\n\r\n"

static void
test_replies(void)
{
    RollContact contacts[] = {
        {.uri = uri("sip:a@h"), .expires = 60, .q = 1000},
        {.uri = uri("sip:b@h"), .params = ROLL_TEXT(";ob"), .expires = 0, .q = ROLL_Q_NONE},
    };
    RollChallenge challenges[] = {
        {.algorithm = ROLL_ALGORITHM_SHA256,
         .qop = true,
         .realm = ROLL_TEXT("r"),
         .nonce = ROLL_TEXT("n1")},
        {.algorithm = ROLL_ALGORITHM_MD5,
         .stale = true,
         .qop = true,
         .realm = ROLL_TEXT("r"),
         .nonce = ROLL_TEXT("n2"),
         .opaque = ROLL_TEXT("o")},
    };
    const struct {
        const char *description;
        RollReply reply;
        const char *text;
    } rows[] = {
        {"every binding and the date",
         {.status = 200, .at = -1, .contacts = contacts, .n_contacts = 2},
         "SIP/2.0 200 OK\r\n" HEAD "Contact: <sip:a@h>;q=1;expires=60\r\n"
         "Contact: <sip:b@h>;ob;expires=0\r\nDate: Sun, 06 Nov 1994 08:49:36 GMT\r\n" TAIL},
        {"challenges in order",
         {.status = 401, .challenges = challenges, .n_challenges = 2},
         "SIP/2.0 401 Unauthorized\r\n" HEAD
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\r\n"
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", opaque=\"o\", stale=true, "
         "algorithm=MD5, qop=\"auth\"\r\n" TAIL},
        {"no binding in a refusal",
         {.status = 400, .contacts = contacts, .n_contacts = 2},
         "SIP/2.0 400 Bad Request\r\n" HEAD TAIL},
        {"other methods",
         {.status = 405},
         "SIP/2.0 405 Method Not Allowed\r\n" HEAD "Allow: REGISTER\r\n" TAIL},
        {"unknown options",
         {.status = 420, .unsupported = ROLL_TEXT("x,y")},
         "SIP/2.0 420 Bad Extension\r\n" HEAD "Unsupported: x,y\r\n" TAIL},
        {"too brief",
         {.status = 423, .min_expires = 4294967295},
         "SIP/2.0 423 Interval Too Brief\r\n" HEAD "Min-Expires: 4294967295\r\n" TAIL},
        {"full",
         {.status = 503, .retry_after = 30},
         "SIP/2.0 503 Service Unavailable\r\n" HEAD "Retry-After: 30\r\n" TAIL},
        {"broken", {.status = 500}, "SIP/2.0 500 Server Internal Error\r\n" HEAD TAIL},
        {"status without a phrase", {.status = 499}, "SIP/2.0 499 Unknown\r\n" HEAD TAIL},
    };
    RollRequest request = server_request();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        g_test_message("%s", rows[i].description);
        roll_message_write_reply(&request, &rows[i].reply, ROLL_TEXT("t1"), 784111777, out);
        assert_written(out, rows[i].text);
    }
}

static void
test_reply_to_decoded(void)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollRequest request = client_request(NULL, NULL);
    RollReply reply = {.status = 404};
    request.to_tag = ROLL_TEXT("there");
    g_byte_array_append(out, (const uint8_t *)"before", 6);
    roll_message_write_reply(&request, &reply, ROLL_TEXT("t1"), 0, out);
    assert_written(out, "beforeSIP/2.0 404 Not Found\r\n"
                        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;rport\r\n"
                        "From: <sip:alice@example.org>;tag=f1\r\n"
                        "To: <sip:alice@example.org>;tag=there\r\n"
                        "Call-ID: c1\r\nCSeq: 2147483647 REGISTER\r\n" TAIL);
}

static void
test_dates(void)
{
    static const struct {
        int64_t epoch;
        RollTime at;
        const char *date;
    } rows[] = {
        {784111777, 0, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {784111776, 1999999, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {0, 0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {0, -1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {951782400, 0, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {951868799, ROLL_SECOND, "Wed, 01 Mar 2000 00:00:00 GMT"},
        {1709164800, 0, "Thu, 29 Feb 2024 00:00:00 GMT"},
        {1735689599, 0, "Tue, 31 Dec 2024 23:59:59 GMT"},
        {4107542400, 0, "Mon, 01 Mar 2100 00:00:00 GMT"},
        {253402300799, 0, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    RollRequest request = server_request();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        RollReply reply = {.status = 200, .at = rows[i].at};
        g_autofree char *expected =
            g_strconcat("SIP/2.0 200 OK\r\n" HEAD "Date: ", rows[i].date, "\r\n" TAIL, NULL);
        roll_message_write_reply(&request, &reply, ROLL_TEXT("t1"), rows[i].epoch, out);
        assert_written(out, expected);
    }
}

/* Each day of 800 years against GLib's calendar. */
static void
test_every_day(void)
{
    RollRequest request = client_request(NULL, NULL);
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GDate) date = g_date_new_dmy(1, 1, 1600);
    for (int64_t day = -135140; g_date_get_year(date) < 2400; day++, g_date_add_days(date, 1)) {
        char expected[64];
        RollReply reply = {.status = 200, .at = day * ROLL_DAY};
        g_byte_array_set_size(out, 0);
        roll_message_write_reply(&request, &reply, ROLL_TEXT("t"), 0, out);
        g_date_strftime(expected, sizeof(expected), "Date: %a, %d %b %Y 00:00:00 GMT", date);
        g_byte_array_append(out, (const uint8_t *)"", 1);
        g_assert_nonnull(strstr((const char *)out->data, expected));
    }
}

static void
test_reply_round_trip(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollContact contacts[] = {
        {.uri = uri("sip:a@h"), .expires = 60, .q = 5},
        {.uri = uri("sip:b@h"), .params = ROLL_TEXT(";ob"), .expires = 1, .q = ROLL_Q_NONE},
    };
    RollRequest request = server_request();
    RollReply reply = {.status = 200, .contacts = contacts, .n_contacts = 2};
    RollReply heard;
    roll_message_write_reply(&request, &reply, ROLL_TEXT("t"), 0, out);
    g_assert_true(roll_message_read_reply(message, out->data, out->len, &heard));
    g_assert_cmpint(heard.status, ==, 200);
    g_assert_cmpuint(heard.cseq, ==, 7);
    assert_text(heard.call_id, "c1");
    assert_text(heard.branch, "z9hG4bKa");
    g_assert_cmpuint(heard.n_contacts, ==, 2);
    assert_text(heard.contacts[0].uri.text, "sip:a@h");
    assert_text(heard.contacts[0].params, NULL);
    g_assert_cmpint(heard.contacts[0].q, ==, 5);
    g_assert_cmpint(heard.contacts[0].expires, ==, 60);
    assert_text(heard.contacts[1].params, ";ob");
    g_assert_cmpint(heard.contacts[1].expires, ==, 1);
}

static void
test_challenge_round_trip(void)
{
    g_autoptr(RollMessage) message = roll_message_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    RollChallenge challenges[] = {
        {.algorithm = ROLL_ALGORITHM_SHA256,
         .qop = true,
         .realm = ROLL_TEXT("r"),
         .nonce = ROLL_TEXT("n1"),
         .stale = true},
        {.realm = ROLL_TEXT("r"), .nonce = ROLL_TEXT("n2"), .opaque = ROLL_TEXT("o")},
    };
    RollRequest request = server_request();
    RollReply reply = {.status = 401, .challenges = challenges, .n_challenges = 2};
    RollReply heard;
    roll_message_write_reply(&request, &reply, ROLL_TEXT("t"), 0, out);
    g_assert_true(roll_message_read_reply(message, out->data, out->len, &heard));
    g_assert_cmpuint(heard.n_challenges, ==, 2);
    g_assert_cmpint(heard.challenges[0].algorithm, ==, ROLL_ALGORITHM_SHA256);
    g_assert_true(heard.challenges[0].qop);
    g_assert_true(heard.challenges[0].stale);
    assert_text(heard.challenges[0].nonce, "n1");
    assert_text(heard.challenges[0].opaque, NULL);
    g_assert_cmpint(heard.challenges[1].algorithm, ==, ROLL_ALGORITHM_MD5);
    g_assert_false(heard.challenges[1].qop);
    g_assert_false(heard.challenges[1].stale);
    assert_text(heard.challenges[1].opaque, "o");
}

/* What other registrars answer. */
static void
test_foreign_replies(void)
{
#define START "v:SIP/2.0/UDP h;branch=b\r\ni:c\r\nCSeq:1 REGISTER\r\n"
    static const struct {
        const char *description;
        const char *text;
        bool good;
        int status;
        size_t n_contacts, n_challenges;
        int64_t expires;
        uint32_t min_expires, retry_after;
    } rows[] = {
        {"compact form without blanks", "SIP/2.0 200 OK\r\n" START "m:<sip:a@h>;expires=9\r\n\r\n",
         true, 200, 1, 0, 9, 0, 0},
        {"one expiry for all", "SIP/2.0 200 OK\r\n" START "m:<sip:a@h>\r\nExpires: 8\r\n\r\n", true,
         200, 1, 0, 8, 0, 0},
        {"a contact that is none is left out",
         "SIP/2.0 200 OK\r\n" START "m:<sip:a@h>;expires=7, oops\r\n\r\n", true, 200, 1, 0, 7, 0,
         0},
        {"Retry-After with a comment",
         "SIP/2.0 503 Busy\r\n" START "Retry-After: 120 (asleep);duration=3600\r\n\r\n", true, 503,
         0, 0, 0, 0, 120},
        {"Min-Expires", "SIP/2.0 423 x\r\n" START "Min-Expires: 90\r\n\r\n", true, 423, 0, 0, 0, 90,
         0},
        {"no reason phrase", "SIP/2.0 403 \r\n" START "\r\n", true, 403, 0, 0, 0, 0, 0},
        {"a provisional one", "SIP/2.0 100 Trying\r\n" START "\r\n", true, 100, 0, 0, 0, 0, 0},
        {"only Digest with auth counts",
         "SIP/2.0 401 x\r\n" START "WWW-Authenticate: Basic realm=\"r\"\r\n"
         "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\",qop=\"auth-int\"\r\n"
         "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\",qop=\"auth-int , auth\"\r\n"
         "WWW-Authenticate: Digest realm=\"r\"\r\n\r\n",
         true, 401, 0, 1, 0, 0, 0},
        {"a request", "REGISTER sip:h SIP/2.0\r\n" START "\r\n", false, 0, 0, 0, 0, 0, 0},
        {"status of two digits", "SIP/2.0 20 OK\r\n" START "\r\n", false, 0, 0, 0, 0, 0, 0},
        {"status of four digits", "SIP/2.0 2000 OK\r\n" START "\r\n", false, 0, 0, 0, 0, 0, 0},
        {"status out of range", "SIP/2.0 700 OK\r\n" START "\r\n", false, 0, 0, 0, 0, 0, 0},
        {"no Via", "SIP/2.0 200 OK\r\ni:c\r\nCSeq:1 REGISTER\r\n\r\n", false, 0, 0, 0, 0, 0, 0},
        {"no CSeq", "SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\ni:c\r\n\r\n", false, 0, 0, 0, 0, 0, 0},
        {"no end", "SIP/2.0 200 OK\r\n" START, false, 0, 0, 0, 0, 0, 0},
        {"nothing", "", false, 0, 0, 0, 0, 0, 0},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t len = strlen(rows[i].text);
        g_autofree uint8_t *copy = g_memdup2(rows[i].text, len ? len : 1);
        RollReply heard;
        g_test_message("%s", rows[i].description);
        g_assert_cmpint(roll_message_read_reply(message, copy, len, &heard), ==, rows[i].good);
        if (!rows[i].good)
            continue;
        g_assert_cmpint(heard.status, ==, rows[i].status);
        g_assert_cmpuint(heard.n_contacts, ==, rows[i].n_contacts);
        g_assert_cmpuint(heard.n_challenges, ==, rows[i].n_challenges);
        g_assert_cmpuint(heard.min_expires, ==, rows[i].min_expires);
        g_assert_cmpuint(heard.retry_after, ==, rows[i].retry_after);
        if (heard.n_contacts > 0)
            g_assert_cmpint(heard.contacts[0].expires, ==, rows[i].expires);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/write/request", test_request);
    g_test_add_func("/message/write/request-is-heard-as-said", test_request_round_trip);
    g_test_add_func("/message/write/decoded-credentials-have-no-text",
                    test_decoded_credentials_have_no_text);
    g_test_add_func("/message/write/no-value-leaves-its-line", test_injection);
    g_test_add_func("/message/write/reply-by-status", test_replies);
    g_test_add_func("/message/write/reply-to-a-decoded-request", test_reply_to_decoded);
    g_test_add_func("/message/write/date", test_dates);
    g_test_add_func("/message/write/date-of-every-day", test_every_day);
    g_test_add_func("/message/write/reply-is-heard-as-said", test_reply_round_trip);
    g_test_add_func("/message/write/challenge-is-heard-as-said", test_challenge_round_trip);
    g_test_add_func("/message/reply/from-other-registrars", test_foreign_replies);
    return g_test_run();
}
