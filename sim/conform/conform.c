/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner and its reports. */
#include "sim/conform/conform.h"

#include "sim/conform/rules.h"
#include "sim/conform/steps.h"

#include <string.h>

static const SimRule *const LISTS[] = {
    sim_rules_request, sim_rules_register, sim_rules_expiry, sim_rules_uri,
    sim_rules_torture, sim_rules_digest,   sim_rules_path,   sim_rules_outbound,
    sim_rules_gruu,    sim_rules_bulk,     sim_rules_events, sim_rules_load,
};

static bool
is_meant(const SimRule *rule, const char *only)
{
    if (!only)
        return true;
    if (strchr(only, '*'))
        return g_pattern_match_simple(only, rule->id) || g_pattern_match_simple(only, rule->title);
    return strstr(rule->id, only) || strstr(rule->title, only);
}

GPtrArray *
sim_conform_rules(const char *only)
{
    GPtrArray *out = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(LISTS); i++)
        for (const SimRule *rule = LISTS[i]; rule->id; rule++)
            if (is_meant(rule, only))
                g_ptr_array_add(out, (void *)rule);
    return out;
}

const char *
sim_level_name(SimLevel level)
{
    static const char *const names[] = {"MUST", "SHOULD", "MAY"};
    return names[level];
}

const char *
sim_conform_probe(SimTarget *target, const char *run)
{
    static const SimRule probe = {.id = "probe"};
    const char *why = target->class->prepare(target, &probe.wish);
    if (why)
        return why;
    g_autoptr(SimCase) c = sim_case_new(target, &probe, run);
    sim_ask(c, .plain = true);
    if (!c->reply)
        return "no answer to a REGISTER without Contact";
    if (target->in_process)
        return NULL;
    target->authenticates = c->reply->status == 401;
    if (target->authenticates && !(target->username && target->password))
        return "the registrar asks for credentials: --user and --password";
    return NULL;
}

/* The one user of a server keeps what the rule before left behind. */
static void
clean_up(SimTarget *target, const char *run)
{
    static const SimRule broom = {.id = "clean"};
    if (target->in_process || !target->only_user)
        return;
    /* The same name twice would be a retransmission. */
    g_autofree char *now = g_strdup_printf("%s-%" G_GINT64_FORMAT, run, g_get_monotonic_time());
    g_autoptr(SimCase) c = sim_case_new(target, &broom, now);
    sim_ask(c, .contact = "*", .expires = "0");
}

SimCase *
sim_conform_try(SimTarget *target, const SimRule *rule, const char *run)
{
    const char *why = target->class->prepare(target, &rule->wish);
    SimCase *c = sim_case_new(target, rule, run);
    c->skipped = why;
    if (why)
        return c;
    clean_up(target, run);
    rule->run(c);
    return c;
}

SimOutcome
sim_conform_outcome(const SimCase *c)
{
    for (guint i = 0; i < c->checks->len; i++) {
        const SimCheck *check = g_ptr_array_index(c->checks, i);
        if (!check->ok)
            return SIM_OUTCOME_FAILS;
    }
    return c->skipped ? SIM_OUTCOME_SKIPPED : SIM_OUTCOME_HOLDS;
}

static void
write_detail(const char *detail, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(detail, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            g_string_append_printf(out, "    # %s\n", *line);
}

void
sim_conform_write_tap(const SimCase *c, unsigned number, GString *out)
{
    const SimRule *rule = c->rule;
    SimOutcome outcome = sim_conform_outcome(c);
    for (guint i = 0; i < c->checks->len; i++) {
        const SimCheck *check = g_ptr_array_index(c->checks, i);
        g_string_append_printf(out, "    %sok %u - %s\n", check->ok ? "" : "not ", i + 1,
                               check->name);
        if (check->detail)
            write_detail(check->detail, out);
    }
    if (c->checks->len > 0)
        g_string_append_printf(out, "    1..%u\n", c->checks->len);
    g_string_append_printf(
        out, "%sok %u - %s RFC %u section %s (%s): %s", outcome == SIM_OUTCOME_FAILS ? "not " : "",
        number, sim_level_name(rule->level), rule->rfc, rule->section, rule->id, rule->title);
    if (outcome == SIM_OUTCOME_SKIPPED)
        g_string_append_printf(out, " # SKIP %s", c->skipped);
    g_string_append_c(out, '\n');
}

/* Markdown would take some of what a rule says for its own. */
static void
put_cell(const char *text, GString *out)
{
    for (; *text; text++) {
        if (strchr("*<|", *text))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
}

static bool
was_said(const SimCase *c, guint n)
{
    const SimCheck *check = g_ptr_array_index(c->checks, n);
    for (guint i = 0; i < n; i++) {
        const SimCheck *before = g_ptr_array_index(c->checks, i);
        if (!before->ok && strcmp(before->name, check->name) == 0)
            return true;
    }
    return false;
}

static void
put_failures(const SimCase *c, GString *out)
{
    const char *separator = "**fails**, since it does not hold that ";
    for (guint i = 0; i < c->checks->len; i++) {
        const SimCheck *check = g_ptr_array_index(c->checks, i);
        if (check->ok || was_said(c, i))
            continue;
        g_string_append(out, separator);
        put_cell(check->name, out);
        separator = "; ";
    }
}

void
sim_conform_write_row(const SimCase *c, GString *out)
{
    if (!c) {
        g_string_append(out,
                        "| rule | RFC | level | what holds | result |\n|---|---|---|---|---|\n");
        return;
    }
    const SimRule *rule = c->rule;
    g_string_append_printf(out, "| %s | %u, %s | %s | ", rule->id, rule->rfc, rule->section,
                           sim_level_name(rule->level));
    put_cell(rule->title, out);
    g_string_append(out, " | ");
    switch (sim_conform_outcome(c)) {
    case SIM_OUTCOME_HOLDS:
        g_string_append(out, "holds");
        break;
    case SIM_OUTCOME_SKIPPED:
        g_string_append_printf(out, "not tried: %s", c->skipped);
        break;
    case SIM_OUTCOME_FAILS:
        put_failures(c, out);
        break;
    }
    g_string_append(out, " |\n");
}
