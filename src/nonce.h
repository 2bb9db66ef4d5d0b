/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nonces of the digest (RFC 7616 section 3.3). A nonce is a serial number; the time it was issued
 * and the highest nonce count seen with it are kept for the last so many. On the wire it is the
 * serial and a MAC in hexadecimal. The MAC is computed only when bytes are written or read, so
 * decoded partners, who name a nonce by its serial, pay nothing for it. */
#pragma once

#include <rollcall/text.h>
#include <rollcall/time.h>

/** ROLL_NONCE_TEXT: length of a nonce on the wire: 64 bits of serial, 128 bits of MAC. */
#define ROLL_NONCE_TEXT 48

typedef struct RollNonces RollNonces;

/** roll_nonces_new: @lifetime: µs; @limit: nonces remembered; @key: secret, copied. */
RollNonces *roll_nonces_new(RollTime lifetime, size_t limit, const uint8_t key[32]);
void roll_nonces_free(RollNonces *self);

/** roll_nonces_issue: Returns: the serial of a new nonce, never 0. */
uint64_t roll_nonces_issue(RollNonces *self, RollTime now);

/** roll_nonces_count: the highest count used with @serial so far; %NULL if it is not good now. */
uint32_t *roll_nonces_count(RollNonces *self, RollTime now, uint64_t serial);

/** roll_nonces_write: the text of the nonce @serial issued at @issued. No NUL. */
void roll_nonces_write(const RollNonces *self, uint64_t serial, RollTime issued,
                       char out[ROLL_NONCE_TEXT]);

/** roll_nonces_read: Returns: the serial in a text that this registrar wrote, else 0. */
uint64_t roll_nonces_read(const RollNonces *self, RollText text);
