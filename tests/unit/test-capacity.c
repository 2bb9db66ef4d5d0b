/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search of RFC 7502 section 4.10, step by step and against a registrar whose rate is known. */
#include "tests/simulate.h"

#include "sim/experiment/capacity.h"

/* By hand, with the pseudocode beside it: a device that stands 120/s. */
static void
test_steps(void)
{
    static const uint64_t rates[] = {100, 110, 121, 108, 118, 129, 116, 127, 114, 125, 112,
                                     123, 110, 121, 108, 118, 129, 116, 127, 114, 125, 112};
    SimSearch search = sim_search_start(100);
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        g_assert_false(search.done);
        g_assert_cmpuint(search.rate, ==, rates[i]);
        sim_search_step(&search, search.rate <= 120);
        g_assert_cmpfloat(search.up, ==, 0.10);
        g_assert_cmpfloat(search.down, ==, 0.10);
    }
    g_assert_true(search.done);
    g_assert_cmpuint(search.best, ==, 118);
    g_assert_cmpuint(search.count, ==, 10);
}

/* Whatever the device stands, the search ends within a tenth below it. */
static void
test_ends(void)
{
    for (uint64_t most = 100; most < 30000; most += 37) {
        SimSearch search = sim_search_start(100);
        for (unsigned i = 0; i < 200 && !search.done; i++)
            sim_search_step(&search, search.rate <= most);
        g_assert_true(search.done);
        g_assert_cmpuint(search.best, <=, most);
        g_assert_cmpuint(search.best * 100, >=, most * 90);
    }
    SimSearch search = sim_search_start(10);
    for (unsigned i = 0; i < 200 && !search.done; i++)
        sim_search_step(&search, false);
    g_assert_true(search.done);
    g_assert_cmpuint(search.best, ==, 0);
}

static SimScenario *
load(const char *auth, const char *station)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("[scenario]\nduration = 1h\n"
                                            "[registrar]\nauth = %s\nmax-expires = 1h\n%s"
                                            "[network n]\npool = 10.0.0.0/16\n"
                                            "[network m]\npool = 10.1.0.0/24\n"
                                            "[phones p]\ncount = 10\nnetwork = n\nexpires = 5min\n"
                                            "power = on exp(1min), off exp(1min)\n"
                                            "[phones q]\ncount = 10\nnetwork = m\n"
                                            "[event e]\nat = 1s\ncut = power of n\nback = 1min\n"
                                            "[calls]\nrate = 1/h per phone\n",
                                            auth, station);
    SimScenario *scenario = sim_scenario_parse("t.ini", text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    return scenario;
}

/* Refusals make what is too fast fail at once: mu without digest, mu/2 with it. */
static void
test_station(void)
{
    static const char station[] = "[station]\nservice = 5ms\nqueue = 20\nwhen-full = 503\n";
    static const struct {
        const char *auth;
        uint64_t most;
    } rows[] = {{"none", 200}, {"digest", 100}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SimScenario) scenario = load(rows[i].auth, station);
        g_autoptr(GError) error = NULL;
        SimSearch search = sim_search_start(50);
        SimTrial trial;
        g_assert_true(sim_capacity_check(scenario, 2000, NULL));
        while (!search.done) {
            g_assert_true(sim_capacity_try(scenario, 2000, search.rate, false, &trial, &error));
            g_assert_cmpint(trial.good, ==, trial.granted == 2000 && trial.failed == 0);
            sim_search_step(&search, trial.good);
        }
        g_assert_cmpuint(search.best, <=, rows[i].most + rows[i].most / 50);
        g_assert_cmpuint(search.best * 100, >=, rows[i].most * 90);
        g_assert_true(sim_capacity_try(scenario, 2000, search.best, true, &trial, &error));
        g_assert_cmpuint(trial.granted, ==, 2000);
        g_assert_true(trial.good);
        g_assert_true(
            sim_capacity_try(scenario, 2000, rows[i].most * 3 / 2, false, &trial, &error));
        g_assert_false(trial.good);
    }
}

static void
test_refused(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) endless = load("none", "");
    g_assert_false(sim_capacity_check(endless, 100, &error));
    g_assert_cmpstr(error->message, ==,
                    "t.ini: it has no [station]: the registrar takes no time, so its rate has no "
                    "bound");
    g_clear_error(&error);
    g_autoptr(SimScenario) small = load("none", "[station]\nservice = 5ms\n");
    g_assert_true(sim_capacity_check(small, 60000, NULL));
    g_assert_false(sim_capacity_check(small, 70000, &error));
    g_assert_nonnull(strstr(error->message, "the pool of its first [phones] group is too small"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capacity/search/step-by-step", test_steps);
    g_test_add_func("/capacity/search/ends-within-a-tenth", test_ends);
    g_test_add_func("/capacity/station/its-rate-and-half-of-it-with-digest", test_station);
    g_test_add_func("/capacity/refused", test_refused);
    return g_test_run();
}
