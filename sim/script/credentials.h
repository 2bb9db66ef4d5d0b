/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The digest of a scripted user: it answers the newest challenge it was sent. */
#pragma once

#include <glib.h>
#include <rollcall/message.h>

/** SimChallenged: the newest challenge of a user, and how often it was used. */
typedef struct {
    char *realm;
    char *nonce;
    char *opaque;
    RollAlgorithm algorithm;
    uint32_t nc;
} SimChallenged;

void sim_challenged_free(SimChallenged *self);

/** sim_challenged_read: from the first challenge of a 401. Returns: (transfer full) (nullable) */
SimChallenged *sim_challenged_read(RollMessage *message, const char *bytes, size_t len);

/** sim_challenged_answer: an Authorization value, counted. Returns: (transfer full) */
char *sim_challenged_answer(SimChallenged *self, const char *user, const char *password,
                            const char *method, const char *uri);
