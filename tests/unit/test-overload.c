/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 7339: what clients that take part are told, and what happens to the others. */
#include "tests/unit/door.h"

static unsigned n_sent;

/* A REGISTER whose Via ends with @offer. */
static const char *
ask(Door *door, const char *offer)
{
    n_sent++;
    g_autofree char *text = g_strdup_printf(
        "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5099;branch=z9hG4bK%u%s\r\n"
        "Via: SIP/2.0/UDP behind;branch=z9hG4bKb;oc=9\r\n"
        "From: <sip:alice@example.org>;tag=f\r\nTo: <sip:alice@example.org>\r\nCall-ID: oc\r\n"
        "CSeq: %u REGISTER\r\n\r\n",
        n_sent, offer, n_sent);
    return door_send_text(door, text, strlen(text));
}

/* The topmost Via of the answer from the branch on. */
static char *
answered_via(const char *answer)
{
    const char *start = strstr(answer, ";branch=");
    g_assert_nonnull(start);
    start += 1 + strcspn(start + 1, ";\r");
    return g_strndup(start, strcspn(start, "\r"));
}

static void
expect_via(Door *door, const char *offer, const char *expected)
{
    g_autofree char *via = answered_via(ask(door, offer));
    g_assert_cmpstr(via, ==, expected);
    g_assert_nonnull(strstr(door->answer->str, "Via: SIP/2.0/UDP behind;branch=z9hG4bKb;oc=9\r\n"));
}

static Door *
open_door(void)
{
    Door *door = door_new(true);
    door->config.epoch = 1700000000;
    door_open(door);
    return door;
}

static void
test_idle(void)
{
    g_autoptr(Door) door = open_door();
    roll_registrar_set_overload(door->registrar, 0, 0, 0);
    expect_via(door, ";oc;oc-algo=\"loss,A\"",
               ";oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq=1700000000.00000");
    expect_via(door, ";oc", ";oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq=1700000000.00000");
    /* Not for a request (section 4.3, 4.4), so not sent back. */
    expect_via(door, ";oc;x=y;oc-validity=5;oc-seq=3.4",
               ";x=y;oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq=1700000000.00000");
}

static void
test_not_offered(void)
{
    static const char *const offers[] = {"", ";x=oc", ";oc=5", ";oc;oc-algo=\"rate\"",
                                         ";oc-algo=\"loss\""};
    g_autoptr(Door) door = open_door();
    roll_registrar_set_overload(door->registrar, 0, 0, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(offers); i++)
        expect_via(door, offers[i], offers[i]);
}

static void
test_feedback(void)
{
    g_autoptr(Door) door = open_door();
    const char *const offer = ";oc;oc-algo=\"loss\"";
    door->now = 1234567;
    roll_registrar_set_overload(door->registrar, door->now, 20, 500);
    expect_via(door, offer, ";oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000001.23456");
    g_assert_true(g_str_has_prefix(door->answer->str, "SIP/2.0 200"));
    /* The same value goes on with the same number; a new one rises, be it at the same instant. */
    expect_via(door, offer, ";oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000001.23456");
    roll_registrar_set_overload(door->registrar, door->now, 30, 500);
    expect_via(door, offer, ";oc=30;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000001.23457");
    /* A copy of a request gets the feedback of now (section 5.2). */
    n_sent--;
    roll_registrar_set_overload(door->registrar, door->now, 250, 500);
    expect_via(door, offer, ";oc=100;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000001.23458");
    /* Over by itself, with a higher number (section 5.7). */
    door->now += 500 * ROLL_MILLISECOND;
    expect_via(door, offer, ";oc=0;oc-algo=\"loss\";oc-validity=0;oc-seq=1700000001.73456");
}

static unsigned
count_refused(Door *door, const char *offer, unsigned n)
{
    unsigned n_refused = 0;
    for (unsigned i = 0; i < n; i++) {
        const char *answer = ask(door, offer);
        if (g_str_has_prefix(answer, "SIP/2.0 200"))
            continue;
        g_assert_true(g_str_has_prefix(answer, "SIP/2.0 503 "));
        g_assert_null(strstr(answer, "Retry-After"));
        n_refused++;
    }
    return n_refused;
}

static void
test_share(void)
{
    g_autoptr(Door) door = open_door();
    roll_registrar_set_overload(door->registrar, 0, 25, 1000);
    unsigned n = count_refused(door, "", 2000);
    g_assert_cmpuint(n, >, 420);
    g_assert_cmpuint(n, <, 580);
    g_assert_cmpuint(count_refused(door, ";oc", 500), ==, 0);
    roll_registrar_set_overload(door->registrar, 0, 100, 1000);
    g_assert_cmpuint(count_refused(door, "", 100), ==, 100);
    g_assert_cmpuint(count_refused(door, ";oc", 100), ==, 0);
    roll_registrar_set_overload(door->registrar, 0, 0, 1000);
    g_assert_cmpuint(count_refused(door, "", 100), ==, 0);
    roll_registrar_set_overload(door->registrar, 0, 100, 0);
    g_assert_cmpuint(count_refused(door, "", 100), ==, 0);
    roll_registrar_set_overload(door->registrar, 0, 100, 1000);
    door->now = 1000 * ROLL_MILLISECOND;
    g_assert_cmpuint(count_refused(door, "", 100), ==, 0);
}

/* Through both doors: copies have one fate, nothing is changed by what is refused, and an answer
 * given before is given again. */
static void
test_fate(Door *door)
{
    door_open(door);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "z9hG4bKold",
                .cseq = 1);
    roll_registrar_set_overload(door->registrar, 0, 50, 1000);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .branch = "z9hG4bKold",
                .cseq = 1);
    unsigned n_refused = 0;
    for (uint32_t cseq = 2; cseq < 40; cseq++) {
        g_autofree char *branch = g_strdup_printf("z9hG4bKx%u", cseq);
        Ask ask = {.contacts = "sip:a@h1", .branch = branch, .cseq = cseq};
        g_autofree char *first = g_strdup(door_ask(door, &ask));
        g_assert_cmpstr(door_ask(door, &ask), ==, first);
        n_refused += strcmp(first, "503") == 0;
    }
    g_assert_cmpuint(n_refused, >, 8);
    g_assert_cmpuint(n_refused, <, 30);
    g_string_truncate(door->events, 0);
}

/* A client reads in the answer what the door for decoded requests gives. */
static void
test_round_trip(void)
{
    g_autoptr(Door) door = open_door();
    g_autoptr(RollMessage) message = roll_message_new();
    RollReply heard, told;
    door->now = 1234567;
    roll_registrar_set_overload(door->registrar, door->now, 20, 700);
    for (unsigned i = 0; i < 2; i++) {
        RollRequest request = {.method = ROLL_TEXT("REGISTER"), .cseq = 1, .oc = i == 0};
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        roll_uri_parse(ROLL_TEXT("sip:example.org"), &request.uri);
        roll_uri_parse(ROLL_TEXT("sip:alice@example.org"), &request.to);
        request.from = request.to;
        request.call_id = ROLL_TEXT("trip");
        request.from_tag = ROLL_TEXT("f");
        request.sent_by = ROLL_TEXT("192.0.2.1");
        request.branch = i == 0 ? ROLL_TEXT("z9hG4bKtrip") : ROLL_TEXT("z9hG4bKnone");
        request.expires = ROLL_EXPIRES_NONE;
        roll_message_write_request(&request, bytes);
        const char *answer = door_send_text(door, (const char *)bytes->data, bytes->len);
        g_assert_true(
            roll_message_read_reply(message, (const uint8_t *)answer, strlen(answer), &heard));
        roll_registrar_register(door->registrar, door->now, &request, &told);
        g_assert_cmpint(heard.oc, ==, i == 0);
        g_assert_cmpuint(heard.oc_percent, ==, i == 0 ? 20 : 0);
        g_assert_cmpuint(heard.oc_validity, ==, i == 0 ? 700 : 0);
        g_assert_cmpint(heard.oc_seq, ==, i == 0 ? INT64_C(170000000123456) : 0);
        g_assert_cmpint(told.oc, ==, heard.oc);
        g_assert_cmpuint(told.oc_percent, ==, heard.oc_percent);
        g_assert_cmpuint(told.oc_validity, ==, heard.oc_validity);
        g_assert_cmpint(told.oc_seq, ==, heard.oc_seq);
    }
}

static void
test_read(void)
{
    static const struct {
        const char *via;
        bool oc;
        uint32_t percent, validity;
        int64_t seq;
    } rows[] = {
        {";oc=7;oc-algo=\"loss\";oc-validity=300;oc-seq=12.00034", true, 7, 300, 1200034},
        {";oc=100;oc-validity=0;oc-seq=12.5", true, 100, 0, 1250000},
        {";oc=0;oc-seq=3", true, 0, 500, 300000},
        {";OC=5;x=y;OC-Algo=\"a, loss\"", true, 5, 500, 0},
        {"", false, 0, 0, 0},
        {";oc;oc-algo=\"loss\"", false, 0, 0, 0},
        {";oc-validity=500;oc-seq=1.1", false, 0, 0, 0},
        {";oc=101", false, 0, 0, 0},
        {";oc=-1", false, 0, 0, 0},
        {";oc=20;oc-algo=\"rate\"", false, 0, 0, 0},
        {";oc=20;oc-seq=1.", false, 0, 0, 0},
        {";oc=20;oc-seq", false, 0, 0, 0},
        {";oc=20;oc-seq=1.123456", false, 0, 0, 0},
        {";oc=20;oc-seq=99999999999999999999.1", false, 0, 0, 0},
        {";oc=20;oc-validity=soon", false, 0, 0, 0},
    };
    g_autoptr(RollMessage) message = roll_message_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1%s\r\n"
                            "Via: SIP/2.0/UDP b;branch=z9hG4bK2;oc=50\r\nFrom: <sip:a@b>;tag=f\r\n"
                            "To: <sip:a@b>;tag=t\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\n\r\n",
                            rows[i].via);
        RollReply reply;
        bool read = roll_message_read_reply(message, (const uint8_t *)text, strlen(text), &reply);
        if (!read && !rows[i].oc) /* not a Via that could be cut */
            continue;
        g_assert_true(read);
        g_assert_cmpint(reply.oc, ==, rows[i].oc);
        g_assert_cmpuint(reply.oc_percent, ==, rows[i].percent);
        g_assert_cmpuint(reply.oc_validity, ==, rows[i].validity);
        g_assert_cmpint(reply.oc_seq, ==, rows[i].seq);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/overload/7339-5.1/no-overload-is-said", test_idle);
    g_test_add_func("/overload/7339-5.1/not-offered", test_not_offered);
    g_test_add_func("/overload/7339-5.2/feedback-and-its-end", test_feedback);
    g_test_add_func("/overload/7339-5.10.2/others-are-refused-that-share", test_share);
    g_test_add_func("/overload/7339-5.4/both-doors-tell-the-same", test_round_trip);
    g_test_add_func("/overload/7339-5.4/what-a-client-reads", test_read);
    door_add_test("/overload/7339-5.10.2/a-copy-has-the-same-fate", test_fate);
    return g_test_run();
}
