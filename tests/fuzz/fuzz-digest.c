/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the value of a digest header: of Authorization at a registrar that knows one user,
 * and of WWW-Authenticate at a client; and as a password file. Nobody gets in without the password,
 * whatever he writes. */
#include "limit.h"
#include "replay.h"

#include <rollcall/rollcall.h>

static bool
look_up(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm;
    *out = (RollSecret){.password = ROLL_TEXT("a password that no corpus holds")};
    return roll_text_equal(username, ROLL_TEXT("alice"));
}

static GByteArray *
compose(const char *head, const char *name, const uint8_t *data, size_t size)
{
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, (const guint8 *)head, (guint)strlen(head));
    g_byte_array_append(out, (const guint8 *)name, (guint)strlen(name));
    g_byte_array_append(out, data, (guint)size);
    g_byte_array_append(out, (const guint8 *)"\r\n\r\n", 4);
    return out;
}

static void
ask_registrar(const uint8_t *data, size_t size)
{
    static const char *const domains[] = {"example.org", NULL};
    RollConfig config = roll_config_default();
    config.domains = domains;
    config.authenticate = true;
    config.lookup = look_up;
    config.nonce_limit = 2;
    config.max_transactions = 8;
    g_autoptr(RollRegistrar) registrar = roll_registrar_new(&config);
    g_autoptr(RollOutbox) outbox = roll_outbox_new();
    g_autoptr(GByteArray) bytes =
        compose("REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                "From: <sip:alice@example.org>;tag=1\r\nTo: <sip:alice@example.org>\r\n"
                "Call-ID: c\r\nCSeq: 1 REGISTER\r\nContact: <sip:alice@h>\r\n",
                "Authorization: ", data, size);
    RollPacket packet = {{{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5060}, bytes->data, bytes->len};
    roll_registrar_receive(registrar, 0, &packet, outbox);
    if (roll_registrar_count(registrar) != 0)
        abort(); /* somebody got in */
}

static void
ask_client(const uint8_t *data, size_t size)
{
    g_autoptr(RollMessage) reader = roll_message_new();
    g_autoptr(GByteArray) bytes =
        compose("SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                "From: <sip:alice@example.org>;tag=1\r\nTo: <sip:alice@example.org>;tag=2\r\n"
                "Call-ID: c\r\nCSeq: 1 REGISTER\r\n",
                "WWW-Authenticate: ", data, size);
    RollReply reply;
    if (!roll_message_read_reply(reader, bytes->data, bytes->len, &reply))
        return;
    for (size_t i = 0; i < reply.n_challenges; i++)
        if (!reply.challenges[i].realm.ptr || !reply.challenges[i].nonce.ptr)
            abort();
}

static void
ask_file(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RollHtdigest) file = roll_htdigest_parse("fuzz", (const char *)data, size, &error);
    RollSecret secret;
    if (!file == !error)
        abort(); /* both or neither */
    for (int i = 0; file && i < ROLL_N_ALGORITHMS; i++)
        if (roll_htdigest_lookup(file, ROLL_TEXT("r"), ROLL_TEXT("u"), (RollAlgorithm)i, &secret) &&
            secret.ha1.len < 32)
            abort();
}

static void
run(const uint8_t *data, size_t size)
{
    ask_registrar(data, size);
    ask_client(data, size);
    ask_file(data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return limit_run(run, data, size);
}

#ifdef FUZZ_REPLAY
int
main(void)
{
    return replay_folder(TEST_SOURCE "/tests/fuzz/corpus-digest");
}
#endif
