/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bounds of a key, for people. */
#pragma once

#include "sim/scenario/keys.h"

/** reference_range: "1s to 100 years". Returns: (nullable) (transfer full): %NULL if it has none */
char *reference_range(const SimKey *key);
