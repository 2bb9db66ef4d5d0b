/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a registrar holds is bounded, and who meets a bound is told so (docs/limits.md). A good
 * client never waits for an answer that does not come. */
#include "tests/unit/door.h"

/* A REGISTER of about @len bytes: @n_headers lines of filler behind the needed ones. */
static GString *
compose(const char *method, unsigned number, size_t n_headers, size_t filler)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text,
                    "%s sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;"
                    "branch=z9hG4bK%u;rport\r\nFrom: <sip:alice@example.org>;tag=f\r\n"
                    "To: <sip:alice@example.org>\r\nCall-ID: limits\r\nCSeq: %u %s\r\n",
                    method, number, number, method);
    for (size_t i = 0; i < n_headers; i++) {
        g_string_append(text, "X: ");
        for (size_t j = 0; j < filler; j++)
            g_string_append_c(text, 'x');
        g_string_append(text, "\r\n");
    }
    return text;
}

static int
send_text(Door *door, GString *text)
{
    g_string_append(text, "\r\n");
    const char *answer = door_send_text(door, text->str, text->len);
    int status = *answer ? atoi(answer + strlen("SIP/2.0 ")) : 0;
    g_string_free(text, TRUE);
    return status;
}

static void
test_message_size(void)
{
    g_autoptr(Door) door = door_new(true);
    door->config.max_message = 1000;
    door_open(door);
    g_assert_cmpint(send_text(door, compose("REGISTER", 1, 7, 100)), ==, 200);
    g_assert_cmpint(send_text(door, compose("REGISTER", 2, 8, 100)), ==, 513);
    /* The refusal goes back the way the request came. */
    g_assert_nonnull(
        strstr(door->answer->str, "branch=z9hG4bK2;rport=5099;received=192.0.2.1\r\n"));
    g_assert_nonnull(strstr(door->answer->str, "\r\nCSeq: 2 REGISTER\r\n"));
    g_assert_nonnull(strstr(door->answer->str, "\r\nCall-ID: limits\r\n"));
    g_assert_cmpint(send_text(door, compose("ACK", 3, 8, 100)), ==, 0);
    /* Nobody can be answered whose Via is not in what is read, and noise is no request. */
    g_autofree char *noise = g_strnfill(5000, 'x');
    g_assert_cmpstr(door_send_text(door, noise, 5000), ==, "");
}

static void
test_datagram_size(void)
{
    g_autoptr(Door) door = door_new(true);
    door_open(door);
    g_assert_cmpint(send_text(door, compose("REGISTER", 1, 100, 640)), ==, 200);
    g_assert_cmpint(send_text(door, compose("REGISTER", 2, 100, 660)), ==, 513);
    g_assert_cmpint(send_text(door, compose("REGISTER", 3, 100, 6600)), ==, 513);
}

static void
test_header_count(void)
{
    g_autoptr(Door) door = door_new(true);
    door_open(door);
    g_assert_cmpint(send_text(door, compose("REGISTER", 1, 122, 1)), ==, 200);
    g_assert_cmpint(send_text(door, compose("REGISTER", 2, 124, 1)), ==, 400);
    g_assert_cmpint(send_text(door, compose("REGISTER", 3, 5000, 1)), ==, 400);
}

static void
test_contact_count(void)
{
    g_autoptr(Door) door = door_new(true);
    door->config.max_bindings_per_aor = 1000;
    door_open(door);
    for (unsigned n = 16; n <= 300; n += n == 16 ? 1 : 283) {
        GString *text = compose("REGISTER", n, 0, 0);
        g_string_append(text, "Contact: ");
        for (unsigned i = 0; i < n; i++)
            g_string_append_printf(text, "%s<sip:%u@h>", i ? "," : "", i);
        g_string_append(text, "\r\n");
        g_assert_cmpint(send_text(door, text), ==, n == 16 ? 200 : 400);
        g_assert_cmpuint(roll_registrar_count(door->registrar), ==, 16);
    }
}

static void
test_contact_size(Door *door)
{
    g_autofree char *user = g_strnfill(60, 'u');
    g_autofree char *fits = g_strdup_printf("sip:%s@h1 p=;x=%s", user, user + 30);
    g_autofree char *longer = g_strdup_printf("sip:%s@h1 p=;x=%s", user, user + 29);
    door->config.max_contact_size = 60 + strlen("sip:@h1;x=") + 30;
    door_open(door);
    g_assert_true(g_str_has_prefix(door_ask(door, &(Ask){.contacts = fits}), "200 "));
    door_expect(door, "400", .contacts = longer);
    g_string_truncate(door->events, 0);
}

/* The 200 of a full address-of-record is a datagram still. */
static void
test_largest_list(void)
{
    g_autoptr(Door) door = door_new(true);
    g_autofree char *user = g_strnfill(1000, 'u');
    g_autofree char *param = g_strnfill(1030, 'p');
    door_open(door);
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *contact = g_strdup_printf("sip:%u%s@h p=;%s=1", i + 10, user, param);
        const char *answer = door_ask(door, &(Ask){.contacts = contact});
        g_assert_cmpint(atoi(answer), ==, i < 16 ? 200 : 503);
    }
    door_ask(door, &(Ask){.to = "alice"});
    g_assert_cmpuint(roll_outbox_get(door->outbox, 0).len, >, 16 * 2000);
    g_assert_cmpuint(roll_outbox_get(door->outbox, 0).len, <=, 65507);
}

/* Who is turned away for want of memory is told when there is room, and then there is. */
static void
test_transactions(Door *door)
{
    door->config.max_transactions = 3;
    door_open(door);
    for (int i = 0; i < 3; i++)
        door_expect(door, "200", .to = "alice");
    door->now = ROLL_TIMER_J / 2;
    door_expect(door, "503 after 16", .contacts = "sip:a@h1");
    door_expect_events(door, "");
    door->now += 16 * ROLL_SECOND;
    door_expect(door, "200 sip:a@h1 3600", .contacts = "sip:a@h1");
}

/* Nobody fills the places of users without a password. */
static void
test_challenges(Door *door)
{
    door->config.authenticate = true;
    door->config.stateless_challenges = true;
    door->config.n_algorithms = 1;
    door->config.algorithms[0] = ROLL_ALGORITHM_SHA256;
    door->config.max_transactions = 3;
    door_open(door);
    for (int i = 0; i < 100; i++)
        door_expect(door, "401 fresh SHA-256", .to = "alice");
    door_expect(door, "200", .username = "alice", .nonce = 100, .nc = 1,
                .algorithm = ROLL_ALGORITHM_SHA256);
}

/* A client whose nonce was forgotten to make room for others is asked anew, not told that its
 * password is wrong. */
static void
test_nonces(Door *door)
{
    door->config.authenticate = true;
    door->config.n_algorithms = 1;
    door->config.nonce_limit = 10;
    door_open(door);
    for (int i = 0; i < 500; i++)
        door_expect(door, "401 fresh SHA-256", .to = "alice");
    door_expect(door, "401 stale SHA-256", .username = "alice", .nonce = 1, .nc = 1,
                .algorithm = ROLL_ALGORITHM_SHA256);
    door_expect(door, "200", .username = "alice", .nonce = 501, .nc = 1,
                .algorithm = ROLL_ALGORITHM_SHA256);
}

/* What a stranger gets for a request is at most so much longer than the request. */
static void
test_amplification(void)
{
    g_autoptr(Door) door = door_new(true);
    static const RollAlgorithm all[] = {ROLL_ALGORITHM_SHA512_256, ROLL_ALGORITHM_SHA256,
                                        ROLL_ALGORITHM_MD5};
    door->config.authenticate = true;
    memcpy(door->config.algorithms, all, sizeof all);
    door->config.n_algorithms = 3;
    door_open(door);
    static const char *const methods[] = {"REGISTER", "OPTIONS", "FETCH", "INVITE"};
    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
        GString *text = compose(methods[i], i + 1, 0, 0);
        size_t asked = text->len + 2;
        g_assert_cmpint(send_text(door, text), >=, 400);
        size_t most = asked + (i == 0 ? 600 : 200);
        g_assert_cmpuint(roll_outbox_get(door->outbox, 0).len, <=, most);
    }
    /* A copy of the request gets one more answer, and nothing else is ever sent again. */
    g_assert_cmpint(send_text(door, compose("REGISTER", 1, 0, 0)), ==, 401);
    g_assert_cmpuint(roll_outbox_count(door->outbox), ==, 1);
    roll_outbox_clear(door->outbox);
    door->now = ROLL_HOUR;
    roll_registrar_wake(door->registrar, door->now, door->outbox);
    g_assert_cmpuint(roll_outbox_count(door->outbox), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/limits/message/513-when-it-can-be-addressed", test_message_size);
    g_test_add_func("/limits/message/a-datagram-by-default", test_datagram_size);
    g_test_add_func("/limits/headers/128-lines", test_header_count);
    g_test_add_func("/limits/contacts/of-a-request", test_contact_count);
    door_add_test("/limits/contacts/their-size", test_contact_size);
    g_test_add_func("/limits/contacts/the-list-is-a-datagram", test_largest_list);
    door_add_test("/limits/transactions/503-and-when", test_transactions);
    door_add_test("/limits/transactions/a-challenge-takes-no-place", test_challenges);
    door_add_test("/limits/nonces/the-oldest-is-stale", test_nonces);
    g_test_add_func("/limits/amplification", test_amplification);
    return g_test_run();
}
