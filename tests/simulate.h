/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running a scenario from a string, for tests. */
#pragma once

#include "sim/experiment/run.h"

#include <string.h>

typedef struct {
    SimScenario *scenario;
    SimResult *result;
} Simulated;

static inline Simulated
simulate_with(const char *text, const SimRunOptions *options)
{
    g_autoptr(GError) error = NULL;
    Simulated out = {0};
    out.scenario = sim_scenario_parse("test.ini", text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    out.result = sim_run(out.scenario, options, &error);
    g_assert_no_error(error);
    return out;
}

static inline Simulated
simulate(const char *text, SimLinkKind link)
{
    SimRunOptions options = {.link = link};
    return simulate_with(text, &options);
}

static inline void
simulated_clear(Simulated *self)
{
    sim_result_free(self->result);
    sim_scenario_free(self->scenario);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Simulated, simulated_clear)
