/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules, by file. Each list ends with a rule without an id. */
#pragma once

#include "sim/conform/case.h"

extern const SimRule sim_rules_request[];
extern const SimRule sim_rules_register[];
extern const SimRule sim_rules_expiry[];
extern const SimRule sim_rules_uri[];
extern const SimRule sim_rules_torture[];
extern const SimRule sim_rules_digest[];
extern const SimRule sim_rules_path[];
extern const SimRule sim_rules_outbound[];
extern const SimRule sim_rules_gruu[];
extern const SimRule sim_rules_bulk[];
extern const SimRule sim_rules_events[];
extern const SimRule sim_rules_load[];
