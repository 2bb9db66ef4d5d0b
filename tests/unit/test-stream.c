/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RollStream: messages and keep-alives come out of a stream of bytes, however it is cut. */
#include <rollcall/stream.h>

#include <string.h>

enum { MAX = 400 };

/* Every part that can be taken now as one letter: m and p and o as they are named, ! for broken;
 * a message is followed by its length. */
static void
take_all(RollStream *stream, GString *out)
{
    const uint8_t *data;
    size_t len;
    for (;;) {
        switch (roll_stream_next(stream, &data, &len)) {
        case ROLL_STREAM_MORE:
            return;
        case ROLL_STREAM_MESSAGE:
            g_string_append_printf(out, "m%zu:%.*s ", len, (int)MIN(len, 3), (const char *)data);
            break;
        case ROLL_STREAM_PING:
            g_string_append(out, "p ");
            break;
        case ROLL_STREAM_PONG:
            g_string_append(out, "o ");
            break;
        case ROLL_STREAM_BROKEN:
            g_string_append(out, "!");
            return;
        }
    }
}

/* Pushes @text in pieces of @step bytes, the first of @first. */
static char *
cut(const char *text, size_t len, size_t first, size_t step, bool server)
{
    g_autoptr(RollStream) stream = roll_stream_new(MAX, server);
    GString *out = g_string_new(NULL);
    for (size_t at = 0, n = first; at < len; at += n, n = step) {
        n = MIN(n, len - at);
        /* A copy, so that a sanitizer sees whatever reads past its end. */
        g_autofree char *piece = g_memdup2(text + at, n);
        roll_stream_push(stream, piece, n);
        if (!strchr(out->str, '!'))
            take_all(stream, out);
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    const char *what;
    const char *text;
    const char *parts;
    bool client;
} Case;

#define L20 "12345678901234567890"
#define L200 L20 L20 L20 L20 L20 L20 L20 L20 L20 L20

static const Case CASES[] = {
    {"a message without a body", "A\r\nContent-Length: 0\r\n\r\n", "m24:A\r\n "},
    {"with one", "A\r\nContent-Length: 3\r\n\r\nxyz", "m27:A\r\n "},
    {"whose body has an empty line", "A\r\nContent-Length: 8\r\n\r\n\r\n\r\nabcd", "m32:A\r\n "},
    {"three in one push", "A\r\nl: 0\r\n\r\nB\r\nl: 1\r\n\r\nxC\r\nl: 0\r\n\r\n",
     "m11:A\r\n m12:B\r\n m11:C\r\n "},
    {"the short name", "A\r\nl:2\r\n\r\nxy", "m12:A\r\n "},
    {"in any case", "A\r\nCONTENT-length: 2\r\n\r\nxy", "m26:A\r\n "},
    {"with room before the colon", "A\r\nContent-Length \t: \t2 \r\n\r\nxy", "m30:A\r\n "},
    {"told twice alike", "A\r\nl: 2\r\nContent-Length: 2\r\n\r\nxy", "m32:A\r\n "},
    {"told twice and not alike", "A\r\nl: 2\r\nContent-Length: 3\r\n\r\nxyz", "!"},
    {"not told", "A\r\nTo: x\r\n\r\n", "!"},
    {"empty", "A\r\nContent-Length:\r\n\r\n", "!"},
    {"negative", "A\r\nContent-Length: -1\r\n\r\n", "!"},
    {"with a sign", "A\r\nContent-Length: +1\r\n\r\nx", "!"},
    {"no number", "A\r\nContent-Length: 1x\r\n\r\nx", "!"},
    {"two numbers", "A\r\nContent-Length: 1, 1\r\n\r\nx", "!"},
    {"hexadecimal", "A\r\nContent-Length: 0x1\r\n\r\nx", "!"},
    {"of more digits than a number has", "A\r\nContent-Length: 18446744073709551617\r\n\r\nx", "!"},
    {"longer than allowed", "A\r\nContent-Length: 377\r\n\r\n", "!"},
    {"as long as allowed",
     "A\r\nContent-Length: 374\r\n\r\n" L200 L20 L20 L20 L20 L20 L20 L20 L20 "12345678901234",
     "m400:A\r\n "},
    {"a name that only begins so", "A\r\nContent-Length-X: 5\r\nl: 0\r\n\r\n", "m32:A\r\n "},
    {"a folded line that looks like one", "A\r\nS: x\r\n l: 5\r\nl: 0\r\n\r\n", "m24:A\r\n "},
    {"a value on the next line", "A\r\nContent-Length:\r\n 0\r\n\r\n", "!"},
    {"a head without an end", "A\r\nTo: " L200 L200 "x", "!"},
    {"a head too long", "A\r\nTo: " L200 L200 "\r\nl: 0\r\n\r\n", "!"},
    {"nothing comes after what is broken",
     "A\r\n\r\n"
     "A\r\nl: 0\r\n\r\n",
     "!"},
    {"noise", "\x01\x02\x03\r\n\r\n", "!"},
    {"a ping", "\r\n\r\n", "p "},
    {"two", "\r\n\r\n\r\n\r\n", "p p "},
    {"between messages", "A\r\nl: 0\r\n\r\n\r\n\r\nB\r\nl: 0\r\n\r\n", "m11:A\r\n p m11:B\r\n "},
    {"half of one", "\r\n", ""},
    {"three quarters", "\r\n\r", ""},
    {"an empty line before a message", "\r\nA\r\nl: 0\r\n\r\n", "o m11:A\r\n "},
    {"half a line end", "\r", ""},
    {"a lone return in a name", "\rA\r\nl: 0\r\n\r\n", "m12:\rA\r "},
    {"answers to pings", "\r\n\r\n", "o o ", .client = true},
    {"and a message", "\r\nA\r\nl: 0\r\n\r\n\r\n", "o m11:A\r\n o ", .client = true},
};

static void
test_parts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *c = &CASES[i];
        size_t len = strlen(c->text);
        g_test_message("%s", c->what);
        g_autofree char *whole = cut(c->text, len, len, len, !c->client);
        g_assert_cmpstr(whole, ==, c->parts);
    }
}

static void
test_every_cut(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *c = &CASES[i];
        size_t len = strlen(c->text);
        g_test_message("%s", c->what);
        for (size_t first = 1; first <= len; first++) {
            g_autofree char *two = cut(c->text, len, first, len, !c->client);
            g_autofree char *many = cut(c->text, len, first, 1, !c->client);
            g_assert_cmpstr(two, ==, c->parts);
            g_assert_cmpstr(many, ==, c->parts);
        }
    }
}

static void
test_content(void)
{
    static const char text[] = "A\r\nl: 3\r\n\r\nxyzB\r\nl: 0\r\n\r\n";
    g_autoptr(RollStream) stream = roll_stream_new(MAX, true);
    const uint8_t *data;
    size_t len;
    roll_stream_push(stream, text, sizeof text - 1);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MESSAGE);
    g_assert_cmpmem(data, len, text, 14);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MESSAGE);
    g_assert_cmpmem(data, len, text + 14, 11);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MORE);
    g_assert_null(data);
}

static void
test_broken_is_shown(void)
{
    static const char text[] = "REGISTER sip:x SIP/2.0\r\nTo: y\r\n\r\n";
    g_autoptr(RollStream) stream = roll_stream_new(MAX, true);
    const uint8_t *data;
    size_t len;
    roll_stream_push(stream, text, sizeof text - 1);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_BROKEN);
    g_assert_cmpmem(data, len, text, sizeof text - 1);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_BROKEN);
    g_assert_cmpuint(len, ==, 0);
    /* Nobody who goes on pushing makes it grow. */
    for (int i = 0; i < 1000; i++)
        roll_stream_push(stream, text, sizeof text - 1);
    g_assert_cmpuint(roll_stream_pending(stream), ==, 0);
}

static void
test_pending(void)
{
    g_autoptr(RollStream) stream = roll_stream_new(MAX, true);
    const uint8_t *data;
    size_t len;
    g_assert_cmpuint(roll_stream_pending(stream), ==, 0);
    roll_stream_push(stream, "A\r\nl: 3\r\n\r\nx", 12);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MORE);
    g_assert_cmpuint(roll_stream_pending(stream), ==, 12);
    roll_stream_push(stream, "yz\r", 3);
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MESSAGE);
    g_assert_cmpuint(roll_stream_pending(stream), ==, 1);
}

/* A head is read once, not with each of its body's bytes: else a few clients who dribble would take
 * a processor. */
static void
test_dribble(void)
{
    enum { LONG = 60000 };
    g_autoptr(RollStream) stream = roll_stream_new(65535, true);
    g_autoptr(GString) head = g_string_new("A\r\n");
    const uint8_t *data;
    size_t len;
    while (head->len < 5000)
        g_string_append(head, "x:\r\n");
    g_string_append_printf(head, "l: %d\r\n\r\n", LONG);
    roll_stream_push(stream, head->str, head->len);
    g_test_timer_start();
    for (int i = 0; i < LONG; i++) {
        g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MORE);
        roll_stream_push(stream, "x", 1);
    }
    g_assert_cmpint(roll_stream_next(stream, &data, &len), ==, ROLL_STREAM_MESSAGE);
    g_assert_cmpuint(len, ==, head->len + LONG);
    /* 0.01 s; to read the head each time takes some 10 s without sanitizers. */
    g_assert_cmpfloat(g_test_timer_elapsed(), <, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream/parts", test_parts);
    g_test_add_func("/stream/every-cut-gives-the-same", test_every_cut);
    g_test_add_func("/stream/what-is-in-a-message", test_content);
    g_test_add_func("/stream/what-is-broken-is-shown-once", test_broken_is_shown);
    g_test_add_func("/stream/pending", test_pending);
    g_test_add_func("/stream/a-head-is-read-once", test_dribble);
    return g_test_run();
}
