/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Subscriptions to registration events. Each one has one due time, the earliest of its expiry, its
 * next document and the timers of the NOTIFY under way, and a wheel keeps them in order.
 *
 * A subscription has one NOTIFY under way at a time, so that documents arrive in the order of
 * their versions. What a SUBSCRIBE asks for is sent at once all the same (section 4.2.1.2); it has
 * the full state, so the NOTIFY before it is no longer needed and is given up. */
#include "events.h"

#include "index.h"
#include "notify.h"
#include "outbox.h"

/* RFC 3680 section 4.10. */
#define NOTIFY_INTERVAL (5 * ROLL_SECOND)

struct RollEvents {
    RollRegistrar *registrar;
    GPtrArray *slots;
    GArray *free_slots;
    size_t count;
    uint64_t number;
    RollIndex by_aor;
    RollIndex by_dialog;
    RollWheel *wheel;
};

/* When the next document is due. Changes wait for the NOTIFY under way, and shortly before the end
 * for the last one, so that the rate holds there, too. */
static RollTime
document_due(const RollSubscription *s)
{
    if (s->due)
        return s->changed_at;
    if (s->changes->len == 0 || s->packet)
        return ROLL_NEVER;
    RollTime due = MAX(s->changed_at, s->notified_at + NOTIFY_INTERVAL);
    return due > s->expires_at - NOTIFY_INTERVAL ? ROLL_NEVER : due;
}

static RollSubscription *
subscription_of(const RollWheelNode *node)
{
    return (RollSubscription *)((char *)node - offsetof(RollSubscription, node));
}

static RollTime
node_due(const RollWheelNode *node)
{
    const RollSubscription *s = subscription_of(node);
    RollTime due = document_due(s);
    if (!s->ended)
        due = MIN(due, s->expires_at);
    if (s->packet)
        due = MIN(due, MIN(s->resend_at, s->gives_up_at));
    return due;
}

static int
node_tie(const RollWheelNode *a, const RollWheelNode *b)
{
    uint64_t first = subscription_of(a)->number, second = subscription_of(b)->number;
    return (first > second) - (first < second);
}

RollEvents *
roll_events_new(RollRegistrar *registrar)
{
    RollEvents *self = g_new0(RollEvents, 1);
    self->registrar = registrar;
    self->slots = g_ptr_array_new();
    self->free_slots = g_array_new(FALSE, FALSE, sizeof(guint));
    roll_index_init(&self->by_aor);
    roll_index_init(&self->by_dialog);
    self->wheel = roll_wheel_new(node_due, node_tie);
    return self;
}

void
roll_events_free(RollEvents *self)
{
    if (!self)
        return;
    for (guint i = 0; i < self->slots->len; i++)
        roll_subscription_free(g_ptr_array_index(self->slots, i));
    g_ptr_array_unref(self->slots);
    g_array_unref(self->free_slots);
    roll_wheel_free(self->wheel);
    roll_index_free(&self->by_aor);
    roll_index_free(&self->by_dialog);
    g_free(self);
}

static RollSubscription *
slot_at(const RollEvents *self, uint32_t id)
{
    return g_ptr_array_index(self->slots, id);
}

static uint64_t
hash_dialog(const RollEvents *self, RollText call_id, RollText local_tag)
{
    RollHashKey key = self->registrar->tag_key;
    return roll_hash(key, roll_hash(key, 0, call_id), local_tag);
}

/* RFC 3261 section 12.2.2: Call-ID and both tags. */
RollSubscription *
roll_events_find_dialog(const RollEvents *self, const RollRequest *request)
{
    if (!self)
        return NULL;
    uint32_t tag = (uint32_t)hash_dialog(self, request->call_id, request->to_tag);
    size_t step = 0;
    for (uint32_t id; (id = roll_index_next(&self->by_dialog, tag, &step)) != ROLL_INDEX_NONE;) {
        RollSubscription *s = slot_at(self, id);
        if (roll_text_equal(roll_text(s->local_tag), request->to_tag) &&
            roll_text_equal(roll_text(s->call_id), request->call_id) &&
            roll_text_equal(roll_text(s->remote_tag), request->from_tag))
            return s;
    }
    return NULL;
}

/* The next subscription to @aor; @step is 0 at first. */
static RollSubscription *
next_watcher(const RollEvents *self, RollText aor, uint64_t hash, size_t *step)
{
    uint32_t id;
    while ((id = roll_index_next(&self->by_aor, (uint32_t)hash, step)) != ROLL_INDEX_NONE) {
        RollSubscription *s = slot_at(self, id);
        if (roll_text_equal(roll_text(s->aor), aor))
            return s;
    }
    return NULL;
}

size_t
roll_events_count_watchers(const RollEvents *self, RollText aor, uint64_t hash)
{
    size_t n = 0;
    for (size_t step = 0; next_watcher(self, aor, hash, &step);)
        n++;
    return n;
}

void
roll_events_add(RollEvents *self, RollSubscription *s)
{
    guint id = self->slots->len;
    if (self->free_slots->len > 0) {
        id = g_array_index(self->free_slots, guint, self->free_slots->len - 1);
        g_array_set_size(self->free_slots, self->free_slots->len - 1);
    } else {
        g_ptr_array_add(self->slots, NULL);
    }
    self->slots->pdata[id] = s;
    s->id = id;
    s->number = ++self->number;
    s->aor_hash = roll_table_hash(self->registrar->table, roll_text(s->aor));
    s->dialog_hash = hash_dialog(self, roll_text(s->call_id), roll_text(s->local_tag));
    roll_index_add(&self->by_aor, (uint32_t)s->aor_hash, id);
    roll_index_add(&self->by_dialog, (uint32_t)s->dialog_hash, id);
    self->count++;
}

void
roll_events_arm(RollEvents *self, RollTime now, RollSubscription *s)
{
    roll_wheel_arm(self->wheel, now, &s->node);
}

static void
remove_subscription(RollEvents *self, RollSubscription *s)
{
    roll_wheel_disarm(self->wheel, &s->node);
    roll_index_remove(&self->by_aor, (uint32_t)s->aor_hash, s->id);
    roll_index_remove(&self->by_dialog, (uint32_t)s->dialog_hash, s->id);
    self->slots->pdata[s->id] = NULL;
    g_array_append_val(self->free_slots, s->id);
    self->count--;
    roll_subscription_free(s);
}

static void
note_all(RollEvents *self, RollTime now, RollText aor, RollRegContact *contact,
         const RollBinding *binding)
{
    uint64_t hash = roll_table_hash(self->registrar->table, aor);
    contact->id = 0;
    RollSubscription *s;
    for (size_t step = 0; (s = next_watcher(self, aor, hash, &step));) {
        if (s->ended)
            continue;
        if (contact->id == 0)
            contact->id = roll_notify_contact_id(self->registrar->tag_key, hash, contact->uri);
        if (s->changes->len == 0 && !s->due)
            s->changed_at = now;
        roll_subscription_note(s, contact, binding);
        roll_wheel_arm(self->wheel, now, &s->node);
    }
}

/* RFC 3680 section 4.7.1. A binding shortened by a REGISTER of its own is a refreshed one:
 * shortened is what an administrator does, to make the client register again. */
static RollRegEvent
name_event(RollBindingEventKind kind, const RollBinding *binding)
{
    static const RollRegEvent events[] = {
        [ROLL_BINDING_CREATED] = ROLL_REG_REGISTERED,
        [ROLL_BINDING_REFRESHED] = ROLL_REG_REFRESHED,
        [ROLL_BINDING_SHORTENED] = ROLL_REG_REFRESHED,
        [ROLL_BINDING_EXPIRED] = ROLL_REG_EXPIRED,
        [ROLL_BINDING_UNREGISTERED] = ROLL_REG_UNREGISTERED,
        [ROLL_BINDING_DEACTIVATED] = ROLL_REG_DEACTIVATED,
    };
    if (kind <= ROLL_BINDING_REFRESHED && binding->expires_at == ROLL_NEVER)
        return ROLL_REG_CREATED;
    return events[kind];
}

static RollRegContact
describe(const RollBinding *binding, RollRegEvent event)
{
    bool is_static = binding->expires_at == ROLL_NEVER;
    return (RollRegContact){
        .event = event,
        .duration = ROLL_REG_UNKNOWN,
        .expires = ROLL_REG_UNKNOWN,
        .cseq = is_static ? ROLL_REG_UNKNOWN : binding->cseq,
        .q = binding->q,
        .call_id = roll_binding_call_id(binding),
        .uri = roll_binding_contact(binding),
        .params = roll_binding_params(binding),
    };
}

void
roll_events_note(RollEvents *self, RollTime now, RollBindingEventKind kind, RollRow *row,
                 const RollBinding *binding)
{
    if (self->count == 0)
        return;
    RollRegContact contact = describe(binding, name_event(kind, binding));
    note_all(self, now, roll_row_aor(row), &contact, binding);
}

void
roll_events_rename(RollEvents *self, RollTime now, RollRow *row, const RollBinding *binding,
                   RollText contact)
{
    RollText old = roll_binding_contact(binding);
    RollHashKey key = self->registrar->tag_key;
    if (self->count == 0 || roll_text_equal(old, contact) ||
        roll_notify_contact_id(key, 0, old) == roll_notify_contact_id(key, 0, contact))
        return;
    /* Another id: to a subscriber the old contact is gone, by its owner's REGISTER. */
    RollRegContact gone = describe(binding, ROLL_REG_UNREGISTERED);
    note_all(self, now, roll_row_aor(row), &gone, binding);
}

/* RFC 6665 section 4.2.2: failures that say that there is no such subscription. */
static bool
ends_subscription(int status)
{
    return status == 404 || status == 405 || status == 410 || status == 416 ||
           (status >= 480 && status <= 485) || status == 489 || status == 501 || status == 604;
}

/* The slot is in the branch, the rest of which a stranger cannot guess. */
static RollSubscription *
find_notify(const RollEvents *self, const RollReply *reply)
{
    guint64 id = 0;
    if (reply->branch.len <= 15)
        return NULL;
    g_autofree char *branch = g_strndup(reply->branch.ptr, reply->branch.len);
    g_autofree char *digits = g_strndup(branch + 7, 8);
    if (!g_ascii_string_to_unsigned(digits, 16, 0, UINT32_MAX, &id, NULL) || id >= self->slots->len)
        return NULL;
    RollSubscription *s = slot_at(self, (uint32_t)id);
    return s && s->packet && g_ascii_strcasecmp(s->branch, branch) == 0 && reply->cseq == s->cseq
               ? s
               : NULL;
}

void
roll_events_read_reply(RollEvents *self, RollTime now, const RollPacket *in)
{
    RollReply reply;
    if (!roll_message_read_reply(self->registrar->message, in->data, in->len, &reply))
        return;
    RollSubscription *s = find_notify(self, &reply);
    if (!s)
        return;
    /* RFC 3261 section 17.1.2.2: proceeding. */
    if (reply.status < 200) {
        s->resend_after = ROLL_T2;
        return;
    }
    g_byte_array_unref(g_steal_pointer(&s->packet));
    if ((s->ended && !s->due) || ends_subscription(reply.status)) {
        remove_subscription(self, s);
        return;
    }
    /* What a failed NOTIFY told was not heard. */
    s->full |= reply.status >= 300;
    roll_wheel_arm(self->wheel, now, &s->node);
}

RollTime
roll_events_next(const RollEvents *self)
{
    return roll_wheel_next(self->wheel);
}

size_t
roll_events_count(const RollEvents *self)
{
    return self->count;
}

static void
append_packet(const RollSubscription *s, RollOutbox *out)
{
    g_byte_array_append(roll_outbox_begin(out), s->packet->data, s->packet->len);
    roll_outbox_end(out, &s->destination);
}

/* RFC 3261 section 17.1.2.2: timers E and F start with the request; a stream resends nothing. */
static void
start_notify(RollEvents *self, RollTime now, RollSubscription *s, RollOutbox *out)
{
    roll_subscription_compose(s, now, self->registrar);
    bool resends = s->destination.transport == ROLL_TRANSPORT_UDP;
    s->resend_after = ROLL_T1;
    s->resend_at = resends ? now + ROLL_T1 : ROLL_NEVER;
    s->gives_up_at = now + ROLL_TIMER_F;
    append_packet(s, out);
}

static void
serve(RollEvents *self, RollTime now, RollSubscription *s, RollOutbox *out)
{
    if (!s->ended && s->expires_at <= now) {
        s->ended = s->due = s->full = true;
        s->changed_at = now;
    }
    if (document_due(s) <= now) {
        start_notify(self, now, s, out);
    } else if (s->packet && s->gives_up_at <= now) {
        /* RFC 6665 section 4.2.2: nobody is there any more. */
        remove_subscription(self, s);
        return;
    } else if (s->packet && s->resend_at <= now) {
        s->resend_after = MIN(2 * s->resend_after, ROLL_T2);
        s->resend_at = now + s->resend_after;
        append_packet(s, out);
    }
    roll_wheel_arm(self->wheel, now, &s->node);
}

void
roll_events_send(RollEvents *self, RollTime now, RollOutbox *out)
{
    RollWheelNode *node;
    if (roll_wheel_next(self->wheel) > now)
        return;
    while ((node = roll_wheel_pop(self->wheel, now)))
        serve(self, now, subscription_of(node), out);
}
