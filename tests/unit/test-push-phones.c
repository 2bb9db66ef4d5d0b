/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phones that sleep and are woken by push (RFC 8599): when a push is sent, what becomes of a phone
 * that it does not reach, and that a call finds the phone wherever it is. */
#include "sim/experiment/outcome.h"
#include "tests/simulate.h"

#define MOST 64

/* When REGISTERs of a phone were sent, and of what kind; when its record expired; when there were
 * calls. */
typedef struct {
    uint32_t phone;
    RollTime sent[MOST];
    uint32_t kinds[MOST];
    unsigned n;
    RollTime expired;
    RollTime calls[MOST];
    unsigned n_calls;
} Log;

static void
log_trace(void *data, const SimTrace *trace, const char *name)
{
    Log *log = data;
    (void)name;
    if (trace->kind == SIM_TRACE_CALL && log->n_calls < MOST)
        log->calls[log->n_calls++] = trace->at;
    if (trace->phone != log->phone)
        return;
    if (trace->kind == SIM_TRACE_SENT && log->n < MOST) {
        log->sent[log->n] = trace->at;
        log->kinds[log->n++] = trace->code;
    }
    if (trace->kind == SIM_TRACE_EXPIRED)
        log->expired = trace->at;
}

#define ONE(phones, rest)                                                                          \
    "[scenario]\nduration = 6h\nstart = all-on\n[registrar]\nauth = none\n"                        \
    "[network net]\npool = 198.18.0.0/20\ndelay = 0s\n" rest                                       \
    "[phones p]\nnetwork = net\nboot = 10s\nretry = none\n" phones

static Simulated
run_logged(const char *text, Log *log)
{
    SimRunOptions options = {.link = SIM_LINK_DIRECT, .trace = log_trace, .trace_data = log};
    *log = (Log){.phone = log->phone};
    return simulate_with(text, &options);
}

static int64_t
tally(const Simulated *run, SimTally which)
{
    return run->result->columns[0].tallies[which];
}

static const struct {
    const char *description;
    const char *keys;
    RollTime every; /* s */
} refreshes[] = {
    {"120 s before the end, and 4 s on the way", "expires = 1h\npush = 4s\n", 3600 - 120 + 4},
    {"half of a grant that is less than 240 s", "expires = 100s\npush = 3s\n", 50 + 3},
    {"just at the boundary", "expires = 240s\npush = 0s\n", 120},
    {"so late that the record has lapsed", "expires = 10min\npush = 150s\n", 600 - 120 + 150},
};

static void
test_refresh(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refreshes); i++) {
        Log log = {0};
        g_autofree char *text = g_strconcat(ONE("count = 1\n", ""), refreshes[i].keys, NULL);
        g_test_message("%s", refreshes[i].description);
        g_auto(Simulated) run = run_logged(text, &log);
        RollTime every = refreshes[i].every * ROLL_SECOND;
        g_assert_cmpuint(log.n, >, 5);
        for (unsigned k = 1; k < log.n; k++) {
            g_assert_cmpint(log.sent[k] - log.sent[k - 1], ==, every);
            g_assert_cmpuint(log.kinds[k], ==, SIM_SEND_REFRESH);
        }
        int64_t refreshed = (run.scenario->duration - 10 * ROLL_SECOND) / every;
        g_assert_cmpint(tally(&run, SIM_TALLY_REFRESH), ==, refreshed);
        g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), >=, refreshed);
        g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), <=, refreshed + 1);
    }
}

/* One push, and when it was lost none ever again: the record is gone, for calls, too. */
static void
test_lost(void)
{
    Log log = {0};
    g_auto(Simulated) run = run_logged(
        ONE("count = 1\nexpires = 1h\npush = 1s, lost 100%\n", "[calls]\nrate = 60/h per phone\n"),
        &log);
    g_assert_cmpuint(log.n, ==, 1);
    g_assert_cmpint(log.expired, ==, 3610 * ROLL_SECOND);
    /* and one for each call while there was a record */
    g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), ==, 1 + tally(&run, SIM_TALLY_CALL_UNREACHABLE));
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==,
                    run.scenario->duration - 3600 * ROLL_SECOND);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_MISSED), >, 100);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_REACHED), ==, 0);
}

/* A share lost: the records of as many phones end as pushes were lost; each has a push a time. */
static void
test_share(void)
{
    g_auto(Simulated) run =
        simulate(ONE("count = 2000\nexpires = 3h\npush = 1s, lost 25%\n", ""), SIM_LINK_DIRECT);
    /* Pushes come at 10 s + 2 h 58 min, to 2000; and then to those that are left, at 5 h 56 min. */
    int64_t pushes = tally(&run, SIM_TALLY_PUSH);
    int64_t refreshes_sent = tally(&run, SIM_TALLY_REFRESH);
    g_assert_cmpint(pushes, >, 2000 + 1500 - 80);
    g_assert_cmpint(pushes, <, 2000 + 1500 + 80);
    g_assert_cmpint(refreshes_sent, >, pushes * 3 / 4 - 110);
    g_assert_cmpint(refreshes_sent, <, pushes * 3 / 4 + 110);
}

/* The registrar pushes as long as there is a record, whether or not there is a phone. */
static void
test_off(void)
{
    Log log = {0};
    g_auto(Simulated) run =
        run_logged("[scenario]\nduration = 6h\nstart = all-on\n[registrar]\nauth = none\n"
                   "[network net]\npool = 198.18.0.0/20\ndelay = 0s\n"
                   "[phones p]\nnetwork = net\ncount = 1\nexpires = 1h\nboot = 10s\npush = 1s\n"
                   "[event cut]\nat = 30min\ncut = power of net\nback = 100h\n"
                   "[calls]\nrate = 120/h per phone\n",
                   &log);
    int64_t dead = tally(&run, SIM_TALLY_CALL_DEAD);
    g_assert_cmpint(tally(&run, SIM_TALLY_REFRESH), >, 0); /* those for calls before */
    g_assert_cmpint(log.expired, >, 90 * ROLL_MINUTE - ROLL_MINUTE * 5);
    g_assert_cmpint(dead, >, 20);
    /* one for each call that found a record, and one to refresh it, to nobody */
    g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), ==,
                    tally(&run, SIM_TALLY_CALL_REACHED) + dead + 1);
}

/* A record that its phone has removed causes no push. */
static void
test_gone(void)
{
    g_auto(Simulated) run = simulate(ONE("count = 5\nexpires = 1h\npush = 1s\n"
                                         "leaves = unregisters\npower = on 30min, off 10h\n",
                                         ""),
                                     SIM_LINK_DIRECT);
    g_assert_cmpint(tally(&run, SIM_TALLY_UNREGISTER), ==, 5);
    g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), ==, 0);
}

/* A call has its phone register, which puts the push for its next refresh off. */
static void
test_put_off(void)
{
    Log log = {0};
    RollTime most = (3600 - 120 + 1) * ROLL_SECOND;
    int64_t whole = 0;
    g_auto(Simulated) run = run_logged(
        ONE("count = 1\nexpires = 1h\npush = 1s\n", "[calls]\nrate = 1/h per phone\n"), &log);
    for (unsigned k = 1; k < log.n; k++) {
        g_assert_cmpint(log.sent[k] - log.sent[k - 1], <=, most);
        whole += log.sent[k] - log.sent[k - 1] == most;
    }
    g_assert_cmpint(whole, >, 0);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_REACHED), >, 1);
    g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), ==, tally(&run, SIM_TALLY_CALL_REACHED) + whole);
}

/* A call comes to the app when the desk phone has been silent for 32 s, and is then pushed. */
static void
test_in_turn(void)
{
    Log log = {.phone = 1};
    g_auto(Simulated) run =
        run_logged("[scenario]\nduration = 1h\nstart = all-on\n[registrar]\nauth = none\n"
                   "[network net]\npool = 198.18.0.0/24\ndelay = 0s\n"
                   "[network away]\npool = 198.19.0.0/24\ndelay = 0s\n"
                   "[phones desk]\nnetwork = net\ncount = 1\nexpires = 100h\nboot = 0s\nq = 1\n"
                   "[phones app]\nnetwork = away\ncount = 1\naor-of = desk\nexpires = 100h\n"
                   "boot = 0s\nq = 0.5\npush = 1s\n[event cut]\nat = 1s\ncut = power of net\n"
                   "back = 100h\n[calls]\nrate = 12/h per phone\nfork = by q\n",
                   &log);
    g_assert_cmpuint(log.n, >, 5);
    g_assert_cmpuint(log.n, ==, log.n_calls + 1);
    for (unsigned k = 1; k < log.n; k++)
        g_assert_cmpint(log.sent[k], ==, log.calls[k - 1] + 33 * ROLL_SECOND);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_REACHED), ==, log.n_calls);
    g_assert_cmpint(tally(&run, SIM_TALLY_CALL_RING_TIME), ==, log.n_calls * 33 * ROLL_SECOND);
}

/* A clock that is set forward brings the end of the record nearer, and the push. */
static void
test_clock(void)
{
    Log log = {0};
    g_auto(Simulated) run = run_logged(
        ONE("count = 1\nexpires = 1h\npush = 1s\n", "[event clock]\nat = 20min\nclock = +30min\n"),
        &log);
    g_assert_cmpint(log.sent[1], ==, 10 * ROLL_SECOND + 28 * ROLL_MINUTE + ROLL_SECOND);
    g_assert_cmpint(tally(&run, SIM_TALLY_MISSING), ==, 10 * ROLL_SECOND);
}

/* The address is another each quarter of an hour, the port is lost after half a minute; a call is
 * put through after the push, wherever the phone is, and shows the registrar where that is. */
static void
test_call(void)
{
    static const char *const networks[] = {"address = changes exp(15min)\n", "nat = 30s\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(networks); i++) {
        g_autofree char *base =
            g_strconcat("[scenario]\nduration = 2d\nwarmup = 3h\n[registrar]\nauth = none\n"
                        "[network net]\npool = 198.18.0.0/20\ndelay = 10ms\n",
                        networks[i], "[phones p]\nnetwork = net\ncount = 20\nexpires = 2h\n", NULL);
        g_autofree char *with =
            g_strconcat(base, "push = 3s\n[calls]\nrate = 2/h per phone\n", NULL);
        g_autofree char *without = g_strconcat(base, "[calls]\nrate = 2/h per phone\n", NULL);
        g_auto(Simulated) pushed = simulate(with, SIM_LINK_DIRECT);
        g_auto(Simulated) plain = simulate(without, SIM_LINK_DIRECT);
        const SimColumns *all = &pushed.result->columns[0];
        g_assert_cmpfloat(all->metrics[SIM_METRIC_REACHABILITY].value, <, 0.6);
        g_assert_cmpfloat(all->metrics[SIM_METRIC_CALL_SUCCESS].value, ==, 1);
        g_assert_cmpfloat(plain.result->columns[0].metrics[SIM_METRIC_CALL_SUCCESS].value, <, 0.8);
        /* 3 s, and 10 ms there and back */
        g_assert_cmpfloat_with_epsilon(all->metrics[SIM_METRIC_POST_DIAL_DELAY].value, 3.02, 1e-9);
        g_assert_cmpint(tally(&pushed, SIM_TALLY_PUSH), >=, tally(&pushed, SIM_TALLY_CALL_REACHED));
        g_assert_cmpint(tally(&pushed, SIM_TALLY_MOVE), >, 500);
    }
}

/* A push for a call that is lost, or comes when the caller has given up. */
static void
test_call_in_vain(void)
{
    static const char *const pushes[] = {"push = 1s, lost 100%\n", "push = 32s\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(pushes); i++) {
        g_autofree char *text =
            g_strconcat("[scenario]\nduration = 1h\nstart = all-on\n[registrar]\nauth = none\n"
                        "[network net]\npool = 198.18.0.0/20\ndelay = 0s\n[calls]\n"
                        "rate = 12/h per phone\n[phones p]\nnetwork = net\ncount = 10\n"
                        "boot = 0s\nexpires = 2h\n",
                        pushes[i], NULL);
        g_auto(Simulated) run = simulate(text, SIM_LINK_DIRECT);
        int64_t calls = tally(&run, SIM_TALLY_CALL_UNREACHABLE);
        g_assert_cmpint(calls, >, 60);
        g_assert_cmpint(tally(&run, SIM_TALLY_CALL_REACHED), ==, 0);
        g_assert_cmpint(tally(&run, SIM_TALLY_CALL_DEAD_BRANCHES), ==, calls);
        g_assert_cmpint(tally(&run, SIM_TALLY_PUSH), ==, calls);
    }
}

#define BUSY                                                                                       \
    "[scenario]\nduration = 3d\n"                                                                  \
    "[network home]\npool = 10.1.0.0/20\naddress = changes exp(8h)\ndelay = uniform(5ms, 40ms)\n"  \
    "loss = 2%\noutages = every exp(6h), for exp(5min)\n"                                          \
    "[network lte]\npool = 10.2.0.0/20\naddress = keeps while on\nnat = 2min\nnat-share = 50\n"    \
    "[phones desk]\ncount = 60\nnetwork = home\nq = 0.5\n"                                         \
    "[phones app]\ncount = 50\naor-of = desk\nplaces = home for exp(3h) 50%, lte for exp(4h) "     \
    "50%\n"                                                                                        \
    "q = 0.8\nexpires = 20min\npower = on exp(9h), off exp(2h)\nleaves = unregisters 50%\n"        \
    "push = uniform(1s, 8s), lost 3%\n"                                                            \
    "[phones own]\ncount = 40\nnetwork = lte\noutbound = yes\nold-contact = removed\n"             \
    "notices = 60% after exp(20s)\npower = on exp(6h), off exp(3h)\npush = exp(20s), lost 1%\n"    \
    "[calls]\nrate = 2/h per phone\nfork = by q\nfailed-records = removed\n"

#define FAULTS                                                                                     \
    "[event crash]\nat = 20h\ncrash = registrar\ntable = kept\nback = 5min\n"                      \
    "[event clock]\nat = 40h\nclock = +10min\n"

static void
test_links(void)
{
    static const char *const others[] = {
        "", "[registrar]\npreset = kamailio\n", "[registrar]\nreplica-lag = exp(2s)\n",
        "[registrar]\nmax-bindings = 2\nwhen-full = replace\n", FAULTS};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *text = g_strconcat(BUSY, others[i], NULL);
        g_auto(Simulated) wire = simulate(text, SIM_LINK_WIRE);
        g_auto(Simulated) direct = simulate(text, SIM_LINK_DIRECT);
        g_assert_cmphex(wire.result->fingerprint, ==, direct.result->fingerprint);
        g_assert_cmpint(tally(&wire, SIM_TALLY_PUSH), ==, tally(&direct, SIM_TALLY_PUSH));
        g_assert_cmpint(tally(&wire, SIM_TALLY_PUSH), >, 1000);
        g_assert_cmpint(tally(&wire, SIM_TALLY_REFRESH), >, 1000);
    }
}

/* What is written on the wire. */
static void
keep_packet(void *data, const SimPacket *packet)
{
    GString *text = data;
    if (packet->to_port == 5060 && text->len == 0)
        g_string_append_len(text, (const char *)packet->data, (gssize)packet->len);
}

static void
test_contact(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SimRunOptions options = {.packet = keep_packet, .packet_data = text};
    g_auto(Simulated) run = simulate_with(ONE("count = 1\nport = 5070\npush = 1s\n", ""), &options);
    g_assert_false(run.result->partial);
    g_assert_nonnull(strstr(text->str, ":5070;pn-provider=fcm;pn-param=rollcall;"
                                       "pn-prid=0000000000>"));
    const char *via = strstr(text->str, "Via: ");
    g_assert_nonnull(via);
    g_autofree char *line = g_strndup(via, strcspn(via, "\r"));
    g_assert_null(strstr(line, "pn-"));
    g_assert_nonnull(strstr(line, ":5070;"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/push/refresh", test_refresh);
    g_test_add_func("/push/lost", test_lost);
    g_test_add_func("/push/share", test_share);
    g_test_add_func("/push/off", test_off);
    g_test_add_func("/push/gone", test_gone);
    g_test_add_func("/push/put-off", test_put_off);
    g_test_add_func("/push/in-turn", test_in_turn);
    g_test_add_func("/push/clock", test_clock);
    g_test_add_func("/push/call", test_call);
    g_test_add_func("/push/call-in-vain", test_call_in_vain);
    g_test_add_func("/push/links", test_links);
    g_test_add_func("/push/contact", test_contact);
    return g_test_run();
}
