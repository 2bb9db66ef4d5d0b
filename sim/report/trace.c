/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records in words. */
#include "sim/report/trace.h"
#include "sim/measure/metrics.h"
#include "sim/scenario/nat.h"

static const char *const SEND_NAMES[] = {
    [SIM_SEND_INITIAL] = "initial", [SIM_SEND_REFRESH] = "refresh",
    [SIM_SEND_MOVE] = "move",       [SIM_SEND_UNREGISTER] = "unregister",
    [SIM_SEND_RETRY] = "retry",     [SIM_SEND_CHALLENGED] = "again, as asked",
};

const char *
sim_trace_send_name(uint32_t kind)
{
    return kind < G_N_ELEMENTS(SEND_NAMES) ? SEND_NAMES[kind] : "unknown";
}

char *
sim_trace_clock(RollTime at)
{
    /* Before time 0 the run only brings the table into equilibrium. */
    RollTime t = ABS(at);
    int64_t s = t / ROLL_SECOND;
    return g_strdup_printf("%s%02" G_GINT64_FORMAT ":%02d:%02d.%06d", at < 0 ? "-" : "", s / 3600,
                           (int)(s / 60 % 60), (int)(s % 60), (int)(t % ROLL_SECOND));
}

char *
sim_trace_address(const SimScenario *scenario, uint32_t address)
{
    uint16_t port = 0;
    sim_endpoint_split(scenario, address, &address, &port);
    g_autofree char *text = g_strdup_printf("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff,
                                            address >> 8 & 0xff, address & 0xff);
    return port == 0 ? g_steal_pointer(&text) : g_strdup_printf("%s:%u", text, port);
}

const char *
sim_trace_call(uint32_t outcome)
{
    switch (SIM_TALLY_CALL_REACHED + outcome) {
    case SIM_TALLY_CALL_REACHED:
        return "reached";
    case SIM_TALLY_CALL_DEAD:
        return "led by a dead record to a phone that is off";
    case SIM_TALLY_CALL_WRONG:
        return "led to an address it has left";
    case SIM_TALLY_CALL_MISDIRECTED:
        return "led to another device";
    case SIM_TALLY_CALL_MISSED:
        return "missed, no record though it is on";
    case SIM_TALLY_CALL_UNREACHABLE:
        return "led to where it is, but no packet gets through";
    default:
        return "rightly refused, off and no record";
    }
}

static char *
detail(const SimScenario *scenario, const SimTrace *trace)
{
    g_autofree char *address = sim_trace_address(scenario, trace->address);
    switch (trace->kind) {
    case SIM_TRACE_SENT:
        if (trace->number > 0)
            return g_strdup_printf("REGISTER (%s, copy %u) for %s",
                                   sim_trace_send_name(trace->code), trace->number, address);
        return g_strdup_printf("REGISTER (%s) for %s", sim_trace_send_name(trace->code), address);
    case SIM_TRACE_ARRIVED:
    case SIM_TRACE_RECEIVED:
        if (trace->number > 0)
            return g_strdup_printf("%u %s, granted %u s", trace->code,
                                   roll_status_reason((int)trace->code), trace->number);
        return g_strdup_printf("%u %s", trace->code, roll_status_reason((int)trace->code));
    case SIM_TRACE_CREATED:
    case SIM_TRACE_REFRESHED:
    case SIM_TRACE_SHORTENED:
    case SIM_TRACE_RESTORED:
    case SIM_TRACE_COPIED:
        if (trace->number == 0)
            return g_strdup_printf("%s for ever", address);
        return g_strdup_printf("%s for %u s", address, trace->number);
    case SIM_TRACE_CALL:
        return g_strdup(sim_trace_call(trace->code));
    case SIM_TRACE_TURNED_AWAY:
        return trace->code == 0
                   ? g_strdup("no answer")
                   : g_strdup_printf("%u %s", trace->code, roll_status_reason((int)trace->code));
    case SIM_TRACE_ON:
    case SIM_TRACE_OFF:
        return g_strdup("");
    default:
        return g_strdup(trace->address != 0 ? address : "none");
    }
}

char *
sim_trace_words(const SimScenario *scenario, const SimTrace *trace)
{
    static const char *const words[] = {
#define X(id, name, words) words,
        SIM_TRACES(X)
#undef X
    };
    g_autofree char *what = detail(scenario, trace);
    return g_strchomp(g_strdup_printf("%s%s%s", words[trace->kind],
                                      trace->kind == SIM_TRACE_CALL ? ": " : " ", what));
}

char *
sim_trace_line(const SimScenario *scenario, const SimTrace *trace, const char *name)
{
    g_autofree char *clock = sim_trace_clock(trace->at);
    g_autofree char *words = sim_trace_words(scenario, trace);
    return g_strdup_printf("%s  %-14s  %s", clock, name, words);
}

const char *
sim_attempts_header(void)
{
    return "began_s,ended_s,phone,kind,granted,delay_s";
}

char *
sim_attempt_line(const SimAttempt *attempt, const char *name)
{
    RollTime delay = attempt->ended - attempt->began;
    char began[G_ASCII_DTOSTR_BUF_SIZE];
    char ended[G_ASCII_DTOSTR_BUF_SIZE];
    char lasted[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(began, sizeof began, "%.6f", (double)attempt->began / ROLL_SECOND);
    g_ascii_formatd(ended, sizeof ended, "%.6f", (double)attempt->ended / ROLL_SECOND);
    g_ascii_formatd(lasted, sizeof lasted, "%.6f", (double)delay / ROLL_SECOND);
    return g_strdup_printf("%s,%s,%s,%s,%s,%s", began, ended, name,
                           sim_trace_send_name(attempt->kind), attempt->granted ? "yes" : "no",
                           lasted);
}
