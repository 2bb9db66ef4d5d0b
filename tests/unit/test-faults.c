/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registrar that crashes, whose clock is set, or whose callers read a replica. Every time is
 * fixed, so what comes out is known to the microsecond. */
#include "tests/simulate.h"

/* One phone, on from 0 on: registers at 0, 30, 60, ... min for 45 min each. */
static const char ONE_PHONE[] = "[scenario]\n"
                                "title = one phone\n"
                                "duration = 200min\n"
                                "start = all-on\n"
                                "[registrar]\n"
                                "auth = none\n"
                                "%s\n"
                                "[network lan]\n"
                                "pool = 10.0.0.0/24\n"
                                "delay = 0s\n"
                                "[phones desk]\n"
                                "count = 1\n"
                                "network = lan\n"
                                "expires = 45min\n"
                                "refresh = 30min\n"
                                "boot = 0s\n"
                                "%s\n"
                                "%s\n";

typedef struct {
    const char *registrar;
    const char *phones;
    const char *events;
    double missing; /* seconds */
    double stale;
    int64_t stale_born;
} Case;

#define MIN_S 60
#define CRASH(at, back, table)                                                                     \
    "[event e]\ncrash = registrar\nat = " at "\nback = " back "\ntable = " table "\n"
#define CLOCK(at, step) "[event e]\nat = " at "\nclock = " step "\n"
#define GOES "power = fails 100min, back after 150min\n"
#define SAYS_GOODBYE GOES "leaves = unregisters\n"

static const Case CASES[] = {
    {"", "", "", 0, 0, 0},
    {"", "", CRASH("65min", "0s", "lost"), 25 * MIN_S, 0, 0},
    {"", "", CRASH("65min", "0s", "kept"), 0, 0, 0},
    {"", "", CRASH("65min", "10min", "kept"), 10 * MIN_S, 0, 0},
    /* Expired while it was down. */
    {"", "retry = none", CRASH("65min", "41min", "kept"), 135 * MIN_S, 0, 0},
    /* Timer F at 90 min 32 s, again 30 s later, and so on: one ends just as it is back. */
    {"", "retry = 30s", CRASH("65min", "40min", "lost"), 40 * MIN_S + 30, 0, 0},
    /* A copy gets through: the attempt of 90 min sends the seventh at 90 min 15.5 s. */
    {"", "", CRASH("89min", "75s", "lost"), 75.5, 0, 0},
    {"", "", CRASH("89min", "76s", "lost"), 79.5, 0, 0},
    /* Saved at 80 min: the record of 60 min. At 50 min: that of 30 min, which is over. */
    {"", "", CRASH("95min", "0s", "saved every 40min"), 15 * MIN_S, 0, 0},
    {"", "", CRASH("95min", "0s", "saved every 50min"), 25 * MIN_S, 0, 0},
    {"", "", CRASH("95min", "0s", "saved every 93min"), 0, 0, 0},
    /* A goodbye: stale for no time at 100 min, when it is off and not yet removed. What was removed
       is back from 110 to 135 min. */
    {"", SAYS_GOODBYE, CRASH("110min", "0s", "kept"), 0, 0, 1},
    {"", SAYS_GOODBYE, CRASH("110min", "0s", "saved every 32min"), 0, 25 * MIN_S, 2},
    {"", SAYS_GOODBYE, CRASH("110min", "5min", "saved every 32min"), 0, 20 * MIN_S, 2},
    /* A dead record lives through a crash: one life if nobody saw it, two otherwise. */
    {"", GOES, CRASH("110min", "0s", "kept"), 0, 35 * MIN_S, 1},
    {"", GOES, CRASH("110min", "5min", "kept"), 0, 30 * MIN_S, 2},
    {"", GOES, CRASH("110min", "0s", "lost"), 0, 10 * MIN_S, 1},
    /* Again every 30 min: each time until the next refresh, and until the end. */
    {"", "", CRASH("65min", "0s", "lost") "repeats = 30min\n", 115 * MIN_S, 0, 0},
    /* Saved at 60 min, before the refresh: the record of 30 min, over at 75 min. At 120 and 180 min
     * nothing is there to be saved. Each refresh lives for the 5 min to the next crash. */
    {"", "", CRASH("80min", "0s", "saved every 60min") "repeats = 5min\n", 100 * MIN_S, 0, 0},
    /* The record of 60 min is over by the new clock at once, or at 65 min. */
    {"", "", CLOCK("62min", "+1h"), 28 * MIN_S, 0, 0},
    {"", "", CLOCK("62min", "+40min"), 25 * MIN_S, 0, 0},
    {"", GOES, CLOCK("120min", "-20min"), 0, 55 * MIN_S, 1},
    {"", GOES, CLOCK("120min", "+5min"), 0, 30 * MIN_S, 1},
    /* Set while it is down: the table that it finds is older by an hour. */
    {"", "", CRASH("62min", "4min", "kept") "[event c]\nat = 64min\nclock = +1h\n", 28 * MIN_S, 0,
     0},
    {"", "", CRASH("62min", "4min", "kept") "[event c]\nat = 64min\nclock = +5min\n", 4 * MIN_S, 0,
     0},
    /* A static record stands in the configuration. */
    {"", "registers = no", CRASH("65min", "10min", "lost"), 10 * MIN_S, 0, 0},
    /* Late at first, and when it goes; the refreshes come in time. */
    {"replica-lag = 5min", SAYS_GOODBYE, "", 5 * MIN_S, 5 * MIN_S, 1},
    {"replica-lag = 5min", GOES, "", 5 * MIN_S, 35 * MIN_S, 1},
    /* They do not: each record is over at the replica before it hears of the next. */
    {"replica-lag = 20min", "", "", 20 * MIN_S + 6 * 5 * MIN_S, 0, 0},
    {"replica-lag = 20min", "registers = no", "", 0, 0, 0},
    /* The refresh of 90 min is lost with the registrar, the replica has that of 60 min. */
    {"replica-lag = 5min", "", CRASH("92min", "0s", "replica"), 5 * MIN_S + 20 * MIN_S, 0, 0},
    {"replica-lag = 5min", "", CRASH("92min", "0s", "kept"), 5 * MIN_S, 0, 0},
    {"replica-lag = 5min", "", CRASH("92min", "4min", "kept"), 5 * MIN_S, 0, 0},
    /* It goes on with what it has until the empty table reaches it, at 76 min; then with
     * that until its own is over, at 105 min. */
    {"replica-lag = 5min", "", CRASH("66min", "5min", "lost"), 5 * MIN_S + 19 * MIN_S, 0, 0},
    {"replica-lag = 5min", "retry = none", CRASH("66min", "100min", "lost"), 100 * MIN_S, 0, 0},
    /* What said goodbye at 100 min is still there at 102 min, and nobody will remove it. */
    {"replica-lag = 5min", SAYS_GOODBYE, CRASH("102min", "0s", "replica"), 5 * MIN_S, 35 * MIN_S,
     1},
    /* Its own clock is right. */
    {"replica-lag = 5min", GOES, CLOCK("120min", "-20min"), 5 * MIN_S, 35 * MIN_S, 1},
};

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

static Simulated
simulate_case(const Case *c, SimLinkKind link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, c->registrar, c->phones, c->events);
    return simulate(text, link);
}

static void
faults_take_what_they_take(gconstpointer link)
{
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const Case *c = &CASES[i];
        g_auto(Simulated) run = simulate_case(c, GPOINTER_TO_INT(link));
        g_test_message("%zu: %s %s %s", i, c->registrar, c->phones, c->events);
        g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, (int64_t)(c->missing * ROLL_SECOND));
        g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, (int64_t)(c->stale * ROLL_SECOND));
        g_assert_cmpint(tally(&run, SIM_TALLY_STALE_BORN), ==, c->stale_born);
        g_assert_cmpint(tally(&run, SIM_TALLY_WRONG_ADDRESS), ==, 0);
    }
}

/* A sweep: what has expired goes from the replica when it goes from the registrar. */
static void
a_replica_sweeps_as_the_registrar_does(gconstpointer link)
{
    static const char *const sweeps[] = {"purge-interval = 7min\n", "late-margin = 2min\n",
                                         "purge-interval = 7min\nlate-margin = 2min\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(sweeps); i++) {
        g_autofree char *lags = g_strconcat(sweeps[i], "replica-lag = 1s", NULL);
        Case plain = {sweeps[i], GOES, "", 0, 0, 0};
        Case copied = {lags, GOES, "", 0, 0, 0};
        g_auto(Simulated) a = simulate_case(&plain, GPOINTER_TO_INT(link));
        g_auto(Simulated) b = simulate_case(&copied, GPOINTER_TO_INT(link));
        g_assert_cmpint(tally(&a, SIM_TALLY_STALE), >, 35 * ROLL_MINUTE);
        g_assert_cmpint(tally(&a, SIM_TALLY_STALE), ==, tally(&b, SIM_TALLY_STALE));
    }
}

/* Both phones keep a nonce for ever; the second is served first after the crash, and the nonce it
 * gets must not pass for the one that the first one has from before. */
static int64_t
rounds(const char *event, SimLinkKind link)
{
    g_autofree char *text = g_strdup_printf(
        "[scenario]\nduration = 100min\nstart = all-on\n[registrar]\nauth = digest\n"
        "nonce-lifetime = 1d\n[network lan]\npool = 10.0.0.0/24\n"
        "[phones first]\ncount = 1\nnetwork = lan\nboot = 0s\nrefresh = 30min\n"
        "credentials = reused\n"
        "[phones second]\ncount = 1\nnetwork = lan\nboot = 1s\nrefresh = 29min\n"
        "credentials = reused\n%s",
        event);
    g_auto(Simulated) run = simulate(text, link);
    g_assert_cmpint(tally(&run, SIM_TALLY_FAILED), ==, 0);
    return tally(&run, SIM_TALLY_REPLY_401);
}

static void
nonces_die_with_the_registrar(gconstpointer link)
{
    SimLinkKind kind = GPOINTER_TO_INT(link);
    g_assert_cmpint(rounds("", kind), ==, 2);
    g_assert_cmpint(rounds(CRASH("10min", "0s", "kept"), kind), ==, 4);
    g_assert_cmpint(rounds(CLOCK("10min", "-1h"), kind), ==, 4);
    g_assert_cmpint(rounds(CRASH("10min", "0s", "lost") "repeats = 30min\n", kind), ==, 8);
}

/* Several devices of one address of record, some with a reg-id, through crashes. */
static const char PEOPLE[] = "[scenario]\n"
                             "duration = 12h\n"
                             "[registrar]\n"
                             "auth = none\n"
                             "replica-lag = %s\n"
                             "[network net]\n"
                             "pool = 10.0.0.0/16\n"
                             "address = changes exp(1h)\n"
                             "delay = 5ms\n"
                             "[phones desk]\n"
                             "count = 60\n"
                             "network = net\n"
                             "[phones mobile]\n"
                             "count = 40\n"
                             "network = net\n"
                             "aor-of = desk\n"
                             "notices = 50%% at once\n"
                             "instance = yes\n"
                             "outbound = yes\n"
                             "power = fails exp(2h), back after exp(1h)\n"
                             "[phones soft]\n"
                             "count = 60\n"
                             "network = net\n"
                             "aor-of = desk\n"
                             "leaves = unregisters 50%%\n"
                             "power = on exp(2h), off exp(1h)\n"
                             "[event e]\n"
                             "at = 3h\n"
                             "crash = registrar\n"
                             "back = 0s\n"
                             "table = kept\n"
                             "repeats = 1h\n"
                             "[calls]\n"
                             "rate = 20/h per phone\n";

static void
a_replica_has_all_devices_of_a_person(gconstpointer link)
{
    g_autofree char *plain = g_strdup_printf(PEOPLE, "none");
    g_autofree char *copied = g_strdup_printf(PEOPLE, "0s");
    g_auto(Simulated) a = simulate(plain, GPOINTER_TO_INT(link));
    g_auto(Simulated) b = simulate(copied, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&a, SIM_TALLY_CALL_REACHED), >, 1000);
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        g_assert_cmpint(tally(&a, i), ==, tally(&b, i));
}

int
main(int argc, char **argv)
{
    static const LinkTest tests[] = {
        {"faults-take-what-they-take", faults_take_what_they_take},
        {"a-replica-sweeps-as-the-registrar-does", a_replica_sweeps_as_the_registrar_does},
        {"a-replica-has-all-devices-of-a-person", a_replica_has_all_devices_of_a_person},
        {"nonces-die-with-the-registrar", nonces_die_with_the_registrar},
    };
    g_test_init(&argc, &argv, NULL);
    add_link_tests("faults", tests, G_N_ELEMENTS(tests));
    return g_test_run();
}
