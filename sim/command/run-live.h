/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of `rollcall run --to`. */
#pragma once

#include "sim/experiment/live.h"

/**
 * SimLiveChoice: as they were given; texts owned, %NULL if absent.
 */
typedef struct {
    char *to;
    int compress;
    char *max_lag;
    char *verify;
    gboolean allow_remote;
} SimLiveChoice;

/** SIM_LIVE_CHOICE: what is chosen by giving no option. */
#define SIM_LIVE_CHOICE                                                                            \
    {                                                                                              \
        .compress = 1                                                                              \
    }

/** sim_live_choice_entries: @own options of the command (with %G_OPTION_ENTRY_NULL), then those
 * that write into @self. (transfer container) */
GOptionEntry *sim_live_choice_entries(SimLiveChoice *self, const GOptionEntry *own);

void sim_live_choice_clear(SimLiveChoice *self);

/**
 * sim_live_choice_read:
 * @peer: (out): the registrar, which @out borrows; cleared by the caller
 * @error: what is wrong with an option, or that one was given without --to
 * Returns: false with @error, or true: then @out->to is %NULL if there is no --to
 */
bool sim_live_choice_read(const SimLiveChoice *self, SimPeer *peer, SimLiveOptions *out,
                          GError **error);
