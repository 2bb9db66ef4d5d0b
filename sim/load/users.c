/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/users.h"

/* RFC 3261 section 17.1.2.2 with T1 = 500 ms, T2 = 4 s: the gaps of Timer E, and what is left then
 * until Timer F, 64 T1. */
static const RollTime WAITS[SIM_USER_LANES] = {
    500 * ROLL_MILLISECOND, 1 * ROLL_SECOND, 2 * ROLL_SECOND,        4 * ROLL_SECOND,
    4 * ROLL_SECOND,        4 * ROLL_SECOND, 4 * ROLL_SECOND,        4 * ROLL_SECOND,
    4 * ROLL_SECOND,        4 * ROLL_SECOND, 500 * ROLL_MILLISECOND, 32 * ROLL_SECOND,
};

void
sim_users_init(SimUsers *self, uint32_t n)
{
    *self = (SimUsers){.all = g_new0(SimUser, n), .n = n, .free = g_new(uint32_t, n), .n_free = n};
    for (uint32_t i = 0; i < n; i++)
        self->free[i] = i;
    for (unsigned i = 0; i < SIM_USER_LANES; i++)
        self->lanes[i].head = self->lanes[i].tail = SIM_USER_NONE;
}

void
sim_users_clear(SimUsers *self)
{
    g_clear_pointer(&self->all, g_free);
    g_clear_pointer(&self->free, g_free);
}

SimUser *
sim_users_take(SimUsers *self)
{
    SimUser *user = &self->all[self->free[self->first]];
    self->first = self->first + 1 == self->n ? 0 : self->first + 1;
    self->n_free--;
    user->busy = true;
    user->lane = SIM_USER_LANES;
    return user;
}

static void
leave_lane(SimUsers *self, SimUser *user)
{
    if (user->lane == SIM_USER_LANES)
        return;
    if (user->previous == SIM_USER_NONE)
        self->lanes[user->lane].head = user->next;
    else
        self->all[user->previous].next = user->next;
    if (user->next == SIM_USER_NONE)
        self->lanes[user->lane].tail = user->previous;
    else
        self->all[user->next].previous = user->previous;
    user->lane = SIM_USER_LANES;
}

void
sim_users_give(SimUsers *self, SimUser *user)
{
    leave_lane(self, user);
    user->busy = false;
    uint64_t last = (uint64_t)self->first + self->n_free++;
    self->free[last >= self->n ? last - self->n : last] = (uint32_t)(user - self->all);
}

void
sim_users_wait(SimUsers *self, SimUser *user, unsigned lane, RollTime now)
{
    uint32_t index = (uint32_t)(user - self->all);
    leave_lane(self, user);
    user->lane = (uint8_t)lane;
    user->due = now + WAITS[lane];
    user->next = SIM_USER_NONE;
    user->previous = self->lanes[lane].tail;
    if (user->previous == SIM_USER_NONE)
        self->lanes[lane].head = index;
    else
        self->all[user->previous].next = index;
    self->lanes[lane].tail = index;
}

SimUser *
sim_users_due(const SimUsers *self, RollTime now)
{
    for (unsigned i = 0; i < SIM_USER_LANES; i++) {
        uint32_t head = self->lanes[i].head;
        if (head != SIM_USER_NONE && self->all[head].due <= now)
            return &self->all[head];
    }
    return NULL;
}

RollTime
sim_users_next(const SimUsers *self)
{
    RollTime next = ROLL_NEVER;
    for (unsigned i = 0; i < SIM_USER_LANES; i++)
        if (self->lanes[i].head != SIM_USER_NONE)
            next = MIN(next, self->all[self->lanes[i].head].due);
    return next;
}
