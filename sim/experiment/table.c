/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registrar of a run and its table: made from the scenario, woken when something expires, and
 * watched: each change of a record is traced and measured. */
#include "sim/experiment/config.h"
#include "sim/experiment/parts.h"
#include "sim/link/render.h"
#include <rollcall/record.h>

void
sim_run_arm_registrar(SimRun *self)
{
    RollTime wake = roll_registrar_next_wake(self->registrar);
    if (self->log != NULL)
        sim_log_wake(self->log, self->now, wake);
    if (wake >= self->registrar_armed)
        return;
    self->registrar_armed = MAX(wake, self->now);
    sim_queue_push(self->queue,
                   (SimEvent){self->registrar_armed, sim_order(SIM_CLASS_REGISTRAR, 0, 0), 0, 0});
}

/* The phone whose record this is: by the address-of-record, or where several register one, by the
 * contact. */
static uint32_t
phone_of(SimRun *self, const RollBindingEvent *event)
{
    if (*event->mark == 0)
        *event->mark = (uint64_t)(sim_identity_find(self->identity, event->aor) + 1);
    uint32_t owner = (uint32_t)(*event->mark - 1);
    return *event->mark != 0 ? sim_run_phone_of(self, owner, event->contact) : 0;
}

/* A record with a reg-id is refreshed with another contact when its phone has moved (RFC 5626
 * section 6); there is but one of a phone. */
static void
follow_refresh(SimRun *self, uint32_t id, uint32_t address)
{
    uint32_t was;
    if (!sim_identity_group(self->identity, id)->outbound ||
        sim_measure_records(self->measure, id, &was, 1) != 1 || was == address)
        return;
    sim_qualify_event(self, id, was, ROLL_BINDING_UNREGISTERED);
    sim_qualify_event(self, id, address, ROLL_BINDING_CREATED);
    sim_measure_unbound(self->measure, self->now, id, was, false);
    sim_measure_bound(self->measure, self->now, id, address);
}

/* A replica knows when a record expires and needs not be told. */
static void
replicate(SimRun *self, const RollBindingEvent *event, uint32_t id, uint32_t address)
{
    const SimRequest *asking = self->asking;
    SimCopy copy = {id,
                    address,
                    asking != NULL ? asking->call_id : 0,
                    asking != NULL ? asking->cseq : 0,
                    event->registered_at,
                    event->expires_at};
    if (event->kind != ROLL_BINDING_EXPIRED)
        sim_run_replicate(self, &copy, event->kind > ROLL_BINDING_EXPIRED);
}

static void
on_binding_event(void *data, const RollBindingEvent *event)
{
    static const SimTraceKind kinds[] = {
        [ROLL_BINDING_CREATED] = SIM_TRACE_CREATED,
        [ROLL_BINDING_REFRESHED] = SIM_TRACE_REFRESHED,
        [ROLL_BINDING_SHORTENED] = SIM_TRACE_SHORTENED,
        [ROLL_BINDING_EXPIRED] = SIM_TRACE_EXPIRED,
        [ROLL_BINDING_UNREGISTERED] = SIM_TRACE_UNREGISTERED,
        [ROLL_BINDING_DEACTIVATED] = SIM_TRACE_DEACTIVATED,
    };
    SimRun *self = data;
    uint32_t id = phone_of(self, event);
    g_return_if_fail(*event->mark != 0);
    uint32_t address = sim_identity_parse_address(self->scenario, event->contact);
    RollTime left = event->expires_at == ROLL_NEVER ? 0 : event->expires_at - self->now;
    self->world->phones[id].place = event->place + 1;
    if (self->log != NULL)
        sim_log_expiry(self->log, self->now, event->expires_at, id, self->world->phones[id].group);
    sim_run_trace(self, kinds[event->kind], id, address, 0, (uint32_t)(left / ROLL_SECOND));
    if (event->expires_at != ROLL_NEVER)
        sim_qualify_event(self, id, address, event->kind);
    if (event->kind < ROLL_BINDING_EXPIRED)
        sim_push_record(self, id, address, event->registered_at, event->expires_at);
    else
        sim_push_gone(self, id, address);
    if (event->kind <= ROLL_BINDING_REFRESHED && self->known != NULL)
        self->known[id] = self->now;
    if (self->replica != NULL)
        replicate(self, event, id, address);
    else if (event->kind == ROLL_BINDING_CREATED)
        sim_measure_bound(self->measure, self->now, id, address);
    else if (event->kind >= ROLL_BINDING_EXPIRED)
        sim_measure_unbound(self->measure, self->now, id, address,
                            event->kind == ROLL_BINDING_EXPIRED);
    else
        follow_refresh(self, id, address);
    sim_reach_records(self, id);
}

/* Beside its own timers: what a replica gets to know, what a registrar asks, and whom it wakes. */
static void
handle_other(SimRun *self, const SimEvent *event)
{
    unsigned what = event->what & 0xff;
    if (what == SIM_EVENT_COPY || what == SIM_EVENT_DROP)
        sim_run_handle_replica(self, event);
    else if (what >= SIM_EVENT_PUSH_DUE && what <= SIM_EVENT_PUSH_ARRIVED)
        sim_push_handle(self, event);
    else
        sim_qualify_handle(self, event);
}

void
sim_run_handle_registrar(SimRun *self, const SimEvent *event)
{
    if (event->what != 0) {
        handle_other(self, event);
        return;
    }
    if (self->registrar_armed != event->due || self->down)
        return;
    self->registrar_armed = ROLL_NEVER;
    roll_outbox_clear(self->outbox);
    roll_registrar_wake(self->registrar, self->now, self->outbox);
    sim_run_arm_registrar(self);
}

static RollConfig
registrar_config(const SimScenario *scenario, const SimIdentity *identity, uint32_t start)
{
    RollConfig config = sim_registrar_config(&scenario->registrar);
    SimRandom random = sim_random_new(scenario->seed, scenario->replication);
    config.domains = sim_identity_domains(identity);
    /* Bounds protect a server from the world; here the world is the experiment. */
    config.nonce_limit = MAX(65536, 4 * (size_t)scenario->n_phones);
    config.max_aors = 2 * (size_t)scenario->n_phones + 1024;
    config.max_transactions = 16 * (size_t)scenario->n_phones + 65536;
    for (size_t i = 0; i < sizeof config.key; i++)
        config.key[i] =
            (uint8_t)(256 * sim_random_uniform(&random, 0, SIM_PURPOSE_KEY, start, (uint32_t)i));
    config.lookup = sim_identity_lookup;
    config.lookup_data = (void *)identity;
    return config;
}

static void
add_static_record(const SimRun *self, RollRegistrar *registrar, uint32_t id)
{
    char aor[SIM_NAME_MAX];
    char contact[SIM_NAME_MAX];
    RollUri a = {0};
    RollUri c = {0};
    sim_identity_aor(self->identity, id, aor, &a);
    sim_identity_contact(self->identity, id, &a, self->world->devices[id].address, contact, &c);
    roll_registrar_add_static(registrar, self->now, a.text, c.text);
}

void
sim_run_add_static_records(const SimRun *self, RollRegistrar *registrar)
{
    for (size_t g = 0; g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self->world, g);
        if (self->scenario->groups[g].registers)
            continue;
        for (uint32_t id = own.from; id < own.to; id++)
            add_static_record(self, registrar, id);
    }
}

size_t
sim_run_lookup(SimRun *self, uint32_t id, const RollLocation **out)
{
    char room[SIM_NAME_MAX];
    char aor[ROLL_AOR_MAX];
    RollUri uri = {0};
    if (self->replica != NULL)
        return sim_run_lookup_replica(self, id, out);
    if (self->down)
        return 0;
    sim_identity_aor(self->identity, id, room, &uri);
    size_t len = roll_uri_write_aor(&uri, aor);
    return roll_registrar_lookup(self->registrar, self->now, (RollText){aor, len}, out);
}

typedef struct {
    const SimRun *run;
    GArray *out;
} Listing;

static void
list_record(void *data, const RollRecord *record)
{
    Listing *self = data;
    uint32_t owner = (uint32_t)sim_identity_find(self->run->identity, record->aor);
    SimCopy copy = {
        .phone = sim_run_phone_of(self->run, owner, record->contact),
        .address = sim_identity_parse_address(self->run->scenario, record->contact),
        .call_id = sim_render_parse_call_id(record->call_id),
        .cseq = record->cseq,
        .registered_at = record->registered_at,
        .expires_at = record->expires_at,
    };
    g_array_append_val(self->out, copy);
}

static gint
compare_copies(gconstpointer a, gconstpointer b)
{
    const SimCopy *x = a;
    const SimCopy *y = b;
    if (x->phone != y->phone)
        return x->phone < y->phone ? -1 : 1;
    if (x->registered_at != y->registered_at)
        return x->registered_at < y->registered_at ? -1 : 1;
    return x->address < y->address ? -1 : x->address > y->address;
}

GArray *
sim_run_list_table(const SimRun *self)
{
    Listing listing = {self, g_array_new(FALSE, FALSE, sizeof(SimCopy))};
    roll_registrar_each(self->registrar, self->now, list_record, &listing);
    g_array_sort(listing.out, compare_copies);
    return listing.out;
}

void
sim_run_load(const SimRun *self, RollRegistrar *registrar, const SimCopy *copy)
{
    char aor[SIM_NAME_MAX];
    char contact[SIM_NAME_MAX];
    char instance[SIM_NAME_MAX];
    char call_id[64];
    RollUri a = {0};
    RollUri c = {0};
    const SimGroup *group = sim_identity_group(self->identity, copy->phone);
    RollRecord record = {
        .call_id = sim_render_call_id(copy->phone, copy->call_id, call_id),
        .cseq = copy->cseq,
        .q = group->q,
        .reg_id = group->outbound ? 1 : 0,
        .registered_at = copy->registered_at,
        .expires_at = copy->expires_at,
    };
    sim_identity_aor(self->identity, copy->phone, aor, &a);
    sim_identity_contact(self->identity, copy->phone, &a, copy->address, contact, &c);
    record.aor = a.text;
    record.contact = c.text;
    record.params = sim_identity_instance(self->identity, copy->phone, instance, &record.instance);
    roll_registrar_load(registrar, self->now, &record);
}

RollRegistrar *
sim_run_new_registrar(SimRun *self)
{
    RollConfig config = registrar_config(self->scenario, self->identity, self->starts++);
    if (self->options->live != NULL)
        sim_live_configure(&config);
    return roll_registrar_new(&config);
}

void
sim_run_use_registrar(SimRun *self, RollRegistrar *registrar)
{
    roll_registrar_free(self->registrar);
    self->registrar = registrar;
    roll_registrar_set_observer(self->registrar, on_binding_event, self);
    self->registrar_armed = ROLL_NEVER;
    if (self->link != NULL)
        self->link->restart(self->link, registrar);
    sim_run_arm_registrar(self);
}

void
sim_run_open_table(SimRun *self)
{
    self->outbox = roll_outbox_new();
    self->qualify = sim_qualify_new(self->scenario);
    self->push = sim_push_new(self->scenario);
    sim_run_use_registrar(self, sim_run_new_registrar(self));
}

void
sim_run_close_table(SimRun *self)
{
    sim_qualify_free(self->qualify);
    sim_push_free(self->push);
    roll_outbox_free(self->outbox);
    roll_registrar_free(self->registrar);
}
