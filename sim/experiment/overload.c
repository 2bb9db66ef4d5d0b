/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Overload control between the station and the phones (RFC 7339): the station says what share of
 * the requests should stay away, the registrar hands it on with its answers, and the phones that
 * take part keep that share of their new requests to themselves. Each phone is a client of its own
 * and knows what its last answer told; it forgets it when it is off. */
#include "sim/experiment/parts.h"

struct SimHold {
    RollTime until;
    int64_t seq;
    uint8_t percent;
};

void
sim_run_open_overload(SimRun *self)
{
    bool any = false;
    for (size_t g = 0; g < self->scenario->n_groups; g++)
        any = any || self->scenario->groups[g].holds_back;
    if (any)
        self->holds = g_new0(SimHold, self->scenario->n_phones);
}

void
sim_run_close_overload(SimRun *self)
{
    g_clear_pointer(&self->holds, g_free);
}

void
sim_run_control(SimRun *self)
{
    uint32_t percent;
    if (sim_station_control(self->station, self->now, &percent))
        roll_registrar_set_overload(self->registrar, self->now, percent,
                                    self->scenario->station.validity);
}

/* Sections 5.4 and 5.7: a number as high as the last one is no news, and goes on to count down. */
void
sim_run_hear(SimRun *self, const SimResponse *response)
{
    if (self->holds == NULL || !response->oc)
        return;
    SimHold *hold = &self->holds[response->phone];
    if (response->oc_seq <= hold->seq)
        return;
    *hold = (SimHold){self->now + response->oc_validity * ROLL_MILLISECOND, response->oc_seq,
                      response->oc_percent};
}

/* Section 7.2, with all requests in the first category. A copy belongs to a request that was sent;
 * what has no address sends nothing anyway. */
bool
sim_run_holds_back(SimRun *self, const SimRequest *request)
{
    if (self->holds == NULL || request->copy > 0 || request->source == 0)
        return false;
    SimHold *hold = &self->holds[request->phone];
    if (request->kind == SIM_SEND_INITIAL)
        *hold = (SimHold){0};
    if (hold->percent == 0 || self->now >= hold->until)
        return false;
    double u = sim_random_uniform(&self->world->random, request->phone, SIM_PURPOSE_HOLD_BACK,
                                  request->branch, 0);
    return 100 * u < hold->percent;
}

/* Section 5.10: as a 503 without Retry-After. */
void
sim_run_refuse_itself(SimRun *self, const SimRequest *request, SimAction *out)
{
    SimPhone *phone = &self->world->phones[request->phone];
    SimPhoneSetting setting = sim_world_setting(self->world, request->phone);
    SimResponse response = {
        .phone = request->phone, .branch = request->branch, .cseq = request->cseq, .status = 503};
    sim_measure_count(self->measure, request->phone, SIM_TALLY_HELD_BACK);
    sim_run_trace_packet(self, SIM_TRACE_HELD_BACK, request, request->kind, 0);
    sim_phone_receive(phone, &setting, request->phone, self->now, &response, out);
}
