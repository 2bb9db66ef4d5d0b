/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One look at the clock a turn: start what is due, send it, read what came, send what follows,
 * sleep until something is due or comes. */
#include "sim/load/drive.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

struct SimDrive {
    SimLoadPlan plan;
    SimLines *lines;
    SimLoad *load;
    RollTime origin;
    RollTime now;
};

static RollTime
read_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (RollTime)now.tv_sec * ROLL_SECOND + now.tv_nsec / 1000;
}

static void
on_send(void *user_data, unsigned line, const char *data, size_t len)
{
    SimDrive *self = user_data;
    sim_lines_send(self->lines, line, data, len);
}

static void
on_received(void *user_data, const char *data, size_t len)
{
    SimDrive *self = user_data;
    sim_load_receive(self->load, self->now, data, len);
}

SimDrive *
sim_drive_new(const SimLoadPlan *plan, const SimPeer *peer, unsigned n, GError **error)
{
    g_autoptr(SimDrive) self = g_new0(SimDrive, 1);
    self->lines = sim_lines_open(peer, n, error);
    if (!self->lines)
        return NULL;
    self->plan = *plan;
    self->plan.transport = peer->transport;
    self->plan.lines = (const char *const *)self->lines->sent_by;
    self->plan.n_lines = n;
    uint32_t run = (uint32_t)(g_get_real_time() / 1000) * 2654435761u ^ g_random_int();
    g_snprintf(self->plan.run, sizeof self->plan.run, "%08x", run);
    self->load = sim_load_new(&self->plan, on_send, self);
    self->origin = read_clock();
    /* The kernel may wake us 50 us late to save power, and that would be our lag. */
    prctl(PR_SET_TIMERSLACK, 1000);
    return g_steal_pointer(&self);
}

void
sim_drive_free(SimDrive *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->load, sim_load_free);
    g_clear_pointer(&self->lines, sim_lines_free);
    g_free(self);
}

static RollTime
time_of(struct timeval value)
{
    return (RollTime)value.tv_sec * ROLL_SECOND + value.tv_usec;
}

/* Returns: whether there may be more to read at once */
static bool
turn(SimDrive *self, bool readable)
{
    bool more = false;
    if (readable) {
        more = sim_lines_receive(self->lines, on_received, self);
        self->now = read_clock() - self->origin;
    }
    sim_load_wake(self->load, self->now);
    sim_lines_flush(self->lines);
    return more;
}

static bool
wait(SimDrive *self, bool more)
{
    RollTime next = sim_load_next_wake(self->load);
    self->now = read_clock() - self->origin;
    if (more)
        return true;
    if (next != ROLL_NEVER)
        next = MAX(next - self->now, 0);
    bool readable = sim_lines_wait(self->lines, MIN(next, ROLL_SECOND / 4));
    self->now = read_clock() - self->origin;
    return readable;
}

SimDriveResult
sim_drive_phase(SimDrive *self, const SimLoadPhase *phase, volatile const int *stop,
                SimDriveTick tick, void *user_data)
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    uint64_t lost = self->lines->lost;
    RollTime begun = self->now = read_clock() - self->origin, told = 0;
    bool readable = false;
    sim_load_begin(self->load, self->now, phase);
    while (!sim_load_over(self->load) && !*stop) {
        bool more = turn(self, readable);
        if (tick && self->now - begun >= told + ROLL_SECOND) {
            told = self->now - begun;
            tick(user_data, told, sim_load_tally(self->load));
        }
        if (!sim_load_over(self->load))
            readable = wait(self, more);
    }
    getrusage(RUSAGE_SELF, &after);
    SimDriveResult result = {.tally = sim_load_close(self->load, self->now),
                             .took = self->now - begun,
                             .user = time_of(after.ru_utime) - time_of(before.ru_utime),
                             .system = time_of(after.ru_stime) - time_of(before.ru_stime),
                             .unfinished = sim_load_pending(self->load),
                             .lost = self->lines->lost - lost};
    sim_load_abandon(self->load);
    return result;
}
