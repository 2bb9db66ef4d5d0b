/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar that asks its records by OPTIONS whether somebody is there, and removes those that
 * have not answered several times in a row: the rival of a short expiry. Each record is watched
 * from when it is made; the first question comes at a random part of the period, so that records
 * made together are not asked together. Any answer counts, also that of another device that has the
 * address now, as the registrar cannot tell it from the right one. */
#include "sim/experiment/parts.h"

#define NONE UINT32_MAX

/* An OPTIONS is sent again by Timer E until this is over (T1, RFC 3261 section 17.1.2.2): at 0, 0.5
 * and 1.5 s. */
#define ANSWER_WITHIN (3 * ROLL_SECOND)
#define COPIES 3

typedef struct {
    uint32_t phone;
    uint32_t address;
    uint32_t misses;
    uint32_t serial; /* tells it from those before it in the same place */
    uint32_t next_free;
    bool used;
} Watch;

struct SimQualify {
    GArray *watches;
    uint32_t first_free;
    uint32_t serial;
    GHashTable *places; /* phone and address -> place + 1 */
};

static gpointer
key_of(uint32_t phone, uint32_t address)
{
    return GSIZE_TO_POINTER((gsize)phone << 32 | address);
}

static Watch *
watch_at(const SimQualify *self, uint32_t i)
{
    return &g_array_index(self->watches, Watch, i);
}

SimQualify *
sim_qualify_new(const SimScenario *scenario)
{
    if (scenario->registrar.qualify == 0)
        return NULL;
    SimQualify *self = g_new0(SimQualify, 1);
    self->watches = g_array_new(FALSE, TRUE, sizeof(Watch));
    self->places = g_hash_table_new(NULL, NULL);
    self->first_free = NONE;
    return self;
}

void
sim_qualify_free(SimQualify *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->watches);
    g_hash_table_unref(self->places);
    g_free(self);
}

/* Numbers the draws of a record: by time, as a record is asked once in a second at most. */
static uint32_t
second_of(const SimRun *run)
{
    return (uint32_t)(run->now / ROLL_SECOND);
}

static void
schedule(SimRun *run, uint32_t place, unsigned what, RollTime after)
{
    const Watch *watch = watch_at(run->qualify, place);
    uint32_t ordinal = what << 26 | (watch->address & 0x3ffffff);
    sim_queue_push(run->queue, (SimEvent){run->now + after,
                                          sim_order(SIM_CLASS_REGISTRAR, watch->phone, ordinal),
                                          what | watch->serial << 8, place});
}

static void
add(SimRun *run, uint32_t phone, uint32_t address)
{
    SimQualify *self = run->qualify;
    uint32_t place = self->first_free;
    if (place == NONE) {
        place = self->watches->len;
        g_array_set_size(self->watches, place + 1);
    } else {
        self->first_free = watch_at(self, place)->next_free;
    }
    self->serial++;
    *watch_at(self, place) = (Watch){
        .phone = phone, .address = address, .serial = self->serial & 0xffffff, .used = true};
    g_hash_table_insert(self->places, key_of(phone, address), GUINT_TO_POINTER(place + 1));
    double u = sim_random_uniform(&run->world->random, phone, SIM_PURPOSE_QUALIFY, second_of(run),
                                  address);
    schedule(run, place, SIM_EVENT_QUALIFY,
             (RollTime)(u * (double)run->scenario->registrar.qualify));
}

void
sim_qualify_event(SimRun *run, uint32_t phone, uint32_t address, RollBindingEventKind kind)
{
    SimQualify *self = run->qualify;
    if (self == NULL)
        return;
    uint32_t place =
        GPOINTER_TO_UINT(g_hash_table_lookup(self->places, key_of(phone, address))) - 1;
    if (place == NONE) {
        if (kind == ROLL_BINDING_CREATED)
            add(run, phone, address);
        return;
    }
    Watch *watch = watch_at(self, place);
    watch->misses = 0;
    if (kind < ROLL_BINDING_EXPIRED)
        return;
    g_hash_table_remove(self->places, key_of(phone, address));
    watch->used = false;
    watch->next_free = self->first_free;
    self->first_free = place;
}

/* Whether one of the copies is answered by whoever is at the address. */
static bool
is_answered(SimRun *run, const Watch *watch)
{
    int64_t holder = sim_world_holder(run->world, watch->address);
    const SimRandom *random = &run->world->random;
    for (uint32_t copy = 0; copy < COPIES; copy++) {
        sim_measure_count(run->measure, watch->phone, SIM_TALLY_QUALIFY);
        if (holder < 0 || !run->world->devices[holder].on || run->world->devices[holder].cut_off)
            continue;
        const SimNetworkSpec *network = sim_world_network(run->world, (uint32_t)holder);
        uint32_t again = copy << 30 | (watch->address & 0x3fffffff);
        double u =
            sim_random_uniform(random, watch->phone, SIM_PURPOSE_QUALIFY, second_of(run), again);
        if (u >= 1 - (1 - network->loss_up) * (1 - network->loss_down)) {
            sim_reach_answer(run, (uint32_t)holder);
            return true;
        }
    }
    return false;
}

static void
ask(SimRun *run, uint32_t place)
{
    Watch *watch = watch_at(run->qualify, place);
    bool answered = is_answered(run, watch);
    watch->misses = answered ? 0 : watch->misses + 1;
    if (watch->misses >= run->scenario->registrar.qualify_misses)
        schedule(run, place, SIM_EVENT_DISQUALIFY, ANSWER_WITHIN);
    else
        schedule(run, place, SIM_EVENT_QUALIFY, run->scenario->registrar.qualify);
}

void
sim_qualify_handle(SimRun *run, const SimEvent *event)
{
    uint32_t place = event->item;
    const Watch *watch = watch_at(run->qualify, place);
    if (!watch->used || watch->serial != event->what >> 8)
        return;
    if ((event->what & 0xff) == SIM_EVENT_QUALIFY) {
        ask(run, place);
        return;
    }
    /* A REGISTER that came while the last question was open has cleared the misses. */
    if (watch->misses >= run->scenario->registrar.qualify_misses)
        sim_run_remove_record(run, watch->phone, watch->address);
    else
        schedule(run, place, SIM_EVENT_QUALIFY, run->scenario->registrar.qualify - ANSWER_WITHIN);
}
