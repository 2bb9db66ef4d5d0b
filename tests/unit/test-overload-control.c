/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Overload control in a simulation (RFC 7339): what the station asks for, what phones that take
 * part do with it and what the others get, and that both links see the same. */
#include "tests/simulate.h"

#include "sim/model/station.h"
#include <math.h>

static const SimRandom RANDOM = {{1, 2}};

/* Two workers of 10 ms, target 100 ms: so many wait, so much is held back. */
static void
test_law(void)
{
    static const struct {
        uint32_t waiting;
        uint32_t percent;
        bool tells;
    } rows[] = {
        {0, 0, false},  {20, 0, false},  {21, 5, true},      {25, 20, true}, {40, 50, true},
        {30, 33, true}, {200, 90, true}, {100000, 95, true}, {20, 0, true},  {20, 0, false},
    };
    SimStationSpec spec = {.given = true,
                           .service = sim_law_fixed(10 * ROLL_MILLISECOND),
                           .workers = 2,
                           .places = SIM_PLACES_UNLIMITED,
                           .target = 100 * ROLL_MILLISECOND};
    g_autoptr(SimStation) station = sim_station_new(&spec, &RANDOM);
    SimService service;
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_true(sim_station_offer(station, 0, i));
        g_assert_true(sim_station_begin(station, 0, &service));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RollTime now = (RollTime)i * SIM_CONTROL_PERIOD;
        uint32_t percent = 101;
        while (sim_station_waiting(station) < rows[i].waiting)
            g_assert_true(sim_station_offer(station, now, 9));
        while (sim_station_waiting(station) > rows[i].waiting) {
            sim_station_end(station);
            g_assert_true(sim_station_begin(station, now, &service));
        }
        g_assert_false(i > 0 && sim_station_control(station, now - 1, &percent));
        g_assert_cmpint(sim_station_control(station, now, &percent), ==, rows[i].tells);
        g_assert_cmpuint(percent, ==, rows[i].tells ? rows[i].percent : i < 2 || i == 9 ? 0 : 101);
        g_assert_false(sim_station_control(station, now, &percent));
    }
}

/* N phones register every 30 s, two requests each time; mu = 250 a second. */
enum { N = 7500, MU = 250 };

static char *
overload(const char *station, const char *phones)
{
    return g_strdup_printf(
        "[scenario]\nduration = 20min\nwarmup = 10min\nstart = all-on\n"
        "[registrar]\nmin-expires = 10s\n"
        "[station]\nservice = 4ms\n%s\n"
        "[network n]\npool = 10.0.0.0/8\ndelay = 5ms\n"
        "[phones p]\ncount = %u\nnetwork = n\nexpires = 60s\nrefresh = uniform(1%%, 99%%)\n"
        "boot = uniform(0s, 3min)\nretry = uniform(60s, 120s)\n%s",
        station, N, phones);
}

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

static double
mean_wait(const Simulated *run)
{
    return (double)tally(run, SIM_TALLY_WAIT_TIME) / ROLL_SECOND /
           (double)tally(run, SIM_TALLY_SERVED);
}

/* Without: twice what it can do, then copies, and nobody is registered any more. */
static void
test_without(void)
{
    g_autofree char *text = overload("", "");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    g_assert_cmpfloat(mean_wait(&run), >, 32);
    g_assert_cmpint(tally(&run, SIM_TALLY_RRD_COUNT), <, tally(&run, SIM_TALLY_SERVED) / 100);
}

/* The second request is held back with p, and then the phone comes after 90 s and not 30 s: per
 * phone 2 - p requests in 30 (1 - p) + 90 p seconds. N of them make MU if p = 1/3, and p = 1 -
 * target / wait. */
static void
test_taking_part(void)
{
    const double p = 1.0 / 3, target = 0.1;
    g_autofree char *text = overload("overload-control = 100ms", "overload-control = yes\n");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    double held = (double)tally(&run, SIM_TALLY_HELD_BACK);
    double tried = held + (double)tally(&run, SIM_TALLY_CHALLENGED);
    g_assert_cmpfloat(fabs(held / tried - p), <, 0.03);
    g_assert_cmpfloat(fabs(mean_wait(&run) - target / (1 - p)), <, 0.02);
    g_assert_cmpint(tally(&run, SIM_TALLY_RETRANSMISSION), <, tally(&run, SIM_TALLY_SERVED) / 1000);
    g_assert_cmpint(tally(&run, SIM_TALLY_REPLY_5XX), ==, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_FAILED), ==, tally(&run, SIM_TALLY_HELD_BACK));
    g_assert_cmpint(tally(&run, SIM_TALLY_IN_SERVICE), >, 590 * ROLL_SECOND);
}

/* Both requests are refused with p, at the cost of a service. With s = (1 - p)^2 registered at an
 * attempt, 2 - p requests in 30 s + 90 (1 - s) seconds: p = (5 - sqrt 17) / 4. */
static void
test_others(void)
{
    const double p = (5 - sqrt(17)) / 4, target = 0.1;
    g_autofree char *text = overload("overload-control = 100ms", "");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    double refused = (double)tally(&run, SIM_TALLY_REPLY_5XX);
    g_assert_cmpint(tally(&run, SIM_TALLY_HELD_BACK), ==, 0);
    g_assert_cmpfloat(fabs(refused / (double)tally(&run, SIM_TALLY_SERVED) - p), <, 0.03);
    g_assert_cmpfloat(fabs(mean_wait(&run) - target / (1 - p)), <, 0.02);
    g_assert_cmpint(tally(&run, SIM_TALLY_RETRANSMISSION), <, tally(&run, SIM_TALLY_SERVED) / 1000);
}

/* Half of the phones take part; many things that can happen to a request do. */
static char *
mixed(const char *control, const char *answer)
{
    return g_strdup_printf(
        "[scenario]\nduration = 20min\nstart = all-on\n[registrar]\nmin-expires = 10s\n"
        "[station]\nservice = exp(20ms)\nworkers = 2\nqueue = 100\nwhen-full = 503\n%s\n"
        "[network n]\npool = 10.0.0.0/8\ndelay = exp(20ms)\nloss = 5%%\n"
        "address = keeps while on\n"
        "[phones a]\ncount = 500\nnetwork = n\nexpires = 60s\npower = on exp(3min), off exp(20s)\n"
        "leaves = unregisters 50%%\nboot = 1s\nretry = 10s\noverload-control = %s\n"
        "[phones b]\ncount = 500\nnetwork = n\nexpires = 60s\nretry = rfc5626(10s)\n"
        "[event crash]\nat = 5min\ncrash = registrar\nback = 20s\n",
        control, answer);
}

static void
check_links(const char *text)
{
    g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_assert_cmphex(direct.result->fingerprint, ==, wire.result->fingerprint);
    g_assert_cmpint(tally(&direct, SIM_TALLY_HELD_BACK), >, 50);
    g_assert_cmpint(tally(&direct, SIM_TALLY_REPLY_5XX), >, 50);
    for (unsigned i = 0; i < SIM_N_TALLIES; i++)
        g_assert_cmpint(tally(&direct, i), ==, tally(&wire, i));
}

static void
test_links(void)
{
    static const char *const controls[] = {"overload-control = 100ms",
                                           "overload-control = 300ms, valid 30s",
                                           "overload-control = 1ms, valid 10min"};
    for (size_t i = 0; i < G_N_ELEMENTS(controls); i++) {
        g_autofree char *text = mixed(controls[i], "yes");
        check_links(text);
    }
}

/* Where nothing is asked for, it is all one whether somebody would listen. */
static void
test_off(void)
{
    g_autofree char *deaf = mixed("", "no");
    g_autofree char *ready = mixed("", "yes");
    g_autofree char *idle = mixed("overload-control = 1h", "yes");
    g_auto(Simulated) a = simulate(deaf, SIM_LINK_WIRE);
    g_auto(Simulated) b = simulate(ready, SIM_LINK_WIRE);
    g_auto(Simulated) c = simulate(idle, SIM_LINK_WIRE);
    g_assert_cmphex(a.result->fingerprint, ==, b.result->fingerprint);
    g_assert_cmphex(a.result->fingerprint, ==, c.result->fingerprint);
}

typedef struct {
    unsigned offers, without, told, asked;
} Seen;

static void
look(void *data, const SimPacket *packet)
{
    Seen *seen = data;
    g_autofree char *text = g_strndup((const char *)packet->data, packet->len);
    const char *share = strstr(text, ";oc=");
    if (g_str_has_prefix(text, "REGISTER ")) {
        seen->offers += strstr(text, ";oc;oc-algo=\"loss\"\r\n") != NULL;
        seen->without += strstr(text, ";oc") == NULL;
        return;
    }
    seen->told += share != NULL;
    seen->asked += share != NULL && g_ascii_isdigit(share[4]) && share[4] != '0';
}

/* Half of the phones say so on the wire and are told, and the others are not. */
static void
test_wire(void)
{
    g_autofree char *text = mixed("overload-control = 100ms", "yes");
    Seen seen = {0};
    SimRunOptions options = {.link = SIM_LINK_WIRE, .packet = look, .packet_data = &seen};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_false(run.result->partial);
    g_assert_cmpuint(seen.offers, >, 1000);
    g_assert_cmpuint(seen.without, >, 1000);
    g_assert_cmpuint(seen.told, >, 1000);
    g_assert_cmpuint(seen.told, <=, seen.offers);
    g_assert_cmpuint(seen.asked, >, 100);
    g_assert_cmpuint(seen.asked, <, seen.told);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/overload-control/share-held-back", test_law);
    g_test_add_func("/overload-control/without-it-a-collapse", test_without);
    g_test_add_func("/overload-control/7339-7.2/phones-that-take-part", test_taking_part);
    g_test_add_func("/overload-control/7339-5.10.2/the-others", test_others);
    g_test_add_func("/overload-control/both-links-agree", test_links);
    g_test_add_func("/overload-control/off", test_off);
    g_test_add_func("/overload-control/7339-4.1/on-the-wire", test_wire);
    return g_test_run();
}
