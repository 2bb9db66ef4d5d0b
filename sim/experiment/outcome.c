/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call has reached its callee if one branch rings. What it counts as otherwise is the best that
 * any contact led to; so it does not depend on the order in which they are tried. */
#include "sim/experiment/outcome.h"

static bool
is_silent(const SimBranch *branch)
{
    return branch->end == SIM_BRANCH_CUT_OFF || branch->end == SIM_BRANCH_SILENT;
}

/* How many of @branches, from the first on, are tried together. */
static size_t
count_together(const SimBranch *branches, size_t n, SimFork fork)
{
    size_t together = 1;
    if (fork == SIM_FORK_PARALLEL)
        return n;
    while (together < n && branches[together].q == branches[0].q)
        together++;
    return together;
}

/* Sends INVITEs to the branches [from, to) at once. Returns: whether one rings. */
static bool
try_together(SimBranch *branches, size_t from, size_t to, SimCallResult *result)
{
    RollTime rings = ROLL_NEVER;
    RollTime fails = 0;
    for (size_t i = from; i < to; i++) {
        SimBranch *branch = &branches[i];
        RollTime answer = is_silent(branch) ? SIM_TIMER_B : MIN(branch->answer, SIM_TIMER_B);
        branch->tried = true;
        branch->began = result->wait;
        result->dead += is_silent(branch);
        fails = MAX(fails, answer);
        if (branch->end != SIM_BRANCH_RINGS || answer >= rings)
            continue;
        rings = answer;
        result->ringing = i;
    }
    result->wait += rings != ROLL_NEVER ? rings : fails;
    return rings != ROLL_NEVER;
}

static SimTally
failure(const SimBranch *branches, size_t n, bool anybody)
{
    SimBranchEnd best = SIM_BRANCH_SILENT;
    if (n == 0)
        return anybody ? SIM_TALLY_CALL_MISSED : SIM_TALLY_CALL_REFUSED;
    for (size_t i = 0; i < n; i++)
        best = MIN(best, branches[i].end);
    if (best == SIM_BRANCH_CUT_OFF)
        return SIM_TALLY_CALL_UNREACHABLE;
    if (best == SIM_BRANCH_REFUSED)
        return SIM_TALLY_CALL_MISDIRECTED;
    return anybody ? SIM_TALLY_CALL_WRONG : SIM_TALLY_CALL_DEAD;
}

SimCallResult
sim_call_fork(SimBranch *branches, size_t n, SimFork fork, bool anybody)
{
    SimCallResult result = {0};
    bool reached = false;
    for (size_t i = 0, next; i < n && !reached; i = next) {
        next = i + count_together(branches + i, n - i, fork);
        reached = try_together(branches, i, next, &result);
    }
    result.outcome = reached ? SIM_TALLY_CALL_REACHED : failure(branches, n, anybody);
    return result;
}

SimTally
sim_reply_tally(int status)
{
    if (status == 200)
        return SIM_TALLY_REPLY_200;
    if (status == 401)
        return SIM_TALLY_REPLY_401;
    if (status == 423)
        return SIM_TALLY_REPLY_423;
    return status < 500 ? SIM_TALLY_REPLY_4XX : SIM_TALLY_REPLY_5XX;
}
