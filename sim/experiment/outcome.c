/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A call is forked to every contact: it reached the phone if one of them leads there. */
#include "sim/experiment/outcome.h"
#include "sim/link/identity.h"

SimTally
sim_call_outcome(const SimWorld *world, uint32_t id, const RollLocation *contacts, size_t n)
{
    const SimDevice *device = &world->devices[id];
    bool misdirected = false;
    if (n == 0)
        return device->on ? SIM_TALLY_CALL_MISSED : SIM_TALLY_CALL_REFUSED;
    for (size_t i = 0; i < n; i++) {
        uint32_t address = sim_identity_parse_address(contacts[i].contact);
        if (device->on && address == device->address)
            return device->cut_off == 0 ? SIM_TALLY_CALL_REACHED : SIM_TALLY_CALL_UNREACHABLE;
        int64_t holder = sim_world_holder(world, address);
        misdirected = misdirected || (holder >= 0 && holder != id && world->devices[holder].on);
    }
    if (misdirected)
        return SIM_TALLY_CALL_MISDIRECTED;
    return device->on ? SIM_TALLY_CALL_WRONG : SIM_TALLY_CALL_DEAD;
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
