/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall --version`: what a report of a fault needs to say about the program. */
#pragma once

#include <stdio.h>

/** sim_version_print: the version first, then how it was built, and the libraries it runs with. */
void sim_version_print(FILE *out);
