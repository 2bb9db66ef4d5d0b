/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/live.h"
#include "sim/report/text.h"

#include <inttypes.h>

static char *
show_ms(RollTime time)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.2f", (double)time / ROLL_MILLISECOND);
    return g_strconcat(text, " ms", NULL);
}

char *
sim_live_text_warning(const SimResult *result)
{
    if (sim_result_is_trusted(result))
        return NULL;
    const SimLiveResult *live = result->live;
    bool own = live->lag_p99 > live->max_lag;
    g_autofree char *lag = show_ms(own ? live->lag_p99 : live->answer_p99);
    g_autofree char *limit = show_ms(live->max_lag);
    return g_strdup_printf("UNTRUSTWORTHY: 1 %% of the %s %s or more, and %s is the limit "
                           "(--max-lag); %s too slow.",
                           own ? "events were late by" : "answers took", lag, limit,
                           own ? "this machine was" : "the registrar, or the way to it, was");
}

static void
add_count(uint64_t count, const char *name, SimLiveFact add, void *data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    sim_text_count(text, count);
    add(data, name, text->str);
}

static void
add_times(const char *name, const RollTime times[3], SimLiveFact add, void *data)
{
    g_autofree char *half = show_ms(times[0]);
    g_autofree char *most = show_ms(times[1]);
    g_autofree char *all = show_ms(times[2]);
    g_autofree char *text =
        g_strdup_printf("%s median, %s p99, %s most; wall time", half, most, all);
    add(data, name, text);
}

void
sim_live_text_facts(const SimResult *result, SimLiveFact add, void *data)
{
    const SimLiveResult *live = result->live;
    g_autofree char *compress = g_strdup_printf("%u", live->compress);
    g_autofree char *checked = g_strdup_printf(
        "%" PRIu64 " (%" PRIu64 " overtaken by a registration, %" PRIu64 " more unanswered)",
        live->fetches, live->overtaken, live->refused);
    add(data, "registrar", live->to);
    add(data, "compress", compress);
    add(data, "addresses",
        live->spread ? "each its own in 127.0.0.0/8" : "ports of one; moves change the Contact");
    add_times("lag", (const RollTime[]){live->lag_p50, live->lag_p99, live->lag_most}, add, data);
    add_times("answers after",
              (const RollTime[]){live->answer_p50, live->answer_p99, live->answer_most}, add, data);
    add_count(live->sent, "packets sent", add, data);
    add_count(live->received, "packets received", add, data);
    add_count(live->dropped, "packets not taken", add, data);
    add_count(live->unanswered, "requests unanswered", add, data);
    add_count(live->strays, "stray packets", add, data);
    add(data, "table asked for", checked);
    add_count(live->disagreed, "verify disagreed", add, data);
    add_count(live->foreign, "records of others", add, data);
}

static void
append_seconds(GString *out, const char *key, RollTime time)
{
    g_string_append_printf(out, "\"%s\": ", key);
    sim_text_number(out, (double)time / ROLL_SECOND);
    g_string_append(out, ", ");
}

void
sim_live_text_json(GString *out, const SimResult *result)
{
    const SimLiveResult *live = result->live;
    g_string_append(out, ",\n  \"live\": {\"to\": ");
    sim_text_json(out, live->to);
    g_string_append_printf(out, ", \"trusted\": %s, \"compress\": %u, \"spread\": %s, ",
                           sim_result_is_trusted(result) ? "true" : "false", live->compress,
                           live->spread ? "true" : "false");
    append_seconds(out, "lag_p50_s", live->lag_p50);
    append_seconds(out, "lag_p99_s", live->lag_p99);
    append_seconds(out, "lag_most_s", live->lag_most);
    append_seconds(out, "answer_p50_s", live->answer_p50);
    append_seconds(out, "answer_p99_s", live->answer_p99);
    append_seconds(out, "answer_most_s", live->answer_most);
    append_seconds(out, "max_lag_s", live->max_lag);
    g_string_append_printf(
        out,
        "\"sent\": %" PRIu64 ", \"received\": %" PRIu64 ", \"dropped\": %" PRIu64
        ", \"unanswered\": %" PRIu64 ", \"strays\": %" PRIu64 ", \"fetches\": %" PRIu64
        ", \"overtaken\": %" PRIu64 ", \"refused\": %" PRIu64 ", \"verify-disagreed\": %" PRIu64
        ", \"foreign\": %" PRIu64 "}",
        live->sent, live->received, live->dropped, live->unanswered, live->strays, live->fetches,
        live->overtaken, live->refused, live->disagreed, live->foreign);
}
