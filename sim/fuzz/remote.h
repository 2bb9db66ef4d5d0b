/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar over the network in the place of the core: steps go out in real time, under names
 * that no earlier sequence has used. */
#pragma once

#include "sim/conform/target.h"
#include "sim/fuzz/sequence.h"
#include "sim/script/answer.h"

typedef struct SimRemote SimRemote;

/** sim_remote_new: @target outlives it. */
SimRemote *sim_remote_new(SimTarget *target);
void sim_remote_free(SimRemote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimRemote, sim_remote_free)

/** sim_remote_adapt: leaves out of @sequence what cannot be done to a server, or what a server may
 * answer as it likes: clock steps, settings, other methods and domains of a proxy. Lookups become
 * fetches. */
void sim_remote_adapt(const SimRemote *self, SimFuzzSequence *sequence);

/** sim_remote_start: from now on users, Call-IDs and branches are new ones. */
void sim_remote_start(SimRemote *self);

/** sim_remote_now: since sim_remote_start(). */
RollTime sim_remote_now(const SimRemote *self);

/** sim_remote_send: @request, which is asked again as often as a client would that gets no answer.
 * Returns: what came back; lives until the next call */
const SimAnswer *sim_remote_send(SimRemote *self, const SimFuzzStep *request);

/** sim_remote_probe: Returns: %NULL, or why the server cannot be tried */
const char *sim_remote_probe(SimRemote *self);
