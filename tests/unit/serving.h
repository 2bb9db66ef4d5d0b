/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A RollServer in this process and clients on plain sockets of the loopback, in one thread: whoever
 * waits runs the server's main loop meanwhile. Include from one file of a test only. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <rollcall/server.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/store/store.h"

enum { PATIENCE_S = 30 };

/* One roll_store_write() that nobody has answered. */
typedef struct {
    RollBatch *batch;
    RollStoreDone done;
    void *data;
} Write;

/**
 * Fake: a store in the test's hand.
 * @waiting: of Write, oldest first
 * @automatic: what is written is answered from the main loop
 * @records, @n_records: what loading shows; @broken: and then fails
 */
typedef struct {
    RollStore base;
    GArray *waiting;
    bool automatic;
    const RollRecord *records;
    size_t n_records;
    bool broken;
    unsigned writes;
} Fake;

static inline void
fake_answer(Fake *self, const char *failure)
{
    Write write = g_array_index(self->waiting, Write, 0);
    g_autoptr(GError) error = NULL;
    g_array_remove_index(self->waiting, 0);
    if (failure)
        error = g_error_new(ROLL_STORE_ERROR, ROLL_STORE_ERROR_FULL, "%s", failure);
    roll_batch_free(write.batch);
    write.done(write.data, error);
}

static inline gboolean
fake_answer_later(gpointer data)
{
    fake_answer(data, NULL);
    return G_SOURCE_REMOVE;
}

static inline void
fake_write(RollStore *base, RollBatch *batch, RollStoreDone done, void *data)
{
    Fake *self = (Fake *)base;
    Write write = {batch, done, data};
    g_array_append_val(self->waiting, write);
    self->writes++;
    if (self->automatic)
        g_idle_add(fake_answer_later, self);
}

static inline bool
fake_load(RollStore *base, RollRecordVisitor visitor, void *data, GError **error)
{
    Fake *self = (Fake *)base;
    for (size_t i = 0; i < self->n_records; i++)
        visitor(data, &self->records[i]);
    if (self->broken)
        g_set_error(error, ROLL_STORE_ERROR, ROLL_STORE_ERROR_CORRUPT, "damaged");
    return !self->broken;
}

static inline void
fake_free(RollStore *base)
{
    Fake *self = (Fake *)base;
    for (guint i = 0; i < self->waiting->len; i++)
        roll_batch_free(g_array_index(self->waiting, Write, i).batch);
    g_array_unref(self->waiting);
    g_free(self);
}

static inline Fake *
fake_new(void)
{
    static const RollStoreClass class = {
        .name = "fake", .free = fake_free, .load = fake_load, .write = fake_write};
    Fake *self = g_new0(Fake, 1);
    self->base.class = &class;
    self->waiting = g_array_new(FALSE, FALSE, sizeof(Write));
    return self;
}

/**
 * Serving: change @config before serving_start().
 * @fake: the store, %NULL for memory alone
 * @logged: a line for each event: its name
 */
typedef struct {
    RollServerConfig config;
    RollListen listens[4];
    Fake *fake;
    RollServer *server;
    GString *logged;
} Serving;

static inline void
serving_log(void *data, RollLogLevel level, const char *event, const RollLogField *fields, size_t n)
{
    (void)level;
    Serving *self = data;
    g_string_append_printf(self->logged, "%s", event);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(self->logged, " %s=%s", fields[i].name, fields[i].value);
    g_string_append_c(self->logged, '\n');
}

static const char *const SERVING_DOMAINS[] = {"example.org", NULL};

static inline Serving *
serving_new(void)
{
    Serving *self = g_new0(Serving, 1);
    self->config = roll_server_config_default();
    self->config.registrar.domains = SERVING_DOMAINS;
    self->listens[0] = (RollListen){ROLL_TRANSPORT_UDP, "127.0.0.1", 0};
    self->listens[1] = (RollListen){ROLL_TRANSPORT_TCP, "127.0.0.1", 0};
    self->config.listens = self->listens;
    self->config.n_listens = 2;
    self->config.log = serving_log;
    self->config.log_data = self;
    self->logged = g_string_new(NULL);
    return self;
}

static inline void
serving_start(Serving *self)
{
    g_autoptr(GError) error = NULL;
    self->config.store = (RollStore *)self->fake;
    self->server = roll_server_new(&self->config, &error);
    g_assert_no_error(error);
}

static inline void
serving_free(Serving *self)
{
    roll_server_free(self->server);
    g_string_free(self->logged, TRUE);
    g_free(self);
}

/* Runs the main loop for @ms. */
static inline void
spin(unsigned ms)
{
    gint64 until = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;
    do {
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        g_usleep(500);
    } while (g_get_monotonic_time() < until);
}

/** WAIT_FOR: runs the main loop until @condition holds, and then asks no more. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        gint64 until_ = g_get_monotonic_time() + PATIENCE_S * G_TIME_SPAN_SECOND;                  \
        bool holds_;                                                                               \
        while (!(holds_ = (condition)) && g_get_monotonic_time() < until_)                         \
            spin(1);                                                                               \
        if (!holds_)                                                                               \
            g_error("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);               \
    } while (0)

/* To the @i-th listener, from @from if it is not 0. */
static inline int
connect_from(const Serving *self, size_t i, uint16_t from)
{
    bool wide = strchr(self->listens[i].address, ':') != NULL;
    bool udp = self->listens[i].transport == ROLL_TRANSPORT_UDP;
    int fd = socket(wide ? AF_INET6 : AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    uint16_t port = htons(roll_server_port(self->server, i));
    struct sockaddr_in name = {AF_INET, port, {htonl(INADDR_LOOPBACK)}, {0}};
    struct sockaddr_in6 name6 = {.sin6_family = AF_INET6, .sin6_port = port};
    struct sockaddr_in local = {AF_INET, htons(from), {htonl(INADDR_LOOPBACK)}, {0}};
    int one = 1;
    name6.sin6_addr = in6addr_loopback;
    g_assert_cmpint(fd, >=, 0);
    if (from != 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&local, sizeof local), ==, 0);
    }
    int status = wide ? connect(fd, (struct sockaddr *)&name6, sizeof name6)
                      : connect(fd, (struct sockaddr *)&name, sizeof name);
    g_assert_cmpint(status, ==, 0);
    return fd;
}

static inline int
connect_to(const Serving *self, size_t i)
{
    return connect_from(self, i, 0);
}

static inline void
send_text(int fd, const char *text)
{
    g_assert_cmpint(send(fd, text, strlen(text), MSG_NOSIGNAL), ==, (gssize)strlen(text));
}

/* What came, at least a byte; NULL at the end of a stream. */
static inline char *
receive(int fd)
{
    gint64 until = g_get_monotonic_time() + PATIENCE_S * G_TIME_SPAN_SECOND;
    char buffer[65536];
    while (g_get_monotonic_time() < until) {
        gssize n = recv(fd, buffer, sizeof buffer - 1, MSG_DONTWAIT);
        if (n > 0)
            return g_strndup(buffer, (gsize)n);
        if (n == 0 || errno != EAGAIN)
            return NULL;
        spin(1);
    }
    g_assert_not_reached();
}

/* The beginning of what came is @expected. */
static inline void
expect(int fd, const char *expected)
{
    g_autofree char *got = receive(fd);
    g_assert_nonnull(got);
    got[MIN(strlen(got), strlen(expected))] = '\0';
    g_assert_cmpstr(got, ==, expected);
}

static inline bool
is_silent(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

/* Whether the server has closed @fd; what it sent before is thrown away. */
static inline bool
is_closed(int fd)
{
    char buffer[65536];
    gssize n;
    while ((n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
        continue;
    return n == 0 || errno != EAGAIN;
}

/* A request of a user of example.org, a new transaction. */
static inline char *
write_request(const char *method, const char *user, const char *more)
{
    static unsigned number;
    bool registers = strcmp(method, "REGISTER") == 0;
    number++;
    return g_strdup_printf("%s sip:%s%sexample.org SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKt%u;rport\r\n"
                           "From: <sip:%s@example.org>;tag=f\r\nTo: <sip:%s@example.org>\r\n"
                           "Call-ID: call-%s\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n%s"
                           "Content-Length: 0\r\n\r\n",
                           method, registers ? "" : user, registers ? "" : "@", number, user, user,
                           user, number, method, more);
}

static inline void
ask(int fd, const char *method, const char *user)
{
    g_autofree char *text = write_request(
        method, user, strcmp(method, "REGISTER") == 0 ? "Contact: <sip:x@127.0.0.1:7>\r\n" : "");
    send_text(fd, text);
}
