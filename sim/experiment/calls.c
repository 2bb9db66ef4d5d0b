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
    RollTime due = self->now + sim_law_draw(&law, u);
    if (self->pattern != NULL)
        due = sim_pattern_after(self->pattern, self->now, (double)(due - self->now));
    sim_queue_push(self->queue,
                   (SimEvent){due, sim_order(SIM_CLASS_CALL, caller, self->calls), 0, 0});
}

/* The call has shown where phone @id is. */
static void
call_reached(SimRun *self, uint32_t id, const RollLocation *contacts, size_t n)
{
    const SimGroup *group = sim_world_setting(self->world, id).group;
    sim_measure_add(self->measure, id, SIM_TALLY_KNOWN_AGE, self->now - self->known[id]);
    self->known[id] = self->now;
    if (!group->refresh_after_call)
        return;
    const RollLocation *record = NULL;
    for (size_t i = 0; i < n; i++)
        if (sim_identity_parse_address(contacts[i].contact) == self->world->devices[id].address)
            record = &contacts[i];
    if (record == NULL || record->expires_at == ROLL_NEVER)
        return;
    SimAction action = {0};
    SimPhoneSetting setting = {group, &self->world->random};
    RollTime granted = (record->expires_at - record->registered_at) / ROLL_SECOND;
    sim_phone_called(&self->world->phones[id], &setting, id, self->now, (uint32_t)granted,
                     record->expires_at);
    sim_run_act(self, id, &action);
}

void
sim_run_open_calls(SimRun *self)
{
    const SimScenario *scenario = self->scenario;
    self->vain = g_array_new(FALSE, FALSE, sizeof(SimVain));
    self->free_vain = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    if (scenario->call_rate > 0)
        self->known = g_new0(RollTime, scenario->n_phones);
    if (scenario->n_call_pattern > 0)
        self->pattern = sim_pattern_new(scenario->call_pattern, scenario->n_call_pattern);
}

void
sim_run_close_calls(SimRun *self)
{
    g_clear_pointer(&self->vain, g_array_unref);
    g_clear_pointer(&self->free_vain, g_array_unref);
    g_clear_pointer(&self->known, g_free);
    g_clear_pointer(&self->pattern, sim_pattern_free);
}

void
sim_run_handle_call(SimRun *self)
{
    uint32_t caller = self->scenario->n_phones;
    double u = sim_random_uniform(&self->world->random, caller, SIM_PURPOSE_CALLEE, self->calls, 0);
    uint32_t id = (uint32_t)(u * self->scenario->n_phones);
    const RollLocation *contacts;
    size_t n = sim_run_lookup(self, id, &contacts);
    SimTally outcome = sim_call_outcome(self->world, id, contacts, n);
    sim_run_trace(self, SIM_TRACE_CALL, id, 0, outcome - SIM_TALLY_CALL_REACHED, (uint32_t)n);
    sim_measure_count(self->measure, id, outcome);
    if (outcome == SIM_TALLY_CALL_REACHED)
        call_reached(self, id, contacts, n);
    else
        sim_run_call_in_vain(self, id, contacts, n);
    self->calls++;
    sim_run_schedule_call(self);
}
