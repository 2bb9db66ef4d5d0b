/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Composes NOTIFY requests. A document has the changes since the last one, or with full state
 * every live binding and what ended since; a contact that ended must be told once, or a
 * subscriber would keep it for ever (RFC 3680 section 5.2).
 *
 * Where it goes: RFC 3261 section 8.1.2 asks for the first route or the remote target. The core
 * resolves no names, so only an IP address there is gone to, over UDP and only if the subscriber
 * is a user who was authenticated; else a stranger could aim our NOTIFYs at anyone. Everything
 * else goes back to where the SUBSCRIBE came from, over a stream always. */
#include "notify.h"

#include "address.h"
#include "header.h"
#include "push.h"

/* Distinct contacts remembered between two documents; beyond, the next one has the full state. */
enum { CHANGES_MAX = 32 };

/* What a datagram holds; a document that does not fit is left out. */
enum { BODY_MAX = 57344, SIP_PORT = 5060 };

void
roll_subscription_free(RollSubscription *self)
{
    if (!self)
        return;
    char *texts[] = {self->aor,  self->call_id, self->local_tag, self->remote_tag, self->party,
                     self->peer, self->target,  self->route,     self->contact,    self->event_id};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_ptr_array_unref(self->changes);
    if (self->packet)
        g_byte_array_unref(self->packet);
    g_free(self);
}

static RollChange *
find_change(const RollSubscription *self, uint64_t id)
{
    for (guint i = 0; i < self->changes->len; i++) {
        RollChange *change = g_ptr_array_index(self->changes, i);
        if (change->contact.id == id)
            return change;
    }
    return NULL;
}

static RollText
keep(char **at, RollText text)
{
    RollText kept = {text.ptr ? *at : NULL, text.len};
    if (text.len > 0)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return kept;
}

void
roll_subscription_note(RollSubscription *self, const RollRegContact *contact,
                       const RollBinding *binding)
{
    RollChange *old = find_change(self, contact->id);
    if (old)
        g_ptr_array_remove(self->changes, old);
    else if (self->changes->len >= CHANGES_MAX)
        self->full = true;
    /* With full state to come, only what ended would be missing there. */
    if (self->changes->len >= CHANGES_MAX)
        return;
    RollChange *change =
        g_malloc(sizeof *change + contact->uri.len + contact->params.len + contact->call_id.len);
    char *at = change->texts;
    change->contact = *contact;
    change->contact.uri = keep(&at, contact->uri);
    change->contact.params = keep(&at, contact->params);
    change->contact.call_id = keep(&at, contact->call_id);
    change->registered_at = binding->registered_at;
    change->expires_at = binding->expires_at;
    g_ptr_array_add(self->changes, change);
}

/* One parameter after the other, in lower case, in a sum that forgets their order. */
static uint64_t
hash_params(RollHashKey key, RollText params)
{
    uint64_t sum = 0;
    g_autofree char *lower = g_ascii_strdown(params.ptr ? params.ptr : "", (gssize)params.len);
    for (const char *at = lower, *end = lower + params.len; at < end;) {
        const char *stop = memchr(at + 1, ';', (size_t)(end - at - 1));
        stop = stop ? stop : end;
        sum += roll_hash(key, 1, (RollText){at, (size_t)(stop - at)});
        at = stop;
    }
    return sum;
}

uint64_t
roll_notify_contact_id(RollHashKey key, uint64_t aor_hash, RollText contact)
{
    RollUri uri;
    char canonical[ROLL_AOR_MAX];
    size_t len = roll_uri_parse(contact, &uri) ? roll_uri_write_aor(&uri, canonical) : 0;
    if (len == 0)
        return roll_hash(key, aor_hash, contact);
    /* RFC 3680 section 5.1: parameters that RFC 3261 does not know count as well. */
    uint64_t hash = roll_hash(key, aor_hash, (RollText){canonical, len});
    hash = roll_hash(key, hash + (uint64_t)(uri.port + 1), uri.password);
    hash = roll_hash(key, hash, uri.headers);
    return roll_hash(key, hash + hash_params(key, uri.params), (RollText){0});
}

static void
put(GByteArray *out, RollText text)
{
    if (text.len > 0)
        g_byte_array_append(out, (const guint8 *)text.ptr, (guint)text.len);
}

G_GNUC_PRINTF(2, 3)
static void
put_format(GByteArray *out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    put(out, roll_text(text));
}

static int64_t
seconds_left(RollTime now, RollTime expires_at)
{
    if (expires_at == ROLL_NEVER)
        return ROLL_REG_UNKNOWN;
    return MAX((expires_at - now + ROLL_SECOND - 1) / ROLL_SECOND, 0);
}

/* A watcher may be another user: RFC 8599 section 13. */
static void
put_contact(GByteArray *out, RollRegContact *contact)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    if (roll_push_strip(contact->uri, shown))
        contact->uri = (RollText){shown->str, shown->len};
    roll_reginfo_contact(out, contact);
}

static void
put_change(GByteArray *out, RollTime now, const RollChange *change)
{
    RollRegContact contact = change->contact;
    contact.expires = seconds_left(now, change->expires_at);
    /* registered_at is that of the last refresh: since when it is bound is known at first only. */
    if (contact.event == ROLL_REG_REGISTERED || contact.event == ROLL_REG_CREATED)
        contact.duration = MAX(now - change->registered_at, 0) / ROLL_SECOND;
    put_contact(out, &contact);
}

/* A binding that has not changed since the last document came with one of these two. */
static void
put_binding(GByteArray *out, RollTime now, uint64_t id, const RollBinding *binding)
{
    bool created = binding->expires_at == ROLL_NEVER;
    RollRegContact contact = {
        .id = id,
        .event = created ? ROLL_REG_CREATED : ROLL_REG_REGISTERED,
        .duration = ROLL_REG_UNKNOWN,
        .expires = seconds_left(now, binding->expires_at),
        .cseq = created ? ROLL_REG_UNKNOWN : binding->cseq,
        .q = binding->q,
        .call_id = roll_binding_call_id(binding),
        .uri = roll_binding_contact(binding),
        .params = roll_binding_params(binding),
    };
    put_contact(out, &contact);
}

static RollRow *
find_row(const RollSubscription *self, RollRegistrar *registrar)
{
    RollText aor = roll_text(self->aor);
    return roll_table_find(registrar->table, aor, self->aor_hash);
}

static RollRegState
find_state(const RollSubscription *self, RollRow *row, RollTime horizon)
{
    for (size_t i = 0; row && i < roll_row_count(row); i++)
        if (roll_row_binding(row, i)->expires_at > horizon)
            return ROLL_REG_ACTIVE;
    /* RFC 3680 section 4.7.1: the way from terminated back to init is never told. */
    return self->changes->len > 0 ? ROLL_REG_TERMINATED : ROLL_REG_INIT;
}

static void
put_document(const RollSubscription *self, RollTime now, RollRegistrar *registrar, GByteArray *out)
{
    RollRow *row = find_row(self, registrar);
    RollTime horizon = roll_registrar_horizon(registrar, now);
    RollRegHead head = {
        .version = self->version,
        .full = self->full,
        .aor = roll_text(self->aor),
        .id = roll_hash(registrar->tag_key, 0, roll_text(self->aor)),
        .state = find_state(self, row, horizon),
    };
    roll_reginfo_begin(out, &head);
    for (size_t i = 0; self->full && row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        uint64_t id = roll_notify_contact_id(registrar->tag_key, self->aor_hash,
                                             roll_binding_contact(binding));
        /* What has expired is told when it is deleted. */
        if (binding->expires_at > horizon && !find_change(self, id))
            put_binding(out, now, id, binding);
    }
    for (guint i = 0; i < self->changes->len; i++)
        put_change(out, now, g_ptr_array_index(self->changes, i));
    roll_reginfo_end(out);
}

static bool
is_loose(RollText route)
{
    RollAddress address;
    RollUri uri;
    if (!roll_header_cut_address(route, &address) || !roll_uri_parse(address.uri, &uri))
        return true;
    RollParam param;
    while (roll_header_next_param(&uri.params, &param) == 1)
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("lr")))
            return true;
    return false;
}

/* RFC 3261 section 12.2.1.1: a strict router wants to find itself in the Request-URI. */
static void
put_request_line(const RollSubscription *self, GByteArray *out)
{
    RollText rest = roll_text(self->route), first;
    RollAddress address;
    bool routed = self->route && roll_header_next_item(&rest, &first);
    if (!routed || is_loose(first) || !roll_header_cut_address(first, &address)) {
        put_format(out, "NOTIFY %s SIP/2.0\r\n", self->target);
        if (routed)
            put_format(out, "Route: %s\r\n", self->route);
        return;
    }
    put_format(out, "NOTIFY %.*s SIP/2.0\r\nRoute: ", (int)address.uri.len, address.uri.ptr);
    put(out, rest);
    put_format(out, "%s<%s>\r\n", rest.len > 0 ? "," : "", self->target);
}

static void
put_via(const RollSubscription *self, const RollUri *contact, GByteArray *out)
{
    static const char *const transports[] = {
        [ROLL_TRANSPORT_UDP] = "UDP", [ROLL_TRANSPORT_TCP] = "TCP", [ROLL_TRANSPORT_TLS] = "TLS",
        [ROLL_TRANSPORT_WS] = "WS",   [ROLL_TRANSPORT_WSS] = "WSS",
    };
    put_format(out, "Via: SIP/2.0/%s %.*s",
               transports[MIN(self->destination.transport, ROLL_TRANSPORT_WSS)],
               (int)contact->host.len, contact->host.ptr);
    if (contact->port != ROLL_PORT_NONE)
        put_format(out, ":%d", (int)contact->port);
    put_format(out, ";branch=%s;rport\r\n", self->branch);
}

static void
put_state(const RollSubscription *self, RollTime now, GByteArray *out)
{
    if (self->ended)
        put_format(out, "Subscription-State: terminated;reason=timeout\r\n");
    else
        put_format(out, "Subscription-State: active;expires=%" G_GINT64_FORMAT "\r\n",
                   seconds_left(now, self->expires_at));
}

static bool
names_udp(RollText params)
{
    RollParam param;
    while (roll_header_next_param(&params, &param) == 1) {
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("maddr")))
            return false;
        if (roll_text_equal_nocase(param.name, ROLL_TEXT("transport")) &&
            !roll_text_equal_nocase(param.value, ROLL_TEXT("udp")))
            return false;
    }
    return true;
}

static RollEndpoint
find_destination(const RollSubscription *self)
{
    RollText rest = roll_text(self->route), first;
    RollAddress address = {.uri = roll_text(self->target)};
    RollEndpoint found = {.transport = ROLL_TRANSPORT_UDP};
    RollUri uri;
    if (!self->direct || self->source.transport != ROLL_TRANSPORT_UDP ||
        (self->route && roll_header_next_item(&rest, &first) &&
         !roll_header_cut_address(first, &address)) ||
        !roll_uri_parse(address.uri, &uri) ||
        !roll_text_equal_nocase(uri.scheme, ROLL_TEXT("sip")) || !names_udp(uri.params))
        return self->source;
    found.family = (uint8_t)roll_address_read(uri.host, found.address);
    found.port = uri.port > 0 ? (uint16_t)uri.port : SIP_PORT;
    return found.family ? found : self->source;
}

static void
name_branch(RollSubscription *self, RollHashKey key)
{
    uint64_t hash = roll_hash(key, self->number, roll_text(self->local_tag));
    hash = roll_hash(key, hash + self->cseq, roll_text(self->call_id));
    g_snprintf(self->branch, sizeof self->branch, "z9hG4bK%08x%016" G_GINT64_MODIFIER "x", self->id,
               hash);
}

void
roll_subscription_compose(RollSubscription *self, RollTime now, RollRegistrar *registrar)
{
    RollUri contact = {0};
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *out = self->packet ? self->packet : g_byte_array_new();
    self->packet = out;
    g_byte_array_set_size(out, 0);
    self->cseq++;
    self->destination = find_destination(self);
    name_branch(self, registrar->tag_key);
    put_document(self, now, registrar, body);
    if (body->len > BODY_MAX)
        g_byte_array_set_size(body, 0);
    else
        self->version++;
    roll_uri_parse(roll_text(self->contact), &contact);
    put_request_line(self, out);
    put_via(self, &contact, out);
    put_format(out, "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u NOTIFY\r\n",
               self->party, self->peer, self->call_id, self->cseq);
    put_format(out, "Contact: <%s>\r\nEvent: reg%s%s\r\n", self->contact,
               self->event_id ? ";id=" : "", self->event_id ? self->event_id : "");
    put_state(self, now, out);
    if (body->len > 0)
        put_format(out, "Content-Type: application/reginfo+xml\r\n");
    put_format(out, "Content-Length: %u\r\n\r\n", body->len);
    put(out, (RollText){(const char *)body->data, body->len});
    g_ptr_array_set_size(self->changes, 0);
    self->due = self->full = false;
    self->notified_at = now;
}
