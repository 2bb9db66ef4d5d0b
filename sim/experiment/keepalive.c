/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keeps the ports of phones in their NATs: any packet they send that comes to the NAT, so
 * REGISTERs, keep-alives, and answers to the server's pings and to calls.
 *
 * Keep-alives and pings come in streams. Nothing depends on a single one of them as long as each
 * finds the port open and none can be lost, so then they make no events: what has been sent is
 * reckoned when something changes (settle()). The others are events, as is the loss of a port,
 * which is put off lazily. `every_keepalive` makes an event of each; a test holds that this is the
 * same.
 *
 * Pings and their answers take no time. A line's loss is between the phone and the NAT. */
#include "sim/experiment/parts.h"
#include "sim/scenario/nat.h"

/* Bytes with the headers of IPv4 and UDP: two empty lines (RFC 5626 section 3.5.1); a STUN binding
 * request without attributes, and its answer with one address (RFC 5389 sections 6 and 15.2); an
 * OPTIONS and the 200 to it as servers and phones write them. */
enum {
    HEADERS = 28,
    CRLF_BYTES = HEADERS + 4,
    STUN_BYTES = HEADERS + 20,
    STUN_ANSWER_BYTES = HEADERS + 32,
    PING_BYTES = HEADERS + 310,
    PONG_BYTES = HEADERS + 390,
};

enum { KEEPALIVE, PING, N_STREAMS };

/* The events of one phone at one instant, after its timer (0), in this order. */
enum { ORDINAL_KEEPALIVE = 1, ORDINAL_PING, ORDINAL_LOST };

/*
 * Stream:
 * @next: when the next one is due; ROLL_NEVER: it does not run
 * @armed: when there is an event for it
 * @packets, @bytes: each time, the answers included; @refreshes: the port; as things stand
 */
typedef struct {
    RollTime next;
    RollTime armed;
    uint32_t draws;
    uint32_t bytes;
    uint16_t packets;
    bool refreshes;
} Stream;

/* SimReach: @last: when a packet of the phone last came to its NAT. */
struct SimReach {
    RollTime last;
    RollTime armed;
    Stream streams[N_STREAMS];
};

static const SimGroup *
group_of(const SimRun *self, uint32_t id)
{
    return &self->scenario->groups[self->world->phones[id].group];
}

/* From one of a stream to the next. */
static RollTime
interval(SimRun *self, uint32_t id, int which)
{
    Stream *stream = &self->reach[id].streams[which];
    if (which == PING)
        return self->scenario->registrar.nat_ping;
    const SimLaw *law = &group_of(self, id)->keepalive.law;
    uint32_t k = stream->draws++;
    double u = law->kind == SIM_LAW_FIXED
                   ? 0.5
                   : sim_random_uniform(&self->world->random, id, SIM_PURPOSE_KEEPALIVE, k, 0);
    return MAX(sim_law_draw(law, u), ROLL_MILLISECOND);
}

static double
longest(const SimRun *self, uint32_t id, int which)
{
    return which == PING ? (double)self->scenario->registrar.nat_ping
                         : sim_law_most(&group_of(self, id)->keepalive.law) * (double)ROLL_SECOND;
}

static bool
is_lossy(const SimRun *self, uint32_t id)
{
    const SimNetworkSpec *network = sim_world_network(self->world, id);
    return self->cuts_links || network->outages.any || network->loss_up > 0 ||
           network->loss_down > 0;
}

static bool
is_cut(const SimRun *self, uint32_t id)
{
    return self->world->devices[id].cut_off & (SIM_CUT_OFF_OUTAGE | SIM_CUT_OFF_PARTITION);
}

static void
count(SimRun *self, uint32_t id, int64_t packets, int64_t bytes)
{
    sim_measure_add(self->measure, id, SIM_TALLY_KEEPALIVE, packets);
    sim_measure_add(self->measure, id, SIM_TALLY_KEEPALIVE_BYTES, bytes);
}

/* Counts what stream @which has sent before now; with @with_now, until now. */
static void
settle(SimRun *self, uint32_t id, int which, bool with_now)
{
    SimReach *reach = &self->reach[id];
    Stream *stream = &reach->streams[which];
    RollTime until = self->now + with_now;
    int64_t n = 0;
    RollTime last = 0;
    if (stream->next >= until)
        return;
    bool fixed = which == PING || group_of(self, id)->keepalive.law.kind == SIM_LAW_FIXED;
    if (fixed) {
        RollTime each = interval(self, id, which);
        n = (until - 1 - stream->next) / each + 1;
        last = stream->next + (n - 1) * each;
        stream->next += n * each;
    }
    for (; stream->next < until; n++) {
        last = stream->next;
        stream->next += interval(self, id, which);
    }
    count(self, id, n * stream->packets, n * stream->bytes);
    if (stream->refreshes)
        reach->last = MAX(reach->last, last);
}

static void
settle_both(SimRun *self, uint32_t id)
{
    for (int i = 0; i < N_STREAMS; i++)
        settle(self, id, i, false);
}

/* Records of phone @id behind NATs; @ret_own: one leads to the port it has. */
static unsigned
count_records(const SimRun *self, uint32_t id, bool *ret_own)
{
    uint32_t addresses[64];
    size_t n = sim_measure_records(self->measure, id, addresses, G_N_ELEMENTS(addresses));
    unsigned behind = 0;
    *ret_own = false;
    for (size_t i = 0; i < MIN(n, G_N_ELEMENTS(addresses)); i++) {
        behind += addresses[i] >= SIM_ENDPOINT_FIRST;
        *ret_own = *ret_own || addresses[i] == self->world->devices[id].address;
    }
    *ret_own = *ret_own && sim_world_has_port(self->world, id);
    return behind;
}

static void
rate_streams(SimRun *self, uint32_t id)
{
    Stream *keepalive = &self->reach[id].streams[KEEPALIVE];
    Stream *ping = &self->reach[id].streams[PING];
    bool stun = group_of(self, id)->keepalive.kind == SIM_KEEPALIVE_STUN;
    keepalive->packets = stun ? 2 : 1;
    keepalive->bytes = stun ? STUN_BYTES + STUN_ANSWER_BYTES : CRLF_BYTES;
    keepalive->refreshes = sim_world_has_port(self->world, id);
    if (ping->next == ROLL_NEVER)
        return;
    bool own;
    unsigned records = count_records(self, id, &own);
    ping->refreshes = own && self->world->devices[id].on && !is_cut(self, id);
    ping->packets = (uint16_t)(records + ping->refreshes);
    ping->bytes = records * PING_BYTES + ping->refreshes * PONG_BYTES;
}

static void
push(SimRun *self, uint32_t id, RollTime due, unsigned what, uint32_t ordinal)
{
    sim_queue_push(self->queue, (SimEvent){due, sim_order(SIM_CLASS_PHONE, id, ordinal), what, 0});
}

/* The stream keeps the port for as long as it runs: none of it can be lost or come too late. */
static bool
holds(const SimRun *self, uint32_t id, int which)
{
    const SimReach *reach = &self->reach[id];
    const Stream *stream = &reach->streams[which];
    RollTime idle = sim_world_network(self->world, id)->nat;
    return !self->options->every_keepalive && stream->next != ROLL_NEVER && stream->refreshes &&
           !is_lossy(self, id) && stream->next < reach->last + idle &&
           longest(self, id, which) < (double)idle;
}

/* Whether something depends on the next one of a stream that runs. */
static bool
matters(const SimRun *self, uint32_t id, int which)
{
    const Stream *stream = &self->reach[id].streams[which];
    if (self->options->every_keepalive || is_lossy(self, id))
        return true;
    if (which == PING)
        return stream->refreshes && !holds(self, id, which);
    return sim_world_network(self->world, id)->nat > 0 && !holds(self, id, which);
}

/* After a change: what the streams do now, and which events that takes. */
static void
review(SimRun *self, uint32_t id)
{
    static const unsigned events[] = {SIM_EVENT_KEEPALIVE, SIM_EVENT_NAT_PING};
    SimReach *reach = &self->reach[id];
    rate_streams(self, id);
    for (int i = 0; i < N_STREAMS; i++) {
        Stream *stream = &reach->streams[i];
        if (stream->next == ROLL_NEVER || stream->next == stream->armed || !matters(self, id, i))
            continue;
        stream->armed = stream->next;
        push(self, id, stream->next, events[i], ORDINAL_KEEPALIVE + (uint32_t)i);
    }
    if (!sim_world_has_port(self->world, id) || reach->armed != ROLL_NEVER ||
        holds(self, id, KEEPALIVE) || holds(self, id, PING))
        return;
    reach->armed = MAX(reach->last + sim_world_network(self->world, id)->nat, self->now);
    push(self, id, reach->armed, SIM_EVENT_PORT_LOST, ORDINAL_LOST);
}

/* A packet of phone @id comes to its NAT. Returns: whether it was given another port. */
static bool
pass(SimRun *self, uint32_t id)
{
    SimReach *reach = &self->reach[id];
    if (self->world->devices[id].address < SIM_ENDPOINT_FIRST)
        return false;
    settle_both(self, id);
    reach->last = self->now;
    if (sim_world_has_port(self->world, id))
        return false;
    sim_world_take_port(self->world, self->now, id);
    return true;
}

void
sim_reach_send(SimRun *self, SimAction *action)
{
    uint32_t id = action->request.phone;
    if (self->reach == NULL)
        return;
    Stream *keepalive = &self->reach[id].streams[KEEPALIVE];
    const SimPhone *phone = &self->world->phones[id];
    bool first = action->request.copy == 0;
    if (first && !is_cut(self, id) && !sim_world_has_port(self->world, id) && pass(self, id)) {
        SimPhoneSetting setting = sim_world_setting(self->world, id);
        sim_phone_learn(&self->world->phones[id], &setting, id, action);
    }
    if (keepalive->next != ROLL_NEVER || phone->state == SIM_PHONE_LEAVING ||
        group_of(self, id)->keepalive.kind == SIM_KEEPALIVE_NONE)
        return;
    keepalive->next = self->now + interval(self, id, KEEPALIVE);
    review(self, id);
}

void
sim_reach_pass(SimRun *self, SimRequest *request)
{
    if (self->reach != NULL && pass(self, request->phone))
        request->source = self->world->devices[request->phone].address;
}

void
sim_reach_answer(SimRun *self, uint32_t id)
{
    if (self->reach != NULL)
        pass(self, id);
}

void
sim_reach_changed(SimRun *self, uint32_t id, SimChange change)
{
    if (self->reach == NULL)
        return;
    settle_both(self, id);
    if (change == SIM_CHANGE_OFF)
        self->reach[id].streams[KEEPALIVE].next = ROLL_NEVER;
    review(self, id);
}

void
sim_reach_records(SimRun *self, uint32_t id)
{
    RollTime every = self->scenario->registrar.nat_ping;
    if (self->reach == NULL || every == 0)
        return;
    Stream *ping = &self->reach[id].streams[PING];
    bool own;
    settle_both(self, id);
    if (count_records(self, id, &own) == 0)
        ping->next = ROLL_NEVER;
    else if (ping->next == ROLL_NEVER)
        ping->next = self->now + every;
    review(self, id);
}

void
sim_reach_settle_all(SimRun *self, bool with_now)
{
    for (size_t g = 0; self->reach != NULL && g < self->scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self->world, g);
        for (uint32_t id = own.from; id < own.to; id++)
            for (int i = 0; i < N_STREAMS; i++)
                settle(self, id, i, with_now);
    }
}

static bool
is_lost(SimRun *self, uint32_t id, SimPurpose purpose, uint32_t ordinal, bool up)
{
    const SimNetworkSpec *network = sim_world_network(self->world, id);
    double loss = up ? network->loss_up : network->loss_down;
    return is_cut(self, id) ||
           (loss > 0 && sim_random_uniform(&self->world->random, id, purpose, ordinal, up) < loss);
}

/* One keep-alive, now. With STUN its answer tells the phone where it is seen. */
static void
send_keepalive(SimRun *self, uint32_t id)
{
    uint32_t k = self->reach[id].streams[KEEPALIVE].draws;
    bool stun = group_of(self, id)->keepalive.kind == SIM_KEEPALIVE_STUN;
    self->reach[id].streams[KEEPALIVE].next = self->now + interval(self, id, KEEPALIVE);
    count(self, id, 1, stun ? STUN_BYTES : CRLF_BYTES);
    if (is_lost(self, id, SIM_PURPOSE_KEEPALIVE_LOSS, k, true))
        return;
    bool another = pass(self, id);
    if (!stun)
        return;
    count(self, id, 1, STUN_ANSWER_BYTES);
    if (!another || is_lost(self, id, SIM_PURPOSE_KEEPALIVE_LOSS, k, false))
        return;
    SimPhone *phone = &self->world->phones[id];
    sim_phone_set_address(phone, phone->address, self->now);
    sim_run_act(self, id, &(SimAction){0});
}

/* One round of OPTIONS to all contacts of the phone, now; the one it gets it answers. */
static void
send_ping(SimRun *self, uint32_t id)
{
    Stream *ping = &self->reach[id].streams[PING];
    uint32_t k = ping->draws++;
    bool own;
    unsigned records = count_records(self, id, &own);
    ping->next = self->now + interval(self, id, PING);
    count(self, id, records, records * PING_BYTES);
    if (!own || !self->world->devices[id].on ||
        is_lost(self, id, SIM_PURPOSE_NAT_PING_LOSS, k, false))
        return;
    count(self, id, 1, PONG_BYTES);
    if (!is_lost(self, id, SIM_PURPOSE_NAT_PING_LOSS, k, true))
        pass(self, id);
}

static void
handle_port_lost(SimRun *self, uint32_t id)
{
    SimReach *reach = &self->reach[id];
    for (int i = 0; i < N_STREAMS; i++)
        settle(self, id, i, true);
    RollTime idle = sim_world_network(self->world, id)->nat;
    if (sim_world_has_port(self->world, id) && reach->last + idle <= self->now)
        sim_world_lose_port(self->world, self->now, id);
}

void
sim_reach_handle(SimRun *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    SimReach *reach = &self->reach[id];
    bool ping = event->what == SIM_EVENT_NAT_PING;
    Stream *stream = &reach->streams[ping ? PING : KEEPALIVE];
    RollTime *armed = event->what == SIM_EVENT_PORT_LOST ? &reach->armed : &stream->armed;
    if (*armed != event->due)
        return;
    *armed = ROLL_NEVER;
    if (event->what == SIM_EVENT_PORT_LOST)
        handle_port_lost(self, id);
    else if (stream->next == event->due && ping)
        send_ping(self, id);
    else if (stream->next == event->due)
        send_keepalive(self, id);
    review(self, id);
}

void
sim_run_open_reach(SimRun *self)
{
    const SimScenario *scenario = self->scenario;
    bool any = scenario->has_nat;
    for (size_t g = 0; g < scenario->n_groups; g++)
        any = any || scenario->groups[g].keepalive.kind != SIM_KEEPALIVE_NONE;
    if (!any)
        return;
    self->reach = g_new0(SimReach, scenario->n_phones);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        SimSpan own = sim_world_span(self->world, g);
        for (uint32_t id = own.from; id < own.to; id++) {
            self->reach[id].armed = ROLL_NEVER;
            for (int i = 0; i < N_STREAMS; i++)
                self->reach[id].streams[i].next = self->reach[id].streams[i].armed = ROLL_NEVER;
        }
    }
}

void
sim_run_close_reach(SimRun *self)
{
    g_clear_pointer(&self->reach, g_free);
}
