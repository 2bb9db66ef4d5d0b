/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One axis of a grid: from `KEY=SPEC` to values. */
#pragma once

#include "sim/campaign/grid.h"
#include "sim/campaign/unit.h"

/** SIM_AXIS_MOST: values of one axis. */
#define SIM_AXIS_MOST 10000

/** SimSpec: KEY=@before{@inner}@behind, cut into its parts; all owned. */
typedef struct {
    char *key;
    char *before;
    char *inner;
    char *behind;
} SimSpec;

bool sim_spec_cut(const char *text, SimSpec *out, GError **error);
void sim_spec_clear(SimSpec *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimSpec, sim_spec_clear)

/** SimSpan: `LOW..HIGH` with what follows its `:`, or NULL. Both ends are of @unit. */
typedef struct {
    SimUnit unit;
    double low;
    double high;
    char *low_text;
    char *high_text;
    char *spacing;
} SimSpan;

/** sim_span_read: @is (out): whether it has the form of a span at all; errors only then. */
bool sim_span_read(const char *inner, SimSpan *out, bool *is, GError **error);
void sim_span_clear(SimSpan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SimSpan, sim_span_clear)

/** sim_axis_read: fills @self, but for @step. */
bool sim_axis_read(const char *text, SimAxis *self, GError **error);
void sim_axis_clear(SimAxis *self);
