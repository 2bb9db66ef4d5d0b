/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cuts a stream of bytes into SIP messages (RFC 3261 section 18.3: on a stream Content-Length tells
 * where one ends) and the keep-alives between them (RFC 5626 section 4.4.1). No socket: bytes are
 * pushed in as they come and parts are taken out. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct RollStream RollStream;

/**
 * RollStreamPart:
 * %ROLL_STREAM_MORE: nothing is whole; push more
 * %ROLL_STREAM_MESSAGE: a message, head and body
 * %ROLL_STREAM_PING: CRLF CRLF between messages: a CRLF is due in return
 * %ROLL_STREAM_PONG: a single CRLF that more bytes follow, or the other end's answer to a ping
 * %ROLL_STREAM_BROKEN: no message can be found from here on: a head without a good Content-Length
 *   (it is given as far as it goes, to be refused) or longer than allowed. The connection is to be
 *   closed; it stays so
 */
typedef enum {
    ROLL_STREAM_MORE,
    ROLL_STREAM_MESSAGE,
    ROLL_STREAM_PING,
    ROLL_STREAM_PONG,
    ROLL_STREAM_BROKEN,
} RollStreamPart;

/**
 * roll_stream_new:
 * @max_message: bytes of a message, head and body
 * @server: two CRLF are a ping; else each CRLF is a pong
 */
RollStream *roll_stream_new(size_t max_message, bool server);
void roll_stream_free(RollStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollStream, roll_stream_free)

/** roll_stream_push: @data is copied. */
void roll_stream_push(RollStream *self, const void *data, size_t len);

/**
 * roll_stream_next: takes the next part out.
 * @data, @len: (out): of a message or of what is broken; borrowed until the next call on @self
 */
RollStreamPart roll_stream_next(RollStream *self, const uint8_t **data, size_t *len);

/** roll_stream_pending: bytes that wait for the rest of their message. */
size_t roll_stream_pending(const RollStream *self);
