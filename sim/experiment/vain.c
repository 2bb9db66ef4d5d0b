/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls in vain: a record that a call was led to without finding its phone is removed when the
 * caller has given up, or at once if another device answered that it does not know the user (404).
 * That is deregistration on unsuccessful paging, in the words of mobile networks. */
#include "sim/experiment/parts.h"

/* Timer B: 64 T1 (RFC 3261 section 17.1.1.2). */
#define TIMER_B (64 * ROLL_T1)

/* The contact of the live record of @id that leads to @address and, unless that is ROLL_NEVER, was
 * registered at @since; NULL if there is none. */
static const RollLocation *
find_record(SimRun *self, uint32_t id, uint32_t address, RollTime since, char aor[ROLL_AOR_MAX],
            size_t *aor_len)
{
    char room[SIM_NAME_MAX];
    RollUri uri = {0};
    const RollLocation *contacts;
    sim_identity_aor(self->identity, id, room, &uri);
    *aor_len = roll_uri_write_aor(&uri, aor);
    size_t n =
        roll_registrar_lookup(self->registrar, self->now, (RollText){aor, *aor_len}, &contacts);
    for (size_t i = 0; i < n; i++)
        if (sim_identity_parse_address(contacts[i].contact) == address &&
            (since == ROLL_NEVER || contacts[i].registered_at == since))
            return &contacts[i];
    return NULL;
}

static void
remove_since(SimRun *self, uint32_t id, uint32_t address, RollTime since)
{
    char aor[ROLL_AOR_MAX];
    size_t len;
    const RollLocation *record = find_record(self, id, address, since, aor, &len);
    if (record == NULL || self->down)
        return;
    g_autofree char *contact = g_strndup(record->contact.ptr, record->contact.len);
    roll_registrar_remove(self->registrar, self->now, (RollText){aor, len}, roll_text(contact));
    sim_run_arm_registrar(self);
}

void
sim_run_remove_record(SimRun *self, uint32_t id, uint32_t address)
{
    remove_since(self, id, address, ROLL_NEVER);
}

/* The place of @vain among those that wait. */
static uint32_t
keep(SimRun *self, SimVain vain)
{
    uint32_t place = self->vain->len;
    if (self->free_vain->len == 0) {
        g_array_append_val(self->vain, vain);
        return place;
    }
    place = g_array_index(self->free_vain, uint32_t, self->free_vain->len - 1);
    g_array_set_size(self->free_vain, self->free_vain->len - 1);
    g_array_index(self->vain, SimVain, place) = vain;
    return place;
}

void
sim_run_call_in_vain(SimRun *self, uint32_t id, const RollLocation *contacts, size_t n)
{
    if (!self->scenario->remove_failed)
        return;
    for (size_t i = 0; i < n; i++) {
        uint32_t address = sim_identity_parse_address(contacts[i].contact);
        if (contacts[i].expires_at == ROLL_NEVER)
            continue; /* entered by hand, and not to be entered again by a phone */
        int64_t holder = sim_world_holder(self->world, address);
        bool answered = holder >= 0 && self->world->devices[holder].on;
        uint32_t place = keep(self, (SimVain){id, address, contacts[i].registered_at});
        sim_queue_push(self->queue,
                       (SimEvent){self->now + (answered ? 0 : TIMER_B),
                                  sim_order(SIM_CLASS_CALL, id, place), SIM_EVENT_VAIN, place});
    }
}

void
sim_run_handle_vain(SimRun *self, const SimEvent *event)
{
    SimVain vain = g_array_index(self->vain, SimVain, event->item);
    g_array_append_val(self->free_vain, event->item);
    remove_since(self, vain.phone, vain.address, vain.since);
}
