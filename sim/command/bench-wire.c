/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `rollcall bench --suite wire`: a whole authenticated registration on the wire link, from the
 * phone's timer to the phone's next one: request written, read, judged, its digest checked, the
 * reply written and read. Beside it what libosip2 alone needs to parse the very same two messages
 * (tests/bench/osip-alone.c), measured in turn. */
#include "sim/command/bench.h"
#include "sim/command/command.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PHONES = 20000, MINUTES = 120 };

/* The last request and the reply to it, ended by NUL. */
typedef struct {
    GString *request;
    GString *reply;
} Messages;

static void
on_packet(void *data, const SimPacket *packet)
{
    Messages *self = data;
    GString *text =
        strncmp((const char *)packet->data, "SIP/", 4) == 0 ? self->reply : self->request;
    g_string_truncate(text, 0);
    g_string_append_len(text, (const char *)packet->data, (gssize)packet->len);
}

/* Of a phone that answers the last nonce again. Returns: NULL after an error */
static GBytes *
collect(void)
{
    Messages messages = {g_string_new(NULL), g_string_new(NULL)};
    SimRunOptions options = {.link = SIM_LINK_WIRE, .packet = on_packet, .packet_data = &messages};
    bool good = !isnan(sim_bench_run(&options, "reused", 1, MINUTES));
    g_string_append_len(messages.request, "", 1);
    g_string_append_len(messages.request, messages.reply->str, (gssize)messages.reply->len + 1);
    g_string_free(messages.reply, TRUE);
    GBytes *both = g_string_free_to_bytes(messages.request);
    if (!good)
        g_clear_pointer(&both, g_bytes_unref);
    return both;
}

/* us for a request and a reply. Returns: false without its program */
static bool
run_osip(const char *program, GBytes *messages, double costs[2])
{
    g_autoptr(GSubprocess) process = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, program, NULL);
    g_autoptr(GBytes) out = NULL;
    if (process == NULL || !g_subprocess_communicate(process, messages, NULL, &out, NULL, NULL))
        return false;
    g_autofree char *text = g_strndup(g_bytes_get_data(out, NULL), g_bytes_get_size(out));
    return sscanf(text, "%lf %lf", &costs[0], &costs[1]) == 2;
}

static void
report(SimFigures *out, double *request, double *reply, double *reused, bool beside)
{
    double cost = sim_figures_median(reused, SIM_FIGURES_RUNS);
    sim_figures_add(out, cost, "us", "wire-registration");
    if (!beside)
        return;
    double parse_request = sim_figures_median(request, SIM_FIGURES_RUNS);
    double parse_reply = sim_figures_median(reply, SIM_FIGURES_RUNS);
    sim_figures_add(out, parse_request, "us", "osip-parse-request");
    sim_figures_add(out, parse_reply, "us", "osip-parse-reply");
    sim_figures_add(out, cost / (parse_request + parse_reply), "x", "wire-ratio");
}

bool
sim_bench_wire(SimFigures *out, const SimBenchOptions *options)
{
    double request[SIM_FIGURES_RUNS], reply[SIM_FIGURES_RUNS];
    double reused[SIM_FIGURES_RUNS], fresh[SIM_FIGURES_RUNS];
    unsigned phones = MIN(options->most, PHONES);
    g_autofree char *program = sim_bench_program(options, "osip-alone");
    g_autoptr(GBytes) messages = collect();
    bool beside = program != NULL && messages != NULL;
    for (size_t i = 0; i < SIM_FIGURES_RUNS; i++) {
        double alone[2];
        beside = beside && run_osip(program, messages, alone);
        request[i] = beside ? alone[0] : NAN;
        reply[i] = beside ? alone[1] : NAN;
        reused[i] = sim_bench_registration(SIM_LINK_WIRE, "reused", phones, MINUTES);
        fresh[i] = sim_bench_registration(SIM_LINK_WIRE, "fresh", phones, MINUTES);
        if (isnan(reused[i]) || isnan(fresh[i]))
            return false;
    }
    report(out, request, reply, reused, beside);
    sim_figures_add(out, sim_figures_median(fresh, SIM_FIGURES_RUNS), "us",
                    "wire-registration-challenged");
    return true;
}
