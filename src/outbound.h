/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connections that the client began: RFC 5626 sections 6 and 7, as far as they are a registrar's.
 * A binding made so is known by its instance and reg-id, not by its contact URI. */
#pragma once

#include "registrar.h"

/** roll_instance_equal: two instance ids name the same device (RFC 5626 section 4.1). */
bool roll_instance_equal(RollText a, RollText b);

/**
 * roll_outbound_check: whether outbound processing applies to @request.
 * @subject: (inout): @outbound is set
 * @reply: (inout): gets what a 421 carries
 * Returns: 0 or the status of the refusal.
 */
int roll_outbound_check(const RollRegistrar *self, const RollRequest *request, RollSubject *subject,
                        RollReply *reply);

/** roll_outbound_reg_id: the reg-id that @contact is bound by; 0 if it is an ordinary contact. */
uint32_t roll_outbound_reg_id(const RollSubject *subject, const RollContact *contact);

/** roll_outbound_find: the draft with the instance of @contact and @reg_id, or %NULL. */
RollDraft *roll_outbound_find(RollRegistrar *self, RollRow *row, const RollContact *contact,
                              uint32_t reg_id);

/** roll_outbound_flow: whence later requests reach the client; of family 0 if not directly. */
RollEndpoint roll_outbound_flow(const RollRequest *request);

/** roll_outbound_reply: what a 200 says of outbound. */
void roll_outbound_reply(const RollRegistrar *self, const RollRequest *request,
                         const RollSubject *subject, RollReply *reply);
