/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Callers: calls come by their law, to addresses-of-record, are looked up, and lead somewhere. An
 * INVITE is not simulated packet by packet: its way is decided at the instant of the call. */
#include "sim/experiment/outcome.h"
#include "sim/experiment/parts.h"

void
sim_run_schedule_call(SimRun *self)
{
    double rate = self->scenario->call_rate * self->scenario->n_aors;
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

/* A call to @owner has shown where phone @id is, by its @record. */
static void
call_reached(SimRun *self, uint32_t owner, uint32_t id, const RollLocation *record)
{
    const SimGroup *group = sim_world_setting(self->world, id).group;
    /* One that is woken first sends nothing yet. */
    if (!group->push.on)
        sim_reach_answer(self, id);
    sim_measure_add(self->measure, owner, SIM_TALLY_KNOWN_AGE, self->now - self->known[id]);
    self->known[id] = self->now;
    if (!group->refresh_after_call || record->expires_at == ROLL_NEVER)
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
    self->branches = g_array_new(FALSE, TRUE, sizeof(SimBranch));
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
    g_clear_pointer(&self->branches, g_array_unref);
    g_clear_pointer(&self->vain, g_array_unref);
    g_clear_pointer(&self->free_vain, g_array_unref);
    g_clear_pointer(&self->known, g_free);
    g_clear_pointer(&self->pattern, sim_pattern_free);
}

/* One of the phones that have an address-of-record of their own. */
static uint32_t
draw_callee(const SimRun *self)
{
    const SimScenario *scenario = self->scenario;
    uint32_t caller = scenario->n_phones;
    double u = sim_random_uniform(&self->world->random, caller, SIM_PURPOSE_CALLEE, self->calls, 0);
    uint32_t left = (uint32_t)(u * scenario->n_aors);
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (group->owner != 0)
            continue;
        if (left < group->count)
            return group->first + left;
        left -= group->count;
    }
    return 0;
}

/* Whether any device that registers the address-of-record of @owner is on. */
static bool
is_anybody_on(const SimRun *self, uint32_t owner)
{
    const SimScenario *scenario = self->scenario;
    unsigned which = self->world->phones[owner].group;
    uint32_t i = owner - scenario->groups[which].first;
    bool on = self->world->devices[owner].on;
    for (size_t g = 0; scenario->groups[which].shared && g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (group->owner == which + 1 && i < group->count)
            on = on || self->world->devices[group->first + i].on;
    }
    return on;
}

/* There and back: the INVITE, and the answer to it. */
static RollTime
round_trip(const SimRun *self, uint32_t id, uint32_t branch)
{
    const SimLaw *law = &sim_world_network(self->world, id)->delay;
    RollTime sum = 0;
    for (uint32_t way = 0; way < 2; way++) {
        double u = law->kind == SIM_LAW_FIXED
                       ? 0.5
                       : sim_random_uniform(&self->world->random, self->scenario->n_phones,
                                            SIM_PURPOSE_CALL_DELAY, self->calls, 2 * branch + way);
        sum += sim_law_draw(law, u);
    }
    return sum;
}

uint32_t
sim_run_phone_of(const SimRun *self, uint32_t owner, RollText contact)
{
    bool shared = sim_identity_group(self->identity, owner)->shared;
    return shared ? sim_identity_device(self->identity, owner, contact) : owner;
}

/* The INVITE waits until the phone has been woken and has registered from where it is now, so it
 * comes to nobody else, and no port of a NAT has to be open for it (RFC 8599 section 5.6.2). */
static void
lead_by_push(const SimRun *self, uint32_t number, SimBranch *branch)
{
    branch->pushed = true;
    branch->push = sim_push_draw_call(self, branch->phone, number);
    if (!self->world->devices[branch->phone].on)
        return;
    branch->end = SIM_BRANCH_CUT_OFF;
    if (branch->push == ROLL_NEVER || !sim_push_reaches(self, branch->phone))
        return;
    branch->answer = branch->push + round_trip(self, branch->phone, number);
    if (branch->answer < SIM_TIMER_B)
        branch->end = SIM_BRANCH_RINGS;
}

static SimBranch
make_branch(const SimRun *self, uint32_t owner, const RollLocation *contact, uint32_t number)
{
    uint32_t id = sim_run_phone_of(self, owner, contact->contact);
    uint32_t address = sim_identity_parse_address(self->scenario, contact->contact);
    const SimDevice *device = &self->world->devices[id];
    SimBranch branch = {SIM_BRANCH_SILENT, .phone = id, .address = address, .q = contact->q};
    if (sim_identity_group(self->identity, id)->push.on && contact->expires_at != ROLL_NEVER) {
        lead_by_push(self, number, &branch);
        return branch;
    }
    int64_t holder = sim_world_holder(self->world, address);
    /* A port that the phone has lost may be another's by now. */
    if (device->on && device->address == address && (holder < 0 || holder == id)) {
        branch.end = device->cut_off == 0 ? SIM_BRANCH_RINGS : SIM_BRANCH_CUT_OFF;
        branch.answer = round_trip(self, id, number);
        return branch;
    }
    if (holder >= 0 && holder != id && self->world->devices[holder].on &&
        self->world->devices[holder].cut_off == 0) {
        branch.end = SIM_BRANCH_REFUSED;
        branch.answer = round_trip(self, (uint32_t)holder, number);
    }
    return branch;
}

static void
count_call(SimRun *self, uint32_t owner, const SimCallResult *result)
{
    sim_measure_count(self->measure, owner, result->outcome);
    sim_measure_add(self->measure, owner, SIM_TALLY_CALL_WAIT_TIME, result->wait);
    sim_measure_add(self->measure, owner, SIM_TALLY_CALL_DEAD_BRANCHES, result->dead);
    if (result->outcome == SIM_TALLY_CALL_REACHED)
        sim_measure_add(self->measure, owner, SIM_TALLY_CALL_RING_TIME, result->wait);
}

static void
lead(SimRun *self, uint32_t owner)
{
    const RollLocation *contacts;
    size_t n = sim_run_lookup(self, owner, &contacts);
    g_array_set_size(self->branches, (guint)n);
    SimBranch *branches = (SimBranch *)(void *)self->branches->data;
    for (size_t i = 0; i < n; i++)
        branches[i] = make_branch(self, owner, &contacts[i], (uint32_t)i);
    SimCallResult result =
        sim_call_fork(branches, n, self->scenario->call_fork, is_anybody_on(self, owner));
    sim_run_trace(self, SIM_TRACE_CALL, owner, 0, result.outcome - SIM_TALLY_CALL_REACHED,
                  (uint32_t)n);
    count_call(self, owner, &result);
    if (result.outcome == SIM_TALLY_CALL_REACHED)
        call_reached(self, owner, branches[result.ringing].phone, &contacts[result.ringing]);
    sim_run_call_in_vain(self, branches, contacts, n);
    sim_push_call(self, branches, n);
}

/* Each part of a run that is split has all calls, so that each has its number. */
void
sim_run_handle_call(SimRun *self)
{
    uint32_t owner = draw_callee(self);
    if (sim_world_owns(self->world, owner))
        lead(self, owner);
    self->calls++;
    sim_run_schedule_call(self);
}
