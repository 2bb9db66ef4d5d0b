/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenarios as texts in a test, the usual parts of which are written here. */
#pragma once

#include "sim/scenario/scenario.h"

#include <glib.h>
#include <string.h>

static inline SimScenario *
parse(const char *text, const char *const *changes, GError **error)
{
    /* without the NUL, so that the sanitizer sees a read past the end */
    size_t len = strlen(text);
    g_autofree char *tight = g_memdup2(text, MAX(len, 1));
    return sim_scenario_parse("t.ini", tight, len, changes, error);
}

/* A scenario that is right but for what it is given: @phones starts at line 10. */
static inline char *
compose(const char *phones, const char *more)
{
    return g_strdup_printf("[scenario]\nduration = 1d\n"
                           "[network lan]\npool = 10.0.0.0/16\n"
                           "[network wifi]\npool = 10.1.0.0/16\n"
                           "[phones desk]\ncount = 1000\nnetwork = lan\n%s%s",
                           phones, more);
}

static inline SimScenario *
parse_phones(const char *phones)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compose(phones, "");
    SimScenario *scenario = parse(text, NULL, &error);
    g_assert_no_error(error);
    return scenario;
}
