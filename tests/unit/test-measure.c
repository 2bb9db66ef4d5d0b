/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ground truth against the table. Where every time in a scenario is fixed, what comes out is known
 * to the microsecond; elsewhere the mirror is held against the registrar itself. */
#include "tests/simulate.h"

#include <math.h>

/* One phone, on for 100 min and off for 100 min for ever, no delay: boots at 0, refreshes at 30,
 * 60 and 90 min, fails at 100 min; its record goes at 90 + 60 = 150 min. */
static const char ONE_PHONE[] = "[scenario]\n"
                                "title = one phone\n"
                                "duration = 200min\n"
                                "start = all-on\n"
                                "[registrar]\n"
                                "domain = example.org\n"
                                "auth = none\n"
                                "%s\n"
                                "[network lan]\n"
                                "pool = 10.0.0.0/24\n"
                                "delay = 0s\n"
                                "[phones desk]\n"
                                "count = 1\n"
                                "network = lan\n"
                                "expires = 1h\n"
                                "refresh = 30min\n"
                                "boot = 0s\n"
                                "%s\n"
                                "power = fails 100min, back after 100min\n";

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

static void
a_record_outlives_its_phone_exactly_until_it_expires(gconstpointer link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, "", "");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_CORRECT), ==, 100 * ROLL_MINUTE);
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, 50 * ROLL_MINUTE);
    g_assert_cmpint(tally(&run, SIM_TALLY_ABSENT), ==, 50 * ROLL_MINUTE);
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE_BORN), ==, 1);
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE_TIME), ==, 50 * ROLL_MINUTE);
    g_assert_cmpint(tally(&run, SIM_TALLY_INITIAL), ==, 1 + 1);
    g_assert_cmpint(tally(&run, SIM_TALLY_REFRESH), ==, 3);
}

static void
a_sweep_keeps_records_until_its_next_multiple(gconstpointer link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, "purge-interval = 7min", "");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    /* Expired at 150 min, swept at 154 = 22 * 7 min. */
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, 54 * ROLL_MINUTE);
}

static void
a_goodbye_removes_the_record_at_once(gconstpointer link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, "", "leaves = unregisters");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_ABSENT), ==, 100 * ROLL_MINUTE);
    g_assert_cmpint(tally(&run, SIM_TALLY_UNREGISTER), ==, 1);
}

/* Off at 100 min, record gone at 150, on again at 200, first REGISTER at 210. */
static void
a_phone_that_boots_is_missing_until_it_registers(gconstpointer link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, "", "boot = 10min");
    char *first = strstr(text, "boot = 0s\n");
    memmove(first, first + 10, strlen(first + 10) + 1);
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, 10 * ROLL_MINUTE);
    /* Refreshes at 40, 70 and 100 min: the failure at 100 min comes first, so 70 + 60 = 130. */
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, 30 * ROLL_MINUTE);
}

static void
bins_add_up_to_the_total(gconstpointer link)
{
    g_autofree char *text = g_strdup_printf(ONE_PHONE, "", "");
    g_auto(Simulated) run = simulate(text, GPOINTER_TO_INT(link));
    int64_t sum[SIM_N_TALLIES] = {0};
    g_assert_cmpuint(run.result->n_bins, >, 10);
    for (size_t b = 0; b < run.result->n_bins; b++) {
        const SimBin *bin = &run.result->bins[b];
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            sum[i] += bin->tallies[0][i];
        int64_t states = 0;
        for (unsigned i = SIM_TALLY_CORRECT; i <= SIM_TALLY_ABSENT; i++)
            states += bin->tallies[0][i];
        g_assert_cmpint(states, ==, bin->end - bin->start);
    }
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        g_assert_cmpint(sum[i], ==, run.result->columns[0].tallies[i]);
}

/* Everything at once: loss, moves, reuse of addresses, goodbyes, static records, wrong passwords.
 */
static const char BUSY[] = "[scenario]\n"
                           "title = busy\n"
                           "duration = 12h\n"
                           "seed = 5\n"
                           "[registrar]\n"
                           "domain = example.org\n"
                           "auth = digest\n"
                           "algorithms = SHA-256, MD5\n"
                           "nonce-lifetime = 40min\n"
                           "min-expires = 2min\n"
                           "[network dsl]\n"
                           "pool = 10.1.0.0/24\n"
                           "address = changes exp(1h)\n"
                           "delay = exp(30ms)\n"
                           "loss = 20%\n"
                           "[network wifi]\n"
                           "pool = 10.2.0.0/25\n"
                           "address = keeps while on\n"
                           "delay = 5ms\n"
                           "[network lan]\n"
                           "pool = 10.3.0.0/24\n"
                           "[phones desk]\n"
                           "count = 60\n"
                           "profile = pjsua\n"
                           "network = dsl\n"
                           "power = fails exp(2h), back after exp(30min)\n"
                           "[phones soft]\n"
                           "count = 40\n"
                           "profile = linphone\n"
                           "network = wifi\n"
                           "leaves = unregisters 70%\n"
                           "power = fails exp(1h), back after exp(30min)\n"
                           "wrong-password = 20%\n"
                           "[phones mobile]\n"
                           "count = 40\n"
                           "profile = baresip\n"
                           "places = dsl for exp(1h) 50%, wifi for exp(30min) 50%\n"
                           "notices = 50% after exp(10s)\n"
                           "old-contact = removed\n"
                           "[phones brief]\n"
                           "count = 5\n"
                           "network = lan\n"
                           "expires = 90s\n"
                           "refresh = 50%\n"
                           "call-id = device\n"
                           "power = fails exp(20min), back after exp(10s)\n"
                           "[phones fixed]\n"
                           "count = 10\n"
                           "network = lan\n"
                           "registers = no\n"
                           "power = fails exp(5h), back after exp(1h)\n"
                           "[calls]\n"
                           "rate = 20/h per phone\n";

/* The same with a registrar that is not what it should be. */
#define FAULTS                                                                                     \
    "[event lost]\nat = 1h\ncrash = registrar\nback = exp(1min)\nrepeats = exp(3h)\n"              \
    "[event kept]\nat = 2h\ncrash = registrar\nback = 20s\ntable = kept\nrepeats = 1h\n"           \
    "[event saved]\nat = 90min\ncrash = registrar\nback = 0s\ntable = saved every 7min\n"          \
    "repeats = uniform(1h, 2h)\n"                                                                  \
    "[event summer]\nat = 5h\nclock = +1h\n[event winter]\nat = 8h\nclock = -1h\n"

static char *
busy_with(const char *registrar, const char *events)
{
    g_autoptr(GString) text = g_string_new(BUSY);
    g_autofree char *lines = g_strconcat("[registrar]\n", registrar, NULL);
    g_string_replace(text, "[registrar]\n", lines, 1);
    return g_strconcat(text->str, events, NULL);
}

static void
shares_add_up_to_one(gconstpointer link)
{
    g_auto(Simulated) run = simulate(BUSY, GPOINTER_TO_INT(link));
    for (size_t p = 0; p < run.result->n_columns; p++) {
        int64_t shares[SIM_N_STATES];
        int64_t states = 0;
        const SimColumns *columns = &run.result->columns[p];
        sim_result_shares(columns, shares);
        int64_t sum = 0;
        for (size_t i = 0; i < SIM_N_STATES; i++)
            sum += shares[i];
        g_assert_cmpint(sum, ==, G_GINT64_CONSTANT(1000000000000));
        for (unsigned i = SIM_TALLY_CORRECT; i <= SIM_TALLY_ABSENT; i++)
            states += columns->tallies[i];
        g_assert_cmpint(states, ==, columns->phones * run.result->observed);
        int64_t contacts = 0;
        for (unsigned i = 0; i < SIM_MAX_CONTACTS; i++)
            contacts += columns->contacts[i];
        g_assert_cmpint(contacts, ==, columns->phones * run.result->observed);
    }
}

/* A busy world in which each of these happens; a test that sees none of them shows nothing. */
static void
the_busy_world_is_busy(gconstpointer link)
{
    static const SimTally wanted[] = {
        SIM_TALLY_WRONG_ADDRESS,
        SIM_TALLY_MISSING,
        SIM_TALLY_STALE,
        SIM_TALLY_ABSENT,
        SIM_TALLY_MISDIRECTED,
        SIM_TALLY_MOVE,
        SIM_TALLY_UNREGISTER,
        SIM_TALLY_RETRY,
        SIM_TALLY_RETRANSMISSION,
        SIM_TALLY_REPLY_401,
        SIM_TALLY_REPLY_423,
        SIM_TALLY_REPLY_5XX,
        SIM_TALLY_FAILED,
        SIM_TALLY_CALL_REACHED,
        SIM_TALLY_CALL_DEAD,
        SIM_TALLY_CALL_WRONG,
        SIM_TALLY_CALL_MISDIRECTED,
        SIM_TALLY_CALL_MISSED,
        SIM_TALLY_CALL_REFUSED,
    };
    g_auto(Simulated) run = simulate(BUSY, GPOINTER_TO_INT(link));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_test_message("tally %u", wanted[i]);
        g_assert_cmpint(tally(&run, wanted[i]), >, 0);
    }
}

/* Calls arrive as a Poisson stream and so see time averages: the same share of calls finds a state
 * as the share of time it lasts, for those states that only the phone's own records decide. */
static void
calls_see_time_averages(gconstpointer link)
{
    g_auto(Simulated) run = simulate(BUSY, GPOINTER_TO_INT(link));
    const SimColumns *all = &run.result->columns[0];
    int64_t calls = 0;
    for (unsigned i = SIM_TALLY_CALL_REACHED; i <= SIM_TALLY_CALL_REFUSED; i++)
        calls += all->tallies[i];
    double n = (double)calls;
    double time = (double)all->phones * (double)run.result->observed;
    const struct {
        SimTally call;
        SimTally state;
    } pairs[] = {
        {SIM_TALLY_CALL_REACHED, SIM_TALLY_CORRECT},
        {SIM_TALLY_CALL_MISSED, SIM_TALLY_MISSING},
        {SIM_TALLY_CALL_REFUSED, SIM_TALLY_ABSENT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        double p = (double)all->tallies[pairs[i].state] / time;
        double seen = (double)all->tallies[pairs[i].call] / n;
        g_assert_cmpfloat(fabs(seen - p), <, 4 * sqrt(p * (1 - p) / n));
    }
}

/* The states once more, from the trace alone and in the plainest way: at each record of the trace
 * every phone is looked at anew. What this reckons has to be what the program integrated. */
#define MOST_PHONES 200
#define MOST_RECORDS 64

typedef struct {
    bool on[MOST_PHONES];
    uint32_t address[MOST_PHONES];
    uint32_t records[MOST_PHONES][MOST_RECORDS];
    unsigned n_records[MOST_PHONES];
    int64_t time[SIM_N_LEVELS];
    RollTime last;
    unsigned n_phones;
    unsigned calls_checked;
    unsigned lost;
} Ledger;

static bool
is_held_by_another(const Ledger *self, unsigned id, uint32_t address)
{
    for (unsigned other = 0; other < self->n_phones; other++)
        if (other != id && self->address[other] == address)
            return true;
    return false;
}

static void
pass_time(Ledger *self, RollTime now)
{
    int64_t passed = MAX(now, 0) - MAX(self->last, 0);
    self->last = now;
    for (unsigned id = 0; passed > 0 && id < self->n_phones; id++) {
        unsigned right = 0;
        bool misdirected = false;
        for (unsigned i = 0; i < self->n_records[id]; i++) {
            bool leads = self->on[id] && self->records[id][i] == self->address[id];
            right += leads;
            misdirected =
                misdirected || (!leads && is_held_by_another(self, id, self->records[id][i]));
        }
        unsigned n = self->n_records[id];
        SimTally state = self->on[id] ? (right > 0 ? SIM_TALLY_CORRECT
                                         : n > 0   ? SIM_TALLY_WRONG_ADDRESS
                                                   : SIM_TALLY_MISSING)
                                      : (n > 0 ? SIM_TALLY_STALE : SIM_TALLY_ABSENT);
        self->time[state] += passed;
        self->time[SIM_TALLY_MISDIRECTED] += misdirected ? passed : 0;
        self->time[SIM_TALLY_BINDINGS] += n * passed;
        self->time[SIM_TALLY_DEAD_BINDINGS] += (n - right) * passed;
    }
}

static void
remove_record(Ledger *self, unsigned id, uint32_t address)
{
    for (unsigned i = 0; i < self->n_records[id]; i++)
        if (self->records[id][i] == address) {
            self->records[id][i] = self->records[id][--self->n_records[id]];
            return;
        }
    g_assert_not_reached();
}

static void
enter(void *data, const SimTrace *trace, const char *name)
{
    Ledger *self = data;
    unsigned id = trace->phone;
    (void)name;
    pass_time(self, trace->at);
    switch (trace->kind) {
    case SIM_TRACE_ON:
    case SIM_TRACE_OFF:
        self->on[id] = trace->kind == SIM_TRACE_ON;
        break;
    case SIM_TRACE_ADDRESS:
        self->address[id] = trace->address;
        break;
    case SIM_TRACE_CREATED:
    case SIM_TRACE_RESTORED:
        g_assert_cmpuint(self->n_records[id], <, MOST_RECORDS);
        self->records[id][self->n_records[id]++] = trace->address;
        break;
    case SIM_TRACE_EXPIRED:
    case SIM_TRACE_UNREGISTERED:
    case SIM_TRACE_LOST:
        self->lost += trace->kind == SIM_TRACE_LOST;
        remove_record(self, id, trace->address);
        break;
    case SIM_TRACE_CALL:
        /* Without a sweep every record is live, so the registrar's own lookup finds just these. */
        g_assert_cmpuint(trace->number, ==, self->n_records[id]);
        self->calls_checked++;
        break;
    default:
        break;
    }
}

static unsigned
reckon(const char *text, SimLinkKind link)
{
    g_autofree Ledger *ledger = g_new0(Ledger, 1);
    ledger->n_phones = 155;
    ledger->last = -ROLL_DAY;
    SimRunOptions options = {.link = link, .trace = enter, .trace_data = ledger};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_cmpuint(run.scenario->n_phones, ==, ledger->n_phones);
    pass_time(ledger, run.scenario->duration);
    for (unsigned i = 0; i < SIM_N_LEVELS; i++) {
        g_test_message("level %u", i);
        g_assert_cmpint(tally(&run, i), ==, ledger->time[i]);
    }
    g_assert_cmpuint(ledger->calls_checked, >, 10000);
    return ledger->lost;
}

static void
integrals_equal_a_plain_reckoning(gconstpointer link)
{
    g_assert_cmpuint(reckon(BUSY, GPOINTER_TO_INT(link)), ==, 0);
}

static void
integrals_equal_it_through_crashes(gconstpointer link)
{
    g_autofree char *text = busy_with("", FAULTS);
    g_assert_cmpuint(reckon(text, GPOINTER_TO_INT(link)), >, 1000);
}

static char *
tallies_of(const SimResult *result)
{
    GString *text = g_string_new(NULL);
    for (size_t p = 0; p < result->n_columns; p++)
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            g_string_append_printf(text, "%" G_GINT64_FORMAT " ", result->columns[p].tallies[i]);
    for (size_t b = 0; b < result->n_bins; b++)
        for (unsigned i = 0; i < SIM_N_TALLIES; i++)
            g_string_append_printf(text, "%" G_GINT64_FORMAT " ", result->bins[b].tallies[0][i]);
    return g_string_free(text, FALSE);
}

static void
assert_both_links_go_the_same_way(const char *text)
{
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
    g_assert_cmphex(wire.result->fingerprint, ==, direct.result->fingerprint);
    g_assert_cmpuint(wire.result->events, ==, direct.result->events);
    g_autofree char *a = tallies_of(wire.result);
    g_autofree char *b = tallies_of(direct.result);
    g_assert_cmpstr(a, ==, b);
}

static void
both_links_go_the_same_way(void)
{
    assert_both_links_go_the_same_way(BUSY);
}

static void
both_links_go_the_same_way_through_faults(void)
{
    static const char standby[] = "[event standby]\nat = 3h\ncrash = registrar\nback = 10s\n"
                                  "table = replica\nrepeats = 1h\n";
    g_autofree char *text = busy_with("", FAULTS);
    g_autofree char *swept = busy_with("purge-interval = 10min\nlate-margin = 1min\n", FAULTS);
    g_autofree char *events = g_strconcat(FAULTS, standby, NULL);
    g_autofree char *copied = busy_with("replica-lag = exp(5s)\n", events);
    g_autofree char *served =
        busy_with("", FAULTS "[station]\nservice = exp(2s)\nworkers = 1\nqueue = 20\n");
    assert_both_links_go_the_same_way(text);
    assert_both_links_go_the_same_way(swept);
    assert_both_links_go_the_same_way(served);
    assert_both_links_go_the_same_way(copied);
}

/* A replica that is never late is the registrar's table, and a standby loses nothing. */
static void
a_replica_without_lag_is_the_table(void)
{
    static const char *const tables[] = {"kept", "lost", "saved every 1h"};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *events = g_strdup_printf("[event e]\nat = 4h\ncrash = registrar\n"
                                                  "back = 0s\ntable = %s\nrepeats = 1h\n",
                                                  tables[i]);
        g_autofree char *plain = busy_with("", events);
        g_autofree char *copied = busy_with("replica-lag = 0s\n", events);
        g_auto(Simulated) a = simulate(plain, SIM_LINK_DIRECT);
        g_auto(Simulated) b = simulate(copied, SIM_LINK_DIRECT);
        g_autofree char *x = tallies_of(a.result);
        g_autofree char *y = tallies_of(b.result);
        g_test_message("%s", tables[i]);
        g_assert_cmpstr(x, ==, y);
        if (i > 0)
            continue;
        g_autoptr(GString) standby = g_string_new(copied);
        g_string_replace(standby, "table = kept", "table = replica", 1);
        g_auto(Simulated) c = simulate(standby->str, SIM_LINK_DIRECT);
        g_autofree char *z = tallies_of(c.result);
        g_assert_cmpstr(x, ==, z);
    }
}

/* Every preset, with chance in the grant and with devices that say who they are. */
static void
both_links_go_the_same_way_with_presets(void)
{
    size_t n;
    const RollPreset *presets = roll_presets(&n);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *lines = g_strdup_printf(
            "[registrar]\npreset = %s\nexpires-jitter = 20%%\nreplace-by-instance = %s\n",
            presets[i].name, i % 2 ? "yes" : "no");
        g_autoptr(GString) text = g_string_new(BUSY);
        g_string_replace(text, "[registrar]\n", lines, 1);
        g_string_replace(text, "count = 40\n", "count = 40\ninstance = yes\n", 0);
        g_string_replace(text, "duration = 12h", "duration = 4h", 1);
        g_test_message("%s", presets[i].name);
        g_auto(Simulated) wire = simulate(text->str, SIM_LINK_WIRE);
        g_auto(Simulated) direct = simulate(text->str, SIM_LINK_DIRECT);
        g_assert_cmphex(wire.result->fingerprint, ==, direct.result->fingerprint);
        g_assert_cmpuint(wire.result->registrations, >, 100);
    }
}

/* Phones whose address changes leave a trail of records; by their instance it is swept up, and by
 * "one record a phone, the newest" as well. */
static double
wrong_records(const char *registrar)
{
    g_autofree char *text = g_strdup_printf(
        "[scenario]\ntitle = trail\nduration = 1d\n[registrar]\n%s\n[network dsl]\n"
        "pool = 10.1.0.0/24\naddress = changes exp(1h)\n[phones p]\ncount = 50\nnetwork = dsl\n"
        "instance = yes\nexpires = 4h\nrefresh = 10min\nnotices = at once\n",
        registrar);
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    return (double)tally(&run, SIM_TALLY_DEAD_BINDINGS) / (double)tally(&run, SIM_TALLY_BINDINGS);
}

static void
replacing_sweeps_the_trail_up(void)
{
    g_assert_cmpfloat(wrong_records("auth = none"), >, 0.5);
    g_assert_cmpfloat(wrong_records("replace-by-instance = yes"), <, 0.001);
    g_assert_cmpfloat(wrong_records("when-full = replace\nmax-bindings = 1"), <, 0.001);
    g_assert_cmpfloat(wrong_records("preset = freeswitch"), <, 0.001);
    g_assert_cmpfloat(wrong_records("preset = kamailio"), >, 0.5);
}

static void
same_seed_same_run_other_seed_other_run(void)
{
    g_auto(Simulated) a = simulate(BUSY, SIM_LINK_DIRECT);
    g_auto(Simulated) b = simulate(BUSY, SIM_LINK_DIRECT);
    g_autofree char *text = g_strdup(BUSY);
    memcpy(strstr(text, "seed = 5"), "seed = 6", 8);
    g_auto(Simulated) c = simulate(text, SIM_LINK_DIRECT);
    g_assert_cmphex(a.result->fingerprint, ==, b.result->fingerprint);
    g_assert_cmphex(a.result->fingerprint, !=, c.result->fingerprint);
}

typedef struct {
    uint64_t hash;
} World;

static void
on_trace(void *data, const SimTrace *trace, const char *name)
{
    World *world = data;
    (void)name;
    if (trace->kind <= SIM_TRACE_ADDRESS && trace->at >= 0)
        world->hash = sim_fingerprint(world->hash, trace);
}

static uint64_t
world_of(const char *text)
{
    World world = {SIM_FINGERPRINT_START};
    SimRunOptions options = {.link = SIM_LINK_DIRECT, .trace = on_trace, .trace_data = &world};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_cmpuint(run.result->events, >, 0);
    return world.hash;
}

/* Common random numbers: other expiries and another registrar leave every failure and move where
 * it was. */
static void
policy_does_not_move_the_world(void)
{
    g_autofree char *other = g_strdup(BUSY);
    memcpy(strstr(other, "expires = 90s"), "expires = 2h ", 13);
    char *at = strstr(other, "rate = 20/h");
    memcpy(at, "rate = 90/h", 11);
    memcpy(strstr(other, "nonce-lifetime = 40min"), "nonce-lifetime = 10min", 22);
    memcpy(strstr(other, "old-contact = removed"), "old-contact = left   ", 21);
    g_assert_cmphex(world_of(BUSY), ==, world_of(other));
}

int
main(int argc, char **argv)
{
    static const LinkTest tests[] = {
        {"a-record-outlives-its-phone-exactly-until-it-expires",
         a_record_outlives_its_phone_exactly_until_it_expires},
        {"a-sweep-keeps-records-until-its-next-multiple",
         a_sweep_keeps_records_until_its_next_multiple},
        {"a-goodbye-removes-the-record-at-once", a_goodbye_removes_the_record_at_once},
        {"a-phone-that-boots-is-missing-until-it-registers",
         a_phone_that_boots_is_missing_until_it_registers},
        {"bins-add-up-to-the-total", bins_add_up_to_the_total},
        {"shares-add-up-to-one", shares_add_up_to_one},
        {"the-busy-world-is-busy", the_busy_world_is_busy},
        {"calls-see-time-averages", calls_see_time_averages},
        {"integrals-equal-a-plain-reckoning", integrals_equal_a_plain_reckoning},
        {"integrals-equal-it-through-crashes", integrals_equal_it_through_crashes},
    };
    g_test_init(&argc, &argv, NULL);
    add_link_tests("measure", tests, G_N_ELEMENTS(tests));
    g_test_add_func("/measure/both-links-go-the-same-way", both_links_go_the_same_way);
    g_test_add_func("/measure/both-links-go-the-same-way-through-faults",
                    both_links_go_the_same_way_through_faults);
    g_test_add_func("/measure/a-replica-without-lag-is-the-table",
                    a_replica_without_lag_is_the_table);
    g_test_add_func("/measure/both-links-go-the-same-way-with-presets",
                    both_links_go_the_same_way_with_presets);
    g_test_add_func("/measure/replacing-sweeps-the-trail-up", replacing_sweeps_the_trail_up);
    g_test_add_func("/measure/same-seed-same-run-other-seed-other-run",
                    same_seed_same_run_other_seed_other_run);
    g_test_add_func("/measure/policy-does-not-move-the-world", policy_does_not_move_the_world);
    return g_test_run();
}
