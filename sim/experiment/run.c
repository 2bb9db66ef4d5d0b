/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run loop: takes the next event, gives it to whom it concerns, carries what comes of it. The
 * only file that knows all the parts. */
#include "sim/experiment/run.h"
#include "sim/experiment/config.h"
#include "sim/experiment/outcome.h"
#include "sim/measure/measure.h"

#include <time.h>

#define NO_FLIGHT UINT32_MAX

/* Where the registrar of a run is, in captures: an address of TEST-NET-3 (RFC 5737). */
#define REGISTRAR_ADDRESS 0xcb007101u
#define REGISTRAR_PORT 5060

enum { EVENT_ARRIVE = 64, EVENT_DELIVER, EVENT_BEGIN };

typedef struct {
    const SimScenario *scenario;
    const SimRunOptions *options;
    RollTime now;
    SimQueue *queue;
    SimWorld *world;
    SimIdentity *identity;
    RollRegistrar *registrar;
    RollOutbox *outbox;
    SimLink *link;
    SimMeasure *measure;
    GArray *flights;      /* SimFlight; free ones keep their memory */
    uint32_t free_flight; /* the first of a list */
    RollTime registrar_armed;
    uint64_t fingerprint;
    uint64_t events;
    uint64_t registrations;
    uint32_t calls;
    bool begun;
} Run;

static void
trace(Run *self, SimTraceKind kind, uint32_t phone, uint32_t address, uint32_t code,
      uint32_t number)
{
    SimTrace record = {self->now, kind, phone, address, code, number};
    self->fingerprint = sim_fingerprint(self->fingerprint, &record);
    if (self->options->trace == NULL)
        return;
    char room[SIM_NAME_MAX];
    RollUri aor = {0};
    sim_identity_aor(self->identity, phone, room, &aor);
    g_autofree char *name = g_strndup(aor.user.ptr, aor.user.len);
    self->options->trace(self->options->trace_data, &record, name);
}

static SimFlight *
flight_at(const Run *self, uint32_t i)
{
    return &g_array_index(self->flights, SimFlight, i);
}

static uint32_t
take_flight(Run *self)
{
    uint32_t i = self->free_flight;
    if (i == NO_FLIGHT) {
        i = self->flights->len;
        g_array_set_size(self->flights, i + 1);
    } else {
        self->free_flight = flight_at(self, i)->next_free;
    }
    return i;
}

static void
free_flight(Run *self, uint32_t i)
{
    flight_at(self, i)->next_free = self->free_flight;
    self->free_flight = i;
}

/* A packet is named by its transaction, its copy and its direction. */
static uint32_t
packet_ordinal(const SimRequest *request)
{
    return request->branch << 6 | (request->copy & 63);
}

static bool
is_lost(Run *self, const SimRequest *request, SimPurpose purpose)
{
    double loss = sim_world_network(self->world, request->phone)->loss;
    return loss > 0 && sim_random_uniform(&self->world->random, request->phone, purpose,
                                          packet_ordinal(request), 0) < loss;
}

/* Nothing is lost and every answer comes before Timer E: a request is sent once. */
static bool
is_alone(const Run *self, uint32_t id)
{
    const SimNetworkSpec *network = sim_world_network(self->world, id);
    return network->loss <= 0 && network->delay.kind == SIM_LAW_FIXED &&
           2 * network->delay.a * (double)ROLL_SECOND < (double)ROLL_T1;
}

static RollTime
delay_of(Run *self, const SimRequest *request, SimPurpose purpose)
{
    const SimLaw *law = &sim_world_network(self->world, request->phone)->delay;
    double u = law->kind == SIM_LAW_FIXED ? 0.5
                                          : sim_random_uniform(&self->world->random, request->phone,
                                                               purpose, packet_ordinal(request), 0);
    return sim_law_draw(law, u);
}

static void
push_flight(Run *self, uint32_t flight, unsigned what, SimPurpose purpose)
{
    const SimRequest *request = &flight_at(self, flight)->request;
    uint32_t ordinal = packet_ordinal(request) << 1 | (what == EVENT_DELIVER);
    uint64_t order = sim_order(SIM_CLASS_DELIVERY, request->phone, ordinal);
    RollTime due = self->now + delay_of(self, request, purpose);
    sim_queue_push(self->queue, (SimEvent){due, order, what, flight});
}

static void
arm_phone(Run *self, uint32_t id)
{
    SimPhone *phone = &self->world->phones[id];
    if (phone->wake >= phone->armed)
        return;
    phone->armed = MAX(phone->wake, self->now);
    sim_queue_push(self->queue, (SimEvent){phone->armed, sim_order(SIM_CLASS_PHONE, id, 0), 0, 0});
}

static void
arm_registrar(Run *self)
{
    RollTime wake = roll_registrar_next_wake(self->registrar);
    if (wake >= self->registrar_armed)
        return;
    self->registrar_armed = MAX(wake, self->now);
    sim_queue_push(self->queue,
                   (SimEvent){self->registrar_armed, sim_order(SIM_CLASS_REGISTRAR, 0, 0), 0, 0});
}

static void
count_sent(Run *self, const SimRequest *request)
{
    static const SimTally tallies[] = {
        [SIM_SEND_INITIAL] = SIM_TALLY_INITIAL, [SIM_SEND_REFRESH] = SIM_TALLY_REFRESH,
        [SIM_SEND_MOVE] = SIM_TALLY_MOVE,       [SIM_SEND_UNREGISTER] = SIM_TALLY_UNREGISTER,
        [SIM_SEND_RETRY] = SIM_TALLY_RETRY,     [SIM_SEND_CHALLENGED] = SIM_TALLY_CHALLENGED,
    };
    sim_measure_count(self->measure, request->phone,
                      request->copy > 0 ? SIM_TALLY_RETRANSMISSION : tallies[request->kind]);
}

static void
send(Run *self, const SimRequest *request)
{
    count_sent(self, request);
    trace(self, SIM_TRACE_SENT, request->phone, request->contact, request->kind, request->copy);
    if (request->source == 0 || is_lost(self, request, SIM_PURPOSE_LOSS_UP)) {
        trace(self, SIM_TRACE_LOST_REQUEST, request->phone, request->source, request->kind, 0);
        return;
    }
    uint32_t i = take_flight(self);
    flight_at(self, i)->request = *request;
    flight_at(self, i)->alone = is_alone(self, request->phone);
    self->link->send(self->link, flight_at(self, i));
    push_flight(self, i, EVENT_ARRIVE, SIM_PURPOSE_DELAY_UP);
}

static void
end_attempt(Run *self, uint32_t id, SimPhoneEnd end)
{
    const SimPhone *phone = &self->world->phones[id];
    bool granted = end == SIM_END_GRANTED;
    if (end == SIM_END_FAILED)
        trace(self, SIM_TRACE_GAVE_UP, id, phone->contact, phone->kind, phone->failures);
    if (phone->kind == SIM_SEND_UNREGISTER || !self->begun)
        return;
    self->registrations += granted;
    sim_measure_attempt(self->measure, self->now, id, phone->began, !granted);
    if (self->options->attempt == NULL)
        return;
    SimAttempt attempt = {phone->began, self->now, id, phone->kind, granted};
    char room[SIM_NAME_MAX];
    RollUri aor = {0};
    sim_identity_aor(self->identity, id, room, &aor);
    g_autofree char *name = g_strndup(aor.user.ptr, aor.user.len);
    self->options->attempt(self->options->attempt_data, &attempt, name);
}

static void
act(Run *self, uint32_t id, const SimAction *action)
{
    if (action->end != SIM_END_NONE)
        end_attempt(self, id, action->end);
    if (action->send)
        send(self, &action->request);
    arm_phone(self, id);
}

static void
on_world_change(void *data, RollTime now, SimChange change, uint32_t id, uint32_t was,
                const SimAction *action)
{
    static const SimTraceKind kinds[] = {SIM_TRACE_ON, SIM_TRACE_OFF, SIM_TRACE_ADDRESS};
    Run *self = data;
    self->now = now;
    trace(self, kinds[change], id, self->world->devices[id].address, 0, 0);
    sim_measure_changed(self->measure, now, id, was);
    act(self, id, action);
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
    Run *self = data;
    if (*event->mark == 0)
        *event->mark = (uint64_t)(sim_identity_find(self->identity, event->aor) + 1);
    g_return_if_fail(*event->mark != 0);
    uint32_t id = (uint32_t)(*event->mark - 1);
    uint32_t address = sim_identity_parse_address(event->contact);
    RollTime left = event->expires_at == ROLL_NEVER ? 0 : event->expires_at - self->now;
    trace(self, kinds[event->kind], id, address, 0, (uint32_t)(left / ROLL_SECOND));
    if (event->kind == ROLL_BINDING_CREATED)
        sim_measure_bound(self->measure, self->now, id, address);
    else if (event->kind >= ROLL_BINDING_EXPIRED)
        sim_measure_unbound(self->measure, self->now, id, address,
                            event->kind == ROLL_BINDING_EXPIRED);
}

static void
show_packet(Run *self, const SimFlight *flight, bool to_registrar)
{
    if (self->options->packet == NULL || flight->bytes == NULL)
        return;
    uint16_t port = sim_identity_port(self->identity, flight->request.phone);
    SimPacket packet = {
        .at = SIM_EPOCH * ROLL_SECOND + self->now,
        .from = to_registrar ? flight->request.source : REGISTRAR_ADDRESS,
        .to = to_registrar ? REGISTRAR_ADDRESS : flight->request.source,
        .from_port = to_registrar ? port : REGISTRAR_PORT,
        .to_port = to_registrar ? REGISTRAR_PORT : port,
        .data = flight->bytes->data,
        .len = flight->bytes->len,
    };
    self->options->packet(self->options->packet_data, &packet);
}

static void
handle_arrive(Run *self, uint32_t i)
{
    SimFlight *flight = flight_at(self, i);
    const SimRequest *request = &flight->request;
    show_packet(self, flight, true);
    int status = self->link->arrive(self->link, self->now, flight);
    arm_registrar(self);
    trace(self, SIM_TRACE_ARRIVED, request->phone, request->source, (uint32_t)status, 0);
    if (status == 0) {
        free_flight(self, i);
        return;
    }
    show_packet(self, flight, false);
    sim_measure_count(self->measure, request->phone, sim_reply_tally(status));
    if (is_lost(self, request, SIM_PURPOSE_LOSS_DOWN)) {
        trace(self, SIM_TRACE_LOST_REPLY, request->phone, request->source, (uint32_t)status, 0);
        free_flight(self, i);
        return;
    }
    push_flight(self, i, EVENT_DELIVER, SIM_PURPOSE_DELAY_DOWN);
}

static void
handle_deliver(Run *self, uint32_t i)
{
    SimFlight *flight = flight_at(self, i);
    uint32_t id = flight->request.phone;
    SimPhone *phone = &self->world->phones[id];
    SimAction action = {0};
    if (phone->state == SIM_PHONE_OFF || phone->address != flight->request.source ||
        !self->link->deliver(self->link, flight)) {
        trace(self, SIM_TRACE_UNREACHED, id, flight->request.source, 0, 0);
    } else {
        SimPhoneSetting setting = sim_world_setting(self->world, id);
        trace(self, SIM_TRACE_RECEIVED, id, flight->request.source, flight->reply.status,
              flight->reply.granted);
        sim_phone_receive(phone, &setting, id, self->now, &flight->reply, &action);
    }
    free_flight(self, i);
    act(self, id, &action);
}

static void
handle_phone(Run *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    SimPhone *phone = &self->world->phones[id];
    /* Timers are re-armed lazily: an event that was overtaken by an earlier one is passed over. */
    if (phone->armed != event->due)
        return;
    phone->armed = ROLL_NEVER;
    SimAction action = {0};
    if (phone->wake <= self->now) {
        SimPhoneSetting setting = sim_world_setting(self->world, id);
        sim_phone_wake(phone, &setting, id, self->now, &action);
    }
    act(self, id, &action);
}

static void
handle_registrar(Run *self, const SimEvent *event)
{
    if (self->registrar_armed != event->due)
        return;
    self->registrar_armed = ROLL_NEVER;
    roll_outbox_clear(self->outbox);
    roll_registrar_wake(self->registrar, self->now, self->outbox);
    arm_registrar(self);
}

static void
schedule_call(Run *self)
{
    double rate = self->scenario->call_rate * self->scenario->n_phones;
    if (rate <= 0)
        return;
    uint32_t caller = self->scenario->n_phones;
    double u = sim_random_uniform(&self->world->random, caller, SIM_PURPOSE_CALL, self->calls, 0);
    SimLaw law = {.kind = SIM_LAW_EXP, .a = 1 / rate};
    sim_queue_push(self->queue, (SimEvent){self->now + sim_law_draw(&law, u),
                                           sim_order(SIM_CLASS_CALL, caller, self->calls), 0, 0});
}

static void
handle_call(Run *self)
{
    uint32_t caller = self->scenario->n_phones;
    double u = sim_random_uniform(&self->world->random, caller, SIM_PURPOSE_CALLEE, self->calls, 0);
    uint32_t id = (uint32_t)(u * self->scenario->n_phones);
    char room[SIM_NAME_MAX];
    char aor[ROLL_AOR_MAX];
    RollUri uri = {0};
    const RollLocation *contacts;
    sim_identity_aor(self->identity, id, room, &uri);
    size_t len = roll_uri_write_aor(&uri, aor);
    size_t n = roll_registrar_lookup(self->registrar, self->now, (RollText){aor, len}, &contacts);
    SimTally outcome = sim_call_outcome(self->world, id, contacts, n);
    trace(self, SIM_TRACE_CALL, id, 0, outcome, (uint32_t)n);
    sim_measure_count(self->measure, id, outcome);
    self->calls++;
    schedule_call(self);
}

static void
schedule_bin(Run *self, RollTime due)
{
    if (due <= self->scenario->duration)
        sim_queue_push(self->queue,
                       (SimEvent){due, sim_order(SIM_CLASS_SAMPLING, UINT32_MAX, 0), 0, 0});
}

static void
begin(Run *self)
{
    self->begun = true;
    sim_measure_begin(self->measure, self->now);
    schedule_bin(self, self->now + self->scenario->bin);
}

static void
handle(Run *self, const SimEvent *event)
{
    self->now = event->due;
    switch (sim_event_class(event)) {
    case SIM_CLASS_WORLD:
        if (event->what == EVENT_BEGIN)
            begin(self);
        else
            sim_world_handle(self->world, event);
        break;
    case SIM_CLASS_DELIVERY:
        if (event->what == EVENT_ARRIVE)
            handle_arrive(self, event->item);
        else
            handle_deliver(self, event->item);
        break;
    case SIM_CLASS_REGISTRAR:
        handle_registrar(self, event);
        break;
    case SIM_CLASS_PHONE:
        handle_phone(self, event);
        break;
    case SIM_CLASS_CALL:
        handle_call(self);
        break;
    case SIM_CLASS_SAMPLING:
        sim_measure_close_bin(self->measure, self->now);
        schedule_bin(self, self->now + self->scenario->bin);
        break;
    }
}

static RollConfig
registrar_config(const SimScenario *scenario, const SimIdentity *identity)
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
            (uint8_t)(256 * sim_random_uniform(&random, 0, SIM_PURPOSE_KEY, 0, (uint32_t)i));
    config.lookup = sim_identity_lookup;
    config.lookup_data = (void *)identity;
    return config;
}

/* Events to be expected in a second: each REGISTER makes about four. */
static double
event_rate(const SimScenario *scenario)
{
    double rate = scenario->call_rate * scenario->n_phones;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        RollTime refresh = sim_refresh_interval(&group->refresh, group->expires, 0.5);
        rate += 4.0 * group->count * (double)ROLL_SECOND / (double)MAX(refresh, ROLL_SECOND);
    }
    return rate;
}

static void
add_static_records(Run *self)
{
    for (uint32_t id = 0; id < self->scenario->n_phones; id++) {
        char aor[SIM_NAME_MAX];
        char contact[SIM_NAME_MAX];
        RollUri a = {0};
        RollUri c = {0};
        if (sim_world_setting(self->world, id).group->registers)
            continue;
        sim_identity_aor(self->identity, id, aor, &a);
        sim_identity_contact(self->identity, id, &a, self->world->devices[id].address, contact, &c);
        roll_registrar_add_static(self->registrar, self->now, a.text, c.text);
    }
}

static bool
set_up(Run *self, GError **error)
{
    const SimScenario *scenario = self->scenario;
    self->now = sim_world_dawn(scenario);
    self->queue = sim_queue_new(self->now, event_rate(scenario));
    self->world = sim_world_new(scenario, self->queue, on_world_change, self);
    self->identity = sim_identity_new(self->world, error);
    if (self->identity == NULL)
        return false;
    RollConfig config = registrar_config(scenario, self->identity);
    self->registrar = roll_registrar_new(&config);
    roll_registrar_set_observer(self->registrar, on_binding_event, self);
    self->outbox = roll_outbox_new();
    self->link = self->options->link == SIM_LINK_DIRECT
                     ? sim_link_direct_new(self->identity, self->registrar)
                     : sim_link_wire_new(self->identity, self->registrar, scenario->n_phones);
    self->measure = sim_measure_new(self->world);
    self->flights = g_array_new(FALSE, TRUE, sizeof(SimFlight));
    self->free_flight = NO_FLIGHT;
    self->registrar_armed = ROLL_NEVER;
    self->fingerprint = SIM_FINGERPRINT_START;
    sim_queue_push(
        self->queue,
        (SimEvent){scenario->warmup, sim_order(SIM_CLASS_WORLD, UINT32_MAX, 0), EVENT_BEGIN, 0});
    return true;
}

static void
clear(Run *self)
{
    for (guint i = 0; self->flights != NULL && i < self->flights->len; i++)
        if (flight_at(self, i)->bytes != NULL)
            g_byte_array_unref(flight_at(self, i)->bytes);
    g_clear_pointer(&self->flights, g_array_unref);
    sim_measure_free(self->measure);
    sim_link_free(self->link);
    roll_outbox_free(self->outbox);
    roll_registrar_free(self->registrar);
    sim_identity_free(self->identity);
    sim_world_free(self->world);
    sim_queue_free(self->queue);
}

static void
prefetch(const Run *self)
{
    const SimEvent *ahead = sim_queue_ahead(self->queue, 3);
    if (ahead == NULL || sim_event_entity(ahead) >= self->scenario->n_phones)
        return;
    const char *phone = (const char *)&self->world->phones[sim_event_entity(ahead)];
    __builtin_prefetch(phone);
    __builtin_prefetch(phone + 64);
}

/* Returns: false if it was stopped. */
static bool
loop(Run *self)
{
    SimEvent event;
    while (sim_queue_pop(self->queue, self->scenario->duration, &event)) {
        prefetch(self);
        handle(self, &event);
        self->events++;
        if (self->events % 4096 == 0 && self->options->progress != NULL &&
            !self->options->progress(self->options->progress_data, self->now, self->events))
            return false;
    }
    self->now = self->scenario->duration;
    return true;
}

/* The world goes on alone from its dawn until the history of the table begins. */
static void
start_world(Run *self)
{
    RollTime history = -sim_world_history(self->scenario);
    SimEvent event;
    sim_world_start(self->world, self->now);
    while (sim_queue_pop(self->queue, history - 1, &event))
        sim_world_handle(self->world, &event);
    self->now = history;
    if (self->world->asleep)
        sim_world_wake(self->world, history);
}

static double
cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

SimResult *
sim_run(const SimScenario *scenario, const SimRunOptions *options, GError **error)
{
    Run self = {.scenario = scenario, .options = options};
    if (scenario->script) {
        g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                    "%s has a [script] and no phones: use rollcall check", scenario->path);
        return NULL;
    }
    gint64 wall = g_get_monotonic_time();
    double cpu = cpu_seconds();
    if (!set_up(&self, error)) {
        clear(&self);
        return NULL;
    }
    start_world(&self);
    add_static_records(&self);
    schedule_call(&self);
    SimResult *result = g_new0(SimResult, 1);
    result->partial = !loop(&self);
    if (!self.begun)
        begin(&self);
    sim_measure_finish(self.measure, self.now, result);
    result->scenario = scenario;
    result->link = self.link->name;
    result->fingerprint = self.fingerprint;
    result->events = self.events;
    result->registrations = self.registrations;
    result->wall_s = (double)(g_get_monotonic_time() - wall) * 1e-6;
    result->cpu_s = cpu_seconds() - cpu;
    clear(&self);
    sim_result_judge(result);
    return result;
}
