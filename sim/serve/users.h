/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may register at a server: from a file or a database, read whole and read again on demand. */
#pragma once

#include <rollcall/htdigest.h>

typedef struct SimUsers SimUsers;

/**
 * sim_users_new:
 * @source: FILE in the form of htdigest, or `sqlite:FILE` with `users (username, realm, ha1)`
 * @error: with the name and, where there is one, the line
 * Returns: (transfer full): or %NULL
 */
SimUsers *sim_users_new(const char *source, GError **error);
void sim_users_free(SimUsers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimUsers, sim_users_free)

/** sim_users_reload: Returns: false with @error set, and those from before stay. */
bool sim_users_reload(SimUsers *self, GError **error);

/** sim_users_lookup: a #RollSecretLookup. */
bool sim_users_lookup(void *self, RollText realm, RollText username, RollAlgorithm algorithm,
                      RollSecret *out);
