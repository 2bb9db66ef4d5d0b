/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads SIP messages. The head is copied once and cut into lines by header.c; names and URIs stay
 * raw text, and libosip2 takes Via (via.c), CSeq and the digest headers apart. It gets these values
 * one by one and not the whole message: a malformed header that nothing here needs shall not refuse
 * a request (RFC 3261 section 8.2.2), and it is several times as fast. What is taken from osip is
 * copied, so none of its structures outlives a function. */
#include <rollcall/message.h>

#include <osipparser2/osip_message.h>

#include "address.h"
#include "arena.h"
#include "contact.h"
#include "fields.h"
#include "overload.h"
#include "username.h"
#include "via.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(osip_cseq_t, osip_cseq_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(osip_authorization_t, osip_authorization_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(osip_www_authenticate_t, osip_www_authenticate_free)

/* Beyond these a message is refused: no device comes near. */
enum {
    CONTACTS_MAX = 64,
    DIGESTS_MAX = 8,
};

/* RFC 3261 section 8.1.1.5. */
#define CSEQ_MAX (UINT64_C(0x7fffffff))

struct RollMessage {
    RollFields fields;
    RollContact contacts[CONTACTS_MAX];
    RollCredentials credentials[DIGESTS_MAX];
    RollChallenge challenges[DIGESTS_MAX];
};

RollMessage *
roll_message_new(void)
{
    roll_arena_install();
    return g_new0(RollMessage, 1);
}

void
roll_message_free(RollMessage *self)
{
    if (!self)
        return;
    roll_fields_clear(&self->fields);
    g_free(self);
}

static void
read_vias(RollFields *fields, const RollEndpoint *peer, RollRequest *out)
{
    RollVia top = {0};
    bool cut = roll_via_read_top(fields, &top);
    if (!cut)
        roll_fields_refuse(fields, 400);
    out->via = roll_via_read_list(fields, cut ? &top : NULL, peer);
    out->branch = top.branch;
    out->sent_by = top.sent_by;
    out->rport = top.rport;
    out->oc = cut && roll_overload_is_offered(top.value);
}

/* From or To. What can be read is set even if the whole is at fault. */
static void
read_party(RollFields *fields, RollHeader kind, RollText *text, RollUri *uri, RollText *tag)
{
    RollAddress address;
    *text = fields->single[kind];
    if (!roll_header_cut_address(*text, &address)) {
        roll_fields_refuse(fields, 400);
        return;
    }
    if (!roll_uri_parse(address.uri, uri))
        roll_fields_refuse(fields, 400);
    RollParam param;
    int found;
    while ((found = roll_header_next_param(&address.params, &param)) == 1) {
        if (!roll_text_equal_nocase(param.name, ROLL_TEXT("tag")) || !param.value.ptr)
            continue;
        if (tag->ptr)
            roll_fields_refuse(fields, 400);
        *tag = param.value;
    }
    if (found < 0)
        roll_fields_refuse(fields, 400);
}

/* Returns: false if there is no CSeq of RFC 3261 section 20.16. */
static bool
read_cseq(const RollFields *fields, uint32_t *number, RollText method)
{
    g_autoptr(osip_cseq_t) cseq = NULL;
    uint64_t value;
    RollText text = fields->single[ROLL_HEADER_CSEQ];
    if (!text.ptr || text.len > ROLL_OSIP_VALUE_MAX || osip_cseq_init(&cseq) != 0 ||
        osip_cseq_parse(cseq, text.ptr) != 0 || !cseq->number || !cseq->method)
        return false;
    if (!roll_text_number(roll_text(cseq->number), CSEQ_MAX, &value) || value > CSEQ_MAX)
        return false;
    *number = (uint32_t)value;
    return !method.ptr || roll_text_equal(roll_text(cseq->method), method);
}

/* Fills the contacts; one that cannot be read is left out and is a fault. */
static size_t
read_contacts(RollMessage *self)
{
    size_t n = 0;
    for (const RollField *field = NULL;
         (field = roll_fields_next(&self->fields, ROLL_HEADER_CONTACT, field));) {
        RollText rest = field->value;
        RollText value;
        while (roll_header_next_item(&rest, &value)) {
            if (n == CONTACTS_MAX || !roll_contact_read(value, &self->contacts[n]))
                roll_fields_refuse(&self->fields, 400);
            else
                n++;
        }
    }
    return n;
}

static int64_t
read_expires(const RollFields *fields)
{
    uint64_t seconds;
    if (!roll_text_number(fields->single[ROLL_HEADER_EXPIRES], UINT32_MAX, &seconds) ||
        seconds > UINT32_MAX)
        return ROLL_EXPIRES_NONE;
    return (int64_t)seconds;
}

/* Finds the parameters of a digest header. Returns: false for another scheme. */
static bool
cut_digest(RollText value, RollText *params)
{
    const size_t len = strlen("Digest");
    if (value.len <= len || value.ptr[len] != ' ' || strncasecmp(value.ptr, "Digest", len) != 0)
        return false;
    *params = roll_text_trim((RollText){value.ptr + len, value.len - len});
    return true;
}

/* A copy of what osip found under @name; osip takes an empty quoted string for none. */
static RollText
keep_needed(RollFields *fields, const char *found, RollText params, const char *name)
{
    if (!found && roll_username_find_param(params, name, NULL))
        return ROLL_TEXT("");
    return roll_fields_keep(fields, found);
}

/* RFC 7616 section 3.4: nc-value = 8LHEX; 0 is never sent. Returns: 0 if it is none. */
static uint32_t
read_nc(RollText text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return 0;
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return text.len == 8 ? value : 0;
}

static bool
is_complete(const RollCredentials *credentials)
{
    if (!credentials->username.ptr || !credentials->realm.ptr || !credentials->nonce.ptr ||
        !credentials->uri.ptr || !credentials->response.ptr)
        return false;
    return !credentials->qop || (credentials->cnonce.ptr && credentials->nc > 0);
}

static void
fill_credentials(RollFields *fields, const osip_authorization_t *from, RollText params,
                 RollCredentials *out)
{
    *out = (RollCredentials){
        .algorithm = roll_algorithm_parse(roll_fields_keep(fields, from->algorithm)),
        .username = keep_needed(fields, from->username, params, "username"),
        .realm = keep_needed(fields, from->realm, params, "realm"),
        .nonce = keep_needed(fields, from->nonce, params, "nonce"),
        .cnonce = roll_fields_keep(fields, from->cnonce),
        .opaque = roll_fields_keep(fields, from->opaque),
        .uri = keep_needed(fields, from->uri, params, "uri"),
        .response = keep_needed(fields, from->response, params, "response"),
        .qop = from->message_qop != NULL,
    };
    if (out->qop) {
        out->nc = read_nc(roll_fields_keep(fields, from->nonce_count));
        out->malformed =
            !roll_text_equal_nocase(roll_fields_keep(fields, from->message_qop), ROLL_TEXT("auth"));
    }
    /* The asterisk is rare. */
    if (memchr(params.ptr, '*', params.len))
        out->malformed |=
            !roll_username_read_extended(params, roll_fields_push(fields, params), &out->username);
    out->malformed |= !is_complete(out);
}

/* The digest credentials; other schemes count as none (RFC 3261 section 22.1). */
static size_t
read_credentials(RollMessage *self)
{
    size_t n = 0;
    const RollHeader kind = ROLL_HEADER_AUTHORIZATION;
    for (const RollField *field = NULL; (field = roll_fields_next(&self->fields, kind, field));) {
        RollText params;
        g_autoptr(osip_authorization_t) authorization = NULL;
        if (!cut_digest(field->value, &params))
            continue;
        if (n == DIGESTS_MAX) {
            roll_fields_refuse(&self->fields, 400);
            break;
        }
        if (field->value.len <= ROLL_OSIP_VALUE_MAX &&
            osip_authorization_init(&authorization) == 0 &&
            osip_authorization_parse(authorization, field->value.ptr) == 0)
            fill_credentials(&self->fields, authorization, params, &self->credentials[n++]);
        else
            self->credentials[n++] = (RollCredentials){.malformed = true};
    }
    return n;
}

/* RFC 3261 section 20.11: a body is required to be understood unless it says that it is not. */
static bool
is_optional_body(RollText disposition)
{
    const char *semicolon = disposition.ptr ? memchr(disposition.ptr, ';', disposition.len) : NULL;
    if (!semicolon)
        return false;
    RollText rest = {semicolon, (size_t)(disposition.ptr + disposition.len - semicolon)};
    RollParam param;
    while (roll_header_next_param(&rest, &param) == 1)
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("handling")))
            return roll_text_equal_nocase(param.value, ROLL_TEXT("optional"));
    return false;
}

/* Sets @out->body if there is one that has to be understood; a registrar understands none. */
static void
check_body(RollFields *fields, RollRequest *out)
{
    RollText length = fields->single[ROLL_HEADER_CONTENT_LENGTH];
    uint64_t value = fields->body_len;
    if (length.ptr &&
        (!roll_text_number(length, fields->body_len, &value) || value > fields->body_len))
        roll_fields_refuse(fields, 400);
    /* What has no length and no type is what some phones leave behind the blank line. */
    bool typed = fields->single[ROLL_HEADER_CONTENT_TYPE].ptr != NULL;
    out->body = value > 0 && (typed || length.ptr != NULL) &&
                !is_optional_body(fields->single[ROLL_HEADER_CONTENT_DISPOSITION]);
}

/* RFC 3261 section 7.1. Returns: false if @line is no request line. */
static bool
read_request_line(RollFields *fields, RollText line, RollRequest *out)
{
    RollText text = roll_text_trim(line);
    const char *first = memchr(text.ptr, ' ', text.len);
    const char *last = memrchr(text.ptr, ' ', text.len);
    if (!first || first == last)
        return false;
    RollText method = {text.ptr, (size_t)(first - text.ptr)};
    RollText version = {last + 1, (size_t)(text.ptr + text.len - last - 1)};
    if (!roll_text_is_token(method) || version.len < 4 || strncasecmp(version.ptr, "SIP/", 4) != 0)
        return false;
    out->method = method;
    if (!roll_text_equal_nocase(version, ROLL_TEXT("SIP/2.0")))
        roll_fields_refuse(fields, 505);
    RollText uri = {first + 1, (size_t)(last - first - 1)};
    if (text.len != line.len || !roll_uri_parse(uri, &out->uri))
        roll_fields_refuse(fields, 400);
    return true;
}

/* RFC 6665 section 4.1.2.1, RFC 3261 section 12.1.1. */
static void
read_subscription(RollMessage *self, RollRequest *out)
{
    out->event = self->fields.single[ROLL_HEADER_EVENT];
    out->accept = roll_fields_tags(&self->fields, ROLL_HEADER_ACCEPT);
    /* An empty Accept takes nothing (RFC 3261 section 20.1). */
    if (!out->accept.ptr && roll_fields_next(&self->fields, ROLL_HEADER_ACCEPT, NULL))
        out->accept = ROLL_TEXT("");
    out->record_route = roll_fields_tags(&self->fields, ROLL_HEADER_RECORD_ROUTE);
}

static void
read_request_head(RollMessage *self, RollRequest *out)
{
    read_vias(&self->fields, &out->source, out);
    read_party(&self->fields, ROLL_HEADER_FROM, &out->from_text, &out->from, &out->from_tag);
    read_party(&self->fields, ROLL_HEADER_TO, &out->to_text, &out->to, &out->to_tag);
    out->call_id = self->fields.single[ROLL_HEADER_CALL_ID];
    out->cseq_text = self->fields.single[ROLL_HEADER_CSEQ];
    if (out->call_id.len == 0 || !read_cseq(&self->fields, &out->cseq, out->method))
        roll_fields_refuse(&self->fields, 400);
    out->contacts = self->contacts;
    out->n_contacts = read_contacts(self);
    out->expires = read_expires(&self->fields);
    out->credentials = self->credentials;
    out->n_credentials = read_credentials(self);
    out->require = roll_fields_tags(&self->fields, ROLL_HEADER_REQUIRE);
    out->supported = roll_fields_tags(&self->fields, ROLL_HEADER_SUPPORTED);
    out->proxy_require = roll_fields_tags(&self->fields, ROLL_HEADER_PROXY_REQUIRE);
    out->path = roll_fields_tags(&self->fields, ROLL_HEADER_PATH);
    out->user_agent = self->fields.single[ROLL_HEADER_USER_AGENT];
    if (roll_text_equal(out->method, ROLL_TEXT("SUBSCRIBE")))
        read_subscription(self, out);
    check_body(&self->fields, out);
}

static int
read_request(RollMessage *self, const RollPacket *packet, RollRequest *out)
{
    RollText line;
    bool clean;
    RollHead head = roll_fields_load(&self->fields, packet->data, packet->len);
    *out = (RollRequest){.source = packet->peer, .expires = ROLL_EXPIRES_NONE};
    if (roll_head_next(&head, &line, &clean) != ROLL_LINE_TEXT ||
        !read_request_line(&self->fields, line, out))
        return -1;
    if (!clean)
        roll_fields_refuse(&self->fields, 400);
    roll_fields_scan(&self->fields, &head);
    read_request_head(self, out);
    /* Without Via nobody can be answered, and an ACK never is (RFC 3261 section 17.1.1.3). */
    if (out->via.len == 0 ||
        (self->fields.refusal && roll_text_equal(out->method, ROLL_TEXT("ACK"))))
        return -1;
    return self->fields.refusal;
}

int
roll_message_read_request(RollMessage *self, const RollPacket *packet, RollRequest *out)
{
    roll_arena_begin();
    int status = read_request(self, packet, out);
    roll_arena_end();
    return status;
}

static size_t
read_listed_contacts(RollMessage *self)
{
    size_t n = read_contacts(self);
    int64_t expires = read_expires(&self->fields);
    for (size_t i = 0; i < n; i++) {
        RollContact *contact = &self->contacts[i];
        char *start = roll_fields_push(&self->fields, (RollText){0});
        RollParam param;
        while (roll_header_next_param(&contact->params, &param) == 1)
            if (!roll_contact_has_field(param.name))
                roll_fields_push(&self->fields, param.text);
        contact->params =
            self->fields.arena > start ? roll_fields_pushed(&self->fields, start) : (RollText){0};
        /* Some registrars name one expiry for all. */
        if (contact->expires == ROLL_EXPIRES_NONE)
            contact->expires = expires;
    }
    return n;
}

/* Whether a list of qop values has the one that is supported. */
static bool
offers_auth(RollText options)
{
    RollText option;
    while (roll_header_next_item(&options, &option))
        if (roll_text_equal_nocase(option, ROLL_TEXT("auth")))
            return true;
    return false;
}

static bool
fill_challenge(RollFields *fields, const osip_www_authenticate_t *from, RollChallenge *out)
{
    *out = (RollChallenge){
        .algorithm = roll_algorithm_parse(roll_fields_keep(fields, from->algorithm)),
        .stale = roll_text_equal_nocase(roll_fields_keep(fields, from->stale), ROLL_TEXT("true")),
        .qop = offers_auth(roll_fields_keep(fields, from->qop_options)),
        .realm = roll_fields_keep(fields, from->realm),
        .nonce = roll_fields_keep(fields, from->nonce),
        .opaque = roll_fields_keep(fields, from->opaque),
    };
    return out->realm.ptr && out->nonce.ptr && (out->qop || !from->qop_options);
}

/* The digest challenges that can be answered, in order. */
static size_t
read_challenges(RollMessage *self)
{
    size_t n = 0;
    const RollHeader kind = ROLL_HEADER_WWW_AUTHENTICATE;
    for (const RollField *field = NULL;
         n < DIGESTS_MAX && (field = roll_fields_next(&self->fields, kind, field));) {
        RollText params;
        g_autoptr(osip_www_authenticate_t) challenge = NULL;
        if (cut_digest(field->value, &params) && field->value.len <= ROLL_OSIP_VALUE_MAX &&
            osip_www_authenticate_init(&challenge) == 0 &&
            osip_www_authenticate_parse(challenge, field->value.ptr) == 0 &&
            fill_challenge(&self->fields, challenge, &self->challenges[n]))
            n++;
    }
    return n;
}

/* Seconds at the start of @text; what follows is a comment (RFC 3261 section 20.33). */
static uint32_t
read_seconds(RollText text)
{
    uint64_t value = 0;
    size_t len = 0;
    while (len < text.len && text.ptr[len] >= '0' && text.ptr[len] <= '9')
        len++;
    roll_text_number((RollText){text.ptr, len}, UINT32_MAX - 1, &value);
    return (uint32_t)value;
}

static bool
read_reply(RollMessage *self, const uint8_t *data, size_t len, RollReply *out)
{
    RollText line;
    bool clean;
    RollVia via = {0};
    RollHead head = roll_fields_load(&self->fields, data, len);
    *out = (RollReply){0};
    if (roll_head_next(&head, &line, &clean) != ROLL_LINE_TEXT ||
        !roll_head_read_status(line, &out->status))
        return false;
    roll_fields_scan(&self->fields, &head);
    out->call_id = self->fields.single[ROLL_HEADER_CALL_ID];
    if (self->fields.refusal || out->call_id.len == 0 || !roll_via_read_top(&self->fields, &via) ||
        !read_cseq(&self->fields, &out->cseq, (RollText){0}))
        return false;
    out->branch = via.branch;
    roll_overload_read(via.value, out);
    out->contacts = self->contacts;
    out->n_contacts = read_listed_contacts(self);
    out->challenges = self->challenges;
    out->n_challenges = read_challenges(self);
    out->min_expires = read_seconds(self->fields.single[ROLL_HEADER_MIN_EXPIRES]);
    out->retry_after = read_seconds(self->fields.single[ROLL_HEADER_RETRY_AFTER]);
    out->unsupported = roll_fields_tags(&self->fields, ROLL_HEADER_UNSUPPORTED);
    out->require = roll_fields_tags(&self->fields, ROLL_HEADER_REQUIRE);
    out->path = roll_fields_tags(&self->fields, ROLL_HEADER_PATH);
    out->service_route = roll_fields_tags(&self->fields, ROLL_HEADER_SERVICE_ROUTE);
    out->flow_timer = read_seconds(self->fields.single[ROLL_HEADER_FLOW_TIMER]);
    return true;
}

bool
roll_message_read_reply(RollMessage *self, const uint8_t *data, size_t len, RollReply *out)
{
    roll_arena_begin();
    bool good = read_reply(self, data, len, out);
    roll_arena_end();
    return good;
}
