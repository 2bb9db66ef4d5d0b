/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server with a store: what is acknowledged is durable, what is not durable is refused, and it
 * recovers. And each transport once. Who means ill is in test-hostile.c. */
#include "tests/unit/serving.h"

static void
test_transports(void)
{
    Serving *s = serving_new();
    s->listens[2] = (RollListen){ROLL_TRANSPORT_UDP, "::1", 0};
    s->listens[3] = (RollListen){ROLL_TRANSPORT_TCP, "::1", 0};
    s->config.n_listens = 4;
    serving_start(s);
    for (size_t i = 0; i < 4; i++) {
        g_autofree char *user = g_strdup_printf("user%zu", i);
        int fd = connect_to(s, i);
        ask(fd, "INVITE", user);
        expect(fd, "SIP/2.0 480 ");
        ask(fd, "REGISTER", user);
        expect(fd, "SIP/2.0 200 OK\r\n");
        ask(fd, "INVITE", user);
        expect(fd, "SIP/2.0 302 ");
        close(fd);
    }
    g_assert_cmpuint(roll_server_count(s->server), ==, 4);
    serving_free(s);
}

static unsigned
count_of(const char *text, const char *word)
{
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

static void
test_pipelined(void)
{
    Serving *s = serving_new();
    serving_start(s);
    int fd = connect_to(s, 1);
    g_autofree char *first = write_request("OPTIONS", "a", "");
    g_autofree char *second = write_request("OPTIONS", "a", "");
    g_autofree char *both = g_strconcat(first, "\r\n\r\n", second, NULL);
    g_autoptr(GString) got = g_string_new(NULL);
    send_text(fd, both);
    /* The pong is no answer to a request: it need not wait for one. */
    while (!(g_str_has_prefix(got->str, "\r\n") || strstr(got->str, "\r\n\r\n\r\n")) ||
           count_of(got->str, "SIP/2.0 480 ") < 2) {
        g_autofree char *more = receive(fd);
        g_string_append(got, more);
    }
    close(fd);
    serving_free(s);
}

static Serving *
with_store(void)
{
    Serving *s = serving_new();
    s->fake = fake_new();
    serving_start(s);
    return s;
}

static void
test_held(void)
{
    Serving *s = with_store();
    int fd = connect_to(s, 0), other = connect_to(s, 0);
    ask(fd, "REGISTER", "alice");
    WAIT_FOR(s->fake->waiting->len == 1);
    spin(50);
    g_assert_true(is_silent(fd));
    /* What acknowledges nothing does not wait. */
    ask(other, "OPTIONS", "nobody");
    expect(other, "SIP/2.0 480 ");
    /* What comes meanwhile is in the next batch. */
    ask(other, "REGISTER", "bob");
    spin(50);
    g_assert_cmpuint(s->fake->waiting->len, ==, 1);
    fake_answer(s->fake, NULL);
    expect(fd, "SIP/2.0 200 OK\r\n");
    g_assert_true(is_silent(other));
    g_assert_cmpuint(s->fake->waiting->len, ==, 1);
    RollBatch *batch = g_array_index(s->fake->waiting, Write, 0).batch;
    g_assert_cmpuint(roll_batch_count(batch), ==, 1);
    g_assert_cmpuint(roll_batch_get(batch, 0).n_records, ==, 1);
    fake_answer(s->fake, NULL);
    expect(other, "SIP/2.0 200 OK\r\n");
    close(fd), close(other);
    serving_free(s);
}

/* A copy of a request whose answer is held waits, too. */
static void
test_copy_is_held(void)
{
    Serving *s = with_store();
    int fd = connect_to(s, 0);
    g_autofree char *text = write_request("REGISTER", "alice", "Contact: <sip:x@127.0.0.1:7>\r\n");
    send_text(fd, text);
    WAIT_FOR(s->fake->waiting->len == 1);
    send_text(fd, text);
    spin(50);
    g_assert_true(is_silent(fd));
    fake_answer(s->fake, NULL);
    expect(fd, "SIP/2.0 200 OK\r\n");
    expect(fd, "SIP/2.0 200 OK\r\n");
    close(fd);
    serving_free(s);
}

static void
test_failure(void)
{
    Serving *s = with_store();
    int fd = connect_to(s, 0);
    ask(fd, "REGISTER", "alice");
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, "disk full");
    g_autofree char *refusal = receive(fd);
    g_assert_true(g_str_has_prefix(refusal, "SIP/2.0 503 "));
    g_assert_nonnull(strstr(refusal, "\r\nRetry-After: "));
    g_assert_nonnull(strstr(refusal, "\r\nCall-ID: call-alice\r\n"));
    g_assert_null(strstr(refusal, "Contact:"));
    g_assert_nonnull(strstr(s->logged->str, "store-failed reason=disk full\n"));
    /* The table is ahead of the store, so nothing is acknowledged. */
    ask(fd, "REGISTER", "bob");
    expect(fd, "SIP/2.0 503 ");
    ask(fd, "OPTIONS", "nobody");
    expect(fd, "SIP/2.0 480 ");
    /* It is tried again by itself, with what was lost. */
    WAIT_FOR(s->fake->waiting->len == 1);
    g_assert_cmpuint(roll_batch_count(g_array_index(s->fake->waiting, Write, 0).batch), ==, 1);
    fake_answer(s->fake, "still full");
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, NULL);
    g_assert_nonnull(strstr(s->logged->str, "store-recovered"));
    ask(fd, "REGISTER", "bob");
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, NULL);
    expect(fd, "SIP/2.0 200 OK\r\n");
    close(fd);
    serving_free(s);
}

static void
test_store_hangs(void)
{
    Serving *s = serving_new();
    s->fake = fake_new();
    s->config.max_held = 2000;
    serving_start(s);
    int fd = connect_to(s, 0), last = connect_to(s, 0);
    for (int i = 0; i < 20; i++) {
        g_autofree char *user = g_strdup_printf("user%d", i);
        ask(fd, "REGISTER", user);
        spin(2);
    }
    ask(last, "REGISTER", "zoe");
    expect(last, "SIP/2.0 503 ");
    g_assert_cmpuint(roll_server_count(s->server), <, 10);
    fake_answer(s->fake, NULL);
    fake_answer(s->fake, NULL);
    ask(last, "REGISTER", "zoe");
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, NULL);
    expect(last, "SIP/2.0 200 OK\r\n");
    close(fd), close(last);
    serving_free(s);
}

static void
test_write_back(void)
{
    Serving *s = serving_new();
    s->fake = fake_new();
    s->config.write_back = 100 * ROLL_MILLISECOND;
    serving_start(s);
    int fd = connect_to(s, 0);
    ask(fd, "REGISTER", "alice");
    expect(fd, "SIP/2.0 200 OK\r\n");
    ask(fd, "REGISTER", "bob");
    expect(fd, "SIP/2.0 200 OK\r\n");
    WAIT_FOR(s->fake->waiting->len == 1);
    g_assert_cmpuint(s->fake->writes, ==, 1);
    fake_answer(s->fake, NULL);
    close(fd);
    serving_free(s);
}

static void
test_drain(void)
{
    Serving *s = with_store();
    int udp = connect_to(s, 0), tcp = connect_to(s, 1);
    ask(udp, "REGISTER", "alice");
    WAIT_FOR(s->fake->waiting->len == 1);
    ask(tcp, "REGISTER", "bob");
    WAIT_FOR(roll_server_count(s->server) == 2);
    s->fake->automatic = true;
    g_idle_add(fake_answer_later, s->fake);
    serving_free(s);
    expect(udp, "SIP/2.0 200 OK\r\n");
    expect(tcp, "SIP/2.0 200 OK\r\n");
    g_assert_null(receive(tcp));
    close(udp), close(tcp);
}

/* A store that fails at the end does not keep the server from ending. */
static gboolean
fail_later(gpointer data)
{
    fake_answer(data, "disk full");
    return G_SOURCE_REMOVE;
}

static void
test_drain_fails(void)
{
    Serving *s = with_store();
    int fd = connect_to(s, 0);
    ask(fd, "REGISTER", "alice");
    WAIT_FOR(s->fake->waiting->len == 1);
    g_idle_add(fail_later, s->fake);
    serving_free(s);
    expect(fd, "SIP/2.0 503 ");
    close(fd);
}

static RollRecord
record_of(const char *contact, RollTime expires_at)
{
    return (RollRecord){
        .aor = ROLL_TEXT("sip:alice@example.org"),
        .contact = roll_text(contact),
        .call_id = ROLL_TEXT("c"),
        .q = ROLL_Q_NONE,
        .registered_at = 1,
        .expires_at = expires_at,
    };
}

static void
test_load(void)
{
    RollTime now = g_get_real_time();
    RollRecord records[] = {record_of("sip:a@127.0.0.1:1", 2),
                            record_of("sip:b@127.0.0.1:2", now + ROLL_HOUR)};
    Serving *s = serving_new();
    s->fake = fake_new();
    s->fake->automatic = true;
    s->fake->records = records;
    s->fake->n_records = 2;
    serving_start(s);
    g_assert_cmpuint(roll_server_count(s->server), ==, 1);
    int fd = connect_to(s, 0);
    ask(fd, "INVITE", "alice");
    g_autofree char *answer = receive(fd);
    g_assert_true(g_str_has_prefix(answer, "SIP/2.0 302 "));
    g_assert_nonnull(strstr(answer, "sip:b@127.0.0.1:2"));
    g_assert_null(strstr(answer, "sip:a@127.0.0.1:1"));
    close(fd);
    serving_free(s);
}

/* What was read before the damage is not written over the rest. */
static unsigned writes_after_failure;

static void
count_free(RollStore *base)
{
    writes_after_failure = ((Fake *)base)->writes;
    fake_free(base);
}

static void
test_load_fails(void)
{
    RollRecord record = record_of("sip:a@127.0.0.1:1", 2);
    RollStoreClass class = {
        .name = "fake", .free = count_free, .load = fake_load, .write = fake_write};
    g_autoptr(GError) error = NULL;
    Serving *s = serving_new();
    Fake *fake = fake_new();
    fake->base.class = &class;
    fake->automatic = fake->broken = true;
    fake->records = &record;
    fake->n_records = 1;
    s->config.store = &fake->base;
    writes_after_failure = 99;
    g_assert_null(roll_server_new(&s->config, &error));
    g_assert_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CORRUPT);
    g_assert_cmpuint(writes_after_failure, ==, 0);
    serving_free(s);
}

static void
test_port_taken(void)
{
    g_autoptr(GError) error = NULL;
    Serving *s = serving_new();
    serving_start(s);
    for (size_t i = 0; i < 2; i++) {
        RollServerConfig config = s->config;
        RollListen listen = s->listens[i];
        listen.port = roll_server_port(s->server, i);
        config.listens = &listen;
        config.n_listens = 1;
        g_clear_error(&error);
        g_assert_null(roll_server_new(&config, &error));
        g_autofree char *where = g_strdup_printf("127.0.0.1:%u", listen.port);
        g_assert_nonnull(strstr(error->message, where));
    }
    serving_free(s);
}

static char *
get(const Serving *s, const char *path)
{
    struct sockaddr_in name = {
        AF_INET, htons(roll_server_metrics_port(s->server)), {htonl(INADDR_LOOPBACK)}, {0}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&name, sizeof name), ==, 0);
    g_autofree char *text =
        g_strdup_printf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    g_autoptr(GString) got = g_string_new(NULL);
    send_text(fd, text);
    for (char *more; (more = receive(fd)); g_free(more))
        g_string_append(got, more);
    close(fd);
    return g_string_free(g_steal_pointer(&got), FALSE);
}

static void
test_http(void)
{
    Serving *s = serving_new();
    s->fake = fake_new();
    s->config.metrics = "127.0.0.1";
    serving_start(s);
    g_autofree char *health = get(s, "/health"), *metrics = get(s, "/metrics"),
                    *other = get(s, "/etc/passwd");
    g_assert_true(g_str_has_prefix(health, "HTTP/1.1 200 "));
    g_assert_nonnull(strstr(metrics, "\nrollcall_store_up 1\n"));
    g_assert_true(g_str_has_prefix(other, "HTTP/1.1 404 "));
    int fd = connect_to(s, 0);
    ask(fd, "REGISTER", "alice");
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, "disk full");
    g_autofree char *ill = get(s, "/health"), *down = get(s, "/metrics");
    g_assert_true(g_str_has_prefix(ill, "HTTP/1.1 503 "));
    g_assert_nonnull(strstr(down, "\nrollcall_store_up 0\n"));
    g_assert_nonnull(strstr(down, "\nrollcall_store_failures_total 1\n"));
    /* It is tried again by itself; the end would wait for that. */
    WAIT_FOR(s->fake->waiting->len == 1);
    fake_answer(s->fake, NULL);
    close(fd);
    serving_free(s);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/each-transport", test_transports);
    g_test_add_func("/server/several-in-one-write", test_pipelined);
    g_test_add_func("/server/store/no-200-before-the-commit", test_held);
    g_test_add_func("/server/store/nor-to-a-copy", test_copy_is_held);
    g_test_add_func("/server/store/failure-is-503-until-it-recovers", test_failure);
    g_test_add_func("/server/store/that-hangs-is-bounded", test_store_hangs);
    g_test_add_func("/server/store/write-back-answers-at-once", test_write_back);
    g_test_add_func("/server/store/drained-at-the-end", test_drain);
    g_test_add_func("/server/store/or-refused-at-the-end", test_drain_fails);
    g_test_add_func("/server/store/loaded-without-what-expired", test_load);
    g_test_add_func("/server/store/damaged-is-not-written", test_load_fails);
    g_test_add_func("/server/port-taken-is-named", test_port_taken);
    g_test_add_func("/server/http", test_http);
    return g_test_run();
}
