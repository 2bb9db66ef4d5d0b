/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests at the station. A request is decided at the end of its service; copies of it that come
 * meanwhile wait and cost service too, as a server has to look at a packet to know it for a copy. A
 * request that finds the line full never gets to the registrar. */
#include "sim/experiment/parts.h"

/* The station is an entity after all phones. */
#define STATION UINT32_MAX

void
sim_run_open_station(SimRun *self)
{
    if (self->scenario->station.given)
        self->station = sim_station_new(&self->scenario->station, &self->world->random);
}

static void
serve(SimRun *self)
{
    SimService service;
    while (sim_station_begin(self->station, self->now, &service)) {
        uint32_t phone = sim_run_flight(self, service.item)->request.phone;
        sim_run_flight(self, service.item)->stand = SIM_STAND_SERVED;
        sim_measure_shift(self->measure, self->now, phone, SIM_TALLY_QUEUED, -1);
        sim_measure_shift(self->measure, self->now, phone, SIM_TALLY_IN_SERVICE, 1);
        sim_run_flight(self, service.item)->waited = service.waited;
        sim_queue_push(self->queue,
                       (SimEvent){service.due,
                                  sim_order(SIM_CLASS_DELIVERY, STATION, service.serial),
                                  SIM_EVENT_SERVED, service.item});
    }
}

/* Whole seconds, for the header has no others (RFC 3261 section 20.33). */
static uint32_t
draw_advice(SimRun *self, const SimRequest *request)
{
    const SimLaw *law = &self->scenario->station.retry_after;
    uint32_t ordinal = request->branch << 6 | (request->copy & 63);
    double u = sim_random_uniform(&self->world->random, request->phone, SIM_PURPOSE_RETRY_AFTER,
                                  ordinal, 0);
    RollTime advice = sim_law_draw(law, u);
    return (uint32_t)MIN((advice + ROLL_SECOND - 1) / ROLL_SECOND, UINT32_MAX);
}

static void
turn_away(SimRun *self, uint32_t i)
{
    SimFlight *flight = sim_run_flight(self, i);
    const SimRequest *request = &flight->request;
    bool refuses = self->scenario->station.full == SIM_FULL_REFUSES;
    sim_measure_count(self->measure, request->phone, SIM_TALLY_TURNED_AWAY);
    sim_run_trace_packet(self, SIM_TRACE_TURNED_AWAY, request, refuses ? 503 : 0, 0);
    if (!refuses) {
        sim_run_free_flight(self, i);
        return;
    }
    self->link->refuse(self->link, flight, draw_advice(self, request));
    sim_run_send_reply(self, i, 503);
}

void
sim_run_enter_station(SimRun *self, uint32_t i)
{
    uint32_t phone = sim_run_flight(self, i)->request.phone;
    sim_measure_count(self->measure, phone, SIM_TALLY_OFFERED);
    if (!sim_station_offer(self->station, self->now, i)) {
        turn_away(self, i);
        return;
    }
    sim_run_flight(self, i)->stand = SIM_STAND_WAITS;
    sim_measure_shift(self->measure, self->now, phone, SIM_TALLY_QUEUED, 1);
    serve(self);
    sim_run_control(self);
}

/* What is in service keeps its flight until the end of it comes up in the queue. */
static void
lose(SimRun *self, uint32_t i)
{
    SimFlight *flight = sim_run_flight(self, i);
    bool waits = flight->stand == SIM_STAND_WAITS;
    if (!waits && flight->stand != SIM_STAND_SERVED)
        return;
    sim_measure_shift(self->measure, self->now, flight->request.phone,
                      waits ? SIM_TALLY_QUEUED : SIM_TALLY_IN_SERVICE, -1);
    flight->stand = SIM_STAND_LOST;
    sim_run_trace_packet(self, SIM_TRACE_DOWN, &flight->request, 0, 0);
    if (waits)
        sim_run_free_flight(self, i);
}

void
sim_run_halt_station(SimRun *self)
{
    if (self->station == NULL)
        return;
    for (guint i = 0; i < self->flights->len; i++)
        lose(self, i);
    sim_station_clear(self->station);
}

void
sim_run_handle_served(SimRun *self, const SimEvent *event)
{
    SimFlight *flight = sim_run_flight(self, event->item);
    uint32_t phone = flight->request.phone;
    if (flight->stand == SIM_STAND_LOST) {
        sim_run_free_flight(self, event->item);
        return;
    }
    flight->stand = SIM_STAND_NONE;
    sim_station_end(self->station);
    sim_measure_shift(self->measure, self->now, phone, SIM_TALLY_IN_SERVICE, -1);
    sim_measure_count(self->measure, phone, SIM_TALLY_SERVED);
    sim_measure_add(self->measure, phone, SIM_TALLY_WAIT_TIME, flight->waited);
    sim_run_control(self);
    sim_run_decide(self, event->item);
    serve(self);
}
