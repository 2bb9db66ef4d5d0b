/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value of a scenario that varies: a time, a share, a rate or a number, and how a value between
 * two others is written. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum { SIM_UNIT_TIME, SIM_UNIT_SHARE, SIM_UNIT_RATE, SIM_UNIT_NUMBER } SimUnitKind;

/**
 * SimUnit:
 * @unit: of a rate, such as `/h`; else ""
 * @whole: a number written without a point: between two such, numbers stay whole
 * @value: in seconds, as a share, per second, or plain
 */
typedef struct {
    SimUnitKind kind;
    char unit[8];
    bool whole;
    double value;
} SimUnit;

/** sim_unit_read: @text without blanks around it. */
bool sim_unit_read(const char *text, SimUnit *out, GError **error);

/** sim_unit_round: @value to what can be written in the manner of @self: times to whole
 * seconds from 10 s on, else to us; all to @figures significant ones. With 0 figures times are
 * rounded to ms, below a second to us. */
double sim_unit_round(const SimUnit *self, double value, int figures);

/** sim_unit_show: @value with the unit of @self. Returns: (transfer full) */
char *sim_unit_show(const SimUnit *self, double value);

/** sim_unit_split: @text at `..` into two quantities of a kind, the first one less.
 * @low, @high: (out) (transfer full) (nullable): as they are written */
bool sim_unit_split(const char *text, SimUnit bounds[2], char *written[2], GError **error);

/**
 * sim_unit_braces: cuts `before {inner} behind`; without braces all of it is inner.
 * @parts: (out) (transfer full): before, inner, behind
 */
bool sim_unit_braces(const char *text, char *parts[3], GError **error);

/** sim_unit_key: cuts `KEY=SPEC`; @spec is borrowed from @text.
 * @key: (out) (transfer full) */
bool sim_unit_key(const char *text, char **key, const char **spec, GError **error);

/** sim_unit_cut: @text as it can stand in a message: valid, in one line, not too long.
 * Returns: (transfer full) */
char *sim_unit_cut(const char *text);
