/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model and core, or model and a registrar over the network, side by side. */
#pragma once

#include "sim/fuzz/remote.h"

typedef struct SimDiffer SimDiffer;

/** sim_differ_new: @decoded as in sim_player_new() */
SimDiffer *sim_differ_new(bool decoded);

/** sim_differ_new_remote: holds a server against the model. @remote: (transfer none). @config: how
 * the server is set up */
SimDiffer *sim_differ_new_remote(SimRemote *remote, const ModelConfig *config);

void sim_differ_free(SimDiffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimDiffer, sim_differ_free)

/** sim_differ_draw: as sim_fuzz_draw(), less what cannot be done to a server if it is one. */
void sim_differ_draw(const SimDiffer *self, const SimRandom *random, uint32_t which,
                     SimFuzzSequence *out);

/** sim_differ_find: plays @sequence. Returns: the first step at which they differ, or -1 */
int sim_differ_find(SimDiffer *self, const SimFuzzSequence *sequence);

/** sim_differ_is_alive: the core, or a server that still answers. Were it gone, all would differ.
 */
bool sim_differ_is_alive(SimDiffer *self);

/** sim_differ_messages: requests sent by all sim_differ_find() so far. */
uint64_t sim_differ_messages(const SimDiffer *self);

/** sim_differ_shrink: drops steps and makes the rest plainer as long as there is a difference.
 * @sequence has one; ends with the step that shows it. Returns: false, and nothing is changed, if
 * it did not show again, or if it was the end of the server */
bool sim_differ_shrink(SimDiffer *self, SimFuzzSequence *sequence);

/** sim_differ_write: @sequence as a scenario that expects of the registrar what the model does.
 * Returns: (transfer full) */
char *sim_differ_write(SimDiffer *self, const SimFuzzSequence *sequence, const char *title);
