/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phones behind NATs: ports that are lost and given to others, and what keeps them. */
#include "sim/link/identity.h"
#include "sim/scenario/nat.h"
#include "tests/simulate.h"

#include <math.h>

static char *
scenario_text(const char *registrar, const char *network, const char *phones)
{
    return g_strdup_printf("[scenario]\nduration = 8h\nwarmup = 1h\n"
                           "[registrar]\nauth = none\n%s\n"
                           "[network net]\npool = 198.18.0.0/23\ndelay = 0s\n%s\n"
                           "[phones p]\ncount = 200\nnetwork = net\nexpires = 10min\n%s\n",
                           registrar, network, phones);
}

static double
metric(const Simulated *run, SimMetric which)
{
    return run->result->columns[0].metrics[which].value;
}

static double
unreachable(const char *registrar, const char *network, const char *phones)
{
    g_autofree char *text = scenario_text(registrar, network, phones);
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    return metric(&run, SIM_METRIC_UNREACHABLE_SHARE);
}

/* The port is open for T after each REGISTER, and they come each R. */
static void
test_without_keepalive(void)
{
    g_assert_cmpfloat_with_epsilon(unreachable("", "nat = 30s", "refresh = 5min"), 0.9, 2e-3);
    g_assert_cmpfloat_with_epsilon(unreachable("", "nat = 2min", "refresh = 5min"), 0.6, 2e-3);
    g_assert_cmpfloat(unreachable("", "nat = 5min", "refresh = 4min"), ==, 0);
    g_assert_cmpfloat(unreachable("", "", "refresh = 5min"), ==, 0);
}

static void
test_keepalive(void)
{
    g_assert_cmpfloat(unreachable("", "nat = 30s", "keepalive = crlf 25s"), ==, 0);
    g_assert_cmpfloat(unreachable("", "nat = 30s", "keepalive = stun uniform(24s, 29s)"), ==, 0);
    g_assert_cmpfloat(unreachable("nat-ping = 25s", "nat = 30s", ""), ==, 0);
    g_assert_cmpfloat(unreachable("nat-ping = 31s", "nat = 30s", ""), >, 0.8);
    g_assert_cmpfloat(unreachable("qualify = 25s", "nat = 30s", ""), <, 0.05);
}

/* A STUN request too late gets another port, and the phone is told and registers there. */
static void
test_late_keepalive(void)
{
    g_autofree char *stun = scenario_text("", "nat = 30s", "keepalive = stun 40s");
    g_autofree char *crlf = scenario_text("", "nat = 30s", "keepalive = crlf 40s");
    g_auto(Simulated) told = simulate(stun, SIM_LINK_DIRECT);
    g_auto(Simulated) untold = simulate(crlf, SIM_LINK_DIRECT);
    g_assert_cmpfloat_with_epsilon(metric(&told, SIM_METRIC_UNREACHABLE_SHARE), 0.25, 2e-3);
    g_assert_cmpfloat(metric(&told, SIM_METRIC_WRONG_ADDRESS_SHARE), <, 1e-3);
    g_assert_cmpfloat(metric(&untold, SIM_METRIC_WRONG_ADDRESS_SHARE), >, 0.5);
}

/* Not an event for each, but the same. */
static void
test_shortcut(void)
{
    static const struct {
        const char *registrar;
        const char *network;
        const char *phones;
    } cases[] = {
        {"", "nat = 30s", "keepalive = crlf 25s\npower = fails exp(1h), back after exp(10min)"},
        {"", "nat = 30s", "keepalive = stun uniform(24s, 29s)\nrefresh = 7min"},
        {"", "nat = 30s", "keepalive = stun uniform(20s, 40s)\nold-contact = removed"},
        {"", "nat = 2min\nnat-share = 100\naddress = changes exp(1h)", "keepalive = crlf 50s"},
        {"nat-ping = 25s", "nat = 30s", "power = fails exp(1h), back after exp(10min)"},
        {"nat-ping = 40s", "nat = 1min\nnat-share = 50", "keepalive = crlf 50s\nnotices = at once"},
        {"nat-ping = 50s", "nat = 30s", "keepalive = stun 35s"},
        {"", "", "keepalive = stun exp(1min)\npower = fails exp(1h), back after exp(10min)"},
        {"nat-ping = 20s", "nat = 30s\nloss = 20%", "keepalive = crlf 20s"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            scenario_text(cases[i].registrar, cases[i].network, cases[i].phones);
        SimRunOptions all = {.link = SIM_LINK_DIRECT, .every_keepalive = true};
        g_auto(Simulated) few = simulate(text, SIM_LINK_DIRECT);
        g_auto(Simulated) many = simulate_with(text, &all);
        g_test_message("%s %s %s: %lu events, or %lu", cases[i].registrar, cases[i].network,
                       cases[i].phones, (unsigned long)few.result->events,
                       (unsigned long)many.result->events);
        g_assert_cmpuint(few.result->fingerprint, ==, many.result->fingerprint);
        g_assert_cmpmem(few.result->columns[0].tallies, sizeof(int64_t[SIM_N_TALLIES]),
                        many.result->columns[0].tallies, sizeof(int64_t[SIM_N_TALLIES]));
        g_assert_cmpuint(few.result->n_bins, ==, many.result->n_bins);
        for (size_t b = 0; b < few.result->n_bins; b++)
            g_assert_cmpmem(few.result->bins[b].tallies[0], sizeof(int64_t[SIM_N_TALLIES]),
                            many.result->bins[b].tallies[0], sizeof(int64_t[SIM_N_TALLIES]));
        g_assert_cmpint(few.result->columns[0].tallies[SIM_TALLY_KEEPALIVE], >, 0);
        if (i < 2)
            g_assert_cmpuint(3 * few.result->events, <, many.result->events);
    }
}

static void
test_cost(void)
{
    g_autofree char *text = scenario_text("", "nat = 30s", "keepalive = stun 25s");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    /* 20 bytes there and 32 back, and 28 of headers each. */
    g_assert_cmpfloat_with_epsilon(metric(&run, SIM_METRIC_KEEPALIVE_RATE), 2 * 200 / 25.0, 0.01);
    g_assert_cmpfloat_with_epsilon(metric(&run, SIM_METRIC_KEEPALIVE_BYTE_RATE),
                                   (48 + 60) * 200 / 25.0, 1);
    g_autofree char *pinged = scenario_text("nat-ping = 20s", "nat = 30s", "");
    g_auto(Simulated) second = simulate(pinged, SIM_LINK_DIRECT);
    g_assert_cmpfloat_with_epsilon(metric(&second, SIM_METRIC_KEEPALIVE_RATE), 2 * 200 / 20.0,
                                   0.01);
}

/* Ports of a NAT that many share go to others, and calls with them. */
static void
test_ports_of_others(void)
{
    g_autofree char *text = scenario_text("", "nat = 1min\nnat-share = 200\naddress = fixed",
                                          "refresh = 5min\n[calls]\nrate = 6/h per phone\n");
    g_autofree char *removed =
        scenario_text("", "nat = 1min\nnat-share = 200", "refresh = 5min\nold-contact = removed\n");
    g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
    g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
    g_auto(Simulated) tidy = simulate(removed, SIM_LINK_DIRECT);
    g_assert_cmpuint(run.result->fingerprint, ==, wire.result->fingerprint);
    g_assert_cmpfloat(metric(&run, SIM_METRIC_CALL_UNREACHABLE_SHARE), >, 0.5);
    g_assert_cmpfloat(metric(&run, SIM_METRIC_CONTACTS_PER_AOR), >, 1.9);
    g_assert_cmpfloat_with_epsilon(metric(&tidy, SIM_METRIC_CONTACTS_PER_AOR), 1, 1e-6);
}

/* Keep-alives can be lost, and the line can be down for longer than the NAT waits. */
static void
test_loss(void)
{
    double lost = unreachable("", "nat = 60s\nloss = 30% up, 0% down", "keepalive = crlf 25s");
    g_assert_cmpfloat(lost, >, 0);
    g_assert_cmpfloat(lost, <, 0.2);
    g_assert_cmpfloat(unreachable("", "nat = 60s\nloss = 0% up, 30% down", "keepalive = crlf 25s"),
                      ==, 0);
    double brief = unreachable("", "nat = 60s\noutages = every 1h, for 20s", "keepalive = crlf 5s");
    g_assert_cmpfloat_with_epsilon(brief, 20.0 / 3620, 1e-3);
}

static void
test_endpoints(void)
{
    g_autofree char *text =
        g_strdup_printf("[scenario]\nduration = 1h\n[network a]\npool = 198.18.0.0/24\nnat = 30s\n"
                        "[network b]\npool = 198.19.0.0/30\nnat = 1min\nnat-share = 600\n"
                        "[phones p]\ncount = 10\nnetwork = a\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) s = sim_scenario_parse("t.ini", text, strlen(text), NULL, &error);
    g_assert_no_error(error);
    const SimNetworkSpec *a = &s->networks[0];
    const SimNetworkSpec *b = &s->networks[1];
    g_assert_cmpuint(a->nat_ports, ==, 128);
    g_assert_cmpuint(b->nat_ports, ==, 64512);
    g_assert_cmpuint(a->nat_first, ==, SIM_ENDPOINT_FIRST);
    g_assert_cmpuint(b->nat_first, ==, SIM_ENDPOINT_FIRST + 254 * 128);
    uint32_t address = 0;
    uint16_t port = 5060;
    sim_endpoint_split(s, b->nat_first + 64512 + 64511, &address, &port);
    g_assert_cmphex(address, ==, 0xc6130002);
    g_assert_cmpuint(port, ==, 65535);
    g_assert_cmphex(sim_endpoint_join(s, address, port), ==, b->nat_first + 64512 + 64511);
    g_assert_cmphex(sim_endpoint_join(s, 0x0a000001, 5060), ==, 0x0a000001);
    g_assert_cmphex(sim_identity_parse_address(s, ROLL_TEXT("sip:p.01@198.18.0.3:1030")), ==,
                    SIM_ENDPOINT_FIRST + 2 * 128 + 6);
    g_assert_null(sim_endpoint_network(s, 0x0a000001));
}

typedef struct {
    unsigned packets;
    bool outside;
} Seen;

static void
look_at(void *data, const SimPacket *packet)
{
    Seen *seen = data;
    g_autofree char *text = g_strndup((const char *)packet->data, packet->len);
    if (seen->packets++ == 1) {
        g_test_message("%s", text);
        /* The reply to a request that left 10.0.0.x through a NAT (RFC 3581 section 4). */
        seen->outside = packet->to >> 8 == 0xc61200 && packet->to_port >= 1025 &&
                        strstr(text, ";received=198.18.0.") != NULL && strstr(text, "Via: ") &&
                        strstr(text, " 10.0.0.") != NULL;
    }
}

static void
test_wire(void)
{
    g_autofree char *text = scenario_text("", "nat = 30s", "");
    Seen seen = {0};
    SimRunOptions options = {.link = SIM_LINK_WIRE, .packet = look_at, .packet_data = &seen};
    g_auto(Simulated) run = simulate_with(text, &options);
    g_assert_false(run.result->partial);
    g_assert_cmpuint(seen.packets, >, 0);
    g_assert_true(seen.outside);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nat/port-is-lost-between-refreshes", test_without_keepalive);
    g_test_add_func("/nat/keepalive-keeps-it", test_keepalive);
    g_test_add_func("/nat/late-keepalive", test_late_keepalive);
    g_test_add_func("/nat/keepalives-without-events", test_shortcut);
    g_test_add_func("/nat/cost-of-keepalives", test_cost);
    g_test_add_func("/nat/ports-of-others", test_ports_of_others);
    g_test_add_func("/nat/loss", test_loss);
    g_test_add_func("/nat/endpoints", test_endpoints);
    g_test_add_func("/nat/received-and-rport", test_wire);
    return g_test_run();
}
