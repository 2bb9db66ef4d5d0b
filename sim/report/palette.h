/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours that mean something in more than one picture. The states differ in grey as well; the
 * others are those of Okabe and Ito, which the colour-blind can tell apart. */
#pragma once

#define SIM_COLOUR_STALE "#d7301f"
#define SIM_COLOUR_MISSING "#1f1f1f"
#define SIM_COLOUR_WRONG "#fdae61"
#define SIM_COLOUR_UNREACHABLE "#7b6fb0"
#define SIM_COLOUR_ABSENT "#cfd8dc"
#define SIM_COLOUR_CORRECT "#f3f8fb"

#define SIM_COLOUR_BLUE "#0072b2"
#define SIM_COLOUR_VERMILION "#d55e00"
#define SIM_COLOUR_GREEN "#009e73"
#define SIM_COLOUR_PURPLE "#cc79a7"
