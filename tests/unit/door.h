/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar under test behind one of its two doors. A test says what is asked in a few words and
 * gets the answer in a few words, so one test runs through both doors and must pass both: decoded
 * requests go in as structs, the others as SIP text with real digests. */
#pragma once

#include <glib.h>
#include <rollcall/rollcall.h>

#include "src/contact.h"

/**
 * Ask: a request; what is left out has a plain default.
 * @to: user of example.org, or a whole URI; alice
 * @from: likewise; the same as @to
 * @contacts: `sip:a@h1 e=60 q=500 p=;x=y, sip:b@h2` or `*`; NULL for none
 * @expires: the header field; NULL for none
 * @cseq: one more than the last by default
 * @branch: a new one by default; "" for none
 * @username: of credentials; NULL for none
 * @nonce: the number of the challenge to answer, counted from 1
 * @bare: without qop
 * @supported, @path: of extensions; NULL for none
 * @proxied: a second Via stands below the first
 */
typedef struct {
    const char *to;
    const char *from;
    const char *method;
    const char *uri;
    const char *contacts;
    const char *expires;
    const char *call_id;
    uint32_t cseq;
    const char *branch;
    const char *from_tag;
    const char *to_tag;
    const char *require;
    const char *username;
    const char *password;
    const char *realm;
    RollAlgorithm algorithm;
    uint64_t nonce;
    uint32_t nc;
    bool bare;
    const char *supported;
    const char *path;
    bool proxied;
    RollTransport transport;
} Ask;

/** Door: set @config before door_open(); set @now at will, but forward. */
typedef struct {
    bool bytes;
    RollConfig config;
    RollRegistrar *registrar;
    RollTime now;
    RollMessage *reader;
    RollOutbox *outbox;
    GByteArray *sent;
    GString *answer;
    GString *events;
    GString *list;
    GPtrArray *nonces;
    uint32_t cseq;
    unsigned n_asked;
    size_t n_live;
    uint64_t mark;
} Door;

enum { DOOR_CONTACTS = 32 };

typedef struct {
    Door *door;
    RollRequest request;
    RollContact contacts[DOOR_CONTACTS];
    RollCredentials credentials;
    char to[600];
    char from[600];
    char branch[40];
    char via[160];
    char response[ROLL_DIGEST_HEX];
    char *split;
} DoorRequest;

static const char *const door_domains[] = {"example.org", "example.net", NULL};

static inline bool
door_lookup_secret(void *data, RollText realm, RollText username, RollAlgorithm algorithm,
                   RollSecret *out)
{
    (void)data, (void)realm, (void)algorithm;
    if (roll_text_equal(username, ROLL_TEXT("alice")) ||
        roll_text_equal(username, ROLL_TEXT("bob")))
        *out = (RollSecret){.password = ROLL_TEXT("secret")};
    else if (roll_text_equal(username, ROLL_TEXT("trunk-login")))
        *out = (RollSecret){.password = ROLL_TEXT("secret"), .owns = ROLL_TEXT("alice")};
    else
        return false;
    return true;
}

/* alice is a trunk (RFC 6140); set as @config's numbers where that matters. */
static inline size_t
door_numbers(void *data, RollText aor, const RollText **numbers)
{
    static const RollText list[] = {{"+4930100", 8}, {"+4930101", 8}};
    (void)data;
    *numbers = list;
    return roll_text_equal(aor, ROLL_TEXT("sip:alice@example.org")) ? G_N_ELEMENTS(list) : 0;
}

static inline void
door_observe(void *data, const RollBindingEvent *event)
{
    static const char *const kinds[] = {"created", "refreshed",    "shortened",
                                        "expired", "unregistered", "deactivated"};
    Door *self = data;
    g_assert_cmpint(event->at, ==, self->now);
    self->n_live += event->kind == ROLL_BINDING_CREATED;
    self->n_live -= event->kind >= ROLL_BINDING_EXPIRED;
    self->mark = ++*event->mark;
    g_string_append_printf(self->events, "%s%s %.*s %.*s", self->events->len ? "; " : "",
                           kinds[event->kind], (int)event->aor.len, event->aor.ptr,
                           (int)event->contact.len, event->contact.ptr);
    if (event->kind <= ROLL_BINDING_SHORTENED && event->expires_at != ROLL_NEVER)
        g_string_append_printf(self->events, " %" G_GINT64_FORMAT,
                               (event->expires_at - self->now) / ROLL_SECOND);
}

static inline Door *
door_new(bool bytes)
{
    Door *self = g_new0(Door, 1);
    self->bytes = bytes;
    self->config = roll_config_default();
    self->config.domains = door_domains;
    self->config.lookup = door_lookup_secret;
    self->reader = roll_message_new();
    self->outbox = roll_outbox_new();
    self->sent = g_byte_array_new();
    self->answer = g_string_new(NULL);
    self->events = g_string_new(NULL);
    self->list = g_string_new(NULL);
    self->nonces = g_ptr_array_new_with_free_func(g_free);
    return self;
}

static inline void
door_open(Door *self)
{
    self->registrar = roll_registrar_new(&self->config);
    roll_registrar_set_observer(self->registrar, door_observe, self);
}

static inline void
door_free(Door *self)
{
    g_assert_cmpuint(roll_registrar_count(self->registrar), ==, self->n_live);
    roll_registrar_free(self->registrar);
    roll_message_free(self->reader);
    roll_outbox_free(self->outbox);
    g_byte_array_unref(self->sent);
    g_string_free(self->answer, TRUE);
    g_string_free(self->events, TRUE);
    g_string_free(self->list, TRUE);
    g_ptr_array_unref(self->nonces);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Door, door_free)

/* What the reader finds out for itself is told by a decoded client. */
static inline void
door_read_params(const char *params, RollContact *out)
{
    const char *instance = strstr(params, "+sip.instance=\"<");
    const char *reg_id = strstr(params, "reg-id=");
    out->params = roll_text(params);
    if (instance) {
        instance += strlen("+sip.instance=\"<");
        out->instance = (RollText){instance, strcspn(instance, ">")};
    }
    if (reg_id)
        out->reg_id = (uint32_t)atoi(reg_id + strlen("reg-id="));
}

static inline void
door_read_contact(char *text, RollContact *out)
{
    *out = (RollContact){.expires = ROLL_EXPIRES_NONE, .q = ROLL_Q_NONE};
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (g_str_has_prefix(word, "e="))
            out->expires = g_ascii_strtoll(word + 2, NULL, 10);
        else if (g_str_has_prefix(word, "q="))
            out->q = atoi(word + 2);
        else if (g_str_has_prefix(word, "p="))
            door_read_params(word + 2, out);
        else if (strcmp(word, "*") == 0)
            out->star = true;
        else
            g_assert_true(roll_uri_parse(roll_text(word), &out->uri));
    }
    RollContact told = {.expires = ROLL_EXPIRES_NONE, .q = ROLL_Q_NONE, .params = out->params};
    g_assert_true(!out->params.ptr || roll_contact_scan(&told));
    out->instance = told.instance;
    out->reg_id = told.reg_id;
}

static inline void
door_read_contacts(DoorRequest *self, const char *text)
{
    if (!text)
        return;
    self->split = g_strdup(text);
    self->request.contacts = self->contacts;
    char *rest = NULL;
    for (char *item = strtok_r(self->split, ",", &rest); item; item = strtok_r(NULL, ",", &rest))
        door_read_contact(item, &self->contacts[self->request.n_contacts++]);
}

static inline void
door_add_credentials(DoorRequest *self, const Ask *ask)
{
    Door *door = self->door;
    const char *password = ask->password ? ask->password : "secret";
    RollCredentials *c = &self->credentials;
    *c = (RollCredentials){
        .decoded = !door->bytes,
        .qop = !ask->bare,
        .algorithm = ask->algorithm,
        .nc = ask->bare ? 0 : ask->nc,
        .username = roll_text(ask->username),
        .realm = roll_text(ask->realm ? ask->realm : "example.org"),
        .serial = ask->nonce,
        .secret = roll_text(password),
        .uri = self->request.uri.text,
        .cnonce = ask->bare ? (RollText){0} : ROLL_TEXT("client"),
        .nonce = ROLL_TEXT("made-up"),
    };
    self->request.credentials = c;
    self->request.n_credentials = 1;
    if (!door->bytes)
        return;
    if (ask->nonce > 0 && ask->nonce <= door->nonces->len)
        c->nonce = roll_text(g_ptr_array_index(door->nonces, ask->nonce - 1));
    char ha1[ROLL_DIGEST_HEX];
    roll_digest_ha1(c->algorithm, c->username, c->realm, c->secret, ha1);
    RollDigestInput input = {c->algorithm,         roll_text(ha1), c->nonce, c->uri,
                             self->request.method, c->cnonce,      c->nc,    c->qop};
    roll_digest_response(&input, self->response);
    c->response = roll_text(self->response);
}

static inline void
door_name_party(const char *name, char out[600])
{
    bool whole = strchr(name, ':') != NULL;
    g_snprintf(out, 600, "%s%s%s", whole ? "" : "sip:", name, whole ? "" : "@example.org");
}

static inline void
door_compose(DoorRequest *self, const Ask *ask)
{
    Door *door = self->door;
    door->n_asked++;
    door->cseq = ask->cseq ? ask->cseq : door->cseq + 1;
    door_name_party(ask->to ? ask->to : "alice", self->to);
    door_name_party(ask->from ? ask->from : self->to, self->from);
    g_snprintf(self->branch, sizeof self->branch, "z9hG4bK-%u", door->n_asked);
    const char *branch = ask->branch ? ask->branch : self->branch;
    RollRequest *r = &self->request;
    *r = (RollRequest){
        .method = roll_text(ask->method ? ask->method : "REGISTER"),
        .from_tag = roll_text(ask->from_tag ? ask->from_tag : "from"),
        .to_tag = roll_text(ask->to_tag),
        .call_id = roll_text(ask->call_id ? ask->call_id : "call-1"),
        .cseq = door->cseq,
        .branch = *branch ? roll_text(branch) : (RollText){0},
        .sent_by = ROLL_TEXT("192.0.2.1:5070"),
        .expires = ask->expires ? g_ascii_strtoll(ask->expires, NULL, 10) : ROLL_EXPIRES_NONE,
        .require = roll_text(ask->require),
        .supported = roll_text(ask->supported),
        .path = roll_text(ask->path),
        .source = {{192, 0, 2, 1}, 4, (uint8_t)ask->transport, 5099},
    };
    g_assert_true(roll_uri_parse(roll_text(ask->uri ? ask->uri : "sip:example.org"), &r->uri));
    g_assert_true(roll_uri_parse(roll_text(self->to), &r->to));
    g_assert_true(roll_uri_parse(roll_text(self->from), &r->from));
    door_read_contacts(self, ask->contacts);
    if (ask->proxied) {
        g_snprintf(self->via, sizeof self->via,
                   "SIP/2.0/UDP %s%s%s;rport\nSIP/2.0/UDP ua;branch=z9hG4bK-ua\n", r->sent_by.ptr,
                   *branch ? ";branch=" : "", branch);
        r->via = roll_text(self->via);
    }
    if (ask->username)
        door_add_credentials(self, ask);
}

/* Through the door for bytes. Returns: false if there was no answer. */
static inline bool
door_exchange(Door *self, const RollRequest *request, RollReply *reply)
{
    g_byte_array_set_size(self->sent, 0);
    roll_message_write_request(request, self->sent);
    RollPacket packet = {request->source, self->sent->data, self->sent->len};
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, self->now, &packet, self->outbox);
    g_assert_cmpuint(roll_outbox_count(self->outbox), <=, 1);
    if (roll_outbox_count(self->outbox) == 0)
        return false;
    RollPacket answer = roll_outbox_get(self->outbox, 0);
    g_assert_true(roll_message_read_reply(self->reader, answer.data, answer.len, reply));
    g_assert_true(roll_text_equal(reply->call_id, request->call_id));
    g_assert_cmpuint(reply->cseq, ==, request->cseq);
    return true;
}

/* Challenges are numbered as they are first seen, as serials are. */
static inline void
door_keep_nonce(Door *self, const RollChallenge *challenge)
{
    g_autofree char *text = self->bytes ? g_strndup(challenge->nonce.ptr, challenge->nonce.len)
                                        : g_strdup_printf("%" G_GUINT64_FORMAT, challenge->serial);
    if (!g_ptr_array_find_with_equal_func(self->nonces, text, g_str_equal, NULL))
        g_ptr_array_add(self->nonces, g_steal_pointer(&text));
}

static inline void
door_describe(Door *self, const RollReply *reply)
{
    g_string_printf(self->answer, "%d", reply->status);
    for (size_t i = 0; i < reply->n_contacts; i++) {
        const RollContact *c = &reply->contacts[i];
        g_string_append_printf(self->answer, "%s %.*s%.*s %" G_GINT64_FORMAT, i ? "," : "",
                               (int)c->uri.text.len, c->uri.text.ptr, (int)c->params.len,
                               c->params.ptr, c->expires);
        if (c->q != ROLL_Q_NONE)
            g_string_append_printf(self->answer, " q=%d", c->q);
        if (c->temp_gruu.ptr)
            g_string_append_printf(self->answer, " %.*s %.*s", (int)c->pub_gruu.len,
                                   c->pub_gruu.ptr, (int)c->temp_gruu.len, c->temp_gruu.ptr);
        if (c->instance.ptr)
            g_string_append_printf(self->answer, " <%.*s> %u", (int)c->instance.len,
                                   c->instance.ptr, c->reg_id);
    }
    const RollText extensions[] = {reply->require, reply->path, reply->service_route};
    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++)
        if (extensions[i].ptr)
            g_string_append_printf(self->answer, " %.*s", (int)extensions[i].len,
                                   extensions[i].ptr);
    if (reply->flow_timer > 0)
        g_string_append_printf(self->answer, " flow %u", reply->flow_timer);
    if (reply->n_challenges > 0) {
        door_keep_nonce(self, &reply->challenges[0]);
        g_string_append(self->answer, reply->challenges[0].stale ? " stale" : " fresh");
    }
    for (size_t i = 0; i < reply->n_challenges; i++) {
        const RollChallenge *c = &reply->challenges[i];
        g_assert_true(c->qop);
        g_assert_true(roll_text_equal(c->nonce, reply->challenges[0].nonce));
        g_assert_cmpuint(c->serial, ==, reply->challenges[0].serial);
        g_string_append_printf(self->answer, " %s", roll_algorithm_name(c->algorithm));
    }
    if (reply->min_expires > 0)
        g_string_append_printf(self->answer, " min %u", reply->min_expires);
    if (reply->retry_after > 0)
        g_string_append_printf(self->answer, " after %u", reply->retry_after);
    if (reply->unsupported.ptr)
        g_string_append_printf(self->answer, " not %.*s", (int)reply->unsupported.len,
                               reply->unsupported.ptr);
}

/** door_ask: Returns: the answer in words: `200 sip:a@h1 60`; "" for none. */
static inline const char *
door_ask(Door *self, const Ask *ask)
{
    DoorRequest request = {.door = self};
    RollReply reply = {0};
    door_compose(&request, ask);
    g_string_truncate(self->answer, 0);
    bool answered = true;
    if (self->bytes)
        answered = door_exchange(self, &request.request, &reply);
    else
        roll_registrar_register(self->registrar, self->now, &request.request, &reply);
    if (answered && reply.status != 0)
        door_describe(self, &reply);
    g_free(request.split);
    return self->answer->str;
}

/** door_send_text: @text as it stands, over UDP. Returns: the answer as text; "" for none. */
static inline const char *
door_send_text(Door *self, const char *text, size_t len)
{
    RollPacket packet = {{{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5099}, (const uint8_t *)text, len};
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, self->now, &packet, self->outbox);
    g_string_truncate(self->answer, 0);
    if (roll_outbox_count(self->outbox) > 0) {
        RollPacket answer = roll_outbox_get(self->outbox, 0);
        g_string_append_len(self->answer, (const char *)answer.data, (gssize)answer.len);
    }
    return self->answer->str;
}

/** door_expect: asks and compares. */
#define door_expect(door, answer, ...)                                                             \
    g_assert_cmpstr(door_ask(door, &(Ask){__VA_ARGS__}), ==, answer)

/** door_expect_events: what the observer was told since the last time, and compares. */
#define door_expect_events(door, expected)                                                         \
    do {                                                                                           \
        g_assert_cmpstr((door)->events->str, ==, expected);                                        \
        g_string_truncate((door)->events, 0);                                                      \
    } while (0)

/** door_list: Returns: the live contacts of a user as lookup orders them. */
static inline const char *
door_list(Door *self, const char *user)
{
    const RollLocation *found;
    g_autofree char *aor = g_strdup_printf("sip:%s@example.org", user);
    size_t n = roll_registrar_lookup(self->registrar, self->now, roll_text(aor), &found);
    g_string_truncate(self->list, 0);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(self->list, "%s%.*s", i ? ", " : "", (int)found[i].contact.len,
                               found[i].contact.ptr);
    return self->list->str;
}

/** door_run: lets time pass up to @until, waking the registrar whenever it asked for it. */
static inline unsigned
door_run(Door *self, RollTime until)
{
    unsigned n_wakes = 0;
    for (RollTime next; (next = roll_registrar_next_wake(self->registrar)) <= until; n_wakes++) {
        self->now = MAX(self->now, next);
        roll_registrar_wake(self->registrar, self->now, self->outbox);
        g_assert_cmpint(roll_registrar_next_wake(self->registrar), >, self->now);
    }
    self->now = until;
    return n_wakes;
}

typedef void (*DoorTest)(Door *door);

static inline void
door_run_test(const void *data)
{
    const void *const *test = data;
    g_autoptr(Door) door = door_new(test[1] != NULL);
    DoorTest function;
    memcpy(&function, &test[0], sizeof function);
    function(door);
    if (!door->registrar)
        door_open(door);
}

/** door_add_test: as PATH/decoded and PATH/bytes. The test opens the door itself. */
static inline void
door_add_test(const char *path, DoorTest function)
{
    for (int bytes = 0; bytes <= 1; bytes++) {
        const void **test = g_new0(const void *, 2);
        memcpy(&test[0], &function, sizeof function);
        test[1] = bytes ? test : NULL;
        g_autofree char *full = g_strconcat(path, bytes ? "/bytes" : "/decoded", NULL);
        g_test_add_data_func_full(full, test, door_run_test, g_free);
    }
}

/* A RollRecordVisitor with a GString: a line with all of @r. */
static inline void
door_note_record(void *data, const RollRecord *r)
{
    g_string_append_printf(
        data, "%.*s %.*s%.*s %.*s/%u q=%d %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT " %.*s %.*s/%u",
        (int)r->aor.len, r->aor.ptr, (int)r->contact.len, r->contact.ptr, (int)r->params.len,
        r->params.ptr, (int)r->call_id.len, r->call_id.ptr, r->cseq, r->q, r->registered_at,
        r->expires_at, (int)r->path.len, r->path.ptr, (int)r->instance.len, r->instance.ptr,
        r->reg_id);
    g_string_append_printf(data, " %d:%d.%d\n", r->flow.family, r->flow.address[3], r->flow.port);
}
