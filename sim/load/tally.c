/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/tally.h"

#include <math.h>
#include <string.h>

SimLoadTally *
sim_load_tally_new(void)
{
    SimLoadTally *self = g_new0(SimLoadTally, 1);
    self->seconds = g_array_new(FALSE, FALSE, sizeof(SimLoadSecond));
    return self;
}

void
sim_load_tally_free(SimLoadTally *self)
{
    if (!self)
        return;
    g_array_unref(self->seconds);
    g_free(self);
}

static void
keep_second(SimLoadTally *self)
{
    SimDelays *delay = &self->now_delay;
    self->now.mean = sim_delays_mean(delay);
    self->now.half = sim_delays_quantile(delay, 0.5);
    self->now.most = sim_delays_quantile(delay, 0.99);
    self->now.max = delay->max;
    g_array_append_val(self->seconds, self->now);
    self->now = (SimLoadSecond){0};
    memset(delay, 0, sizeof *delay);
}

void
sim_load_tally_advance(SimLoadTally *self, RollTime now)
{
    while (now >= (RollTime)(self->seconds->len + 1) * ROLL_SECOND)
        keep_second(self);
}

void
sim_load_tally_start(SimLoadTally *self, RollTime now, SimLoadKind kind, RollTime lag)
{
    sim_load_tally_advance(self, now);
    self->kinds[kind].started++;
    self->total.started++;
    self->now.started++;
    self->last_start = now;
    if (lag < 0)
        return;
    sim_delays_add(&self->lag, lag);
    self->now.lag = MAX(self->now.lag, lag);
}

void
sim_load_tally_end(SimLoadTally *self, RollTime now, SimLoadKind kind, bool effective,
                   RollTime intended, RollTime sent)
{
    sim_load_tally_advance(self, now);
    SimLoadCounts *const counts[] = {&self->kinds[kind], &self->total};
    self->end = now;
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        if (!effective) {
            counts[i]->failed++;
            continue;
        }
        counts[i]->effective++;
        sim_delays_add(&counts[i]->delay, now - intended);
        sim_delays_add(&counts[i]->reply, now - sent);
    }
    if (effective) {
        self->now.effective++;
        sim_delays_add(&self->now_delay, now - intended);
    } else {
        self->now.failed++;
    }
}

void
sim_load_tally_close(SimLoadTally *self, RollTime now)
{
    sim_load_tally_advance(self, now);
    if (now > (RollTime)self->seconds->len * ROLL_SECOND)
        keep_second(self);
}

double
sim_load_tally_ineffective(const SimLoadTally *self)
{
    uint64_t failed = 0, ended = 0;
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++) {
        if (kind == SIM_LOAD_LOOKUP)
            continue;
        failed += self->kinds[kind].failed;
        ended += self->kinds[kind].failed + self->kinds[kind].effective;
    }
    return ended > 0 ? 100.0 * (double)failed / (double)ended : NAN;
}
