/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phones are visited in no order: most of the time of a large run would be spent waiting for them,
 * and for their rows in the table, to come from memory. So the queue tells which events are next, a
 * block at a time, and what they need is fetched together: in the time that one page takes to be
 * found, several are. The phone comes first, since it tells where its row is; a block later the
 * row, which tells where the index has it; another block later that. */
#include "sim/experiment/parts.h"

static void
fetch_phone(const SimRun *self, const SimEvent *event)
{
    uint32_t id = sim_event_entity(event);
    if (id >= self->scenario->n_phones)
        return;
    const char *phone = (const char *)&self->world->phones[id];
    __builtin_prefetch(phone);
    __builtin_prefetch(phone + sizeof(SimPhone) - 1);
    if (sim_event_class(event) != SIM_CLASS_WORLD)
        return;
    __builtin_prefetch(&self->world->devices[id]);
    sim_measure_prefetch(self->measure, id);
}

/* What a phone sends at its turn arrives when the row is there. */
static void
fetch_rows(SimRun *self)
{
    SimFetch *fetch = &self->fetch;
    for (size_t i = 0; i < fetch->n_places; i++)
        roll_registrar_prefetch(self->registrar, fetch->places[i], true);
    fetch->n_places = fetch->n_phones;
    for (size_t i = 0; i < fetch->n_phones; i++) {
        fetch->places[i] = self->world->phones[fetch->phones[i]].place - 1;
        roll_registrar_prefetch(self->registrar, fetch->places[i], false);
    }
    fetch->n_phones = 0;
}

static void
on_ahead(void *data, const SimEvent *events, size_t n, bool in_lane)
{
    SimRun *self = data;
    for (size_t i = 0; i < n; i++)
        fetch_phone(self, &events[i]);
    if (in_lane)
        return;
    fetch_rows(self);
    for (size_t i = 0; i < n; i++)
        if (sim_event_class(&events[i]) == SIM_CLASS_PHONE && events[i].what == 0)
            self->fetch.phones[self->fetch.n_phones++] = sim_event_entity(&events[i]);
}

void
sim_run_open_fetch(SimRun *self)
{
    sim_queue_look_ahead(self->queue, on_ahead, self);
}
