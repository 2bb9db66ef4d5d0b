/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mirror of a table that is elsewhere. It is a registrar of the core, without rules of its own:
 * what the other one lists in a 200 is bound in it for as long as it says, and expires by that. So
 * the measurement and the callers see what they see in virtual time.
 *
 * What is left of a record is told in whole seconds, and many registrars reckon in such; and a
 * record begins before the phone is told. So a difference of one second of the wall, and as much as
 * answers have taken, is none. */
#include "sim/experiment/live-parts.h"

#define GRACE (50 * ROLL_MILLISECOND)

static RollTime
seconds(const SimRun *self, uint32_t n)
{
    return (RollTime)n * self->live->options->compress * ROLL_SECOND;
}

static RollTime
margin(const SimRun *self)
{
    RollTime wall = ROLL_SECOND + self->live->seen.answer_most + GRACE;
    return wall * self->live->options->compress;
}

/* 0 removes it. */
static void
bind(SimRun *self, uint32_t phone, uint32_t address, uint32_t left)
{
    SimLive *live = self->live;
    RollRequest *request = &live->rendering.request;
    RollReply reply;
    SimRequest asked = {.phone = phone,
                        .contact = address,
                        .source = address,
                        .cseq = ++live->cseq,
                        .expires = left * live->options->compress};
    sim_render_request(self->identity, &asked, &live->rendering);
    roll_registrar_register(self->registrar, self->now, request, &reply);
    g_warn_if_fail(reply.status == 200);
}

/* The records of the address-of-record of @owner, as they are in the mirror. */
static void
list_mirror(SimRun *self, uint32_t owner)
{
    const RollLocation *locations;
    GArray *out = self->live->mirrored;
    size_t n = sim_run_lookup(self, owner, &locations);
    g_array_set_size(out, 0);
    for (size_t i = 0; i < n; i++) {
        SimCopy copy = {
            .phone = sim_run_phone_of(self, owner, locations[i].contact),
            .address = sim_identity_parse_address(self->scenario, locations[i].contact),
            .expires_at = locations[i].expires_at,
        };
        g_array_append_val(out, copy);
    }
}

static const SimCopy *
find_mirrored(const SimRun *self, const SimListed *listed)
{
    const GArray *all = self->live->mirrored;
    for (guint i = 0; i < all->len; i++) {
        const SimCopy *copy = &g_array_index(all, SimCopy, i);
        if (copy->phone == listed->phone && copy->address == listed->address)
            return copy;
    }
    return NULL;
}

static const SimListed *
find_listed(const SimLiveReply *reply, const SimCopy *copy)
{
    for (size_t i = 0; i < reply->n_listed; i++)
        if (reply->listed[i].phone == copy->phone && reply->listed[i].address == copy->address)
            return &reply->listed[i];
    return NULL;
}

static bool
is_own(const SimRequest *request, uint32_t phone, uint32_t address)
{
    return request != NULL && request->phone == phone &&
           (request->contact == address || request->old_contact == address);
}

/* Returns: whether the mirror was wrong about it. */
static bool
take_listed(SimRun *self, const SimRequest *request, const SimListed *listed)
{
    const SimCopy *copy = find_mirrored(self, listed);
    if (listed->address == 0) {
        self->live->seen.foreign += request == NULL;
        return false;
    }
    if (is_own(request, listed->phone, listed->address)) {
        bind(self, listed->phone, listed->address, listed->left);
        return false;
    }
    RollTime left = copy != NULL ? copy->expires_at - self->now : 0;
    if (ABS(left - seconds(self, listed->left)) <= margin(self))
        return false;
    bind(self, listed->phone, listed->address, listed->left);
    return true;
}

static bool
drop_unlisted(SimRun *self, const SimRequest *request, const SimLiveReply *reply,
              const SimCopy *copy)
{
    bool own = is_own(request, copy->phone, copy->address);
    if (find_listed(reply, copy) != NULL || (!own && copy->expires_at - self->now <= margin(self)))
        return false;
    bind(self, copy->phone, copy->address, 0);
    return !own;
}

static bool
agree(SimRun *self, uint32_t owner, const SimRequest *request, const SimLiveReply *reply)
{
    bool differed = false;
    list_mirror(self, owner);
    for (guint i = 0; i < self->live->mirrored->len; i++) {
        SimCopy copy = g_array_index(self->live->mirrored, SimCopy, i);
        differed |= drop_unlisted(self, request, reply, &copy);
    }
    for (size_t i = 0; i < reply->n_listed; i++)
        differed |= take_listed(self, request, &reply->listed[i]);
    sim_run_arm_registrar(self);
    return differed;
}

void
sim_live_granted(SimRun *self, const SimRequest *request, const SimLiveReply *reply)
{
    agree(self, sim_live_owner(self, request->phone), request, reply);
}

bool
sim_live_compare(SimRun *self, const SimLiveReply *reply)
{
    return agree(self, reply->phone, NULL, reply);
}
