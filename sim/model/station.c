/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line is a ring that grows by doubling. */
#include "sim/model/station.h"

#include <math.h>

/* Chance knows phones by their number; the station is none of them. */
#define STATION UINT32_MAX
#define LEAST_ROOM 64u

typedef struct {
    RollTime since;
    uint32_t item;
} Place;

struct SimStation {
    const SimStationSpec *spec;
    const SimRandom *random;
    Place *line;
    uint32_t room; /* of @line, a power of two */
    uint32_t first;
    uint32_t waiting;
    uint32_t peak;
    RollTime longest;
    uint32_t busy;
    uint32_t served;
    double mean;      /* wait that each request in the line means, us */
    RollTime control; /* not before this again */
    uint32_t percent; /* held back since then */
};

SimStation *
sim_station_new(const SimStationSpec *spec, const SimRandom *random)
{
    SimStation *self = g_new0(SimStation, 1);
    self->spec = spec;
    self->random = random;
    self->room = LEAST_ROOM;
    self->line = g_new(Place, self->room);
    self->mean = sim_law_mean(&spec->service) * (double)ROLL_SECOND / spec->workers;
    self->control = spec->target > 0 ? INT64_MIN : ROLL_NEVER;
    return self;
}

void
sim_station_free(SimStation *self)
{
    if (self == NULL)
        return;
    g_free(self->line);
    g_free(self);
}

static void
grow(SimStation *self)
{
    Place *line = g_new(Place, 2 * (size_t)self->room);
    for (uint32_t i = 0; i < self->waiting; i++)
        line[i] = self->line[(self->first + i) & (self->room - 1)];
    g_free(self->line);
    self->line = line;
    self->first = 0;
    self->room *= 2;
}

bool
sim_station_offer(SimStation *self, RollTime now, uint32_t item)
{
    bool idle = self->busy < self->spec->workers;
    if (!idle && self->waiting >= self->spec->places)
        return false;
    if (self->waiting == self->room)
        grow(self);
    self->line[(self->first + self->waiting) & (self->room - 1)] = (Place){now, item};
    self->waiting++;
    if (!idle)
        self->peak = MAX(self->peak, self->waiting);
    return true;
}

bool
sim_station_begin(SimStation *self, RollTime now, SimService *out)
{
    const SimLaw *law = &self->spec->service;
    if (self->waiting == 0 || self->busy >= self->spec->workers)
        return false;
    Place place = self->line[self->first];
    self->first = (self->first + 1) & (self->room - 1);
    self->waiting--;
    self->busy++;
    double u =
        law->kind == SIM_LAW_FIXED
            ? 0.5
            : sim_random_uniform(self->random, STATION, SIM_PURPOSE_SERVICE, self->served, 0);
    self->longest = MAX(self->longest, now - place.since);
    *out = (SimService){place.item, now - place.since, now + sim_law_draw(law, u), self->served};
    self->served++;
    return true;
}

void
sim_station_end(SimStation *self)
{
    g_return_if_fail(self->busy > 0);
    self->busy--;
}

void
sim_station_clear(SimStation *self)
{
    self->waiting = 0;
    self->busy = 0;
}

uint32_t
sim_station_waiting(const SimStation *self)
{
    return self->waiting;
}

bool
sim_station_control(SimStation *self, RollTime now, uint32_t *ret_percent)
{
    if (now < self->control)
        return false;
    double wait = self->waiting * self->mean, target = (double)self->spec->target;
    bool was_over = self->percent > 0;
    self->percent = 0;
    if (wait > target)
        self->percent = MIN((uint32_t)lround(100 * (1 - target / wait)), SIM_PERCENT_MOST);
    self->control = now + SIM_CONTROL_PERIOD;
    *ret_percent = self->percent;
    return was_over || self->percent > 0;
}

uint32_t
sim_station_peak(const SimStation *self)
{
    return self->peak;
}

RollTime
sim_station_longest_wait(const SimStation *self)
{
    return self->longest;
}

void
sim_station_forget_peak(SimStation *self)
{
    self->peak = self->waiting;
    self->longest = 0;
}
