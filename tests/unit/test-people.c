/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People with several devices: how a call to them forks and what it costs, and that each device is
 * held against its own records. */
#include "sim/experiment/outcome.h"
#include "tests/simulate.h"

typedef struct {
    const char *description;
    const char *ends; /* R rings, C cut off, 4 refused, - silent; each in so many seconds */
    int q[4];
    SimFork fork;
    bool anybody;
    SimTally outcome;
    int wait; /* s */
    unsigned dead;
    unsigned tried;
} Fork;

static const Fork forks[] = {
    {"nobody registered, all off", "", {0}, 0, false, SIM_TALLY_CALL_REFUSED, 0, 0, 0},
    {"nobody registered, one on", "", {0}, 0, true, SIM_TALLY_CALL_MISSED, 0, 0, 0},
    {"one rings", "R", {1000}, 0, true, SIM_TALLY_CALL_REACHED, 1, 0, 1},
    {"one is dead", "-", {1000}, 0, false, SIM_TALLY_CALL_DEAD, 32, 1, 1},
    {"one is where its phone was", "-", {1000}, 0, true, SIM_TALLY_CALL_WRONG, 32, 1, 1},
    {"another device refuses", "4", {1000}, 0, true, SIM_TALLY_CALL_MISDIRECTED, 1, 0, 1},
    {"cut off", "C4-", {1000, 1000, 1000}, 0, true, SIM_TALLY_CALL_UNREACHABLE, 32, 2, 3},
    {"the first to ring counts", "-.R", {900, 500, 300}, 0, true, SIM_TALLY_CALL_REACHED, 3, 1, 2},
    {"the second rings first in parallel",
     "..RR",
     {900, 500, 300, 200},
     0,
     true,
     SIM_TALLY_CALL_REACHED,
     3,
     0,
     2},
    {"by q, the first rings",
     "R--",
     {900, 500, 300},
     SIM_FORK_BY_Q,
     true,
     SIM_TALLY_CALL_REACHED,
     1,
     0,
     1},
    {"by q, a dead one costs Timer B",
     "-R-",
     {900, 500, 300},
     SIM_FORK_BY_Q,
     true,
     SIM_TALLY_CALL_REACHED,
     34,
     1,
     2},
    {"by q, two groups of two",
     "--4R",
     {900, 900, 500, 500},
     SIM_FORK_BY_Q,
     true,
     SIM_TALLY_CALL_REACHED,
     36,
     2,
     4},
    {"by q, a refusal goes on at once",
     "4R",
     {900, 500},
     SIM_FORK_BY_Q,
     true,
     SIM_TALLY_CALL_REACHED,
     3,
     0,
     2},
    {"by q, all dead", "---", {900, 500, 300}, SIM_FORK_BY_Q, false, SIM_TALLY_CALL_DEAD, 96, 3, 3},
    {"by q, no q is the same q",
     "--",
     {1000, 1000},
     SIM_FORK_BY_Q,
     false,
     SIM_TALLY_CALL_DEAD,
     32,
     2,
     2},
};

/* The branch at place i of the text answers after i + 1 seconds; a dot is no branch. */
static void
test_fork(void)
{
    static const char ends[] = {[SIM_BRANCH_RINGS] = 'R',
                                [SIM_BRANCH_CUT_OFF] = 'C',
                                [SIM_BRANCH_REFUSED] = '4',
                                [SIM_BRANCH_SILENT] = '-'};
    for (size_t i = 0; i < G_N_ELEMENTS(forks); i++) {
        const Fork *fork = &forks[i];
        SimBranch branches[4] = {0};
        size_t n = 0;
        unsigned tried = 0;
        g_test_message("%s", fork->description);
        for (size_t k = 0; fork->ends[k]; k++) {
            const char *end = memchr(ends, fork->ends[k], sizeof ends);
            if (end == NULL)
                continue;
            branches[n].q = fork->q[n];
            branches[n].answer = (RollTime)(k + 1) * ROLL_SECOND;
            branches[n++].end = (SimBranchEnd)(end - ends);
        }
        SimCallResult result = sim_call_fork(branches, n, fork->fork, fork->anybody);
        for (size_t k = 0; k < n; k++)
            tried += branches[k].tried;
        g_assert_cmpint(result.outcome, ==, fork->outcome);
        g_assert_cmpint(result.wait, ==, fork->wait * ROLL_SECOND);
        g_assert_cmpuint(result.dead, ==, fork->dead);
        g_assert_cmpuint(tried, ==, fork->tried);
        g_assert_true(n == 0 || branches[0].began == 0);
    }
}

#define PEOPLE                                                                                     \
    "[scenario]\nduration = 4d\n"                                                                  \
    "[network home]\npool = 10.1.0.0/20\naddress = changes exp(8h)\ndelay = uniform(5ms, 40ms)\n"  \
    "loss = 1%\n"                                                                                  \
    "[network lte]\npool = 10.2.0.0/20\naddress = keeps while on\n"                                \
    "[phones desk]\ncount = 60\nnetwork = home\nq = 0.5\n"                                         \
    "[phones soft]\ncount = 50\naor-of = desk\nnetwork = home\npower = on exp(6h), off exp(6h)\n"  \
    "leaves = unregisters 50%\n"                                                                   \
    "[phones mobile]\ncount = 40\naor-of = desk\nnetwork = home\nq = 0.8\noutbound = yes\n"        \
    "power = on exp(6h), off exp(3h)\nnotices = 60% after exp(20s)\n"                              \
    "[calls]\nrate = 2/h per phone\nfork = by q\n"

static const int64_t *
tallies(const Simulated *run, size_t column)
{
    return run->result->columns[column].tallies;
}

static void
test_links(void)
{
    static const char *const registrars[] = {"", "[registrar]\nmax-bindings = 1\n",
                                             "[registrar]\nmax-bindings = 2\nwhen-full = replace\n",
                                             "[registrar]\npreset = kamailio\n",
                                             "[registrar]\nreplace-by-instance = yes\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(registrars); i++) {
        g_autofree char *text = g_strconcat(PEOPLE, registrars[i], NULL);
        g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
        g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
        g_assert_cmphex(wire.result->fingerprint, ==, direct.result->fingerprint);
    }
}

/* One record for an address-of-record: whoever has it, the others are without. */
static void
test_full(void)
{
    g_auto(Simulated) run = simulate(PEOPLE "[registrar]\nmax-bindings = 1\n", SIM_LINK_DIRECT);
    const int64_t *all = tallies(&run, 0);
    g_assert_cmpint(all[SIM_TALLY_BINDINGS], <=, 60 * all[SIM_TALLY_SPAN]);
    g_assert_cmpint(all[SIM_TALLY_REPLY_5XX], >, 1000);
    g_assert_cmpint(tallies(&run, 2)[SIM_TALLY_MISSING], >, 0);
}

/* A phone with outbound never has a second record, however often it moves; one without does. */
static void
test_outbound(void)
{
    g_auto(Simulated) run = simulate(PEOPLE, SIM_LINK_DIRECT);
    const SimColumns *columns = run.result->columns;
    for (size_t n = 2; n < SIM_MAX_CONTACTS; n++)
        g_assert_cmpint(columns[3].contacts[n], ==, 0);
    g_assert_cmpint(columns[1].contacts[2], >, 0);
    g_assert_cmpint(tallies(&run, 3)[SIM_TALLY_MOVE], >, 100);
    /* As soon as the registrar heard of the move, the old record leads nobody astray. */
    g_assert_cmpint(columns[3].contacts[1], ==, tallies(&run, 3)[SIM_TALLY_BINDINGS]);
}

/* Calls go to people, and are counted where their address-of-record is. */
static void
test_calls(void)
{
    g_auto(Simulated) run = simulate(PEOPLE, SIM_LINK_DIRECT);
    const int64_t *all = tallies(&run, 0);
    int64_t calls = 0;
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        if (SIM_CALLS >> i & 1)
            calls += all[i];
    /* 60 people, 2 calls an hour to each, 96 hours: 11520 with a deviation of 107 */
    g_assert_cmpint(calls, >, 11520 - 4 * 107);
    g_assert_cmpint(calls, <, 11520 + 4 * 107);
    g_assert_cmpint(tallies(&run, 1)[SIM_TALLY_CALL_REACHED], ==, all[SIM_TALLY_CALL_REACHED]);
    g_assert_cmpint(tallies(&run, 3)[SIM_TALLY_CALL_REACHED], ==, 0);
}

#define COMMUTERS(spread)                                                                          \
    "[scenario]\nduration = 3w\n[network home]\npool = 10.1.0.0/20\n"                              \
    "[network office]\npool = 10.2.0.0/20\n[network desk]\npool = 10.3.0.0/20\n"                   \
    "[phones desk]\ncount = 20\nnetwork = desk\n"                                                  \
    "[phones laptop]\ncount = 20\naor-of = desk\n"                                                 \
    "calendar = mon-fri 08:00 office, mon-fri 17:30 home" spread "\n"                              \
    "[phones mobile]\ncount = 20\naor-of = desk\n"                                                 \
    "calendar = mon-fri 08:00 office, mon-fri 17:30 home" spread "\n"

typedef struct {
    RollTime spread;
    unsigned moves;
    unsigned early;
    GHashTable *together; /* when the laptop of each person moved -> whose it was */
    unsigned met;
} Watch;

/* Each change of address is a move of the calendar: at its hour or within the spread after it, and
 * to the network it names. */
static void
watch_move(void *data, const SimTrace *trace, const char *name)
{
    Watch *self = data;
    if (trace->kind != SIM_TRACE_ADDRESS || trace->at < 0)
        return;
    RollTime day = trace->at % ROLL_DAY;
    bool morning = day < 12 * ROLL_HOUR;
    RollTime late = day - (morning ? 480 : 1050) * ROLL_MINUTE;
    g_assert_cmpint(trace->at / ROLL_DAY % 7, <, 5);
    g_assert_cmpint(late, >=, 0);
    g_assert_cmpint(late, <=, self->spread);
    g_assert_cmphex(trace->address >> 16, ==, morning ? 0x0a02 : 0x0a01);
    self->moves++;
    self->early += late < self->spread / 2;
    if (g_str_has_prefix(name, "laptop"))
        g_hash_table_insert(self->together, GSIZE_TO_POINTER((gsize)trace->at),
                            GUINT_TO_POINTER(trace->phone));
    else
        self->met += GPOINTER_TO_UINT(g_hash_table_lookup(
                         self->together, GSIZE_TO_POINTER((gsize)trace->at))) == trace->phone - 20;
}

static void
test_calendar(void)
{
    static const char *const texts[] = {COMMUTERS(""), COMMUTERS(", spread 30min")};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        Watch watch = {.spread = (RollTime)i * 30 * ROLL_MINUTE};
        watch.together = g_hash_table_new(NULL, NULL);
        SimRunOptions options = {
            .link = SIM_LINK_DIRECT, .trace = watch_move, .trace_data = &watch};
        g_auto(Simulated) run = simulate_with(texts[i], &options);
        g_assert_false(run.result->partial);
        g_assert_cmpuint(watch.moves, ==, 3 * 10 * 40);
        if (i == 1) {
            /* Half of them, with a deviation of 17; and a person moves with all she carries. */
            g_assert_cmpuint(watch.early, >, 600 - 100);
            g_assert_cmpuint(watch.early, <, 600 + 100);
            g_assert_cmpuint(watch.met, ==, 3 * 10 * 20);
        }
        g_hash_table_unref(watch.together);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/fork/outcome-wait-and-dead-branches", test_fork);
    g_test_add_func("/people/devices/both-links-agree", test_links);
    g_test_add_func("/people/devices/a-full-address-refuses", test_full);
    g_test_add_func("/people/devices/outbound-replaces-its-record", test_outbound);
    g_test_add_func("/people/calls/go-to-people", test_calls);
    g_test_add_func("/people/calendar/moves-at-its-hours-and-together", test_calendar);
    return g_test_run();
}
