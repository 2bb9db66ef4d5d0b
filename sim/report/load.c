/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/load.h"

#include "sim/report/text.h"
#include <inttypes.h>
#include <math.h>

static const struct {
    const char *title;
    const char *key;
    double p;
} QUANTILES[] = {
    {"50 %", "p50_ms", 0.5},      {"90 %", "p90_ms", 0.9}, {"99 %", "p99_ms", 0.99},
    {"99.9 %", "p999_ms", 0.999}, {"max", "max_ms", 1},
};

/* The name of the time from the first request to the last answer. */
static const char *
reply_name(SimLoadKind kind)
{
    return kind == SIM_LOAD_LOOKUP || kind == SIM_LOAD_UNAUTHENTICATED ? "reply" : "RRD";
}

/* Attempts a second: those that left, from the first to the last; in a closed loop those that
 * ended, for there it is the answers that set the pace. */
static double
achieved(const SimLoadReport *self)
{
    const SimLoadTally *tally = self->result->tally;
    bool closed = self->phase->window > 0;
    double span = (double)(closed ? tally->end : tally->last_start) / 1e6;
    uint64_t n = closed ? tally->total.effective + tally->total.failed : tally->total.started - 1;
    return span > 0 ? (double)n / span : NAN;
}

char *
sim_load_report_doubt(const SimLoadReport *self)
{
    const SimDriveResult *result = self->result;
    RollTime lag = sim_delays_quantile(&result->tally->lag, 0.99);
    if (self->phase->window == 0 && lag > self->max_lag)
        return g_strdup_printf("1 %% of the attempts left %.1f ms late or later, for the "
                               "generator could not keep up",
                               (double)lag / 1000);
    if (result->lost > 0)
        return g_strdup_printf("%" PRIu64 " requests were lost before they left, or connections "
                               "broke",
                               result->lost);
    return NULL;
}

static void
append_ms(GString *out, double us)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "-";
    if (!isnan(us))
        g_ascii_formatd(text, sizeof text, us < 1e5 ? "%.3f" : "%.0f", us / 1000);
    g_string_append_printf(out, "  %9s", text);
}

static void
append_delays(GString *out, const char *what, const char *which, const SimDelays *delays)
{
    g_string_append_printf(out, "%-16s%-8s", what, which);
    append_ms(out, sim_delays_mean(delays));
    for (size_t i = 0; i < G_N_ELEMENTS(QUANTILES); i++)
        append_ms(out, delays->n > 0 ? (double)sim_delays_quantile(delays, QUANTILES[i].p) : NAN);
    g_string_append_c(out, '\n');
}

static void
append_number(GString *out, const char *format, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "-";
    if (isfinite(value))
        g_ascii_formatd(text, sizeof text, format, value);
    g_string_append(out, text);
}

static void
append_count(GString *out, const char *before, uint64_t count, const char *after)
{
    g_string_append(out, before);
    sim_text_count(out, count);
    g_string_append(out, after);
}

static void
append_attempts(GString *out, const SimLoadReport *self)
{
    const SimLoadTally *tally = self->result->tally;
    append_count(out, "attempts        ", tally->total.started, ": ");
    append_count(out, "", tally->total.effective, " effective, ");
    append_count(out, "", tally->total.failed, " failed, of them ");
    append_count(out, "", tally->total.timed_out, " without an answer");
    if (self->result->unfinished > 0)
        append_count(out, ", ", self->result->unfinished, " under way at the end");
    g_string_append(out, "\nrate            ");
    append_number(out, "%.1f", achieved(self));
    if (self->phase->window > 0) {
        append_count(out, " /s, as fast as answers came, ", self->phase->window, " at a time\n");
        return;
    }
    g_string_append(out, " /s left, of ");
    append_number(out, "%.6g", self->phase->rate);
    g_string_append(out, self->phase->poisson ? " /s (Poisson)\n" : " /s\n");
}

static void
append_times(GString *out, const SimLoadReport *self)
{
    const SimLoadTally *tally = self->result->tally;
    g_string_append_printf(out, "\n%-24s  %9s", "ms", "mean");
    for (size_t i = 0; i < G_N_ELEMENTS(QUANTILES); i++)
        g_string_append_printf(out, "  %9s", QUANTILES[i].title);
    g_string_append_c(out, '\n');
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++) {
        const SimLoadCounts *counts = &tally->kinds[kind];
        if (counts->started == 0)
            continue;
        append_delays(out, sim_load_kind_name(kind), reply_name(kind), &counts->reply);
        append_delays(out, "", "delay", &counts->delay);
    }
    append_delays(out, "generator", "lag", &tally->lag);
    g_string_append(out,
                    "RRD: from the first REGISTER to the 200 (RFC 6076 section 4.1); delay: from "
                    "when that was due\n\n");
}

static void
append_messages(GString *out, const SimLoadTally *tally)
{
    g_string_append(out, "IRA             ");
    append_number(out, "%.4f", sim_load_tally_ineffective(tally));
    g_string_append(out, " % (RFC 6076 section 4.2)\nstatus         ");
    for (int status = 100; status < 700; status++)
        if (tally->statuses[status] > 0) {
            g_string_append_printf(out, " %d: ", status);
            sim_text_count(out, tally->statuses[status]);
        }
    append_count(out, "\nrequests        ", tally->requests, ", of them ");
    append_count(out, "", tally->retransmissions, " retransmissions");
    if (tally->acks > 0)
        append_count(out, " and ", tally->acks, " ACK");
    append_count(out, "\nreplies         ", tally->replies, ", and ");
    append_count(out, "", tally->late, " late ones");
    if (tally->foreign > 0)
        append_count(out, "; ", tally->foreign, " messages were none of these");
    g_string_append_c(out, '\n');
    if (tally->waited > 0)
        append_count(out, "waited          ", tally->waited,
                     " attempts were due while every user was busy\n");
}

static double
per_request(const SimLoadReport *self, RollTime time)
{
    uint64_t requests = self->result->tally->requests;
    return requests > 0 ? (double)time / (double)requests : NAN;
}

void
sim_load_report_text(const SimLoadReport *self, GString *out)
{
    const SimDriveResult *result = self->result;
    g_autofree char *doubt = sim_load_report_doubt(self);
    append_count(out, "", self->plan->users, " users to ");
    g_string_append_printf(out, "%s%s\n", self->to, self->partial ? " (stopped: partial)" : "");
    append_attempts(out, self);
    append_times(out, self);
    append_messages(out, result->tally);
    g_string_append(out, "own processor   ");
    append_number(out, "%.2f", per_request(self, result->user + result->system));
    g_string_append(out, " us a request (user ");
    append_number(out, "%.2f", per_request(self, result->user));
    g_string_append(out, ", system ");
    append_number(out, "%.2f", per_request(self, result->system));
    g_string_append(out, "), ");
    append_number(out, "%.0f",
                  100.0 * (double)(result->user + result->system) / (double)result->took);
    g_string_append(out, " % of a core\n");
    if (doubt)
        g_string_append_printf(out, "UNTRUSTWORTHY   %s\n", doubt);
}

static void
json_number(GString *out, const char *key, double value, const char *after)
{
    g_string_append_printf(out, "\"%s\": ", key);
    if (isfinite(value))
        sim_text_number(out, value);
    else
        g_string_append(out, "null");
    g_string_append(out, after);
}

static void
json_delays(GString *out, const char *key, const SimDelays *delays)
{
    g_string_append_printf(out, "\"%s\": {\"count\": %" PRIu64 ", ", key, delays->n);
    json_number(out, "mean_ms", sim_delays_mean(delays) / 1000, "");
    for (size_t i = 0; i < G_N_ELEMENTS(QUANTILES); i++) {
        double value = (double)sim_delays_quantile(delays, QUANTILES[i].p) / 1000;
        g_string_append(out, ", ");
        json_number(out, QUANTILES[i].key, delays->n > 0 ? value : NAN, "");
    }
    g_string_append_c(out, '}');
}

static void
json_counts(GString *out, const SimLoadCounts *counts)
{
    g_string_append_printf(out,
                           "{\"started\": %" PRIu64 ", \"effective\": %" PRIu64
                           ", \"failed\": %" PRIu64 ", \"timed_out\": %" PRIu64 ",\n    ",
                           counts->started, counts->effective, counts->failed, counts->timed_out);
    json_delays(out, "rrd", &counts->reply);
    g_string_append(out, ",\n    ");
    json_delays(out, "delay", &counts->delay);
    g_string_append_c(out, '}');
}

static void
json_kinds(GString *out, const SimLoadTally *tally)
{
    const char *comma = "";
    g_string_append(out, "  \"total\": ");
    json_counts(out, &tally->total);
    g_string_append(out, ",\n  \"kinds\": {");
    for (int kind = 0; kind < SIM_LOAD_KINDS; kind++) {
        if (tally->kinds[kind].started == 0)
            continue;
        g_string_append_printf(out, "%s\n   \"%s\": ", comma, sim_load_kind_name(kind));
        json_counts(out, &tally->kinds[kind]);
        comma = ",";
    }
    g_string_append(out, "\n  },\n  \"statuses\": {");
    comma = "";
    for (int status = 100; status < 700; status++)
        if (tally->statuses[status] > 0) {
            g_string_append_printf(out, "%s\"%d\": %" PRIu64, comma, status,
                                   tally->statuses[status]);
            comma = ", ";
        }
    g_string_append(out, "},\n");
}

void
sim_load_report_json(const SimLoadReport *self, GString *out)
{
    const SimDriveResult *result = self->result;
    const SimLoadTally *tally = result->tally;
    g_autofree char *doubt = sim_load_report_doubt(self);
    g_string_append(out, "{\n  \"to\": ");
    sim_text_json(out, self->to);
    g_string_append_printf(out, ",\n  \"users\": %u,\n  \"partial\": %s,\n  \"trustworthy\": %s,\n",
                           self->plan->users, self->partial ? "true" : "false",
                           doubt ? "false" : "true");
    g_string_append(out, "  ");
    json_number(out, "rate_per_s", self->phase->window ? NAN : self->phase->rate, ", ");
    json_number(out, "achieved_per_s", achieved(self), ",\n");
    json_kinds(out, tally);
    g_string_append(out, "  ");
    json_number(out, "ira_percent", sim_load_tally_ineffective(tally), ",\n");
    g_string_append_printf(
        out,
        "  \"requests\": %" PRIu64 ", \"retransmissions\": %" PRIu64 ", \"acks\": %" PRIu64
        ", \"replies\": %" PRIu64 ", \"late\": %" PRIu64 ", \"foreign\": %" PRIu64
        ", \"waited\": %" PRIu64 ", \"unfinished\": %u, \"lost\": %" PRIu64 ",\n  ",
        tally->requests, tally->retransmissions, tally->acks, tally->replies, tally->late,
        tally->foreign, tally->waited, result->unfinished, result->lost);
    json_delays(out, "lag", &tally->lag);
    g_string_append(out, ",\n  ");
    json_number(out, "took_s", (double)result->took / 1e6, ", ");
    json_number(out, "cpu_user_us", (double)result->user, ", ");
    json_number(out, "cpu_system_us", (double)result->system, ", ");
    json_number(out, "cpu_us_per_request", per_request(self, result->user + result->system),
                "\n}\n");
}

void
sim_load_report_csv(const SimLoadReport *self, GString *out)
{
    const GArray *seconds = self->result->tally->seconds;
    g_string_append(out, "second,started,effective,failed,retransmissions,late,delay_mean_ms,"
                         "delay_p50_ms,delay_p99_ms,delay_max_ms,lag_max_ms\n");
    for (guint i = 0; i < seconds->len; i++) {
        const SimLoadSecond *row = &g_array_index(seconds, SimLoadSecond, i);
        g_string_append_printf(out, "%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
                               i, row->started, row->effective, row->failed, row->retransmissions,
                               row->late);
        const double delays[] = {row->mean, (double)row->half, (double)row->most, (double)row->max};
        for (size_t k = 0; k < G_N_ELEMENTS(delays); k++) {
            g_string_append_c(out, ',');
            sim_text_number(out, row->effective > 0 ? delays[k] / 1000 : NAN);
        }
        g_string_append_c(out, ',');
        sim_text_number(out, (double)row->lag / 1000);
        g_string_append_c(out, '\n');
    }
}
