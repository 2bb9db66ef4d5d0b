/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A watcher of registration events (RFC 3680, RFC 6665) at the door for bytes: what it asks is SIP
 * text, what comes back is told in a few words. */
#pragma once

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

static inline bool
lookup_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
              RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm, (void)username;
    *out = (RollSecret){.password = ROLL_TEXT("secret")};
    return true;
}

static inline Scene *
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

static inline void
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
static inline char *
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

static inline void
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

static inline void
on_text(GMarkupParseContext *context, const char *text, gsize len, void *data, GError **error)
{
    (void)error;
    Scene *self = data;
    if (strcmp(g_markup_parse_context_get_element(context), "uri") == 0)
        g_string_append_printf(self->said, " %.*s]", (int)len, text);
}

static inline void
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

static inline void
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
static inline void
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

static inline void
receive(Scene *self, const char *text)
{
    if (!self->registrar)
        self->registrar = roll_registrar_new(&self->config);
    RollPacket packet = {self->peer, (const uint8_t *)text, strlen(text)};
    roll_registrar_receive(self->registrar, self->now, &packet, self->outbox);
    collect(self);
}

static inline char *
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

static inline char *
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
static inline void
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
static inline void
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
static inline void
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

typedef struct {
    const char *path;
    void (*function)(void);
} WatcherTest;

/* The main() of such a test: each path goes behind @prefix. */
static inline int
run_tests(int argc, char **argv, const char *prefix, const WatcherTest *tests, size_t n)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *path = g_strconcat(prefix, tests[i].path, NULL);
        g_test_add_func(path, tests[i].function);
    }
    return g_test_run();
}
