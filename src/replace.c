/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Works on the drafts of update.c, so that a request that fails in the end has replaced nothing.
 * A static record is the operator's and is never replaced. */
#include "replace.h"

static bool
may_replace(const RollDraft *draft, const RollBinding *binding)
{
    return draft->exists && !draft->removed && !draft->contact &&
           binding->expires_at != ROLL_NEVER;
}

static RollDraft *
find_oldest(RollRegistrar *self, RollRow *row)
{
    RollDraft *oldest = NULL;
    RollTime since = ROLL_NEVER;
    for (size_t i = 0; row && i < roll_row_count(row); i++) {
        const RollBinding *binding = roll_row_binding(row, i);
        if (!may_replace(&self->drafts[i], binding) || binding->registered_at >= since)
            continue;
        oldest = &self->drafts[i];
        since = binding->registered_at;
    }
    return oldest;
}

bool
roll_replace_oldest(RollRegistrar *self, RollRow *row, size_t n)
{
    size_t n_found = 0;
    if (self->config.policy.full != ROLL_FULL_REPLACE)
        return false;
    for (size_t i = 0; row && i < roll_row_count(row); i++)
        n_found += may_replace(&self->drafts[i], roll_row_binding(row, i));
    if (n_found < n)
        return false;
    while (n-- > 0) {
        RollDraft *draft = find_oldest(self, row);
        draft->removed = draft->replaced = true;
    }
    return true;
}
