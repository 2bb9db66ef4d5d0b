/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar fed with plain SIP text and asked what its answer says. A test writes the header
 * fields that matter; the rest of a REGISTER is filled in. */
#pragma once

#include <glib.h>
#include <rollcall/rollcall.h>

/**
 * Wire: set @config before wire_open(); change @now, @call_id, @to, @via and @peer at will.
 * @via: more Via values below the client's own, each line with its end; "" for none
 */
typedef struct {
    RollConfig config;
    RollRegistrar *registrar;
    RollOutbox *outbox;
    RollTime now;
    const char *to;
    const char *call_id;
    const char *via;
    RollEndpoint peer;
    unsigned cseq;
    GString *sent;
    GString *answer;
    GString *words;
    GString *events;
} Wire;

static const char *const wire_domains[] = {"example.org", NULL};

static inline void
wire_observe(void *data, const RollBindingEvent *event)
{
    static const char *const kinds[] = {"created", "refreshed",    "shortened",
                                        "expired", "unregistered", "deactivated"};
    Wire *self = data;
    g_string_append_printf(self->events, "%s%s %.*s %.*s", self->events->len ? "; " : "",
                           kinds[event->kind], (int)event->aor.len, event->aor.ptr,
                           (int)event->contact.len, event->contact.ptr);
}

static inline Wire *
wire_new(void)
{
    Wire *self = g_new0(Wire, 1);
    self->config = roll_config_default();
    self->config.domains = wire_domains;
    self->to = "sip:alice@example.org";
    self->call_id = "call-1";
    self->via = "";
    self->peer = (RollEndpoint){{192, 0, 2, 1}, 4, ROLL_TRANSPORT_UDP, 5099};
    self->outbox = roll_outbox_new();
    self->sent = g_string_new(NULL);
    self->answer = g_string_new(NULL);
    self->words = g_string_new(NULL);
    self->events = g_string_new(NULL);
    return self;
}

static inline void
wire_open(Wire *self)
{
    self->registrar = roll_registrar_new(&self->config);
    roll_registrar_set_observer(self->registrar, wire_observe, self);
}

static inline void
wire_free(Wire *self)
{
    roll_registrar_free(self->registrar);
    roll_outbox_free(self->outbox);
    g_string_free(self->sent, TRUE);
    g_string_free(self->answer, TRUE);
    g_string_free(self->words, TRUE);
    g_string_free(self->events, TRUE);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wire, wire_free)

/** wire_resend: the same bytes once more. Returns: the status, 0 without answer. */
static inline int
wire_resend(Wire *self)
{
    RollPacket in = {self->peer, (const uint8_t *)self->sent->str, self->sent->len};
    roll_outbox_clear(self->outbox);
    roll_registrar_receive(self->registrar, self->now, &in, self->outbox);
    g_string_truncate(self->answer, 0);
    if (roll_outbox_count(self->outbox) == 0)
        return 0;
    RollPacket out = roll_outbox_get(self->outbox, 0);
    g_string_append_len(self->answer, (const char *)out.data, (gssize)out.len);
    return atoi(self->answer->str + strlen("SIP/2.0 "));
}

/** wire_send: @fields: header fields, each ended by LF. Returns: the status, 0 without answer. */
static inline int
wire_send(Wire *self, const char *fields)
{
    self->cseq++;
    g_string_printf(self->sent,
                    "REGISTER sip:example.org SIP/2.0\n"
                    "Via: SIP/2.0/%s 192.0.2.1:5099;branch=z9hG4bK-%u;rport\n"
                    "%sFrom: <%s>;tag=1\nTo: <%s>\nCall-ID: %s\nCSeq: %u REGISTER\n%s\n",
                    self->peer.transport == ROLL_TRANSPORT_UDP ? "UDP" : "TCP", self->cseq,
                    self->via, self->to, self->to, self->call_id, self->cseq, fields);
    return wire_resend(self);
}

/** wire_field: Returns: the values of a header field of the answer, joined by ` | `; "" for none.
 */
static inline const char *
wire_field(Wire *self, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(self->answer->str, "\r\n", -1);
    size_t len = strlen(name);
    g_string_truncate(self->words, 0);
    for (char **line = lines; *line && **line; line++)
        if (g_ascii_strncasecmp(*line, name, len) == 0 && (*line)[len] == ':')
            g_string_append_printf(self->words, "%s%s", self->words->len ? " | " : "",
                                   *line + len + 2);
    return self->words->str;
}

/** wire_param: Returns: (transfer full): what stands in quotes as the parameter @name of @uri. */
static inline char *
wire_param(Wire *self, const char *uri, const char *name)
{
    g_autofree char *bracketed = g_strconcat("Contact: <", uri, ">", NULL);
    g_autofree char *key = g_strconcat(";", name, "=\"", NULL);
    const char *at = strstr(self->answer->str, bracketed);
    at = at ? strstr(at, key) : NULL;
    if (!at)
        return NULL;
    at += strlen(key);
    return g_strndup(at, strcspn(at, "\""));
}

/** wire_list: Returns: the contacts that lookup gives for @aor. */
static inline const char *
wire_list(Wire *self, const char *aor)
{
    const RollLocation *found;
    size_t n = roll_registrar_lookup(self->registrar, self->now, roll_text(aor), &found);
    g_string_truncate(self->words, 0);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(self->words, "%s%.*s", i ? ", " : "", (int)found[i].contact.len,
                               found[i].contact.ptr);
    return self->words->str;
}

/** wire_lookup: Returns: the status of a lookup of the URI @text and the contacts found. */
static inline const char *
wire_lookup(Wire *self, const char *text)
{
    RollUri uri;
    const RollLocation *found;
    size_t n;
    g_assert_true(roll_uri_parse(roll_text(text), &uri));
    int status = roll_registrar_lookup_uri(self->registrar, self->now, &uri, &found, &n);
    g_string_printf(self->words, "%d", status);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(self->words, " %.*s", (int)found[i].contact.len,
                               found[i].contact.ptr);
    return self->words->str;
}

#define wire_expect(wire, status, fields) g_assert_cmpint(wire_send(wire, fields), ==, status)

#define wire_expect_field(wire, name, value) g_assert_cmpstr(wire_field(wire, name), ==, value)

#define wire_expect_events(wire, expected)                                                         \
    do {                                                                                           \
        g_assert_cmpstr((wire)->events->str, ==, expected);                                        \
        g_string_truncate((wire)->events, 0);                                                      \
    } while (0)
