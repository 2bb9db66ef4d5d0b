/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SIP messages decoded: what the registrar decides on, and what it answers. The bytes are read and
 * written here too, for the server's side and for the client's; libosip2 takes apart what is not
 * plain, and no caller sees it. */
#pragma once

#include <glib.h>
#include <rollcall/digest.h>
#include <rollcall/time.h>
#include <rollcall/uri.h>

/** RollTransport: how a packet came. */
typedef enum {
    ROLL_TRANSPORT_UDP,
    ROLL_TRANSPORT_TCP,
    ROLL_TRANSPORT_TLS,
    ROLL_TRANSPORT_WS,
    ROLL_TRANSPORT_WSS,
} RollTransport;

/**
 * RollEndpoint: the far end of a packet.
 * @address: network byte order; IPv4 in the first four bytes
 * @family: 4 or 6; 0 unknown
 */
typedef struct {
    uint8_t address[16];
    uint8_t family;
    uint8_t transport;
    uint16_t port;
} RollEndpoint;

/** RollPacket: bytes and the peer they came from or go to. Borrowed for the call. */
typedef struct {
    RollEndpoint peer;
    const uint8_t *data;
    size_t len;
} RollPacket;

/** ROLL_EXPIRES_NONE: no expiry was given. */
#define ROLL_EXPIRES_NONE ((int64_t)-1)
/** ROLL_Q_NONE: no q was given; counts as 1. */
#define ROLL_Q_NONE (-1)

/**
 * RollContact: one Contact header field value, asked for or listed.
 * @uri: unset for `*`
 * @display: with its quotes if it had any; absent without
 * @params: the header parameters as they came, from the first `;` on; absent without. On a listed
 *   contact without `expires` and `q`, which have fields of their own
 * @expires: seconds 0..2^32-1, or %ROLL_EXPIRES_NONE. A malformed value reads as 3600
 *   (RFC 3261 section 10.2.1.1)
 * @q: thousandths 0..1000, or %ROLL_Q_NONE
 * @star: the value is `*`
 * @reg_id: what @params says of reg-id (RFC 5626 section 4.2); 0 for none or for a value that is
 *   no number from 1 to 2^31-1
 * @instance: what @params says of +sip.instance, without quotes and angle brackets; absent without.
 *   A decoded client sets this and @reg_id and says the same in @params
 * @pub_gruu, @temp_gruu: on a listed contact, the GRUUs of its instance, without quotes (RFC 5627
 *   section 5.2); absent without. @params does not have them
 */
typedef struct {
    RollUri uri;
    RollText display;
    RollText params;
    int64_t expires;
    int q;
    bool star;
    uint32_t reg_id;
    RollText instance;
    RollText pub_gruu;
    RollText temp_gruu;
} RollContact;

/**
 * RollCredentials: an Authorization header field, or what a decoded client says in its place.
 * @decoded: never set by the reader. True: @serial stands for the nonce and @secret for the
 *   response, so no hash is computed; every decision is the one the hashed form leads to
 * @response, @nonce, @cnonce, @opaque, @uri: without quotes
 * @nc: 0 when absent
 * @qop: `auth` was given
 * @malformed: the header is no digest the core can check (400)
 */
typedef struct {
    bool decoded;
    bool malformed;
    bool qop;
    RollAlgorithm algorithm;
    uint32_t nc;
    RollText username;
    RollText realm;
    RollText nonce;
    RollText cnonce;
    RollText opaque;
    RollText uri;
    RollText response;
    uint64_t serial;
    RollText secret;
} RollCredentials;

/**
 * RollRequest: a request decoded. Everything is borrowed for the call.
 * @branch, @sent_by: of the topmost Via; a request without @branch is matched to no transaction
 * @via, @from_text, @to_text, @cseq_text: header values for the reply; used only to write bytes, so
 *   a decoded client may leave them out. @via: every Via value, each one ended by LF; the topmost
 *   one tells the source already (RFC 3581 section 4, RFC 3261 section 18.2.1)
 * @rport: the topmost Via carries an empty rport (RFC 3581)
 * @oc: the topmost Via offers overload control with the "loss" algorithm (RFC 7339)
 * @expires: the Expires header field, or %ROLL_EXPIRES_NONE
 * @require, @supported, @proxy_require: option tags joined by commas; absent without
 * @path: Path values in their order, joined by commas (RFC 3327); absent without. A decoded request
 *   that came through proxies has @via as well, for it tells whether we are the first hop
 * @source: whence it came
 * @body: it has a body that has to be understood (RFC 3261 section 8.2.3)
 * @event, @accept, @record_route: read of a SUBSCRIBE only: the header field values, those of a
 *   list joined by commas; absent without
 */
typedef struct {
    RollText method;
    RollUri uri;
    RollUri from;
    RollUri to;
    RollText from_tag;
    RollText to_tag;
    RollText call_id;
    uint32_t cseq;
    RollText branch;
    RollText sent_by;
    RollText via;
    RollText from_text;
    RollText to_text;
    RollText cseq_text;
    bool rport;
    bool body;
    bool oc;
    const RollContact *contacts;
    size_t n_contacts;
    int64_t expires;
    const RollCredentials *credentials;
    size_t n_credentials;
    RollText require;
    RollText supported;
    RollText proxy_require;
    RollText path;
    RollText user_agent;
    RollEndpoint source;
    RollText event;
    RollText accept;
    RollText record_route;
} RollRequest;

/**
 * RollChallenge: one WWW-Authenticate header field.
 * @serial: names the nonce between decoded partners; 0 when read from bytes
 * @nonce: the nonce as text; absent between decoded partners
 */
typedef struct {
    RollAlgorithm algorithm;
    bool stale;
    bool qop;
    RollText realm;
    RollText nonce;
    RollText opaque;
    uint64_t serial;
} RollChallenge;

/**
 * RollReply: a final reply decoded.
 * @status: SIP status code
 * @at: time of the decision; becomes Date on the wire
 * @contacts: in a 200 every current binding (RFC 3261 section 10.3 step 8), in a 302 where to go
 *   instead; borrowed
 * @challenges: in a 401, most wanted algorithm first (RFC 8760 section 2.3); borrowed
 * @min_expires: seconds in a 423, else 0
 * @retry_after: seconds, or 0 for none
 * @unsupported: option tags in a 420, joined by commas; absent without
 * @require: option tags: in a 421 what the request must support, in a 200 what was applied to it
 *   (RFC 5626 section 6); absent without
 * @path, @service_route: in a 200, values joined by commas (RFC 3327, RFC 3608); absent without
 * @flow_timer: seconds in a 200 with `Require: outbound` (RFC 5626 section 4.4), or 0
 * @events: registration events are served: a 405 says that SUBSCRIBE is allowed, too
 * @redirects: requests for users are redirected: so are OPTIONS and INVITE
 * @supported: option tags, in a 200 to OPTIONS; absent without
 * @oc: overload feedback is given with the "loss" algorithm (RFC 7339), as the client had offered:
 *   it is to hold back @oc_percent of its requests for @oc_validity milliseconds, unless it has had
 *   an @oc_seq as high as this before, in hundred-thousandths of a second; all 0 without
 * @cseq, @call_id, @branch: set by roll_message_read_reply() only, to match the reply
 */
typedef struct {
    int status;
    RollTime at;
    const RollContact *contacts;
    size_t n_contacts;
    const RollChallenge *challenges;
    size_t n_challenges;
    uint32_t min_expires;
    uint32_t retry_after;
    RollText unsupported;
    RollText require;
    RollText path;
    RollText service_route;
    uint32_t flow_timer;
    bool events;
    bool redirects;
    RollText supported;
    bool oc;
    uint32_t oc_percent;
    uint32_t oc_validity;
    int64_t oc_seq;
    uint32_t cseq;
    RollText call_id;
    RollText branch;
} RollReply;

/** RollMessage: the reader's memory, used again for every message. Opaque. */
typedef struct RollMessage RollMessage;

RollMessage *roll_message_new(void);
void roll_message_free(RollMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollMessage, roll_message_free)

/**
 * roll_message_read_request:
 * @self: memory that @out borrows from until the next read
 * @packet: whole message; @out borrows from it too
 * @out: (out): set as far as it could be read, also on failure, so that a refusal can be written
 *
 * Returns: 0; a SIP status (400, 505, ...) when a refusal is due and can be addressed; or -1 when
 * the bytes are no request at all (a reply, a keep-alive, noise) and nothing is to be sent.
 */
int roll_message_read_request(RollMessage *self, const RollPacket *packet, RollRequest *out);

/** roll_message_read_reply: the client's side. Returns: false, @out undefined, if it is no reply. */
bool roll_message_read_reply(RollMessage *self, const uint8_t *data, size_t len, RollReply *out);

/** roll_message_write_request: appends @request, a REGISTER, to @out as SIP text. */
void roll_message_write_request(const RollRequest *request, GByteArray *out);

/**
 * roll_message_write_reply: appends the answer to @request to @out as SIP text.
 * @to_tag: for To if the request had none there
 * @epoch: Unix time in seconds at RollTime 0, for Date
 */
void roll_message_write_reply(const RollRequest *request, const RollReply *reply, RollText to_tag,
                              int64_t epoch, GByteArray *out);

/** roll_status_reason: the reason phrase of a SIP status code; "Unknown" if it has none. */
const char *roll_status_reason(int status);
