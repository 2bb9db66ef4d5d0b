/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `[serve]`: the part of a server's configuration that is not its registrar. */
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/sections.h"

SimServeSpec *sim_serve_spec_new(void);
void sim_serve_spec_free(SimServeSpec *self);

/** sim_serve_check: what no single key shows. @registrar may be %NULL. */
bool sim_serve_check(const SimServeSpec *self, const char *path, const SimSection *registrar,
                     GError **error);
