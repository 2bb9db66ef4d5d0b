/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Endpoints: what a device behind a NAT is known by outside, an address and a port. In the
 * simulator an endpoint is one number, as an address is: from 240.0.0.0/4, which no pool may use
 * (RFC 1112 section 4 keeps it for the future), each network having a block of it. */
#pragma once

#include "sim/scenario/scenario.h"

/** SIM_ENDPOINT_FIRST: numbers from here on are endpoints, below it addresses. */
#define SIM_ENDPOINT_FIRST 0xf0000000u

/** sim_endpoints_number: gives each network with a NAT its block; one for which there is no room
 * has no ports. */
void sim_endpoints_number(SimScenario *scenario);

/** sim_endpoint_network: the network whose block @endpoint is in, or %NULL if it is an address. */
const SimNetworkSpec *sim_endpoint_network(const SimScenario *scenario, uint32_t endpoint);

/** sim_endpoint_split: @address and @port of an endpoint; @port is left alone if it is none. */
void sim_endpoint_split(const SimScenario *scenario, uint32_t endpoint, uint32_t *address,
                        uint16_t *port);

/** sim_endpoint_join: the number for @address and @port: @address itself where no NAT has it. */
uint32_t sim_endpoint_join(const SimScenario *scenario, uint32_t address, uint32_t port);
