/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Credentials from a file of `user:realm:HA1` lines, as Apache's htdigest writes them. The length
 * of HA1 names its algorithm: 32 hexadecimal digits are MD5, 64 are SHA-256. A line
 * `user:realm:ALGORITHM:HA1` names it, and has to for SHA-512-256, which has 64 digits as well;
 * ALGORITHM is written MD5, SHA-256 or SHA-512-256. A realm that itself ends in a colon and one of
 * these words is followed by another. */
#pragma once

#include <rollcall/registrar.h>

typedef struct RollHtdigest RollHtdigest;

#define ROLL_HTDIGEST_ERROR roll_htdigest_error_quark()
GQuark roll_htdigest_error_quark(void);
typedef enum { ROLL_HTDIGEST_ERROR_SYNTAX } RollHtdigestError;

/**
 * roll_htdigest_parse:
 * @name: of the file, for messages
 * @data: its content, @len bytes
 * @error: %ROLL_HTDIGEST_ERROR_SYNTAX with `name:line: what is wrong`
 * Blank lines and lines that start with `#` are passed over. The core reads no file: the owner does.
 * Returns: (transfer full): or %NULL
 */
RollHtdigest *roll_htdigest_parse(const char *name, const char *data, size_t len, GError **error);
void roll_htdigest_free(RollHtdigest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RollHtdigest, roll_htdigest_free)

/** roll_htdigest_lookup: a #RollSecretLookup with the RollHtdigest as its data. */
bool roll_htdigest_lookup(void *self, RollText realm, RollText username, RollAlgorithm algorithm,
                          RollSecret *out);
