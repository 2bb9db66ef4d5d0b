/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the scenario reader talks: the word that was meant, values quoted short and in one line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/** sim_words_nearest: of @words (%NULL-terminated) the one that @word may be a slip of. Returns:
 * (nullable): borrowed from @words */
const char *sim_words_nearest(const char *word, const char *const *words);

/** sim_words_hint: `; did you mean "nearest"?`, else `; known: a, b, c` if the words are few, else
 * "". Returns: (transfer full) */
char *sim_words_hint(const char *word, const char *const *words);

/** sim_words_quote: @text in double quotes, cut to 40 characters, control characters as `?`.
 * Returns: (transfer full) */
char *sim_words_quote(const char *text);

/** sim_words_fail: sets @error to %SIM_SCENARIO_ERROR_INVALID with the message. Returns: false */
bool sim_words_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** sim_words_unknown: fails with `WHAT "word"; did you mean "nearest"?`. Returns: false */
bool sim_words_unknown(GError **error, const char *what, const char *word,
                       const char *const *words);
