/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens to the registrar as a whole: it crashes and comes back, or its clock is set. Either
 * way another registrar takes the place of the one there was, and is loaded with what is left of
 * its table; nonces, transactions and whatever else a process remembers are gone. Each record that
 * is lost or comes back is told to the trace and to the measurement.
 *
 * A registrar's clock only tells how its absolute times compare with now. So a clock that goes
 * forward by an hour is the same as a table all of whose times are an hour earlier, and time itself
 * goes on as it does for everyone else. */
#include "sim/experiment/parts.h"

static const SimCopy *
copy_at(const GArray *records, guint i)
{
    return &g_array_index(records, SimCopy, i);
}

static void
keep(SimSave *self, GArray *records, RollTime clock)
{
    g_clear_pointer(&self->records, g_array_unref);
    *self = (SimSave){records, clock};
}

/* What is measured: with a sweep there may be records that the registrar does not count any more.
 */
static GArray *
list_mirror(const SimRun *self)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(SimCopy));
    for (uint32_t id = 0; id < self->scenario->n_phones; id++) {
        size_t n = sim_measure_records(self->measure, id, NULL, 0);
        g_autofree uint32_t *addresses = g_new(uint32_t, n);
        sim_measure_records(self->measure, id, addresses, n);
        for (size_t i = 0; i < n; i++) {
            SimCopy copy = {.phone = id, .address = addresses[i]};
            g_array_append_val(out, copy);
        }
    }
    return out;
}

/* What is in the table as far as the trace knows. */
static GArray *
list_known(const SimRun *self)
{
    if (self->down)
        return g_array_new(FALSE, FALSE, sizeof(SimCopy));
    return self->replica != NULL ? sim_run_list_table(self) : list_mirror(self);
}

/* Finds a record like @copy among the records of its phone, which begin at @from. */
static const SimCopy *
find(const GArray *records, guint from, const SimCopy *copy)
{
    for (guint i = from; i < records->len && copy_at(records, i)->phone == copy->phone; i++)
        if (copy_at(records, i)->address == copy->address)
            return copy_at(records, i);
    return NULL;
}

/* Calls @tell for each record of @some that is not among @others; both are ordered by phone. */
static void
tell_missing(SimRun *self, const GArray *some, const GArray *others, SimTraceKind kind,
             void (*tell)(SimRun *self, const SimCopy *copy, SimTraceKind kind))
{
    guint from = 0;
    for (guint i = 0; i < some->len; i++) {
        const SimCopy *copy = copy_at(some, i);
        while (from < others->len && copy_at(others, from)->phone < copy->phone)
            from++;
        if (find(others, from, copy) == NULL)
            tell(self, copy, kind);
    }
}

static void
tell_lost(SimRun *self, const SimCopy *copy, SimTraceKind kind)
{
    sim_run_trace(self, kind, copy->phone, copy->address, 0, 0);
    sim_qualify_event(self, copy->phone, copy->address, ROLL_BINDING_DEACTIVATED);
    sim_push_gone(self, copy->phone, copy->address);
    if (self->replica == NULL)
        sim_measure_unbound(self->measure, self->now, copy->phone, copy->address,
                            kind == SIM_TRACE_EXPIRED);
    sim_reach_records(self, copy->phone);
}

static void
tell_back(SimRun *self, const SimCopy *copy, SimTraceKind kind)
{
    RollTime left = copy->expires_at == ROLL_NEVER ? 0 : copy->expires_at - self->now;
    sim_run_trace(self, kind, copy->phone, copy->address, 0, (uint32_t)(left / ROLL_SECOND));
    if (copy->expires_at != ROLL_NEVER)
        sim_qualify_event(self, copy->phone, copy->address, ROLL_BINDING_CREATED);
    if (self->replica == NULL)
        sim_measure_bound(self->measure, self->now, copy->phone, copy->address);
    sim_reach_records(self, copy->phone);
}

/* A fresh registrar with @save in its table, and the static records, as its clock sees them. */
static RollRegistrar *
load(SimRun *self, const SimSave *save)
{
    RollRegistrar *registrar = sim_run_new_registrar(self);
    RollTime shift = save->clock - self->clock;
    for (guint i = 0; save->records != NULL && i < save->records->len; i++) {
        SimCopy copy = *copy_at(save->records, i);
        if (copy.expires_at == ROLL_NEVER)
            continue;
        copy.registered_at += shift;
        copy.expires_at += shift;
        sim_run_load(self, registrar, &copy);
    }
    sim_run_add_static_records(self, registrar);
    return registrar;
}

/* The replica learns of a table that is not what it was told last. */
static void
send_differences(SimRun *self, const GArray *table)
{
    g_autoptr(GArray) copies = sim_run_list_replica(self);
    guint from = 0;
    for (guint i = 0; i < table->len; i++) {
        const SimCopy *copy = copy_at(table, i);
        while (from < copies->len && copy_at(copies, from)->phone < copy->phone)
            from++;
        const SimCopy *had = find(copies, from, copy);
        if (had == NULL || had->expires_at != copy->expires_at || had->cseq != copy->cseq)
            sim_run_replicate(self, copy, false);
    }
    from = 0;
    for (guint i = 0; i < copies->len; i++) {
        const SimCopy *copy = copy_at(copies, i);
        while (from < table->len && copy_at(table, from)->phone < copy->phone)
            from++;
        if (find(table, from, copy) == NULL)
            sim_run_replicate(self, copy, true);
    }
}

/* @registrar takes over from a table that is known to have held @known. */
static void
take_over(SimRun *self, RollRegistrar *registrar, const GArray *known, SimTraceKind loss)
{
    sim_run_use_registrar(self, registrar);
    g_autoptr(GArray) table = sim_run_list_table(self);
    tell_missing(self, known, table, loss, tell_lost);
    tell_missing(self, table, known, SIM_TRACE_RESTORED, tell_back);
    /* It knows of no push that was sent, and its times may be others. */
    for (guint i = 0; self->push != NULL && i < table->len; i++) {
        const SimCopy *copy = copy_at(table, i);
        sim_push_record(self, copy->phone, copy->address, copy->registered_at, copy->expires_at);
    }
    if (self->replica != NULL && loss == SIM_TRACE_LOST)
        send_differences(self, table);
}

static void
restart(SimRun *self)
{
    g_autoptr(GArray) known = list_known(self);
    self->down = false;
    take_over(self, load(self, &self->left), known, SIM_TRACE_LOST);
    keep(&self->left, NULL, 0);
}

static GArray *
what_is_left(const SimRun *self, uint32_t index)
{
    const SimSave *save = &self->saves[index];
    switch (self->scenario->cuts[index].table) {
    case SIM_TABLE_KEPT:
        return sim_run_list_table(self);
    case SIM_TABLE_REPLICA:
        return sim_run_list_replica(self);
    case SIM_TABLE_SAVED:
        return save->records != NULL ? g_array_ref(save->records) : NULL;
    case SIM_TABLE_LOST:
        break;
    }
    return NULL;
}

/* An item of the queue: which event, and for which time. Groups in a file are fewer than 1024. */
#define TIME_SHIFT 10

static uint32_t
index_of(uint32_t item)
{
    return item & ((1u << TIME_SHIFT) - 1);
}

static void
push(SimRun *self, RollTime due, unsigned what, uint32_t item)
{
    uint32_t entity = self->scenario->n_phones + index_of(item);
    sim_queue_push(self->queue,
                   (SimEvent){due, sim_order(SIM_CLASS_WORLD, entity, what), what, item});
}

static double
event_uniform(const SimRun *self, SimPurpose purpose, uint32_t item)
{
    uint32_t entity = self->scenario->n_phones + index_of(item);
    return sim_random_uniform(&self->world->random, entity, purpose, index_of(item),
                              item >> TIME_SHIFT);
}

/* When it comes is known beforehand: of all that is written down, only the last is ever read. If
 * that was before @from, it is there already. */
static void
schedule(SimRun *self, RollTime from, RollTime at, uint32_t item)
{
    const SimCut *event = &self->scenario->cuts[index_of(item)];
    push(self, at, event->fault == SIM_FAULT_CRASH ? SIM_EVENT_CRASH : SIM_EVENT_CLOCK, item);
    if (event->table != SIM_TABLE_SAVED)
        return;
    RollTime last = at / event->save_every * event->save_every;
    if (last >= from)
        push(self, last, SIM_EVENT_SAVE, item);
}

static void
crash(SimRun *self, uint32_t item)
{
    uint32_t index = index_of(item);
    const SimCut *event = &self->scenario->cuts[index];
    bool saved = event->table == SIM_TABLE_SAVED;
    if (self->down)
        return;
    keep(&self->left, what_is_left(self, index), saved ? self->saves[index].clock : self->clock);
    sim_run_halt_station(self);
    if (self->replica != NULL)
        sim_run_halt_replica(self);
    RollTime down = sim_law_draw(&event->back, event_uniform(self, SIM_PURPOSE_CRASH_BACK, item));
    if (down == 0) {
        restart(self);
        return;
    }
    g_autoptr(GArray) known = list_known(self);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(SimCopy));
    self->down = true;
    tell_missing(self, known, none, SIM_TRACE_LOST, tell_lost);
    push(self, self->now + down, SIM_EVENT_RESTART, item);
}

/* What expires by the new clock goes at once; a replica has a clock of its own. */
static void
step_clock(SimRun *self, RollTime step)
{
    RollTime before = self->clock;
    self->clock += step;
    if (self->down)
        return;
    g_autoptr(GArray) known = list_known(self);
    SimSave save = {sim_run_list_table(self), before};
    take_over(self, load(self, &save), known, SIM_TRACE_EXPIRED);
    g_array_unref(save.records);
}

/* While the registrar is down, what it will find when it is back is all there is. */
static void
save_table(SimRun *self, uint32_t index)
{
    if (!self->down)
        keep(&self->saves[index], sim_run_list_table(self), self->clock);
    else if (self->left.records != NULL)
        keep(&self->saves[index], g_array_ref(self->left.records), self->left.clock);
}

static void
repeat(SimRun *self, uint32_t item)
{
    const SimCut *event = &self->scenario->cuts[index_of(item)];
    if (!event->recurs)
        return;
    double u = event_uniform(self, SIM_PURPOSE_CUT_REPEATS, item);
    schedule(self, self->now, self->now + sim_law_draw(&event->repeats, u),
             item + (1u << TIME_SHIFT));
}

void
sim_run_handle_fault(SimRun *self, const SimEvent *event)
{
    switch (event->what) {
    case SIM_EVENT_SAVE:
        save_table(self, index_of(event->item));
        break;
    case SIM_EVENT_CRASH:
        crash(self, event->item);
        repeat(self, event->item);
        break;
    case SIM_EVENT_RESTART:
        restart(self);
        break;
    case SIM_EVENT_CLOCK:
        step_clock(self, self->scenario->cuts[index_of(event->item)].clock_step);
        repeat(self, event->item);
        break;
    }
}

void
sim_run_open_faults(SimRun *self)
{
    const SimScenario *scenario = self->scenario;
    self->saves = g_new0(SimSave, scenario->n_cuts);
    for (uint32_t i = 0; i < scenario->n_cuts; i++)
        if (scenario->cuts[i].fault != SIM_FAULT_NONE)
            schedule(self, 0, scenario->cuts[i].at, i);
}

void
sim_run_close_faults(SimRun *self)
{
    for (size_t i = 0; self->saves != NULL && i < self->scenario->n_cuts; i++)
        keep(&self->saves[i], NULL, 0);
    keep(&self->left, NULL, 0);
    g_clear_pointer(&self->saves, g_free);
}
