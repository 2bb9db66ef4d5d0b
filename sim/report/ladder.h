/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The life of one phone as a ladder: the phone on the left, the registrar on the right, time down
 * the page, a rung for each packet. It is made from the records of the trace that are about the
 * phone, and from nothing else, so that both links draw the same. Refreshes in a row that go as
 * they should are told in one line, and a life of too many events is cut with a word about it. */
#pragma once

#include "sim/measure/trace.h"

#include "sim/scenario/scenario.h"
#include <glib.h>

/** SIM_LADDER_MOST: how many instants are drawn at most. */
#define SIM_LADDER_MOST 400

typedef struct SimLadder SimLadder;

/** sim_ladder_new: of the phone with @name; @scenario is borrowed and must outlive it. */
SimLadder *sim_ladder_new(const char *name, const SimScenario *scenario);
void sim_ladder_free(SimLadder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLadder, sim_ladder_free)

/** sim_ladder_add: the next record; of what comes before time 0 only the outcome is shown. */
void sim_ladder_add(SimLadder *self, const SimTrace *trace);

/** sim_ladder_close: @end is when the run ended; nothing is added any more. */
void sim_ladder_close(SimLadder *self, RollTime end);

/** sim_ladder_text: for a terminal or an e-mail; ASCII but for the names. (transfer full) */
char *sim_ladder_text(const SimLadder *self);

/** sim_ladder_svg: one picture that refers to nothing outside it. (transfer full) */
char *sim_ladder_svg(const SimLadder *self);

/**
 * sim_ladder_write: phone-NAME.txt and phone-NAME.svg in @dir.
 * Returns: (transfer full): their path without the ending, or %NULL with @error
 */
char *sim_ladder_write(const SimLadder *self, const char *dir, GError **error);

/** sim_ladder_remove: those of an earlier run, which would stand beside the figures of another. */
void sim_ladder_remove(const char *dir);
