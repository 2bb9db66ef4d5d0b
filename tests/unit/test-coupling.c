/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which scenarios have phones that are independent of each other. */
#include "sim/scenario/coupling.h"

#include <string.h>

static const struct {
    const char *description;
    const char *lan;    /* in [network lan], of 254 addresses */
    const char *phones; /* in [phones desk] */
    const char *more;
    const char *key; /* the reason ends with it, in parentheses; "" none in particular */
} cases[] = {
    {"plain", "", "count = 250\n", "", NULL},
    {"station", "", "count = 9\n", "[station]\nservice = exp(1ms)\n", ""},
    {"bounded table", "", "count = 9\n", "[registrar]\nmax-records = 8\n", "max-records"},
    {"levelled", "", "count = 9\n", "[registrar]\nexpires-jitter = level 10%\n", "expires-jitter"},
    {"jitter", "", "count = 9\n", "[registrar]\nexpires-jitter = 10%\n", NULL},
    {"replica", "", "count = 9\n", "[registrar]\nreplica-lag = exp(1s)\n", "replica-lag"},
    {"replica of fixed lag", "", "count = 9\n", "[registrar]\nreplica-lag = 1s\n", NULL},
    {"purge", "", "count = 9\n", "[registrar]\npurge-interval = 1min\n", NULL},
    {"calls", "", "count = 9\n", "[calls]\nrate = 1/h per phone\n", NULL},
    {"blackout", "", "count = 9\n", "[event e]\nat = 1h\ncut = power of lan, 50%\nback = exp(1h)\n",
     NULL},
    {"blackouts by the clock", "", "count = 9\n",
     "[event e]\nat = 1h\ncut = power of lan, 50%\nback = exp(1h)\nrepeats = 5h\n", NULL},
    {"random blackouts", "", "count = 9\n",
     "[event e]\nat = 1h\ncut = power of lan, 50%\nback = exp(1h)\nrepeats = exp(5h)\n", "repeats"},
    {"random restoration", "", "count = 9\n",
     "[event e]\nat = 1h\ncut = power of lan, 50%\nback = uniform within exp(2h)\n",
     "back ... within"},
    {"fixed restoration", "", "count = 9\n",
     "[event e]\nat = 1h\ncut = power of lan, 50%\nback = uniform within 2h\n", NULL},
    {"crash", "", "count = 9\n", "[event e]\nat = 1h\ncrash = registrar\nback = 5s\ntable = lost\n",
     NULL},
    {"random crash", "", "count = 9\n",
     "[event e]\nat = 1h\ncrash = registrar\nback = exp(5s)\ntable = lost\n", "back"},
    {"big pool", "address = changes exp(1d)\n", "count = 127\n", "", NULL},
    {"full pool", "address = changes exp(1d)\n", "count = 128\n", "", "pool"},
    {"full with another group", "address = changes exp(1d)\n", "count = 100\n",
     "[phones soft]\ncount = 28\nnetwork = lan\n", "pool"},
    {"oldest first", "address = changes exp(1d)\nassign = oldest\n", "count = 9\n", "", "assign"},
    {"oldest that nobody gives up", "assign = oldest\n", "count = 9\n", "", NULL},
    {"roaming into a full pool", "",
     "count = 128\nplaces = lan for exp(1h) 50%, lte for exp(1h) 50%\n",
     "[network lte]\npool = 10.9.0.0/16\n", "pool"},
    {"devices of people", "", "count = 9\n",
     "[phones soft]\ncount = 9\nnetwork = lan\naor-of = desk\n", NULL},
    {"boot by boot", "", "count = 9\nstart-spacing = 1s\n", "", NULL},
};

static void
test_coupling(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf(
            "[scenario]\nduration = 1d\n[network lan]\npool = 10.0.0.0/24\n%s"
            "[phones desk]\n%s%s%s",
            cases[i].lan, strstr(cases[i].phones, "places") ? "" : "network = lan\n",
            cases[i].phones, cases[i].more);
        g_autoptr(SimScenario) s = sim_scenario_parse("t.ini", text, strlen(text), NULL, &error);
        g_assert_no_error(error);
        const char *reason = sim_scenario_coupling(s);
        g_test_message("%s: %s", cases[i].description, reason ? reason : "independent");
        g_assert_cmpint(reason != NULL, ==, cases[i].key != NULL);
        if (!reason || !*cases[i].key)
            continue;
        g_autofree char *end = g_strdup_printf("(%s)", cases[i].key);
        g_assert_true(g_str_has_suffix(reason, end));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/coupling/reasons", test_coupling);
    return g_test_run();
}
