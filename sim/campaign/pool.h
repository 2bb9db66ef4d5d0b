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
 * @patience: seconds after which a rank that says nothing is given up
 * @next: the next task, borrowed until it is @done; %NULL if there is none now. While it returns
 *   %NULL and tasks are under way it is asked again after each @done
 * @done: takes @sample; returns false (with @error) to stop everything
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

/** sim_pool_width: tasks that can be under way at a time. */
unsigned sim_pool_width(unsigned threads);

/**
 * sim_cluster_begin: to be called first thing in a command that uses a pool. Does nothing unless
 * the program was started by mpirun (and was built with MPI). On every rank but 0 it works off
 * tasks until rank 0 is done, and then ends the process.
 * Returns: whether there are other ranks, so that sim_pool_run() uses them.
 */
bool sim_cluster_begin(void);

/** sim_cluster_end: on rank 0, when the command is done; sends the others home. */
void sim_cluster_end(void);
