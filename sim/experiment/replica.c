/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A replica of the table, which callers read. Each change of the registrar's table is on its way to
 * it for a time drawn from a law, and none overtakes another: what is due earlier than the change
 * before it waits for that one. Records that expire are not told of: the replica knows when, and
 * lets them go by itself, at the same instant as the registrar if it has their last refresh. Static
 * records stand in its own configuration. What the replica holds is what is measured. */
#include "sim/experiment/parts.h"

#define NONE UINT32_MAX

typedef struct {
    SimCopy copy;
    uint32_t next; /* of the phone, younger; of the free list */
} Node;

typedef struct {
    uint32_t first;
    uint32_t changes;
    RollTime armed;
} Line;

typedef struct {
    SimCopy copy;
    RollTime due;
    bool gone;
} Change;

struct SimReplica {
    Line *lines;   /* by phone */
    GArray *nodes; /* Node */
    uint32_t free_node;
    GArray *changes; /* Change; from @next on they are on their way */
    guint next;
    RollTime last; /* when the last of them will be there */
    RollTime armed;
    GArray *found;    /* RollLocation */
    GPtrArray *texts; /* of @found */
};

static Node *
node_at(const SimReplica *self, uint32_t i)
{
    return &g_array_index(self->nodes, Node, i);
}

static Change *
change_at(const SimReplica *self, guint i)
{
    return &g_array_index(self->changes, Change, i);
}

static bool
counts(const SimRun *self, const SimCopy *copy)
{
    return copy->expires_at == ROLL_NEVER ||
           copy->expires_at + self->scenario->registrar.late_margin > self->now;
}

/* When a record is swept, as in the registrar itself. */
static RollTime
swept_at(const SimRun *self, const SimCopy *copy)
{
    const SimRegistrarSpec *registrar = &self->scenario->registrar;
    RollTime step = registrar->purge_interval;
    if (copy->expires_at == ROLL_NEVER)
        return ROLL_NEVER;
    RollTime at = copy->expires_at + registrar->late_margin;
    RollTime rest = step > 0 ? at % step : 0;
    if (rest == 0)
        return at;
    return at - rest + (rest > 0 ? step : 0);
}

static void
arm_sweep(SimRun *run, uint32_t id, const SimCopy *copy)
{
    Line *line = &run->replica->lines[id];
    RollTime due = swept_at(run, copy);
    if (due >= line->armed)
        return;
    line->armed = MAX(due, run->now);
    sim_queue_push(run->queue,
                   (SimEvent){line->armed, sim_order(SIM_CLASS_REGISTRAR, id, SIM_EVENT_DROP),
                              SIM_EVENT_DROP, id});
}

/* The place that leads to the record of @id with @address, or to the end of its list. */
static uint32_t *
find(SimReplica *self, uint32_t id, uint32_t address)
{
    uint32_t *link = &self->lines[id].first;
    while (*link != NONE && node_at(self, *link)->copy.address != address)
        link = &node_at(self, *link)->next;
    return link;
}

static void
drop(SimRun *run, uint32_t *link, bool expired)
{
    SimReplica *self = run->replica;
    uint32_t i = *link;
    SimCopy copy = node_at(self, i)->copy;
    *link = node_at(self, i)->next;
    node_at(self, i)->next = self->free_node;
    self->free_node = i;
    sim_run_trace(run, SIM_TRACE_DROPPED, copy.phone, copy.address, 0, 0);
    sim_measure_unbound(run->measure, run->now, copy.phone, copy.address, expired);
    sim_reach_records(run, copy.phone);
}

static uint32_t
take_node(SimReplica *self)
{
    uint32_t i = self->free_node;
    if (i == NONE) {
        i = self->nodes->len;
        g_array_set_size(self->nodes, i + 1);
    } else {
        self->free_node = node_at(self, i)->next;
    }
    return i;
}

static void
add(SimRun *run, const SimCopy *copy)
{
    SimReplica *self = run->replica;
    uint32_t i = take_node(self);
    *node_at(self, i) = (Node){*copy, NONE};
    /* Only now: the list may end in a node that has just moved. */
    *find(self, copy->phone, copy->address) = i;
    RollTime left = copy->expires_at == ROLL_NEVER ? 0 : copy->expires_at - run->now;
    sim_run_trace(run, SIM_TRACE_COPIED, copy->phone, copy->address, 0,
                  (uint32_t)(left / ROLL_SECOND));
    sim_measure_bound(run->measure, run->now, copy->phone, copy->address);
    sim_reach_records(run, copy->phone);
}

static void
drop_expired(SimRun *run, uint32_t id)
{
    SimReplica *self = run->replica;
    for (uint32_t *link = &self->lines[id].first; *link != NONE;)
        if (counts(run, &node_at(self, *link)->copy))
            link = &node_at(self, *link)->next;
        else
            drop(run, link, true);
}

/* A record with a reg-id is the only one of its phone and moves with it (RFC 5626 section 6). */
static void
drop_moved(SimRun *run, const SimCopy *copy)
{
    SimReplica *self = run->replica;
    for (uint32_t *link = &self->lines[copy->phone].first; *link != NONE;)
        if (node_at(self, *link)->copy.address == copy->address)
            link = &node_at(self, *link)->next;
        else
            drop(run, link, false);
}

/* As the registrar does, it first lets go what has expired of this phone and was not swept yet. */
static void
apply(SimRun *run, const SimCopy *copy, bool gone)
{
    drop_expired(run, copy->phone);
    if (!gone && sim_identity_group(run->identity, copy->phone)->outbound)
        drop_moved(run, copy);
    uint32_t *link = find(run->replica, copy->phone, copy->address);
    bool had = *link != NONE;
    if (gone && had)
        drop(run, link, false);
    if (gone || (!had && !counts(run, copy)))
        return;
    if (had)
        node_at(run->replica, *link)->copy = *copy;
    else
        add(run, copy);
    arm_sweep(run, copy->phone, copy);
}

static void
arm(SimRun *run)
{
    SimReplica *self = run->replica;
    if (self->next == self->changes->len)
        return;
    RollTime due = change_at(self, self->next)->due;
    if (due >= self->armed)
        return;
    self->armed = due;
    uint64_t order = sim_order(SIM_CLASS_REGISTRAR, run->scenario->n_phones, SIM_EVENT_COPY);
    sim_queue_push(run->queue, (SimEvent){due, order, SIM_EVENT_COPY, 0});
}

void
sim_run_replicate(SimRun *run, const SimCopy *copy, bool gone)
{
    SimReplica *self = run->replica;
    if (copy->expires_at == ROLL_NEVER) {
        apply(run, copy, gone);
        return;
    }
    double u = sim_random_uniform(&run->world->random, copy->phone, SIM_PURPOSE_REPLICA_LAG,
                                  self->lines[copy->phone].changes++, 0);
    RollTime lag = sim_law_draw(&run->scenario->registrar.replica_lag, u);
    self->last = MAX(self->last, run->now + lag);
    Change change = {*copy, self->last, gone};
    g_array_append_val(self->changes, change);
    arm(run);
}

static void
apply_due(SimRun *run)
{
    SimReplica *self = run->replica;
    while (self->next < self->changes->len && change_at(self, self->next)->due <= run->now) {
        Change change = *change_at(self, self->next++);
        apply(run, &change.copy, change.gone);
    }
    /* The front is given up when it is the larger part, so each change is moved once at most. */
    if (self->next > self->changes->len / 2) {
        g_array_remove_range(self->changes, 0, self->next);
        self->next = 0;
    }
}

static void
sweep(SimRun *run, uint32_t id)
{
    SimReplica *self = run->replica;
    RollTime next = ROLL_NEVER;
    const SimCopy *earliest = NULL;
    for (uint32_t *link = &self->lines[id].first; *link != NONE;) {
        const SimCopy *copy = &node_at(self, *link)->copy;
        RollTime at = swept_at(run, copy);
        if (at <= run->now) {
            drop(run, link, true);
            continue;
        }
        if (at < next)
            earliest = copy;
        next = MIN(next, at);
        link = &node_at(self, *link)->next;
    }
    if (earliest != NULL)
        arm_sweep(run, id, earliest);
}

void
sim_run_handle_replica(SimRun *run, const SimEvent *event)
{
    SimReplica *self = run->replica;
    RollTime *armed =
        event->what == SIM_EVENT_COPY ? &self->armed : &self->lines[event->item].armed;
    /* As for phones: an event that was overtaken by an earlier one is passed over. */
    if (*armed != event->due)
        return;
    *armed = ROLL_NEVER;
    if (event->what == SIM_EVENT_DROP) {
        sweep(run, event->item);
        return;
    }
    apply_due(run);
    arm(run);
}

void
sim_run_halt_replica(SimRun *run)
{
    SimReplica *self = run->replica;
    g_array_set_size(self->changes, 0);
    self->next = 0;
    self->last = run->now;
    self->armed = ROLL_NEVER;
}

GArray *
sim_run_list_replica(const SimRun *run)
{
    const SimReplica *self = run->replica;
    GArray *out = g_array_new(FALSE, FALSE, sizeof(SimCopy));
    for (uint32_t id = 0; id < run->scenario->n_phones; id++)
        for (uint32_t i = self->lines[id].first; i != NONE; i = node_at(self, i)->next)
            g_array_append_val(out, node_at(self, i)->copy);
    return out;
}

/* What the replica knows of device @id. */
static void
find_device(SimRun *run, uint32_t id)
{
    SimReplica *self = run->replica;
    int q = sim_identity_group(run->identity, id)->q;
    for (uint32_t i = self->lines[id].first; i != NONE; i = node_at(self, i)->next) {
        const SimCopy *copy = &node_at(self, i)->copy;
        char room[SIM_NAME_MAX];
        RollUri uri = {0};
        if (!counts(run, copy))
            continue;
        sim_identity_contact(run->identity, id, NULL, copy->address, room, &uri);
        char *text = g_strndup(uri.text.ptr, uri.text.len);
        g_ptr_array_add(self->texts, text);
        RollLocation location = {
            .contact = {text, uri.text.len},
            .q = q == ROLL_Q_NONE ? 1000 : q,
            .registered_at = copy->registered_at,
            .expires_at = copy->expires_at,
        };
        g_array_append_val(self->found, location);
    }
}

/* As the core gives them: highest q first, youngest first among equals. */
static gint
compare_locations(gconstpointer a, gconstpointer b)
{
    const RollLocation *x = a;
    const RollLocation *y = b;
    if (x->q != y->q)
        return x->q > y->q ? -1 : 1;
    return x->registered_at > y->registered_at ? -1 : x->registered_at < y->registered_at;
}

size_t
sim_run_lookup_replica(SimRun *run, uint32_t id, const RollLocation **out)
{
    SimReplica *self = run->replica;
    const SimScenario *scenario = run->scenario;
    unsigned which = run->world->phones[id].group;
    uint32_t i = id - scenario->groups[which].first;
    g_array_set_size(self->found, 0);
    g_ptr_array_set_size(self->texts, 0);
    find_device(run, id);
    for (size_t g = 0; scenario->groups[which].shared && g < scenario->n_groups; g++) {
        const SimGroup *group = &scenario->groups[g];
        if (group->owner == which + 1 && i < group->count)
            find_device(run, group->first + i);
    }
    g_array_sort(self->found, compare_locations);
    *out = (const RollLocation *)(const void *)self->found->data;
    return self->found->len;
}

void
sim_run_open_replica(SimRun *run)
{
    if (!run->scenario->registrar.replica)
        return;
    SimReplica *self = run->replica = g_new0(SimReplica, 1);
    self->lines = g_new(Line, run->scenario->n_phones);
    for (uint32_t id = 0; id < run->scenario->n_phones; id++)
        self->lines[id] = (Line){NONE, 0, ROLL_NEVER};
    self->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    self->free_node = NONE;
    self->changes = g_array_new(FALSE, FALSE, sizeof(Change));
    self->last = INT64_MIN;
    self->armed = ROLL_NEVER;
    self->found = g_array_new(FALSE, FALSE, sizeof(RollLocation));
    self->texts = g_ptr_array_new_with_free_func(g_free);
}

void
sim_run_close_replica(SimRun *run)
{
    SimReplica *self = run->replica;
    if (self == NULL)
        return;
    g_free(self->lines);
    g_array_unref(self->nodes);
    g_array_unref(self->changes);
    g_array_unref(self->found);
    g_ptr_array_unref(self->texts);
    g_clear_pointer(&run->replica, g_free);
}
