/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A load in real time: the clock, the sockets, and what the generator itself costs. */
#pragma once

#include "sim/load/lines.h"
#include "sim/load/load.h"

typedef struct SimDrive SimDrive;

/**
 * sim_drive_new: opens @n lines to @peer.
 * @plan: lines, transport and run are filled in; the rest is the caller's. Strings are borrowed
 * Returns: (transfer full): or %NULL
 */
SimDrive *sim_drive_new(const SimLoadPlan *plan, const SimPeer *peer, unsigned n, GError **error);
void sim_drive_free(SimDrive *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimDrive, sim_drive_free)

/**
 * SimDriveResult: of a phase.
 * @tally: borrowed until the next phase
 * @took: us from its start to its end
 * @user, @system: processor time of this process in it, us
 * @unfinished: attempts that were under way when it was stopped
 * @lost: connections that broke, or datagrams that the system did not take
 */
typedef struct {
    const SimLoadTally *tally;
    RollTime took;
    RollTime user;
    RollTime system;
    uint32_t unfinished;
    uint64_t lost;
} SimDriveResult;

/** SimDriveTick: about once a second; @now is us from the start of the phase. */
typedef void (*SimDriveTick)(void *user_data, RollTime now, const SimLoadTally *tally);

/**
 * sim_drive_phase: runs @phase until every attempt has ended, or until *@stop, which a signal may
 * set. @tick: or %NULL
 */
SimDriveResult sim_drive_phase(SimDrive *self, const SimLoadPhase *phase, volatile const int *stop,
                               SimDriveTick tick, void *user_data);
