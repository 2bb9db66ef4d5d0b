/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steady time at the start of each minute of the week is kept; between two it is linear. */
#include "sim/engine/pattern.h"

#include <glib.h>
#include <math.h>

#define MINUTES (7 * 24 * 60)

struct SimPattern {
    double steady[MINUTES + 1]; /* minutes at the mean pace since Monday 00:00 */
};

static void
paint(double *weights, const SimPatternPart *part)
{
    for (int day = 0; day < 7; day++)
        for (RollTime m = part->from / ROLL_MINUTE;
             (part->days >> day & 1) && m < part->to / ROLL_MINUTE; m++)
            weights[day * 24 * 60 + m] = part->weight;
}

SimPattern *
sim_pattern_new(const SimPatternPart *parts, size_t n)
{
    double weights[MINUTES];
    double sum = 0;
    for (int m = 0; m < MINUTES; m++)
        weights[m] = 1;
    for (size_t i = 0; i < n; i++)
        paint(weights, &parts[i]);
    for (int m = 0; m < MINUTES; m++)
        sum += weights[m];
    if (sum <= 0)
        return NULL;
    SimPattern *self = g_new0(SimPattern, 1);
    double so_far = 0;
    for (int m = 0; m < MINUTES; m++) {
        self->steady[m] = so_far * MINUTES / sum;
        so_far += weights[m];
    }
    self->steady[MINUTES] = MINUTES;
    return self;
}

void
sim_pattern_free(SimPattern *self)
{
    g_free(self);
}

/* The last minute that starts at or before @steady. */
static int
find_minute(const SimPattern *self, double steady)
{
    int low = 0;
    int high = MINUTES;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (self->steady[middle] <= steady)
            low = middle;
        else
            high = middle;
    }
    return low;
}

RollTime
sim_pattern_after(const SimPattern *self, RollTime now, double steady)
{
    const RollTime week = 7 * ROLL_DAY;
    RollTime start = now / week * week;
    if (start > now)
        start -= week;
    double at = (double)(now - start) / (double)ROLL_MINUTE;
    int minute = MIN((int)at, MINUTES - 1);
    double pace = self->steady[minute + 1] - self->steady[minute];
    double goal = self->steady[minute] + pace * (at - minute) + steady / (double)ROLL_MINUTE;
    double weeks = floor(goal / MINUTES);
    goal -= weeks * MINUTES;
    minute = find_minute(self, goal);
    pace = self->steady[minute + 1] - self->steady[minute];
    double into = pace > 0 ? fmin((goal - self->steady[minute]) / pace, 1) : 0;
    RollTime found =
        start + (RollTime)weeks * week + (RollTime)llround((minute + into) * (double)ROLL_MINUTE);
    return MAX(found, now);
}

double
sim_pattern_pace(const SimPattern *self, RollTime now)
{
    const RollTime week = 7 * ROLL_DAY;
    int minute = (int)(((now % week) + week) % week / ROLL_MINUTE);
    return self->steady[minute + 1] - self->steady[minute];
}
