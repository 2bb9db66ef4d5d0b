/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phones that sleep and are woken by push notifications (RFC 8599). Each record of such a phone is
 * watched: SIM_PUSH_LEAD before it expires, or when half of a shorter grant is left, a push is sent
 * to its phone (section 5.5), once until it is refreshed. One is sent, too, before each INVITE that
 * is led to a record (section 5.6.2). A record that is gone causes none.
 *
 * A push finds the phone wherever it is: by its PRID, not by its contact. It does not wait for a
 * phone that is off or whose line is down. */
#include "sim/experiment/parts.h"

typedef struct {
    RollTime due;
    RollTime armed; /* when there is an event for it */
} Watch;

struct SimPush {
    GHashTable *watches; /* phone and address -> Watch, owned */
    uint32_t *sent;      /* by phone, those to refresh: numbers their draws */
};

static const SimGroup *
group_of(const SimRun *run, uint32_t phone)
{
    return &run->scenario->groups[run->world->phones[phone].group];
}

/* A phone with outbound has but one record, whose contact may become another. The hash of a
 * pointer is its lower half. */
static gpointer
key_of(const SimRun *run, uint32_t phone, uint32_t address)
{
    uint32_t low = group_of(run, phone)->outbound ? 0 : address;
    return GSIZE_TO_POINTER((gsize)phone << 32 | (low ^ phone * 0x9e3779b1u));
}

SimPush *
sim_push_new(const SimScenario *scenario)
{
    bool any = false;
    for (size_t g = 0; g < scenario->n_groups; g++)
        any = any || scenario->groups[g].push.on;
    if (!any)
        return NULL;
    SimPush *self = g_new0(SimPush, 1);
    self->watches = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->sent = g_new0(uint32_t, scenario->n_phones);
    return self;
}

void
sim_push_free(SimPush *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->watches);
    g_free(self->sent);
    g_free(self);
}

static void
schedule(SimRun *run, RollTime due, uint32_t phone, unsigned what, uint32_t address)
{
    uint32_t ordinal = (what & 3) << 26 | (address & 0x3ffffff);
    sim_queue_push(run->queue,
                   (SimEvent){due, sim_order(SIM_CLASS_REGISTRAR, phone, ordinal), what, address});
}

void
sim_push_record(SimRun *run, uint32_t phone, uint32_t address, RollTime registered_at,
                RollTime expires_at)
{
    if (run->push == NULL || !group_of(run, phone)->push.on || expires_at == ROLL_NEVER)
        return;
    gpointer key = key_of(run, phone, address);
    Watch *watch = g_hash_table_lookup(run->push->watches, key);
    if (watch == NULL) {
        watch = g_new(Watch, 1);
        watch->armed = ROLL_NEVER;
        g_hash_table_insert(run->push->watches, key, watch);
    }
    watch->due = MAX(expires_at - sim_push_lead(expires_at - registered_at), run->now);
    /* Put off lazily: the event that was armed finds that it is not due yet. */
    if (watch->due >= watch->armed)
        return;
    watch->armed = watch->due;
    schedule(run, watch->armed, phone, SIM_EVENT_PUSH_DUE, address);
}

void
sim_push_gone(SimRun *run, uint32_t phone, uint32_t address)
{
    if (run->push != NULL)
        g_hash_table_remove(run->push->watches, key_of(run, phone, address));
}

/* Returns: how long a push takes, or ROLL_NEVER if it is lost. */
static RollTime
draw(const SimRun *run, uint32_t phone, uint32_t entity, uint32_t ordinal, uint32_t again)
{
    const SimPushSpec *spec = &group_of(run, phone)->push;
    const SimRandom *random = &run->world->random;
    if (spec->lost > 0 &&
        sim_random_uniform(random, entity, SIM_PURPOSE_PUSH, ordinal, again) < spec->lost)
        return ROLL_NEVER;
    return sim_law_draw(&spec->after,
                        sim_random_uniform(random, entity, SIM_PURPOSE_PUSH, ordinal, again + 1));
}

RollTime
sim_push_draw_call(const SimRun *run, uint32_t phone, uint32_t branch)
{
    return draw(run, phone, run->scenario->n_phones, run->calls, 2 * branch);
}

bool
sim_push_reaches(const SimRun *run, uint32_t phone)
{
    const SimDevice *device = &run->world->devices[phone];
    return device->on && device->address != 0 &&
           !(device->cut_off & (SIM_CUT_OFF_OUTAGE | SIM_CUT_OFF_PARTITION));
}

void
sim_push_call(SimRun *run, const SimBranch *branches, size_t n)
{
    for (size_t i = 0; run->push != NULL && i < n; i++) {
        const SimBranch *branch = &branches[i];
        if (!branch->pushed || !branch->tried)
            continue;
        RollTime at = run->now + branch->began;
        schedule(run, at, branch->phone, SIM_EVENT_PUSH_SENT, branch->address);
        if (branch->push != ROLL_NEVER)
            schedule(run, at + branch->push, branch->phone, SIM_EVENT_PUSH_ARRIVED,
                     branch->address);
    }
}

static void
handle_due(SimRun *run, const SimEvent *event)
{
    uint32_t phone = sim_event_entity(event);
    gpointer key = key_of(run, phone, event->item);
    Watch *watch = g_hash_table_lookup(run->push->watches, key);
    if (watch == NULL || watch->armed != event->due)
        return;
    watch->armed = ROLL_NEVER;
    if (watch->due > run->now) {
        watch->armed = watch->due;
        schedule(run, watch->armed, phone, SIM_EVENT_PUSH_DUE, event->item);
        return;
    }
    sim_measure_count(run->measure, phone, SIM_TALLY_PUSH);
    RollTime takes = draw(run, phone, phone, run->push->sent[phone]++, 0);
    if (takes != ROLL_NEVER)
        schedule(run, run->now + takes, phone, SIM_EVENT_PUSH_ARRIVED, event->item);
}

static void
handle_arrived(SimRun *run, uint32_t phone)
{
    SimAction action = {0};
    if (!sim_push_reaches(run, phone))
        return;
    SimPhoneSetting setting = sim_world_setting(run->world, phone);
    sim_phone_pushed(&run->world->phones[phone], &setting, phone, run->now, &action);
    sim_run_act(run, phone, &action);
}

void
sim_push_handle(SimRun *run, const SimEvent *event)
{
    uint32_t phone = sim_event_entity(event);
    if (event->what == SIM_EVENT_PUSH_DUE)
        handle_due(run, event);
    else if (event->what == SIM_EVENT_PUSH_ARRIVED)
        handle_arrived(run, phone);
    else
        sim_measure_count(run->measure, phone, SIM_TALLY_PUSH);
}
