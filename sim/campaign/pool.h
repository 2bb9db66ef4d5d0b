/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who simulates: threads of this process, or the ranks of an MPI job. Either takes tasks one by one
 * and brings back samples in whatever order they are done; what comes out of a campaign must not
 * depend on it. All callbacks are called on the caller's thread, one at a time. */
#pragma once

#include "sim/campaign/task.h"

/**
 * SimPoolOptions:
 * @threads: at least 1
 * @patience: seconds after which a rank that has a task and says nothing is given up
 * @next: the next task, borrowed until it is @done; %NULL if there is none now. While it returns
 *   %NULL and tasks are under way it is asked again after each @done
 * @done: takes @sample (transfer full); returns false (with @error) to stop everything
 * @idle: called about ten times a second; returns false to stop everything without an error
 * @lost: a rank was given up, and @task is handed to another; may be %NULL
 */
typedef struct {
    unsigned threads;
    unsigned patience;
    const SimTask *(*next)(void *data);
    bool (*done)(void *data, const SimTask *task, SimSample *sample, GError **error);
    bool (*idle)(void *data, unsigned under_way);
    void (*lost)(void *data, const SimTask *task, int rank);
    void *data;
} SimPoolOptions;

/**
 * sim_pool_run: until no task is left. A task that fails ends the pool with its error.
 * Returns: false with @error, or false without one if @idle stopped it
 */
bool sim_pool_run(const SimPoolOptions *options, GError **error);

/**
 * sim_cluster_begin: to be called in a command that uses a pool, before it reads any file. Does
 * nothing unless the program was started by mpirun with more than one rank. On every rank but 0 it
 * works off tasks until rank 0 is done, and then ends the process.
 * Returns: false with @error if there are other ranks and they cannot be used, as this build has
 *   no MPI; on rank 0 alone, the others end without a word
 */
bool sim_cluster_begin(GError **error);

/** sim_cluster_size: ranks that simulate and were not given up, so that sim_pool_run() uses them; 0
 * without a cluster. */
unsigned sim_cluster_size(void);

/**
 * sim_cluster_end: on rank 0, when the command is done, with all written; sends the others home.
 * Does nothing without a cluster. If a rank does not answer it ends the process with @code, as
 * there is no other way to end such a job.
 */
void sim_cluster_end(int code);
