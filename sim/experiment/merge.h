/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts the logs of the parts of a run together: the fingerprint, and the number of events, that the
 * run would have had in one piece. */
#pragma once

#include "sim/experiment/log.h"

/**
 * SimMerge:
 * @now: to which time; @fingerprint, @events: until then; @wakes: events of the registrar among
 * them
 * @next: by part, the wake that its registrar has to see to
 * @armed: when the registrar of the whole would be woken; @queue: wakes (RollTime) in the queue,
 *   the next one last
 */
typedef struct {
    size_t n_parts;
    RollTime now;
    uint64_t fingerprint;
    uint64_t events;
    RollTime *next;
    RollTime armed;
    GArray *queue;
    uint64_t wakes;
} SimMerge;

SimMerge *sim_merge_new(size_t n_parts);
void sim_merge_free(SimMerge *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimMerge, sim_merge_free)

/** sim_merge_add: the next window, one for each part, all with the same end. */
void sim_merge_add(SimMerge *self, SimLogWindow *const *windows);
