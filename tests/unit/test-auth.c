/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760): each decision is made alike for
 * real hashes and for decoded credentials. */
#include "tests/unit/door.h"

#include "src/nonce.h"

static void
open_with_digest(Door *door)
{
    door->config.authenticate = true;
    door->config.algorithms[0] = ROLL_ALGORITHM_SHA256;
    door->config.algorithms[1] = ROLL_ALGORITHM_MD5;
    door->config.n_algorithms = 2;
    door->config.nonce_lifetime = 100 * ROLL_SECOND;
    door->config.nonce_limit = 3;
    door_open(door);
}

#define FRESH "401 fresh SHA-256 MD5"
#define STALE "401 stale SHA-256 MD5"

static void
test_good(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .contacts = "sip:a@h1");
    door_expect_events(door, "");
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .username = "alice", .nonce = 1,
                .nc = 1, .algorithm = ROLL_ALGORITHM_SHA256);
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1", .username = "alice", .nonce = 1,
                .nc = 2, .algorithm = ROLL_ALGORITHM_MD5);
    /* Counts may be left out. */
    door_expect(door, "200 sip:a@h1 3600", .username = "alice", .nonce = 1, .nc = 7);
}

static void
test_refused(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .to = "alice");
    door_expect(door, FRESH, .username = "alice", .password = "guess", .nonce = 1, .nc = 1);
    door_expect(door, FRESH, .username = "mallory", .nonce = 2, .nc = 1);
    door_expect(door, FRESH, .username = "mallory", .password = "", .nonce = 3, .nc = 1);
    door_expect(door, FRESH, .username = "alice", .realm = "elsewhere", .nonce = 4, .nc = 1);
    /* A wrong guess did not use the count up. */
    door_expect(door, "200", .username = "alice", .nonce = 5, .nc = 1);
    door_expect(door, "200", .username = "alice", .nonce = 3, .nc = 1);
}

static void
test_algorithm_not_offered(Door *door)
{
    door->config.authenticate = true;
    door->config.n_algorithms = 1;
    door->config.algorithms[0] = ROLL_ALGORITHM_SHA256;
    door_open(door);
    door_expect(door, "401 fresh SHA-256", .to = "alice");
    door_expect(door, "401 fresh SHA-256", .username = "alice", .nonce = 1, .nc = 1);
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 1,
                .algorithm = ROLL_ALGORITHM_SHA256);
}

static void
test_stale(Door *door)
{
    open_with_digest(door);
    door_expect(door, STALE, .username = "alice", .nonce = 99, .nc = 1);
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 1);
    door->now = 100 * ROLL_SECOND;
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 2);
    door->now++;
    door_expect(door, STALE, .username = "alice", .nonce = 1, .nc = 3);
    /* Whatever the password: RFC 7616 section 3.3. */
    door_expect(door, STALE, .username = "alice", .nonce = 1, .nc = 4, .password = "guess");
    door_expect(door, "200", .username = "alice", .nonce = 3, .nc = 1);
}

static void
test_forgotten(Door *door)
{
    open_with_digest(door);
    for (int i = 0; i < 3; i++)
        door_expect(door, FRESH, .to = "alice");
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 1);
    door_expect(door, FRESH, .to = "alice");
    door_expect(door, STALE, .username = "alice", .nonce = 1, .nc = 2);
    door_expect(door, "200", .username = "alice", .nonce = 3, .nc = 1);
}

static void
test_replay(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .to = "alice");
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 5);
    door_expect(door, STALE, .username = "alice", .nonce = 1, .nc = 5);
    door_expect(door, STALE, .username = "alice", .nonce = 1, .nc = 4);
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 6);
    /* Counts are those of the nonce, not of the user. */
    door_expect(door, "200", .username = "alice", .nonce = 3, .nc = 1);
}

static void
test_without_qop(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .to = "alice");
    door_expect(door, "200", .username = "alice", .nonce = 1, .bare = true);
    door_expect(door, "200", .username = "alice", .nonce = 1, .bare = true);
    door_expect(door, FRESH, .username = "alice", .nonce = 1, .bare = true, .password = "guess");
    door_expect(door, "400", .username = "alice", .nonce = 1, .nc = 0);
}

static void
test_own_address_only(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .to = "bob", .contacts = "sip:a@h1");
    door_expect(door, "403", .to = "bob", .contacts = "sip:a@h1", .username = "alice", .nonce = 1,
                .nc = 1);
    door_expect(door, "403", .to = "alicea", .username = "alice", .nonce = 1, .nc = 2);
    door_expect(door, "403", .to = "alic", .username = "alice", .nonce = 1, .nc = 3);
    door_expect(door, "403", .to = "sip:example.org", .username = "alice", .nonce = 1, .nc = 4);
    door_expect(door, "403", .to = "alicE", .username = "alice", .nonce = 1, .nc = 10);
    door_expect(door, "200", .to = "%61lic%65", .username = "alice", .nonce = 1, .nc = 15);
    door_expect(door, "400", .to = "tel:alice", .username = "alice", .nonce = 1, .nc = 16);
    door_expect(door, "404", .to = "sip:alice@example.com", .username = "alice", .nonce = 1,
                .nc = 17);
    /* A name that owns another address. */
    door_expect(door, "200", .to = "alice", .username = "trunk-login", .nonce = 1, .nc = 18);
    door_expect(door, "403", .to = "trunk-login", .username = "trunk-login", .nonce = 1, .nc = 19);
    door_expect_events(door, "");
}

static void
test_before_the_contacts(Door *door)
{
    open_with_digest(door);
    door_expect(door, "405", .method = "OPTIONS");
    door_expect(door, "420 not x", .require = "x");
    door_expect(door, FRESH, .to = "nobody", .contacts = "sip:a@h1 e=1");
}

static void
test_retransmitted_challenge(Door *door)
{
    open_with_digest(door);
    door_expect(door, FRESH, .branch = "z9hG4bKfirst", .cseq = 1);
    door->now = ROLL_SECOND;
    for (int i = 0; i < 5; i++)
        door_expect(door, FRESH, .branch = "z9hG4bKfirst", .cseq = 1);
    g_assert_cmpuint(door->nonces->len, ==, 1);
    door_expect(door, "200", .username = "alice", .nonce = 1, .nc = 1);
    /* Three more push the nonce out; the answer that carried it is the same all the same. */
    for (int i = 0; i < 3; i++)
        door_expect(door, FRESH, .to = "alice");
    door_expect(door, FRESH, .branch = "z9hG4bKfirst", .cseq = 1);
    g_assert_cmpuint(door->nonces->len, ==, 4);
}

/* RFC 8760 section 2.3: in the server's order, and any of them may be answered. */
static void
test_three_algorithms(Door *door)
{
    static const RollAlgorithm order[] = {ROLL_ALGORITHM_SHA512_256, ROLL_ALGORITHM_MD5,
                                          ROLL_ALGORITHM_SHA256};
    door->config.authenticate = true;
    memcpy(door->config.algorithms, order, sizeof order);
    door->config.n_algorithms = 3;
    door_open(door);
    door_expect(door, "401 fresh SHA-512-256 MD5 SHA-256", .branch = "z9hG4bKx", .cseq = 1);
    door_expect(door, "401 fresh SHA-512-256 MD5 SHA-256", .branch = "z9hG4bKx", .cseq = 1);
    for (uint32_t i = 0; i < 3; i++) {
        door_expect(door, "200", .username = "alice", .nonce = 1, .nc = i + 1,
                    .algorithm = order[i]);
        door_expect(door, "401 fresh SHA-512-256 MD5 SHA-256", .username = "alice", .nonce = 1,
                    .nc = 9, .algorithm = order[i], .password = "guess");
    }
}

static bool
may_register(void *data, RollText username, RollText aor)
{
    (void)data;
    return roll_text_equal(username, ROLL_TEXT("bob")) &&
           roll_text_equal(aor, ROLL_TEXT("sip:boss@example.org"));
}

/* From is the assistant, To the address that changes. */
static void
test_third_party(Door *door)
{
    door->config.may_register = may_register;
    open_with_digest(door);
    door_expect(door, FRESH, .to = "boss", .from = "bob");
    door_expect(door, "200 sip:a@h1 3600", .to = "boss", .from = "bob", .contacts = "sip:a@h1",
                .username = "bob", .nonce = 1, .nc = 1);
    door_expect(door, "200 sip:a@h1 3600", .to = "b%6fss", .username = "bob", .nonce = 1, .nc = 2);
    door_expect(door, "403", .to = "boss", .username = "alice", .nonce = 1, .nc = 3);
    door_expect(door, "403", .to = "Boss", .username = "bob", .nonce = 1, .nc = 4);
    door_expect(door, "403", .to = "sip:boss@example.net", .username = "bob", .nonce = 1, .nc = 5);
    door_expect(door, "200", .to = "bob", .username = "bob", .nonce = 1, .nc = 6);
    /* Who is in From does not matter. */
    door_expect(door, "403", .to = "alice", .from = "alice", .username = "bob", .nonce = 1,
                .nc = 7);
    g_string_truncate(door->events, 0);
}

#define JASON "J\xc3\xa4s\xc3\xb8n Doe"

static bool
lookup_jason(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
             RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm;
    *out = (RollSecret){.password = ROLL_TEXT("secret"), .owns = ROLL_TEXT("alice")};
    return roll_text_equal(username, ROLL_TEXT(JASON));
}

/* Sends @names and @rest as written, with the response of JASON for qop=@qop. */
static int
ask_raw(Door *door, const char *names, const char *rest, const char *qop)
{
    static unsigned n;
    char ha1[ROLL_DIGEST_HEX], response[ROLL_DIGEST_HEX];
    const char *nonce = g_ptr_array_index(door->nonces, door->nonces->len - 1);
    roll_digest_ha1(ROLL_ALGORITHM_MD5, ROLL_TEXT(JASON), ROLL_TEXT("example.org"),
                    ROLL_TEXT("secret"), ha1);
    RollDigestInput input = {ROLL_ALGORITHM_MD5,
                             roll_text(ha1),
                             roll_text(nonce),
                             ROLL_TEXT("sip:x"),
                             ROLL_TEXT("REGISTER"),
                             ROLL_TEXT("c"),
                             ++n,
                             true};
    roll_digest_response(&input, response);
    g_autofree char *text = g_strdup_printf(
        "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKraw%u\r\n"
        "From: <sip:alice@example.org>;tag=raw%u\r\nTo: <sip:alice@example.org>\r\n"
        "Call-ID: raw\r\nCSeq: %u REGISTER\r\nAuthorization: Digest %s, realm=\"example.org\", "
        "nonce=\"%s\", uri=\"sip:x\", response=\"%s\", cnonce=\"c\", nc=%08x, qop=%s%s\r\n\r\n",
        n, n, n, names, nonce, response, n, qop, rest);
    RollPacket packet = {
        {{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5060}, (uint8_t *)text, strlen(text)};
    roll_outbox_clear(door->outbox);
    roll_registrar_receive(door->registrar, door->now, &packet, door->outbox);
    g_assert_cmpuint(roll_outbox_count(door->outbox), ==, 1);
    return atoi((const char *)roll_outbox_get(door->outbox, 0).data + strlen("SIP/2.0 "));
}

static void
test_raw_credentials(void)
{
    static const struct {
        const char *what;
        const char *names;
        const char *rest;
        const char *qop;
        int status;
    } rows[] = {
        {"plain", "username=\"" JASON "\"", "", "auth", 200},
        {"extended, RFC 7616 section 3.9.2", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", "", "auth",
         200},
        {"with a language", "username* = utf-8'de'J%c3%a4s%c3%b8n%20Doe", "", "auth", 200},
        {"not hashed", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", ", userhash=false", "auth", 200},
        {"both names", "username=\"" JASON "\", username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", "", "auth",
         400},
        {"both names, the other way round",
         "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, username=\"" JASON "\"", "", "auth", 400},
        {"a hash cannot be extended", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", ", userhash=true",
         "auth", 400},
        {"another charset", "username*=ISO-8859-1''J%E4s%F8n%20Doe", "", "auth", 400},
        {"no charset", "username*=J%C3%A4s%C3%B8n%20Doe", "", "auth", 400},
        {"not UTF-8", "username*=UTF-8''J%E4s", "", "auth", 400},
        {"half a byte", "username*=UTF-8''J%C", "", "auth", 400},
        {"a line end", "username*=UTF-8''J%0A", "", "auth", 400},
        {"empty", "username*=UTF-8''", "", "auth", 400},
        {"no name", "x=y", "", "auth", 400},
        {"a hashed name was not asked for", "username=\"4888\"", ", userhash=true", "auth", 401},
        /* Section 3.4: the value MUST be one that the server offered; what is improper is a 4xx. */
        {"auth-int was not offered", "username=\"" JASON "\"", "", "auth-int", 400},
        {"no such qop", "username=\"" JASON "\"", "", "xx", 400},
    };
    g_autoptr(Door) door = door_new(true);
    door->config.lookup = lookup_jason;
    open_with_digest(door);
    door_expect(door, FRESH, .to = "alice");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].what);
        g_assert_cmpint(ask_raw(door, rows[i].names, rows[i].rest, rows[i].qop), ==,
                        rows[i].status);
    }
}

static void
test_nonce_text(void)
{
    const uint8_t key[32] = {1, 2, 3};
    const uint8_t other_key[32] = {1, 2, 4};
    RollNonces *nonces = roll_nonces_new(ROLL_HOUR, 10, key);
    RollNonces *others = roll_nonces_new(ROLL_HOUR, 10, other_key);
    char text[ROLL_NONCE_TEXT];
    char other[ROLL_NONCE_TEXT];
    uint64_t serial = roll_nonces_issue(nonces, 5);
    g_assert_cmpuint(serial, ==, roll_nonces_issue(others, 5));
    roll_nonces_write(nonces, serial, 5, text);
    roll_nonces_write(others, serial, 5, other);
    g_assert_cmpuint(roll_nonces_read(nonces, (RollText){text, sizeof text}), ==, serial);
    g_assert_cmpuint(roll_nonces_read(nonces, (RollText){other, sizeof other}), ==, 0);
    for (size_t i = 0; i < sizeof text; i++) {
        char kept = text[i];
        text[i] = kept == '0' ? '1' : '0';
        g_assert_cmpuint(roll_nonces_read(nonces, (RollText){text, sizeof text}), ==, 0);
        text[i] = kept;
    }
    g_assert_cmpuint(roll_nonces_read(nonces, (RollText){text, sizeof text - 1}), ==, 0);
    g_assert_cmpuint(roll_nonces_read(nonces, (RollText){0}), ==, 0);
    roll_nonces_free(nonces);
    roll_nonces_free(others);
}

static void
test_nonce_ring(void)
{
    const uint8_t key[32] = {0};
    static const size_t limits[] = {1, 2, 63, 64, 65, 1000};
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        RollNonces *nonces = roll_nonces_new(ROLL_HOUR, limits[i], key);
        g_assert_null(roll_nonces_count(nonces, 0, 0));
        g_assert_null(roll_nonces_count(nonces, 0, 1));
        for (uint64_t serial = 1; serial <= 3 * limits[i]; serial++) {
            g_assert_cmpuint(roll_nonces_issue(nonces, 0), ==, serial);
            g_assert_nonnull(roll_nonces_count(nonces, ROLL_HOUR, serial));
            g_assert_null(roll_nonces_count(nonces, ROLL_HOUR + 1, serial));
            g_assert_null(roll_nonces_count(nonces, 0, serial + 1));
            if (serial > limits[i])
                g_assert_null(roll_nonces_count(nonces, 0, serial - limits[i]));
        }
        roll_nonces_free(nonces);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    door_add_test("/auth/10.3-3/challenge-then-answer", test_good);
    door_add_test("/auth/10.3-3/wrong-credentials-are-challenged-anew", test_refused);
    door_add_test("/auth/8760-2.3/only-what-was-offered", test_algorithm_not_offered);
    door_add_test("/auth/7616-3.3/an-old-nonce-is-stale", test_stale);
    door_add_test("/auth/7616-3.3/a-forgotten-nonce-is-stale", test_forgotten);
    door_add_test("/auth/7616-3.4/a-count-is-good-once", test_replay);
    door_add_test("/auth/22.4-8/qop-is-optional-to-receive", test_without_qop);
    door_add_test("/auth/10.3-4/a-user-changes-his-own-address-only", test_own_address_only);
    door_add_test("/auth/10.3/before-the-contacts-after-require", test_before_the_contacts);
    door_add_test("/auth/17.2.2/a-challenge-again-has-the-same-nonce",
                  test_retransmitted_challenge);
    door_add_test("/auth/8760-2.3/three-algorithms-in-order", test_three_algorithms);
    door_add_test("/auth/10.2/third-party-by-table", test_third_party);
    g_test_add_func("/auth/7616-3.4/extended-names-and-other-qop", test_raw_credentials);
    g_test_add_func("/auth/nonce/no-digit-may-differ", test_nonce_text);
    g_test_add_func("/auth/nonce/the-ring-keeps-the-last", test_nonce_ring);
    return g_test_run();
}
