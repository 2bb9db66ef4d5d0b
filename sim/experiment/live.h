/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run in real time against a registrar elsewhere: the same phones, networks and calls on the same
 * queue, whose events wait for their time. One second of the wall is @compress seconds of the
 * scenario, so a request for an hour asks for a minute where @compress is 60. */
#pragma once

#include "sim/net/peer.h"
#include "sim/scenario/scenario.h"

/**
 * SimLiveOptions:
 * @to: the registrar; borrowed
 * @name: what it is called in reports; borrowed
 * @compress: seconds of the scenario in one of the wall's, from 1
 * @max_lag: wall time, us: if one event in a hundred is handled later, the run cannot be trusted
 * @verify: how many addresses-of-record an observer asks for in a second of the wall; 0: none
 */
typedef struct {
    const SimPeer *to;
    const char *name;
    uint32_t compress;
    RollTime max_lag;
    double verify;
} SimLiveOptions;

/** SIM_COMPRESS_MOST: above that a second, the least expiry, is more than a day. */
#define SIM_COMPRESS_MOST 86400

/**
 * sim_live_check: whether a registrar elsewhere can be what @scenario wants.
 * @spread: each phone has an address of its own
 * @reliable: over TCP or TLS
 * @error: the first thing that it cannot, with its line or key
 */
bool sim_live_check(const SimScenario *scenario, uint32_t compress, bool spread, bool reliable,
                    GError **error);
