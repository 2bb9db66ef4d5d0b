/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a contact is bound for: RFC 3261 section 10.3 step 7, up to the word "423". */
#pragma once

#include "registrar.h"

/**
 * roll_grant_expires: what @contact of @request gets.
 * @out: (out): seconds, 0 to remove it; set only on %TRUE
 * Returns: false if it asks for too little: 423.
 */
bool roll_grant_expires(const RollRegistrar *self, RollTime now, const RollRequest *request,
                        const RollContact *contact, uint32_t *out);
