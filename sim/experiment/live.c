/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop of a run in real time. Events come from the queue as in virtual time, each when the wall
 * has come to it; packets that have arrived become events of that instant. What an event does is
 * the same but for one thing: a request that has come to the end of its way through the scenario's
 * network goes out to the registrar, and what comes back takes the way home from there.
 *
 * The time of an event is when it was due, however late it is handled; so the world goes its way as
 * in virtual time, and lag does not add up. Lag is measured for each. */
#include "sim/experiment/live-parts.h"

#include <math.h>
#include <time.h>

#define SECOND_NS INT64_C(1000000000)
/* Requests to which no reply has come for so long will get none. */
#define GIVEN_UP (32 * SECOND_NS)
/* After so many events or packets the others have their turn. */
#define BURST 64
#define LONGEST_WAIT (SECOND_NS / 10)

int64_t
sim_live_wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

/* The time of the scenario. */
static RollTime
clock_of(const SimLive *live, int64_t wall)
{
    return live->from + (wall - live->began) * live->options->compress / 1000;
}

static int64_t
wall_of(const SimLive *live, RollTime time)
{
    /* Rounded up, so that it has come when the wall has. */
    return live->began +
           ((time - live->from) * 1000 + live->options->compress - 1) / live->options->compress;
}

uint32_t
sim_live_owner(const SimRun *self, uint32_t id)
{
    return sim_scenario_owner(self->scenario, sim_identity_group(self->identity, id), id);
}

void
sim_live_push(SimRun *self, unsigned what, int64_t age, uint32_t phone, uint32_t item)
{
    SimLive *live = self->live;
    RollTime due = MAX(clock_of(live, sim_live_wall() - age), self->now);
    sim_queue_push(
        self->queue,
        (SimEvent){due, sim_order(SIM_CLASS_DELIVERY, phone, live->ordinal++), what, item});
}

bool
sim_live_open(SimRun *self, GError **error)
{
    const SimLiveOptions *options = self->options->live;
    SimLive *live = self->live = g_new0(SimLive, 1);
    live->options = options;
    live->net = sim_net_new(options->to, error);
    if (live->net == NULL)
        return false;
    live->atlas = (SimAtlas){self->scenario, sim_net_spreads(live->net), sim_net_host(live->net),
                             sim_net_port(live->net)};
    self->reliable = options->to->transport != ROLL_TRANSPORT_UDP;
    if (!sim_live_check(self->scenario, options->compress, live->atlas.spread, self->reliable,
                        error))
        return false;
    uint32_t n = self->scenario->n_phones;
    live->touched = g_new0(uint32_t, n);
    live->waiting = g_new(uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        live->waiting[i] = SIM_LIVE_NONE;
    live->mirrored = g_array_new(FALSE, FALSE, sizeof(SimCopy));
    live->out = g_byte_array_new();
    SimLiveSetting setting = {.identity = self->identity,
                              .world = self->world,
                              .atlas = &live->atlas,
                              .transport = options->to->transport,
                              .compress = options->compress,
                              .run = g_random_int()};
    self->link = sim_link_live_new(&setting);
    sim_live_open_verify(self);
    return sim_live_probe(self, error);
}

void
sim_live_close(SimRun *self)
{
    SimLive *live = self->live;
    if (live == NULL)
        return;
    if (live->questions != NULL)
        sim_live_close_verify(self);
    sim_net_free(live->net);
    g_clear_pointer(&live->mirrored, g_array_unref);
    g_clear_pointer(&live->out, g_byte_array_unref);
    g_free(live->waiting);
    g_free(live->touched);
    g_clear_pointer(&self->live, g_free);
}

/* The mirror has no rules of its own: it believes what it is told. */
void
sim_live_configure(RollConfig *config)
{
    config->authenticate = false;
    config->min_expires = 0;
    config->max_expires = 0;
    config->max_bindings_per_aor = 1000;
}

/* One came @time of the scenario after its request. */
static void
note_answer(SimRun *self, RollTime time)
{
    SimLive *live = self->live;
    RollTime wall = time / live->options->compress;
    sim_histogram_add(&live->answers, wall, 0);
    live->seen.answer_most = MAX(live->seen.answer_most, wall);
}

/* Flights of phone @id that have waited too long. */
static void
give_up(SimRun *self, uint32_t id)
{
    SimLive *live = self->live;
    RollTime least = self->now - GIVEN_UP / 1000 * live->options->compress;
    uint32_t *link = &live->waiting[id];
    while (*link != SIM_LIVE_NONE) {
        uint32_t i = *link;
        SimFlight *flight = sim_run_flight(self, i);
        if (flight->waited >= least) {
            link = &flight->next_free;
            continue;
        }
        *link = flight->next_free;
        live->seen.unanswered++;
        note_answer(self, self->now - flight->waited);
        sim_run_free_flight(self, i);
    }
}

/* Flight @i has come to the registrar. */
static void
send_out(SimRun *self, uint32_t i)
{
    SimLive *live = self->live;
    SimFlight *flight = sim_run_flight(self, i);
    uint32_t id = flight->request.phone;
    uint32_t source = 0;
    uint16_t port;
    sim_run_show_packet(self, flight, true);
    if (live->atlas.spread)
        sim_atlas_locate(&live->atlas, flight->request.source, &source, &port);
    sim_net_send(live->net, flight->request.source, source, flight->bytes->data,
                 flight->bytes->len);
    live->touched[sim_live_owner(self, id)]++;
    give_up(self, id);
    flight->waited = self->now;
    flight->next_free = live->waiting[id];
    live->waiting[id] = i;
}

/* The reply of flight @i is there. */
static void
take_reply(SimRun *self, uint32_t i)
{
    SimFlight *flight = sim_run_flight(self, i);
    SimRequest request = flight->request;
    SimLiveReply reply;
    if (!sim_live_read(self->link, flight->bytes->data, flight->bytes->len, &reply)) {
        sim_run_free_flight(self, i);
        return;
    }
    self->live->touched[sim_live_owner(self, request.phone)]++;
    note_answer(self, self->now - flight->waited);
    if (reply.status == 200)
        sim_live_granted(self, &request, &reply);
    sim_run_trace_packet(self, SIM_TRACE_ARRIVED, &request, (uint32_t)reply.status, 0);
    sim_run_send_reply(self, i, reply.status);
}

/* The eldest flight of @reply's transaction takes it on. */
static void
match(SimRun *self, const SimLiveReply *reply, size_t len, int64_t age)
{
    SimLive *live = self->live;
    uint32_t *found = NULL;
    for (uint32_t *link = &live->waiting[reply->phone]; *link != SIM_LIVE_NONE;
         link = &sim_run_flight(self, *link)->next_free)
        if (sim_run_flight(self, *link)->request.branch == reply->branch)
            found = link;
    if (found == NULL) {
        live->seen.strays++;
        return;
    }
    uint32_t i = *found;
    SimFlight *flight = sim_run_flight(self, i);
    *found = flight->next_free;
    g_byte_array_set_size(flight->bytes, 0);
    g_byte_array_append(flight->bytes, live->buffer, (guint)len);
    sim_live_push(self, SIM_EVENT_REPLY, age, reply->phone, i);
}

/* Returns: whether there may be more. */
static bool
take_packets(SimRun *self)
{
    SimLive *live = self->live;
    for (int n = 0; n < BURST; n++) {
        SimLiveReply reply;
        int64_t age;
        size_t len = sim_net_receive(live->net, live->buffer, &age);
        if (len == 0)
            return false;
        if (!sim_live_read(self->link, live->buffer, len, &reply))
            live->seen.strays++;
        else if (reply.fetch)
            sim_live_answered(self, &reply, len, age);
        else
            match(self, &reply, len, age);
    }
    return true;
}

static void
step(SimRun *self, const SimEvent *event)
{
    bool packet = sim_event_class(event) == SIM_CLASS_DELIVERY;
    if (packet && (event->what == SIM_EVENT_ARRIVE || event->what == SIM_EVENT_REPLY ||
                   event->what == SIM_EVENT_LISTING))
        self->now = event->due;
    if (packet && event->what == SIM_EVENT_ARRIVE)
        send_out(self, event->item);
    else if (packet && event->what == SIM_EVENT_REPLY)
        take_reply(self, event->item);
    else if (packet && event->what == SIM_EVENT_LISTING)
        sim_live_handle_listing(self, event->item);
    else
        sim_run_handle(self, event);
    self->events++;
}

/* What is due by now. Returns: whether there is more of that. */
static bool
play_due(SimRun *self, RollTime until)
{
    SimLive *live = self->live;
    SimEvent event;
    for (int n = 0; n < BURST; n++) {
        int64_t wall = sim_live_wall();
        RollTime due_by = MIN(clock_of(live, wall), until);
        if (!sim_queue_pop(self->queue, due_by, &event))
            return false;
        RollTime lag = MAX(wall - wall_of(live, event.due), 0) / 1000;
        sim_histogram_add(&live->lag, lag, 0);
        live->seen.lag_most = MAX(live->seen.lag_most, lag);
        step(self, &event);
    }
    return true;
}

static void
wait_for_more(SimRun *self, RollTime until)
{
    SimLive *live = self->live;
    int64_t asks = sim_live_ask(self);
    int64_t next = wall_of(live, MIN(sim_queue_next(self->queue), until));
    int64_t wait = MIN(MIN(next, asks) - sim_live_wall(), LONGEST_WAIT);
    if (wait > 0)
        sim_net_wait(live->net, wait);
}

bool
sim_live_play(SimRun *self, RollTime until)
{
    const SimRunOptions *options = self->options;
    SimLive *live = self->live;
    live->from = self->now;
    live->began = live->next_question = sim_live_wall();
    while (clock_of(live, sim_live_wall()) < until || sim_queue_next(self->queue) <= until) {
        bool more = take_packets(self);
        more |= play_due(self, until);
        if (options->progress != NULL &&
            !options->progress(options->progress_data, self->now, self->events))
            return false;
        if (!more)
            wait_for_more(self, until);
    }
    self->now = until;
    return true;
}

/* The upper edge of the bin in which that share of all is reached. */
static RollTime
quantile(const SimHistogram *histogram, double share)
{
    int64_t below = 0;
    for (size_t i = 0; i < SIM_HISTOGRAM_BINS; i++) {
        below += histogram->counts[i][0];
        if (below > 0 && (double)below >= share * (double)histogram->total)
            return sim_histogram_edge(i + 1);
    }
    return 0;
}

static void
hide_unseen(SimResult *result)
{
    for (size_t i = 0; i < result->n_columns; i++)
        for (SimMetric m = 0; m < SIM_N_METRICS; m++)
            if (!sim_result_sees(result, m))
                result->columns[i].metrics[m] = (SimEstimate){NAN, NAN, NAN, NAN};
}

void
sim_live_finish(SimRun *self, SimResult *result)
{
    SimLive *live = self->live;
    const SimNetCounts *counts = sim_net_counts(live->net);
    SimLiveResult *out = result->live = g_new0(SimLiveResult, 1);
    *out = live->seen;
    out->to = g_strdup(live->options->name);
    out->compress = live->options->compress;
    out->max_lag = live->options->max_lag;
    out->spread = live->atlas.spread;
    out->lag_p50 = MIN(quantile(&live->lag, 0.5), out->lag_most);
    out->lag_p99 = MIN(quantile(&live->lag, 0.99), out->lag_most);
    out->answer_p50 = MIN(quantile(&live->answers, 0.5), out->answer_most);
    out->answer_p99 = MIN(quantile(&live->answers, 0.99), out->answer_most);
    out->sent = counts->sent;
    out->received = counts->received;
    out->dropped = counts->dropped;
    hide_unseen(result);
}
