/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection to Redis that comes back by itself. Commands are answered in the order they were
 * sent; what is not answered for two seconds, or when the connection breaks, is answered with
 * nothing. */
#pragma once

#include <hiredis/hiredis.h>
#include <rollcall/store.h>

typedef struct RollRedisLink RollRedisLink;

/**
 * RollRedisCommand: borrowed for the call that sends it.
 * @then: is told the answer; %NULL: the connection was lost before it came, and nobody knows
 *   whether the command was done
 * @drop: frees @data if the link is freed before the answer; nothing but @data may be touched
 */
typedef struct {
    int n;
    const char **words;
    const size_t *lengths;
    void (*then)(void *data, const redisReply *reply);
    void (*drop)(void *data);
    void *data;
} RollRedisCommand;

/** roll_redis_link_new: begins to connect; all is done in the thread's default context. */
RollRedisLink *roll_redis_link_new(const RollRedisSettings *settings);

/** roll_redis_link_free: may be called from within an answer. */
void roll_redis_link_free(RollRedisLink *self);

/** roll_redis_link_send: Returns: false, and nothing is told, if there is no connection now. */
bool roll_redis_link_send(RollRedisLink *self, const RollRedisCommand *command);

/** roll_redis_link_is_ready: the server has answered, and still does as far as is known. */
bool roll_redis_link_is_ready(const RollRedisLink *self);

/** roll_redis_link_reason: why there is no connection. */
const char *roll_redis_link_reason(const RollRedisLink *self);

/** roll_redis_link_drain: waits, two seconds at most, until all that was sent is answered, with
 * what is sent upon these answers. */
void roll_redis_link_drain(RollRedisLink *self);
