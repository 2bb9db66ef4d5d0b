/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a phone's request reaches the registrar and its reply comes back. The direct link passes
 * decoded requests; the wire link writes SIP text and parses it, both ways. They lead to the same
 * decisions, and a test holds that their runs have one fingerprint. */
#pragma once

#include "sim/link/identity.h"

/** SimStand: where a packet is at the station; %SIM_STAND_LOST: in service when it broke down. */
typedef enum { SIM_STAND_NONE, SIM_STAND_WAITS, SIM_STAND_SERVED, SIM_STAND_LOST } SimStand;

/**
 * SimFlight: a packet on its way, first with a request, then with the reply to it.
 * @request: what was asked; stays while the reply travels
 * @reply: decoded; @bytes: as text, wire only
 * @stand: at the station of the registrar
 * @alone: no copy of the request can ever follow, as its network neither loses packets nor delays
 *   them until Timer E
 * @waited: for the station, before its service
 * @next_free: for the owner
 */
typedef struct {
    SimRequest request;
    SimResponse reply;
    SimStand stand;
    bool alone;
    uint32_t next_free;
    RollTime waited;
    GByteArray *bytes;
} SimFlight;

typedef struct SimLink SimLink;

/**
 * SimLink:
 * @send: puts @flight->request on its way
 * @arrive: hands it to the registrar. Returns: the status of the reply, or 0 if there is none
 * @refuse: answers in the place of the registrar, without a look at the request: 503, with
 *   Retry-After unless @retry_after is 0 (RFC 3261 section 21.5.4)
 * @deliver: reads the reply into @flight->reply. Returns: false if the client cannot read it
 * @restart: from now on requests go to @registrar (borrowed), which knows nothing of what the one
 *   before it had said; what is on its way stays so
 */
struct SimLink {
    const char *name;
    void (*send)(SimLink *self, SimFlight *flight);
    int (*arrive)(SimLink *self, RollTime now, SimFlight *flight);
    void (*refuse)(SimLink *self, SimFlight *flight, uint32_t retry_after);
    bool (*deliver)(SimLink *self, SimFlight *flight);
    void (*restart)(SimLink *self, RollRegistrar *registrar);
    void (*free)(SimLink *self);
};

/** sim_link_direct_new: everything is borrowed. */
SimLink *sim_link_direct_new(const SimIdentity *identity, RollRegistrar *registrar);

/** sim_link_wire_new: the same, for the phones of @world. */
SimLink *sim_link_wire_new(const SimIdentity *identity, RollRegistrar *registrar,
                           const SimWorld *world);

static inline void
sim_link_free(SimLink *self)
{
    if (self != NULL)
        self->free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimLink, sim_link_free)
