/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Path: the proxies between a registrar and a client (RFC 3327). */
#pragma once

#include "registrar.h"

/**
 * roll_path_check: whether the Path of @request may be kept.
 * @reply: (inout): gets what a 420 carries
 * Returns: 0 or the status of the refusal.
 */
int roll_path_check(const RollRegistrar *self, const RollRequest *request, RollReply *reply);

/** roll_path_kept: what a binding of @request keeps; absent without or when the policy is off. */
RollText roll_path_kept(const RollRegistrar *self, const RollRequest *request);

/** roll_path_reply: section 5.3: copies the Path into a 200. */
void roll_path_reply(const RollRegistrar *self, const RollRequest *request, RollReply *reply);

/** roll_path_starts_outbound: the first URI of @path has an `ob` parameter (RFC 5626 section 6). */
bool roll_path_starts_outbound(RollText path);
