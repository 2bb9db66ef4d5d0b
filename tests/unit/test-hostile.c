/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who means ill, and who is only slow: the server's limits, each over a real socket. And TLS. */
#include "tests/unit/serving.h"

#include <fcntl.h>
#include <gnutls/gnutls.h>

#include "src/net/server.h"

static const RollCounters *
counters(const Serving *s)
{
    return &s->server->counters;
}

static void
test_idle_and_slow(void)
{
    Serving *s = serving_new();
    s->config.message_timeout = 300 * ROLL_MILLISECOND;
    s->config.idle_timeout = 20 * ROLL_SECOND;
    serving_start(s);
    int silent = connect_to(s, 1), half = connect_to(s, 1), good = connect_to(s, 1);
    send_text(half, "REGISTER sip:example.org SIP/2.0\r\n");
    ask(good, "OPTIONS", "nobody");
    expect(good, "SIP/2.0 480 ");
    WAIT_FOR(is_closed(silent) && is_closed(half));
    g_assert_cmpuint(counters(s)->slow_connections, ==, 2);
    /* Who has said something whole may be idle. */
    g_assert_false(is_closed(good));
    close(silent), close(half), close(good);
    serving_free(s);
}

/* Slow loris: bytes that come do not buy time. */
static void
test_dribble(void)
{
    Serving *s = serving_new();
    s->config.message_timeout = 400 * ROLL_MILLISECOND;
    serving_start(s);
    int fd = connect_to(s, 1);
    gint64 start = g_get_monotonic_time();
    while (!is_closed(fd)) {
        g_assert_cmpint(g_get_monotonic_time() - start, <, PATIENCE_S * G_TIME_SPAN_SECOND);
        if (send(fd, "x", 1, MSG_NOSIGNAL) < 0)
            break;
        spin(20);
    }
    g_assert_cmpuint(counters(s)->slow_connections, ==, 1);
    close(fd);
    serving_free(s);
}

static void
test_idle(void)
{
    Serving *s = serving_new();
    s->config.idle_timeout = 300 * ROLL_MILLISECOND;
    serving_start(s);
    int fd = connect_to(s, 1);
    ask(fd, "OPTIONS", "nobody");
    expect(fd, "SIP/2.0 480 ");
    WAIT_FOR(is_closed(fd));
    g_assert_cmpuint(counters(s)->slow_connections, ==, 0);
    close(fd);
    serving_free(s);
}

static void
test_connections(void)
{
    Serving *s = serving_new();
    s->config.max_connections = 3;
    serving_start(s);
    int fds[5];
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        fds[i] = connect_to(s, 1);
    WAIT_FOR(counters(s)->refused_connections == 2);
    ask(fds[0], "OPTIONS", "nobody");
    expect(fds[0], "SIP/2.0 480 ");
    WAIT_FOR(is_closed(fds[4]));
    /* A place that is left is there for the next one. */
    close(fds[0]);
    spin(50);
    int next = connect_to(s, 1);
    ask(next, "OPTIONS", "nobody");
    expect(next, "SIP/2.0 480 ");
    for (size_t i = 1; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    close(next);
    serving_free(s);
}

static void
test_connections_per_source(void)
{
    Serving *s = serving_new();
    s->config.max_connections_per_source = 2;
    s->config.limit_loopback = true;
    serving_start(s);
    int fds[3];
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        fds[i] = connect_to(s, 1);
    WAIT_FOR(counters(s)->refused_connections == 1);
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    serving_free(s);
}

static void
test_rate(void)
{
    enum { SENT = 50, BURST = 5 };
    Serving *s = serving_new();
    s->config.rate = 1;
    s->config.burst = BURST;
    s->config.limit_loopback = true;
    serving_start(s);
    int fd = connect_to(s, 0);
    for (int i = 0; i < SENT; i++)
        ask(fd, "OPTIONS", "nobody");
    WAIT_FOR(counters(s)->packets_udp == SENT);
    g_assert_cmpuint(counters(s)->limited, >=, SENT - 2 * BURST);
    g_assert_cmpuint(counters(s)->sent_4xx + counters(s)->limited, ==, SENT);
    close(fd);
    serving_free(s);
}

static void
test_broken_stream(void)
{
    static const struct {
        const char *what;
        const char *text;
        const char *answer; /* NULL: closed without one */
    } cases[] = {
        {"noise", "\x01\x02\x03\x04 what?\r\n\r\n", NULL},
        {"no length",
         "OPTIONS sip:example.org SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"
         "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n",
         "SIP/2.0 400 "},
        {"two lengths",
         "OPTIONS sip:example.org SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"
         "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"
         "Content-Length: 0\r\nl: 90\r\n\r\n"
         "REGISTER sip:example.org SIP/2.0\r\n",
         "SIP/2.0 400 "},
        {"a handshake of TLS over TCP", "\x16\x03\x01\x02\r\n\r\n", NULL},
    };
    Serving *s = serving_new();
    serving_start(s);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int fd = connect_to(s, 1);
        g_test_message("%s", cases[i].what);
        send_text(fd, cases[i].text);
        if (cases[i].answer)
            expect(fd, cases[i].answer);
        WAIT_FOR(is_closed(fd));
        g_assert_cmpuint(counters(s)->broken_streams, ==, i + 1);
        close(fd);
    }
    g_assert_cmpuint(roll_server_count(s->server), ==, 0);
    serving_free(s);
}

static void
test_too_long(void)
{
    Serving *s = serving_new();
    serving_start(s);
    int fd = connect_to(s, 1);
    g_autofree char *body = g_strnfill(70000, 'x');
    g_autofree char *more = g_strdup_printf("X: %s\r\n", body);
    g_autofree char *text = write_request("OPTIONS", "nobody", more);
    for (size_t at = 0; at < strlen(text) && counters(s)->broken_streams == 0;) {
        gssize n = send(fd, text + at, strlen(text + at), MSG_NOSIGNAL | MSG_DONTWAIT);
        at += n > 0 ? (size_t)n : 0;
        spin(1);
    }
    expect(fd, "SIP/2.0 513 ");
    WAIT_FOR(is_closed(fd));
    close(fd);
    serving_free(s);
}

/* A client with little room for answers; the system would grow it to tens of megabytes. It has to
 * be small before there is a connection: what is made smaller later drops what was let in already,
 * and with it the acknowledgements of what the client sends. */
static int
connect_small(const Serving *s, size_t i)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), room = 1 << 16;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(roll_server_port(s->server, i)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    g_assert_cmpint(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room), ==, 0);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&to, sizeof to), ==, 0);
    return fd;
}

/* Who asks and asks and reads no answer: what waits for him is bounded, and he is not read. */
static void
test_deaf(void)
{
    enum { MOST = 64 << 20 };
    Serving *s = serving_new();
    s->config.message_timeout = ROLL_SECOND;
    serving_start(s);
    int fd = connect_small(s, 1);
    g_autofree char *text = write_request("OPTIONS", "nobody", "");
    size_t len = strlen(text), sent = 0;
    gint64 until = g_get_monotonic_time() + PATIENCE_S * G_TIME_SPAN_SECOND;
    while (counters(s)->slow_connections == 0 && sent < MOST && g_get_monotonic_time() < until) {
        size_t from = sent % len;
        gssize n = send(fd, text + from, len - from, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        if (n < 0)
            spin(1);
        while (g_main_context_iteration(NULL, FALSE))
            continue;
    }
    g_assert_cmpuint(counters(s)->slow_connections, ==, 1);
    g_assert_cmpuint(sent, <, MOST);
    WAIT_FOR(is_closed(fd));
    close(fd);
    serving_free(s);
}

static void
test_keepalives(void)
{
    static const uint8_t binding[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3};
    Serving *s = serving_new();
    serving_start(s);
    int udp = connect_to(s, 0), tcp = connect_to(s, 1);
    uint8_t got[100];
    g_assert_cmpint(send(udp, binding, sizeof binding, 0), ==, sizeof binding);
    WAIT_FOR(recv(udp, got, sizeof got, MSG_DONTWAIT) == 32);
    g_assert_cmpmem(got, 2, "\x01\x01", 2);
    send_text(tcp, "\r\n\r\n");
    expect(tcp, "\r\n");
    /* What some send to keep a NAT open asks for nothing. */
    send_text(udp, "\r\n\r\n");
    ask(udp, "OPTIONS", "nobody");
    expect(udp, "SIP/2.0 480 ");
    g_assert_cmpuint(counters(s)->keepalives, ==, 2);
    close(udp), close(tcp);
    serving_free(s);
}

/* A client of TLS on a socket that does not block. */
typedef struct {
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
    int fd;
} Client;

static Client
client_open(const Serving *s, size_t listener)
{
    Client self = {.fd = connect_to(s, listener)};
    g_assert_cmpint(gnutls_init(&self.session, GNUTLS_CLIENT | GNUTLS_NONBLOCK), ==, 0);
    gnutls_certificate_allocate_credentials(&self.credentials);
    gnutls_credentials_set(self.session, GNUTLS_CRD_CERTIFICATE, self.credentials);
    gnutls_set_default_priority(self.session);
    gnutls_transport_set_int(self.session, self.fd);
    int flags = fcntl(self.fd, F_GETFL);
    fcntl(self.fd, F_SETFL, flags | O_NONBLOCK);
    return self;
}

static void
client_close(Client *self)
{
    gnutls_deinit(self->session);
    gnutls_certificate_free_credentials(self->credentials);
    close(self->fd);
}

static Serving *
with_tls(const char *certificate)
{
    Serving *s = serving_new();
    s->listens[2] = (RollListen){ROLL_TRANSPORT_TLS, "127.0.0.1", 0};
    s->config.n_listens = 3;
    s->config.certificate = s->config.private_key = certificate;
    s->config.message_timeout = 5 * ROLL_SECOND;
    return s;
}

static int
shake_hands(Client *self)
{
    int status;
    WAIT_FOR((status = gnutls_handshake(self->session)) == 0 || gnutls_error_is_fatal(status));
    return status;
}

static void
test_tls(void)
{
    Serving *s = with_tls(TEST_DATA "/loopback.pem");
    serving_start(s);
    Client client = client_open(s, 2);
    char buffer[2000];
    gssize n;
    g_assert_cmpint(shake_hands(&client), ==, 0);
    g_autofree char *text = write_request("REGISTER", "alice", "Contact: <sip:x@127.0.0.1:7>\r\n");
    /* In two records, the second within a word. */
    g_assert_cmpint(gnutls_record_send(client.session, text, 20), ==, 20);
    spin(5);
    gnutls_record_send(client.session, text + 20, strlen(text) - 20);
    WAIT_FOR((n = gnutls_record_recv(client.session, buffer, sizeof buffer - 1)) > 0);
    g_assert_true(strncmp(buffer, "SIP/2.0 200 ", 12) == 0);
    g_assert_cmpuint(counters(s)->packets_tls, ==, 1);
    client_close(&client);
    serving_free(s);
}

/* Neither noise nor silence in the handshake holds a place, nor keeps others from theirs. */
static void
test_tls_hostile(void)
{
    Serving *s = with_tls(TEST_DATA "/loopback.pem");
    s->config.message_timeout = 500 * ROLL_MILLISECOND;
    serving_start(s);
    int noise = connect_to(s, 2), silent = connect_to(s, 2), plain = connect_to(s, 2);
    send_text(noise, "\x16\x03\x01\xff\xff garbage");
    send_text(plain, "REGISTER sip:example.org SIP/2.0\r\n\r\n");
    Client good = client_open(s, 2);
    g_assert_cmpint(shake_hands(&good), ==, 0);
    WAIT_FOR(is_closed(noise) && is_closed(silent) && is_closed(plain));
    g_assert_cmpuint(counters(s)->packets_tls, ==, 0);
    client_close(&good);
    close(noise), close(silent), close(plain);
    serving_free(s);
}

static void
test_old_tls(void)
{
    Serving *s = with_tls(TEST_DATA "/loopback.pem");
    serving_start(s);
    Client old = client_open(s, 2);
    if (gnutls_priority_set_direct(old.session,
                                   "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT", NULL) == 0)
        g_assert_cmpint(shake_hands(&old), !=, 0);
    client_close(&old);
    serving_free(s);
}

static void
test_reload(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "rollcall-XXXXXX", NULL);
    g_autofree char *pem = NULL;
    gsize len;
    g_assert_true(g_file_get_contents(TEST_DATA "/loopback.pem", &pem, &len, NULL));
    int file = g_mkstemp(path);
    g_assert_cmpint(write(file, pem, len), ==, (gssize)len);
    close(file);
    Serving *s = with_tls(path);
    serving_start(s);
    Client before = client_open(s, 2);
    g_assert_cmpint(shake_hands(&before), ==, 0);
    g_assert_true(roll_server_reload_certificate(s->server, &error));
    /* What cannot be read leaves what was. */
    g_assert_true(g_file_set_contents(path, "nothing", -1, NULL));
    g_assert_false(roll_server_reload_certificate(s->server, &error));
    g_assert_nonnull(strstr(error->message, path));
    Client after = client_open(s, 2);
    g_assert_cmpint(shake_hands(&after), ==, 0);
    client_close(&before), client_close(&after);
    unlink(path);
    serving_free(s);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hostile/silence-and-half-a-message", test_idle_and_slow);
    g_test_add_func("/hostile/bytes-that-dribble-buy-no-time", test_dribble);
    g_test_add_func("/hostile/idle", test_idle);
    g_test_add_func("/hostile/connections", test_connections);
    g_test_add_func("/hostile/connections-of-one-source", test_connections_per_source);
    g_test_add_func("/hostile/rate-of-one-source", test_rate);
    g_test_add_func("/hostile/streams-that-make-no-sense", test_broken_stream);
    g_test_add_func("/hostile/a-head-too-long-gets-513", test_too_long);
    g_test_add_func("/hostile/who-reads-no-answers", test_deaf);
    g_test_add_func("/hostile/keepalives", test_keepalives);
    g_test_add_func("/hostile/tls/register", test_tls);
    g_test_add_func("/hostile/tls/noise-and-silence", test_tls_hostile);
    g_test_add_func("/hostile/tls/not-before-1.2", test_old_tls);
    g_test_add_func("/hostile/tls/reload", test_reload);
    return g_test_run();
}
