/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Requests that a registrar does not serve itself, answered as a redirect server (RFC 3261 section
 * 8.3): whoever asks is told where the user is. */
#pragma once

#include "registrar.h"

/** roll_redirect_applies: @request is for a user, or is OPTIONS or CANCEL, and the registrar
 * redirects. */
bool roll_redirect_applies(const RollRegistrar *self, const RollRequest *request);

/** roll_redirect_answer: fills @reply without keeping any state (section 8.2.7). */
void roll_redirect_answer(RollRegistrar *self, RollTime now, const RollRequest *request,
                          RollReply *reply);
