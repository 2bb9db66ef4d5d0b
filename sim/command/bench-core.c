/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench --suite core`: what an event, a message and a registration cost. */
#include "sim/command/bench.h"
#include "sim/command/command.h"
#include "sim/engine/law.h"
#include "sim/engine/queue.h"
#include "sim/engine/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Phones boot over half an hour and refresh every half hour; every registration is authenticated.
 * `reused` phones answer the last nonce again, `fresh` ones go through a 401 each time. */
static const char SCENARIO[] = "[scenario]\n"
                               "title = bench\n"
                               "duration = %umin\n"
                               "start = all-on\n"
                               "bin = 10min\n"
                               "[registrar]\n"
                               "domain = example.org\n"
                               "auth = digest\n"
                               "nonce-lifetime = 24h\n" SIM_BENCH_PHONES "credentials = %s\n";

double
sim_bench_registration(SimLinkKind link, const char *credentials, unsigned phones, unsigned minutes)
{
    SimRunOptions options = {.link = link};
    return sim_bench_run(&options, credentials, phones, minutes);
}

double
sim_bench_run(const SimRunOptions *options, const char *credentials, unsigned phones,
              unsigned minutes)
{
    g_autofree char *text = g_strdup_printf(SCENARIO, minutes, phones, credentials);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("bench.ini", text, strlen(text), NULL, &error);
    g_autoptr(SimResult) result = scenario != NULL ? sim_run(scenario, options, &error) : NULL;
    if (result == NULL) {
        sim_command_fail(error);
        return NAN;
    }
    return 1e6 * result->cpu_s / (double)result->registrations;
}

static const char REGISTER[] =
    "REGISTER sip:example.org SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK0000000000000001;rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:desk.00001@example.org>;tag=5bd1e995\r\n"
    "To: <sip:desk.00001@example.org>\r\n"
    "Call-ID: 00000000-00000001\r\n"
    "CSeq: 1 REGISTER\r\n"
    "Contact: <sip:desk.00001@10.0.0.1:5060>\r\n"
    "Expires: 3600\r\n"
    "Authorization: Digest username=\"desk.00001\", realm=\"example.org\", "
    "nonce=\"0123456789abcdef0123456789abcdef0123456789abcdef\", uri=\"sip:example.org\", "
    "response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, cnonce=\"0123456789abcdef\", "
    "qop=auth, nc=00000001\r\n"
    "Content-Length: 0\r\n\r\n";

/* us */
static double
read_register(void)
{
    enum { ROUNDS = 100000 };
    g_autoptr(RollMessage) message = roll_message_new();
    RollPacket packet = {.data = (const uint8_t *)REGISTER, .len = sizeof REGISTER - 1};
    RollRequest request;
    double began = sim_run_cpu();
    for (int i = 0; i < ROUNDS; i++)
        if (roll_message_read_request(message, &packet, &request) != 0)
            return NAN;
    return 1e6 * (sim_run_cpu() - began) / ROUNDS;
}

/* The hold model: each event popped puts one back, exponentially later. ns */
static double
hold(unsigned phones)
{
    enum { ROUNDS = 2000000, WAITS = 65536 };
    g_autoptr(SimQueue) queue = sim_queue_new(0, phones / 1800.0);
    SimRandom random = sim_random_new(1, 0);
    SimLaw law = {.kind = SIM_LAW_EXP, .a = 1800};
    g_autofree RollTime *waits = g_new(RollTime, WAITS);
    for (uint32_t i = 0; i < WAITS; i++)
        waits[i] = sim_law_draw(&law, sim_random_uniform(&random, i, SIM_PURPOSE_START, 0, 0));
    for (uint32_t i = 0; i < phones; i++)
        sim_queue_push(queue, (SimEvent){waits[i % WAITS], sim_order(SIM_CLASS_PHONE, i, 0), 0, 0});
    double began = sim_run_cpu();
    SimEvent event;
    for (uint32_t i = 0; i < ROUNDS && sim_queue_pop(queue, ROLL_NEVER, &event); i++) {
        event.due += waits[i * 40503u % WAITS];
        sim_queue_push(queue, event);
    }
    return 1e9 * (sim_run_cpu() - began) / ROUNDS;
}

enum { HOLD, READ, DIRECT, DIRECT_CHALLENGED, WIRE, WIRE_CHALLENGED, N_MEASURED };

bool
sim_bench_core(SimFigures *out, const SimBenchOptions *options)
{
    static const char *const names[N_MEASURED] = {
        "event-hold",          "message-read",
        "direct-registration", "direct-registration-challenged",
        "wire-registration",   "wire-registration-challenged",
    };
    unsigned phones = MIN(options->most, 100000);
    double values[N_MEASURED][SIM_FIGURES_RUNS];
    for (size_t run = 0; run < SIM_FIGURES_RUNS; run++) {
        values[HOLD][run] = hold(phones);
        values[READ][run] = read_register();
        values[DIRECT][run] = sim_bench_registration(SIM_LINK_DIRECT, "reused", phones, 240);
        values[DIRECT_CHALLENGED][run] =
            sim_bench_registration(SIM_LINK_DIRECT, "fresh", phones, 240);
        values[WIRE][run] = sim_bench_registration(SIM_LINK_WIRE, "reused", phones / 4, 120);
        values[WIRE_CHALLENGED][run] =
            sim_bench_registration(SIM_LINK_WIRE, "fresh", phones / 4, 120);
        for (size_t i = 0; i < N_MEASURED; i++)
            if (isnan(values[i][run]))
                return false;
    }
    for (size_t i = 0; i < N_MEASURED; i++)
        sim_figures_add(out, sim_figures_median(values[i], SIM_FIGURES_RUNS),
                        i == HOLD ? "ns" : "us", "%s", names[i]);
    /* A request of an authenticated phone, read, checked and answered; the phone's half of the work
     * is in it too, so a server of one core is a little faster than this. */
    sim_figures_add(out, MAX(values[WIRE][SIM_FIGURES_RUNS / 2], 1) / 1000, "ms", "service");
    return true;
}
