/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service station in front of the registrar. The core decides in no time at all; what a
 * request costs a real server is modelled here: so many workers, each of which serves one request
 * for a time drawn from a law, and a line of those that wait, first come first served. What finds
 * the line full is turned away. The station knows no packet and no clock: the owner hands in
 * numbers for requests and calls sim_station_end() when a service is over. */
#pragma once

#include "sim/engine/random.h"
#include "sim/scenario/scenario.h"

typedef struct SimStation SimStation;

/**
 * SimService: one request in service.
 * @item: what it was offered as
 * @waited: in the line, before the service
 * @due: when the service is over
 * @serial: the number of this service, from 0; tells services apart that end at one instant
 */
typedef struct {
    uint32_t item;
    RollTime waited;
    RollTime due;
    uint32_t serial;
} SimService;

/** sim_station_new: @spec and @random are borrowed. */
SimStation *sim_station_new(const SimStationSpec *spec, const SimRandom *random);
void sim_station_free(SimStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimStation, sim_station_free)

/** sim_station_offer: puts @item at the end of the line. Returns: false if there is no room. */
bool sim_station_offer(SimStation *self, RollTime now, uint32_t item);

/** sim_station_begin: gives the first of the line to a free worker. Returns: false if there is no
 * such two; call it until then after each offer and each end. */
bool sim_station_begin(SimStation *self, RollTime now, SimService *out);

/** sim_station_end: a worker has finished. */
void sim_station_end(SimStation *self);

/** sim_station_clear: the line and all services under way are given up; the owner has to pass over
 * their ends. */
void sim_station_clear(SimStation *self);

/** sim_station_waiting: how many wait now, those in service not included. */
uint32_t sim_station_waiting(const SimStation *self);

/**
 * sim_station_control: the overload control; call it after each arrival, and at the end of each
 * service before its request is decided.
 * @ret_percent: (out): of the requests to be held back from now on; set if it returns true
 *
 * With p the share held back and w what a request at the end of the line will wait, p = 1 - target
 * / w, from 0 to %SIM_PERCENT_MOST; looked at again after %SIM_CONTROL_PERIOD at the earliest.
 *
 * Returns: whether clients are to be told: they always are as long as there is overload, and once
 * when it is over.
 */
bool sim_station_control(SimStation *self, RollTime now, uint32_t *ret_percent);
#define SIM_CONTROL_PERIOD (500 * ROLL_MILLISECOND)
#define SIM_PERCENT_MOST 95

/** sim_station_peak: the most that ever waited, since the last sim_station_forget_peak(). */
uint32_t sim_station_peak(const SimStation *self);

/** sim_station_longest_wait: of a request whose service has begun since then. */
RollTime sim_station_longest_wait(const SimStation *self);
void sim_station_forget_peak(SimStation *self);
