/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value of a scenario that varies: a time, a share, a rate or a number, and how a value between
 * two others is written. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SIM_QUANTITY_TIME,
    SIM_QUANTITY_SHARE,
    SIM_QUANTITY_RATE,
    SIM_QUANTITY_NUMBER
} SimQuantityKind;

/**
 * SimQuantity:
 * @unit: of a rate, such as `/h`; else ""
 * @whole: a number written without a point: between two such, numbers stay whole
 * @value: in seconds, as a share, per second, or plain
 */
typedef struct {
    SimQuantityKind kind;
    char unit[8];
    bool whole;
    double value;
} SimQuantity;

/** sim_quantity_read: @text without blanks around it. */
bool sim_quantity_read(const char *text, SimQuantity *out, GError **error);

/** sim_quantity_round: @value to what can be written in the manner of @self: times to whole
 * seconds from 10 s on, else to ms; all to @figures significant ones. With 0 figures times are
 * rounded to ms alone. */
double sim_quantity_round(const SimQuantity *self, double value, int figures);

/** sim_quantity_show: @value with the unit of @self. Returns: (transfer full) */
char *sim_quantity_show(const SimQuantity *self, double value);

/** sim_quantity_split: @text at `..` into two quantities of a kind, the first one less.
 * @low, @high: (out) (transfer full) (nullable): as they are written */
bool sim_quantity_split(const char *text, SimQuantity bounds[2], char *written[2], GError **error);

/**
 * sim_quantity_braces: cuts `before {inner} behind`; without braces all of it is inner.
 * @parts: (out) (transfer full): before, inner, behind
 */
bool sim_quantity_braces(const char *text, char *parts[3], GError **error);

/** sim_quantity_key: cuts `KEY=SPEC`; @spec is borrowed from @text.
 * @key: (out) (transfer full) */
bool sim_quantity_key(const char *text, char **key, const char **spec, GError **error);

/** sim_quantity_cut: @text as it can stand in a message: valid, in one line, not too long.
 * Returns: (transfer full) */
char *sim_quantity_cut(const char *text);
