/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes over a TCP connection: bytes into RollStream, its parts into a registrar. The first
 * byte of a file says in how long pieces the rest arrives; the same bytes in one piece must come
 * apart alike, and the registrar must answer each message with one that can be read, or not. */
#include <rollcall/rollcall.h>
#include <rollcall/stream.h>
#include <string.h>

#include "tests/fuzz/replay.h"

enum { MAX = 2048 };

/* A line for each part: what it is and, of a message, its bytes. */
static GByteArray *
cut(const uint8_t *data, size_t size, size_t step, bool server)
{
    g_autoptr(RollStream) stream = roll_stream_new(MAX, server);
    GByteArray *out = g_byte_array_new();
    RollStreamPart part = ROLL_STREAM_MORE;
    for (size_t at = 0; at < size && part != ROLL_STREAM_BROKEN; at += step) {
        const uint8_t *text;
        size_t len;
        roll_stream_push(stream, data + at, MIN(step, size - at));
        while ((part = roll_stream_next(stream, &text, &len)) != ROLL_STREAM_MORE) {
            uint8_t name = (uint8_t)part;
            g_byte_array_append(out, &name, 1);
            if (part == ROLL_STREAM_BROKEN)
                break;
            g_assert_true(part == ROLL_STREAM_MESSAGE ? len > 4 && len <= MAX : len == 0);
            g_byte_array_append(out, text, (guint)len);
        }
        g_assert_cmpuint(roll_stream_pending(stream), <=, MAX + step);
    }
    return out;
}

static void
compare_cuts(const uint8_t *data, size_t size, size_t step)
{
    for (int server = 0; server <= 1; server++) {
        g_autoptr(GByteArray) whole = cut(data, size, MAX(size, 1), server);
        g_autoptr(GByteArray) pieces = cut(data, size, step, server);
        g_assert_cmpmem(whole->data, whole->len, pieces->data, pieces->len);
    }
}

static void
check_answers(RollMessage *reader, RollOutbox *outbox)
{
    for (size_t i = 0; i < roll_outbox_count(outbox); i++) {
        RollPacket packet = roll_outbox_get(outbox, i);
        RollReply reply;
        if (memcmp(packet.data, "NOTIFY ", MIN(packet.len, 7)) == 0)
            continue;
        g_assert_cmpint(packet.peer.transport, ==, ROLL_TRANSPORT_TCP);
        g_assert_true(packet.len > 12 && memcmp(packet.data, "SIP/2.0 ", 8) == 0);
        if (roll_message_read_reply(reader, packet.data, packet.len, &reply))
            g_assert_cmpint(reply.status, >=, 200);
    }
    roll_outbox_clear(outbox);
}

static bool
look_up(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm, (void)username;
    *out = (RollSecret){.password = ROLL_TEXT("secret")};
    return true;
}

static void
talk(const uint8_t *data, size_t size, size_t step, bool authenticate)
{
    static const char *const domains[] = {"example.org", "127.0.0.1", NULL};
    RollConfig config = roll_config_default();
    config.domains = domains;
    config.authenticate = authenticate;
    config.stateless_challenges = true;
    config.redirect = true;
    config.lookup = look_up;
    config.max_message = MAX;
    config.max_aors = config.max_bindings_per_aor = config.max_transactions = 4;
    RollRegistrar *registrar = roll_registrar_new(&config);
    g_autoptr(RollStream) stream = roll_stream_new(MAX, true);
    RollOutbox *outbox = roll_outbox_new();
    RollMessage *reader = roll_message_new();
    RollPacket packet = {.peer = {{127, 0, 0, 1}, 4, ROLL_TRANSPORT_TCP, 5060}};
    RollStreamPart part = ROLL_STREAM_MORE;
    for (size_t at = 0; at < size && part != ROLL_STREAM_BROKEN; at += step) {
        roll_stream_push(stream, data + at, MIN(step, size - at));
        while ((part = roll_stream_next(stream, &packet.data, &packet.len)) != ROLL_STREAM_MORE) {
            if (part == ROLL_STREAM_BROKEN)
                break;
            if (part == ROLL_STREAM_MESSAGE)
                roll_registrar_receive(registrar, (RollTime)at, &packet, outbox);
            check_answers(reader, outbox);
        }
    }
    roll_registrar_drop_flow(registrar, (RollTime)size, &packet.peer);
    roll_message_free(reader);
    roll_outbox_free(outbox);
    roll_registrar_free(registrar);
}

static void
run(const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    size_t step = data[0] > 0 ? data[0] : MAX;
    compare_cuts(data + 1, size - 1, step);
    talk(data + 1, size - 1, step, false);
    talk(data + 1, size - 1, step, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run(data, size);
    return 0;
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-stream");
}
#endif
