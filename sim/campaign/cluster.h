/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two sides of a cluster share: rank 0, which owns the campaign and never simulates, and
 * the others, which do nothing else. Each message is a number of a task and a body. */
#pragma once

#include "sim/campaign/pool.h"
#include "sim/campaign/ranks.h"

/**
 * SimSaying: the tag of a message.
 * TASK, STOP, HOME: from rank 0: do this one; leave it; end. After TASK nothing but STOP and HOME
 *   comes until it was answered.
 * BEAT, SAMPLE, ERROR, BYE: to rank 0: still at it; done; failed or left, the body says why; the
 *   answer to HOME, and the last message
 */
typedef enum {
    SIM_SAYING_TASK,
    SIM_SAYING_STOP,
    SIM_SAYING_HOME,
    SIM_SAYING_BEAT,
    SIM_SAYING_SAMPLE,
    SIM_SAYING_ERROR,
    SIM_SAYING_BYE,
} SimSaying;

/** SIM_CLUSTER_NAP: between two looks for messages of one who has nothing to do, us. */
#define SIM_CLUSTER_NAP 1000

/** sim_cluster_send: @body may be %NULL. Returns: false if it is too long */
bool sim_cluster_send(const SimRanks *ranks, int rank, SimSaying what, uint32_t number,
                      GBytes *body);

/** sim_cluster_receive: Returns: (transfer full): the body of the next message, or %NULL. */
GBytes *sim_cluster_receive(const SimRanks *ranks, int *rank, SimSaying *what, uint32_t *number);

/** sim_cluster_serve: on a rank other than 0: until it is sent home. */
void sim_cluster_serve(const SimRanks *ranks);

/** sim_cluster_is_open: whether there are other ranks, though all may have been given up. */
bool sim_cluster_is_open(void);

/** sim_cluster_run: sim_pool_run() on the other ranks, if the cluster is open. */
bool sim_cluster_run(const SimPoolOptions *options, GError **error);
