/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asterisk's `register =>` lines, as chan_sip reads them from sip.conf. */
#pragma once

#include "sim/scenario/scenario.h"

/**
 * sim_trunk_parse: reads
 * `[peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]`.
 * @out: set on success only; clear it with sim_trunk_clear()
 */
bool sim_trunk_parse(const char *text, SimTrunkLine *out, GError **error);

/** sim_trunk_clear: frees what a line holds. */
void sim_trunk_clear(SimTrunkLine *self);

/**
 * sim_trunk_read_conf: appends the `register =>` lines of the [general] section of a sip.conf.
 * @text: NUL-terminated; comments are `;` to the end of the line and `;--` to `--;`
 * @lines: of #SimTrunkLine
 * @line: (out): the line that fails
 */
bool sim_trunk_read_conf(const char *text, GArray *lines, unsigned *line, GError **error);
