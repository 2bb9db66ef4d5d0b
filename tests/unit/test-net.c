/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of the server that need no socket: the limit of a source, STUN, a 503 made of a 200. */
#include "src/net/answer.h"
#include "src/net/limit.h"
#include "src/net/stun.h"

#include <glib.h>
#include <string.h>

static RollEndpoint
peer_of(uint8_t last, uint16_t port)
{
    return (RollEndpoint){{192, 0, 2, last}, 4, ROLL_TRANSPORT_UDP, port};
}

static unsigned
count_admitted(RollLimit *limit, RollTime now, RollEndpoint peer, unsigned times)
{
    unsigned n = 0;
    for (unsigned i = 0; i < times; i++)
        n += roll_limit_admits(limit, now, &peer);
    return n;
}

static void
test_rate(void)
{
    RollLimit *limit = roll_limit_new(10, 5, false);
    g_assert_cmpuint(count_admitted(limit, 0, peer_of(1, 1), 100), ==, 5);
    /* Another port is the same source, another address is not. */
    g_assert_cmpuint(count_admitted(limit, 0, peer_of(1, 2), 100), ==, 0);
    g_assert_cmpuint(count_admitted(limit, 0, peer_of(2, 1), 100), ==, 5);
    g_assert_cmpuint(count_admitted(limit, ROLL_SECOND / 5, peer_of(1, 1), 100), ==, 2);
    /* Silence is saved up to the burst. */
    g_assert_cmpuint(count_admitted(limit, ROLL_HOUR, peer_of(1, 1), 100), ==, 5);
    roll_limit_free(limit);
}

static void
test_wide(void)
{
    RollLimit *limit = roll_limit_new(10, 5, false);
    RollEndpoint a = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9}, 6, ROLL_TRANSPORT_UDP, 1}, b = a, c = a;
    b.address[15] = 7;
    c.address[7] = 2;
    g_assert_cmpuint(count_admitted(limit, 0, a, 100), ==, 5);
    g_assert_cmpuint(count_admitted(limit, 0, b, 100), ==, 0);
    g_assert_cmpuint(count_admitted(limit, 0, c, 100), ==, 5);
    roll_limit_free(limit);
}

static void
test_loopback(void)
{
    static const struct {
        double rate;
        bool loopback;
        unsigned admitted;
    } cases[] = {{10, false, 100}, {10, true, 5}, {0, true, 100}};
    const RollEndpoint four = {{127, 0, 0, 9}, 4, ROLL_TRANSPORT_UDP, 1},
                       six = {{[15] = 1}, 6, ROLL_TRANSPORT_UDP, 1};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RollLimit *limit = roll_limit_new(cases[i].rate, 5, cases[i].loopback);
        g_assert_cmpuint(count_admitted(limit, 0, four, 100), ==, cases[i].admitted);
        g_assert_cmpuint(count_admitted(limit, 0, six, 100), ==, cases[i].admitted);
        roll_limit_free(limit);
    }
}

/* A million made-up sources are no million buckets, and each is still limited on its own. */
static void
test_flood_of_sources(void)
{
    RollLimit *limit = roll_limit_new(10, 1, false);
    unsigned admitted = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        RollEndpoint peer = {{10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}, 4, 0, 1};
        admitted += count_admitted(limit, (RollTime)i, peer, 2);
    }
    g_assert_cmpuint(admitted, ==, 1000000);
    roll_limit_free(limit);
}

static const uint8_t BINDING[20] = {0,   1,   0,   0,   0x21, 0x12, 0xa4, 0x42, 't', 'r',
                                    'a', 'n', 's', 'a', 'c',  't',  'i',  'o',  'n', 's'};

static void
test_stun(void)
{
    uint8_t out[ROLL_STUN_ANSWER];
    RollPacket in = {{{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5060}, BINDING, sizeof BINDING};
    static const uint8_t port_and_address[] = {0x13 ^ 0x21, 0xc4 ^ 0x12, 192 ^ 0x21,
                                               0 ^ 0x12,    2 ^ 0xa4,    1 ^ 0x42};
    g_assert_cmpuint(roll_stun_answer(&in, out), ==, 32);
    g_assert_cmpmem(out, 4, "\x01\x01\x00\x0c", 4);
    g_assert_cmpmem(out + 4, 16, BINDING + 4, 16);
    g_assert_cmpmem(out + 20, 6, "\x00\x20\x00\x08\x00\x01", 6);
    g_assert_cmpmem(out + 26, 6, port_and_address, sizeof port_and_address);
    in.peer.family = 6;
    g_assert_cmpuint(roll_stun_answer(&in, out), ==, 44);
    g_assert_cmpuint(out[25], ==, 2);
    /* An answer is not much longer than its question: no way to flood somebody else. */
    g_assert_cmpuint(ROLL_STUN_ANSWER, <=, 3 * sizeof BINDING);
}

static void
test_no_stun(void)
{
    static const struct {
        const char *what;
        size_t at;
        uint8_t byte;
    } cases[] = {{"an answer", 0, 1},        {"another method", 1, 2},    {"another cookie", 4, 0},
                 {"no multiple of 4", 3, 2}, {"longer than it is", 3, 4}, {"far longer", 2, 255}};
    uint8_t out[ROLL_STUN_ANSWER];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree uint8_t *copy = g_memdup2(BINDING, sizeof BINDING);
        copy[cases[i].at] = cases[i].byte;
        RollPacket in = {.data = copy, .len = sizeof BINDING};
        g_test_message("%s", cases[i].what);
        g_assert_cmpuint(roll_stun_answer(&in, out), ==, 0);
    }
    for (size_t len = 0; len < sizeof BINDING; len++) {
        g_autofree uint8_t *copy = g_memdup2(BINDING, MAX(len, 1));
        RollPacket in = {.data = copy, .len = len};
        g_assert_cmpuint(roll_stun_answer(&in, out), ==, 0);
    }
}

static void
test_refuse(void)
{
    static const char answer[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\n"
                                 "From: <sip:x>;tag=1\r\nTo: <sip:x>;tag=2\r\nCall-ID: c\r\n"
                                 "CSeq: 1 REGISTER\r\nContact: <sip:y>\r\nContent-Length: 0\r\n"
                                 "\r\n";
    static const char expected[] = "SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP a\r\n"
                                   "Via: SIP/2.0/UDP b\r\nFrom: <sip:x>;tag=1\r\n"
                                   "To: <sip:x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
                                   "Retry-After: 2\r\nContent-Length: 0\r\n\r\n";
    static const char notify[] = "NOTIFY sip:x SIP/2.0\r\n\r\n";
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_assert_true(roll_answer_refuse((const uint8_t *)answer, sizeof answer - 1, out));
    g_assert_cmpmem(out->data, out->len, expected, sizeof expected - 1);
    g_assert_false(roll_answer_refuse((const uint8_t *)notify, sizeof notify - 1, out));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/limit/rate-and-burst-of-a-source", test_rate);
    g_test_add_func("/net/limit/an-ipv6-source-is-a-64", test_wide);
    g_test_add_func("/net/limit/loopback-only-if-it-is-said", test_loopback);
    g_test_add_func("/net/limit/a-million-sources", test_flood_of_sources);
    g_test_add_func("/net/stun/binding", test_stun);
    g_test_add_func("/net/stun/nothing-else", test_no_stun);
    g_test_add_func("/net/answer/refused", test_refuse);
    return g_test_run();
}
