/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The answer to a SUBSCRIBE to registration events, in the order of RFC 6665 section 4.2.1: event
 * package, what a SUBSCRIBE shares with a REGISTER, format, dialog, duration, room. */
#include "subscribe.h"

#include "events.h"
#include "header.h"

/* RFC 3680 section 4.4. */
enum { DEFAULT_EXPIRES = 3761 };

/* RFC 6665 section 4.2.1.1: no 423 from an hour on. */
enum { BRIEF_LIMIT = 3600 };

/* Bounds of what one subscriber, and those of one address-of-record, may make us keep. */
enum { DIALOG_MAX = 4096, WATCHERS_MAX = 32, LIMIT_RETRY_AFTER = 60 };

/* The Event header field; @id is absent without the parameter. Compared byte by byte, RFC 6665
 * section 8.2.1. */
static int
check_event(const RollRequest *request, RollText *id)
{
    const char *semicolon =
        memchr(request->event.ptr ? request->event.ptr : "", ';', request->event.len);
    size_t len = semicolon ? (size_t)(semicolon - request->event.ptr) : request->event.len;
    if (!roll_text_equal(roll_text_trim((RollText){request->event.ptr, len}), ROLL_TEXT("reg")))
        return 489;
    RollText rest = {request->event.ptr + len, request->event.len - len};
    RollParam param;
    int found;
    *id = (RollText){0};
    while ((found = roll_header_next_param(&rest, &param)) == 1)
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("id")))
            *id = param.value;
    return found == 0 ? 0 : 400;
}

/* A q of 0 (RFC 3261 section 20.1). */
static bool
is_refused(RollText params)
{
    RollParam param;
    while (roll_header_next_param(&params, &param) == 1) {
        if (!roll_text_equal_nocase(param.name, ROLL_TEXT("q")))
            continue;
        for (size_t i = 0; i < param.value.len; i++)
            if (param.value.ptr[i] != '0' && param.value.ptr[i] != '.')
                return false;
        return true;
    }
    return false;
}

/* RFC 3680 section 4.5: without Accept the format is that of the package. */
static int
check_accept(const RollRequest *request)
{
    static const char *const ranges[] = {"application/reginfo+xml", "application/*", "*/*"};
    if (!request->accept.ptr)
        return 0;
    RollText rest = request->accept, item;
    while (roll_header_next_item(&rest, &item)) {
        const char *semicolon = memchr(item.ptr, ';', item.len);
        size_t len = semicolon ? (size_t)(semicolon - item.ptr) : item.len;
        RollText type = roll_text_trim((RollText){item.ptr, len});
        for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
            if (roll_text_equal_nocase(type, roll_text(ranges[i])) &&
                !is_refused((RollText){item.ptr + len, item.len - len}))
                return 0;
    }
    return 406;
}

/* RFC 6665 section 4.2.1.1: the time may be shortened, never lengthened. */
static int
grant_expires(const RollRegistrar *registrar, const RollRequest *request, uint32_t *out,
              RollReply *reply)
{
    int64_t expires = request->expires == ROLL_EXPIRES_NONE ? DEFAULT_EXPIRES : request->expires;
    if (registrar->config.max_expires > 0)
        expires = MIN(expires, registrar->config.max_expires);
    if (expires > 0 && expires < BRIEF_LIMIT && expires < registrar->config.min_expires) {
        reply->min_expires = registrar->config.min_expires;
        return 423;
    }
    *out = (uint32_t)MIN(expires, UINT32_MAX);
    return 0;
}

/* RFC 3261 section 8.1.1.8: one Contact, to which the NOTIFYs are addressed. */
static int
check_contact(const RollRequest *request)
{
    const RollContact *contact = request->contacts;
    return request->n_contacts == 1 && !contact->star && roll_uri_is_sip(&contact->uri) ? 0 : 400;
}

static char *
copy(RollText text)
{
    return text.ptr ? g_strndup(text.ptr, text.len) : NULL;
}

/* What the request says of the subscriber's side, at first and whenever it is refreshed. */
static void
take_request(RollRegistrar *registrar, RollTime now, RollSubscription *s,
             const RollRequest *request, uint32_t expires)
{
    s->remote_cseq = request->cseq;
    s->source = request->source;
    s->direct = registrar->config.authenticate;
    if (request->n_contacts > 0) {
        g_free(s->target);
        s->target = copy(request->contacts->uri.text);
    }
    s->expires_at = now + expires * ROLL_SECOND;
    s->ended = expires == 0;
    s->due = s->full = true;
    s->changed_at = now;
}

static void
give_answer(RollRegistrar *registrar, RollTime now, RollSubscription *s, uint32_t expires,
            RollReply *reply)
{
    roll_events_arm(registrar->events, now, s);
    s->answer = (RollContact){.expires = expires, .q = ROLL_Q_NONE};
    s->answer.uri.text = roll_text(s->contact);
    reply->contacts = &s->answer;
    reply->n_contacts = 1;
}

/* The URI that requests of the dialog reach us at: as this one did, without its user. A sips
 * Request-URI asks for a sips Contact (RFC 3261 section 12.1.1). */
static char *
make_contact(const RollRequest *request)
{
    GString *uri = g_string_new(NULL);
    g_string_append_len(uri, request->uri.scheme.ptr, (gssize)request->uri.scheme.len);
    g_string_append_c(uri, ':');
    g_string_append_len(uri, request->uri.host.ptr, (gssize)request->uri.host.len);
    if (request->uri.port != ROLL_PORT_NONE)
        g_string_append_printf(uri, ":%d", (int)request->uri.port);
    if (request->source.transport == ROLL_TRANSPORT_TCP)
        g_string_append(uri, ";transport=tcp");
    else if (request->source.transport >= ROLL_TRANSPORT_WS)
        g_string_append(uri, ";transport=ws");
    return g_string_free(uri, FALSE);
}

/* RFC 3261 section 12.1.1: the dialog as the UAS sees it. */
static RollSubscription *
make_dialog(RollRegistrar *registrar, const RollRequest *request, RollText aor, RollText event_id)
{
    char tag[ROLL_TO_TAG_TEXT];
    RollSubscription *s = g_new0(RollSubscription, 1);
    RollText local = roll_registrar_to_tag(registrar, request, tag);
    s->aor = copy(aor);
    s->call_id = copy(request->call_id);
    s->local_tag = copy(local);
    s->remote_tag = copy(request->from_tag);
    s->peer = copy(request->from_text);
    s->party = g_strdup_printf("%.*s;tag=%s", (int)request->to_text.len, request->to_text.ptr,
                               s->local_tag);
    s->route = copy(request->record_route);
    s->contact = make_contact(request);
    s->event_id = copy(event_id);
    s->notified_at = INT64_MIN / 2;
    s->changes = g_ptr_array_new_with_free_func(g_free);
    return s;
}

static int
check_room(const RollRegistrar *registrar, const RollRequest *request, RollText aor,
           RollReply *reply)
{
    if (request->call_id.len + request->from_text.len + request->to_text.len +
            request->uri.text.len + request->record_route.len + request->contacts->uri.text.len >
        DIALOG_MAX)
        return 513;
    const RollEvents *self = registrar->events;
    uint64_t hash = roll_table_hash(registrar->table, aor);
    size_t limit = registrar->config.max_subscriptions;
    if (self ? roll_events_count(self) < limit &&
                   roll_events_count_watchers(self, aor, hash) < WATCHERS_MAX
             : limit > 0)
        return 0;
    reply->retry_after = LIMIT_RETRY_AFTER;
    return 503;
}

static int
subscribe(RollRegistrar *registrar, RollTime now, const RollRequest *request, RollText event_id,
          RollReply *reply)
{
    char canonical[ROLL_AOR_MAX];
    RollText aor = {canonical, roll_uri_write_aor(&request->uri, canonical)};
    uint32_t expires;
    int status = aor.len > 0 ? check_contact(request) : 404;
    if (!status)
        status = grant_expires(registrar, request, &expires, reply);
    if (!status)
        status = check_room(registrar, request, aor, reply);
    if (status)
        return status;
    if (!registrar->events)
        registrar->events = roll_events_new(registrar);
    RollSubscription *s = make_dialog(registrar, request, aor, event_id);
    take_request(registrar, now, s, request, expires);
    roll_events_add(registrar->events, s);
    give_answer(registrar, now, s, expires, reply);
    return 200;
}

/* RFC 6665 section 4.2.1.4, RFC 3261 section 12.2.2. */
static int
refresh(RollRegistrar *registrar, RollTime now, RollSubscription *s, const RollRequest *request,
        RollReply *reply)
{
    uint32_t expires;
    int status = request->n_contacts > 0 ? check_contact(request) : 0;
    if (!status && request->cseq <= s->remote_cseq)
        status = 500;
    if (!status && request->n_contacts > 0 && request->contacts->uri.text.len > DIALOG_MAX)
        status = 513;
    if (!status)
        status = grant_expires(registrar, request, &expires, reply);
    if (status)
        return status;
    take_request(registrar, now, s, request, expires);
    give_answer(registrar, now, s, expires, reply);
    return 200;
}

static int
decide(RollRegistrar *registrar, RollTime now, const RollTransactionId *id,
       const RollRequest *request, RollReply *reply)
{
    RollText event_id;
    int status = check_event(request, &event_id);
    if (status)
        return status;
    bool within = request->to_tag.ptr;
    RollSubscription *s = within ? roll_events_find_dialog(registrar->events, request) : NULL;
    /* Whose state is asked for; that is the To of a dialog, too. */
    RollUri owner = within ? request->to : request->uri;
    if (s)
        roll_uri_parse(roll_text(s->aor), &owner);
    status = roll_rules_admit(registrar, now, id, request, &owner, reply);
    if (!status)
        status = check_accept(request);
    if (status)
        return status;
    if (!within)
        return subscribe(registrar, now, request, event_id, reply);
    if (!s || s->ended || s->expires_at <= now ||
        !roll_text_equal(roll_text(s->event_id), event_id))
        return 481;
    return refresh(registrar, now, s, request, reply);
}

void
roll_subscribe_answer(RollRegistrar *registrar, RollTime now, const RollTransactionId *id,
                      const RollRequest *request, RollReply *reply)
{
    reply->status = decide(registrar, now, id, request, reply);
}
