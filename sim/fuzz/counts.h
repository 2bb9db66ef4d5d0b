/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many texts there are for each field of a step (texts.c), and which are special. */
#pragma once

enum {
    SIM_FUZZ_TOS = 6,
    SIM_FUZZ_TOS_GOOD = 4, /* the first ones name the user */
    SIM_FUZZ_TO_WITH_PORT = 3,
    SIM_FUZZ_URIS = 18,
    SIM_FUZZ_STAR = SIM_FUZZ_URIS - 1,
    SIM_FUZZ_EXPIRIES = 15,
    SIM_FUZZ_EXPIRIES_HEADER = 12, /* the first ones stand in a header field too */
    SIM_FUZZ_ZERO = 1,
    SIM_FUZZ_ONE_SECOND = 5,
    SIM_FUZZ_QS = 7,
    SIM_FUZZ_METHODS = 3,
    SIM_FUZZ_REQUEST_URIS = 4,
    SIM_FUZZ_REQUEST_URIS_GOOD = 2, /* the first ones name the domain */
    SIM_FUZZ_CALL_IDS = 3,
    SIM_FUZZ_TAGS = 3,
    SIM_FUZZ_SETTINGS = 3,
};
