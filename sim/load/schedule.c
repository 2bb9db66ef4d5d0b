/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/load/schedule.h"

#include <math.h>

SimSchedule
sim_schedule_start(double rate, bool poisson, SimRandom random)
{
    return (SimSchedule){.rate = rate, .poisson = poisson, .random = random};
}

/* At fixed intervals the n-th time is computed from n: sums of rounded intervals would drift. */
void
sim_schedule_step(SimSchedule *self)
{
    self->n++;
    if (!self->poisson) {
        self->due = (RollTime)((double)self->n * 1e6 / self->rate);
        return;
    }
    double u = sim_random_uniform(&self->random, (uint32_t)(self->n >> 32),
                                  SIM_PURPOSE_LOAD_ARRIVAL, (uint32_t)self->n, 0);
    self->at -= log(u) * 1e6 / self->rate;
    self->due = (RollTime)self->at;
}
