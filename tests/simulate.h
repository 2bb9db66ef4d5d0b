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

/** LinkTest: is told the link, a SimLinkKind. */
typedef struct {
    const char *path;
    GTestDataFunc test;
} LinkTest;

/* Each on both links, as /AREA/wire/PATH and /AREA/direct/PATH. */
static inline void
add_link_tests(const char *area, const LinkTest *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *wire = g_strdup_printf("/%s/wire/%s", area, tests[i].path);
        g_autofree char *direct = g_strdup_printf("/%s/direct/%s", area, tests[i].path);
        g_test_add_data_func(wire, GINT_TO_POINTER(SIM_LINK_WIRE), tests[i].test);
        g_test_add_data_func(direct, GINT_TO_POINTER(SIM_LINK_DIRECT), tests[i].test);
    }
}
