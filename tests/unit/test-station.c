/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The station in front of the registrar: who waits how long, what a storm does to it, and that both
 * links see the same. */
#include "tests/simulate.h"

#include "sim/model/station.h"
#include <math.h>

static const SimRandom RANDOM = {{1, 2}};

static SimStation *
make(SimStationSpec *spec, RollTime service, uint32_t workers, uint32_t places)
{
    *spec = (SimStationSpec){
        .given = true, .service = sim_law_fixed(service), .workers = workers, .places = places};
    return sim_station_new(spec, &RANDOM);
}

static void
test_order(void)
{
    SimStationSpec spec;
    g_autoptr(SimStation) station = make(&spec, 10, 1, SIM_PLACES_UNLIMITED);
    SimService service;
    for (uint32_t i = 0; i < 1000; i++)
        g_assert_true(sim_station_offer(station, i, i));
    for (uint32_t i = 0; i < 1000; i++) {
        RollTime now = 1000 + 10 * i;
        g_assert_true(sim_station_begin(station, now, &service));
        g_assert_cmpuint(service.item, ==, i);
        g_assert_cmpuint(service.serial, ==, i);
        g_assert_cmpint(service.waited, ==, now - i);
        g_assert_cmpint(service.due, ==, now + 10);
        g_assert_false(sim_station_begin(station, now, &service));
        sim_station_end(station);
        /* comes to the end of the line, while it wraps around */
        g_assert_true(sim_station_offer(station, now, 1000 + i));
    }
    g_assert_cmpuint(sim_station_waiting(station), ==, 1000);
}

static void
test_full(void)
{
    SimStationSpec spec;
    g_autoptr(SimStation) station = make(&spec, 10, 2, 3);
    SimService service;
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_true(sim_station_offer(station, 0, i));
        g_assert_true(sim_station_begin(station, 0, &service));
    }
    for (uint32_t i = 2; i < 5; i++)
        g_assert_true(sim_station_offer(station, 0, i));
    g_assert_false(sim_station_offer(station, 0, 5));
    g_assert_cmpuint(sim_station_peak(station), ==, 3);
    sim_station_end(station);
    g_assert_true(sim_station_begin(station, 10, &service));
    g_assert_cmpuint(service.item, ==, 2);
    g_assert_true(sim_station_offer(station, 10, 6));
    g_assert_false(sim_station_offer(station, 10, 7));
}

static void
test_no_places(void)
{
    SimStationSpec spec;
    g_autoptr(SimStation) station = make(&spec, 10, 1, 0);
    SimService service;
    g_assert_true(sim_station_offer(station, 0, 0));
    g_assert_true(sim_station_begin(station, 0, &service));
    g_assert_cmpint(service.waited, ==, 0);
    g_assert_false(sim_station_offer(station, 5, 1));
    g_assert_cmpuint(sim_station_peak(station), ==, 0);
    sim_station_end(station);
    g_assert_true(sim_station_offer(station, 10, 1));
}

/* The longest wait and the longest line are those since they were forgotten. */
static void
test_longest(void)
{
    SimStationSpec spec;
    g_autoptr(SimStation) station = make(&spec, 10, 1, SIM_PLACES_UNLIMITED);
    SimService service;
    static const RollTime begins[] = {0, 50, 70};
    for (uint32_t i = 0; i < 3; i++)
        g_assert_true(sim_station_offer(station, i, i));
    g_assert_cmpint(sim_station_longest_wait(station), ==, 0);
    for (size_t i = 0; i < 2; i++) {
        g_assert_true(sim_station_begin(station, begins[i], &service));
        sim_station_end(station);
    }
    g_assert_cmpint(sim_station_longest_wait(station), ==, 49);
    sim_station_forget_peak(station);
    g_assert_cmpint(sim_station_longest_wait(station), ==, 0);
    g_assert_cmpuint(sim_station_peak(station), ==, 1);
    g_assert_true(sim_station_begin(station, begins[2], &service));
    sim_station_end(station);
    g_assert_true(sim_station_offer(station, 80, 3));
    g_assert_true(sim_station_begin(station, 85, &service));
    g_assert_cmpint(sim_station_longest_wait(station), ==, 68);
}

/* All phones boot at once or within a time; no delay, no authentication; one refresh an hour. */
static char *
storm(unsigned phones, const char *boot, const char *station, const char *more)
{
    return g_strdup_printf("[scenario]\nduration = 10min\nstart = all-on\nbin = 1s\n"
                           "[registrar]\nauth = none\n"
                           "[station]\n%s\n"
                           "[network n]\npool = 10.0.0.0/8\ndelay = 0s\n"
                           "[phones p]\ncount = %u\nnetwork = n\nexpires = 2h\nboot = %s\n%s",
                           station, phones, boot, more);
}

static char *
exchange(const char *text, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    return g_strjoinv(to, parts);
}

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

/* Copies of a REGISTER that waits so long: Timer E (RFC 3261 section 17.1.2.2). */
static void
test_copies(void)
{
    static const struct {
        const char *wait;
        int64_t copies;
    } rows[] = {{"400ms", 1}, {"600ms", 2}, {"2s", 3},      {"5s", 4},
                {"10s", 5},   {"31s", 10},  {"31600ms", 11}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *station = g_strdup_printf("service = %s\nworkers = 100", rows[i].wait);
        g_autofree char *text = storm(1, "1s", station, "");
        g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
        g_assert_cmpint(tally(&run, SIM_TALLY_RRD_COUNT), ==, 1);
        g_assert_cmpint(1 + tally(&run, SIM_TALLY_RETRANSMISSION), ==, rows[i].copies);
        g_assert_cmpint(tally(&run, SIM_TALLY_SERVED), ==, rows[i].copies);
        /* a copy gets the answer of its original */
        g_assert_cmpint(tally(&run, SIM_TALLY_REPLY_200), ==, rows[i].copies);
    }
}

/* Nothing gets lost between the counters. */
static void
test_balance(void)
{
    g_autofree char *text = storm(2000, "uniform(0s, 1s)", "service = exp(1ms)\nqueue = 100", "");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    g_assert_cmpint(tally(&run, SIM_TALLY_TURNED_AWAY), >, 500);
    g_assert_cmpint(tally(&run, SIM_TALLY_OFFERED), ==,
                    tally(&run, SIM_TALLY_TURNED_AWAY) + tally(&run, SIM_TALLY_SERVED));
    g_assert_cmpint(run.result->longest_queue, ==, 100);
    /* Little's law, exact as the line is empty at both ends */
    g_assert_cmpint(tally(&run, SIM_TALLY_QUEUED), ==, tally(&run, SIM_TALLY_WAIT_TIME));
}

/* N/J > mu, all waits below T1: the line grows by N/J - mu, and a deterministic server drains it.
 */
static void
test_overload(void)
{
    enum { N = 6000, MU = 10000 };
    const double j = 0.2, peak = N - MU * j, wait = (N / (double)MU - j) / 2;
    g_autofree char *text = storm(N, "uniform(0s, 200ms)", "service = 0.1ms", "");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    double measured = (double)tally(&run, SIM_TALLY_WAIT_TIME) * 1e-6 / N;
    g_assert_cmpint(tally(&run, SIM_TALLY_RETRANSMISSION), ==, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_IN_SERVICE), ==, N * 100);
    g_assert_cmpfloat(fabs((double)run.result->longest_queue / peak - 1), <, 0.03);
    g_assert_cmpfloat(fabs(measured / wait - 1), <, 0.03);
    /* the last to come has all of the line before it */
    double longest = (double)run.result->longest_wait * 1e-6;
    g_assert_cmpfloat(fabs(longest / (peak / MU) - 1), <, 0.03);
}

/* What waited in the warm-up is not told of. */
static void
test_longest_after_warmup(void)
{
    g_autofree char *text = storm(100, "0s", "service = 1ms", "");
    g_autofree char *late = exchange(text, "bin = 1s", "bin = 1s\nwarmup = 5min");
    g_auto(Simulated) whole = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) run = simulate(late, SIM_LINK_DIRECT);
    g_assert_cmpint(whole.result->longest_wait, ==, 99 * ROLL_MILLISECOND);
    g_assert_cmpint(run.result->longest_wait, ==, 0);
}

/* Safe if and only if J > N/mu - 0.5 s: else copies come, and the whole storm does not get over. */
static void
test_collapse(void)
{
    enum { N = 20000 };
    static const char lasting[] = "retry = 30s\n";
    g_autofree char *spread = storm(N, "uniform(0s, 45s)", "service = 2ms", lasting);
    g_autofree char *sudden = storm(N, "uniform(0s, 10s)", "service = 2ms", lasting);
    g_auto(Simulated) safe = simulate(spread, SIM_LINK_DIRECT);
    g_auto(Simulated) lost = simulate(sudden, SIM_LINK_DIRECT);
    g_assert_cmpint(tally(&safe, SIM_TALLY_RETRANSMISSION), ==, 0);
    g_assert_cmpint(tally(&safe, SIM_TALLY_RRD_COUNT), ==, N);
    /* far more is offered, and less than half of the phones ever hear of it */
    g_assert_cmpint(tally(&lost, SIM_TALLY_OFFERED), >, 20 * N);
    g_assert_cmpint(tally(&lost, SIM_TALLY_RRD_COUNT), <, N / 2);
    int64_t late = 0, early = 0, served = 0;
    for (size_t i = 0; i < lost.result->n_bins; i++) {
        const int64_t *bin = lost.result->bins[i].tallies[0];
        early += i < 10 ? bin[SIM_TALLY_RRD_COUNT] : 0;
        late += i >= 60 ? bin[SIM_TALLY_RRD_COUNT] : 0;
        served += i >= 60 ? bin[SIM_TALLY_SERVED] : 0;
    }
    /* the server is as busy as ever, for those who have given up */
    g_assert_cmpint(early, >, 1000);
    g_assert_cmpint(late, <, served / 100);
    g_assert_cmpint(served, ==, 500 * 540);
}

/* Power that returns by a beta law: there is a line if and only if its largest density, 2.109 / T
 * for beta(T, 2, 4), times N is above mu. */
static void
test_restore_curve(void)
{
    enum { N = 20000 };
    static const struct {
        const char *service;
        bool overload;
    } rows[] = {{"0.075ms", false}, {"0.115ms", true}}; /* 79 % and 121 % of 10545/s */
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *station = g_strdup_printf("service = %s", rows[i].service);
        g_autofree char *text = storm(N, "beta(4s, 2, 4)", station, "");
        g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
        g_assert_cmpint(tally(&run, SIM_TALLY_RETRANSMISSION), ==, 0);
        if (!rows[i].overload) {
            g_assert_cmpuint(run.result->longest_queue, <, 60);
            continue;
        }
        /* by hand: the integral of N f - mu over the time in which it is positive */
        double mu = 1 / 0.115e-3, line = 0, longest = 0;
        for (double x = 0; x < 1; x += 1e-4) {
            line = MAX(line + (N * 20 * x * pow(1 - x, 3) - mu * 4) * 1e-4, 0);
            longest = MAX(longest, line);
        }
        g_assert_cmpfloat(longest, >, 500);
        g_assert_cmpfloat(fabs((double)run.result->longest_queue - longest), <, 0.15 * longest);
    }
}

/* What the registrar can do: grants of different lengths part those that came together. */
static double
second_round_peak(const char *jitter)
{
    enum { N = 5000 };
    g_autofree char *registrar = g_strdup_printf("auth = none\nexpires-jitter = %s", jitter);
    g_autofree char *plain = storm(N, "uniform(0s, 1s)", "service = 0.01ms", "refresh = 50%\n");
    g_autofree char *longer = exchange(plain, "duration = 10min", "duration = 70min");
    g_autofree char *coarse = exchange(longer, "bin = 1s", "bin = 10s");
    g_autofree char *text = exchange(coarse, "auth = none", registrar);
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    int64_t most = 0, all = 0;
    for (size_t i = 10; i < run.result->n_bins; i++) {
        int64_t refreshes = run.result->bins[i].tallies[0][SIM_TALLY_REFRESH];
        most = MAX(most, refreshes);
        all += refreshes;
    }
    g_assert_cmpint(all, >, 0);
    return (double)most / N;
}

static void
test_jitter(void)
{
    /* expires 2h: all again in one bin of 10 s; within 12 min, or within 5 min, of half the grant
     */
    g_assert_cmpfloat(second_round_peak("0s"), >, 0.9);
    g_assert_cmpfloat(second_round_peak("20%"), <, 0.05);
    g_assert_cmpfloat(second_round_peak("10min"), <, 0.06);
    g_assert_cmpfloat(second_round_peak("level 20%"), <, 0.05);
}

static void
check_links(const char *text)
{
    g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_assert_cmphex(direct.result->fingerprint, ==, wire.result->fingerprint);
    g_assert_cmpint(direct.result->events, ==, wire.result->events);
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        g_assert_cmpint(tally(&direct, i), ==, tally(&wire, i));
}

static void
test_links(void)
{
    static const char *const stations[] = {
        "service = 5ms",
        "service = exp(5ms)\nworkers = 3\nqueue = 50",
        "service = exp(5ms)\nqueue = 50\nwhen-full = 503",
        "service = uniform(1ms, 9ms)\nqueue = 50\nwhen-full = 503\nretry-after = uniform(0s, 90s)",
        "service = lognormal(5ms, 1)\nqueue = 0",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(stations); i++) {
        g_autofree char *plain = storm(500, "uniform(0s, 1s)", stations[i],
                                       "power = on exp(2min), off exp(1min)\n"
                                       "leaves = unregisters 50%\nretry = rfc5626(10s)\n");
        check_links(plain);
        g_autofree char *digest = exchange(plain, "auth = none", "auth = digest");
        g_autofree char *lossy = exchange(digest, "delay = 0s", "delay = exp(400ms)\nloss = 10%");
        check_links(lossy);
    }
}

typedef struct {
    unsigned refusals;
    char *one;
} Seen;

static void
look(void *data, const SimPacket *packet)
{
    Seen *seen = data;
    g_autofree char *text = g_strndup((const char *)packet->data, packet->len);
    if (!g_str_has_prefix(text, "SIP/2.0 503 "))
        return;
    seen->refusals++;
    g_free(seen->one);
    seen->one = g_steal_pointer(&text);
}

static void
test_refusal(void)
{
    g_autofree char *text =
        storm(100, "uniform(0s, 100ms)",
              "service = 10ms\nqueue = 5\nwhen-full = 503\nretry-after = 6500ms", "retry = 1s\n");
    Seen seen = {0};
    SimRunOptions options = {.link = SIM_LINK_WIRE, .packet = look, .packet_data = &seen};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_cmpint(seen.refusals, ==, tally(&run, SIM_TALLY_TURNED_AWAY));
    g_assert_cmpint(seen.refusals, ==, tally(&run, SIM_TALLY_REPLY_5XX));
    g_assert_nonnull(strstr(seen.one, "\r\nRetry-After: 7\r\n"));
    g_assert_nonnull(strstr(seen.one, ";tag=z9hG4bK"));
    /* a phone that was told to waits 7 s, not 1 s */
    for (size_t i = 2; i < 7; i++)
        g_assert_cmpint(run.result->bins[i].tallies[0][SIM_TALLY_RETRY], ==, 0);
    g_assert_cmpint(run.result->bins[7].tallies[0][SIM_TALLY_RETRY], >, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_RRD_COUNT), ==, 100);
    g_free(seen.one);
}

/* A station that is never busy changes nothing but when things happen. */
static void
test_idle(void)
{
    g_autofree char *with = storm(50, "uniform(0s, 5min)", "service = 0.001ms\nworkers = 1000", "");
    g_autofree char *without = exchange(with, "[station]\nservice = 0.001ms\nworkers = 1000\n", "");
    g_auto(Simulated) a = simulate(with, SIM_LINK_DIRECT);
    g_auto(Simulated) b = simulate(without, SIM_LINK_DIRECT);
    g_assert_cmpint(tally(&a, SIM_TALLY_OFFERED), ==, 50);
    g_assert_cmpint(tally(&b, SIM_TALLY_OFFERED), ==, 0);
    g_assert_cmpint(tally(&a, SIM_TALLY_REPLY_200), ==, tally(&b, SIM_TALLY_REPLY_200));
    g_assert_cmpint(tally(&a, SIM_TALLY_RRD_TIME), ==, tally(&b, SIM_TALLY_RRD_TIME) + 50);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/station/first-come-first-served", test_order);
    g_test_add_func("/station/full", test_full);
    g_test_add_func("/station/no-places", test_no_places);
    g_test_add_func("/station/longest", test_longest);
    g_test_add_func("/station/copies-of-one-that-waits", test_copies);
    g_test_add_func("/station/what-comes-is-served-or-turned-away", test_balance);
    g_test_add_func("/station/overload-without-copies", test_overload);
    g_test_add_func("/station/longest-after-warm-up", test_longest_after_warmup);
    g_test_add_func("/station/collapse-and-its-absence", test_collapse);
    g_test_add_func("/station/restore-curve", test_restore_curve);
    g_test_add_func("/station/jitter-parts-those-that-came-together", test_jitter);
    g_test_add_func("/station/both-links-agree-in-a-storm", test_links);
    g_test_add_func("/station/refusal-with-advice", test_refusal);
    g_test_add_func("/station/idle", test_idle);
    return g_test_run();
}
