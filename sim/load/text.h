/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The requests of the load generator as SIP text. They are put together from the parts that never
 * change and the few that do; no request is kept, for a retransmission is written again from the
 * user, to the same bytes. */
#pragma once

#include "sim/load/plan.h"
#include "sim/load/users.h"

/** SIM_TEXT_MAX: no request is longer. */
#define SIM_TEXT_MAX 4096
/** SIM_TEXT_DOMAIN, SIM_TEXT_REALM: the longest that fit. */
#define SIM_TEXT_DOMAIN 255
#define SIM_TEXT_REALM 255

typedef struct SimTexts SimTexts;

/** sim_texts_new: @plan is borrowed. */
SimTexts *sim_texts_new(const SimLoadPlan *plan);
void sim_texts_free(SimTexts *self);

/**
 * sim_texts_challenge: what @user answers from now on; its HA1 is computed if it is not known.
 * Returns: false if the challenge cannot be answered: an algorithm unknown, or too long
 */
bool sim_texts_challenge(SimTexts *self, const RollReply *reply, uint32_t number, SimUser *user);

/** sim_texts_request: writes the request of user @number under way. Returns: its length */
size_t sim_texts_request(const SimTexts *self, uint32_t number, const SimUser *user,
                         char out[SIM_TEXT_MAX]);

/**
 * sim_texts_ack: for the final answer to the INVITE of @user (RFC 3261 section 17.1.1.3).
 * @to: of the answer, tag and all; one that is too long is cut off
 */
size_t sim_texts_ack(const SimTexts *self, uint32_t number, const SimUser *user, RollText to,
                     char out[SIM_TEXT_MAX]);
