/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection of hiredis on a GMainContext. The adapter that comes with hiredis polls for ever on
 * a connection that was closed, and wakes its context for each command. */
#pragma once

#include <glib.h>
#include <hiredis/async.h>

/** roll_redis_source_attach: to the thread's default context; ends with @redis, by itself. */
void roll_redis_source_attach(redisAsyncContext *redis);
