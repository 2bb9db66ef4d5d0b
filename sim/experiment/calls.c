/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Callers: calls come by their law, are looked up, and lead somewhere. */
#include "sim/experiment/outcome.h"
#include "sim/experiment/parts.h"

void
sim_run_schedule_call(SimRun *self)
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

void
sim_run_handle_call(SimRun *self)
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
    sim_run_trace(self, SIM_TRACE_CALL, id, 0, outcome - SIM_TALLY_CALL_REACHED, (uint32_t)n);
    sim_measure_count(self->measure, id, outcome);
    self->calls++;
    sim_run_schedule_call(self);
}
