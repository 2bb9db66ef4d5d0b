/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An answer that was written and may not be sent after all. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * roll_answer_refuse: appends to @out the 503 with Retry-After that takes the place of the answer
 * @data, @len bytes as roll_message_write_reply() writes them.
 * Returns: false if @data is no answer
 */
bool roll_answer_refuse(const uint8_t *data, size_t len, GByteArray *out);
