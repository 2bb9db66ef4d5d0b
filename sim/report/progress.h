/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar on the terminal while a run goes on; nothing at all when stderr is not a terminal. */
#pragma once

#include <glib.h>
#include <rollcall/time.h>
#include <stdint.h>

typedef struct SimProgress SimProgress;

/** sim_progress_new: @start, @end: simulated times between which the run goes. */
SimProgress *sim_progress_new(RollTime start, RollTime end);

/** sim_progress_update: cheap enough for every few thousand events; draws ten times a second. */
void sim_progress_update(SimProgress *self, RollTime now, uint64_t events);

/** sim_progress_runs: of a campaign; @done of @all runs, @under_way at the moment. Those that were
 * done at the first call do not count for the time left. */
void sim_progress_runs(SimProgress *self, unsigned done, unsigned all, unsigned under_way);

/** sim_progress_free: wipes the bar off the terminal. */
void sim_progress_free(SimProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimProgress, sim_progress_free)
