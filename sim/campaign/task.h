/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of a campaign: a scenario with some changes, simulated with one replication of its seed.
 */
#pragma once

#include "sim/experiment/run.h"
#include "sim/measure/sample.h"

/**
 * SimTask: all that another process needs to do it; files that the scenario names are read there.
 * @path, @text: of the scenario file
 * @variant: of the file, or %NULL
 * @changes: in the form of --set, %NULL-terminated; later ones win
 * @replication: in place of what the scenario says
 * @tracks: metrics whose series is kept, %SIM_N_METRICS at the end; borrowed
 * @point: number of the point in its campaign; only the owner's business
 */
typedef struct {
    const char *path;
    const char *text;
    const char *variant;
    const char *const *changes;
    SimLinkKind link;
    uint32_t replication;
    const SimMetric *tracks;
    unsigned point;
} SimTask;

/**
 * sim_task_run: @stop is looked at now and then; when it is not 0 the task is given up.
 * @beat: called now and then on the thread that simulates; may be %NULL
 * Returns: (transfer full): %NULL with @error, or without one if it was given up
 */
SimSample *sim_task_run(const SimTask *self, const int *stop, void (*beat)(void *data),
                        void *beat_data, GError **error);

/** sim_task_write, sim_task_read: as bytes for another process; what is read is owned, and freed
 * with sim_task_free(). Returns: (transfer full): %NULL if @bytes is not a task */
GBytes *sim_task_write(const SimTask *self);
SimTask *sim_task_read(GBytes *bytes);
void sim_task_free(SimTask *self);
