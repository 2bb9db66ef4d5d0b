/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for what src/store has not yet; goes with the commit that brings it. */
#include <rollcall/store.h>

bool roll_registrar_replace(RollRegistrar *self, RollTime now, RollText aor,
                            const RollRecord *records, size_t n);

bool
roll_registrar_replace(RollRegistrar *self, RollTime now, RollText aor, const RollRecord *records,
                       size_t n)
{
    (void)self, (void)now, (void)aor, (void)records, (void)n;
    return false;
}

RollStore *
roll_store_open_redis(const RollRedisSettings *settings)
{
    (void)settings;
    return NULL;
}
