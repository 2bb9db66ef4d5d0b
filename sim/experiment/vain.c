/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls in vain: a record that a call was led to without finding its phone is removed when the
 * caller has given up, or at once if another device answered that it does not know the user (404).
 * That is deregistration on unsuccessful paging, in the words of mobile networks. */
#include "sim/experiment/parts.h"

/* The contact of the live record of @id that leads to @address and, unless that is ROLL_NEVER, was
 * registered at @since; NULL if there is none. */
static const RollLocation *
find_record(SimRun *self, uint32_t id, uint32_t address, RollTime since, char aor[ROLL_AOR_MAX],
            size_t *aor_len)
{
    char room[SIM_NAME_MAX];
    RollUri uri = {0};
    const RollLocation *contacts;
    uint32_t owner = sim_scenario_owner(self->scenario, sim_identity_group(self->identity, id), id);
    sim_identity_aor(self->identity, id, room, &uri);
    *aor_len = roll_uri_write_aor(&uri, aor);
    size_t n =
        roll_registrar_lookup(self->registrar, self->now, (RollText){aor, *aor_len}, &contacts);
    for (size_t i = 0; i < n; i++)
        if (sim_identity_parse_address(self->scenario, contacts[i].contact) == address &&
            (since == ROLL_NEVER || contacts[i].registered_at == since) &&
            sim_run_phone_of(self, owner, contacts[i].contact) == id)
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
sim_run_call_in_vain(SimRun *self, const SimBranch *branches, const RollLocation *contacts,
                     size_t n)
{
    if (!self->scenario->remove_failed)
        return;
    for (size_t i = 0; i < n; i++) {
        const SimBranch *branch = &branches[i];
        if (!branch->tried || branch->end == SIM_BRANCH_RINGS)
            continue;
        if (contacts[i].expires_at == ROLL_NEVER)
            continue; /* entered by hand, and not to be entered again by a phone */
        RollTime due = self->now + branch->began;
        due += branch->end == SIM_BRANCH_REFUSED ? 0 : SIM_TIMER_B;
        uint32_t place =
            keep(self, (SimVain){branch->phone, branch->address, contacts[i].registered_at});
        sim_queue_push(self->queue, (SimEvent){due, sim_order(SIM_CLASS_CALL, branch->phone, place),
                                               SIM_EVENT_VAIN, place});
    }
}

void
sim_run_handle_vain(SimRun *self, const SimEvent *event)
{
    SimVain vain = g_array_index(self->vain, SimVain, event->item);
    g_array_append_val(self->free_vain, event->item);
    remove_since(self, vain.phone, vain.address, vain.since);
}
