/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that lose packets: each by itself, in one direction more than in the other; in bursts; and
 * all of a network at once. */
#include "tests/simulate.h"

#include <math.h>

static char *
scenario_text(const char *network, const char *rest)
{
    return g_strdup_printf("[scenario]\nduration = 12h\n"
                           "[registrar]\nauth = none\n"
                           "[network net]\npool = 10.0.0.0/16\ndelay = 0s\n%s\n"
                           "[network other]\npool = 10.1.0.0/16\n"
                           "[phones p]\ncount = 400\nnetwork = net\n%s\n",
                           network, rest);
}

static double
metric(const Simulated *run, SimMetric which)
{
    return run->result->columns[0].metrics[which].value;
}

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

/* Eleven copies are sent (RFC 3261 section 17.1.2.2); the attempt fails if for none of them both
 * the request and the reply come through. */
static double
failure(double up, double down)
{
    return pow(1 - (1 - up) * (1 - down), 11);
}

static void
test_asymmetric_loss(void)
{
    static const double shares[][2] = {{0.2, 0.7}, {0.7, 0.2}};
    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
        double up = shares[i][0];
        double down = shares[i][1];
        g_autofree char *loss =
            g_strdup_printf("loss = %.0f%% up, %.0f%% down", 100 * up, 100 * down);
        g_autofree char *text = scenario_text(loss, "expires = 10min\nrefresh = 2min\n");
        g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
        double failed = failure(up, down);
        double fresh = failed - pow(up, 11);
        double attempts = (double)tally(&run, SIM_TALLY_ATTEMPTS);
        g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_INEFFECTIVE_ATTEMPTS) - failed), <,
                          4 * sqrt(failed / attempts));
        g_assert_cmpfloat(fabs(metric(&run, SIM_METRIC_FAILED_BUT_FRESH) - fresh), <,
                          4 * sqrt(fresh / attempts));
    }
}

/* The first copy after an outage gets through, so nothing fails that is shorter than Timer F. */
static void
test_outages(void)
{
    g_autofree char *text = scenario_text("outages = every exp(30min), for exp(10min)",
                                          "expires = 1h\nrefresh = 20min\n");
    g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_assert_cmpuint(direct.result->fingerprint, ==, wire.result->fingerprint);
    const SimEstimate *down = &direct.result->columns[0].metrics[SIM_METRIC_UNREACHABLE_SHARE];
    double missing = metric(&direct, SIM_METRIC_MISSING_SHARE);
    /* Down a quarter of the time; who is down and has lost the record is missing instead. */
    g_assert_cmpfloat(down->value, <=, 0.25 + 4 * down->error);
    g_assert_cmpfloat(down->value + missing, >=, 0.25 - 4 * down->error);
    g_assert_cmpint(tally(&direct, SIM_TALLY_FAILED), >, 0);
    g_assert_cmpint(tally(&direct, SIM_TALLY_FAILED_FRESH), <, tally(&direct, SIM_TALLY_FAILED));

    g_autofree char *brief = scenario_text("outages = every exp(1h), for 5s", "expires = 1h\n");
    g_auto(Simulated) short_ones = simulate(brief, SIM_LINK_DIRECT);
    g_assert_cmpint(tally(&short_ones, SIM_TALLY_RETRANSMISSION), >, 0);
    g_assert_cmpint(tally(&short_ones, SIM_TALLY_FAILED), ==, 0);
}

/* All stay on and keep their records, and nobody can be called. */
static void
test_partition(void)
{
    g_autofree char *text =
        scenario_text("", "expires = 1h\n[event e]\nat = 6h\ncut = link of net\nback = 15min\n"
                          "[calls]\nrate = 10/h per phone\n");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_assert_cmpuint(run.result->fingerprint, ==, wire.result->fingerprint);
    int64_t gone = tally(&run, SIM_TALLY_UNREACHABLE) + tally(&run, SIM_TALLY_MISSING);
    g_assert_cmpint(gone, >=, 400 * (15 * ROLL_MINUTE - ROLL_SECOND));
    g_assert_cmpint(tally(&run, SIM_TALLY_STALE), ==, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_UNREACHABLE), >, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_INITIAL), ==, 0);
}

static void
test_partition_of_a_share(void)
{
    g_autofree char *text = scenario_text(
        "", "expires = 2h\n[event e]\nat = 6h\ncut = link of net, 25%\n"
            "back = 10min\n[event f]\nat = 6h\ncut = link of net, 100%\nback = 5min\n");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    double phones = (double)tally(&run, SIM_TALLY_UNREACHABLE) / (double)ROLL_MINUTE;
    /* All for five minutes, the first event's share for five more. */
    g_assert_cmpfloat(phones, >, 5 * 400 + 5 * 60);
    g_assert_cmpfloat(phones, <, 5 * 400 + 5 * 140);
}

/* Who roams away from a line that is cut has another one. */
static void
test_roaming(void)
{
    g_autofree char *text = g_strdup_printf(
        "[scenario]\nduration = 12h\n[registrar]\nauth = none\n"
        "[network net]\npool = 10.0.0.0/16\n[network other]\npool = 10.1.0.0/16\n"
        "[phones p]\ncount = 400\nplaces = net for exp(10min) 50%%, other for exp(10min) 50%%\n"
        "notices = at once\n[event e]\nat = 1h\ncut = link of net\nback = 11h\n");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    double hours = (double)(tally(&run, SIM_TALLY_UNREACHABLE) + tally(&run, SIM_TALLY_MISSING)) /
                   (double)ROLL_HOUR;
    /* About half are struck, for ten minutes on average. */
    g_assert_cmpfloat(hours, >, 200 / 6.0 * 0.7);
    g_assert_cmpfloat(hours, <, 200 / 6.0 * 1.3);
}

/* Outages are the world's: another expiry leaves them where they were. */
static void
test_common_outages(void)
{
    static const char *const network = "outages = every exp(30min), for exp(1min)";
    g_autofree char *a = scenario_text(network, "expires = 12h\n");
    g_autofree char *b = scenario_text(network, "expires = 10h\n");
    g_auto(Simulated) first = simulate(a, SIM_LINK_DIRECT);
    g_auto(Simulated) second = simulate(b, SIM_LINK_DIRECT);
    g_assert_cmpuint(first.result->fingerprint, !=, second.result->fingerprint);
    g_assert_cmpint(tally(&first, SIM_TALLY_UNREACHABLE), >, 0);
    g_assert_cmpint(tally(&first, SIM_TALLY_UNREACHABLE), ==,
                    tally(&second, SIM_TALLY_UNREACHABLE));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lines/loss-in-one-direction", test_asymmetric_loss);
    g_test_add_func("/lines/outages", test_outages);
    g_test_add_func("/lines/partition", test_partition);
    g_test_add_func("/lines/partition-of-a-share", test_partition_of_a_share);
    g_test_add_func("/lines/roaming-to-another", test_roaming);
    g_test_add_func("/lines/outages-depend-on-no-policy", test_common_outages);
    return g_test_run();
}
