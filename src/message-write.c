/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes SIP messages: a client's REGISTER and a registrar's final reply. Text is laid straight
 * into the array, for a simulated phone costs about as much as its message. No value gets a line
 * end through: a control character in one becomes a blank, so nobody's Contact is a new header
 * field in the reply to somebody else. */
#include <rollcall/message.h>

#include "header.h"

/* The free room of an array: @at up to @end. What was written counts when finish() is called. */
typedef struct {
    GByteArray *array;
    char *at;
    char *end;
} Writer;

static void
grow(Writer *self, size_t need)
{
    size_t used = self->array->len;
    if (self->at)
        used = (size_t)(self->at - (char *)self->array->data);
    size_t size = used + need + 1024;
    g_byte_array_set_size(self->array, (guint)size);
    self->at = (char *)self->array->data + used;
    self->end = (char *)self->array->data + size;
}

static Writer
start(GByteArray *array)
{
    Writer self = {.array = array};
    grow(&self, 0);
    return self;
}

static void
finish(Writer *self)
{
    g_byte_array_set_size(self->array, (guint)(self->at - (char *)self->array->data));
}

/* Text that is known to be clean. */
static inline void
put(Writer *self, RollText text)
{
    if ((size_t)(self->end - self->at) < text.len)
        grow(self, text.len);
    if (text.len > 0)
        memcpy(self->at, text.ptr, text.len);
    self->at += text.len;
}

#define put_literal(self, literal) put(self, ROLL_TEXT(literal))

/* Text from outside. */
static void
put_text(Writer *self, RollText text)
{
    put(self, text);
    if (roll_text_is_clean(text))
        return;
    for (char *at = self->at - text.len; at < self->at; at++)
        if ((uint8_t)*at < 0x20)
            *at = ' ';
}

static bool
needs_escape(RollText text)
{
    return text.len > 0 && (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len));
}

/* A quoted string. Escapes in @text stay; a quote or a last backslash without one gets it. */
static void
put_quoted(Writer *self, RollText text)
{
    put_literal(self, "\"");
    if (!needs_escape(text)) {
        put_text(self, text);
        put_literal(self, "\"");
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool pair = text.ptr[i] == '\\' && i + 1 < text.len;
        if (!pair && (text.ptr[i] == '"' || text.ptr[i] == '\\'))
            put_literal(self, "\\");
        put_text(self, (RollText){text.ptr + i, pair ? 2 : 1});
        i += pair;
    }
    put_literal(self, "\"");
}

static void
put_number(Writer *self, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    put(self, (RollText){digits + at, sizeof(digits) - at});
}

/* The last @width digits of @value, with leading zeros. */
static void
put_digits(Writer *self, int64_t value, size_t width)
{
    char digits[8];
    for (size_t i = width; i-- > 0; value /= 10)
        digits[i] = (char)('0' + value % 10);
    put(self, (RollText){digits, width});
}

static void
put_hex(Writer *self, uint32_t value)
{
    char digits[8];
    for (int i = 0; i < 8; i++)
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    put(self, (RollText){digits, sizeof(digits)});
}

/* A header line; none if @value is absent. @name has the colon and the blank. */
static void
put_header(Writer *self, RollText name, RollText value)
{
    if (!value.ptr)
        return;
    put(self, name);
    put_text(self, value);
    put_literal(self, "\r\n");
}

static void
put_number_header(Writer *self, RollText name, uint64_t value)
{
    put(self, name);
    put_number(self, value);
    put_literal(self, "\r\n");
}

/* RFC 3261 section 20.42, RFC 3581 section 3, RFC 7339 section 4.1. */
static void
put_own_via(Writer *self, const RollRequest *request)
{
    static const char *const transports[] = {
        [ROLL_TRANSPORT_UDP] = "UDP", [ROLL_TRANSPORT_TCP] = "TCP", [ROLL_TRANSPORT_TLS] = "TLS",
        [ROLL_TRANSPORT_WS] = "WS",   [ROLL_TRANSPORT_WSS] = "WSS",
    };
    put_literal(self, "Via: SIP/2.0/");
    put(self, roll_text(transports[MIN(request->source.transport, ROLL_TRANSPORT_WSS)]));
    put_literal(self, " ");
    put_text(self, request->sent_by);
    if (request->branch.ptr) {
        put_literal(self, ";branch=");
        put_text(self, request->branch);
    }
    put_literal(self, ";rport");
    if (request->oc)
        put_literal(self, ";oc;oc-algo=\"loss\"");
    put_literal(self, "\r\n");
}

static void
put_vias(Writer *self, const RollRequest *request)
{
    RollText rest = request->via;
    if (rest.len == 0) {
        put_own_via(self, request);
        return;
    }
    while (rest.len > 0) {
        const char *feed = memchr(rest.ptr, '\n', rest.len);
        size_t len = feed ? (size_t)(feed - rest.ptr) : rest.len;
        put_header(self, ROLL_TEXT("Via: "), (RollText){rest.ptr, len});
        len += feed ? 1 : 0;
        rest = (RollText){rest.ptr + len, rest.len - len};
    }
}

/* From or To: as it came or, for a client, composed; nothing if the request had none. */
static void
put_party(Writer *self, RollText name, RollText text, const RollUri *uri, RollText tag)
{
    if (!text.ptr && !uri->text.ptr)
        return;
    put(self, name);
    if (text.ptr) {
        put_text(self, text);
    } else {
        put_literal(self, "<");
        put_text(self, uri->text);
        put_literal(self, ">");
    }
    if (tag.ptr) {
        put_literal(self, ";tag=");
        put_text(self, tag);
    }
    put_literal(self, "\r\n");
}

static void
put_cseq(Writer *self, const RollRequest *request)
{
    if (request->cseq_text.ptr) {
        put_header(self, ROLL_TEXT("CSeq: "), request->cseq_text);
        return;
    }
    put_literal(self, "CSeq: ");
    put_number(self, request->cseq);
    put_literal(self, " ");
    put_text(self, request->method);
    put_literal(self, "\r\n");
}

/* A qvalue without zeros at its end. */
static void
put_q(Writer *self, int q)
{
    put_literal(self, ";q=");
    put_digits(self, q / 1000, 1);
    int rest = q % 1000;
    if (rest == 0)
        return;
    put_literal(self, ".");
    if (rest % 100 == 0)
        put_digits(self, rest / 100, 1);
    else if (rest % 10 == 0)
        put_digits(self, rest / 10, 2);
    else
        put_digits(self, rest, 3);
}

static void
put_quoted_param(Writer *self, RollText name, RollText value)
{
    if (!value.ptr)
        return;
    put(self, name);
    put_quoted(self, value);
}

static void
put_contact(Writer *self, const RollContact *contact)
{
    if (contact->star) {
        put_literal(self, "Contact: *\r\n");
        return;
    }
    put_literal(self, "Contact: ");
    if (contact->display.ptr) {
        put_text(self, contact->display);
        put_literal(self, " ");
    }
    put_literal(self, "<");
    put_text(self, contact->uri.text);
    put_literal(self, ">");
    put_text(self, contact->params);
    put_quoted_param(self, ROLL_TEXT(";pub-gruu="), contact->pub_gruu);
    put_quoted_param(self, ROLL_TEXT(";temp-gruu="), contact->temp_gruu);
    if (contact->q != ROLL_Q_NONE)
        put_q(self, contact->q);
    if (contact->expires != ROLL_EXPIRES_NONE) {
        put_literal(self, ";expires=");
        put_number(self, (uint64_t)contact->expires);
    }
    put_literal(self, "\r\n");
}

static void
put_algorithm(Writer *self, RollAlgorithm algorithm)
{
    const char *name = roll_algorithm_name(algorithm);
    if (!name)
        return;
    put_literal(self, ", algorithm=");
    put(self, roll_text(name));
}

/* RFC 7616 section 3.4: algorithm, qop and nc go without quotes. */
static void
put_credentials(Writer *self, const RollCredentials *credentials)
{
    put_literal(self, "Authorization: Digest username=");
    put_quoted(self, credentials->username);
    put_quoted_param(self, ROLL_TEXT(", realm="), credentials->realm);
    put_quoted_param(self, ROLL_TEXT(", nonce="), credentials->nonce);
    put_quoted_param(self, ROLL_TEXT(", uri="), credentials->uri);
    put_quoted_param(self, ROLL_TEXT(", response="), credentials->response);
    put_algorithm(self, credentials->algorithm);
    if (credentials->qop) {
        put_quoted_param(self, ROLL_TEXT(", cnonce="), credentials->cnonce);
        put_literal(self, ", qop=auth, nc=");
        put_hex(self, credentials->nc);
    }
    put_quoted_param(self, ROLL_TEXT(", opaque="), credentials->opaque);
    put_literal(self, "\r\n");
}

/* RFC 7616 section 3.3: stale and algorithm go without quotes, qop goes with them. */
static void
put_challenge(Writer *self, const RollChallenge *challenge)
{
    put_literal(self, "WWW-Authenticate: Digest realm=");
    put_quoted(self, challenge->realm);
    put_quoted_param(self, ROLL_TEXT(", nonce="), challenge->nonce);
    put_quoted_param(self, ROLL_TEXT(", opaque="), challenge->opaque);
    if (challenge->stale)
        put_literal(self, ", stale=true");
    put_algorithm(self, challenge->algorithm);
    if (challenge->qop)
        put_literal(self, ", qop=\"auth\"");
    put_literal(self, "\r\n");
}

void
roll_message_write_request(const RollRequest *request, GByteArray *out)
{
    Writer writer = start(out);
    put_text(&writer, request->method);
    put_literal(&writer, " ");
    put_text(&writer, request->uri.text);
    put_literal(&writer, " SIP/2.0\r\n");
    put_vias(&writer, request);
    put_literal(&writer, "Max-Forwards: 70\r\n");
    put_party(&writer, ROLL_TEXT("From: "), request->from_text, &request->from,
              request->from_text.ptr ? (RollText){0} : request->from_tag);
    put_party(&writer, ROLL_TEXT("To: "), request->to_text, &request->to,
              request->to_text.ptr ? (RollText){0} : request->to_tag);
    put_header(&writer, ROLL_TEXT("Call-ID: "), request->call_id);
    put_cseq(&writer, request);
    for (size_t i = 0; i < request->n_contacts; i++)
        put_contact(&writer, &request->contacts[i]);
    if (request->expires != ROLL_EXPIRES_NONE)
        put_number_header(&writer, ROLL_TEXT("Expires: "), (uint64_t)request->expires);
    put_header(&writer, ROLL_TEXT("Supported: "), request->supported);
    put_header(&writer, ROLL_TEXT("Require: "), request->require);
    put_header(&writer, ROLL_TEXT("Proxy-Require: "), request->proxy_require);
    put_header(&writer, ROLL_TEXT("Path: "), request->path);
    put_header(&writer, ROLL_TEXT("User-Agent: "), request->user_agent);
    /* Decoded credentials have no text. */
    for (size_t i = 0; i < request->n_credentials; i++)
        if (!request->credentials[i].decoded)
            put_credentials(&writer, &request->credentials[i]);
    put_literal(&writer, "Content-Length: 0\r\n\r\n");
    finish(&writer);
}

enum { DAYS_PER_ERA = 146097, DAY_SECONDS = 86400 };

static int64_t
divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* RFC 3261 section 20.17, of a time in seconds since 1970. The calendar is counted from the first
 * of March, so that the leap day comes last in a year, and in eras of 400 years. */
static void
put_date(Writer *self, int64_t seconds)
{
    static const char weekdays[] = "ThuFriSatSunMonTueWed";
    static const char months[] = "MarAprMayJunJulAugSepOctNovDecJanFeb";
    int64_t days = divide_down(seconds, DAY_SECONDS);
    int64_t time = seconds - days * DAY_SECONDS;
    int64_t since_march = days + 719468;
    int64_t era = divide_down(since_march, DAYS_PER_ERA);
    int64_t day = since_march - era * DAYS_PER_ERA;
    int64_t year = (day - day / 1460 + day / 36524 - day / (DAYS_PER_ERA - 1)) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    put_literal(self, "Date: ");
    put(self, (RollText){weekdays + 3 * (days - 7 * divide_down(days, 7)), 3});
    put_literal(self, ", ");
    put_digits(self, day_of_year - (153 * month + 2) / 5 + 1, 2);
    put_literal(self, " ");
    put(self, (RollText){months + 3 * month, 3});
    put_literal(self, " ");
    put_digits(self, year + era * 400 + (month >= 10), 4);
    put_literal(self, " ");
    put_digits(self, time / 3600, 2);
    put_literal(self, ":");
    put_digits(self, time / 60 % 60, 2);
    put_literal(self, ":");
    put_digits(self, time % 60, 2);
    put_literal(self, " GMT\r\n");
}

/* The 200 to a SUBSCRIBE makes a dialog: RFC 3261 section 12.1.1, RFC 6665 section 4.2.1.1. */
static void
put_dialog(Writer *self, const RollRequest *request, const RollReply *reply)
{
    put_header(self, ROLL_TEXT("Record-Route: "), request->record_route);
    if (reply->n_contacts == 0)
        return;
    put_literal(self, "Contact: <");
    put_text(self, reply->contacts->uri.text);
    put_literal(self, ">\r\n");
    if (reply->contacts->expires != ROLL_EXPIRES_NONE)
        put_number_header(self, ROLL_TEXT("Expires: "), (uint64_t)reply->contacts->expires);
}

/* What may be asked of us. */
static void
put_allow(Writer *self, const RollReply *reply)
{
    put_literal(self, "Allow: REGISTER");
    if (reply->redirects)
        put_literal(self, ", OPTIONS, INVITE, CANCEL, ACK");
    put(self, reply->events ? ROLL_TEXT(", SUBSCRIBE\r\n") : ROLL_TEXT("\r\n"));
}

/* RFC 3261 section 11.2: no body is understood, so there is no type, coding or language. */
static void
put_abilities(Writer *self, const RollReply *reply)
{
    put_allow(self, reply);
    put_literal(self, "Accept: \r\n");
    put_header(self, ROLL_TEXT("Supported: "), reply->supported);
}

/* What a status demands or allows beside the fields of every reply. */
static void
put_status_headers(Writer *self, const RollReply *reply, int64_t epoch)
{
    switch (reply->status) {
    case 200:
        for (size_t i = 0; i < reply->n_contacts; i++)
            put_contact(self, &reply->contacts[i]);
        put_header(self, ROLL_TEXT("Path: "), reply->path);
        put_header(self, ROLL_TEXT("Service-Route: "), reply->service_route);
        put_header(self, ROLL_TEXT("Require: "), reply->require);
        if (reply->flow_timer > 0)
            put_number_header(self, ROLL_TEXT("Flow-Timer: "), reply->flow_timer);
        put_date(self, epoch + divide_down(reply->at, ROLL_SECOND));
        break;
    case 302:
        for (size_t i = 0; i < reply->n_contacts; i++)
            put_contact(self, &reply->contacts[i]);
        break;
    case 401:
        for (size_t i = 0; i < reply->n_challenges; i++)
            put_challenge(self, &reply->challenges[i]);
        break;
    case 405:
        put_allow(self, reply);
        break;
    case 406:
        put_literal(self, "Accept: application/reginfo+xml\r\n");
        break;
    case 415:
        /* An empty list: no type of body is understood (RFC 3261 sections 8.2.3 and 20.1). */
        put_literal(self, "Accept: \r\n");
        break;
    case 420:
        put_header(self, ROLL_TEXT("Unsupported: "), reply->unsupported);
        break;
    case 421:
        put_header(self, ROLL_TEXT("Require: "), reply->require);
        break;
    case 423:
        put_number_header(self, ROLL_TEXT("Min-Expires: "), reply->min_expires);
        break;
    case 489:
        put_literal(self, "Allow-Events: reg\r\n");
        break;
    case 500:
    case 503:
        if (reply->retry_after > 0)
            put_number_header(self, ROLL_TEXT("Retry-After: "), reply->retry_after);
        break;
    default:
        break;
    }
}

void
roll_message_write_reply(const RollRequest *request, const RollReply *reply, RollText to_tag,
                         int64_t epoch, GByteArray *out)
{
    Writer writer = start(out);
    /* What stands in From and To already has its tag. */
    RollText from_tag = request->from_text.ptr ? (RollText){0} : request->from_tag;
    RollText own_tag = request->to_text.ptr ? (RollText){0} : request->to_tag;
    put_literal(&writer, "SIP/2.0 ");
    put_digits(&writer, reply->status, 3);
    put_literal(&writer, " ");
    put(&writer, roll_text(roll_status_reason(reply->status)));
    put_literal(&writer, "\r\n");
    put_vias(&writer, request);
    put_party(&writer, ROLL_TEXT("From: "), request->from_text, &request->from, from_tag);
    put_party(&writer, ROLL_TEXT("To: "), request->to_text, &request->to,
              request->to_tag.ptr ? own_tag : to_tag);
    put_header(&writer, ROLL_TEXT("Call-ID: "), request->call_id);
    put_cseq(&writer, request);
    if (reply->status == 200 && roll_text_equal(request->method, ROLL_TEXT("SUBSCRIBE")))
        put_dialog(&writer, request, reply);
    else if (reply->status == 200 && roll_text_equal(request->method, ROLL_TEXT("OPTIONS")))
        put_abilities(&writer, reply);
    else if (reply->status != 200 || roll_text_equal(request->method, ROLL_TEXT("REGISTER")))
        put_status_headers(&writer, reply, epoch);
    put_literal(&writer, "Content-Length: 0\r\n\r\n");
    finish(&writer);
}

const char *
roll_status_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {100, "Trying"},
        {302, "Moved Temporarily"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {413, "Request Entity Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Unsupported URI Scheme"},
        {420, "Bad Extension"},
        {421, "Extension Required"},
        {423, "Interval Too Brief"},
        {439, "First Hop Lacks Outbound Support"},
        {480, "Temporarily Unavailable"},
        {481, "Call/Transaction Does Not Exist"},
        {482, "Loop Detected"},
        {489, "Bad Event"},
        {500, "Server Internal Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Server Time-out"},
        {505, "Version Not Supported"},
        {513, "Message Too Large"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}
