/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance by counter: each number is a function of (seed, replication, entity, purpose, ordinal)
 * and of nothing else, so the k-th power failure of a phone stays where it is whatever the phones
 * do in between. That makes two runs with another expiry comparable draw by draw (common random
 * numbers). The function is Philox4x32-10 of Random123 (Salmon et al., SC'11). */
#pragma once

#include <stdint.h>

/** SimPurpose: what a number decides. A new purpose goes at the end, so that no other changes. */
typedef enum {
    SIM_PURPOSE_START,
    SIM_PURPOSE_POWER_ON,
    SIM_PURPOSE_POWER_OFF,
    SIM_PURPOSE_HOURS,
    SIM_PURPOSE_LEAVES,
    SIM_PURPOSE_BOOT,
    SIM_PURPOSE_ADDRESS,
    SIM_PURPOSE_ADDRESS_CHANGE,
    SIM_PURPOSE_PLACE,
    SIM_PURPOSE_STAY,
    SIM_PURPOSE_NOTICES,
    SIM_PURPOSE_NOTICE_AFTER,
    SIM_PURPOSE_REFRESH,
    SIM_PURPOSE_RETRY,
    SIM_PURPOSE_LOSS_UP,
    SIM_PURPOSE_LOSS_DOWN,
    SIM_PURPOSE_DELAY_UP,
    SIM_PURPOSE_DELAY_DOWN,
    SIM_PURPOSE_CUT,
    SIM_PURPOSE_CUT_BACK,
    SIM_PURPOSE_CALL,
    SIM_PURPOSE_CALLEE,
    SIM_PURPOSE_PASSWORD,
    SIM_PURPOSE_KEY,
    SIM_PURPOSE_FUZZ,
    SIM_PURPOSE_CUT_LENGTH,
    SIM_PURPOSE_CUT_REPEATS,
    SIM_PURPOSE_UPS,
    SIM_PURPOSE_UPS_HOLDS,
    SIM_PURPOSE_SURGE,
    SIM_PURPOSE_SERVICE,
    SIM_PURPOSE_RETRY_AFTER,
    SIM_PURPOSE_HOLD_BACK,
    SIM_PURPOSE_QUALIFY,
    SIM_PURPOSE_OUTAGE,
    SIM_PURPOSE_RELEASE,
    SIM_PURPOSE_ASK,
    SIM_PURPOSE_CRASH_BACK,
    SIM_PURPOSE_REPLICA_LAG,
    SIM_PURPOSE_CALL_DELAY,
    SIM_PURPOSE_CALENDAR,
    SIM_PURPOSE_NAT_PORT,
    SIM_PURPOSE_KEEPALIVE,
    SIM_PURPOSE_KEEPALIVE_LOSS,
    SIM_PURPOSE_NAT_PING_LOSS,
    SIM_PURPOSE_PUSH,
    SIM_PURPOSE_LOAD_ARRIVAL,
    SIM_PURPOSE_LOAD_KIND,
} SimPurpose;

/** SimRandom: a value; copy it freely. */
typedef struct {
    uint32_t key[2];
} SimRandom;

/** sim_random_new: the source of one replication of a seed. */
SimRandom sim_random_new(uint64_t seed, uint32_t replication);

/**
 * sim_random_uniform: strictly between 0 and 1, one of 2^52 equally likely values.
 * @entity: phone, cut, ...; @ordinal: which of its draws for this purpose
 * @again: 0, 1, ... where one draw needs several numbers
 */
double sim_random_uniform(const SimRandom *self, uint32_t entity, SimPurpose purpose,
                          uint32_t ordinal, uint32_t again);
