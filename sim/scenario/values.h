/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values of a scenario file: each with its unit, each read whole or not at all. On failure the
 * output is untouched and @error says what is wrong with the value; where it stands is for the
 * reader to add. Blanks around a value have been taken off. */
#pragma once

#include "sim/engine/law.h"
#include "sim/scenario/files.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** SIM_VALUE_LONGEST: the longest time a scenario can name, 10,000 years. */
#define SIM_VALUE_LONGEST (10000 * 365 * ROLL_DAY)

/** sim_value_time: `90s`, `1h30min`; units ms s min h d w. */
bool sim_value_time(const char *text, RollTime *out, GError **error);

/** sim_value_show_time: the shortest way to write @time, such as `90s`. Returns: (transfer full) */
char *sim_value_show_time(RollTime time);

/** sim_value_count: a whole number without unit. */
bool sim_value_count(const char *text, uint64_t *out, GError **error);

/** sim_value_number: a number without unit, such as the shape of a law. */
bool sim_value_number(const char *text, double *out, GError **error);

/** sim_value_share: `2%` as 0.02; 0% to 100%. */
bool sim_value_share(const char *text, double *out, GError **error);

/** sim_value_rate: `12/s`, `0.5/h` as a number per second; units /s /min /h /d /w. */
bool sim_value_rate(const char *text, double *out, GError **error);

/** sim_value_word: the place of @text in @words, %NULL-terminated. */
bool sim_value_word(const char *text, const char *const *words, int *out, GError **error);

/** sim_value_law: a time, or a law such as `exp(7d)`. @files finds what empirical() names. */
bool sim_value_law(const char *text, const SimFiles *files, SimLaw *out, GError **error);

/** sim_value_split: @text cut at each @mark that is not within parentheses; parts without blanks
 * around them. Returns: (transfer full) */
GStrv sim_value_split(const char *text, char mark);

/** sim_value_call: cuts `name(a, b)` into @name and @args. Returns: false, and outputs untouched,
 * if @text has not that form. */
bool sim_value_call(const char *text, char **name, GStrv *args);

/** sim_value_after: what follows @word and at least one blank in @text, or %NULL. */
const char *sim_value_after(const char *text, const char *word);
