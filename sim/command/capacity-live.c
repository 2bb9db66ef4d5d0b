/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before each step the users are unregistered, as fast as the registrar does that. Before the first
 * step of the second registrations they are registered, and time passes. */
#include "sim/command/capacity.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"

#include <math.h>
#include <signal.h>

/* So many at a time where it is not measured. */
#define WINDOW 64
/* A step that the generator itself was late in says nothing, and is tried again so often. */
#define TRIES 3

struct SimLiveCapacity {
    SimDrive *drive;
    uint32_t agents;
    RollTime threshold;
    RollTime pause;
    RollTime max_lag;
    bool registered;
    bool paused;
};

static volatile int stopped;

static void
on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

static bool
read_time(const char *name, const char *text, RollTime otherwise, RollTime *out, GError **error)
{
    *out = otherwise;
    if (!text || sim_value_time(text, out, error))
        return true;
    g_prefix_error(error, "%s: ", name);
    return false;
}

SimLiveCapacity *
sim_live_capacity_new(const SimFarEnd *end, const SimLiveCapacityOptions *options, GError **error)
{
    g_autoptr(SimLiveCapacity) self = g_new0(SimLiveCapacity, 1);
    SimLoadPlan plan;
    if (!read_time("--threshold", options->threshold, 500 * ROLL_MILLISECOND, &self->threshold,
                   error) ||
        !read_time("--pause", options->pause, 5 * ROLL_MINUTE, &self->pause, error) ||
        !read_time("--max-lag", options->max_lag, 10 * ROLL_MILLISECOND, &self->max_lag, error))
        return NULL;
    if (self->threshold == 0) {
        sim_words_fail(error, "--threshold has to be above 0");
        return NULL;
    }
    self->drive = sim_far_end_open(end, &plan, error);
    if (!self->drive)
        return NULL;
    self->agents = plan.users;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    return g_steal_pointer(&self);
}

void
sim_live_capacity_free(SimLiveCapacity *self)
{
    if (!self)
        return;
    g_clear_pointer(&self->drive, sim_drive_free);
    g_free(self);
}

static bool
is_stopped(GError **error)
{
    return stopped && !sim_words_fail(error, "stopped");
}

/* What is not measured: @kind for every user. */
static bool
prepare(SimLiveCapacity *self, SimLoadKind kind, GError **error)
{
    SimLoadPhase phase = {.window = WINDOW, .attempts = self->agents};
    phase.shares[kind] = 1;
    SimDriveResult result = sim_drive_phase(self->drive, &phase, &stopped, NULL, NULL);
    if (is_stopped(error))
        return false;
    if (result.tally->total.failed == 0)
        return true;
    return sim_words_fail(error, "%" G_GUINT64_FORMAT " of %u users could not %s between two steps",
                          result.tally->total.failed, self->agents, sim_load_kind_name(kind));
}

static bool
pass_time(SimLiveCapacity *self, GError **error)
{
    gint64 until = g_get_monotonic_time() + self->pause;
    while (!stopped && g_get_monotonic_time() < until)
        g_usleep((gulong)CLAMP(until - g_get_monotonic_time(), 0, 100000));
    return !is_stopped(error);
}

static bool
make_ready(SimLiveCapacity *self, bool again, GError **error)
{
    if (!again)
        return !self->registered || prepare(self, SIM_LOAD_UNREGISTER, error);
    if (self->paused)
        return true;
    self->paused = true;
    return prepare(self, SIM_LOAD_REGISTER, error) && pass_time(self, error);
}

/* One step. @on_time: (out): whether attempts left when they were due, but for one in a hundred */
static bool
try_once(SimLiveCapacity *self, uint64_t rate, bool again, SimTrial *out, bool *on_time,
         GError **error)
{
    SimLoadPhase phase = {.rate = (double)rate,
                          .attempts = self->agents,
                          .threshold = self->threshold,
                          .strict = true};
    phase.shares[again ? SIM_LOAD_REFRESH : SIM_LOAD_REGISTER] = 1;
    if (!make_ready(self, again, error))
        return false;
    self->registered = true;
    SimDriveResult result = sim_drive_phase(self->drive, &phase, &stopped, NULL, NULL);
    const SimLoadCounts *total = &result.tally->total;
    if (is_stopped(error))
        return false;
    *on_time = sim_delays_quantile(&result.tally->lag, 0.99) <= self->max_lag;
    *out = (SimTrial){.granted = total->effective,
                      .failed = total->failed,
                      .delay = sim_delays_mean(&total->reply) / 1e6,
                      .good = total->effective == self->agents && total->failed == 0};
    return true;
}

bool
sim_live_capacity_try(SimLiveCapacity *self, uint64_t rate, bool again, SimTrial *out,
                      GError **error)
{
    bool on_time = false;
    for (int i = 0; i < TRIES && !on_time; i++)
        if (!try_once(self, rate, again, out, &on_time, error))
            return false;
    if (on_time)
        return true;
    return sim_words_fail(error,
                          "%" G_GUINT64_FORMAT " registrations/s are more than the generator can "
                          "start in time here; see --max-lag",
                          rate);
}

uint64_t
sim_live_capacity_least(const SimLiveCapacity *self, uint64_t rate)
{
    return (uint64_t)ceil((double)rate * 10 * (double)self->threshold / (double)ROLL_SECOND);
}
