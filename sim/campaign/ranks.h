/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The processes of an MPI job and what they say to each other. libmpi takes longer to load than
 * most commands to answer, so this is in a shared object which is opened only under mpirun. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define SIM_RANKS_SYMBOL "sim_ranks"
#define SIM_RANKS_FILE "rollcall-mpi.so"

/**
 * SimRanks: to be used by one thread.
 * @version: of rollcall, to find a shared object that is not of this program
 * @open: to be called once; *@rank (out) of this process, *@n (out) how many there are
 * @send: returns at once; messages from one rank to another arrive in their order.
 *   Returns: false if @bytes is longer than can be sent
 * @receive: Returns: (transfer full): the next message that is all here, or %NULL; never waits
 * @close: waits for what was sent to be received, and for all ranks to close
 * @abort: ends all ranks, this one with @code; does not return
 */
typedef struct {
    const char *version;
    void (*open)(int *rank, int *n);
    bool (*send)(int rank, int tag, GBytes *bytes);
    GBytes *(*receive)(int *rank, int *tag);
    void (*close)(void);
    void (*abort)(int code);
} SimRanks;

/** sim_ranks_expected: how many ranks the environment says that this process is one of; 1 if it was
 * not started by mpirun or its like, at least 2 if they do not say how many. */
int sim_ranks_expected(void);

/** sim_ranks_is_first: whether the environment says that this is rank 0, or nothing. */
bool sim_ranks_is_first(void);

/** sim_ranks_load: Returns: a constant, or %NULL if this build has no MPI or it cannot be loaded.
 */
const SimRanks *sim_ranks_load(GError **error);
