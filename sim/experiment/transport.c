/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How packets of a run travel: a request is sent, lost or delayed, arrives, is answered; the answer
 * is lost or delayed and delivered. Each packet on its way is a flight. */
#include "sim/experiment/config.h"
#include "sim/experiment/outcome.h"
#include "sim/experiment/parts.h"
#include "sim/scenario/nat.h"

#define NO_FLIGHT UINT32_MAX

/* Where the registrar of a run is, in captures: an address of TEST-NET-3 (RFC 5737). */
#define REGISTRAR_ADDRESS 0xcb007101u
#define REGISTRAR_PORT 5060

SimFlight *
sim_run_flight(const SimRun *self, uint32_t i)
{
    return &g_array_index(self->flights, SimFlight, i);
}

static uint32_t
take_flight(SimRun *self)
{
    uint32_t i = self->free_flight;
    if (i == NO_FLIGHT) {
        i = self->flights->len;
        g_array_set_size(self->flights, i + 1);
    } else {
        self->free_flight = sim_run_flight(self, i)->next_free;
    }
    return i;
}

void
sim_run_free_flight(SimRun *self, uint32_t i)
{
    sim_run_flight(self, i)->next_free = self->free_flight;
    self->free_flight = i;
}

/* A packet is named by its transaction, its copy and its direction. */
static uint32_t
packet_ordinal(const SimRequest *request)
{
    return request->branch << 6 | (request->copy & 63);
}

static bool
is_lost(SimRun *self, const SimRequest *request, SimPurpose purpose)
{
    /* In most scenarios nothing ever is; neither the device nor its network is in the cache. */
    if (!self->loses)
        return false;
    const SimNetworkSpec *network = sim_world_network(self->world, request->phone);
    double loss = purpose == SIM_PURPOSE_LOSS_UP ? network->loss_up : network->loss_down;
    if (self->lines_fail && (self->world->devices[request->phone].cut_off &
                             (SIM_CUT_OFF_OUTAGE | SIM_CUT_OFF_PARTITION)))
        return true;
    return loss > 0 && sim_random_uniform(&self->world->random, request->phone, purpose,
                                          packet_ordinal(request), 0) < loss;
}

/* Nothing is lost, every answer comes before Timer E, and the phone stays where the answer goes: a
 * request that the registrar gets is sent once. How long one waits for a station is not known when
 * it leaves. */
static bool
sends_once(const SimRun *self, const SimGroup *group)
{
    const SimNetworkSpec *network = &self->scenario->networks[group->places[0].network];
    bool stays = group->n_places == 1 && (network->addressing == SIM_ADDRESS_FIXED ||
                                          network->addressing == SIM_ADDRESS_KEEPS_WHILE_ON);
    return stays && !self->scenario->station.given && network->loss_up <= 0 &&
           network->loss_down <= 0 && !network->outages.any && !self->cuts_links &&
           network->delay.kind == SIM_LAW_FIXED &&
           2 * network->delay.a * (double)ROLL_SECOND < (double)ROLL_T1;
}

static bool
is_alone(const SimRun *self, const SimRequest *request)
{
    return request->copy == 0 && self->sends_once[self->world->phones[request->phone].group];
}

static RollTime
delay_of(SimRun *self, const SimRequest *request, SimPurpose purpose)
{
    const SimLaw *law = &sim_world_network(self->world, request->phone)->delay;
    if (law->kind == SIM_LAW_FIXED)
        return self->fixed_delays[self->world->phones[request->phone].network];
    return sim_law_draw(law, sim_random_uniform(&self->world->random, request->phone, purpose,
                                                packet_ordinal(request), 0));
}

static void
push_flight(SimRun *self, uint32_t flight, unsigned what, SimPurpose purpose)
{
    const SimRequest *request = &sim_run_flight(self, flight)->request;
    uint32_t ordinal = packet_ordinal(request) << 1 | (what == SIM_EVENT_DELIVER);
    uint64_t order = sim_order(SIM_CLASS_DELIVERY, request->phone, ordinal);
    RollTime due = self->now + delay_of(self, request, purpose);
    sim_queue_push(self->queue, (SimEvent){due, order, what, flight});
}

static void
count_sent(SimRun *self, const SimRequest *request)
{
    static const SimTally tallies[] = {
        [SIM_SEND_INITIAL] = SIM_TALLY_INITIAL, [SIM_SEND_REFRESH] = SIM_TALLY_REFRESH,
        [SIM_SEND_MOVE] = SIM_TALLY_MOVE,       [SIM_SEND_UNREGISTER] = SIM_TALLY_UNREGISTER,
        [SIM_SEND_RETRY] = SIM_TALLY_RETRY,     [SIM_SEND_CHALLENGED] = SIM_TALLY_CHALLENGED,
    };
    sim_measure_count(self->measure, request->phone,
                      request->copy > 0 ? SIM_TALLY_RETRANSMISSION : tallies[request->kind]);
}

void
sim_run_trace_packet(SimRun *self, SimTraceKind kind, const SimRequest *request, uint32_t code,
                     uint32_t number)
{
    uint32_t address = kind == SIM_TRACE_SENT ? request->contact : request->source;
    self->packet = request;
    sim_run_trace(self, kind, request->phone, address, code, number);
    self->packet = NULL;
}

static void
send_request(SimRun *self, const SimRequest *request)
{
    /* A device without an address sends nothing, whatever its phone wants; and Timer E is for
     * unreliable transports (RFC 3261 section 17.1.2.2). */
    if (request->source == 0 || (request->copy > 0 && self->reliable))
        return;
    count_sent(self, request);
    sim_run_trace_packet(self, SIM_TRACE_SENT, request, request->kind, request->copy);
    if (is_lost(self, request, SIM_PURPOSE_LOSS_UP)) {
        sim_run_trace_packet(self, SIM_TRACE_LOST_REQUEST, request, request->kind, 0);
        return;
    }
    uint32_t i = take_flight(self);
    sim_run_flight(self, i)->request = *request;
    sim_reach_pass(self, &sim_run_flight(self, i)->request);
    sim_run_flight(self, i)->stand = SIM_STAND_NONE;
    sim_run_flight(self, i)->alone = is_alone(self, request);
    self->link->send(self->link, sim_run_flight(self, i));
    push_flight(self, i, SIM_EVENT_ARRIVE, SIM_PURPOSE_DELAY_UP);
}

static void
end_attempt(SimRun *self, uint32_t id, SimPhoneEnd end)
{
    const SimPhone *phone = &self->world->phones[id];
    bool granted = end == SIM_END_GRANTED;
    if (end == SIM_END_FAILED)
        sim_run_trace(self, SIM_TRACE_GAVE_UP, id, phone->contact, phone->kind, phone->failures);
    if (phone->kind == SIM_SEND_UNREGISTER || !self->begun)
        return;
    self->registrations += granted;
    sim_measure_attempt(self->measure, self->now, id, phone->began, !granted);
    if (end == SIM_END_FAILED && phone->bound)
        sim_measure_count(self->measure, id, SIM_TALLY_FAILED_FRESH);
    if (self->options->attempt == NULL)
        return;
    SimAttempt attempt = {phone->began, self->now, id, phone->kind, granted};
    char room[SIM_NAME_MAX];
    RollText text = sim_identity_name(self->identity, id, room);
    g_autofree char *name = g_strndup(text.ptr, text.len);
    self->options->attempt(self->options->attempt_data, &attempt, name);
}

static void
arm_phone(SimRun *self, uint32_t id)
{
    SimPhone *phone = &self->world->phones[id];
    RollTime next = sim_phone_next(phone, sim_world_setting(self->world, id).group);
    if (next >= phone->armed)
        return;
    phone->armed = MAX(next, self->now);
    sim_queue_push(self->queue, (SimEvent){phone->armed, sim_order(SIM_CLASS_PHONE, id, 0), 0, 0});
}

void
sim_run_act(SimRun *self, uint32_t id, const SimAction *action)
{
    if (action->end != SIM_END_NONE)
        end_attempt(self, id, action->end);
    if (action->send && sim_run_holds_back(self, &action->request)) {
        SimAction next = {0};
        sim_run_refuse_itself(self, &action->request, &next);
        sim_run_act(self, id, &next);
        return;
    }
    if (action->send && self->reach == NULL) {
        send_request(self, &action->request);
    } else if (action->send) {
        SimAction own = *action;
        sim_reach_send(self, &own);
        send_request(self, &own.request);
    }
    arm_phone(self, id);
}

void
sim_run_show_packet(SimRun *self, const SimFlight *flight, bool to_registrar)
{
    if (self->options->packet == NULL || flight->bytes == NULL)
        return;
    uint32_t source = flight->request.source;
    uint16_t port = sim_identity_port(self->identity, flight->request.phone);
    if (source >= SIM_ENDPOINT_FIRST)
        sim_endpoint_split(self->scenario, source, &source, &port);
    SimPacket packet = {
        .at = SIM_EPOCH * ROLL_SECOND + self->now,
        .from = to_registrar ? source : REGISTRAR_ADDRESS,
        .to = to_registrar ? REGISTRAR_ADDRESS : source,
        .from_port = to_registrar ? port : REGISTRAR_PORT,
        .to_port = to_registrar ? REGISTRAR_PORT : port,
        .data = flight->bytes->data,
        .len = flight->bytes->len,
    };
    self->options->packet(self->options->packet_data, &packet);
}

static void
note_bound(SimPhone *phone, const SimRequest *request)
{
    phone->bound |= phone->branch == request->branch;
}

void
sim_run_send_reply(SimRun *self, uint32_t i, int status)
{
    SimFlight *flight = sim_run_flight(self, i);
    const SimRequest *request = &flight->request;
    sim_run_show_packet(self, flight, false);
    sim_measure_count(self->measure, request->phone, sim_reply_tally(status));
    if (status == 200)
        note_bound(&self->world->phones[request->phone], request);
    if (is_lost(self, request, SIM_PURPOSE_LOSS_DOWN)) {
        sim_run_trace_packet(self, SIM_TRACE_LOST_REPLY, request, (uint32_t)status, 0);
        sim_run_free_flight(self, i);
        return;
    }
    push_flight(self, i, SIM_EVENT_DELIVER, SIM_PURPOSE_DELAY_DOWN);
}

void
sim_run_decide(SimRun *self, uint32_t i)
{
    SimFlight *flight = sim_run_flight(self, i);
    const SimRequest *request = &flight->request;
    self->asking = request;
    int status = self->link->arrive(self->link, self->now, flight);
    self->asking = NULL;
    sim_run_arm_registrar(self);
    sim_run_trace_packet(self, SIM_TRACE_ARRIVED, request, (uint32_t)status, 0);
    if (status != 0)
        sim_run_send_reply(self, i, status);
    else
        sim_run_free_flight(self, i);
}

static void
find_down(SimRun *self, uint32_t i)
{
    sim_run_trace_packet(self, SIM_TRACE_DOWN, &sim_run_flight(self, i)->request, 0, 0);
    sim_run_free_flight(self, i);
}

static void
handle_arrive(SimRun *self, uint32_t i)
{
    sim_run_show_packet(self, sim_run_flight(self, i), true);
    if (self->down)
        find_down(self, i);
    else if (self->station != NULL)
        sim_run_enter_station(self, i);
    else
        sim_run_decide(self, i);
}

static void
handle_deliver(SimRun *self, uint32_t i)
{
    SimFlight *flight = sim_run_flight(self, i);
    uint32_t id = flight->request.phone;
    SimPhone *phone = &self->world->phones[id];
    SimAction action = {0};
    bool port_lost = flight->request.source >= SIM_ENDPOINT_FIRST &&
                     (self->world->devices[id].cut_off & SIM_CUT_OFF_NAT);
    if (phone->state == SIM_PHONE_OFF || phone->address != flight->request.source || port_lost ||
        !self->link->deliver(self->link, flight)) {
        sim_run_trace_packet(self, SIM_TRACE_UNREACHED, &flight->request, 0, 0);
    } else {
        SimPhoneSetting setting = sim_world_setting(self->world, id);
        sim_run_trace_packet(self, SIM_TRACE_RECEIVED, &flight->request, flight->reply.status,
                             flight->reply.granted);
        sim_run_hear(self, &flight->reply);
        sim_phone_receive(phone, &setting, id, self->now, &flight->reply, &action);
    }
    sim_run_free_flight(self, i);
    sim_run_act(self, id, &action);
}

void
sim_run_handle_delivery(SimRun *self, const SimEvent *event)
{
    if (event->what == SIM_EVENT_ARRIVE)
        handle_arrive(self, event->item);
    else if (event->what == SIM_EVENT_SERVED)
        sim_run_handle_served(self, event);
    else
        handle_deliver(self, event->item);
}

/* What always takes equally long needs no draw, and comes in the order in which it was sent. */
static void
open_lane(SimRun *self, size_t network)
{
    const SimLaw *law = &self->scenario->networks[network].delay;
    if (law->kind != SIM_LAW_FIXED)
        return;
    self->fixed_delays[network] = sim_law_draw(law, 0.5);
    sim_queue_add_lane(self->queue, self->fixed_delays[network]);
}

void
sim_run_open_transport(SimRun *self)
{
    self->flights = g_array_new(FALSE, TRUE, sizeof(SimFlight));
    self->free_flight = NO_FLIGHT;
    self->fixed_delays = g_new0(RollTime, self->scenario->n_networks);
    for (size_t i = 0; i < self->scenario->n_networks; i++)
        open_lane(self, i);
    for (size_t i = 0; i < self->scenario->n_cuts; i++)
        self->cuts_links = self->cuts_links || self->scenario->cuts[i].link;
    self->lines_fail = self->cuts_links;
    for (size_t i = 0; i < self->scenario->n_networks; i++) {
        const SimNetworkSpec *network = &self->scenario->networks[i];
        self->lines_fail = self->lines_fail || network->outages.any;
        self->loses = self->loses || network->loss_up > 0 || network->loss_down > 0;
    }
    self->loses = self->loses || self->lines_fail;
    self->sends_once = g_new(bool, self->scenario->n_groups);
    for (size_t g = 0; g < self->scenario->n_groups; g++)
        self->sends_once[g] = sends_once(self, &self->scenario->groups[g]);
}

void
sim_run_close_transport(SimRun *self)
{
    for (guint i = 0; self->flights != NULL && i < self->flights->len; i++)
        if (sim_run_flight(self, i)->bytes != NULL)
            g_byte_array_unref(sim_run_flight(self, i)->bytes);
    g_clear_pointer(&self->flights, g_array_unref);
    g_free(self->fixed_delays);
    g_free(self->sends_once);
}
