/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readers of the values that have a language of their own; see keys.h for how they are called and
 * docs/scenario.md for what they read. @object is the struct of the key's group. */
#pragma once

#include "sim/scenario/keys.h"

/* registrar, station, network, event, calls: world.c, address.c, event.c */
bool sim_read_preset(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_expires_jitter(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_max_expires(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_max_records(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_algorithms(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_places_to_wait(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_overload_control(SimReading *reading, void *object, const char *value,
                               GError **error);
bool sim_read_pool(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_address(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_nat(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_keepalive(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_nat_ping(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_loss(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_outages(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_release(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_cut(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_back(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_repeats(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_call_rate(SimReading *reading, void *object, const char *value, GError **error);

/* calls.c */
bool sim_read_call_pattern(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_qualify(SimReading *reading, void *object, const char *value, GError **error);

/* registrar and event, of faults: faults.c */
bool sim_read_crash(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_table(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_clock(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_replica_lag(SimReading *reading, void *object, const char *value, GError **error);

/* phones: places.c, behaviour.c, power.c */
bool sim_read_network(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_calendar(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_moves_from(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_aor_of(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_q(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_places(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_refresh(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_retry(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_power(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_ups(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_leaves(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_notices(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_push(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_start_spacing(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_register(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_register_from(SimReading *reading, void *object, const char *value, GError **error);

/* serve: serve.c */
bool sim_read_listen(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_store(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_metrics(SimReading *reading, void *object, const char *value, GError **error);
bool sim_read_source_rate(SimReading *reading, void *object, const char *value, GError **error);

/** sim_scenario_find_network: by name. */
bool sim_scenario_find_network(const SimScenario *scenario, const char *name, unsigned *out,
                               GError **error);
