/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a step to the bytes of a request. It is written here and not by libroll, so that a script
 * can say what libroll would never write. */
#pragma once

#include "sim/scenario/script.h"
#include <stdint.h>

/**
 * SimComposing: what a step leaves open.
 * @sent_by: of Via, and answers come to where the request came from; %NULL for an address that
 *   nobody has
 * @number: of the request; makes its branch and From tag when it has none of its own
 * @cseq: if it has no own
 * @credentials: an Authorization line without its end; %NULL for none
 */
typedef struct {
    const char *domain;
    const char *sent_by;
    unsigned number;
    uint32_t cseq;
    const char *credentials;
} SimComposing;

/** sim_script_compose: replaces @out by the request. */
void sim_script_compose(const SimStep *step, const SimComposing *open, GString *out);
