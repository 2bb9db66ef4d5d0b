/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands in for what src/store has not yet; goes with the commit that brings it. */
#include <rollcall/store.h>

RollStore *
roll_store_open_redis(const RollRedisSettings *settings)
{
    (void)settings;
    return NULL;
}
