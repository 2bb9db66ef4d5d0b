/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run on several threads is what it is on one, to the last bit; tests/scenarios/threads.t has
 * the program. What may go wrong: the order at one instant, of strikes, of sweeps, of the start;
 * wakes of the registrar that nobody needs; addresses, which are drawn from those that are left. */
#include "tests/simulate.h"

#define LAN "[network lan]\npool = 10.0.0.0/18\n"
#define DESK "[phones desk]\nnetwork = lan\n"

static const struct {
    const char *name;
    const char *text; /* after [scenario] with its duration */
} cases[] = {
    {"plain", LAN DESK "count = 1200\nexpires = 20min\n"
                       "power = fails exp(2h), back after exp(20min)\n"},
    {"crowded", "start = all-on\n[network lan]\npool = 10.0.0.0/22\ndelay = uniform(1ms, 2s)\n" DESK
                "count = 1020\nexpires = 2min\nboot = 1s\n"
                "power = fails exp(3min), back after exp(3min)\n"},
    {"in order", "start = all-off\n[network lan]\npool = 10.0.0.0/22\nassign = oldest\n" DESK
                 "count = 1000\nexpires = 2min\nboot = 1s\npower = on exp(10min), off exp(5min)\n"
                 "leaves = unregisters 50%\n"},
    {"blackouts",
     "warmup = 7min\n" LAN DESK "count = 900\nexpires = 10min\ncredentials = reused\n"
     "ups = 30% for uniform(10s, 10min)\nsurge = 1min\n"
     "[phones Soft-1]\ncount = 501\nnetwork = lan\nexpires = 3min\nrefresh = uniform(50%, 90%)\n"
     "power = fails exp(20min), back after exp(10min)\n"
     "[event storm]\nat = 20min\ncut = power of lan, 60%\nback = exp(6min)\nrepeats = exp(15min)\n"
     "[event other]\nat = 20min\ncut = power of lan, 40%\n"
     "back = beta(1.2, 1.6) within lognormal(5min, 0.5)\n"},
    {"sweeps",
     LAN DESK "count = 600\nexpires = 5min\npower = fails exp(20min), back after exp(20min)\n"
              "[registrar]\npreset = freeswitch\nexpires-jitter = 20%\n"
              "[phones a]\ncount = 700\nnetwork = lan\nexpires = 5min\n"
              "power = fails exp(20min), back after exp(20min)\n"
              "[phones desk-2]\ncount = 700\nnetwork = lan\nexpires = 4min\n"
              "power = fails exp(20min), back after exp(20min)\n"
              "[phones Zed]\ncount = 70\nnetwork = lan\nregisters = no\n"},
    {"instants", "start = all-on\n[network lan]\npool = 10.0.0.0/18\ndelay = 1s\n" DESK
                 "count = 400\nexpires = 4min\nboot = 10s\n"
                 "[phones a]\ncount = 1000\nnetwork = lan\nexpires = 4min\nboot = 10s\n"
                 "[event e]\nat = 10min\ncut = power of lan, 50%\nback = 10min\nrepeats = 30min\n"
                 "[registrar]\nauth = none\n"},
    {"losses",
     "[network lan]\npool = 10.0.0.0/18\nloss = 20%\ndelay = exp(300ms)\n"
     "outages = every exp(20min), for exp(2min)\n" DESK
     "count = 800\nexpires = 5min\nretry = rfc5626(30s, 5min)\nkeepalive = crlf uniform(20s, 40s)\n"
     "wrong-password = 5%\npower = daily 00:10-00:50, spread 20min\nleaves = unregisters\n"
     "[event e]\nat = 30min\ncut = link of lan, 50%\nback = exp(5min)\n"},
    {"brief", LAN DESK "count = 500\nexpires = 30s\ncall-id = request\n"
                       "power = fails exp(10min), back after exp(10min)\n"
                       "[registrar]\nmin-expires = 90s\nlate-margin = 10s\npurge-interval = 30s\n"
                       "grant-loss = 5s\nalgorithms = SHA-256, MD5\n"},
    {"calls", "[network lan]\npool = 10.0.0.0/18\ndelay = exp(50ms)\nloss = 5%\n" DESK
              "count = 300\nexpires = 5min\nrefresh-after-call = yes\n"
              "power = fails exp(10min), back after exp(10min)\n"
              "[phones a]\ncount = 99\nnetwork = lan\nregisters = no\n"
              "power = fails exp(10min), back after exp(10min)\n"
              "[calls]\nrate = 60/h per phone\nfailed-records = removed\nfork = by q\n"
              "pattern = weekdays 00:10-00:20 8\n"},
    {"few", LAN DESK "count = 3\nexpires = 1min\npower = fails exp(2min), back after exp(2min)\n"
                     "[phones b]\ncount = 1\nnetwork = lan\nexpires = 1h\n"
                     "power = fails exp(2min), back after exp(2min)\n"},
};

static void
same_bytes(const void *got, const void *expected, size_t size)
{
    g_assert_cmpmem(got, size, expected, size);
}

static void
same_columns(const SimColumns *got, const SimColumns *expected)
{
    g_assert_cmpstr(got->name, ==, expected->name);
    g_assert_cmpuint(got->n_batches, ==, expected->n_batches);
    same_bytes(got->tallies, expected->tallies, sizeof got->tallies);
    same_bytes(got->metrics, expected->metrics, sizeof got->metrics);
    same_bytes(got->batches, expected->batches, got->n_batches * sizeof *got->batches);
    same_bytes(got->stale_life, expected->stale_life, sizeof *got->stale_life);
    same_bytes(got->delay, expected->delay, sizeof *got->delay);
    same_bytes(got->contacts, expected->contacts, SIM_MAX_CONTACTS * sizeof *got->contacts);
}

static void
same_result(const SimResult *got, const SimResult *expected)
{
    g_assert_cmphex(got->fingerprint, ==, expected->fingerprint);
    g_assert_cmpuint(got->events, ==, expected->events);
    g_assert_cmpuint(got->registrations, ==, expected->registrations);
    g_assert_cmpint(got->observed, ==, expected->observed);
    g_assert_cmpstr(got->link, ==, expected->link);
    g_assert_cmpint(got->partial, ==, expected->partial);
    g_assert_cmpuint(got->n_columns, ==, expected->n_columns);
    for (size_t i = 0; i < got->n_columns; i++)
        same_columns(&got->columns[i], &expected->columns[i]);
    g_assert_cmpuint(got->n_bins, ==, expected->n_bins);
    for (size_t i = 0; i < got->n_bins; i++) {
        g_assert_cmpint(got->bins[i].start, ==, expected->bins[i].start);
        g_assert_cmpint(got->bins[i].end, ==, expected->bins[i].end);
        same_bytes(got->bins[i].tallies, expected->bins[i].tallies,
                   got->n_columns * sizeof *got->bins[i].tallies);
    }
}

static Simulated
simulate_on(const char *text, SimLinkKind link, unsigned threads)
{
    SimRunOptions options = {.link = link, .threads = threads};
    return simulate_with(text, &options);
}

static void
compare(const char *text, unsigned most)
{
    for (int link = SIM_LINK_WIRE; link <= SIM_LINK_DIRECT; link++) {
        g_auto(Simulated) whole = simulate_on(text, link, 1);
        SimRunOptions options = {.link = link};
        g_assert_cmpstr(sim_run_why_whole(whole.scenario, &options), ==, NULL);
        g_assert_cmpuint(whole.result->events, >, 0);
        for (unsigned threads = 2; threads <= most; threads++) {
            g_auto(Simulated) split = simulate_on(text, link, threads);
            same_result(split.result, whole.result);
        }
    }
}

static void
test_same(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strconcat("[scenario]\nduration = 40min\nbin = 7min\n", cases[i].text, NULL);
        g_test_message("%s", cases[i].name);
        compare(text, 4);
    }
}

/* More threads than phones in a group, or than all. */
static void
test_many(void)
{
    g_autofree char *text = g_strconcat("[scenario]\nduration = 1h\n", cases[3].text, NULL);
    g_autofree char *few =
        g_strconcat("[scenario]\nduration = 5h\n", cases[G_N_ELEMENTS(cases) - 1].text, NULL);
    g_auto(Simulated) whole = simulate_on(text, SIM_LINK_DIRECT, 1);
    g_auto(Simulated) split = simulate_on(text, SIM_LINK_DIRECT, SIM_THREADS_MOST);
    same_result(split.result, whole.result);
    compare(few, 6);
}

/* One of @options. */
static const char *
draw(GRand *random, const char *const *options)
{
    return options[g_rand_int_range(random, 0, (gint32)g_strv_length((char **)options))];
}

#define DRAW(...) draw(random, (const char *const[]){__VA_ARGS__, NULL})

static char *
draw_text(uint32_t seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    GString *text = g_string_new("[scenario]\nduration = 90min\nbin = 7min\n");
    g_string_append_printf(text, "seed = %u\nstart = %s\nwarmup = %s\n", seed,
                           DRAW("stationary", "all-on", "all-off"), DRAW("0s", "20min"));
    g_string_append_printf(text,
                           "[registrar]\nauth = %s\npurge-interval = %s\nlate-margin = %s\n"
                           "min-expires = %s\nexpires-jitter = %s\n",
                           DRAW("none", "digest"), DRAW("0s", "1s", "30s", "7min"),
                           DRAW("0s", "3s", "1min"), DRAW("1s", "60s"), DRAW("0%", "30%", "10s"));
    g_string_append_printf(text, "[network lan]\npool = 10.0.0.0/%s\ndelay = %s\nloss = %s\n",
                           DRAW("23", "12"), DRAW("20ms", "1s", "exp(100ms)", "uniform(0s, 3s)"),
                           DRAW("0%", "0%", "10%"));
    for (unsigned g = 0; g < 3; g++)
        g_string_append_printf(
            text,
            "[phones %c%u]\nnetwork = lan\ncount = %s\nexpires = %s\nboot = %s\npower = %s\n"
            "leaves = %s\ncredentials = %s\nregisters = %s\nsurge = %s\n",
            "aZ-"[seed % 2 ? g % 2 : 1 - g % 2], g, DRAW("1", "2", "40", "140"),
            DRAW("20s", "61s", "5min", "30min"), DRAW("0s", "1s", "uniform(0s, 5min)"),
            DRAW("always", "fails exp(10min), back after exp(3min)", "on 5min, off 5min",
                 "fails exp(1h), back after exp(1h)"),
            DRAW("silently", "unregisters", "unregisters 50%"), DRAW("fresh", "reused"),
            DRAW("yes", "yes", "yes", "no"), DRAW("0s", "30s"));
    for (unsigned e = 0; e < 2; e++)
        g_string_append_printf(text, "[event e%u]\nat = %s\ncut = %s of lan, %s\nback = %s\n%s", e,
                               DRAW("10min", "50min"), DRAW("power", "link"), DRAW("10%", "100%"),
                               DRAW("5min", "exp(5min)", "uniform within exp(10min)"),
                               DRAW("", "repeats = 20min\n", "repeats = exp(10min)\n"));
    g_string_append(text, DRAW("", "[calls]\nrate = 20/h per phone\n",
                               "[calls]\nrate = 9/h per phone\nfailed-records = removed\n"));
    g_rand_free(random);
    return g_string_free(text, FALSE);
}

/* Eight scenarios that are made up, 60 if ROLLCALL_SLOW is set. */
static void
test_drawn(void)
{
    uint32_t n = g_getenv("ROLLCALL_SLOW") ? 60 : 8;
    for (uint32_t seed = 1; seed <= n; seed++) {
        g_autofree char *text = draw_text(seed);
        g_test_message("%s", text);
        compare(text, 3);
    }
}

static bool
stop_at_once(void *data, RollTime now, uint64_t events)
{
    unsigned *calls = data;
    g_assert_cmpint(now, >=, 0);
    g_assert_cmpuint(events, >, 0);
    (*calls)++;
    return false;
}

/* A run that is stopped has measured all phones up to one instant. */
static void
test_stop(void)
{
    unsigned calls = 0;
    SimRunOptions options = {
        .link = SIM_LINK_DIRECT, .threads = 3, .progress = stop_at_once, .progress_data = &calls};
    g_auto(Simulated) run = simulate_with(
        "[scenario]\nduration = 100w\nstart = all-on\n" LAN DESK "count = 999\n", &options);
    const SimColumns *all = &run.result->columns[0];
    int64_t states = 0;
    for (size_t i = 0; i < SIM_N_STATES; i++)
        states += all->tallies[i];
    g_assert_true(run.result->partial);
    g_assert_cmpuint(calls, ==, 1);
    g_assert_cmpint(run.result->observed, >, 0);
    g_assert_cmpint(run.result->observed, <, 10 * 7 * ROLL_DAY);
    g_assert_cmpint(states, ==, 999 * run.result->observed);
}

static const struct {
    const char *key; /* the reason ends with it, in parentheses */
    const char *text;
} wholes[] = {
    {"station", "[station]\nservice = exp(1ms)\n"},
    {"replica-lag", "[registrar]\nreplica-lag = 1s\n"},
    {"max-records", "[registrar]\nmax-records = 8\n"},
    {"qualify", "[registrar]\nqualify = 60s\n"},
    {"expires-jitter", "[registrar]\nexpires-jitter = level 10%\n"},
    {"event", "[event e]\nat = 5min\ncrash = registrar\nback = 5s\n"},
    {"event", "[event e]\nat = 5min\nclock = +1h\n"},
    {"expires", "expires = 3h\n"},
    {"expires", "expires = 5s\n[registrar]\nmin-expires = 1s\n[phones b]\ncount = 100000\n"
                "network = lan\nexpires = 1s\n"},
    {"nonce-lifetime", "credentials = reused\n[phones b]\nnetwork = lan\ncount = 30000\n"
                       "expires = 60s\n[registrar]\nnonce-lifetime = 3h\n"},
    {"aor-of", "[phones b]\ncount = 10\nnetwork = lan\naor-of = desk\n"},
    {"push", "push = 1s\n"},
    {"register", "[phones b]\nnetwork = lan\nregister = 4711:secret@sip.example.org\n"},
    {"places", "[network lte]\npool = 11.0.0.0/16\n[phones b]\ncount = 9\n"
               "places = lan for exp(1h) 50%, lte for exp(1h) 50%\n"},
    {"address", "[network dsl]\npool = 11.0.0.0/16\naddress = keeps while on\n"},
    {"nat", "[network dsl]\npool = 11.0.0.0/16\nnat = 2min\n"},
};

static void
test_whole(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wholes); i++) {
        g_autoptr(GError) error = NULL;
        SimRunOptions options = {.link = SIM_LINK_DIRECT, .threads = 2};
        g_autofree char *key = g_strdup_printf("(%s)", wholes[i].key);
        g_autofree char *text = g_strconcat(
            "[scenario]\nduration = 10min\n[network lan]\npool = 10.0.0.0/8\n" DESK "count = 10\n",
            wholes[i].text, NULL);
        g_autoptr(SimScenario) scenario =
            sim_scenario_parse("whole.ini", text, strlen(text), NULL, &error);
        g_assert_no_error(error);
        const char *reason = sim_run_why_whole(scenario, &options);
        g_test_message("%s: %s", key, reason != NULL ? reason : "none");
        g_assert_true(reason != NULL && g_str_has_suffix(reason, key));
    }
}

/* A scenario that cannot be split is run all the same. */
static void
test_coupled(void)
{
    const char *text = "[scenario]\nduration = 10min\n" LAN DESK "count = 50\nexpires = 2min\n"
                       "[station]\nservice = exp(1ms)\n";
    g_auto(Simulated) one = simulate_on(text, SIM_LINK_DIRECT, 1);
    g_auto(Simulated) two = simulate_on(text, SIM_LINK_DIRECT, 2);
    same_result(two.result, one.result);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threads/same", test_same);
    g_test_add_func("/threads/many", test_many);
    g_test_add_func("/threads/drawn", test_drawn);
    g_test_add_func("/threads/stop", test_stop);
    g_test_add_func("/threads/whole", test_whole);
    g_test_add_func("/threads/coupled", test_coupled);
    return g_test_run();
}
