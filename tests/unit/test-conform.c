/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The harness itself: how it takes answers apart, what it makes of a registrar that is silent or
 * wrong, and its way to a server over loopback sockets, which `rollcall fuzz` goes as well. */
#include "sim/conform/conform.h"
#include "sim/conform/steps.h"
#include "sim/fuzz/differ.h"

#include <string.h>
#include <unistd.h>

static const char REPLY[] =
    "SIP/2.0 200 OK\r\n"
    "v: SIP/2.0/UDP a:1;branch=z9hG4bK1;rport=5 ,\r\n"
    " SIP/2.0/TCP b;received=\"x,y\"\r\n"
    "m: \"Bell, <A.>\" <sip:a;b=c@h;x=1?y=z>;expires=\"60\" ; q=0.5;audio\r\n"
    "Contact: sip:b@h;expires=7\r\n"
    "WWW-Authenticate: Digest realm=\"a, b\", stale=TRUE , nonce=\"n\"\r\n"
    "\r\nbody";

static void
test_message(void)
{
    g_autoptr(SimMessage) m = sim_message_parse(REPLY, strlen(REPLY));
    g_assert_cmpint(m->status, ==, 200);
    g_assert_cmpstr(m->body, ==, "body");
    g_auto(GStrv) vias = sim_message_values(m, "via");
    g_assert_cmpuint(g_strv_length(vias), ==, 2);
    g_autofree char *received = sim_value_param(vias[1], "Received");
    g_assert_cmpstr(received, ==, "x,y");
    g_auto(GStrv) contacts = sim_message_values(m, "Contact");
    g_assert_cmpuint(g_strv_length(contacts), ==, 2);
    g_autofree char *uri = sim_value_uri(contacts[0]);
    g_assert_cmpstr(uri, ==, "sip:a;b=c@h;x=1?y=z");
    g_autofree char *plain = sim_value_uri(contacts[1]);
    g_assert_cmpstr(plain, ==, "sip:b@h");
    g_autofree char *expires = sim_value_param(contacts[0], "expires");
    g_assert_cmpstr(expires, ==, "60");
    g_autofree char *audio = sim_value_param(contacts[0], "audio");
    g_assert_cmpstr(audio, ==, "");
    g_assert_null(sim_value_param(contacts[0], "x"));
    g_autofree char *x = sim_uri_param(uri, "x");
    g_assert_cmpstr(x, ==, "1");
    g_assert_null(sim_uri_param(uri, "b"));
}

static void
test_challenge(void)
{
    g_autoptr(SimMessage) m = sim_message_parse(REPLY, strlen(REPLY));
    const char *line = sim_message_line(m, "www-authenticate", 0);
    bool quoted;
    g_autofree char *realm = sim_auth_param(line, "realm", &quoted);
    g_assert_cmpstr(realm, ==, "a, b");
    g_assert_true(quoted);
    g_autofree char *stale = sim_auth_param(line, "stale", &quoted);
    g_assert_cmpstr(stale, ==, "TRUE");
    g_assert_false(quoted);
    g_assert_null(sim_auth_param(line, "opaque", NULL));
    g_assert_null(sim_message_line(m, "www-authenticate", 1));
}

static void
test_noise(void)
{
    static const char *const texts[] = {"", "\r\n", "SIP/2.0", "no colon\r\n\r\n", "\r\n\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(SimMessage) m = sim_message_parse(texts[i], strlen(texts[i]));
        g_assert_cmpint(m->status, ==, 0);
        g_assert_null(sim_message_line(m, "Via", 0));
    }
}

/* A registrar that says nothing. */
static void *
mute_open(const RollPluginSetup *setup)
{
    return g_strdup(setup->domain);
}

static void
mute_receive(void *self, RollTime now, const RollPacket *in)
{
    (void)self, (void)now, (void)in;
}

static RollTime
mute_next_wake(const void *self)
{
    (void)self;
    return ROLL_NEVER;
}

static const RollPlugin MUTE = {
    .abi = ROLL_PLUGIN_ABI,
    .open = mute_open,
    .close = g_free,
    .receive = mute_receive,
    .next_wake = mute_next_wake,
};

static void
test_silence(void)
{
    g_autoptr(SimTarget) target = sim_target_new_for_plugin(&MUTE);
    g_assert_nonnull(sim_conform_probe(target, "run"));
    g_autoptr(GPtrArray) rules = sim_conform_rules("10.3.6-fetch");
    g_assert_cmpuint(rules->len, ==, 1);
    g_autoptr(SimCase) c = sim_conform_try(target, g_ptr_array_index(rules, 0), "run");
    g_assert_cmpint(sim_conform_outcome(c), ==, SIM_OUTCOME_FAILS);
    g_autoptr(GString) text = g_string_new(NULL);
    sim_conform_write_tap(c, 3, text);
    g_assert_nonnull(strstr(text->str, "    # nothing came back\n"));
    g_assert_nonnull(
        strstr(text->str, "\nnot ok 3 - MUST RFC 3261 section 10.3 step 6 (10.3.6-fetch)"));
    sim_conform_write_row(c, text);
    g_assert_nonnull(strstr(text->str, "| **fails**, since it does not hold that "));
}

/* Every rule, with nothing but silence for an answer: none may crash. */
static void
test_silence_everywhere(void)
{
    g_autoptr(SimTarget) target = sim_target_new_for_plugin(&MUTE);
    g_autoptr(GPtrArray) rules = sim_conform_rules(NULL);
    for (guint i = 0; i < rules->len; i++)
        sim_case_free(sim_conform_try(target, g_ptr_array_index(rules, i), "run"));
}

static void
test_names(void)
{
    g_autoptr(GPtrArray) rules = sim_conform_rules(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_assert_cmpuint(rules->len, >=, 57);
    for (guint i = 0; i < rules->len; i++) {
        const SimRule *rule = g_ptr_array_index(rules, i);
        g_assert_true(g_hash_table_add(seen, (void *)rule->id));
        g_assert_null(strpbrk(rule->title, "#|"));
    }
}

/* The core behind a loopback socket, in a thread, in real time. */
typedef struct {
    RollRegistrar *registrar;
    RollOutbox *outbox;
    GSocket *socket;
    GTlsCertificate *certificate;
    GCancellable *stop;
    GThread *thread;
    char *address;
} Server;

static void
server_receive(Server *self, RollTransport transport, GSocketAddress *from, const void *data,
               size_t len)
{
    RollPacket in = {{{127, 0, 0, 1}, 4, (uint8_t)transport, 0}, data, len};
    in.peer.port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(from));
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, g_get_monotonic_time(), &in, self->outbox);
}

static void *
serve_datagrams(void *data)
{
    Server *self = data;
    char buffer[65536];
    for (;;) {
        g_autoptr(GSocketAddress) from = NULL;
        gssize n =
            g_socket_receive_from(self->socket, &from, buffer, sizeof buffer, self->stop, NULL);
        if (n < 0)
            return NULL;
        server_receive(self, ROLL_TRANSPORT_UDP, from, buffer, (size_t)n);
        for (size_t i = 0; i < roll_outbox_count(self->outbox); i++) {
            RollPacket p = roll_outbox_get(self->outbox, i);
            g_socket_send_to(self->socket, from, (const char *)p.data, p.len, NULL, NULL);
        }
    }
}

/* What the harness sends has no body but in the rules about bodies. */
static size_t
whole_request(const GString *unread)
{
    const char *end = strstr(unread->str, "\r\n\r\n");
    const char *length = strstr(unread->str, "Content-Length: ");
    size_t body = length && end && length < end ? (size_t)atoi(length + 16) : 0;
    size_t n = end ? (size_t)(end - unread->str) + 4 + body : 0;
    return n <= unread->len ? n : 0;
}

/* Until the far end closes, or a request is refused with 416: then it closes, as some servers do.
 */
static void
serve_connection(Server *self, GSocketAddress *from, GIOStream *stream)
{
    GInputStream *in = g_io_stream_get_input_stream(stream);
    GOutputStream *out = g_io_stream_get_output_stream(stream);
    g_autoptr(GString) unread = g_string_new(NULL);
    char buffer[4096];
    for (gssize n; (n = g_input_stream_read(in, buffer, sizeof buffer, self->stop, NULL)) > 0;) {
        g_string_append_len(unread, buffer, n);
        for (size_t len; (len = whole_request(unread)) > 0;) {
            if (g_str_has_prefix(unread->str, "\r\n\r\n"))
                g_output_stream_write_all(out, "\r\n", 2, NULL, NULL, NULL);
            server_receive(self, ROLL_TRANSPORT_TCP, from, unread->str, len);
            g_string_erase(unread, 0, (gssize)len);
            for (size_t i = 0; i < roll_outbox_count(self->outbox); i++) {
                RollPacket p = roll_outbox_get(self->outbox, i);
                g_output_stream_write_all(out, p.data, p.len, NULL, NULL, NULL);
                if (g_str_has_prefix((const char *)p.data, "SIP/2.0 416"))
                    return;
            }
        }
    }
}

static void *
serve_streams(void *data)
{
    Server *self = data;
    GSocket *socket;
    while ((socket = g_socket_accept(self->socket, self->stop, NULL))) {
        g_autoptr(GIOStream) stream =
            G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
        g_autoptr(GSocketAddress) from = g_socket_get_remote_address(socket, NULL);
        g_object_unref(socket);
        g_autoptr(GIOStream) tls =
            self->certificate ? g_tls_server_connection_new(stream, self->certificate, NULL) : NULL;
        serve_connection(self, from, tls ? tls : stream);
        g_io_stream_close(tls ? tls : stream, NULL, NULL);
    }
    return NULL;
}

static bool
find_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm, RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm;
    *out = (RollSecret){.password = ROLL_TEXT("secret")};
    return roll_text_equal(username, ROLL_TEXT("alice"));
}

static Server *
server_start(const char *transport, bool authenticate)
{
    static const char *const domains[] = {"example.org", NULL};
    Server *self = g_new0(Server, 1);
    RollConfig config = roll_config_default();
    config.domains = domains;
    config.authenticate = authenticate;
    config.lookup = find_secret;
    config.algorithms[0] = ROLL_ALGORITHM_SHA512_256;
    self->registrar = roll_registrar_new(&config);
    self->outbox = roll_outbox_new();
    self->stop = g_cancellable_new();
    bool datagrams = g_str_equal(transport, "udp");
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    self->socket = g_socket_new(G_SOCKET_FAMILY_IPV4,
                                datagrams ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
                                G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_assert_true(g_socket_bind(self->socket, any, FALSE, NULL));
    g_assert_true(datagrams || g_socket_listen(self->socket, NULL));
    g_autoptr(GSocketAddress) bound = g_socket_get_local_address(self->socket, NULL);
    self->address = g_strdup_printf("%s:127.0.0.1:%u", transport,
                                    g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
    if (g_str_equal(transport, "tls"))
        self->certificate = g_tls_certificate_new_from_file(TEST_DATA "/loopback.pem", NULL);
    self->thread = g_thread_new("server", datagrams ? serve_datagrams : serve_streams, self);
    return self;
}

static void
server_stop(Server *self)
{
    g_cancellable_cancel(self->stop);
    g_thread_join(self->thread);
    g_clear_object(&self->certificate);
    g_object_unref(self->socket);
    g_object_unref(self->stop);
    roll_outbox_free(self->outbox);
    roll_registrar_free(self->registrar);
    g_free(self->address);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_stop)

/* Those that need no patience: every wait for an answer that must not come costs a second. */
static void
try_over(const char *transport, bool authenticate, const char *only)
{
    g_autoptr(Server) server = server_start(transport, authenticate);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimTarget) target =
        sim_target_new_network(server->address, "example.org", authenticate ? "alice" : NULL,
                               authenticate ? "secret" : NULL, false, &error);
    g_assert_no_error(error);
    g_assert_null(sim_conform_probe(target, "t"));
    g_assert_cmpint(target->authenticates, ==, authenticate);
    g_autoptr(GPtrArray) rules = sim_conform_rules(only);
    unsigned held = 0;
    for (guint i = 0; i < rules->len; i++) {
        g_autoptr(SimCase) c = sim_conform_try(target, g_ptr_array_index(rules, i), "t");
        g_autoptr(GString) text = g_string_new(NULL);
        sim_conform_write_tap(c, i + 1, text);
        if (sim_conform_outcome(c) == SIM_OUTCOME_FAILS)
            g_test_message("%s", text->str);
        g_assert_cmpint(sim_conform_outcome(c), !=, SIM_OUTCOME_FAILS);
        held += sim_conform_outcome(c) == SIM_OUTCOME_HOLDS;
    }
    g_assert_cmpuint(held, >, 0);
}

static void
test_udp(void)
{
    try_over("udp", false, "10.3");
    try_over("udp", false, "rport");
}

static void
test_tcp(void)
{
    try_over("tcp", false, "10.3");
    try_over("tcp", false, "pong");
    try_over("tcp", false, "8.2.2.1-scheme");
}

static void
test_credentials(void)
{
    try_over("udp", true, "10.3");
    try_over("udp", true, "22.4");
    try_over("udp", true, "sha-512");
}

static void
test_tls(void)
{
    if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
        g_test_skip("GLib has no TLS: glib-networking");
        return;
    }
    /* A process of its own that skips the search for leaks, which crashes over the thread-local
     * memory of the TLS module. */
    if (g_test_subprocess()) {
        try_over("tls", false, "10.3.7");
        _exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

static void
test_no_password(void)
{
    g_autoptr(Server) server = server_start("udp", true);
    g_autoptr(SimTarget) target =
        sim_target_new_network(server->address, NULL, NULL, NULL, false, NULL);
    g_assert_cmpstr(target->domain, ==, "127.0.0.1");
    g_autoptr(SimTarget) named =
        sim_target_new_network(server->address, "example.org", NULL, NULL, false, NULL);
    g_assert_nonnull(strstr(sim_conform_probe(named, "t"), "--password"));
}

/* A server and what it is said to be: the model finds where that is not so, in few steps. */
static int
fuzz_over(const char *transport, const ModelConfig *config, size_t *n_steps)
{
    g_autoptr(Server) server = server_start(transport, false);
    g_autoptr(SimTarget) target =
        sim_target_new_network(server->address, "example.org", NULL, NULL, false, NULL);
    g_autoptr(SimRemote) remote = sim_remote_new(target);
    g_assert_null(sim_remote_probe(remote));
    g_autoptr(SimDiffer) differ = sim_differ_new_remote(remote, config);
    SimRandom random = sim_random_new(1, 0);
    for (uint32_t i = 0; i < 100; i++) {
        SimFuzzSequence sequence;
        sim_differ_draw(differ, &random, i, &sequence);
        if (sim_differ_find(differ, &sequence) < 0)
            continue;
        g_assert_true(sim_differ_shrink(differ, &sequence));
        g_autofree char *script = sim_differ_write(differ, &sequence, "t");
        g_test_message("%s", script);
        *n_steps = sequence.n_steps;
        return (int)i;
    }
    return -1;
}

static void
test_fuzz(void)
{
    ModelConfig config = {.default_expires = 3600, .min_expires = 60, .max_bindings = 16};
    size_t n_steps = 0;
    g_assert_cmpint(fuzz_over("udp", &config, &n_steps), ==, -1);
    g_assert_cmpint(fuzz_over("tcp", &config, &n_steps), ==, -1);
    config.default_expires = 1800;
    g_assert_cmpint(fuzz_over("udp", &config, &n_steps), >=, 0);
    g_assert_cmpuint(n_steps, ==, 1);
    config = (ModelConfig){.default_expires = 3600, .min_expires = 60, .max_bindings = 1};
    g_assert_cmpint(fuzz_over("tcp", &config, &n_steps), >=, 0);
    g_assert_cmpuint(n_steps, <=, 2);
}

static void
test_addresses(void)
{
    static const char *const bad[] = {"",         "udp",         "udp:h",   "udp::5060",
                                      "h:5060",   "sctp:h:5060", "udp:h:0", "udp:h:65536",
                                      "udp:h:5x", "tls:h:-1",    "tcp:h:"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sim_target_new_network(bad[i], NULL, NULL, NULL, false, &error));
        g_assert_error(error, SIM_TARGET_ERROR, SIM_TARGET_ERROR_ADDRESS);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conform/message/lines-and-parameters", test_message);
    g_test_add_func("/conform/message/challenge", test_challenge);
    g_test_add_func("/conform/message/noise", test_noise);
    g_test_add_func("/conform/rules/names-are-their-own", test_names);
    g_test_add_func("/conform/rules/silence-fails-and-is-told", test_silence);
    g_test_add_func("/conform/rules/silence-crashes-none", test_silence_everywhere);
    g_test_add_func("/conform/network/addresses", test_addresses);
    g_test_add_func("/conform/network/udp", test_udp);
    g_test_add_func("/conform/network/tcp", test_tcp);
    g_test_add_func("/conform/network/credentials", test_credentials);
    g_test_add_func("/conform/network/no-password", test_no_password);
    g_test_add_func("/conform/network/fuzz", test_fuzz);
    g_test_add_func("/conform/network/tls", test_tls);
    return g_test_run();
}
