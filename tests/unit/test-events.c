/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscriptions to registration events (RFC 3680, RFC 6665) through the door for bytes: what is
 * asked is SIP text, what comes back is told in a few words. */
#include <glib.h>
#include <rollcall/rollcall.h>

/**
 * Scene: a registrar, its clock and what it sent.
 * @said: everything sent since the last expect(), in words
 * @last: the last NOTIFY as bytes, NUL-terminated
 */
typedef struct {
    RollConfig config;
    RollRegistrar *registrar;
    RollOutbox *outbox;
    RollTime now;
    RollEndpoint peer;
    unsigned cseq;
    unsigned branch;
    char *tag;
    char *nonce;
    GString *said;
    char *last;
} Scene;

/**
 * Subscribe: a SUBSCRIBE; what is left out has a plain default.
 * @headers: more of them, each with its line end
 * @within: in the dialog of the last 200
 */
typedef struct {
    const char *uri;
    const char *event;
    const char *expires;
    const char *contact;
    const char *headers;
    const char *user;
    const char *to;
    unsigned cseq;
    bool within;
} Subscribe;

static bool
lookup_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
              RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm, (void)username;
    *out = (RollSecret){.password = ROLL_TEXT("secret")};
    return true;
}

static Scene *
scene_new(void)
{
    static const char *const domains[] = {"example.org", NULL};
    Scene *self = g_new0(Scene, 1);
    self->config = roll_config_default();
    self->config.domains = domains;
    self->config.lookup = lookup_secret;
    self->outbox = roll_outbox_new();
    self->peer = (RollEndpoint){{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5099};
    self->said = g_string_new(NULL);
    return self;
}

static void
scene_free(Scene *self)
{
    roll_registrar_free(self->registrar);
    roll_outbox_free(self->outbox);
    g_string_free(self->said, TRUE);
    g_free(self->tag);
    g_free(self->nonce);
    g_free(self->last);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scene, scene_free)

/* The value of a header field; NULL for none. */
static char *
get_header(const char *message, const char *name)
{
    g_autofree char *start = g_strdup_printf("\r\n%s: ", name);
    const char *at = strstr(message, start);
    const char *body = strstr(message, "\r\n\r\n");
    if (!at || at > body)
        return NULL;
    at += strlen(start);
    return g_strndup(at, strcspn(at, "\r"));
}

static void
on_start(GMarkupParseContext *context, const char *name, const char **names, const char **values,
         void *data, GError **error)
{
    (void)context, (void)error;
    Scene *self = data;
    if (strcmp(name, "contact") == 0)
        g_string_append(self->said, " [");
    for (; *names; names++, values++)
        if (strcmp(*names, "version") == 0)
            g_string_append_printf(self->said, " v%s", *values);
        else if (strcmp(*names, "state") == 0 && strcmp(name, "contact") != 0)
            g_string_append_printf(self->said, " %s", *values);
        else if (strcmp(*names, "event") == 0)
            g_string_append_printf(self->said, "%s", *values);
        else if (strcmp(*names, "expires") == 0 || strcmp(*names, "q") == 0)
            g_string_append_printf(self->said, " %s", *values);
}

static void
on_text(GMarkupParseContext *context, const char *text, gsize len, void *data, GError **error)
{
    (void)error;
    Scene *self = data;
    if (strcmp(g_markup_parse_context_get_element(context), "uri") == 0)
        g_string_append_printf(self->said, " %.*s]", (int)len, text);
}

static void
describe_notify(Scene *self, const RollPacket *packet)
{
    static const GMarkupParser parser = {.start_element = on_start, .text = on_text};
    bool again = self->last && strlen(self->last) == packet->len &&
                 memcmp(self->last, packet->data, packet->len) == 0;
    g_free(self->last);
    self->last = g_strndup((const char *)packet->data, packet->len);
    if (again) {
        g_string_append(self->said, "again");
        return;
    }
    g_autofree char *state = get_header(self->last, "Subscription-State");
    g_autofree char *cseq = get_header(self->last, "CSeq");
    g_string_append_printf(self->said, "%s %s", cseq, state);
    g_autoptr(GError) error = NULL;
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, self, NULL);
    g_markup_parse_context_parse(context, strstr(self->last, "\r\n\r\n") + 4, -1, &error);
    g_assert_no_error(error);
    g_markup_parse_context_free(context);
}

static void
describe_reply(Scene *self, const RollPacket *packet)
{
    g_autofree char *text = g_strndup((const char *)packet->data, packet->len);
    g_string_append_len(self->said, text + strlen("SIP/2.0 "), 3);
    static const char *const names[] = {"Expires", "Min-Expires", "Allow-Events",
                                        "Accept",  "Allow",       "Retry-After"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = get_header(text, names[i]);
        if (value)
            g_string_append_printf(self->said, " %s: %s", names[i], value);
    }
    const char *tag = strstr(strstr(text, "\r\nTo: "), ";tag=");
    g_free(self->tag);
    self->tag = g_strndup(tag + 5, strcspn(tag + 5, "\r"));
    const char *nonce = strstr(text, "nonce=\"");
    if (nonce) {
        g_free(self->nonce);
        self->nonce = g_strndup(nonce + 7, strcspn(nonce + 7, "\""));
    }
}

/* What is in the outbox goes into words. */
static void
collect(Scene *self)
{
    for (size_t i = 0; i < roll_outbox_count(self->outbox); i++) {
        RollPacket packet = roll_outbox_get(self->outbox, i);
        g_string_append(self->said, self->said->len ? " | " : "");
        if (memcmp(packet.data, "SIP/2.0", 7) == 0)
            describe_reply(self, &packet);
        else
            describe_notify(self, &packet);
    }
    roll_outbox_clear(self->outbox);
}

static void
receive(Scene *self, const char *text)
{
    if (!self->registrar)
        self->registrar = roll_registrar_new(&self->config);
    RollPacket packet = {self->peer, (const uint8_t *)text, strlen(text)};
    roll_registrar_receive(self->registrar, self->now, &packet, self->outbox);
    collect(self);
}

static char *
make_credentials(const Scene *self, const char *user, const char *uri)
{
    char ha1[ROLL_DIGEST_HEX], response[ROLL_DIGEST_HEX];
    roll_digest_ha1(ROLL_ALGORITHM_SHA256, roll_text(user), ROLL_TEXT("example.org"),
                    ROLL_TEXT("secret"), ha1);
    RollDigestInput input = {
        .algorithm = ROLL_ALGORITHM_SHA256,
        .ha1 = roll_text(ha1),
        .nonce = roll_text(self->nonce),
        .uri = roll_text(uri),
        .method = ROLL_TEXT("SUBSCRIBE"),
    };
    roll_digest_response(&input, response);
    return g_strdup_printf("Authorization: Digest username=\"%s\", realm=\"example.org\", "
                           "nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=SHA-256\r\n",
                           user, self->nonce, uri, response);
}

static char *
make_subscribe(Scene *self, const Subscribe *ask)
{
    const char *uri = ask->uri ? ask->uri : "sip:alice@example.org";
    const char *contact = ask->contact ? ask->contact : "<sip:watcher@client.invalid>";
    g_autofree char *credentials =
        ask->user ? make_credentials(self, ask->user, uri) : g_strdup("");
    g_autofree char *expires =
        ask->expires ? g_strdup_printf("Expires: %s\r\n", ask->expires) : g_strdup("");
    return g_strdup_printf(
        "SUBSCRIBE %s SIP/2.0\r\nVia: SIP/2.0/UDP client.invalid;branch=z9hG4bK%u;rport\r\n"
        "From: \"W\" <sip:watcher@example.org>;tag=w1\r\nTo: <%s>%s%s\r\nCall-ID: call-w\r\n"
        "CSeq: %u SUBSCRIBE\r\n%s%s%s%s%s%s%s%s%sContent-Length: 0\r\n\r\n",
        uri, ++self->branch, ask->to ? ask->to : "sip:alice@example.org",
        ask->within ? ";tag=" : "", ask->within ? self->tag : "",
        ask->cseq ? ask->cseq : ++self->cseq, *contact ? "Contact: " : "", contact,
        *contact ? "\r\n" : "", "Event: ", ask->event ? ask->event : "reg", "\r\n", expires,
        credentials, ask->headers ? ask->headers : "");
}

#define subscribe(scene, ...)                                                                      \
    do {                                                                                           \
        g_autofree char *text = make_subscribe(scene, &(Subscribe){__VA_ARGS__});                  \
        receive(scene, text);                                                                      \
    } while (0)

#define expect(scene, words)                                                                       \
    do {                                                                                           \
        g_assert_cmpstr((scene)->said->str, ==, words);                                            \
        g_string_truncate((scene)->said, 0);                                                       \
    } while (0)

/* A REGISTER by the decoded door; its answer is not told. */
static void
bind(Scene *self, const char *user, const char *contact, int64_t expires)
{
    g_autofree char *to = g_strdup_printf("sip:%s@example.org", user);
    RollReply reply;
    RollContact c = {.expires = expires, .q = ROLL_Q_NONE};
    RollRequest r = {.method = ROLL_TEXT("REGISTER"),
                     .call_id = ROLL_TEXT("call-r"),
                     .cseq = ++self->cseq,
                     .from_tag = ROLL_TEXT("r1"),
                     .contacts = &c,
                     .n_contacts = 1,
                     .expires = ROLL_EXPIRES_NONE};
    if (!self->registrar)
        self->registrar = roll_registrar_new(&self->config);
    g_assert_true(roll_uri_parse(ROLL_TEXT("sip:example.org"), &r.uri));
    g_assert_true(roll_uri_parse(roll_text(to), &r.to));
    g_assert_true(roll_uri_parse(roll_text(contact), &c.uri));
    r.from = r.to;
    roll_registrar_register(self->registrar, self->now, &r, &reply);
    g_assert_cmpint(reply.status, ==, 200);
}

/* Lets time pass up to @until seconds. */
static void
run(Scene *self, int64_t until)
{
    for (RollTime next;
         (next = roll_registrar_next_wake(self->registrar)) <= until * ROLL_SECOND;) {
        self->now = MAX(self->now, next);
        roll_registrar_wake(self->registrar, self->now, self->outbox);
        g_assert_cmpint(roll_registrar_next_wake(self->registrar), >, self->now);
        collect(self);
    }
    self->now = until * ROLL_SECOND;
}

/* Answers the last NOTIFY. */
static void
answer(Scene *self, int status)
{
    GString *text = g_string_new(NULL);
    static const char *const names[] = {"Via", "From", "To", "Call-ID", "CSeq"};
    g_string_printf(text, "SIP/2.0 %d Whatever\r\n", status);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = get_header(self->last, names[i]);
        g_string_append_printf(text, "%s: %s\r\n", names[i], value);
    }
    g_string_append(text, "Content-Length: 0\r\n\r\n");
    receive(self, text->str);
    g_string_free(text, TRUE);
}

static void
test_subscribe(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .headers = "Accept: application/reginfo+xml\r\n");
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *tag = g_strdup_printf("<sip:alice@example.org>;tag=%s", scene->tag);
    static const char *const rows[][2] = {
        {"To", "\"W\" <sip:watcher@example.org>;tag=w1"},
        {"Call-ID", "call-w"},
        {"Contact", "<sip:example.org>"},
        {"Event", "reg"},
        {"Max-Forwards", "70"},
        {"Content-Type", "application/reginfo+xml"},
    };
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid SIP/2.0\r\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = get_header(scene->last, rows[i][0]);
        g_assert_cmpstr(value, ==, rows[i][1]);
    }
    g_autofree char *from = get_header(scene->last, "From");
    g_assert_cmpstr(from, ==, tag);
    g_autofree char *length = get_header(scene->last, "Content-Length");
    g_assert_cmpint(atoi(length), ==, strlen(strstr(scene->last, "\r\n\r\n") + 4));
}

static void
test_full_state(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    bind(scene, "bob", "sip:b@h1", 600);
    g_assert_true(roll_registrar_add_static(scene->registrar, scene->now,
                                            ROLL_TEXT("sip:alice@example.org"),
                                            ROLL_TEXT("sip:fixed@h2")));
    run(scene, 100);
    subscribe(scene, .expires = "300");
    expect(scene, "200 Expires: 300 | 1 NOTIFY active;expires=300 v0 full active "
                  "[registered 500 sip:a@h1] [created sip:fixed@h2]");
}

static void
test_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    run(scene, 10);
    bind(scene, "alice", "sip:a@h1", 600);
    bind(scene, "bob", "sip:b@h1", 600);
    run(scene, 10);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=3751 v1 partial active [registered 600 sip:a@h1]");
    run(scene, 20);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 20);
    answer(scene, 200);
    expect(scene, "3 NOTIFY active;expires=3741 v2 partial active [refreshed 600 sip:a@h1]");
    /* RFC 3680 section 4.7.1: a REGISTER refreshes, however short; shortened is for operators. */
    run(scene, 30);
    bind(scene, "alice", "sip:a@h1", 60);
    bind(scene, "alice", "sip:b@h1", 600);
    run(scene, 30);
    answer(scene, 200);
    expect(scene, "4 NOTIFY active;expires=3731 v3 partial active [refreshed 60 sip:a@h1] "
                  "[registered 600 sip:b@h1]");
    run(scene, 90);
    answer(scene, 200);
    expect(scene, "5 NOTIFY active;expires=3671 v4 partial active [expired sip:a@h1]");
    run(scene, 100);
    bind(scene, "alice", "sip:b@h1", 0);
    run(scene, 100);
    answer(scene, 200);
    expect(scene, "6 NOTIFY active;expires=3661 v5 partial terminated [unregistered sip:b@h1]");
    /* From terminated to init: nothing is told. */
    run(scene, 3000);
    expect(scene, "");
    bind(scene, "alice", "sip:c@h1", 600);
    run(scene, 3000);
    answer(scene, 200);
    expect(scene, "7 NOTIFY active;expires=761 v6 partial active [registered 600 sip:c@h1]");
    run(scene, 3020);
    g_assert_true(roll_registrar_remove(scene->registrar, scene->now,
                                        ROLL_TEXT("sip:alice@example.org"), ROLL_TEXT("sip:c@h1")));
    run(scene, 3020);
    answer(scene, 200);
    expect(scene, "8 NOTIFY active;expires=741 v7 partial terminated [deactivated sip:c@h1]");
}

static void
test_rate(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 1);
    bind(scene, "alice", "sip:b@h1", 600);
    bind(scene, "alice", "sip:c@h1", 600);
    run(scene, 2);
    bind(scene, "alice", "sip:a@h1", 700);
    bind(scene, "alice", "sip:b@h1", 0);
    run(scene, 4);
    expect(scene, "");
    run(scene, 5);
    expect(scene, "2 NOTIFY active;expires=3756 v1 partial active [registered 596 sip:c@h1] "
                  "[refreshed 697 sip:a@h1] [unregistered sip:b@h1]");
}

/* Documents go one after the other: the next one waits for the answer to the last. */
static void
test_one_under_way(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5);
    bind(scene, "alice", "sip:b@h1", 600);
    g_string_truncate(scene->said, 0);
    run(scene, 30);
    g_assert_null(strstr(scene->said->str, "NOTIFY"));
    g_string_truncate(scene->said, 0);
    answer(scene, 200);
    expect(scene, "3 NOTIFY active;expires=3731 v2 partial active [registered 575 sip:b@h1]");
}

static void
test_many_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_bindings_per_aor = 100;
    subscribe(scene);
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    for (int i = 0; i < 40; i++) {
        g_autofree char *contact = g_strdup_printf("sip:%d@h1", i);
        bind(scene, "alice", contact, 600);
        if (i > 0)
            bind(scene, "alice", contact, 0);
    }
    run(scene, 5);
    answer(scene, 200);
    g_assert_true(g_str_has_prefix(scene->said->str,
                                   "2 NOTIFY active;expires=3756 v1 full active [registered"));
    g_assert_null(strstr(scene->said->str, "sip:39@h1"));
}

static void
test_ids(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1;x=y;z=1", 600);
    subscribe(scene);
    answer(scene, 200);
    g_autofree char *first = g_strdup(strstr(scene->last, "<registration "));
    g_string_truncate(scene->said, 0);
    run(scene, 10);
    bind(scene, "alice", "sip:%61@H1;z=1;X=y", 600);
    run(scene, 10);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=3751 v1 partial active "
                  "[refreshed 600 sip:%61@H1;z=1;X=y]");
    const char *second = strstr(scene->last, "<registration ");
    const char *mine = strstr(first, "<contact id=");
    const char *other = strstr(second, "<contact id=");
    g_assert_cmpmem(first, strcspn(first, "\r"), second, strcspn(second, "\r"));
    g_assert_cmpmem(mine, 30, other, 30);
    /* Equal by RFC 3261 section 19.1.4, but not by its id: the old one is ended. */
    run(scene, 20);
    bind(scene, "alice", "sip:a@h1;v=w", 600);
    run(scene, 20);
    expect(scene, "3 NOTIFY active;expires=3741 v2 partial active "
                  "[unregistered sip:%61@H1;z=1;X=y] [refreshed 600 sip:a@h1;v=w]");
}

static void
test_refresh(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 3600);
    subscribe(scene, .expires = "100");
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    run(scene, 90);
    bind(scene, "alice", "sip:a@h1", 0);
    run(scene, 90);
    answer(scene, 200);
    expect(scene, "2 NOTIFY active;expires=10 v1 partial terminated [unregistered sip:a@h1]");
    subscribe(scene, .within = true, .uri = "sip:example.org", .expires = "100",
              .contact = "<sip:watcher@elsewhere.invalid>");
    expect(scene, "200 Expires: 100 | 3 NOTIFY active;expires=100 v2 full init");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@elsewhere.invalid "));
    answer(scene, 200);
    run(scene, 189);
    expect(scene, "");
    run(scene, 190);
    expect(scene, "4 NOTIFY terminated;reason=timeout v3 full init");
    answer(scene, 200);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 300);
    expect(scene, "");
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
}

/* In the same instant as changes that nobody was told of yet: they are in the full state. */
static void
test_refresh_tells_changes(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    subscribe(scene);
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    bind(scene, "alice", "sip:a@h1", 0);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "200 Expires: 3761 | 2 NOTIFY active;expires=3761 v1 full terminated "
                  "[unregistered sip:a@h1]");
}

static void
test_unsubscribe(void)
{
    g_autoptr(Scene) scene = scene_new();
    bind(scene, "alice", "sip:a@h1", 600);
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    subscribe(scene, .within = true, .uri = "sip:example.org", .expires = "0");
    expect(scene, "200 Expires: 0 | 2 NOTIFY terminated;reason=timeout v1 full active "
                  "[registered 600 sip:a@h1]");
    answer(scene, 200);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
    run(scene, 500);
    expect(scene, "");
}

static void
test_fetch(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .expires = "0");
    expect(scene, "200 Expires: 0 | 1 NOTIFY terminated;reason=timeout v0 full init");
    answer(scene, 200);
    run(scene, 100);
    expect(scene, "");
}

static void
test_expiry_in_the_rate(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .expires = "60");
    answer(scene, 200);
    g_string_truncate(scene->said, 0);
    run(scene, 58);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 59);
    expect(scene, "");
    run(scene, 60);
    expect(scene, "2 NOTIFY terminated;reason=timeout v1 full active [registered 598 sip:a@h1]");
}

static void
test_retransmission(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    /* Timer E: 0.5, 1.5, 3.5, 7.5, 11.5 ...; Timer F at 32 s. */
    for (int n = 1; n <= 11; n++) {
        static const RollTime at[] = {0, 500, 1500, 3500, 7500};
        RollTime next = roll_registrar_next_wake(scene->registrar);
        RollTime due = (n <= 4 ? at[n] : 7500 + 4000 * (n - 4)) * ROLL_MILLISECOND;
        if (n == 11)
            due = ROLL_TIMER_F;
        while (next < due) {
            roll_registrar_wake(scene->registrar, scene->now = next, scene->outbox);
            next = roll_registrar_next_wake(scene->registrar);
        }
        g_assert_cmpint(next, ==, due);
        g_assert_cmpuint(roll_outbox_count(scene->outbox), ==, 0);
        scene->now = due;
        roll_registrar_wake(scene->registrar, due, scene->outbox);
        collect(scene);
        expect(scene, n < 11 ? "again" : "");
    }
    /* RFC 6665 section 4.2.2: nobody is there, the subscription is over. */
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5000);
    expect(scene, "");
}

static void
test_stream(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->peer.transport = ROLL_TRANSPORT_TCP;
    subscribe(scene);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *via = get_header(scene->last, "Via");
    g_autofree char *contact = get_header(scene->last, "Contact");
    g_assert_true(g_str_has_prefix(via, "SIP/2.0/TCP example.org;branch=z9hG4bK"));
    g_assert_cmpstr(contact, ==, "<sip:example.org;transport=tcp>");
    run(scene, 31);
    expect(scene, "");
    run(scene, 32);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    expect(scene, "481");
}

static void
test_provisional(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    g_string_truncate(scene->said, 0);
    run(scene, 0);
    answer(scene, 100);
    run(scene, 1);
    expect(scene, "again");
    /* RFC 3261 section 17.1.2.2: in Proceeding every T2. */
    run(scene, 4);
    expect(scene, "");
    run(scene, 5);
    expect(scene, "again");
}

static void
test_failures(void)
{
    static const int ends[] = {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
    static const int stays[] = {200, 202, 302, 400, 408, 486, 500, 503, 600};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene);
        answer(scene, ends[i]);
        g_string_truncate(scene->said, 0);
        subscribe(scene, .within = true, .uri = "sip:example.org");
        expect(scene, "481");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene);
        answer(scene, stays[i]);
        g_string_truncate(scene->said, 0);
        run(scene, 40);
        bind(scene, "alice", "sip:a@h1", 600);
        run(scene, 40);
        g_autofree char *expected =
            g_strdup_printf("2 NOTIFY active;expires=3721 v1 %s active [registered 600 sip:a@h1]",
                            stays[i] < 300 ? "partial" : "full");
        expect(scene, expected);
    }
}

/* Answers that are not to the NOTIFY under way change nothing. */
static void
test_strange_answers(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene);
    answer(scene, 200);
    answer(scene, 481);
    g_string_truncate(scene->said, 0);
    bind(scene, "alice", "sip:a@h1", 600);
    run(scene, 5);
    expect(scene, "2 NOTIFY active;expires=3756 v1 partial active [registered 595 sip:a@h1]");
    char *digit = strstr(scene->last, "branch=z9hG4bK") + 30;
    char was = *digit;
    *digit = was == '0' ? '1' : '0';
    answer(scene, 481);
    digit = strstr(scene->last, "branch=z9hG4bK") + 18;
    *digit = 'f';
    answer(scene, 481);
    subscribe(scene, .within = true, .uri = "sip:example.org");
    g_assert_true(g_str_has_prefix(scene->said->str, "200 "));
}

static void
test_refusals(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_expires = 7200;
    subscribe(scene, .event = "presence");
    expect(scene, "489 Allow-Events: reg");
    subscribe(scene, .event = "Reg");
    expect(scene, "489 Allow-Events: reg");
    subscribe(scene, .headers = "Accept: application/pidf+xml, text/plain\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .headers = "Accept: application/reginfo+xml;q=0.0\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .headers = "Accept:\r\n");
    expect(scene, "406 Accept: application/reginfo+xml");
    subscribe(scene, .expires = "59");
    expect(scene, "423 Min-Expires: 60");
    subscribe(scene, .contact = "");
    expect(scene, "400");
    subscribe(scene, .contact = "<sip:a@h>, <sip:b@h>");
    expect(scene, "400");
    subscribe(scene, .contact = "*");
    expect(scene, "400");
    subscribe(scene, .contact = "<mailto:a@h>");
    expect(scene, "400");
    subscribe(scene, .uri = "sip:alice@elsewhere.invalid");
    expect(scene, "404");
    subscribe(scene, .headers = "Require: made-up\r\n");
    expect(scene, "420");
    g_free(scene->tag);
    scene->tag = g_strdup("made-up");
    subscribe(scene, .within = true);
    expect(scene, "481");
    subscribe(scene, .expires = "7201");
    expect(scene, "200 Expires: 7200 | 1 NOTIFY active;expires=7200 v0 full init");
}

static void
test_accept(void)
{
    static const char *const rows[] = {"Accept: */*\r\n", "Accept: application/*;q=0.5\r\n",
                                       "Accept: text/plain\r\nAccept: APPLICATION/reginfo+xml\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scene) scene = scene_new();
        subscribe(scene, .headers = rows[i]);
        expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    }
}

static void
test_dialog(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .event = "reg;id=7", .cseq = 10);
    g_autofree char *event = get_header(scene->last, "Event");
    g_assert_cmpstr(event, ==, "reg;id=7");
    g_string_truncate(scene->said, 0);
    g_autofree char *tag = g_strdup(scene->tag);
    subscribe(scene, .event = "reg;id=8", .within = true, .uri = "sip:example.org", .cseq = 11);
    expect(scene, "481");
    subscribe(scene, .event = "reg;id=7", .within = true, .uri = "sip:example.org", .cseq = 10);
    expect(scene, "500");
    subscribe(scene, .event = "reg;id=7", .within = true, .uri = "sip:example.org", .cseq = 12,
              .contact = "");
    g_assert_true(g_str_has_prefix(scene->said->str, "200 "));
    g_assert_cmpstr(scene->tag, ==, tag);
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid "));
}

/* RFC 3261 section 17.2.2: a SUBSCRIBE sent twice makes one subscription. */
static void
test_subscribe_again(void)
{
    g_autoptr(Scene) scene = scene_new();
    g_autofree char *text = make_subscribe(scene, &(Subscribe){.expires = "100"});
    receive(scene, text);
    expect(scene, "200 Expires: 100 | 1 NOTIFY active;expires=100 v0 full init");
    receive(scene, text);
    expect(scene, "200 Expires: 100");
}

static void
test_route(void)
{
    g_autoptr(Scene) scene = scene_new();
    subscribe(scene, .headers = "Record-Route: <sip:p2.invalid;lr>\r\n"
                                "Record-Route: <sip:p1.invalid;lr>\r\n");
    g_autofree char *route = get_header(scene->last, "Route");
    g_assert_cmpstr(route, ==, "<sip:p2.invalid;lr>,<sip:p1.invalid;lr>");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:watcher@client.invalid "));
    /* Section 12.2.1.1: a strict router. */
    subscribe(scene, .headers = "Record-Route: <sip:p2.invalid>,<sip:p1.invalid;lr>\r\n");
    g_autofree char *strict = get_header(scene->last, "Route");
    g_assert_cmpstr(strict, ==, "<sip:p1.invalid;lr>,<sip:watcher@client.invalid>");
    g_assert_true(g_str_has_prefix(scene->last, "NOTIFY sip:p2.invalid SIP/2.0\r\n"));
}

/* Asks for a nonce and subscribes with it. */
static void
log_in(Scene *self, Subscribe ask)
{
    subscribe(self, .uri = ask.uri);
    expect(self, "401");
    g_autofree char *text = make_subscribe(self, &ask);
    receive(self, text);
}

static void
test_users(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.authenticate = true;
    log_in(scene, (Subscribe){.user = "alice"});
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    subscribe(scene, .within = true, .uri = "sip:example.org", .user = "alice");
    expect(scene, "200 Expires: 3761 | 2 NOTIFY active;expires=3761 v1 full init");
    subscribe(scene, .within = true, .uri = "sip:example.org", .user = "bob");
    expect(scene, "403");
    log_in(scene, (Subscribe){.user = "bob"});
    expect(scene, "403");
    log_in(scene, (Subscribe){.user = "bob", .uri = "sip:bob@example.org"});
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
}

/* Where a NOTIFY goes: to an address of a user's Contact or route, else back. */
static void
test_destination(void)
{
    static const struct {
        const char *contact;
        const char *headers;
        const char *to;
        uint16_t port;
        bool stranger;
    } rows[] = {
        {"<sip:w@192.0.2.77:5070>", NULL, "\xc0\x00\x02\x4d", 5070, false},
        {"<sip:w@192.0.2.77>", NULL, "\xc0\x00\x02\x4d", 5060, false},
        {"<sip:w@192.0.2.77;transport=UDP>", NULL, "\xc0\x00\x02\x4d", 5060, false},
        {"<sip:w@192.0.2.77;transport=tcp>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.77;maddr=192.0.2.9>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sips:w@192.0.2.77>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.777>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@client.invalid>", NULL, "\xc0\x00\x02\x01", 5099, false},
        {"<sip:w@192.0.2.77:5070>", NULL, "\xc0\x00\x02\x01", 5099, true},
        {"<sip:w@192.0.2.77>", "Record-Route: <sip:192.0.2.88:5080;lr>\r\n", "\xc0\x00\x02\x58",
         5080, false},
        {"<sip:w@[2001:db8::7]>", NULL, "\x20\x01\x0d\xb8", 5060, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scene) scene = scene_new();
        scene->config.authenticate = !rows[i].stranger;
        Subscribe ask = {.contact = rows[i].contact, .headers = rows[i].headers};
        if (!rows[i].stranger) {
            subscribe(scene);
            ask.user = "alice";
        }
        g_autofree char *text = make_subscribe(scene, &ask);
        RollPacket packet = {scene->peer, (const uint8_t *)text, strlen(text)};
        scene->registrar = scene->registrar ? scene->registrar : roll_registrar_new(&scene->config);
        roll_registrar_receive(scene->registrar, scene->now, &packet, scene->outbox);
        g_assert_cmpuint(roll_outbox_count(scene->outbox), ==, 2);
        RollPacket notify = roll_outbox_get(scene->outbox, 1);
        g_assert_cmpmem(notify.peer.address, 4, rows[i].to, 4);
        g_assert_cmpuint(notify.peer.port, ==, rows[i].port);
        g_assert_cmpuint(notify.peer.family, ==, rows[i].contact[7] == '[' ? 6 : 4);
    }
}

static void
test_limits(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_subscriptions = 40;
    for (int i = 0; i < 32; i++)
        subscribe(scene);
    g_string_truncate(scene->said, 0);
    subscribe(scene);
    expect(scene, "503 Retry-After: 60");
    for (int i = 0; i < 8; i++)
        subscribe(scene, .uri = "sip:bob@example.org");
    g_string_truncate(scene->said, 0);
    subscribe(scene, .uri = "sip:bob@example.org");
    expect(scene, "503 Retry-After: 60");
    /* With the answer to the last NOTIFY an ended one makes room. */
    run(scene, 32);
    g_string_truncate(scene->said, 0);
    subscribe(scene);
    expect(scene, "200 Expires: 3761 | 1 NOTIFY active;expires=3761 v0 full init");
    g_autofree char *long_name = g_strnfill(5000, 'x');
    g_autofree char *long_contact = g_strdup_printf("<sip:%s@h>", long_name);
    subscribe(scene, .contact = long_contact);
    expect(scene, "513");
    subscribe(scene, .contact = long_contact, .within = true);
    expect(scene, "481");
}

static void
test_none_at_all(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.max_subscriptions = 0;
    subscribe(scene);
    expect(scene, "503 Retry-After: 60");
}

static void
test_off(void)
{
    g_autoptr(Scene) scene = scene_new();
    scene->config.policy.events = false;
    subscribe(scene);
    expect(scene, "405 Allow: REGISTER");
    g_autoptr(Scene) other = scene_new();
    receive(other, "INVITE sip:alice@example.org SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKi\r\n"
                   "From: <sip:a@h>;tag=1\r\nTo: <sip:alice@example.org>\r\nCall-ID: i\r\n"
                   "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
    expect(other, "405 Allow: REGISTER, SUBSCRIBE");
}

/* A NOTIFY has no way out of the decoded door, so a SUBSCRIBE has no way in. */
static void
test_decoded(void)
{
    g_autoptr(Scene) scene = scene_new();
    RollReply reply;
    RollRequest r = {.method = ROLL_TEXT("SUBSCRIBE"), .event = ROLL_TEXT("reg")};
    g_assert_true(roll_uri_parse(ROLL_TEXT("sip:alice@example.org"), &r.uri));
    r.to = r.from = r.uri;
    scene->registrar = roll_registrar_new(&scene->config);
    roll_registrar_register(scene->registrar, 0, &r, &reply);
    g_assert_cmpint(reply.status, ==, 405);
}

static void
test_large(void)
{
    g_autoptr(Scene) scene = scene_new();
    g_autofree char *name = g_strnfill(30000, 'x');
    scene->config.max_contact_size = 65536;
    for (int i = 0; i < 3; i++) {
        g_autofree char *contact = g_strdup_printf("sip:%s%d@h", name, i);
        bind(scene, "alice", contact, 600);
    }
    subscribe(scene);
    g_autofree char *length = get_header(scene->last, "Content-Length");
    g_autofree char *type = get_header(scene->last, "Content-Type");
    g_assert_cmpstr(length, ==, "0");
    g_assert_null(type);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*function)(void);
    } tests[] = {
        {"rfc6665-4.2.1.2/subscribe", test_subscribe},
        {"rfc3680-4.3/full-state", test_full_state},
        {"rfc3680-4.7/changes", test_changes},
        {"rfc3680-4.10/rate", test_rate},
        {"rfc3680-4.10/rate-at-the-end", test_expiry_in_the_rate},
        {"one-notify-under-way", test_one_under_way},
        {"many-changes-become-full-state", test_many_changes},
        {"rfc3680-5.1/ids", test_ids},
        {"rfc6665-4.2.1.4/refresh", test_refresh},
        {"rfc6665-4.2.1.4/refresh-tells-changes", test_refresh_tells_changes},
        {"rfc6665-4.2.1.4/unsubscribe", test_unsubscribe},
        {"rfc6665-4.4.3/fetch", test_fetch},
        {"rfc3261-17.1.2.2/retransmission", test_retransmission},
        {"rfc3261-17.1.2.2/stream", test_stream},
        {"rfc3261-17.1.2.2/provisional", test_provisional},
        {"rfc6665-4.2.2/failures", test_failures},
        {"strange-answers", test_strange_answers},
        {"refusals", test_refusals},
        {"rfc3680-4.5/accept", test_accept},
        {"rfc3261-12.2.2/dialog", test_dialog},
        {"rfc3261-17.2.2/subscribe-again", test_subscribe_again},
        {"rfc3261-12.2.1.1/route", test_route},
        {"rfc3680-4.6/users", test_users},
        {"rfc3261-8.1.2/destination", test_destination},
        {"limits", test_limits},
        {"no-room-at-all", test_none_at_all},
        {"off", test_off},
        {"decoded-door", test_decoded},
        {"large-document", test_large},
    };
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/events/", tests[i].path, NULL);
        g_test_add_func(path, tests[i].function);
    }
    return g_test_run();
}
