/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text that phones and a registrar elsewhere exchange, and that of an observer who asks it what
 * its table holds. Who sends the bytes, and waits for others, is no part of it.
 *
 * Phones live in the time of the scenario, of which @compress seconds go by in one of the
 * registrar's. What is asked for, granted or advised in seconds is converted here, both ways. */
#pragma once

#include "sim/link/atlas.h"
#include "sim/link/link.h"

/**
 * SimLiveSetting: open.
 * @run: tells the transactions and Call-IDs of this run from those of others
 */
typedef struct {
    const SimIdentity *identity;
    const SimWorld *world;
    const SimAtlas *atlas;
    RollTransport transport;
    uint32_t compress;
    uint32_t run;
} SimLiveSetting;

/** sim_link_live_new: what @setting points to is borrowed. `send` writes the request of a flight
 * and `deliver` reads the reply to it; there is no registrar here that it could arrive at. */
SimLink *sim_link_live_new(const SimLiveSetting *setting);

/**
 * SimListed: a record that a 200 lists.
 * @phone, @address: which it is; @address 0: it was not bound by a phone of this run
 * @left: seconds of the registrar
 */
typedef struct {
    uint32_t phone;
    uint32_t address;
    uint32_t left;
} SimListed;

/**
 * SimLiveReply:
 * @fetch: to a question of the observer
 * @phone: who asked; of a question, the owner of the address-of-record it is about
 * @branch: its transaction; of a question, its number
 * @listed: of a 200; borrowed until the next is read
 */
typedef struct {
    int status;
    bool fetch;
    uint32_t phone;
    uint32_t branch;
    const SimListed *listed;
    size_t n_listed;
} SimLiveReply;

/** sim_live_read: Returns: false if it is no final reply to this run. */
bool sim_live_read(SimLink *link, const uint8_t *data, size_t len, SimLiveReply *out);

/**
 * sim_live_write_fetch: a REGISTER without Contact (RFC 3261 section 10.2.3).
 * @owner: of the address-of-record
 * @number: of the question, from 1
 * @proving: with credentials, for the challenge in the reply that was read last
 */
void sim_live_write_fetch(SimLink *link, uint32_t owner, uint32_t number, bool proving,
                          GByteArray *out);
