/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The run loop: takes the next event and gives it to whom it concerns. */
#include "sim/experiment/run.h"
#include "sim/experiment/parts.h"

#include <time.h>

void
sim_run_trace(SimRun *self, SimTraceKind kind, uint32_t phone, uint32_t address, uint32_t code,
              uint32_t number)
{
    SimTrace record = {self->now, kind, phone, address, code, number};
    if (self->log != NULL) {
        sim_log_add(self->log, &record);
        return;
    }
    self->fingerprint = sim_fingerprint(self->fingerprint, &record);
    const SimRunOptions *options = self->options;
    if (options->trace == NULL || (options->one_phone && phone != options->phone))
        return;
    if (self->packet != NULL) {
        record.cseq = self->packet->cseq;
        record.branch = self->packet->branch;
        record.copy = self->packet->copy;
    }
    char room[SIM_NAME_MAX];
    RollText text = sim_identity_name(self->identity, phone, room);
    g_autofree char *name = g_strndup(text.ptr, text.len);
    options->trace(options->trace_data, &record, name);
}

static void
on_world_change(void *data, RollTime now, SimChange change, uint32_t id, uint32_t was,
                const SimAction *action)
{
    static const SimTraceKind kinds[] = {SIM_TRACE_ON, SIM_TRACE_OFF, SIM_TRACE_ADDRESS,
                                         SIM_TRACE_CUT_OFF};
    SimRun *self = data;
    self->now = now;
    bool back = change == SIM_CHANGE_REACH && self->world->devices[id].cut_off == 0;
    sim_run_trace(self, back ? SIM_TRACE_IN_REACH : kinds[change], id,
                  self->world->devices[id].address, 0, 0);
    sim_measure_changed(self->measure, now, id, was);
    sim_reach_changed(self, id, change);
    sim_run_act(self, id, action);
}

static void
handle_phone(SimRun *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    SimPhone *phone = &self->world->phones[id];
    /* Timers are re-armed lazily: an event that was overtaken by an earlier one is passed over. */
    if (phone->armed != event->due)
        return;
    phone->armed = ROLL_NEVER;
    SimAction action = {0};
    SimPhoneSetting setting = sim_world_setting(self->world, id);
    if (sim_phone_next(phone, setting.group) <= self->now)
        sim_phone_wake(phone, &setting, id, self->now, &action);
    sim_run_act(self, id, &action);
}

static void
schedule_bin(SimRun *self, RollTime due)
{
    if (due <= self->scenario->duration)
        sim_queue_push(self->queue,
                       (SimEvent){due, sim_order(SIM_CLASS_SAMPLING, UINT32_MAX, 0), 0, 0});
}

static void
begin(SimRun *self)
{
    self->begun = true;
    if (self->station != NULL)
        sim_station_forget_peak(self->station);
    sim_reach_settle_all(self, false);
    sim_measure_begin(self->measure, self->now);
    schedule_bin(self, self->now + self->scenario->bin);
}

/* A wake of the registrar, a strike of the world or the end of a bin is nobody's own. */
static void
note_event(const SimRun *self, const SimEvent *event)
{
    bool common = sim_event_entity(event) >= self->scenario->n_phones;
    sim_log_begin(self->log, event->order);
    if (common)
        self->log->common++;
    else if (sim_event_class(event) != SIM_CLASS_REGISTRAR)
        self->log->own++;
}

static void
handle(SimRun *self, const SimEvent *event)
{
    self->now = event->due;
    if (self->log != NULL)
        note_event(self, event);
    switch (sim_event_class(event)) {
    case SIM_CLASS_WORLD:
        if (event->what == SIM_EVENT_BEGIN)
            begin(self);
        else if (event->what >= SIM_EVENT_SAVE)
            sim_run_handle_fault(self, event);
        else
            sim_world_handle(self->world, event);
        break;
    case SIM_CLASS_DELIVERY:
        sim_run_handle_delivery(self, event);
        break;
    case SIM_CLASS_REGISTRAR:
        sim_run_handle_registrar(self, event);
        break;
    case SIM_CLASS_PHONE:
        if (event->what == 0)
            handle_phone(self, event);
        else
            sim_reach_handle(self, event);
        break;
    case SIM_CLASS_CALL:
        if (event->what == SIM_EVENT_VAIN)
            sim_run_handle_vain(self, event);
        else
            sim_run_handle_call(self);
        break;
    case SIM_CLASS_SAMPLING:
        sim_reach_settle_all(self, true);
        sim_measure_close_bin(self->measure, self->now);
        schedule_bin(self, self->now + self->scenario->bin);
        break;
    }
}

/* Of a REGISTER: the phone's timers and two packets; but what has a lane is not in the buckets. */
static double
events_of(const SimScenario *scenario, const SimGroup *group)
{
    const SimNetworkSpec *network = &scenario->networks[group->places[0].network];
    return network->delay.kind == SIM_LAW_FIXED && !scenario->station.given ? 1.2 : 4;
}

/* Events in the buckets of the queue to be expected in a second. */
double
sim_run_event_rate(const SimScenario *scenario)
{
    double rate = scenario->call_rate * scenario->n_aors;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        RollTime refresh = sim_group_interval(group, group->expires, 0.5);
        rate += events_of(scenario, group) * group->count * (double)ROLL_SECOND /
                (double)MAX(refresh, ROLL_SECOND);
    }
    return rate;
}

static bool
open_link(SimRun *self, GError **error)
{
    if (self->options->live != NULL)
        return sim_live_open(self, error);
    self->link = self->options->link == SIM_LINK_DIRECT
                     ? sim_link_direct_new(self->identity, self->registrar)
                     : sim_link_wire_new(self->identity, self->registrar, self->world);
    return true;
}

bool
sim_run_open(SimRun *self, GError **error)
{
    const SimScenario *scenario = self->scenario;
    self->now = sim_world_dawn(scenario);
    self->queue = sim_queue_new(self->now, sim_run_event_rate(scenario) / MAX(self->part.of, 1));
    sim_queue_add_lane(self->queue, ROLL_T1);
    sim_queue_watch(self->queue, self->options->pushed, self->options->pushed_data);
    self->world = sim_world_new_part(scenario, self->part, self->queue, on_world_change, self);
    self->identity = sim_identity_new(self->world, error);
    if (self->identity == NULL)
        return false;
    if (self->options->link == SIM_LINK_WIRE || self->options->live != NULL)
        sim_identity_keep_ha1s(self->identity);
    sim_run_open_table(self);
    if (!open_link(self, error))
        return false;
    self->measure = sim_measure_new(self->world);
    sim_run_open_transport(self);
    sim_run_open_station(self);
    sim_run_open_overload(self);
    sim_run_open_calls(self);
    sim_run_open_replica(self);
    sim_run_open_faults(self);
    sim_run_open_reach(self);
    sim_run_open_fetch(self);
    self->fingerprint = SIM_FINGERPRINT_START;
    sim_queue_push(self->queue,
                   (SimEvent){scenario->warmup, sim_order(SIM_CLASS_WORLD, UINT32_MAX, 0),
                              SIM_EVENT_BEGIN, 0});
    return true;
}

void
sim_run_close(SimRun *self)
{
    sim_run_close_transport(self);
    sim_station_free(self->station);
    sim_run_close_overload(self);
    sim_run_close_calls(self);
    sim_run_close_faults(self);
    sim_run_close_replica(self);
    sim_run_close_reach(self);
    sim_measure_free(self->measure);
    sim_link_free(self->link);
    sim_live_close(self);
    sim_run_close_table(self);
    sim_identity_free(self->identity);
    sim_world_free(self->world);
    sim_queue_free(self->queue);
}

void
sim_run_handle(SimRun *self, const SimEvent *event)
{
    handle(self, event);
}

bool
sim_run_play(SimRun *self, RollTime until)
{
    SimEvent event;
    while (sim_queue_pop(self->queue, until, &event)) {
        handle(self, &event);
        self->events++;
        if (self->events % 4096 == 0 && self->options->progress != NULL &&
            !self->options->progress(self->options->progress_data, self->now, self->events))
            return false;
    }
    self->now = until;
    return true;
}

/* In the log of a part the start is three events of all parts, in the order of this. */
static void
begin_stage(const SimRun *self, uint64_t stage)
{
    if (self->log != NULL)
        sim_log_begin(self->log, stage);
}

/* The world goes on alone from its dawn until the history of the table begins. */
void
sim_run_start(SimRun *self)
{
    RollTime history = -sim_world_history(self->scenario);
    SimEvent event;
    begin_stage(self, 0);
    sim_world_start(self->world, self->now);
    while (sim_queue_pop(self->queue, history - 1, &event))
        sim_world_handle(self->world, &event);
    self->now = history;
    begin_stage(self, 1);
    if (self->world->asleep)
        sim_world_wake(self->world, history);
    begin_stage(self, 2);
    sim_run_add_static_records(self, self->registrar);
    sim_run_schedule_call(self);
}

void
sim_run_stop(SimRun *self)
{
    if (!self->begun)
        begin(self);
    sim_reach_settle_all(self, true);
}

static bool
run_whole(const SimScenario *scenario, const SimRunOptions *options, SimResult *result,
          GError **error)
{
    SimRun self = {.scenario = scenario, .options = options};
    bool opened = sim_run_open(&self, error);
    if (opened) {
        sim_run_start(&self);
        result->partial =
            !(options->live != NULL ? sim_live_play : sim_run_play)(&self, scenario->duration);
        sim_run_stop(&self);
        sim_measure_finish(self.measure, self.now, result);
        if (self.live != NULL)
            sim_live_finish(&self, result);
        result->fingerprint = self.fingerprint;
        result->events = self.events;
        result->registrations = self.registrations;
        if (self.station != NULL) {
            result->longest_queue = sim_station_peak(self.station);
            result->longest_wait = sim_station_longest_wait(self.station);
        }
    }
    sim_run_close(&self);
    return opened;
}

double
sim_run_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

SimResult *
sim_run(const SimScenario *scenario, const SimRunOptions *options, GError **error)
{
    if (scenario->script) {
        g_set_error(error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_INVALID,
                    "%s has a [script] and no phones: use rollcall check", scenario->path);
        return NULL;
    }
    g_autoptr(SimResult) result = g_new0(SimResult, 1);
    gint64 wall = g_get_monotonic_time();
    double cpu = sim_run_cpu();
    bool split = options->threads > 1 && options->live == NULL &&
                 sim_run_why_whole(scenario, options) == NULL;
    if (!(split ? sim_run_split : run_whole)(scenario, options, result, error))
        return NULL;
    result->scenario = scenario;
    result->link = options->live != NULL              ? "live"
                   : options->link == SIM_LINK_DIRECT ? "direct"
                                                      : "wire";
    result->wall_s = (double)(g_get_monotonic_time() - wall) * 1e-6;
    result->cpu_s = sim_run_cpu() - cpu;
    sim_result_judge(result);
    return g_steal_pointer(&result);
}
