/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench`: what things cost on this machine, as `name value unit` lines. */
#include "sim/command/command.h"
#include "sim/command/memory.h"
#include "sim/engine/queue.h"
#include "sim/experiment/run.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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
                               "nonce-lifetime = 24h\n"
                               "[network lan]\n"
                               "pool = 10.0.0.0/8\n"
                               "delay = 20ms\n"
                               "[phones desk]\n"
                               "count = %u\n"
                               "network = lan\n"
                               "expires = 1h\n"
                               "refresh = 30min\n"
                               "boot = uniform(0s, 30min)\n"
                               "credentials = %s\n";

static double
cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* @cost: (out): us for a registration */
static bool
bench_registration(const char *name, SimLinkKind link, const char *credentials, unsigned phones,
                   unsigned minutes, double *cost)
{
    g_autofree char *text = g_strdup_printf(SCENARIO, minutes, phones, credentials);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimScenario) scenario =
        sim_scenario_parse("bench.ini", text, strlen(text), NULL, &error);
    if (scenario == NULL) {
        sim_command_fail(error);
        return false;
    }
    SimRunOptions options = {.link = link};
    g_autoptr(SimResult) result = sim_run(scenario, &options, &error);
    if (result == NULL) {
        sim_command_fail(error);
        return false;
    }
    *cost = 1e6 * result->cpu_s / (double)result->registrations;
    printf("%s %.3f us\n", name, *cost);
    fflush(stdout);
    return true;
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

static void
bench_parse(void)
{
    enum { ROUNDS = 200000 };
    g_autoptr(RollMessage) message = roll_message_new();
    RollPacket packet = {.data = (const uint8_t *)REGISTER, .len = sizeof REGISTER - 1};
    RollRequest request;
    unsigned good = 0;
    double began = cpu_now();
    for (int i = 0; i < ROUNDS; i++)
        good += roll_message_read_request(message, &packet, &request) == 0;
    double cpu = cpu_now() - began;
    g_return_if_fail(good == ROUNDS);
    printf("osip-parse %.3f us\n", 1e6 * cpu / ROUNDS);
}

/* The hold model: each event popped puts one back, exponentially later. */
static void
bench_hold(unsigned phones)
{
    enum { ROUNDS = 5000000 };
    g_autoptr(SimQueue) queue = sim_queue_new(0, phones / 1800.0);
    SimRandom random = sim_random_new(1, 0);
    SimLaw law = {.kind = SIM_LAW_EXP, .a = 1800};
    g_autofree RollTime *waits = g_new(RollTime, 65536);
    for (uint32_t i = 0; i < 65536; i++)
        waits[i] = sim_law_draw(&law, sim_random_uniform(&random, i, SIM_PURPOSE_START, 0, 0));
    for (uint32_t i = 0; i < phones; i++)
        sim_queue_push(queue, (SimEvent){waits[i % 65536], sim_order(SIM_CLASS_PHONE, i, 0), 0, 0});
    double began = cpu_now();
    SimEvent event;
    for (uint32_t i = 0; i < ROUNDS && sim_queue_pop(queue, ROLL_NEVER, &event); i++) {
        event.due += waits[i * 40503u % 65536];
        sim_queue_push(queue, event);
    }
    printf("event-hold %.1f ns\n", 1e9 * (cpu_now() - began) / ROUNDS);
}

static const char HELP[] =
    "Prints `name value unit` lines, CPU time of one core:\n"
    "  event-hold                     pop an event and push another\n"
    "  osip-parse                     read a REGISTER with credentials\n"
    "  direct-registration, wire-registration\n"
    "                                 a registration granted, nonce used again\n"
    "  direct-registration-challenged, wire-registration-challenged\n"
    "                                 the same with a 401 round each time\n"
    "and at the end a line for the [station] of a scenario: a registrar such as ours on one core\n"
    "of this machine, which takes the time of wire-registration for a request.\n\n"
    "With --memory it prints and draws instead how many bytes a phone takes, from 1,000 to\n"
    "300,000 phones.\n\n"
    "Examples:\n  rollcall bench --phones 100000\n  rollcall bench --memory results/bench\n";

int
sim_command_bench(int argc, char **argv)
{
    int phones = 100000;
    g_autofree char *memory = NULL;
    const GOptionEntry entries[] = {
        {"phones", 'n', 0, G_OPTION_ARG_INT, &phones, "How many (default: 100000)", "N"},
        {"memory", 0, 0, G_OPTION_ARG_FILENAME, &memory,
         "Measure memory; a table and a plot go to this folder", "DIR"},
        G_OPTION_ENTRY_NULL,
    };
    if (!sim_command_parse(&argc, &argv, entries, "", HELP))
        return SIM_EXIT_BAD;
    if (phones < 1 || phones > 5000000) {
        fprintf(stderr, "rollcall: --phones %d: from 1 to 5000000\n", phones);
        return SIM_EXIT_BAD;
    }
    if (memory != NULL)
        return sim_bench_memory(memory);
    unsigned n = (unsigned)phones;
    bench_hold(n);
    bench_parse();
    double unused, wire;
    bool done =
        bench_registration("direct-registration", SIM_LINK_DIRECT, "reused", n, 480, &unused) &&
        bench_registration("direct-registration-challenged", SIM_LINK_DIRECT, "fresh", n, 480,
                           &unused) &&
        bench_registration("wire-registration", SIM_LINK_WIRE, "reused", n, 120, &wire) &&
        bench_registration("wire-registration-challenged", SIM_LINK_WIRE, "fresh", n, 120, &unused);
    /* A request of an authenticated phone, read, checked and answered; the phone's half of the work
     * is in it too, so a server of one core is a little faster than this. */
    if (done)
        printf("service = %.3fms\n", MAX(wire, 1) / 1000);
    return done ? SIM_EXIT_MET : SIM_EXIT_BAD;
}
